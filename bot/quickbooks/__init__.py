"""QuickBooks Online and Intuit's OAuth: the only place that knows their libraries."""

from bot.quickbooks.batches import Question
from bot.quickbooks.books import Changes, CompanyBooks, WriteReply
from bot.quickbooks.client import QuickBooks
from bot.quickbooks.faults import FaultError, PermissionLost, QuickBooksFault, WrongCompany
from bot.quickbooks.retry import ECHOES

__all__ = [
    "ECHOES",
    "Changes",
    "CompanyBooks",
    "FaultError",
    "PermissionLost",
    "Question",
    "QuickBooks",
    "QuickBooksFault",
    "WriteReply",
    "WrongCompany",
]
