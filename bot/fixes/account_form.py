"""The form of a new account: its name, its kind, the account it goes below, and what is wrong.

Source: Intuit's help on sub-accounts (up to five levels, each of its parent's type).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.domain import JsonValue, Payload
from bot.fixes.model import Choice
from bot.models import Company, MirrorRow
from bot.sync import accounts, mappings

_LONGEST = 100
_LABEL = 75
_LEVELS = 5
# A menu holds 100 options.
_MOST = 95
_TOP = "top"
_FORBIDDEN = re.compile(r'[:\t\r\n"]')
_BOUGHT = (
    ("Expense/OtherMiscellaneousServiceCost", "Expense"),
    ("Cost of Goods Sold/SuppliesMaterialsCogs", "Cost of goods sold"),
    ("Other Expense/OtherMiscellaneousExpense", "Other expense"),
    ("Other Current Asset/PrepaidExpenses", "Other current asset: prepaid expenses"),
    ("Fixed Asset/FurnitureAndFixtures", "Fixed asset"),
)
_BANK = (
    ("Bank/Checking", "Bank: checking"),
    ("Bank/Savings", "Bank: savings"),
    ("Bank/CashOnHand", "Bank: cash on hand"),
)
# Value of the menu: type and detail type of QuickBooks; the first is filled in beforehand.
KINDS: Mapping[str, tuple[tuple[str, str], ...]] = {
    accounts.INCOME: (
        ("Income/SalesOfProductIncome", "Income: sales of products"),
        ("Income/ServiceFeeIncome", "Income: services and fees"),
        ("Other Income/OtherMiscellaneousIncome", "Other income"),
    ),
    accounts.LINE: _BOUGHT,
    accounts.ENTRY: _BOUGHT,
    accounts.BANK: _BANK,
    accounts.CARD: (("Credit Card/CreditCard", "Credit card"),),
    accounts.MONEY: (
        *_BANK,
        ("Other Current Asset/OtherCurrentAssets", "Other current asset: money on its way"),
    ),
    accounts.PAYABLE: (("Accounts Payable/AccountsPayable", "Accounts payable (A/P)"),),
    accounts.RECEIVABLE: (("Accounts Receivable/AccountsReceivable", "Accounts receivable (A/R)"),),
}
_NAMES = {
    accounts.PAYABLE: "Accounts Payable (A/P)",
    accounts.RECEIVABLE: "Accounts Receivable (A/R)",
    accounts.INCOME: "Sales of Product Income",
}


@dataclass(frozen=True)
class Form:
    """What was typed and chosen, what it can be put below, and what is wrong with it.

    `missing` names the account the source puts it below, where there is none of that name and kind.
    """

    name: str
    kind: str
    role: str
    currency: str
    parents: Sequence[MirrorRow] = ()
    parent: MirrorRow | None = None
    missing: str = ""
    wrong: str = ""

    @property
    def full(self) -> str:
        """The full name it will have."""
        return f"{accounts.full_name(self.parent)}:{self.name}" if self.parent else self.name

    @property
    def words(self) -> str:
        """Its kind, as the menu says it."""
        return dict(KINDS[self.role])[self.kind]

    def payload(self, company: Company) -> Payload:
        """The account as it is created."""
        payload: Payload = {"Name": self.name, **typed(self.kind)}
        if self.parent is not None:
            payload |= {"SubAccount": True, "ParentRef": {"value": self.parent.qbo_id}}
        if self.currency != company.currency:
            payload["CurrencyRef"] = {"value": self.currency}
        return payload


def typed(kind: str) -> Payload:
    """Type and detail type of a value of the menu."""
    type_, detail = kind.split("/", 1)
    return {"AccountType": type_, "AccountSubType": detail}


def inputs(form: Form) -> tuple[Choice, ...]:
    """The inputs of the preview's window."""
    return (
        Choice(
            "name",
            "Name of the account",
            initial=form.name,
            hint=form.wrong or "As it shall stand in the chart of accounts.",
            max_length=_LONGEST,
            shown=True,
        ),
        Choice(
            "kind",
            "Kind",
            initial=form.kind,
            hint="It cannot be changed later without moving the account's history.",
            options=KINDS[form.role],
            shown=True,
        ),
        Choice(
            "below",
            "Below",
            initial=form.parent.qbo_id if form.parent is not None else _TOP,
            hint="An account goes below one of its own kind.",
            options=(
                (_TOP, "None: at the top of the chart of accounts"),
                *((row.qbo_id, accounts.full_name(row)[-_LABEL:]) for row in form.parents),
            ),
            shown=True,
        ),
    )


def read(
    company: Company,
    rows: Sequence[MirrorRow],
    facts: Mapping[str, JsonValue],
    given: Mapping[str, str],
) -> Form:
    """Fill the form in: with what was typed and chosen, else with what the source says."""
    role = str(facts.get("role") or accounts.INCOME)
    said = str(facts.get("word") or "")
    above, _, leaf = (_NAMES.get(role, "") if said in ("", mappings.ANY) else said).rpartition(":")
    kind = given.get("kind", KINDS[role][0][0])
    parents = _parents(rows, kind)
    named = _called(parents, above)
    parent = accounts.by_id(parents, given.get("below", named.qbo_id if named else _TOP))
    form = Form(
        name=" ".join(given.get("name", _FORBIDDEN.sub(" ", leaf)).split())[: _LONGEST + 1],
        kind=kind,
        role=role,
        currency=str(facts.get("account_currency") or company.currency),
        parents=_shown(parents, parent),
        parent=parent,
        missing="" if named or parent else above,
    )
    return replace(form, wrong=_why_not(rows, form))


def _parents(rows: Sequence[MirrorRow], kind: str) -> list[MirrorRow]:
    """The accounts it can be put below, by name."""
    found = [
        row
        for row in rows
        if row.active
        and row.data.get("AccountType") == typed(kind)["AccountType"]
        and accounts.full_name(row).count(":") < _LEVELS - 1
    ]
    return sorted(found, key=lambda row: accounts.full_name(row).casefold())


def _shown(parents: list[MirrorRow], parent: MirrorRow | None) -> list[MirrorRow]:
    """What the menu has room for, the chosen one first where it would be cut off."""
    if parent is None or parent in parents[:_MOST]:
        return parents[:_MOST]
    return [parent, *parents[: _MOST - 1]]


def _called(parents: Sequence[MirrorRow], above: str) -> MirrorRow | None:
    """The account the source puts it below, if there is one of the same kind."""
    key = mappings.key_of(above)
    found = [row for row in parents if above and mappings.key_of(accounts.full_name(row)) == key]
    return found[0] if len(found) == 1 else None


def _why_not(rows: Sequence[MirrorRow], form: Form) -> str:
    if not form.name:
        return "Type the name the new account shall have."
    if len(form.name) > _LONGEST:
        return f"The name has more than {_LONGEST} characters, QuickBooks' limit."
    if _FORBIDDEN.search(form.name):
        return 'QuickBooks takes no colon and no quotation mark (") in the name of an account.'
    key = mappings.key_of(form.full)
    same = [row for row in rows if mappings.key_of(accounts.full_name(row)) == key]
    if same:
        state = "" if same[0].active else "inactive "
        kind = same[0].data.get("AccountType")
        return (
            f"There is an {state}account called {form.full} ({kind}). Type another name, or "
            "choose that one instead."
        )
    return ""
