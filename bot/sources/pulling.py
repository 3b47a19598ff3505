"""Reads a source, takes in what it has, and keeps how far it is read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

import structlog
from pydantic import ValidationError
from sqlmodel import col, select

from bot import jobs, sealed
from bot.domain import JsonValue
from bot.errors import BadInput
from bot.models import Company, Source, SourceSetup
from bot.services import Services
from bot.sources import setup
from bot.sources.model import Options, Page, Reach, SourceKind, SourceTrouble
from bot.sources.registry import kind_named
from bot.sync import control
from bot.sync.columnmaps import remembered
from bot.sync.control import TotalIn
from bot.sync.intake import IntakeReport, accept
from bot.sync.reading import explain
from bot.sync.records import BadRow
from bot.sync.refusals import keep_refused

log = structlog.get_logger(__name__)
_DAY = timedelta(days=1)
# From this hour of the company's day on its sources are asked how many documents yesterday had.
_COUNTED_AT = 1


@dataclass
class Pulled:
    """What a look at a source brought; `problem` says why it ended early."""

    accepted: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[str] = field(default_factory=list)
    problem: str = ""


def checked(kind: str, data: JsonValue) -> Options:
    """The options of a kind. Raises BadInput naming what is wrong."""
    try:
        return kind_named(kind).options.model_validate(data)
    except ValidationError as error:
        raise BadInput(f"The options of {kind} cannot be used: {explain(error)}.") from None


def declare(services: Services, source_id: int, kind: str, data: JsonValue, every: float) -> None:
    """Keep where a source is read; one that was read elsewhere begins anew. Raises BadInput."""
    text = checked(kind, data).model_dump_json()
    with services.sessions.write() as session:
        row = setup.of_source(session, source_id)
        before = sealed.unseal(services.settings, source_id, row.options)
        if (row.kind, before) != (kind, text):
            row.cursor, row.taken, row.refused = {}, 0, 0
        row.kind, row.every_seconds, row.looked_at = kind, every, None
        row.problem, row.problem_since = "", None
        row.options = sealed.seal(services.settings, source_id, text)
        session.add(row)


def stop_reading(services: Services, source_id: int) -> None:
    """Read the source no more; how far it was read is forgotten."""
    with services.sessions.write() as session:
        row = setup.of_source(session, source_id)
        row.kind, row.options, row.cursor = "", "", {}
        row.problem, row.problem_since = "", None
        session.add(row)


def begin_anew(services: Services, source_id: int) -> None:
    """Let the next look read a source from its beginning: what is known already changes nothing."""
    with services.sessions.write() as session:
        row = setup.of_source(session, source_id)
        row.cursor, row.counted_on = {}, None
        session.add(row)


def due(services: Services) -> list[int]:
    """The sources whose turn it is."""
    now = services.clock.now()
    with services.sessions.read() as session:
        rows = session.exec(select(SourceSetup).where(col(SourceSetup.kind) != "")).all()
    return [
        row.source_id
        for row in rows
        # A look in the future: the clock was set back since.
        if row.looked_at is None
        or row.looked_at > now
        or row.looked_at + timedelta(seconds=row.every_seconds) <= now
    ]


def pull(services: Services, source_id: int) -> Pulled:
    """Look at a source once, to the end of what it has.

    The cursor moves only after what is before it was taken in: killed at any point, the next look
    reads some of it again, and what is known changes nothing.
    """
    found = Pulled()
    with services.sessions.read() as session:
        row = session.get(SourceSetup, source_id)
        source = session.get(Source, source_id)
        company = session.get(Company, source.company_id) if source else None
    if row is None or not row.kind or company is None:
        return found
    try:
        kind = kind_named(row.kind)
        text = sealed.unseal(services.settings, source_id, row.options)
        if not text:
            msg = "Where it is read cannot be decrypted: declare it again with `sources read`."
            raise SourceTrouble(msg)
        options = kind.options.model_validate_json(text)
        today = services.clock.today(company.time_zone)
        reach = Reach(company.time_zone, remembered(services, source_id), today)
        for page in kind.read(reach, options, row.cursor):
            _take(services, source_id, page, found)
        _count(services, row, company, kind, (reach, options))
    except (SourceTrouble, BadInput) as trouble:
        found.problem = trouble.message
    _noted(services, source_id, found)
    return found


def _take(services: Services, source_id: int, page: Page, found: Pulled) -> None:
    report = accept(services, source_id, page.items) if page.items else IntakeReport()
    keep_refused(services, source_id, report, file=page.name)
    said = _keep_totals(services, source_id, page.totals, file=page.name) if page.totals else None
    refused = [*report.refused, *(said.refused if said else ())]
    with services.sessions.write() as session:
        row = setup.of_source(session, source_id)
        row.cursor = page.cursor
        row.taken += report.accepted + report.updated
        row.refused += len(refused)
        session.add(row)
    found.accepted += report.accepted
    found.updated += report.updated
    found.unchanged += report.unchanged
    found.refused += [one.reason for one in refused]
    if page.after is not None:
        page.after(said or report)


def _keep_totals(
    services: Services, source_id: int, rows: Sequence[TotalIn | BadRow], *, file: str
) -> IntakeReport:
    """Keep what a source says it has of its days; they are compared soon, and bad rows are told."""
    report = control.keep(services, source_id, rows)
    keep_refused(services, source_id, report, file=file)
    if report.accepted or report.updated:
        with services.sessions.read() as session:
            company_id = session.get_one(Source, source_id).company_id
        jobs.run_check(services.queue, company_id, control.CHECK)
    return report


def _count(
    services: Services,
    row: SourceSetup,
    company: Company,
    kind: SourceKind,
    where: tuple[Reach, Options],
) -> None:
    """Once a day, when yesterday is well over, ask how many documents the last two days had.

    It is another question than the one the source is read by: what was passed over shows. Where
    it cannot be answered the source is read all the same, and asked again the next day; where
    people declared that it is answered, at the next look, and they are told. Raises SourceTrouble.
    """
    local = services.clock.now().astimezone(ZoneInfo(company.time_zone))
    if kind.totals is None or row.counted_on == local.date() or local.hour < _COUNTED_AT:
        return
    counts: list[TotalIn | BadRow] = []
    try:
        for back in (2 * _DAY, _DAY):
            counts += kind.totals(*where, local.date() - back)
    except SourceTrouble as trouble:
        if kind.declares_totals(where[1]):
            raise
        log.warning("days not counted", source=row.source_id, reason=trouble.message)
    with services.sessions.write() as session:
        kept = setup.of_source(session, row.source_id)
        kept.counted_on = local.date()
        session.add(kept)
    if counts:
        _keep_totals(services, row.source_id, counts, file="totals")


def _noted(services: Services, source_id: int, found: Pulled) -> None:
    with services.sessions.write() as session:
        row = setup.of_source(session, source_id)
        row.looked_at, row.problem = services.clock.now(), found.problem
        row.problem_since = (row.problem_since or row.looked_at) if found.problem else None
        session.add(row)
