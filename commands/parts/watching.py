"""Which channels are watched for the errors that other apps post there; admins decide it."""

from dataclasses import replace

from sqlmodel import select

from bot import audit
from bot.dispatch.model import Call
from bot.dispatch.reply import Reply, line, strong
from bot.domain import Role
from bot.models import Company, WatchedChannel
from bot.services import Services
from commands.parts.asked import meaningful

WATCH, STOP = "watch", "unwatch"
# With a company's name behind it; an error text is longer.
_LONGEST = 8
_FILLING = ("channel", "company", "here")


def is_asked(call: Call) -> bool:
    """Whether the words are about watching this channel, and no error text."""
    words = call.typed.lower().split()
    return words[:1] in ([WATCH], [STOP]) and len(words) <= _LONGEST


def answer(services: Services, call: Call) -> Reply:
    """Begin or stop to watch the channel the command was typed in. Raises NotAllowed."""
    if call.typed.lower().split()[0] == STOP:
        return _stop(services, call)
    if call.channel_id.startswith("D"):
        return Reply.say("Type this in the channel where the other app posts its errors.")
    if len(call.companies) != 1:
        names = ", ".join(company.name for company in call.companies)
        return Reply.say(f"Which company are the errors of? /qb-explain watch and one of: {names}.")
    company = call.companies[0]
    if not _names(call, company):
        return _asks(company, WATCH)
    services.access.require(call.user_id, company.id, Role.ADMIN)
    before = _keep(services, call, company)
    instead = f", no longer for {before}" if before not in ("", company.name) else ""
    said = line(
        "Errors of QuickBooks that other apps post here are now explained in their threads, for ",
        strong(company.name),
        f"{instead}. Each cause is answered once, and has its alert in the company's channel.",
    )
    if not services.slack.reads(call.channel_id):
        return Reply((said, line("I am not in this channel yet: type /invite @QuickBooks Sync.")))
    return Reply((said, line("Next: nothing. /qb-explain unwatch ends it.")))


def _names(call: Call, company: Company) -> bool:
    """Whether the words name the company exactly, or none: what is only like it may be another."""
    typed = _plain(meaningful(" ".join(call.typed.split()[1:]), _FILLING))
    name = _plain(company.name)
    return not typed or typed == _plain(meaningful(name, _FILLING)) or typed == name


def _plain(words: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in words.casefold()).split())


def _asks(company: Company, what: str) -> Reply:
    return Reply.say(
        f"Do you mean {company.name}? Then type /qb-explain {what} {company.name}. "
        "A name that is only like it could be another company's."
    )


def _keep(services: Services, call: Call, company: Company) -> str:
    """Keep it, and give the name of the company the channel was watched for; "" for none."""
    now = services.clock.now()
    with services.sessions.write() as session:
        known = session.get(WatchedChannel, call.channel_id)
        before = session.get_one(Company, known.company_id).name if known is not None else ""
        row = known or WatchedChannel(
            channel_id=call.channel_id, company_id=company.id or 0, by="", created_at=now
        )
        row.company_id, row.by, row.created_at = company.id or 0, call.user_id, now
        session.add(row)
        audit.append(
            session,
            at=now,
            actor=call.user_id,
            action="channel.watched",
            subject=call.channel_id,
            company_id=company.id,
            data={"company": company.name},
        )
    return before


def _stop(services: Services, call: Call) -> Reply:
    with services.sessions.read() as session:
        row = session.get(WatchedChannel, call.channel_id)
    if row is None:
        return Reply.say("This channel is not watched. /qb-explain watch begins it.")
    services.access.require(call.user_id, row.company_id, Role.ADMIN)
    with services.sessions.read() as session:
        company = session.get_one(Company, row.company_id)
    if not _names(call, company):
        return _asks(company, STOP)
    with services.sessions.write() as session:
        session.delete(session.get_one(WatchedChannel, call.channel_id))
        audit.append(
            session,
            at=services.clock.now(),
            actor=call.user_id,
            action="channel.unwatched",
            subject=call.channel_id,
            company_id=row.company_id,
            data={},
        )
    return Reply.say("I no longer look at what other apps post in this channel.")


def in_its_company(services: Services, call: Call) -> Call:
    """In a watched channel, the call for its company, where the person may see that one."""
    with services.sessions.read() as session:
        found = session.exec(
            select(Company).join(WatchedChannel).where(WatchedChannel.channel_id == call.channel_id)
        ).first()
    if found is None or services.access.role(call.user_id, found.id) < Role.VIEWER:
        return call
    return replace(call, companies=(found,), in_company_channel=True)
