"""What a health check says, wherever it is made."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field

Temperature = Annotated[Decimal, Field(ge=34, le=43)]
"""Of the body, in °C."""


class Symptom(StrEnum):
    """The symptoms asked for, from the notice handed to the person."""

    FEVER = "fever"
    DRY_COUGH = "dry_cough"
    FATIGUE = "fatigue"
    SORE_THROAT = "sore_throat"
    LOSS_OF_SMELL = "loss_of_smell"
    LOSS_OF_TASTE = "loss_of_taste"
    DIARRHOEA = "diarrhoea"
    MUSCLE_PAIN = "muscle_pain"
    SHORT_OF_BREATH = "short_of_breath"
    OTHER = "other"
