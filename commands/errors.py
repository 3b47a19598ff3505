"""/qb-errors: what is open, by family, with the money it holds and the way to each alert."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sqlmodel import Session, col, select

from bot.dispatch.model import Call, SlashCommand
from bot.dispatch.reply import Reply, bullets, line, link, spans, strong
from bot.domain import IncidentState, Payload, Role, Waiting
from bot.fixes.preview import CONNECTION
from bot.models import Company, Incident
from bot.render import Span, Text, listed, not_posted, plural
from bot.services import Services
from commands.parts import parties, refused_rows
from commands.parts.alerts import FAMILIES, alert_url, fits, labels, short_title
from commands.parts.asked import company_names, meaningful, near, quoted, vocabulary
from commands.parts.held import stuck
from commands.parts.standing import (
    are_held,
    cause_keys,
    counted,
    held,
    held_by,
    how_many,
    unposted,
    waiting,
    waits,
)

MOST_SHOWN = 15
# What people say beside it, meaning nothing else.
_OWN = vocabulary(
    "alert alerts broke broken error errors fail failed failing fails failures issue issues open "
    "problem problems stuck today trouble wrong"
)
_TWICE = "A document that two problems hold is counted under each of them, and once in the sum."
_STATES = {IncidentState.WORKING: "being fixed", IncidentState.PARTLY: "partly fixed"}


def run(services: Services, call: Call) -> Reply:
    """List the open alerts of each company, family by family, and the last refused rows."""
    reply = _alerts(services, call)
    if call.text:
        return reply
    rows = [part for company in call.companies for part in refused_rows.last(services, company)]
    return replace(reply, parts=(*reply.parts, *rows))


def _alerts(services: Services, call: Call) -> Reply:
    """List what is open, with what each holds."""
    asked = meaningful(call.text, _OWN)
    words = tuple(asked.lower().split())
    found = {company.id: _open(services, company) for company in call.companies}
    wanted = {
        company_id: [row for row in rows if fits(services, row, words)]
        for company_id, rows in found.items()
    }
    total = sum(len(rows) for rows in wanted.values())
    if not total:
        return _nothing(services, call, asked, found)
    parts: list[Text | Payload] = []
    room = MOST_SHOWN
    for company in call.companies:
        rows = wanted[company.id]
        if rows:
            parts += _company(services, company, rows, room, len(found[company.id]))
            room = max(0, room - len(rows))
    if total > MOST_SHOWN:
        parts.append(
            line(f"{total - MOST_SHOWN} more. Narrow it: /qb-errors duplicates, /qb-errors jane.")
        )
    parts.append(line("Next: open an alert and press its button; nothing changes before you say."))
    return Reply(tuple(parts))


def _nothing(
    services: Services, call: Call, asked: str, found: Mapping[int | None, Sequence[Incident]]
) -> Reply:
    """Nothing fits, or nothing is open: then what waits or is held is still told."""
    names = listed(company_names(call))
    if asked:
        return parties.about(services, call, asked) or _strange(call, asked, found)
    kept = [_kept(services, company) for company in call.companies]
    parts = tuple(text for text in kept if text != Text())
    if parts:
        return Reply((line(f"No open problems at {names} yet."), *parts))
    return Reply.say(f"No open problems at {names}. Nothing to do.")


def _kept(services: Services, company: Company) -> Text:
    """What is held though its alert is not written yet."""
    text = stuck(services, company)
    return line(strong(company.name), ":") + text if text != Text() else text


def _strange(call: Call, asked: str, found: Mapping[int | None, Sequence[Incident]]) -> Reply:
    rows = [row for some in found.values() for row in some]
    names = listed(company_names(call), "or")
    if not rows:
        said = f"No open problem fits {quoted(asked)}: none is open at {names}."
        return Reply.say(said, "Next: /qb-status shows what waits.")
    known = [
        *company_names(call),
        *(word for row in rows for word in FAMILIES[row.family].casefold().split()),
        *(name for row in rows for name in _names(row)),
    ]
    parts = [
        line(
            f"No open problem fits {quoted(asked)}. I look for it in the titles, names, numbers "
            "and kinds of the open problems."
        )
    ]
    guesses = [f"/qb-errors {word}" for word in near(asked, known)]
    if guesses:
        parts.append(line(f"Did you mean {listed(guesses, 'or')}?"))
    parts.append(
        line(f"{plural(len(rows), 'problem is', 'problems are')} open: /qb-errors lists them all.")
    )
    return Reply(tuple(parts), private=True)


def _names(row: Incident) -> Iterable[str]:
    """The names an alert is about: a customer, an item, a number."""
    found = (row.facts.get(key) for key in ("party", "name", "number"))
    return [str(name) for name in found if name]


def _open(services: Services, company: Company) -> list[Incident]:
    with services.sessions.read() as session:
        rows = session.exec(
            select(Incident)
            .where(
                Incident.company_id == company.id,
                col(Incident.state) != IncidentState.RESOLVED,
            )
            .order_by(col(Incident.id))
        ).all()
    return sorted(rows, key=_worst_first)


def _worst_first(incident: Incident) -> tuple[int, int, int]:
    order = list(FAMILIES)
    documents = int(incident.facts.get("documents") or 0)
    return (order.index(incident.family), -documents, incident.id or 0)


def _company(
    services: Services, company: Company, rows: Sequence[Incident], room: int, all_open: int
) -> list[Text | Payload]:
    """The company's line, with the same sums as /qb-status, and its alerts."""
    paused = sum(1 for row in rows if row.paused_by_id is not None)
    note = f", {paused} of them paused until the connection is back" if paused else ""
    shown = rows[:room]
    with services.sessions.read() as session:
        now = held(session, company.id or 0)
        roots = len(cause_keys(session, company.id or 0))
        later = waiting(session, company.id or 0)
        each = {row.id: _held(session, company, row) for row in shown}
    sums = " · ".join(part for part in (are_held(now, roots), waits(later)) if part)
    # Of a narrowed list the sums are still those of the whole company, as /qb-status has them.
    count = plural(all_open, "open problem")
    if len(rows) < all_open:
        count, sums = f"{len(rows)} of {count}", f"in all {sums}"
    parts: list[Text | Payload] = [line(strong(company.name), f" · {count}{note} · {sums}")]
    for family, name in FAMILIES.items():
        items = [_item(services, row, each[row.id]) for row in shown if row.family is family]
        if items:
            parts += [line(strong(name)), bullets(*items)]
    causes = [each[row.id] for row in shown if row.subject != CONNECTION]
    if sum(how_many(one) for one in causes if one) > how_many(now):
        parts.append(line(_TWICE))
    return parts


def _held(session: Session, company: Company, row: Incident) -> Waiting | None:
    """What the alert's cause keeps from being posted just now; None when only it knows."""
    if row.subject == CONNECTION:
        return unposted(session, company.id or 0)
    found = held_by(session, company.id or 0, row.problem, row.subject)
    return found if how_many(found) else None


def _item(services: Services, row: Incident, found: Waiting | None) -> tuple[Span, ...]:
    words = [f"{counted(found)} not posted" if found else not_posted(row.facts)]
    if row.paused_by_id is not None:
        words.append("paused until the connection is back")
    elif row.state in _STATES:
        words.append(_STATES[row.state])
    elif labels(services, row):
        words.append(f"press {' or '.join(f'“{one}”' for one in labels(services, row)[:2])}")
    tail = "".join(f" · {word}" for word in words)
    url = alert_url(services, row)
    title = short_title(services, row)
    return spans(strong(title), f"{tail} ", link("go to the alert ↗", url) if url else "")


COMMAND = SlashCommand(
    name="/qb-errors",
    help="Lists the open problems with the money they hold and links to their alerts.",
    usage="[company] [words to look for] [--public]",
    role=Role.VIEWER,
    run=run,
    examples=("/qb-errors", "/qb-errors duplicates", "/qb-errors jane doe"),
)
