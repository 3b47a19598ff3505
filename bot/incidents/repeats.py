"""What keeps coming back at a company, what would prevent it, and whether it comes less often.

A case is a problem on one day of the company: ten wrong rows of one import are one mistake.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from bot.domain import JsonValue
from bot.models import Company, Incident
from bot.render import to_plain
from bot.services import Services

SPAN = timedelta(days=30)
# A problem is a repeat when the company had it within this time before.
_MEMORY = timedelta(days=90)
# Once is chance, twice may be; the third day says something.
OFTEN = 3
_MOST = 3


@dataclass(frozen=True)
class Tip:
    """A problem that came often in 30 days; `before`: on how many days of the 30 before those."""

    problem: str
    alerts: int
    days: int
    before: int
    advice: str


@dataclass(frozen=True)
class Rate:
    """Of all cases of 30 days, how many were of a problem the company already had had."""

    repeats: int
    cases: int


@dataclass(frozen=True)
class Lesson:
    """What 30 days taught at one company: the commonest repeats, and the rate beside the last."""

    tips: tuple[Tip, ...]
    now: Rate
    before: Rate


_Case = tuple[date, str]


def lesson(services: Services, session: Session, company: Company) -> Lesson:
    """Count what came back at a company until now, and give a tip for the commonest three."""
    now = services.clock.now()
    today = _day(company, now)
    alerts = _alerts(session, company, now - 2 * SPAN - _MEMORY)
    cases = sorted(set(alerts))
    last, before = _days(cases, today), _days(cases, today - SPAN)
    number = Counter(problem for day, problem in alerts if day > today - SPAN)
    often = sorted((name for name in last if last[name] >= OFTEN), key=lambda n: (-last[n], n))
    tips = tuple(
        Tip(name, number[name], last[name], before[name], _advice(services, session, company, name))
        for name in often[:_MOST]
    )
    return Lesson(tips, _rate(cases, today), _rate(cases, today - SPAN))


def again(session: Session, company: Company, incident: Incident) -> int:
    """On how many days its problem came, in the 30 days that end with this alert."""
    cases = set(_alerts(session, company, incident.opened_at - SPAN, incident.problem))
    return _days(cases, _day(company, incident.opened_at))[incident.problem]


def advice(services: Services, problem: str, facts: dict[str, JsonValue]) -> str:
    """Give what the problem's file says on preventing it, in one line; "" when it says nothing."""
    return " ".join(to_plain(services.render.problem_or_plain(problem, facts).prevent).split())


def _alerts(
    session: Session, company: Company, since: datetime, problem: str | None = None
) -> list[_Case]:
    """Day and problem of each alert; one that became part of another is none of its own.

    A day more is read: a day of the company begins and ends at other moments than one of UTC.
    """
    rows = session.exec(
        select(Incident.opened_at, Incident.problem)
        .where(Incident.company_id == company.id, col(Incident.part_of_id).is_(None))
        .where(col(Incident.opened_at) > since - timedelta(days=1))
        .where(problem is None or Incident.problem == problem)
    )
    return [(_day(company, opened_at), name) for opened_at, name in rows]


def _day(company: Company, moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(company.time_zone)).date()


def _days(cases: Iterable[_Case], until: date) -> Counter[str]:
    return Counter(problem for day, problem in cases if until - SPAN < day <= until)


def _rate(cases: Sequence[_Case], until: date) -> Rate:
    last: dict[str, date] = {}
    found = repeats = 0
    for day, problem in cases:
        if until - SPAN < day <= until:
            found += 1
            repeats += problem in last and last[problem] > day - _MEMORY
        last[problem] = day
    return Rate(repeats, found)


def _advice(services: Services, session: Session, company: Company, problem: str) -> str:
    """The tip in the words of the newest case, which it may name."""
    newest = session.exec(
        select(Incident)
        .where(Incident.company_id == company.id, Incident.problem == problem)
        .order_by(col(Incident.opened_at).desc(), col(Incident.id).desc())
        .limit(1)
    ).one()
    return advice(services, problem, newest.facts)
