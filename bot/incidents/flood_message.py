"""The one message of a flood: a live table of its causes, each with the address of its alert."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.domain import IncidentState, JsonValue, Payload, Waiting
from bot.incidents import floods, held_sums, states
from bot.incidents.address import alert_url
from bot.incidents.held_sums import Done
from bot.incidents.message import Message
from bot.incidents.parts import inert
from bot.incidents.storm_message import CAUSE, title_of
from bot.models import Company, Flood, Incident
from bot.render import moment, plural, sums
from bot.services import Services
from bot.slack import blocks

EVENT_TYPE = "qb_flood"
ROWS = 15
_AT_ONCE = 500
_LONG = timedelta(minutes=90)


@dataclass(frozen=True)
class _Cause:
    """One row: what its message is called, what waits for it, and where that message is."""

    title: str
    waiting: Waiting
    state: str
    url: str


@dataclass(frozen=True)
class _View:
    flood: Flood
    company: Company
    causes: Sequence[_Cause]
    count: int
    settled: int
    waiting: Waiting
    done: Done
    state: str

    @property
    def is_fixed(self) -> bool:
        """Whether every cause is settled."""
        return self.settled == self.count

    @property
    def is_over(self) -> bool:
        """Whether it ended with less left than makes a flood."""
        return self.state == "over"


def build(services: Services, flood: Flood) -> Message:
    """Make the message of a flood as it is now; raises nothing for bad facts."""
    view = _view(services, flood)
    shown = [
        blocks.alert_header(*_header(view)),
        _summary(view),
        blocks.table(("cause", "documents", "not posted", "state"), _table(view), (1,)),
        blocks.context(_note(view)),
    ]
    return Message(
        text=_sentence(view),
        blocks=blocks.within_budget(shown, [shown[2]]),
        metadata={"event_type": EVENT_TYPE, "event_payload": _metadata(view)},
    )


def identity(flood: Flood) -> dict[str, JsonValue]:
    """What tells this flood's message from any other one in the channel's history."""
    return {"flood_id": flood.id, "opened": flood.opened_at.isoformat()}


def _view(services: Services, flood: Flood) -> _View:
    with services.sessions.read() as session:
        company = session.get_one(Company, flood.company_id)
        rows = floods.members(session, flood)
        groups = floods.by_cause(rows)
        sums_of = [held_sums.waiting(session, group) for group in groups[:ROWS]]
        waiting = held_sums.waiting(session, rows)
        done = held_sums.done(session, rows)
    causes = [
        _cause(services, company, group, held)
        for group, held in zip(groups[:ROWS], sums_of, strict=True)
    ]
    settled = sum(1 for group in groups if _is_settled(group))
    state = states.of_all(rows)
    if flood.resolved_at is not None and settled < len(groups):
        state = "over"
    return _View(flood, company, causes, len(groups), settled, waiting, done, state)


def _cause(
    services: Services, company: Company, group: Sequence[Incident], held: Waiting
) -> _Cause:
    first = group[0]
    left = [row for row in group if row.state is not IncidentState.RESOLVED]
    if first.storm_id is not None and len(group) > 1:
        title = services.render.many(first.problem, len(left) or len(group))
    else:
        title = title_of(services, company, first)
    shown = next((row for row in left if row.state is IncidentState.WORKING), (left or group)[0])
    return _Cause(title, held, states.of_one(shown), alert_url(services, first))


def _is_settled(group: Sequence[Incident]) -> bool:
    return all(row.state is IncidentState.RESOLVED for row in group)


def _header(view: _View) -> tuple[str, str]:
    if view.is_fixed:
        return states.HEADERS[
            view.state
        ], f"{_documents(view.done.brought)} · {plural(view.count, 'cause')}"
    return states.HEADERS[view.state], f"{_left(view)} · {_causes_left(view)}"


def _left(view: _View) -> str:
    """What waits; once some of it is done, of how many. They did not come within minutes then."""
    left = view.waiting.documents
    if view.is_over:
        return f"{left:,} of {_documents(max(left, view.done.brought))} left"
    if view.settled and view.done.brought >= left:
        return f"{left:,} of {_documents(view.done.brought)} not posted"
    return f"{_documents(left)} not posted{_span(view)}"


def _causes_left(view: _View) -> str:
    left = view.count - view.settled
    return f"{left:,} of {plural(view.count, 'cause')}" if view.settled else plural(left, "cause")


def _documents(count: int) -> str:
    return plural(count, "document")


def _span(view: _View) -> str:
    """Within which time they came, where that says something: while nothing of it is settled."""
    span = view.flood.last_at - view.flood.opened_at
    if span > _LONG or view.settled:
        return ""
    return f" in {plural(max(1, round(span.total_seconds() / 60)), 'minute')}"


def _summary(view: _View) -> Payload:
    since = f"since {moment(view.flood.opened_at, view.company.time_zone)}"
    said = [sums.told(view.waiting, taxed=True, others=False), since]
    if view.is_fixed:
        said = [view.done.words(), since]
    elif view.settled:
        said.append(f"{view.settled:,} of {plural(view.count, 'cause')} fixed")
    words = "".join(f" · {one}" for one in said if one)
    name = blocks.words(inert(view.company.name), bold=True)
    return blocks.rich_text(blocks.line(name, blocks.words(words)))


def _table(view: _View) -> list[tuple[str | Payload, ...]]:
    return [
        (
            inert(one.title, CAUSE),
            f"{one.waiting.documents:,}",
            sums.told(one.waiting, others=False) or "–",
            _linked(one),
        )
        for one in view.causes
    ]


def _linked(one: _Cause) -> str | Payload:
    """The state, with the address of the alert: "open → its alert"."""
    if not one.url:
        return one.state
    words = [blocks.words(f"{one.state} → "), blocks.link(one.url, "its alert")]
    return blocks.rich_text(blocks.line(*words))


def _note(view: _View) -> str:
    more = view.count - len(view.causes)
    said = "Each cause has its own alert with its buttons; this table only counts."
    if view.is_over:
        few = _documents(view.flood.threshold)
        said = f"Fewer than {few} are left: what is left stays on its own alert, named in its row."
    if sum(one.waiting.documents for one in view.causes) > view.waiting.documents:
        said += " A document with several causes is in several rows; the sum counts it once."
    return f"{said} {_not_shown(more)}" if more > 0 else said


def _not_shown(more: int) -> str:
    """Where the causes without a row are: /qb-errors names only so many as well."""
    are = "is" if more == 1 else "are"
    return (
        f"{plural(more, 'more cause')} {are} not in this table: each has its own alert in this "
        "channel, and /qb-errors with a word of its name finds it while it is open."
    )


def _sentence(view: _View) -> str:
    company = inert(view.company.name)
    if view.is_fixed:
        causes = plural(view.count, "cause")
        return f"{company}: fixed: {causes}, {view.done.words()}"
    told = sums.told(view.waiting, others=False) or _documents(view.waiting.documents)
    if view.is_over:
        return f"{company}: the flood is over; {told} not posted; {_causes_left(view)}"
    return f"{company}: {told} not posted{_span(view)}; {_causes_left(view)}"


def _metadata(view: _View) -> Payload:
    return {
        **identity(view.flood),
        "company_id": view.company.id,
        **dict.fromkeys(("problem", "kind", "family"), ""),  # it is of several
        "state": view.state,
        "incident_ids": view.flood.incident_ids[:_AT_ONCE],
    }
