"""The Home tab's first lines: each company in a line with its one button, the worst first."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.dispatch.reply import line
from bot.domain import IncidentState, Payload, Severity
from bot.fixes.preview import CONNECTION
from bot.incidents.buttons import label_of, on_offer
from bot.models import Company, Incident
from bot.render import moment, plural, to_slack
from bot.render.sums import told
from bot.services import Services
from bot.slack import blocks
from commands.buttons import DETAILS, FIX
from commands.parts.standing import Standing, are_held, how_many, standing, waits

MOST_SHOWN = 20
_LOUDNESS = tuple(Severity)


@dataclass(frozen=True)
class Line:
    """One company: how it stands, and the alert that wants a person first."""

    row: Standing
    worst: Incident | None

    @property
    def is_calm(self) -> bool:
        """Whether nobody has to do anything here and nothing waits."""
        row = self.row
        quiet = row.is_connected and not row.open_problems and not row.paused
        return quiet and not how_many(row.waiting) and not how_many(row.held)


def lines(
    services: Services, companies: Sequence[Company], alerts: Sequence[Incident]
) -> list[Line]:
    """Every company with its worst alert: lost connections, then what holds the most, then calm."""
    by_company: dict[int, list[Incident]] = {}
    for alert in alerts:
        by_company.setdefault(alert.company_id, []).append(alert)
    found = [
        Line(standing(services, company), worst(by_company.get(company.id or 0, ())))
        for company in companies
    ]
    return sorted(found, key=_order)


def _order(one: Line) -> tuple[bool, bool, int, int, str]:
    row = one.row
    return (
        not row.is_lost,
        row.is_connected,
        -row.open_problems,
        -how_many(row.held),
        row.company.name,
    )


def worst(alerts: Sequence[Incident]) -> Incident | None:
    """The alert that wants a person first; one that waits for another or was put off does not."""
    wanted = [row for row in alerts if row.paused_by_id is None and row.snoozed_until is None]
    return min(wanted, key=worst_first, default=None)


def worst_first(alert: Incident) -> tuple[int, int, int, int]:
    """The order of alerts: the connection, the loudest, the most documents, the oldest."""
    documents = str(alert.facts.get("documents") or 0)
    held = int(documents) if documents.isdecimal() else 0
    return (alert.subject != CONNECTION, -_LOUDNESS.index(alert.severity), -held, alert.id or 0)


def shown(services: Services, found: Sequence[Line]) -> list[Payload]:
    """The lines as blocks; one button is coloured, that of the worst company."""
    parts: list[Payload] = []
    for one in found[:MOST_SHOWN]:
        first = not any("accessory" in part for part in parts)
        parts.append(_block(services, one, coloured=first))
    more = len(found) - MOST_SHOWN
    if more > 0:
        words = f"{plural(more, 'more company', 'more companies')}, all of them better off: "
        parts += to_slack(line(f"{words}/qb-status <company>."))
    return parts


def _block(services: Services, found: Line, *, coloured: bool) -> Payload:
    row = found.row
    head = f"{row.company.name} · {_state(row)}"
    words = "\n".join(part for part in (head, _details(row)) if part)
    return blocks.section(words, accessory=_button(services, found, coloured=coloured))


def _state(row: Standing) -> str:
    if row.is_lost:
        lost = row.connection.lost_at if row.connection else None
        since = f" since {moment(lost, row.company.time_zone)}" if lost else ""
        return f"🔴 CONNECTION LOST{since}"
    if not row.is_connected:
        return "⚪ NOT CONNECTED yet"
    if row.open_problems:
        return f"🔴 OPEN: {plural(row.open_problems, 'problem')}"
    if how_many(row.held) or how_many(row.waiting):
        return "🔵 POSTING"
    return "✅ ALL POSTED"


def _details(row: Standing) -> str:
    said = []
    if how_many(row.waiting):
        waiting = waits(row.waiting)
        said.append(waiting if row.is_connected else f"{waiting} for the connection")
    said.append(are_held(row.held, row.causes))
    if row.paused:
        said.append(f"{plural(row.paused, 'alert')} paused until the connection is back")
    if not row.is_connected and not row.is_lost:
        said.append(f"type /qb-reconnect {row.company.name} in a channel")
    if how_many(row.posted_today):
        said.append(f"posted today: {told(row.posted_today)}")
    elif row.last_post is not None:
        said.append(f"last post {moment(row.last_post, row.company.time_zone)}")
    return " · ".join(part for part in said if part)


def _button(services: Services, found: Line, *, coloured: bool) -> Payload | None:
    if found.worst is None:
        return None
    return first_button(services, found.worst, found.row.company.name, coloured=coloured)


def first_button(
    services: Services, alert: Incident, where: str, *, coloured: bool = False
) -> Payload:
    """The first button of an alert's message, which opens the same preview; else its details."""
    value = str(alert.id)
    problem = services.knowledge.problems.get(alert.problem)
    offered = on_offer(problem, services.buttons, alert.facts) if problem else []
    if not offered or alert.state is IncidentState.WORKING:
        return blocks.button("Details", DETAILS, value, label=f"Details of the alert at {where}")
    fix, agreed = offered[0]
    label = label_of(fix, alert.facts)
    spoken = f"{label} at {where}"
    return blocks.button(
        label, f"{FIX}{fix.name}", value, primary=coloured and agreed, label=spoken
    )
