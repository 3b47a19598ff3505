"""Accounts: found by id, full name, number or leaf, then by type and currency; never a guess.

An account's type is never changed, and one is created only where none of the kind exists
(accounting.md rule 6 of the house).
"""

from collections.abc import Mapping, Sequence
from typing import Final

from bot.config import Settings
from bot.domain import Payload, RecordType
from bot.models import Company, MirrorRow, Record
from bot.models import Mapping as Mapped
from bot.sync import mappings
from bot.sync.causes import Cause
from bot.sync.lookup import Lookup
from bot.sync.roots import cards, inactive_cause, mapped_id, mapping_subject

INCOME: Final = "income"
LINE: Final = "line"
PAYABLE: Final = "payable"
RECEIVABLE: Final = "receivable"
# What money is paid from or goes to: a bank account, a card, or what lies before the bank.
BANK: Final = "bank"
CARD: Final = "card"
MONEY: Final = "money"
# A line of a journal entry takes every account.
ENTRY: Final = "entry"
_NOT_ON_A_LINE = frozenset({"Accounts Receivable", "Accounts Payable"})
# What a place in a document takes; "" means every type but receivables and payables.
TYPES: Mapping[str, tuple[str, ...]] = {
    INCOME: ("Income", "Other Income"),
    LINE: (),
    PAYABLE: ("Accounts Payable",),
    RECEIVABLE: ("Accounts Receivable",),
    BANK: ("Bank",),
    CARD: ("Credit Card",),
    MONEY: ("Bank", "Other Current Asset"),
    ENTRY: (),
}
# What a bill is mostly for, the likeliest first; what it is bought as, or settles, comes after.
LINE_KINDS = (
    "Expense",
    "Cost of Goods Sold",
    "Other Expense",
    "Fixed Asset",
    "Other Current Asset",
    "Other Asset",
    "Other Current Liability",
    "Long Term Liability",
    "Income",
    "Other Income",
)
_DEFAULT_INCOME = "SalesOfProductIncome"
_DISCOUNTS = "DiscountsRefundsGiven"


def fits(role: str, row: MirrorRow) -> bool:
    """Say whether an account is of a kind this place takes."""
    kind = row.data.get("AccountType")
    if role == ENTRY:
        return True
    return kind in TYPES[role] if TYPES[role] else kind not in _NOT_ON_A_LINE


def currency_of(row: MirrorRow, company: Company) -> str:
    """Return the currency an account is kept in."""
    return str((row.data.get("CurrencyRef") or {}).get("value") or company.currency)


def full_name(row: MirrorRow) -> str:
    """Return an account's name with its parents, without QuickBooks' marks."""
    return str(row.data.get("FullyQualifiedName") or row.name).removesuffix(" (deleted)")


def leaf_name(row: MirrorRow) -> str:
    """Return an account's own name."""
    return str(row.data.get("Name") or row.name).removesuffix(" (deleted)")


def income(lookup: Lookup, record: Record, wanted: str | None) -> str | Cause:
    """The record's own account, else the chosen one, else the only obvious one; never a guess."""
    if wanted:
        return named(lookup, record, wanted, INCOME)
    chosen = lookup.mapping(record, mappings.ACCOUNT, mappings.ANY)
    if chosen is not None:
        return mapped_id(lookup, record, chosen)
    company = lookup.company
    if company.income_account_id:
        row = by_id(lookup.accounts, company.income_account_id)
        if row is not None:
            return row.qbo_id if row.active else inactive_cause(lookup.settings, company, row)
    found = obvious_income(lookup.accounts)
    if found is not None:
        return found.qbo_id
    facts = _facts(record, INCOME, mappings.ANY) | {"name": None}
    return Cause("no_income_account", "income_account", facts)


def obvious_income(rows: Sequence[MirrorRow]) -> MirrorRow | None:
    """Return the only active account of the kind "Sales of Product Income", None if not one."""
    found = [row for row in rows if row.active and is_usual_income(row.data)]
    return found[0] if len(found) == 1 else None


def is_usual_income(account: Payload) -> bool:
    """Say whether an account is of the kind "Sales of Product Income"."""
    return (
        account.get("AccountType") == "Income" and account.get("AccountSubType") == _DEFAULT_INCOME
    )


def income_rank(row: MirrorRow) -> int:
    """Rank an account for the sales of items by its kind; the smaller, the likelier."""
    if is_usual_income(row.data):
        return 0
    if row.data.get("AccountSubType") == _DISCOUNTS:
        return 3
    return 1 if row.data.get("AccountType") == "Income" else 2


def named(lookup: Lookup, record: Record, wanted: str, role: str) -> str | Cause:
    """Return the id of an account a record names, or why it cannot be used.

    What a person said comes first, then an account of the same source, then QuickBooks' names.
    """
    chosen = lookup.mapping(record, mappings.ACCOUNT, wanted)
    if chosen is not None:
        return as_chosen(lookup, record, chosen, wanted, role)
    own = lookup.linked.get((record.source_id, RecordType.ACCOUNT, wanted), "")
    if own and by_id(lookup.accounts, own) is None:
        return own  # posted just now: the mirror follows
    rows = lookup.once(("called", own or wanted), lambda: called(lookup.accounts, own or wanted))
    good = [row for row in rows if row.active and fits(role, row)]
    if len(good) == 1:
        return good[0].qbo_id
    if good:
        return _unusable(lookup, record, wanted, role, "several", good)
    inactive = [row for row in rows if not row.active and fits(role, row)]
    if len(inactive) == 1:
        cause = inactive_cause(lookup.settings, lookup.company, inactive[0])
        facts = {**cause.facts, **_facts(record, role, wanted), "name": full_name(inactive[0])}
        default = _default(lookup, record, role)
        facts["default"] = full_name(default) if default is not None else None
        return Cause(cause.problem, cause.subject, facts)
    if rows:
        reason = "several" if len(inactive) > 1 else "kind"
        return _unusable(lookup, record, wanted, role, reason, inactive or rows)
    facts = _facts(record, role, wanted)
    if role == INCOME:
        return Cause("no_income_account", f"income_account:{wanted}", facts)
    subject = f"account:{lookup.source(record)}/{wanted}"
    return Cause("account_not_found", subject, facts)


def as_chosen(
    lookup: Lookup, record: Record, chosen: Mapped, wanted: str, role: str
) -> str | Cause:
    """Return the id of the account a person chose for a word, or why it cannot be used here."""
    row = by_id(lookup.accounts, chosen.qbo_id)
    if row is None or not row.active or fits(role, row):
        return mapped_id(lookup, record, chosen)
    found = _unusable(lookup, record, wanted, role, "kind", [row])
    if chosen.what == mappings.ACCOUNT:
        return found
    subject = mapping_subject(lookup.source(record), chosen.what, wanted)
    return Cause(found.problem, subject, {**found.facts, "what": chosen.what})


def _default(lookup: Lookup, record: Record, role: str) -> MirrorRow | None:
    """The account QuickBooks itself would use: the only active one of its kind and currency."""
    if role == INCOME:
        return obvious_income(lookup.accounts)
    if role not in (PAYABLE, RECEIVABLE):
        return None
    found = [
        row
        for row in lookup.accounts
        if row.active and fits(role, row) and currency_of(row, lookup.company) == record.currency
    ]
    return found[0] if len(found) == 1 else None


def line_rank(row: MirrorRow) -> int:
    """Rank an account for a bill's line by its kind; the smaller, the likelier."""
    kind = str(row.data.get("AccountType"))
    return LINE_KINDS.index(kind) if kind in LINE_KINDS else len(LINE_KINDS)


def by_id(rows: Sequence[MirrorRow], qbo_id: str) -> MirrorRow | None:
    """Return the account with this id."""
    return next((row for row in rows if row.qbo_id == qbo_id), None)


def called(rows: Sequence[MirrorRow], wanted: str) -> list[MirrorRow]:
    """Return the accounts a word may mean: by id, else full name, else number, else leaf name."""
    one = by_id(rows, wanted.strip())
    if one is not None:
        return [one]
    key = mappings.key_of(wanted)
    for name in (full_name, _number, leaf_name):
        found = [row for row in rows if mappings.key_of(name(row)) == key]
        if found:
            return found
    return []


def _number(row: MirrorRow) -> str:
    return str(row.data.get("AcctNum") or "")


def ledger_cause(lookup: Lookup, role: str, currency: str) -> Cause | None:
    """Return why there is no receivables or payables account for a document; None if there is.

    Found by type and currency, whatever its name. For a foreign currency without any QuickBooks
    makes one with the first document; only one that was made inactive stands in the way.
    """
    return lookup.once(
        ("ledger", role, currency),
        lambda: ledger_problem(lookup.accounts, lookup.settings, lookup.company, role, currency),
    )


def ledger_problem(
    known: Sequence[MirrorRow], settings: Settings, company: Company, role: str, currency: str
) -> Cause | None:
    """As `ledger_cause`, from the accounts that are known."""
    rows = [row for row in known if fits(role, row) and currency_of(row, company) == currency]
    foreign = currency != company.currency
    if not known or any(row.active for row in rows) or (foreign and not rows):
        return None
    if rows:
        cause = inactive_cause(settings, company, rows[0])
        facts = {**cause.facts, "role": role, "name": full_name(rows[0]), "only": True}
        return Cause(cause.problem, cause.subject, facts)
    facts = {"role": role, "word": "", "name": None, "account_currency": currency}
    return Cause("account_not_found", f"accounts_{role}:{currency}", facts)


def _unusable(
    lookup: Lookup, record: Record, wanted: str, role: str, reason: str, rows: list[MirrorRow]
) -> Cause:
    facts = _facts(record, role, wanted) | {"reason": reason, "candidates": cards(rows)}
    return Cause("account_unusable", f"account:{lookup.source(record)}/{wanted}", facts)


def _facts(record: Record, role: str, said: str) -> Payload:
    return {
        "name": said,
        "word": said,
        "role": role,
        "what": mappings.ACCOUNT,
        "source_id": record.source_id,
    }
