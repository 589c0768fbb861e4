"""Accounts, roles, mandates, and how one gets in."""

from bulou.rights.models.entry import Invitation, LogIn, RecoveryCode, SecondFactor
from bulou.rights.models.mandates import Account, Emergency, Mandate, Role, RoleChange

__all__ = [
    "Account",
    "Emergency",
    "Invitation",
    "LogIn",
    "Mandate",
    "RecoveryCode",
    "Role",
    "RoleChange",
    "SecondFactor",
]
