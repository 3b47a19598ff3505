"""Create the item a SKU is missing, on an income account a person sees, and map the SKU to it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

from bot import mirror
from bot.domain import JsonValue, Payload, Risk, Role
from bot.fixes import mapping_steps
from bot.fixes.model import RELEASE, Action, Choice, Fix, Plan, Step
from bot.fixes.preview import Preview
from bot.models import Company, Incident, MirrorRow
from bot.services import Services
from bot.sync import accounts, amounts, mappings
from bot.sync.payloads import number

_TITLE = "Create item"
_LONGEST = 100
# A menu holds 100 options.
_MOST_ACCOUNTS = 90
_FORBIDDEN = re.compile(r'[:\t\r\n"]')
_KINDS = (("NonInventory", "Product, stock not counted"), ("Service", "Service"))


@dataclass(frozen=True)
class _Form:
    """What was typed and chosen, and what is wrong with it."""

    name: str
    kind: str
    account: MirrorRow | None
    options: tuple[tuple[str, str], ...]
    wrong: str = ""


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Plan the new item and the mapping; for a name that cannot be used, ask for another one."""
    preview = Preview.captured(services, incident)
    with services.sessions.read() as session:
        form = _form(session, preview.company, incident.facts, choices)
    if not form.options:
        return preview.refuse(
            _TITLE,
            "QuickBooks has no active account of the kind Income, and an item needs one. Have an "
            "income account added in the chart of accounts first, then press the button again.",
        )
    if form.wrong or form.account is None:
        ask = form.wrong or "Choose the income account its sales go to."
        return preview.ask(_TITLE, _inputs(form), Role.OPERATOR, **_named(incident), ask=ask)
    return _created(preview, form, form.account)


def _created(preview: Preview, form: _Form, account: MirrorRow) -> Plan:
    facts = preview.incident.facts
    create = Step(
        Action.CREATE, f"{form.name} created", "Item", change=_payload(facts, form, account)
    )
    made = preview.plan(
        title=_TITLE,
        submit="Create and post" if preview.documents else _TITLE,
        steps=(
            create,
            mapping_steps.map_step(facts, "Item", "", form.name, from_step=1),
            RELEASE,
        ),
        choices=_inputs(form),
        changes=[
            {
                "what": form.name,
                "before": "not in QuickBooks",
                "after": f"a new item on the account {accounts.full_name(account)}",
            },
            {"what": f"SKU {facts['word']}", "before": "no item", "after": f"uses {form.name}"},
        ],
        checked=[f"no item is called {form.name}", f"{accounts.full_name(account)} is active"],
        undo=(
            "The new item can be made inactive again and the SKU unmapped; QuickBooks deletes no "
            "item. What was posted by then stays: void or credit each document in QuickBooks."
        ),
        role=Role.OPERATOR,
    )
    return replace(made, facts={**made.facts, **_named(preview.incident), "ask": ""})


def _payload(facts: Mapping[str, JsonValue], form: _Form, account: MirrorRow) -> Payload:
    payload: Payload = {
        "Name": form.name,
        "Type": form.kind,
        "IncomeAccountRef": {"value": account.qbo_id},
    }
    if not facts.get("matches"):
        payload["Sku"] = str(facts["word"])[:_LONGEST]
    if facts.get("description"):
        payload["Description"] = str(facts["description"])[:4000]
    if facts.get("price"):
        payload["UnitPrice"] = number(amounts.money(str(facts["price"])))
    return payload


def _named(incident: Incident) -> Payload:
    return {"subject_name": f"SKU {incident.facts['word']}"}


def _inputs(form: _Form) -> tuple[Choice, ...]:
    return (
        Choice(
            "name",
            "Name in QuickBooks",
            initial=form.name,
            hint=form.wrong or "Items have a name of their own each.",
            max_length=_LONGEST,
            shown=True,
        ),
        Choice(
            "account",
            "Income account",
            initial=form.account.qbo_id if form.account is not None else "",
            hint="Where its sales appear in the profit and loss.",
            options=form.options,
            shown=True,
        ),
        Choice("kind", "Kind", initial=form.kind, options=_KINDS, shown=True),
    )


def _form(
    session: Session,
    company: Company,
    facts: Mapping[str, JsonValue],
    given: Mapping[str, str],
) -> _Form:
    rows = _income_accounts(session, company.id or 0)
    default = _default(session, company, rows, int(facts["source_id"]))
    account = accounts.by_id(rows, given.get("account", default.qbo_id if default else ""))
    proposed = _FORBIDDEN.sub(" ", str(facts.get("description") or facts["word"]))
    name = given.get("name", " ".join(proposed.split())[:_LONGEST]).strip()
    kind = given.get("kind", _KINDS[0][0])
    options = tuple((row.qbo_id, accounts.full_name(row)[:75]) for row in rows)
    return _Form(name, kind, account, options, _why_not(session, company.id or 0, name))


def _income_accounts(session: Session, company_id: int) -> Sequence[MirrorRow]:
    rows = mirror.in_use(session, company_id, "Account")
    return [row for row in rows if accounts.fits(accounts.INCOME, row)][:_MOST_ACCOUNTS]


def _default(
    session: Session, company: Company, rows: Sequence[MirrorRow], source_id: int
) -> MirrorRow | None:
    """What was chosen for this source, else for the company, else the only obvious one."""
    chosen = mappings.find(session, source_id, mappings.ACCOUNT, mappings.ANY)
    for qbo_id in (chosen.qbo_id if chosen else "", company.income_account_id or ""):
        found = accounts.by_id(rows, qbo_id)
        if found is not None:
            return found
    return accounts.obvious_income(rows)


def _why_not(session: Session, company_id: int, name: str) -> str:
    if not name:
        return "Type the name the new item shall have in QuickBooks."
    if len(name) > _LONGEST:
        return f"The name has {len(name)} characters; QuickBooks takes up to {_LONGEST}."
    if _FORBIDDEN.search(name):
        return 'QuickBooks takes no colon, quotation mark (") or tab in the name of an item.'
    same = mirror.by_folded(session, company_id, mirror.fold(name), ("Item",))
    if same:
        state = "" if same[0].active else "inactive "
        return (
            f"There is an {state}item called {same[0].name}. Type another name, or close this "
            "window and map the SKU to that one."
        )
    return ""


def _agreed(facts: Mapping[str, JsonValue]) -> bool:
    """Nothing in QuickBooks is like it: then there is only this."""
    return "suggestions" in facts and not facts["suggestions"] and not facts.get("matches")


FIX = Fix(
    name="create_item",
    label="Create item…",
    role=Role.OPERATOR,
    risk=Risk.LISTS,
    plan=plan,
    verify=mapping_steps.why_not_kept,
    agreed=_agreed,
)
