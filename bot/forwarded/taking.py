"""Takes forwarded error texts in: each of them once, as a row; what it means is read by a job."""

import hashlib
import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, cast, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from bot import jobs
from bot.domain import Payload
from bot.forwarded.recognising import Recognised, recognise
from bot.forwarded.report import LONGEST_TEXT, Report
from bot.models import Forwarded, Source
from bot.quickbooks.redaction import redact
from bot.render import clean, shorten
from bot.services import Services

LONGEST_TOOL = 60
_LINK = re.compile(r"https?://[^\s<>|\"'\\^`{}]{1,1000}")
_LONGEST_HINT = 200
# The colours of a terminal whose escape was lost on the way; a name may have such a bracket, so
# they count only where a colour is begun or ended as terminals do.
_COLOUR = re.compile(r"\[(?:[0-9]{1,3}(?:;[0-9]{1,3}){0,5})?m(?!\])")
_COLOURED = re.compile(r"\[(?:0|39|22)?m(?!\])|\[(?:[01];)?(?:3[0-7]|9[0-7])m(?=\w)")
_AT_ONCE = 500


@dataclass(frozen=True)
class Taken:
    """What became of one report: its row, whether it is new, and as what it was recognised."""

    id: int
    new: bool
    recognised: Recognised


def take(
    services: Services, company_id: int, tool: str, report: Report, source_id: int | None = None
) -> Taken:
    """Take one report in; a second delivery of it changes nothing."""
    return take_many(services, company_id, tool, [report], source_id)[0]


def take_many(
    services: Services,
    company_id: int,
    tool: str,
    reports: Sequence[Report],
    source_id: int | None = None,
) -> list[Taken]:
    """Take reports in, all of them or none; one answer each, in their order.

    `tool` is what people call the one that forwards them.
    """
    now = services.clock.now()
    seen = [_recognised(services, one, source_id) for one in reports]
    rows = [
        row_of(company_id, shorten(clean(tool), LONGEST_TOOL), source_id, one, found, now)
        for one, found in zip(reports, seen, strict=True)
    ]
    timeless = {row.key for row, one in zip(rows, reports, strict=True) if _is_timeless(one)}
    try:
        taken = _insert(services, rows, timeless)
    except IntegrityError:
        # Another process took one of them in meanwhile: now it is found.
        taken = _insert(services, rows, timeless)
    if any(new for _, new in taken):
        jobs.read_reports(services.queue, company_id)
    kept = _kept(services, [id for id, new in taken if not new])
    return [
        Taken(id, new, found if new else kept.get(id, found))
        for (id, new), found in zip(taken, seen, strict=True)
    ]


def known_before(services: Services, source: Source, key: str) -> Taken | None:
    """What a source forwarded under a key of its own before, as it was recognised then."""
    own = _key(source.name, source.id, Report("", key=key))
    with services.sessions.read() as session:
        found = session.exec(
            select(Forwarded.id).where(
                Forwarded.company_id == source.company_id, Forwarded.key == own
            )
        ).first()
    if found is None:
        return None
    return Taken(found, new=False, recognised=_kept(services, [found])[found])


def _kept(services: Services, ids: Sequence[int]) -> dict[int, Recognised]:
    """What reports that came before were recognised as: another text of theirs changes nothing."""
    found: dict[int, Recognised] = {}
    with services.sessions.read() as session:
        for start in range(0, len(ids), _AT_ONCE):
            part = col(Forwarded.id).in_(ids[start : start + _AT_ONCE])
            for row in session.exec(select(Forwarded).where(part)):
                problem = str(row.facts.get("recognised") or row.problem)
                found[row.id or 0] = Recognised(problem, row.platform, row.confidence, row.facts)
    return found


def _recognised(services: Services, report: Report, source_id: int | None) -> Recognised:
    declared = source_id is not None
    known, text = services.knowledge, report.text
    return recognise(known, text, report.code, report.platform, declared=declared)


def _is_timeless(report: Report) -> bool:
    """Whether a second delivery of it cannot be told from the same error met again."""
    return not report.key and report.said_at is None


def _insert(
    services: Services, rows: Sequence[Forwarded], timeless: Set[str]
) -> list[tuple[int, bool]]:
    taken: list[tuple[int, bool]] = []
    with services.sessions.write() as session:
        _let_return(session, rows, timeless)
        known = _known(session, rows)
        for row in rows:
            new = row.key not in known
            if new:
                kept = Forwarded.model_validate(row.model_dump())
                session.add(kept)
                session.flush()
                known[row.key] = kept.id or 0
            taken.append((known[row.key], new))
    return taken


def _let_return(session: Session, rows: Sequence[Forwarded], timeless: Set[str]) -> None:
    """Free the keys of those that are settled: the same text is then an error met anew."""
    known = _known(session, rows)
    ids = [id for key, id in known.items() if key in timeless]
    for start in range(0, len(ids), _AT_ONCE):
        session.exec(
            update(Forwarded)
            .where(col(Forwarded.id).in_(ids[start : start + _AT_ONCE]))
            .where(col(Forwarded.settled_at).is_not(None))
            .values(key=col(Forwarded.key).concat(" ").concat(cast(col(Forwarded.id), String)))
        )


def _known(session: Session, rows: Sequence[Forwarded]) -> dict[str, int]:
    keys = sorted({row.key for row in rows})
    found: dict[str, int] = {}
    for start in range(0, len(keys), _AT_ONCE):
        part = select(Forwarded.key, Forwarded.id).where(
            Forwarded.company_id == rows[0].company_id,
            col(Forwarded.key).in_(keys[start : start + _AT_ONCE]),
        )
        found |= {key: id or 0 for key, id in session.exec(part)}
    return found


def row_of(
    company_id: int,
    tool: str,
    source_id: int | None,
    report: Report,
    found: Recognised,
    now: datetime,
) -> Forwarded:
    """The row of a report, as it is before its record was looked for."""
    return Forwarded(
        company_id=company_id,
        source_id=source_id,
        tool=tool,
        key=_key(tool, source_id, report),
        text=redact(_uncoloured(clean(report.text[: 2 * LONGEST_TEXT])))[:LONGEST_TEXT],
        link=report.link if _LINK.fullmatch(report.link) else "",
        received_at=now,
        said_at=report.said_at,
        platform=found.platform,
        confidence=found.confidence,
        problem=found.problem,
        facts=_facts(report, found),
        channel_id=report.channel_id,
        message_ts=report.message_ts,
        answer="due" if report.answer else "",
    )


def _uncoloured(text: str) -> str:
    return _COLOUR.sub("", text) if _COLOURED.search(text) else text


def _facts(report: Report, found: Recognised) -> Payload:
    """What the text says by itself, and over it what the tool named."""
    given = {"code": report.code, "name": report.named, "number": report.number}
    told = {key: clean(value)[:_LONGEST_HINT] for key, value in given.items() if value}
    kept = {key: clean(value)[:_LONGEST_HINT] for key, value in found.facts.items()}
    return {**kept, **told} | ({"person": True} if report.person else {})


def _key(tool: str, source_id: int | None, report: Report) -> str:
    """The same for a second delivery: by the tool's own id, else by all that it says."""
    whose = f"source {source_id}" if source_id is not None else f"tool {tool}"
    said = report.said_at.isoformat() if report.said_at else ""
    parts = ("text", report.text, report.number, said, *filter(None, [report.content]))
    own = ("id", report.key) if report.key else parts
    return hashlib.sha256("\x1f".join((whose, *own)).encode("utf-8", "replace")).hexdigest()
