"""Create an account none of the kind exists for: right type, right currency, by an approver.

Sources: Intuit's help on usage limits (250 accounts in every plan but Advanced); a type is never
changed afterwards (accounting.md rule 6 of the house).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from bot.domain import JsonValue, Payload, Risk, Role
from bot.fixes import mapping_steps
from bot.fixes.model import RELEASE, Action, Choice, Fix, Plan, Step
from bot.fixes.preview import Preview
from bot.models import Company, Incident, MirrorRow
from bot.services import Services
from bot.sync import accounts, mappings

_TITLE = "Create account"
MOST_ACCOUNTS = 250
_LONGEST = 100
_FORBIDDEN = re.compile(r'[:\t\r\n"]')
# Value of the menu: type and detail type of QuickBooks; the first is filled in beforehand.
_KINDS: Mapping[str, tuple[tuple[str, str], ...]] = {
    accounts.INCOME: (
        ("Income/SalesOfProductIncome", "Income: sales of products"),
        ("Income/ServiceFeeIncome", "Income: services and fees"),
        ("Other Income/OtherMiscellaneousIncome", "Other income"),
    ),
    accounts.LINE: (
        ("Expense/OtherMiscellaneousServiceCost", "Expense"),
        ("Cost of Goods Sold/SuppliesMaterialsCogs", "Cost of goods sold"),
        ("Other Expense/OtherMiscellaneousExpense", "Other expense"),
        ("Other Current Asset/PrepaidExpenses", "Other current asset: prepaid expenses"),
        ("Fixed Asset/FurnitureAndFixtures", "Fixed asset"),
    ),
    accounts.PAYABLE: (("Accounts Payable/AccountsPayable", "Accounts payable (A/P)"),),
    accounts.RECEIVABLE: (("Accounts Receivable/AccountsReceivable", "Accounts receivable (A/R)"),),
}
_NAMES = {
    accounts.PAYABLE: "Accounts Payable (A/P)",
    accounts.RECEIVABLE: "Accounts Receivable (A/R)",
    accounts.INCOME: "Sales of Product Income",
    accounts.LINE: "",
}


@dataclass(frozen=True)
class _Form:
    """What was typed and chosen, what it is put below, and what is wrong with it."""

    name: str
    kind: str
    role: str
    currency: str
    parent: MirrorRow | None = None
    wrong: str = ""

    @property
    def full(self) -> str:
        """The full name it will have."""
        return f"{accounts.full_name(self.parent)}:{self.name}" if self.parent else self.name


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Plan the new account, refusing it where the plan's limit is reached."""
    preview = Preview.captured(services, incident)
    with services.sessions.read() as session:
        rows = _accounts(session, incident.company_id)
        form = _form(preview.company, rows, incident.facts, choices)
    active = sum(1 for row in rows if row.active)
    if active >= MOST_ACCOUNTS and _is_limited(services, incident.company_id):
        return preview.refuse(
            _TITLE,
            f"QuickBooks' plan has room for {MOST_ACCOUNTS} accounts, and {active} of them are in "
            "use. Choose an account that exists, make unused ones inactive, or have the plan "
            "changed by an admin. Nothing was created.",
        )
    if form.wrong:
        return preview.ask(_TITLE, _inputs(form), Role.APPROVER, ask=form.wrong)
    return _created(preview, form, active)


def _created(preview: Preview, form: _Form, active: int) -> Plan:
    facts = preview.incident.facts
    words = dict(_KINDS[form.role])[form.kind]
    steps: list[Step] = [
        Step(
            Action.CREATE,
            f"{form.full} created",
            "Account",
            change=_payload(preview.company, form),
        )
    ]
    if facts.get("word"):
        steps.append(mapping_steps.map_step(facts, "Account", "", form.full, from_step=1))
    made = preview.plan(
        title=_TITLE,
        submit="Create and post" if preview.documents else _TITLE,
        steps=(*steps, RELEASE),
        choices=_inputs(form),
        changes=[
            {
                "what": form.full,
                "before": "not in the chart of accounts",
                "after": f"a new account, {words}, in {form.currency}",
            }
        ],
        checked=[
            f"no account is called {form.full}",
            f"{active} accounts are active; the limit of most plans is {MOST_ACCOUNTS}",
            "no existing account changes its kind",
        ],
        undo=(
            "The new account can be made inactive again while its balance is zero; QuickBooks "
            "deletes none. What was posted by then stays."
        ),
        role=Role.APPROVER,
    )
    reason = made.role_reason or "An approver has to do this: it changes the chart of accounts."
    told = {**made.facts, "ask": "", "approval": reason}
    return replace(made, facts=told, role_reason=reason)


def _payload(company: Company, form: _Form) -> Payload:
    kind, detail = form.kind.split("/", 1)
    payload: Payload = {"Name": form.name, "AccountType": kind, "AccountSubType": detail}
    if form.parent is not None:
        payload |= {"SubAccount": True, "ParentRef": {"value": form.parent.qbo_id}}
    if form.currency != company.currency:
        payload["CurrencyRef"] = {"value": form.currency}
    return payload


def _inputs(form: _Form) -> tuple[Choice, ...]:
    below = f"Put below {accounts.full_name(form.parent)}." if form.parent else ""
    return (
        Choice(
            "name",
            "Name of the account",
            initial=form.name,
            hint=form.wrong or below or "As it shall stand in the chart of accounts.",
            max_length=_LONGEST,
            shown=True,
        ),
        Choice(
            "kind",
            "Kind",
            initial=form.kind,
            hint="It cannot be changed later without moving the account's history.",
            options=_KINDS[form.role],
            shown=True,
        ),
    )


def _form(
    company: Company,
    rows: Sequence[MirrorRow],
    facts: Mapping[str, JsonValue],
    given: Mapping[str, str],
) -> _Form:
    role = str(facts.get("role") or accounts.INCOME)
    said = str(facts.get("word") or "")
    wanted = _NAMES[role] if said in ("", mappings.ANY) else said
    above, _, leaf = wanted.rpartition(":")
    kind = given.get("kind", _KINDS[role][0][0])
    parent = _parent(rows, above, kind.split("/", 1)[0])
    name = " ".join(given.get("name", _FORBIDDEN.sub(" ", leaf)).split())[: _LONGEST + 1]
    currency = str(facts.get("account_currency") or company.currency)
    form = _Form(name, kind, role, currency, parent)
    return replace(form, wrong=_why_not(rows, form))


def _parent(rows: Sequence[MirrorRow], above: str, kind: str) -> MirrorRow | None:
    """The account the source puts it below, if there is one of the same kind."""
    key = mappings.key_of(above)
    found = [
        row
        for row in rows
        if above
        and row.active
        and row.data.get("AccountType") == kind
        and mappings.key_of(accounts.full_name(row)) == key
    ]
    return found[0] if len(found) == 1 else None


def _why_not(rows: Sequence[MirrorRow], form: _Form) -> str:
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


def _accounts(session: Session, company_id: int) -> Sequence[MirrorRow]:
    return session.exec(
        select(MirrorRow)
        .where(MirrorRow.company_id == company_id)
        .where(MirrorRow.entity == "Account")
        .where(col(MirrorRow.deleted).is_(False))
    ).all()


def _is_limited(services: Services, company_id: int) -> bool:
    """QuickBooks Online Advanced has no such limit; the plan stands in the company's data."""
    info = services.quickbooks.company(company_id).company_info()
    said = " ".join(str(pair.get("Value") or "") for pair in info.get("NameValue") or [])
    return "advanced" not in said.casefold()


def verify(services: Services, incident: Incident, plan: Plan) -> str:
    """Look for the new account in QuickBooks itself, active and of its kind."""
    wanted = plan.steps[0].change
    rows: list[Payload] = services.quickbooks.company(incident.company_id).query(
        "Account", [("Name", "=", str(wanted["Name"]))]
    )
    for row in rows:
        if row.get("Active", True) and row.get("AccountType") == wanted["AccountType"]:
            return ""
    return f"QuickBooks does not show the new account {wanted['Name']}."


def _agreed(facts: Mapping[str, JsonValue]) -> bool:
    """Where none of the kind exists at all, there is nothing to choose from."""
    return facts.get("role") in (accounts.PAYABLE, accounts.RECEIVABLE) and not facts.get("word")


FIX = Fix(
    name="create_account",
    label="Create account…",
    role=Role.APPROVER,
    risk=Risk.BOOKS,
    plan=plan,
    verify=verify,
    agreed=_agreed,
)
