"""/qb-errors: what is open, by family, with the money it holds and the way to each alert."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sqlmodel import Session, col, select

from bot.dispatch.model import Call, SlashCommand
from bot.dispatch.reply import Reply, bullets, line, link, spans, strong
from bot.domain import IncidentState, Payload, Role, Waiting
from bot.fixes.preview import CONNECTION
from bot.incidents import changed, held_sums
from bot.incidents.address import alert_url
from bot.models import Company, Incident
from bot.render import Span, Text, listed, not_posted, plural, sums
from bot.services import Services
from commands.parts import documents, parties, refused_rows, skipped, which_alert
from commands.parts.alerts import heading, labels, short_title
from commands.parts.asked import company_names, meaningful, near, plain, quoted, vocabulary
from commands.parts.entries import Entry, entries
from commands.parts.held import stuck
from commands.parts.numbers import has_digit
from commands.parts.standing import (
    are_held,
    cause_keys,
    held,
    held_by,
    how_many,
    unposted,
    waiting,
    waits,
)

MOST_SHOWN = 15
_SKIPPED = vocabulary("skipped skip skips")
_ALL = vocabulary("all everything")
# What people say beside it, meaning nothing else.
_OWN = vocabulary(
    "alert alerts broke broken error errors fail failed failing fails failures issue issues open "
    "invoice invoices payment payments document documents bill bills problem problems stuck today "
    "trouble wrong"
)
_PAGE = re.compile(r"(?:^|\s)page\s+#?(\d{1,3})(?=\s|$)", re.I)
_TWICE = "A document that two problems hold is counted under each of them, and once in the sum."
_NEXT = "Next: open an alert and press its button; nothing changes before you say."
_STATES = {IncidentState.WORKING: "being fixed", IncidentState.PARTLY: "partly fixed"}


def run(services: Services, call: Call) -> Reply:
    """List the open alerts of each company, family by family, and the rows still refused.

    "skipped" lists what people decided not to post; "all" adds that to the rest; "page 2" goes on
    where the first page ended.
    """
    turned = _PAGE.search(call.text)
    page = max(1, int(turned[1])) if turned else 1
    call = replace(call, text=_PAGE.sub(" ", call.text).strip())
    said = {plain(word) for word in call.text.split()}
    if said & _SKIPPED:
        return _skipped(services, call)
    asked = meaningful(call.text, _OWN)
    if asked:
        return _alerts(services, call, asked, page)
    rows = [part for company in call.companies for part in refused_rows.still(services, company)]
    kept = _skipped(services, call).parts if said & _ALL else ()
    return _alerts(
        services, call, "", page, done="" if rows else " Nothing to do.", beside=(*rows, *kept)
    )


def _skipped(services: Services, call: Call) -> Reply:
    """What people decided not to post, with the reason; nothing of it is forgotten."""
    parts = [part for company in call.companies for part in skipped.told(services, company)]
    if not parts:
        return Reply.say(f"Nothing is left out on purpose at {listed(company_names(call))}.")
    return Reply((*parts, line("Next: /qb-undo takes back what was decided by mistake.")))


def _alerts(
    services: Services,
    call: Call,
    asked: str,
    page: int,
    done: str = "",
    beside: Sequence[Text | Payload] = (),
) -> Reply:
    """List what is open, with what each holds; `beside` stands after it, before the next step.

    `MOST_SHOWN` lines a page; a page past the last one is the last one.
    """
    found = {company.id: _open(services, company) for company in call.companies}
    meant = which_alert.named(
        services, call.companies, [row for rows in found.values() for row in rows], asked
    )
    named = {row.id for row in meant}
    wanted = {key: [row for row in rows if row.id in named] for key, rows in found.items()}
    if not any(wanted.values()):
        nothing = _nothing(services, call, asked, found, done)
        return replace(nothing, parts=(*nothing.parts, *beside))
    with services.sessions.read() as session:
        every = [
            (company.id, one)
            for company in call.companies
            for one in entries(session, company.id or 0, wanted[company.id])
        ]
    pages = -(-len(every) // MOST_SHOWN)
    page = min(page, pages)
    part = every[(page - 1) * MOST_SHOWN : page * MOST_SHOWN]
    parts: list[Text | Payload] = [line(f"Page {page} of {pages}.")] if page > 1 else []
    for company in call.companies:
        shown = [one for company_id, one in part if company_id == company.id]
        if shown:
            rows = wanted[company.id]
            parts += _company(services, company, rows, shown, len(found[company.id]))
    left = sum(len(one.rows) for _, one in every[page * MOST_SHOWN :])
    if left:
        parts.append(line(_further(call, asked, page, left)))
    return Reply((*parts, *beside, line(_NEXT)))


def _further(call: Call, asked: str, page: int, left: int) -> str:
    """How many are not on this page, and what to type for the next one."""
    company = call.companies[0].name.casefold() if call.named and len(call.companies) == 1 else ""
    words = " ".join(part for part in ("/qb-errors", company, asked, f"page {page + 1}") if part)
    narrow = "" if asked else " Or narrow it: /qb-errors duplicates, /qb-errors jane."
    return f"{left:,} more: {words}.{narrow}"


def _nothing(
    services: Services,
    call: Call,
    asked: str,
    found: Mapping[int | None, Sequence[Incident]],
    done: str,
) -> Reply:
    """Nothing fits, or nothing is open: then what waits or is held is still told."""
    names = listed(company_names(call))
    if asked:
        known = _documents(services, call, asked) or parties.about(services, call, asked)
        return known or _strange(call, asked, found)
    kept = [_kept(services, company) for company in call.companies]
    parts = tuple(text for text in kept if text != Text())
    if parts:
        return Reply((line(f"No open problems at {names} yet."), *parts))
    return Reply.say(f"No open problems at {names}.{done}")


def _documents(services: Services, call: Call, asked: str) -> Reply | None:
    """Where the document of this number stands, when no open problem holds it."""
    number = asked.split()[-1]
    if not has_digit(number):
        return None
    with services.sessions.read() as session:
        rows = documents.find(session, call.companies, number)[: documents.MOST_FOUND]
    if not rows:
        return None
    companies = {company.id: company for company in call.companies}
    places = [documents.place(services, companies[row.company_id], row) for row in rows]
    return Reply((line(f"No open problem holds {quoted(number)}."), *places))


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
        *(word for row in rows for word in heading(row).casefold().split()),
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
    return list(rows)


def _company(
    services: Services,
    company: Company,
    rows: Sequence[Incident],
    shown: Sequence[Entry],
    all_open: int,
) -> list[Text | Payload]:
    """The company's line, with the same sums as /qb-status, and its alerts."""
    paused = sum(1 for row in rows if row.paused_by_id is not None)
    note = f", {paused} of them paused until the connection is back" if paused else ""
    with services.sessions.read() as session:
        now = held(session, company.id or 0)
        roots = len(cause_keys(session, company.id or 0))
        later = waiting(session, company.id or 0)
        each = {one.first.id: _held(session, company, one) for one in shown}
    totals = " · ".join(part for part in (are_held(now, roots), waits(later)) if part)
    # Of a narrowed list the totals are still those of the whole company, as /qb-status has them.
    count = plural(all_open, "open problem")
    if len(rows) < all_open:
        count, totals = f"{len(rows)} of {count}", f"in all {totals}"
    parts: list[Text | Payload] = [line(strong(company.name), f" · {count}{note} · {totals}")]
    for name in dict.fromkeys(heading(one.first) for one in shown):
        items = [
            _item(services, one, each[one.first.id]) for one in shown if heading(one.first) == name
        ]
        parts += [line(strong(name)), bullets(*items)]
    causes = [each[one.first.id] for one in shown if one.first.subject != CONNECTION]
    if sum(how_many(one) for one in causes if one) > how_many(now):
        parts.append(line(_TWICE))
    return parts


def _held(session: Session, company: Company, entry: Entry) -> Waiting | None:
    """What the alert's cause keeps from being posted just now; None when only it knows."""
    row = entry.first
    if row.subject == CONNECTION:
        return unposted(session, company.id or 0)
    if entry.is_storm:
        together = held_sums.waiting(session, entry.rows)
        return together if how_many(together) else None
    found = held_by(session, company.id or 0, row.problem, row.subject)
    return found if how_many(found) else None


def _item(services: Services, entry: Entry, found: Waiting | None) -> tuple[Span, ...]:
    row = entry.first
    url = alert_url(services, row)
    to_it = link("go to the alert ↗", url) if url else ""
    if entry.is_storm:
        return spans(
            strong(services.render.many(row.problem, len(entry.rows))), _storm(found), to_it
        )
    if changed.is_posted(row.problem):
        words = [changed.change(row), *([f"{sums.told(found)} not posted"] if found else [])]
    else:
        words = [f"{sums.told(found)} not posted" if found else not_posted(row.facts)]
    if row.paused_by_id is not None:
        words.append("paused until the connection is back")
    elif row.state in _STATES:
        words.append(_STATES[row.state])
    elif labels(services, row):
        words.append(f"press {' or '.join(f'“{one}”' for one in labels(services, row)[:2])}")
    tail = "".join(f" · {word}" for word in words)
    return spans(strong(short_title(services, row)), f"{tail} ", to_it)


def _storm(found: Waiting | None) -> str:
    """What many alerts of one message hold together, and how one of them is opened."""
    held = f" · {sums.told(found)} not posted" if found else ""
    return f"{held} · press “Open one…” "


COMMAND = SlashCommand(
    name="/qb-errors",
    help="Lists the open problems with the money they hold and links to their alerts.",
    usage="[company] [number or words | all | skipped] [page 2] [--public]",
    role=Role.VIEWER,
    run=run,
    examples=("/qb-errors", "/qb-errors duplicates", "/qb-errors INV-1042", "/qb-errors all"),
)
