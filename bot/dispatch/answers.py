"""Runs a noted command and answers the person who typed it; every error becomes a sentence."""

from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches

import structlog
from sqlalchemy import update
from sqlmodel import col

from bot import audit, jobs
from bot.access import at_least
from bot.dispatch import views, where
from bot.dispatch.model import Call, Opened, SlashCommand
from bot.dispatch.payloads import key_of
from bot.dispatch.reply import Reply, bullets, line, strong
from bot.domain import RetryClass, Role
from bot.errors import BotError, CompanyBusy, NotAllowed
from bot.models import Click, CommandRun
from bot.services import Services
from bot.slack import SlackFault

log = structlog.get_logger(__name__)

# Phones turn two hyphens into a dash.
PUBLIC = frozenset(("--public", "—public", "–public", "-public"))
_HELP = frozenset(("help", "--help", "-h", "?"))
SORRY = (
    "Something went wrong on my side and it is in my log. If you asked me to post, /qb-status "
    "shows what was posted. Please try again in a minute."
)


def answer(services: Services, commands: Mapping[str, SlashCommand], command_id: int) -> None:
    """Answer a noted command, or tell what is new about it. Safe to call again and again.

    Raises CompanyBusy, so that the queue tries again when the company is free.
    """
    with services.sessions.read() as session:
        run = session.get(CommandRun, command_id)
    if run is None or run.state != "new":
        return
    reply = _guarded(services, commands, run)
    if reply is not None:
        _send(services, run, reply)


def _guarded(
    services: Services, commands: Mapping[str, SlashCommand], run: CommandRun
) -> Reply | None:
    try:
        return _reply(services, commands, run)
    except CompanyBusy:
        raise
    except NotAllowed as refusal:
        _note_refusal(services, run, refusal.message)
        return Reply.say(refusal.message)
    except BotError as error:
        log.info("command not answered", command=run.command, reason=error.message)
        return Reply.say(error.message)
    except Exception:  # marked border: Slack's door always answers the person
        log.exception("command failed", command=run.command)
        return Reply.say(SORRY)


def _reply(
    services: Services, commands: Mapping[str, SlashCommand], run: CommandRun
) -> Reply | None:
    command, text = _meant(services, commands, run)
    if command is None:
        return unknown(run.command, commands)
    if text.strip().lower() in _HELP:
        return usage(command)
    call = call_of(services, commands, command, run, text)
    reply = command.run(services, call)
    if reply is None or not run.public or reply.private:
        return reply
    if call.public:
        return replace(reply, public=True)
    note = "Only you see this: an answer is shared in the company's own channel, by an operator."
    return Reply((*reply.parts, line(note)), reply.done)


def _meant(
    services: Services, commands: Mapping[str, SlashCommand], run: CommandRun
) -> tuple[SlashCommand | None, str]:
    """The command that was typed, or the one its words mean, and the words that are left."""
    command = commands.get(run.command)
    lines = (_without_public(line) for line in run.text.splitlines())
    text = "\n".join(line for line in lines if line)
    flat = " ".join(text.split())
    meant = command.means(services, flat) if command and command.means else None
    if meant is not None:
        command, flat = commands[meant.command], meant.text
    # An error text may tell of one error a line.
    in_lines = command is not None and command.lines and flat == " ".join(text.split())
    return command, text if in_lines else flat


def _without_public(line: str) -> str:
    return " ".join(word for word in line.split() if word.lower() not in PUBLIC)


def call_of(
    services: Services,
    commands: Mapping[str, SlashCommand],
    command: SlashCommand,
    run: CommandRun,
    text: str,
) -> Call:
    """Understand where and for whom a command was typed. Raises NotAllowed, BadInput."""
    found = where.resolve(services, run.user_id, run.channel_id, text, command.role)
    may_share = found.in_company_channel and all(
        services.access.role(run.user_id, company.id) >= Role.OPERATOR
        for company in found.companies
    )
    return Call(
        id=run.id or 0,
        user_id=run.user_id,
        channel_id=run.channel_id,
        command=command.name,
        text=found.rest,
        companies=found.companies,
        public=run.public and may_share,
        in_company_channel=found.in_company_channel,
        known=commands,
        typed=text,
        named=found.named,
        almost=found.almost,
    )


def open_modal(
    services: Services, commands: Mapping[str, SlashCommand], run: CommandRun, trigger_id: str
) -> bool:
    """Open the modal a command asks for while its trigger id lives; True when that was all.

    What stands in the way is told by the answer itself, which checks the same things again.
    """
    command, text = _meant(services, commands, run)
    if command is None or command.opens is None:
        return False
    try:
        asked = command.opens(services, call_of(services, commands, command, run, text))
        if asked is None:
            return False
        view = views.loading(asked.title) if isinstance(asked, Opened) else asked
        view_id = services.slack.open_view(trigger_id, view)
    except SlackFault as fault:
        log.warning("modal not opened", command=run.command, reason=fault.message)
        close(services, run, "Slack did not open the window in time. Please type it again.")
        return True
    except BotError:
        return False
    except Exception:  # marked border: Slack's door always answers the person
        log.exception("modal failed", command=run.command)
        return False
    if isinstance(asked, Opened):
        _go_on(services, run, asked, view_id)
    _mark_done(services, run)
    return True


def _go_on(services: Services, run: CommandRun, asked: Opened, view_id: str) -> None:
    """Note the command as the press of a button, whose job fills the window."""
    click = Click(
        key=key_of("command", run.key or str(run.id)),
        user_id=run.user_id,
        channel_id=run.channel_id,
        action=asked.action,
        value=asked.value,
        view_id=view_id,
        created_at=services.clock.now(),
    )
    with services.sessions.write() as session:
        session.add(click)
    jobs.handle_click(services.queue, click.id or 0)


def close(services: Services, run: CommandRun, sentence: str) -> None:
    """Answer with one sentence, and that was it."""
    _send(services, run, Reply.say(sentence))


def usage(command: SlashCommand) -> Reply:
    """Explain one command: what it does, how to type it, who may, examples."""
    who = f"For {at_least(command.role)}." if command.role else "Everybody may use it."
    return Reply(
        (
            line(strong(f"{command.name} {command.usage}".strip())),
            line(f"{command.help} {who}"),
            bullets(*command.examples),
            line("Answers are only for you; add --public to share one in a company's channel."),
        )
    )


def unknown(typed: str, commands: Mapping[str, SlashCommand]) -> Reply:
    """Answer a command that the workspace still knows and this version does not."""
    close_by = get_close_matches(typed, commands, n=1, cutoff=0.5)
    guess = f"Did you mean {close_by[0]}? " if close_by else ""
    return Reply.say(f"I do not know {typed} any more. {guess}Type /qb-help to see what I can do.")


def _send(services: Services, run: CommandRun, reply: Reply) -> None:
    """Send an answer; the row stays new only when more follows or Slack could not be reached."""
    try:
        if run.response_url:
            services.slack.respond(run.response_url, reply.text, reply.blocks, public=reply.public)
    except SlackFault as fault:
        log.warning("answer not delivered", command=run.command, reason=fault.message)
        again = fault.retry_class in (RetryClass.TRANSIENT, RetryClass.THROTTLED)
        if again and not fault.outcome_unknown:
            return  # the sweep tries again; what may have arrived is not said twice
    if reply.done:
        _mark_done(services, run)


def _mark_done(services: Services, run: CommandRun) -> None:
    with services.sessions.write() as session:
        session.exec(update(CommandRun).where(col(CommandRun.id) == run.id).values(state="done"))


def _note_refusal(services: Services, run: CommandRun, sentence: str) -> None:
    with services.sessions.write() as session:
        audit.append(
            session,
            at=services.clock.now(),
            actor=run.user_id,
            action="command.refused",
            subject=run.command,
            data={"run": run.id, "why": sentence},
        )
