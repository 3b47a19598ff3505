"""An employee: matched with QuickBooks' own, never posted."""

from typing import Literal

from bot.domain import RecordType
from bot.sync.fields import MaybeWords, Name
from bot.sync.kinds.base import Sourced
from bot.sync.kinds.model import Kind


class EmployeeIn(Sourced):
    """An employee of the source, found in QuickBooks by name; payroll makes them, not the bot."""

    type: Literal["employee"]
    name: Name
    email: MaybeWords = None
    phone: MaybeWords = None


KIND = Kind(RecordType.EMPLOYEE, EmployeeIn, listed="Employee")
