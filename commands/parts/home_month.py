"""The Home tab's look back: what came up in the last 30 days, and who or what settled it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlmodel import col, select

from bot.dispatch.reply import line
from bot.domain import IncidentState, Payload
from bot.models import Incident
from bot.render import plural, to_slack
from bot.services import Services
from bot.slack import blocks

DAYS = 30
SPAN_DAYS = 6
TITLE = "Problems of the last 30 days"
STILL_OPEN, BY_PEOPLE, BY_ITSELF = "still open", "fixed by people", "fixed by itself"
_PERSON = re.compile(r"[UW][A-Z0-9]{6,}")
_BAR = "█"
_WIDEST = 20


@dataclass(frozen=True)
class Past:
    """One problem that came up: when, how it ended, and what was not posted meanwhile."""

    opened_at: datetime
    ended: str
    seconds: float | None
    records: int


@dataclass(frozen=True)
class Month:
    """The problems of the last 30 days in spans of six days, the oldest first."""

    labels: Sequence[str]
    counts: dict[str, list[int]]
    problems: Sequence[Past]

    @property
    def sentence(self) -> str:
        """How many, how they ended, and how long it took."""
        by = {name: sum(values) for name, values in self.counts.items()}
        said = [f"{plural(len(self.problems), 'problem')} in 30 days"]
        alone = BY_ITSELF if by[BY_ITSELF] == 1 else "fixed by themselves"
        named = ((BY_PEOPLE, BY_PEOPLE), (BY_ITSELF, alone), (STILL_OPEN, STILL_OPEN))
        said += [f"{by[name]:,} {words}" for name, words in named if by[name]]
        took = [one.seconds for one in self.problems if one.seconds is not None]
        if took:
            which = "the one settled took" if len(took) == 1 else "half of the settled took at most"
            said.append(f"{which} {lasting(median(took))}")
        kept = sum(one.records for one in self.problems)
        if kept:
            said.append(f"{plural(kept, 'record')} could not be posted at first")
        return " · ".join(said)


def month(services: Services, company_ids: Sequence[int], time_zone: str) -> Month | None:
    """Read the last 30 days of these companies; None when nothing came up."""
    now = services.clock.now()
    since = now - timedelta(days=DAYS)
    with services.sessions.read() as session:
        rows = session.exec(
            select(Incident)
            .where(col(Incident.company_id).in_(company_ids))
            .where(col(Incident.opened_at) > since)
        ).all()
    problems = [_past(row) for row in rows]
    if not problems:
        return None
    today = services.clock.today(time_zone)
    spans = range(DAYS // SPAN_DAYS)
    counts = {name: [0 for _ in spans] for name in (STILL_OPEN, BY_PEOPLE, BY_ITSELF)}
    for one in problems:
        counts[one.ended][min(len(spans) - 1, (one.opened_at - since).days // SPAN_DAYS)] += 1
    labels = []
    for number in spans:
        first = today - timedelta(days=DAYS - SPAN_DAYS * number - 1)
        last = first + timedelta(days=SPAN_DAYS - 1)
        labels.append(f"{first:%m/%d}–{last:%m/%d}")
    return Month(labels, counts, problems)


def _past(row: Incident) -> Past:
    kept = len(row.record_ids)
    if row.state is not IncidentState.RESOLVED:
        return Past(row.opened_at, STILL_OPEN, None, kept)
    outcome = row.story.get("outcome") or {}
    ended = BY_PEOPLE if _PERSON.fullmatch(str(outcome.get("by") or "")) else BY_ITSELF
    took = (row.resolved_at - row.opened_at).total_seconds() if row.resolved_at else None
    return Past(row.opened_at, ended, took, kept)


def shown(found: Month) -> list[Payload]:
    """The chart and the sentence under it."""
    return [
        blocks.header("Last 30 days"),
        blocks.bar_chart(TITLE, found.labels, found.counts),
        *to_slack(line(found.sentence)),
    ]


def in_words(found: Month) -> list[Payload]:
    """The same for a workspace whose Slack draws no charts yet: bars of characters."""
    totals = [sum(values) for values in zip(*found.counts.values(), strict=True)]
    most = max(totals)
    rows = [
        f"{label}  {_bar(total, most)}" for label, total in zip(found.labels, totals, strict=True)
    ]
    words = {"type": "text", "text": "\n".join(rows)}
    return [
        blocks.header("Last 30 days"),
        blocks.rich_text({"type": "rich_text_preformatted", "elements": [words]}),
        *to_slack(line(found.sentence)),
    ]


def _bar(count: int, most: int) -> str:
    return f"{_BAR * max(1, round(_WIDEST * count / most))} {count:,}" if count else "0"


def lasting(seconds: float) -> str:
    """A length of time in its largest unit: "40 seconds", "12 minutes", "3 hours", "2 days"."""
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= 2 * size or (seconds >= size and unit != "day"):
            return plural(round(seconds / size), unit)
    return plural(max(1, round(seconds)), "second")


def zone_of(zones: Iterable[str]) -> str:
    """The time zone most of them share."""
    listed = sorted(zones)
    return max(listed, key=listed.count, default="UTC")
