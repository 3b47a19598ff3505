"""The jobs behind Slack's door: answer a command, carry out a press. app.py merges them."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from threading import Event

import structlog
from sqlalchemy import update
from sqlmodel import col

from bot import jobs
from bot.dispatch import answers, views
from bot.dispatch.door import by_name
from bot.dispatch.reply import Reply
from bot.domain import Payload, RetryClass
from bot.errors import BotError, CompanyBusy, TemplateFault
from bot.models import Click, FixRun
from bot.services import Services
from bot.slack import SlackFault
from commands import ALL_COMMANDS, home
from commands.buttons import BUTTONS
from commands.parts import file_columns, file_form, fix_views, presses, report_reply

log = structlog.get_logger(__name__)

OLD = timedelta(minutes=30)
# A trigger lives for three seconds: later than this no window opens any more.
WINDOW_TIME = timedelta(seconds=4)
# The acknowledgement of a form carries the "one moment" window on another connection than ours:
# a window of ours that reached Slack first would be covered by it for good.
AFTER_ACK = timedelta(seconds=0.8)
WITHOUT_WINDOW = frozenset(button.action for button in BUTTONS if not button.window)
SORRY = (
    "Something went wrong on my side and it is in my log. The alert shows what is true; "
    "please press again in a minute."
)
INTERRUPTED = "I was interrupted just as you pressed. Nothing was done; please press again."


def answer_command(services: Services, arg: str) -> None:
    """Answer a noted slash command, or tell what is new about it."""
    answers.answer(services, by_name(ALL_COMMANDS), int(arg))


def handle_click(services: Services, arg: str) -> None:
    """Carry out a noted press or form and show what came of it. Safe to run again."""
    with services.sessions.read() as session:
        click = session.get(Click, int(arg))
    if click is None or click.state != "new":
        return
    has_window = click.action not in WITHOUT_WINDOW
    if has_window and not click.view_id:
        click = _with_window(services, click)
    if click.state != "new":
        return
    if has_window and not click.view_id:
        _show(services, click, views.notice("Press again", INTERRUPTED), INTERRUPTED)
        return
    view, words = _guarded(services, click)
    _show(services, click, view, words)


def _with_window(services: Services, click: Click) -> Click:
    """Find the window of a press whose process died before it noted the window's id.

    A press that is younger than its trigger may still be opening it: that long it is waited for.
    """
    left = click.created_at + WINDOW_TIME - services.clock.now()
    Event().wait(max(0.0, min(left, WINDOW_TIME).total_seconds()))
    with services.sessions.read() as session:
        fresh = session.get_one(Click, click.id)
    if fresh.view_id or fresh.state != "new":
        return fresh
    view_id = services.slack.find_view(fresh.key, views.loading("One moment"))
    with services.sessions.write() as session:
        session.exec(update(Click).where(col(Click.id) == click.id).values(view_id=view_id))
        return session.get_one(Click, click.id, populate_existing=True)


def _guarded(services: Services, click: Click) -> tuple[Payload, str]:
    """Do the work; every error becomes a window with a sentence."""
    try:
        return presses.work(services, click)
    except CompanyBusy:
        raise
    except TemplateFault as fault:
        log.error("press not shown", action=click.action, reason=fault.message)
        return views.notice("Not done", SORRY), SORRY
    except BotError as error:
        log.info("press not carried out", action=click.action, reason=error.message)
        return views.notice("Not done", error.message), error.message
    except Exception:  # marked border: Slack's door always answers the person
        log.exception("press failed", action=click.action, value=click.value)
        return views.notice("Not done", SORRY), SORRY


def _show(services: Services, click: Click, view: Payload, words: str) -> None:
    """Fill the window; when it was closed, nothing is lost: the alert itself shows what is true."""
    if click.action in presses.FORM_ACTIONS:
        left = click.created_at + AFTER_ACK - services.clock.now()
        Event().wait(max(0.0, min(left, AFTER_ACK).total_seconds()))
        view = _ended(services, click) or view
    try:
        shown = bool(click.view_id) and services.slack.update_view(click.view_id, view)
        if not shown:
            _tell(services, click, words)
    except SlackFault as fault:
        log.warning("window not filled", action=click.action, reason=fault.message)
        again = fault.retry_class in (RetryClass.TRANSIENT, RetryClass.THROTTLED)
        if again and services.clock.now() - click.created_at < OLD:
            return  # the sweep tries again
        _show_plainly(services, click, words)
    with services.sessions.write() as session:
        session.exec(update(Click).where(col(Click.id) == click.id).values(state="done"))
    if not click.channel_id:
        # Pressed on the Home tab or in a window that it opened: what it shows may have changed.
        jobs.show_home(services.queue, click.user_id)


def _show_plainly(services: Services, click: Click, words: str) -> None:
    """Slack refused the window's content: the words alone, so that nothing is left loading."""
    try:
        services.slack.update_view(click.view_id, views.notice("QuickBooks Sync", words))
    except SlackFault as fault:
        log.warning("window left as it is", action=click.action, reason=fault.message)


def _ended(services: Services, click: Click) -> Payload | None:
    """The end of a fix that was quicker than its window."""
    if click.action != fix_views.CONFIRM or not click.value.isdecimal():
        return None
    with services.sessions.read() as session:
        run = session.get(FixRun, int(click.value))
    if run is None or run.state not in ("done", "failed") or run.approved_by != click.user_id:
        return None
    title = "Done" if run.state == "done" else "Not finished"
    return views.notice(title, "\n".join(run.outcome.get("lines") or ["Done."]))


def _tell(services: Services, click: Click, words: str) -> None:
    """Say it in the channel to the person alone, where the window does not exist any more."""
    reply = Reply.say(*words.split("\n"))
    if click.channel_id and not click.view_id:
        services.slack.ephemeral(click.channel_id, click.user_id, reply.text, reply.blocks)
    elif click.action == file_form.CALLBACK:
        company = file_form.company_of(services, click)
        services.slack.ephemeral(company.channel_id, click.user_id, reply.text, reply.blocks)
    elif click.action == file_columns.CALLBACK:
        company = file_columns.company_of(services, file_columns.asked_of(click))
        services.slack.ephemeral(company.channel_id, click.user_id, reply.text, reply.blocks)


JOBS: Mapping[str, Callable[[Services, str], None]] = {
    jobs.CLICK: handle_click,
    jobs.COMMAND: answer_command,
    jobs.HOME: home.show,
    jobs.REPLY: report_reply.reply,
}
