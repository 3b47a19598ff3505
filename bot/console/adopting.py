"""`adopt`: what sources hand over that QuickBooks holds already: shown, listed, linked."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import col, select

from bot import jobs
from bot.console import choosing
from bot.console.model import AsJson, CompanyName, EnvFile, Parts
from bot.console.output import give, note, one_clear_line, say
from bot.db.leases import company_lease
from bot.domain import DOCUMENTS, Payload
from bot.errors import BadInput
from bot.models import Adoption, AdoptionPair, Company, MirrorRow, Record, Source
from bot.render import plural
from bot.services import Services
from bot.sync import holds
from bot.sync.adopting import linking
from bot.sync.adopting.gate import OPEN, PROBLEM, facts_of, subject_of
from bot.sync.table.report import safe

_HEAD = (
    "Source", "Type", "External id", "Number", "Name", "Amount", "Currency", "Date",
    "In QuickBooks", "What differs", "QuickBooks id", "QuickBooks number",
)  # fmt: skip
_WORDS = {
    "exact": "exactly so",
    "differs": "with a difference",
    "several": "more than one would do",
    "": "no",
}
_AT_ONCE = 200
_ACTOR = "command line"
Open = tuple[Source, Adoption]


def add(app: typer.Typer, parts: Parts) -> None:
    """Add this command."""

    @app.command()
    def adopt(
        company: CompanyName = None,
        source: Annotated[str | None, typer.Option(help="Only this source.")] = None,
        csv_file: Annotated[
            Path | None, typer.Option("--csv", help="Write every document with its pair here.")
        ] = None,
        approve: Annotated[
            bool,
            typer.Option(
                help="Link what is exactly the same, post what is not there; ask the rest."
            ),
        ] = False,
        as_json: AsJson = False,
        env_file: EnvFile = None,
    ) -> None:
        """Show what sources hand over that QuickBooks holds already; link it with --approve."""
        with one_clear_line(), parts.desk(parts.existing(env_file)) as desk:
            services = desk.services
            with services.sessions.read() as session:
                chosen = choosing.every(session, company)
            found = [(one, row) for one in chosen for row in _open(services, one, source)]
            if csv_file is not None:
                _write(services, csv_file, [row for _, row in found])
            with services.sessions.read() as session:
                facts = [facts_of(session, *row) for _, row in found]
            linked = [_approve(services, one, row) if approve else 0 for one, row in found]
            told = [
                {"company": one.name, **said, "linked": count}
                for (one, _), said, count in zip(found, facts, linked, strict=True)
            ]
        if as_json:
            give(told)
            return
        for row in told:
            say(_line(row, approved=approve))
        if not told:
            say("Nothing waits to be adopted: no source hands over what QuickBooks holds already.")
        if csv_file is not None:
            note(f"The pairs are in {csv_file}.")


def _open(services: Services, company: Company, name: str | None) -> list[Open]:
    with services.sessions.read() as session:
        rows = session.exec(
            select(Source, Adoption)
            .join(Adoption, col(Adoption.source_id) == col(Source.id))
            .where(Source.company_id == company.id, Adoption.state == OPEN)
            .order_by(col(Source.name))
        ).all()
        names = session.exec(select(Source.name).where(Source.company_id == company.id)).all()
    if name is not None and name not in names:
        msg = f"There is no source {name!r} at {company.name}."
        raise BadInput(msg)
    return [(source, row) for source, row in rows if name in (None, source.name)]


def _line(told: Payload, *, approved: bool) -> str:
    asked = told["differs"] + told["several"]
    counts = (
        f"{plural(told['looked'], 'document')}: {told['exact']} in QuickBooks exactly so, "
        f"{asked} with a difference or several, {told['rest']} not there"
    )
    end = f" {plural(told['linked'], 'document')} linked; the rest goes on." if approved else ""
    return f"{told['company']}, {told['source']}: {counts}.{end}"


def _approve(services: Services, company: Company, row: Open) -> int:
    """Link the exact ones under the company's lease, then let everything of the source go."""
    source, adoption = row
    company_id, adoption_id = company.id or 0, adoption.id or 0
    done = 0
    with company_lease(services.sessions, services.clock, company_id, services.holder):
        with services.sessions.read() as session:
            pairs = linking.exact_pairs(session, adoption_id)
        for at in range(0, len(pairs), _AT_ONCE):
            part = pairs[at : at + _AT_ONCE]
            with services.sessions.write() as session:
                now = services.clock.now()
                made = linking.link_pairs(
                    session, part[0], part[-1], how="adopt", by=_ACTOR, now=now
                )
                done += len(made["records"])
        with services.sessions.write() as session:
            linking.finish(session, adoption_id, _ACTOR, services.clock.now())
            holds.release(session, company_id, PROBLEM, subject_of(source.name))
    jobs.sync_company(services.queue, company_id)
    jobs.run_check(services.queue, company_id, "failed_records")
    return done


def _write(services: Services, file: Path, found: list[Open]) -> None:
    with file.open("w", newline="", encoding="utf-8-sig") as out:
        writer = csv.writer(out)
        writer.writerow(_HEAD)
        for row in found:
            for cells in _rows(services, row):
                writer.writerow([safe(cell) for cell in cells])


def _rows(services: Services, row: Open) -> Iterator[tuple[str, ...]]:
    source, adoption = row
    with services.sessions.read() as session:
        found = session.exec(
            select(Record, AdoptionPair, MirrorRow.doc_number)
            .outerjoin(
                AdoptionPair,
                (col(AdoptionPair.record_id) == col(Record.id))
                & (col(AdoptionPair.adoption_id) == adoption.id),
            )
            .outerjoin(
                MirrorRow,
                (col(MirrorRow.company_id) == col(Record.company_id))
                & (col(MirrorRow.entity) == col(AdoptionPair.entity))
                & (col(MirrorRow.qbo_id) == col(AdoptionPair.qbo_id)),
            )
            .where(Record.source_id == source.id, col(Record.type).in_(DOCUMENTS))
            .where(col(Record.state).in_(("waiting", "held")))
            .order_by(col(Record.id))
        )
        for record, pair, number in found:
            yield (
                source.name,
                record.type.words,
                record.external_id,
                record.number,
                record.name,
                "" if record.amount is None else str(record.amount),
                record.currency,
                record.doc_date.isoformat() if record.doc_date else "",
                _WORDS[pair.verdict if pair is not None else ""],
                "; ".join(pair.differs) if pair is not None else "",
                pair.qbo_id if pair is not None else "",
                number or "",
            )
