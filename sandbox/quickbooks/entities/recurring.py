"""RecurringTransaction: a document as a template, with the schedule it is made by."""

from datetime import date

from sandbox.quickbooks import engine
from sandbox.quickbooks.company import Company, fold
from sandbox.quickbooks.entities.fields import choice, day, flag, kept, number, text
from sandbox.quickbooks.faults import fault, missing
from sandbox.quickbooks.model import Body, Entity, Field, Kind, Record, Work
from sandbox.quickbooks.recurring_days import first_day
from sandbox.quickbooks.shape import clean, clean_parts

TEMPLATES = (
    "Bill",
    "CreditMemo",
    "Deposit",
    "Estimate",
    "Invoice",
    "JournalEntry",
    "Purchase",
    "PurchaseOrder",
    "RefundReceipt",
    "SalesReceipt",
    "Transfer",
    "VendorCredit",
)
ENVELOPE = ("Id", "SyncToken", "MetaData", "domain", "sparse", "RecurDataRef", "RecurringInfo")
AUTOMATED = "Automated"
INTERVALS = ("Daily", "Weekly", "Monthly", "Yearly")
INFO = Field(
    "RecurringInfo",
    Kind.OBJECT,
    parts=(
        text("Name", 100),
        choice("RecurType", AUTOMATED, "Reminder", "Reminded", "UnScheduled"),
        flag("Active"),
        Field(
            "ScheduleInfo",
            Kind.OBJECT,
            parts=(
                day("StartDate"),
                day("EndDate"),
                day("NextDate"),
                day("PreviousDate"),
                number("DaysBefore"),
                number("MaxOccurrences"),
                number("RemindDays"),
                choice("IntervalType", *INTERVALS),
                number("NumInterval"),
                number("DayOfMonth"),
                text("DayOfWeek"),
                number("WeekOfMonth"),
                text("MonthOfYear"),
            ),
        ),
    ),
)


def opened(sent: Body) -> Body:
    """The record inside: its Id and SyncToken stand in the document, not around it."""
    kind = next((name for name in TEMPLATES if isinstance(sent.get(name), dict)), "")
    if not kind:
        raise missing("RecurringTransaction")
    inner = sent[kind]
    around = {name: inner[name] for name in ("Id", "SyncToken", "sparse") if name in inner}
    return {**around, "Type": kind, "Template": inner}


def shown(company: Company, record: Record, body: Body) -> Body:
    """`{"Invoice": {…}}`, with what every record has inside."""
    del company
    around = {name: body[name] for name in ("domain", "sparse", "Id", "SyncToken", "MetaData")}
    reference = {"RecurDataRef": {"value": record.id}}
    return {body["Type"]: {**body["Template"], **reference, **around}}


def complete(work: Work) -> None:
    """The document by the rules of its own entity, without a number, and a schedule."""
    company, body = work.company, work.body
    kind = body["Type"]
    if work.before is not None and work.before.body["Type"] != kind:
        raise fault("2010", "Property Name:Type specified is unsupported or invalid")
    sent = dict(body["Template"])
    before = work.before.body["Template"] if work.before else None
    if work.sparse and before:
        sent = {**before, **sent}
    info = _info(work, sent)
    inner = {name: value for name, value in sent.items() if name not in ENVELOPE}
    inner.pop("DocNumber", None)
    made = engine.checked(company, company.entities[kind], clean(company.entities[kind], inner))
    made.pop("DocNumber", None)
    body["Template"] = {**made, "RecurringInfo": info}


def _info(work: Work, sent: Body) -> Body:
    info = clean_parts(INFO, sent.get("RecurringInfo") or {})
    name = info.get("Name")
    if not name:
        raise missing("RecurringInfo.Name")
    own = work.before.id if work.before else None
    for other in work.company.live("RecurringTransaction"):
        taken = other.body["Template"]["RecurringInfo"]["Name"]
        if other.id != own and fold(str(taken)) == fold(str(name)):
            raise fault("6240", f"The name supplied already exists. : {name}", "")
    info.setdefault("RecurType", "UnScheduled")
    info.setdefault("Active", True)
    schedule = info.setdefault("ScheduleInfo", {})
    if info["RecurType"] != "UnScheduled":
        if not schedule.get("IntervalType"):
            raise missing("RecurringInfo.ScheduleInfo.IntervalType")
        schedule.setdefault("NumInterval", 1)
        schedule.setdefault("StartDate", work.company.today())
        if not schedule.get("NextDate"):
            # A template never makes documents of days before it was written.
            start = max(schedule["StartDate"], work.company.today())
            schedule["NextDate"] = first_day(schedule, date.fromisoformat(start)).isoformat()
        work.company.templates_done = ""
    return info


RECURRING_TRANSACTION = Entity(
    name="RecurringTransaction",
    fields=(
        Field("Type", Kind.CHOICE, choices=TEMPLATES, queryable=True),
        kept("Template"),
    ),
    sequence="Transaction",
    list_word="RecurringTransactions",
    plural="recurring transactions",
    operations=frozenset({"create", "update", "delete", "read", "query"}),
    opened=opened,
    shown=shown,
    complete=complete,
)
