"""The windows of a fix: the preview with its inputs, the private link, what happened."""

from collections.abc import Mapping

from sqlalchemy import update
from sqlmodel import col

from bot.dispatch import views
from bot.dispatch.reply import line, link, strong
from bot.domain import Payload
from bot.errors import NotAllowed
from bot.fixes.engine import Prepared
from bot.fixes.model import Choice, Plan
from bot.models import Click, Company, FixRun
from bot.reconnect import LINK_MINUTES, issue_link
from bot.render import to_slack
from bot.services import Services
from bot.slack import blocks

CONFIRM = "fix_confirm"
CHOICE = "choice:"
CHANGED = "Something changed in QuickBooks since you looked. This is the new preview:"


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
    parts += to_slack(prepared.text)
    if missing:
        parts.append(
            blocks.section("\n".join(part for part in (plan.role_reason, missing) if part))
        )
        return blocks.modal(plan.title, parts)
    parts += [_input(choice, typed or {}) for choice in plan.choices]
    return blocks.modal(
        plan.title,
        parts,
        callback_id=CONFIRM,
        submit=plan.submit,
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


def _input(choice: Choice, typed: Mapping[str, str]) -> Payload:
    initial = typed.get(choice.name, choice.initial)
    element = (
        blocks.select("value", choice.options, initial)
        if choice.options
        else blocks.text_input("value", initial, max_length=choice.max_length)
    )
    return blocks.input_block(choice.label, element, f"{CHOICE}{choice.name}", hint=choice.hint)


def _private_link(services: Services, click: Click, prepared: Prepared, run: FixRun) -> Payload:
    with services.sessions.read() as session:
        company = session.get_one(Company, run.company_id)
    url = issue_link(services, run.company_id, click.user_id, run.incident_id)
    shown = [
        *to_slack(prepared.text),
        *to_slack(
            line(
                "Open the link, choose ",
                strong(company.name),
                " and allow access. ",
                link("Allow access in QuickBooks", url),
            )
        ),
        blocks.actions(
            [blocks.button("Allow access in QuickBooks", "open_link", primary=True, url=url)]
        ),
        blocks.context(
            f"Only for you, works once, for {LINK_MINUTES} minutes. Then what waits is posted "
            "in order and the alert turns green by itself."
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
        block_id.removeprefix(CHOICE): str(value or "")
        for block_id, value in click.choices.items()
        if block_id.startswith(CHOICE)
    }
