"""What happens between Slack's envelope and the job: row, ack, who may, modal, nudge.

Nothing here talks to QuickBooks, and the acknowledgement waits for one small transaction only.
Slack does not deliver a press again, so its row comes before the acknowledgement; a second
delivery of the same envelope finds the row and does nothing.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from bot import audit, jobs
from bot.dispatch import answers, hearing, views
from bot.dispatch.model import Button, Form, Lookup, Need, Press, SlashCommand
from bot.dispatch.payloads import (
    LONGEST_COMMAND,
    LONGEST_TYPED_COMMAND,
    form_of,
    is_link,
    press_of,
    team_of,
    typing_of,
)
from bot.dispatch.reply import Reply
from bot.domain import Payload
from bot.errors import BotError, NotAllowed
from bot.models import Click, CommandRun
from bot.render import listed
from bot.services import Services
from bot.slack import SlackFault, blocks

log = structlog.get_logger(__name__)

Ack = Callable[..., Any]

OLDER = (
    "This button is from an older version of me and does nothing any more. "
    "Type /qb-errors to see what is open and what can be done now."
)
SORRY = (
    "Something went wrong on my side and it is in my log. Nothing was written to QuickBooks "
    "by this press. Please try again in a minute."
)
ONLY_ONCE = "That was noted already."


@dataclass(frozen=True)
class Listeners:
    """The handlers of one app, by what was registered."""

    services: Services
    commands: Mapping[str, SlashCommand]
    buttons: Mapping[str, Button]
    forms: Mapping[str, Form]
    lookups: Sequence[Lookup] = ()

    def command(self, body: Payload, ack: Ack) -> None:
        """Note a slash command, acknowledge, open its modal or nudge its answer."""
        try:
            run = _note_command(self.services, body)
        except Exception:  # marked border: Slack's door always answers the person
            log.exception("command not noted", command=str(body.get("command")))
            ack(text=SORRY)
            return
        ack()
        if run is None:
            return
        if self._foreign(body):
            refusal = "People of other workspaces cannot use this bot here."
            answers.close(self.services, run, refusal)
            return
        if not answers.open_modal(self.services, self.commands, run, str(body["trigger_id"])):
            jobs.answer_command(self.services.queue, run.id or 0)

    def shortcut(self, body: Payload, ack: Ack) -> None:
        """A message that somebody wants explained: as if its text had been typed to a command."""
        if body.get("callback_id") == hearing.EXPLAIN_MESSAGE and body.get("message"):
            self.command(hearing.as_command(body), ack)
        else:
            ack()

    def message(self, body: Payload) -> bool:
        """Take in an error that another app posted in a watched channel; all else is left alone.

        Its row comes before the acknowledgement. False when it could not be kept: Slack delivers
        an event again that was not acknowledged.
        """
        try:
            hearing.heard(self.services, body)
        except Exception:  # marked border: Slack's door asks for the event again
            log.exception("message not kept")
            return False
        return True

    def press(self, body: Payload, ack: Ack) -> None:
        """Note a press, acknowledge, check who may, open the loading modal, nudge the work."""
        press = press_of(body)
        if is_link(body) and press.action not in self.buttons:
            ack()
            return
        button = self.buttons.get(press.action)
        try:
            click_id = _note_press(self.services, press)
        except Exception:  # marked border: Slack's door always answers the person
            log.exception("press not noted", action=press.action)
            ack()
            _tell(self.services, press, SORRY)
            return
        ack()
        if click_id is not None:
            self._work(press, click_id, button)

    def form(self, body: Payload, ack: Ack) -> None:
        """Check a form's inputs, note it, and answer with a view that says what happens now."""
        press = form_of(body)
        form = self.forms.get(press.action)
        if form is None:
            ack(response_action="update", view=views.notice("Out of date", OLDER))
            return
        try:
            wrong = form.check(self.services, press)
            if wrong:
                ack(response_action="errors", errors=dict(wrong))
                return
            click_id = _note_press(self.services, press)
            waiting = form.waiting(press)
        except Exception:  # marked border: Slack's door always answers the person
            log.exception("form not noted", form=press.action)
            ack(response_action="update", view=views.notice("Not done", SORRY))
            return
        if click_id is None and _is_done(self.services, press.key):
            waiting = views.notice("Noted already", ONLY_ONCE)
        ack(response_action="update", view=waiting)
        if click_id is not None:
            jobs.handle_click(self.services.queue, click_id)

    def options(self, body: Payload, ack: Ack) -> None:
        """Fill a menu while somebody types, from the database alone; nobody learns what they may
        not see, and what goes wrong leaves the menu empty.
        """
        found: list[Payload] = []
        try:
            press, typed = typing_of(body)
            found = self._found(press, typed)
        except BotError as error:
            log.info("menu not filled", reason=error.message)
        except Exception:  # marked border: Slack's door always answers the person
            log.exception("menu not filled", menu=str(body.get("action_id")))
        ack(options=found)

    def _found(self, press: Press, typed: str) -> list[Payload]:
        lookup = next((one for one in self.lookups if press.action.startswith(one.prefix)), None)
        need = lookup.need(self.services, press) if lookup else None
        if lookup is None or need is None:
            return []
        self.services.access.require(press.user_id, need.company_id, need.role, press.team_id)
        pairs = lookup.options(self.services, press, typed)
        return [blocks.option(value, label) for value, label in pairs[: blocks.OPTIONS]]

    def _foreign(self, body: Payload) -> bool:
        return self.services.access.is_foreign(team_of(body))

    def _work(self, press: Press, click_id: int, button: Button | None) -> None:
        """Go on after the acknowledgement; whatever goes wrong, the person is told."""
        try:
            need = button.need(self.services, press) if button else None
            if button is None or need is None:
                _close(self.services, click_id)
                _tell(self.services, press, OLDER)
                return
            access = self.services.access
            access.require(press.user_id, need.company_id, need.role, press.team_id)
            if button.window:
                self._open(press, click_id, button)
            jobs.handle_click(self.services.queue, click_id)
        except NotAllowed as refusal:
            said = f"{refusal.message}{_decided(self.services, need)}"
            _refuse(self.services, press, click_id, need, said)
            _tell(self.services, press, said)
        except BotError as error:
            if isinstance(error, SlackFault) and error.outcome_unknown:
                # The window may be open: the job finds it by its external id, or says so.
                jobs.handle_click(self.services.queue, click_id)
                return
            log.warning("press not begun", action=press.action, reason=error.message)
            _close(self.services, click_id)
            again = "" if "again" in error.message else " Please press again."
            _tell(self.services, press, f"{error.message}{again}")
        except Exception:  # marked border: Slack's door always answers the person
            log.exception("press failed", action=press.action)
            _close(self.services, click_id)
            _tell(self.services, press, SORRY)

    def _open(self, press: Press, click_id: int, button: Button) -> None:
        if press.view_id:
            # Pressed in a window: the same window goes on.
            self.services.slack.update_view(press.view_id, views.loading(button.title))
            return
        # The trigger id lives for three seconds: the view comes first, its content later.
        # Its external id is the row's key: a restart finds the window whose id was not noted yet.
        window = views.loading(button.title) | {"external_id": press.key}
        view_id = self.services.slack.open_view(press.trigger_id, window)
        with self.services.sessions.write() as session:
            session.exec(update(Click).where(col(Click.id) == click_id).values(view_id=view_id))


def _note_command(services: Services, body: Payload) -> CommandRun | None:
    """Keep the command as a row; None when its envelope came before, also to another process."""
    now = services.clock.now()
    limit = LONGEST_TYPED_COMMAND if body["command"] != hearing.EXPLAIN else LONGEST_COMMAND
    text = str(body.get("text") or "").strip()[:limit]
    trigger = str(body.get("trigger_id") or "")
    key = hashlib.sha256(trigger.encode()).hexdigest() if trigger else None
    run = CommandRun(
        key=key,
        user_id=str(body["user_id"]),
        channel_id=str(body.get("channel_id") or ""),
        command=str(body["command"]),
        text=text,
        response_url=str(body.get("response_url") or ""),
        public=body.get("type") != hearing.SHORTCUT
        and bool(answers.PUBLIC & set(text.lower().split())),
        created_at=now,
    )
    try:
        with services.sessions.write() as session:
            session.add(run)
            session.flush()
            audit.append(
                session,
                at=now,
                actor=run.user_id,
                action="command",
                subject=run.command,
                data={"run": run.id, "text": run.text, "channel": run.channel_id},
            )
    except IntegrityError:
        if key is None or not _is_noted(services, key):
            raise
        return None
    return run


def _is_noted(services: Services, key: str) -> bool:
    with services.sessions.read() as session:
        return session.exec(select(CommandRun.id).where(CommandRun.key == key)).first() is not None


def _note_press(services: Services, press: Press) -> int | None:
    """Keep the press as a row; None when it came before."""
    click = Click(
        key=press.key,
        user_id=press.user_id,
        team_id=press.team_id,
        channel_id=press.channel_id,
        message_ts=press.message_ts,
        action=press.action,
        value=press.value,
        view_id=press.view_id,
        choices=dict(press.choices),
        created_at=services.clock.now(),
    )
    try:
        with services.sessions.write() as session:
            session.add(click)
    except IntegrityError:
        return None
    return click.id


def _is_done(services: Services, key: str) -> bool:
    with services.sessions.read() as session:
        row = session.exec(select(Click).where(Click.key == key)).first()
    return row is not None and row.state == "done"


def _close(services: Services, click_id: int) -> None:
    with services.sessions.write() as session:
        _mark_done(session, click_id)


def _mark_done(session: Session, click_id: int) -> None:
    session.exec(update(Click).where(col(Click.id) == click_id).values(state="done"))


def _refuse(
    services: Services, press: Press, click_id: int, need: Need | None, sentence: str
) -> None:
    with services.sessions.write() as session:
        _mark_done(session, click_id)
        audit.append(
            session,
            at=services.clock.now(),
            actor=press.user_id,
            action="press.refused",
            subject=f"{press.action} {press.value}".strip(),
            company_id=need.company_id if need else None,
            data={"why": sentence},
        )


def _decided(services: Services, need: Need | None) -> str:
    """Who has to agree to what the press opens, where that is another than may open it."""
    if need is None or need.decides <= need.role:
        return ""
    names = services.access.who(need.company_id, need.decides)
    return f" {listed(names, 'or')} then has to approve it." if names else ""


def _tell(services: Services, press: Press, sentence: str) -> None:
    """Say a sentence to the person alone: in the channel, or as a view over a modal."""
    try:
        if press.channel_id:
            blocks = Reply.say(sentence).blocks
            services.slack.ephemeral(press.channel_id, press.user_id, sentence, blocks)
        elif press.trigger_id:
            services.slack.open_view(press.trigger_id, views.notice("QuickBooks Sync", sentence))
    except BotError as error:
        log.warning("person not told", user=press.user_id, reason=error.message)
