"""The windows of a fix: the preview with its inputs, the private link, what happened."""

from collections.abc import Mapping, Sequence

from sqlalchemy import update
from sqlmodel import Session, col

from bot.dispatch import views
from bot.domain import Payload
from bot.errors import NotAllowed
from bot.fixes.engine import Prepared, needs_another
from bot.fixes.model import Choice, Plan
from bot.models import Click, FixRun
from bot.reconnect import LINK_MINUTES, issue_link
from bot.render import to_slack
from bot.services import Services
from bot.slack import blocks, inputs
from commands.parts import approval

CONFIRM = "fix_confirm"
CHOICE = "choice:"
# An input that may be left empty.
MAYBE = "maybe:"
# An input whose options come while one types: the entities to look through, and the company's run.
SEARCH = "search:"
YES = "yes"
# The button that posts what is not dated in a filed month; its value is the preview's run.
OPEN_MONTHS = "hold_filed"
CHANGED = "Something changed in QuickBooks since you looked. This is the new preview:"


def run_named(session: Session, value: str) -> FixRun | None:
    """The preview a button in it belongs to; its value is the run's id and nothing else."""
    if not value.isdecimal() or len(value) > 18:
        return None
    return session.get(FixRun, int(value))


def preview(
    services: Services,
    click: Click,
    prepared: Prepared,
    typed: Mapping[str, str] | None = None,
    note: str = "",
) -> Payload:
    """Show exactly what will change; what cannot be done says why and what next."""
    plan = prepared.plan
    if plan.refused:
        return views.notice(plan.title, plan.refused)
    run = _remember_view(services, prepared.run_id, click)
    missing = _missing_role(services, click, run)
    if plan.private_link and not missing:
        return _private_link(services, click, prepared, run)
    parts: list[Payload] = [blocks.section(f"⚠️ {note}")] if note else []
    parts += approval.who_asked(run)
    parts += to_slack(prepared.text)
    parts += _outside(prepared)
    if not missing and not needs_another(services, run, plan, click.user_id):
        return _form(prepared, parts, typed or {}, CONFIRM, plan.submit)
    nobody = plan.private_link or approval.lacks_second(services, run, plan)
    asked = [] if nobody else approval.to_ask(services, run, click.user_id)
    parts.append(blocks.section(approval.why(plan, run, missing, asked)))
    if not asked:
        return blocks.modal(plan.title, parts)
    label = approval.label(asked, run.role_needed)
    return _form(prepared, parts, typed or {}, approval.ASK, label)


def _outside(prepared: Prepared) -> list[Payload]:
    """The button for what need not wait with the documents of filed months."""
    offered = prepared.plan.facts.get("outside")
    if not offered:
        return []
    label = f"Post {offered['go']}, hold {offered['hold']}"
    return [blocks.actions([blocks.button(label, OPEN_MONTHS, str(prepared.run_id))])]


def _form(
    prepared: Prepared,
    parts: Sequence[Payload],
    typed: Mapping[str, str],
    callback_id: str,
    submit: str,
) -> Payload:
    plan = prepared.plan
    inputs = [_input(choice, typed, prepared.run_id) for choice in plan.choices]
    return blocks.modal(
        plan.title,
        [*parts, *inputs],
        callback_id=callback_id,
        submit=submit,
        close="Cancel",
        private_metadata=str(prepared.run_id),
    )


def _remember_view(services: Services, run_id: int, click: Click) -> FixRun:
    with services.sessions.write() as session:
        session.exec(update(FixRun).where(col(FixRun.id) == run_id).values(view_id=click.view_id))
        return session.get_one(FixRun, run_id, populate_existing=True)


def _missing_role(services: Services, click: Click, run: FixRun) -> str:
    """The sentence naming who may, when this plan needs more than the person has."""
    try:
        services.access.require(click.user_id, run.company_id, run.role_needed, click.team_id)
    except NotAllowed as refusal:
        return refusal.message
    return ""


def _input(choice: Choice, typed: Mapping[str, str], run_id: int) -> Payload:
    initial = typed.get(choice.name, choice.initial)
    optional = choice.optional or choice.kind == "check"
    prefix = MAYBE if optional else CHOICE
    return inputs.input_block(
        choice.label,
        _element(choice, initial, run_id),
        f"{prefix}{choice.name}",
        hint=choice.hint,
        optional=optional,
    )


def _element(choice: Choice, initial: str, run_id: int) -> Payload:
    if choice.kind == "search":
        action_id = f"{SEARCH}{run_id}:{','.join(choice.search)}"
        known = dict(choice.options)
        first = (initial, known[initial]) if initial in known else None
        return inputs.external_select(action_id, first, placeholder="Type a part of the name")
    if choice.kind == "date":
        return inputs.date_picker("value", initial)
    if choice.kind == "check":
        label = choice.options[0][1] if choice.options else "Yes"
        return inputs.tick("value", YES, label, ticked=initial == YES)
    if choice.options:
        return inputs.select("value", choice.options, initial)
    lines = choice.kind == "lines"
    return inputs.text_input("value", initial, max_length=choice.max_length, multiline=lines)


def _private_link(services: Services, click: Click, prepared: Prepared, run: FixRun) -> Payload:
    url = issue_link(services, run.company_id, click.user_id, run.incident_id)
    # Read on a phone between two calls: who, what, the link, how long.
    shown = [
        *to_slack(prepared.text),
        blocks.actions(
            [blocks.button("Allow access in QuickBooks", "open_link", primary=True, url=url)]
        ),
        blocks.context(
            f"Only for you, works once, for {LINK_MINUTES} minutes. "
            "The alert turns green by itself."
        ),
    ]
    return blocks.modal(prepared.plan.title, shown)


def started(plan: Plan) -> Payload:
    """Say that it is on its way."""
    return views.notice(
        plan.title,
        "Started. The alert in the channel shows how far it is and turns green when QuickBooks "
        "has been read again. You can close this window.",
    )


def choices_of(click: Click) -> dict[str, str]:
    """The typed values of the preview's inputs, by the choice's name."""
    return {
        block_id.removeprefix(CHOICE).removeprefix(MAYBE): str(value or "")
        for block_id, value in click.choices.items()
        if block_id.startswith((CHOICE, MAYBE))
    }
