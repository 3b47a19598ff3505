"""Create an account none of the kind exists for: right type, right currency, by an approver.

Sources: Intuit's help on usage limits (250 accounts in every plan but Advanced); a type is never
changed afterwards (accounting.md rule 6 of the house).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlmodel import Session, col, select

from bot.domain import JsonValue, Payload, Risk, Role
from bot.fixes import account_form, keeping, mapping_steps
from bot.fixes.account_form import Form
from bot.fixes.keeping import Keeping
from bot.fixes.model import RELEASE, Action, Fix, Plan, Step
from bot.fixes.preview import Preview
from bot.models import Incident, MirrorRow
from bot.services import Services
from bot.sync import accounts

_TITLE = "Create account"
MOST_ACCOUNTS = 250


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Plan the new account, refusing it where the plan's limit is reached."""
    preview = Preview.captured(services, incident)
    with services.sessions.read() as session:
        rows = _accounts(session, incident.company_id)
        form = account_form.read(preview.company, rows, incident.facts, choices)
        kept = keeping.plan(session, preview.company, account_form.typed(form.kind))
    active = sum(1 for row in rows if row.active)
    if active >= MOST_ACCOUNTS and _is_limited(services, incident.company_id):
        return preview.refuse(
            _TITLE,
            f"QuickBooks' plan has room for {MOST_ACCOUNTS} accounts, and {active} of them are in "
            "use. Choose an account that exists, make unused ones inactive, or have the plan "
            "changed by an admin. Nothing was created.",
        )
    if form.wrong:
        return preview.ask(_TITLE, account_form.inputs(form), Role.APPROVER, ask=form.wrong)
    return _created(preview, form, kept, active)


def _created(preview: Preview, form: Form, kept: Keeping, active: int) -> Plan:
    facts = preview.incident.facts
    create = Step(
        Action.CREATE, f"{form.full} created", "Account", change=form.payload(preview.company)
    )
    # What is kept comes first: at no moment are there two accounts to choose from.
    steps = [*kept.steps, create]
    if facts.get("word"):
        from_step = len(steps)
        steps.append(mapping_steps.map_step(facts, "Account", "", form.full, from_step=from_step))
    made = preview.plan(
        title=_TITLE,
        submit="Create and post" if preview.documents else _TITLE,
        steps=(*steps, RELEASE),
        choices=account_form.inputs(form),
        changes=[
            {
                "what": form.full,
                "before": "not in the chart of accounts",
                "after": f"a new account, {form.words}, in {form.currency}",
            },
            *kept.changes,
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
    reason = "An approver has to do this: it changes the chart of accounts."
    told = {**made.facts, "ask": "", "approval": reason}
    told["warnings"] = [*made.facts["warnings"], *_missing(facts, form)]
    return replace(made, facts=told, role_reason=reason)


def _missing(facts: Mapping[str, JsonValue], form: Form) -> list[str]:
    """Say that the account the source puts it below is not there."""
    if not form.missing:
        return []
    return [
        f"{facts.get('source') or 'the source'} puts it below {form.missing}, and QuickBooks has "
        f"no active account of that name and kind. It is created at the top of the chart of "
        f"accounts, unless you choose below which one it goes; or add {form.missing} in "
        "QuickBooks first"
    ]


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
    wanted = next(step.change for step in plan.steps if step.action is Action.CREATE)
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
