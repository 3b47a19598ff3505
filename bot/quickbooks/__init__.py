"""QuickBooks Online and Intuit's OAuth: the only place that knows their libraries."""

from bot.quickbooks.books import Changes, CompanyBooks, WriteReply
from bot.quickbooks.client import QuickBooks
from bot.quickbooks.faults import FaultError, PermissionLost, QuickBooksFault, WrongCompany

__all__ = [
    "Changes",
    "CompanyBooks",
    "FaultError",
    "PermissionLost",
    "QuickBooks",
    "QuickBooksFault",
    "WriteReply",
    "WrongCompany",
]
