"""What a payload refers to: gone, inactive, or of a kind its place does not take."""

from collections.abc import Iterator, Mapping
from typing import Final

from bot.domain import JsonValue, Payload
from bot.models import MirrorRow
from bot.sync import accounts
from bot.sync.lookup import Key
from bot.sync.preflight.model import Certainty, Known, Posting, Verdict
from bot.sync.roots import inactive_cause, missing_cause

# Tax codes are left out: TAX and NON are no records.
_ENTITIES: Final[Mapping[str, str]] = {
    "CustomerRef": "Customer",
    "VendorRef": "Vendor",
    "ItemRef": "Item",
    "AccountRef": "Account",
    "IncomeAccountRef": "Account",
    "ExpenseAccountRef": "Account",
    "APAccountRef": "Account",
    "DepositToAccountRef": "Account",
    "BankAccountRef": "Account",
    "CCAccountRef": "Account",
    "ClassRef": "Class",
    "DepartmentRef": "Department",
}
_ROLES: Final = {
    "IncomeAccountRef": accounts.INCOME,
    "APAccountRef": accounts.PAYABLE,
}
_EXPENSE_LINE = "AccountBasedExpenseLineDetail"
_DAY_BEFORE_STOCK = (
    "InventoryTxnDatedBeforeItemStartDate Transaction date is prior to start date for inventory "
    "item"
)
_WRONG_ACCOUNT = (
    "Invalid account type used Invalid account type: You need to select a different type of "
    "account for this transaction."
)
_OTHER_KIND = (
    "A business validation error has occurred while processing your request Business Validation "
    "Error: A subaccount has to be of the same account type as its parent account."
)
_CATEGORY = "Invalid Reference Id Categories cannot be used in transactions."
_INACTIVE = (
    "Object Not Found Something you're trying to use has been made inactive. Check the fields "
    "with accounts, customers, items, vendors or employees."
)
_TOO_DEEP = "Sub Level Limit Sub Level Limit"
_DEEPEST = 4  # below the first
_GONE = "Invalid Reference Id Invalid Reference Id : {0} element id {1} not found"


def references(payload: JsonValue, field: str = "") -> Iterator[tuple[str, Key]]:
    """Yield the field and the entity and id of everything a payload refers to."""
    if isinstance(payload, list):
        for row in payload:
            if isinstance(row, dict | list):
                yield from references(row)
    elif isinstance(payload, dict):
        entity = str(payload.get("type") or "") if field == "EntityRef" else _ENTITIES.get(field)
        if entity and payload.get("value"):
            yield field, (entity, str(payload["value"]))
        elif payload.get("TxnType") and payload.get("TxnId"):
            yield "LinkedTxn", (str(payload["TxnType"]), str(payload["TxnId"]))
        for name, value in payload.items():
            # Most of a payload is neither: it is looked at without a call.
            if isinstance(value, dict | list):
                yield from references(value, name)


def keys_of(posting: Posting) -> list[Key]:
    """Entity and id of everything a posting refers to, what it stands below included."""
    keys = [key for _, key in references(posting.payload)]
    above = posting.payload.get("ParentRef")
    return [*keys, (posting.entity, str(above["value"]))] if isinstance(above, Mapping) else keys


def verdicts(known: Known, posting: Posting) -> Iterator[Verdict]:
    """What of its references QuickBooks does not take."""
    told: set[Key] = set()
    for key in keys_of(posting):
        row = known.rows.get(key)
        if key in told:
            continue
        if row is not None and (row.deleted or not row.active):
            told.add(key)
            yield _standing(known, key, row)
    yield from _below(known, posting)
    yield from _unfit(known, posting)


def _standing(known: Known, key: Key, row: MirrorRow) -> Verdict:
    settings, company = known.table.settings, known.table.company
    if row.deleted:
        cause = missing_cause(settings, company, *key, row.name)
        return Verdict(Certainty.WILL, "2500", _GONE.format(*key), rests_on=(key,), cause=cause)
    cause = inactive_cause(settings, company, row)
    return Verdict(Certainty.WILL, "610", _INACTIVE, rests_on=(key,), cause=cause)


def _below(known: Known, posting: Posting) -> Iterator[Verdict]:
    """At most five levels; an account below another one is of its kind."""
    parent = known.row(posting.entity, posting.payload.get("ParentRef"))
    if parent is None or parent.deleted:
        return
    rests = ((parent.entity, parent.qbo_id),)
    if str(parent.data.get("FullyQualifiedName") or "").count(":") >= _DEEPEST:
        yield Verdict(Certainty.WILL, "6180", _TOO_DEEP, "ParentRef", rests)
    kinds = {parent.data.get("AccountType"), posting.payload.get("AccountType")}
    if posting.entity == "Account" and len(kinds) > 1:
        yield Verdict(Certainty.WILL, "6000", _OTHER_KIND, rests_on=rests)


def _unfit(known: Known, posting: Posting) -> Iterator[Verdict]:
    payload = posting.payload
    for field, role in _ROLES.items():
        yield from _account(known, payload.get(field), role)
    day = str(payload.get("TxnDate") or "")
    for line in payload.get("Line") or ():
        sales = line.get("SalesItemLineDetail") or {}
        yield from _item(known.row("Item", sales.get("ItemRef")), day)
        expense = line.get(_EXPENSE_LINE) or {}
        yield from _account(known, expense.get("AccountRef"), accounts.LINE)


def _account(known: Known, reference: Payload | None, role: str) -> Iterator[Verdict]:
    row = known.row("Account", reference)
    if row is not None and row.active and not accounts.fits(role, row):
        yield Verdict(Certainty.WILL, "6430", _WRONG_ACCOUNT, rests_on=((row.entity, row.qbo_id),))


def _item(row: MirrorRow | None, day: str) -> Iterator[Verdict]:
    """No category, and no inventory item before its stock was counted first."""
    if row is None:
        return
    rests = ((row.entity, row.qbo_id),)
    if row.data.get("Type") == "Category":
        yield Verdict(Certainty.WILL, "2500", _CATEGORY, "ItemRef", rests)
    start = str(row.data.get("InvStartDate") or "")
    if row.data.get("Type") == "Inventory" and start and day and day < start:
        yield Verdict(Certainty.WILL, "6270", _DAY_BEFORE_STOCK, rests_on=rests)
