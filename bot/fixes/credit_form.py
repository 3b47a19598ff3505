"""What the form of a return asks: a credit or money paid back, from which account, of which day.

What the source says comes first: a version that is a moment tells the day; a payment that the
source made smaller too tells that the money went back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot import mirror
from bot.domain import ENTITY, Payload, RecordType
from bot.fixes import choosing, own_record
from bot.fixes.model import Choice
from bot.models import Company, MirrorRow, Record
from bot.sync import comparing, periods, returning

_KIND, _DAY, _ACCOUNT = "kind", "day", "account"
_PAYS = ("Bank", "Other Current Asset")
_OPTIONS = (
    (RecordType.CREDIT_MEMO.value, "Credit memo: the customer keeps the credit"),
    (RecordType.REFUND.value, "Refund receipt: the money was paid back"),
)


@dataclass(frozen=True)
class Form:
    """What was chosen. `day`: the one it is posted on; `returned_on`: the one it came back on.

    `asks`: something has to be said before anything can be shown; `wrong` says what.
    """

    kind: RecordType
    returned_on: date
    day: date
    account: str
    account_name: str
    inputs: tuple[Choice, ...]
    why: str
    asks: bool = False
    wrong: str = ""


def read(
    session: Session, company: Company, record: Record, given: Mapping[str, str], now: datetime
) -> Form:
    """Read the form, or fill it in by what the source says."""
    payment = _made_smaller(session, record)
    usual = RecordType.REFUND if payment is not None else RecordType.CREDIT_MEMO
    kind = RecordType(given.get(_KIND) or usual.value)
    today = now.astimezone(ZoneInfo(company.time_zone)).date()
    known = returning.day_of(record, company.time_zone)
    said = _date(given.get(_DAY, "")) or known or today
    refund = kind is RecordType.REFUND
    account = _account(session, company, given.get(_ACCOUNT, ""), payment) if refund else None
    day = said if refund else _first_open(company, said)
    wrong = _wrong(company, record, kind, said, today, account)
    return Form(
        kind,
        said,
        day,
        account.qbo_id if account is not None else "",
        account.name if account is not None else "",
        _inputs(kind, said, account),
        "its payment was made smaller too" if payment is not None else "",
        asks=bool(wrong) or not (known or given.get(_DAY)),
        wrong=wrong,
    )


def _wrong(
    company: Company,
    record: Record,
    kind: RecordType,
    said: date,
    today: date,
    account: MirrorRow | None,
) -> str:
    """Say what of the form cannot be; "" when all of it can."""
    if record.doc_date is not None and said < record.doc_date:
        return f"The day lies before that of the invoice, {record.doc_date:%m/%d/%Y}."
    if said > today:
        return f"{said:%m/%d/%Y} is still to come."
    if kind is not RecordType.REFUND:
        return ""
    if periods.is_closed(company, said):
        return (
            f"The books are closed through {company.book_close_date:%m/%d/%Y}, and money keeps its "
            "day: somebody with the closing password enters the refund in QuickBooks."
        )
    if account is None:
        return "Choose the bank account the money left."
    return ""


def _made_smaller(session: Session, record: Record) -> Record | None:
    """The payment of the invoice that its source made smaller too: the money went back."""
    for payment in own_record.paid_by(session, record):
        noted = comparing.standing(session, payment)
        if noted is not None and noted.get("changed"):
            return payment
    return None


def _account(
    session: Session, company: Company, given: str, payment: Record | None
) -> MirrorRow | None:
    """The account that was chosen, else the one the payment went into."""
    qbo_id = given.partition(":")[2]
    if not qbo_id and payment is not None:
        row = mirror.get(session, company.id or 0, ENTITY[payment.type], str(payment.qbo_id or ""))
        reference: Payload = (
            row.data.get("DepositToAccountRef") if row is not None else None
        ) or {}
        qbo_id = str(reference.get("value") or "")
    found = mirror.get(session, company.id or 0, "Account", qbo_id) if qbo_id else None
    fits = found is not None and found.active and found.data.get("AccountType") in _PAYS
    return found if fits else None


def _first_open(company: Company, day: date) -> date:
    """The day itself, or the first one after it that is neither closed nor filed."""
    last = [one for one in (company.book_close_date, company.tax_filed_through) if one is not None]
    return max((day, *(one + timedelta(days=1) for one in last)))


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _inputs(kind: RecordType, day: date, account: MirrorRow | None) -> tuple[Choice, ...]:
    inputs = (
        Choice(_KIND, "What the customer gets", kind.value, options=_OPTIONS, shown=True),
        Choice(_DAY, "Day it came back", day.isoformat(), shown=True, kind="date"),
    )
    if kind is not RecordType.REFUND:
        return inputs
    hint = "A bank account, or undeposited funds."
    label = "Account the money left"
    return (*inputs, choosing.search(_ACCOUNT, label, "Account", account, hint=hint))
