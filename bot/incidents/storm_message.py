"""The one message of a storm: a table by cause with count, money and state, edited in place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog
from sqlmodel import col, select

from bot.domain import IncidentState, JsonValue, Payload, Waiting
from bot.forwarded import only_reported
from bot.incidents import apart_sums, changed, held_sums, states, storms
from bot.incidents.held_sums import Done
from bot.incidents.message import Message
from bot.incidents.parts import BAD_FACTS, inert, person
from bot.models import Company, Incident, Storm
from bot.render import moment, plural, sums, waiting_amounts
from bot.services import Services
from bot.slack import blocks
from bot.sync.causes import TOTAL_DIFFERS

log = structlog.get_logger(__name__)

EVENT_TYPE = "qb_storm"
OPEN_ONE = "storm"
ROWS = 15
CAUSE = 60
_AT_ONCE = 500


@dataclass(frozen=True)
class _View:
    storm: Storm
    company: Company
    rows: Sequence[Incident]
    titles: Mapping[int, str]
    waiting: Waiting
    done: Done
    apart: int
    many: str

    @property
    def left(self) -> list[Incident]:
        """Those that are not settled."""
        return [row for row in self.rows if row.state is not IncidentState.RESOLVED]


def build(services: Services, storm: Storm) -> Message:
    """Make the message of a storm as it is now; raises nothing for bad facts."""
    view = _view(services, storm)
    parts = [
        blocks.alert_header(*_header(view)),
        _summary(view),
        blocks.filled_table(_head(view), _table(view), (1,)),
        _more(view),
        blocks.actions([_open_one(view)]),
    ]
    return Message(
        text=_sentence(view),
        blocks=blocks.within_budget(
            [part for part in parts if part], [part for part in (parts[3], parts[2]) if part]
        ),
        metadata={"event_type": EVENT_TYPE, "event_payload": _metadata(services, view)},
    )


def identity(storm: Storm) -> dict[str, JsonValue]:
    """What tells this storm's message from any other one in the channel's history."""
    return {"storm_id": storm.id, "opened": storm.opened_at.isoformat()}


def title_of(services: Services, company: Company, row: Incident) -> str:
    """The title of one of its incidents, without its count."""
    facts = {
        "company": company.name,
        "currency": company.currency,
        **row.facts,
        "time_zone": company.time_zone,
    }
    return services.render.title(row.problem, facts).rsplit(" · ", 1)[0]


def not_posted(row: Incident) -> str:
    """The money one of its incidents holds: sales and payments apart; "–" when none does.

    Where a record stands in QuickBooks and differs: what differs.
    Of what only another tool met the amounts are not known: then where its documents wait.
    """
    if row.state is IncidentState.RESOLVED:
        return "–"
    if changed.is_posted(row.problem):
        return changed.kept(row)
    if only_reported(row.facts):
        return f"at {inert(row.facts.get('source') or 'another tool', CAUSE)}"
    try:
        found = waiting_amounts(row.facts)
    except BAD_FACTS:
        return "not known"
    return found or "–"


def _view(services: Services, storm: Storm) -> _View:
    with services.sessions.read() as session:
        company = session.get_one(Company, storm.company_id)
        rows = storms.members(session, storm.id or 0)
        waiting = held_sums.waiting(session, rows)
        done = held_sums.done(session, rows)
        apart = len(
            session.exec(
                select(Incident.id).where(
                    Incident.company_id == storm.company_id,
                    Incident.problem == storm.problem,
                    col(Incident.state) != IncidentState.RESOLVED,
                    col(Incident.storm_id).is_distinct_from(storm.id),
                )
            ).all()
        )
    titles = {row.id or 0: title_of(services, company, row) for row in rows[:ROWS]}
    left = sum(1 for row in rows if row.state is not IncidentState.RESOLVED)
    many = services.render.many(storm.problem, left or len(rows))
    if len(rows) == 1:
        many = titles[rows[0].id or 0]
    return _View(storm, company, rows, titles, waiting, done, apart, many)


def _header(view: _View) -> tuple[str, str]:
    word = states.HEADERS[states.of_all(view.rows)]
    if not view.left:
        return word, f"{view.many}{view.done.title()}"
    count = f" · {plural(view.waiting.documents, 'document')} not posted"
    return word, f"{view.many}{count if view.waiting.documents else ''}"


def _summary(view: _View) -> Payload:
    since = moment(view.storm.opened_at, view.company.time_zone)
    name = blocks.words(inert(view.company.name), bold=True)
    if not view.left:
        ended = max(row.resolved_at or row.last_seen_at for row in view.rows)
        when = f"since {since}, settled {moment(ended, view.company.time_zone)}"
        words = "".join(f" · {one}" for one in (view.done.words(), when) if one)
        return blocks.rich_text(blocks.line(name, blocks.words(words), *_by_whom(view)))
    held = sums.told(view.waiting, taxed=True, others=False)
    apart = apart_sums.in_all(view.left) if view.storm.problem == TOTAL_DIFFERS else ""
    said = [f"{held} not posted" if apart and held else held, apart, f"since {since}"]
    settled = len(view.rows) - len(view.left)
    if settled:
        said.append(f"{settled:,} of {len(view.rows):,} fixed")
    words = "".join(f" · {one}" for one in said if one)
    return blocks.rich_text(blocks.line(name, blocks.words(words)))


def _by_whom(view: _View) -> list[Payload]:
    """Who settled them, each once; what nobody pressed a button for went by itself."""
    found = dict.fromkeys(
        str((row.story.get("outcome") or {}).get("by") or "") for row in view.rows
    )
    said: list[Payload] = []
    for by in sorted(found, key=lambda one: one == ""):
        said += [blocks.words(", " if said else " · by "), person(by)]
    return said if any(found) else [blocks.words(" · by itself")]


def _head(view: _View) -> tuple[str, str, str, str]:
    if changed.is_posted(view.storm.problem):
        what = "differs" if view.storm.problem in changed.COMPARED else "changed"
        return "cause", "records", what, "state"
    return "cause", "documents", "not posted", "state"


def _table(view: _View) -> list[tuple[str, ...]]:
    return [
        (
            inert(view.titles[row.id or 0], CAUSE),
            inert(_documents(row), 12),
            not_posted(row),
            states.of_one(row),
        )
        for row in view.rows[:ROWS]
    ]


def _documents(row: Incident) -> JsonValue:
    """How many documents it holds, or of how many its tool has told the numbers.

    Of what is in QuickBooks: how many records differ.
    """
    if changed.is_posted(row.problem):
        return len(row.record_ids)
    told = row.facts.get("reported")
    if isinstance(told, dict) and only_reported(row.facts):
        return told.get("numbered") or "–"
    return row.facts.get("documents") or 0


def _more(view: _View) -> Payload:
    said = []
    if view.storm.problem == TOTAL_DIFFERS:
        said.append(apart_sums.common(view.left))
    more = len(view.rows) - ROWS
    if more > 0:
        said.append(f"{more:,} more: “Open one…” shows each.")
    if view.apart:
        verb = "has an alert of its own" if view.apart == 1 else "have alerts of their own"
        said.append(f"{view.apart:,} more of this kind {verb} in this channel.")
    held = sum(_count(row) for row in view.left)
    if held > view.waiting.documents:
        said.append("A document with several causes is in several rows; the sum counts it once.")
    told = " ".join(one for one in said if one)
    return blocks.context(told) if told else {}


def _count(row: Incident) -> int:
    found = str(row.facts.get("documents") or 0)
    return int(found) if found.isdigit() else 0


def _open_one(view: _View) -> Payload:
    label = "Open one…" if view.left else "Details"
    return blocks.button(label, OPEN_ONE, str(view.storm.id), label=f"{label} of {view.many}")


def _sentence(view: _View) -> str:
    company = inert(view.company.name)
    if not view.left:
        return f"{company}: fixed: {view.many}{view.done.title()}"
    amounts = sums.told(view.waiting, others=False)
    held = f"{amounts} not posted; " if amounts else ""
    return f"{company}: {held}{view.many}"


def _metadata(services: Services, view: _View) -> Payload:
    problem = services.knowledge.problem(view.storm.problem)
    return {
        **identity(view.storm),
        "company_id": view.company.id,
        "problem": view.storm.problem,
        "kind": problem.kind,
        "family": problem.family.value,
        "state": states.of_all(view.rows),
        "incidents": len(view.rows),
        "incident_ids": [row.id for row in view.rows[:_AT_ONCE]],
    }
