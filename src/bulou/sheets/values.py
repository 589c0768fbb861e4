"""All cell parsers under one roof: what the definitions of kinds import."""

from bulou.sheets.cells import (
    IGNORED,
    MISS,
    REFUSED,
    REPAIRED,
    Cell,
    Name,
    Parsed,
    Parser,
    Text,
    shown,
)
from bulou.sheets.choices import Choice, Choices, Option
from bulou.sheets.dates import Date, TimeOfDay
from bulou.sheets.identity import CreditCode, IdentityNumber
from bulou.sheets.moments import Moment
from bulou.sheets.numbers import Digits, Integer, Temperature
from bulou.sheets.phones import NamePhone, Phone

__all__ = [
    "IGNORED",
    "MISS",
    "REFUSED",
    "REPAIRED",
    "Cell",
    "Choice",
    "Choices",
    "CreditCode",
    "Date",
    "Digits",
    "IdentityNumber",
    "Integer",
    "Moment",
    "Name",
    "NamePhone",
    "Option",
    "Parsed",
    "Parser",
    "Phone",
    "Temperature",
    "Text",
    "TimeOfDay",
    "shown",
]
