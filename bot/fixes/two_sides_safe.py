"""Why the bot does not put a record back in QuickBooks as its source says it.

Never in closed books, never what is paid, deposited, matched or reconciled, never over what
somebody entered by hand (accounting.md rules 2 to 5 and 10).
"""

from bot.domain import RecordType
from bot.fixes import belongings
from bot.fixes.two_sides import Both
from bot.render.words import upfirst
from bot.services import Services
from bot.sync import periods
from bot.sync.flow.fields import DELETED, VOIDED
from bot.sync.payloads import stamp
from bot.sync.settled import settled


def why_not(services: Services, both: Both) -> str:
    """Say why the bot does not put it back in QuickBooks; "" when it may.

    Raises QuickBooksFault when QuickBooks does not say whether the bank knows it.
    """
    called = upfirst(both.own.called)
    if both.record.type is RecordType.EMPLOYEE:
        return (
            f"{called} is kept by payroll: the bot changes no employee in QuickBooks. Change it "
            f"there under Payroll > Employees, or in {both.own.source}."
        )
    if not both.is_document:
        return "" if both.change else f"{both.own.source} says nothing else of {both.own.called}."
    closed = [day for day in both.days if periods.is_closed(both.company, day)]
    if closed:
        return (
            f"The books are closed through {both.company.book_close_date:%m/%d/%Y}, and "
            f"{closed[0]:%m/%d/%Y} lies in that time: the bot changes nothing there. Correct it "
            "with a later date, with your accountant."
        )
    if not both.posted and both.is_fresh:
        return (
            f"What {both.own.source} says of {both.own.called} now cannot be posted as it is: what "
            "it names is missing or inactive in QuickBooks, waits itself, or the bot did not post "
            "the document. Correct it in QuickBooks by hand, or in the source."
        )
    if not both.posted:
        return (
            f"{called} was not posted by the bot as {both.own.source} says it now, so it does not "
            "know what to put back. Correct it in QuickBooks by hand."
        )
    return _anew(both) if both.state in (VOIDED, DELETED) else _locked(services, both)


def _anew(both: Both) -> str:
    if both.state == VOIDED and not (both.posted.get("DocNumber") and _may_renumber(both)):
        return (
            f"{upfirst(both.own.called)} was voided: its number stays taken in QuickBooks. Enter "
            f"it in {both.own.source} as a new document, or in QuickBooks by hand."
        )
    return ""


def _may_renumber(both: Both) -> bool:
    """A vendor's number is the control against paying twice (accounting.md rule 10)."""
    return both.record.type is RecordType.INVOICE


def _locked(services: Services, both: Both) -> str:
    called = upfirst(both.own.called)
    if stamp(both.own.source, both.record.external_id) not in str(both.row.data.get("PrivateNote")):
        return (
            f"{called} was entered in QuickBooks by hand, or its memo was emptied. Whoever entered "
            "it changes it there."
        )
    told = settled(both.row.entity, both.row.data)
    state = next(iter(told), "") or belongings.bank_state(services, both.company, both.row.data)
    if state:
        return (
            f"{called} {state} in QuickBooks: the bot puts nothing back then. Ask your accountant."
        )
    return "" if both.change else f"{called} is in QuickBooks as it was posted."
