"""`schedule`: how often each type of a company's records is posted, and its sources are read."""

from typing import Annotated

import typer
from sqlmodel import Session, col, func, select

from bot import jobs
from bot.config import Settings
from bot.console import choosing
from bot.console.model import AsJson, CompanyName, EnvFile, Parts
from bot.console.output import give, one_clear_line, say, table
from bot.domain import Payload, RecordState, RecordType
from bot.models import Company, Record, Source, SourceSetup
from bot.render import moment
from bot.sync import cadence


def add(app: typer.Typer, parts: Parts) -> None:
    """Add these commands."""

    @app.command()
    def schedule(
        words: Annotated[
            list[str] | None,
            typer.Argument(help="A company, and paces like invoices=5m all=1h."),
        ] = None,
        off: Annotated[
            list[str] | None, typer.Option(help="A type that loses its own pace; all for the rest.")
        ] = None,
        company: CompanyName = None,
        as_json: AsJson = False,
        env_file: EnvFile = None,
    ) -> None:
        """How often what waits is posted, by type; shown, or set by words like invoices=5m."""
        said = [word for word in words or () if "=" in word]
        name = " ".join(word for word in words or () if "=" not in word) or company
        with one_clear_line():
            wish = cadence.read_plan([*said, *(f"{kind}=off" for kind in off or ())])
            settings = parts.existing(env_file)
            with parts.desk(settings) as desk:
                services = desk.services
                if wish.every or wish.off:
                    with services.sessions.write() as session:
                        chosen = choosing.find(session, name)
                        now = services.clock.now()
                        cadence.set_plan(session, chosen, wish, by="", now=now)
                    jobs.sync_company(services.queue, chosen.id or 0)
                with services.sessions.read() as session:
                    chosen = choosing.find(session, name)
                    found = _told(session, chosen, settings)
        if as_json:
            give(found)
        else:
            _show(found, chosen)


def _told(session: Session, company: Company, settings: Settings) -> Payload:
    company_id = company.id or 0
    waiting = _waiting(session, company_id)
    rows = cadence.plan_of(session, company_id)
    own = {row.type for row in rows}
    others = sum(count for kind, count in waiting.items() if kind not in own)
    return {
        "company": company.name,
        "plan": [
            {
                "type": cadence.called(row.type),
                "every_seconds": row.every_seconds,
                "next_at": row.next_at.isoformat(),
                "waiting": waiting.get(row.type, 0) if row.type else others,
                "set_by": row.by,
                "set_at": row.at.isoformat(),
            }
            for row in rows
        ],
        "others_at_the_latest_seconds": None if "" in own else settings.SYNC_SECONDS,
        "others_waiting": None if "" in own else others,
        "sources": _sources(session, company_id),
    }


def _waiting(session: Session, company_id: int) -> dict[str, int]:
    counted = (
        select(Record.type, func.count())
        .where(Record.company_id == company_id, Record.state == RecordState.WAITING)
        .group_by(col(Record.type))
    )
    return {RecordType(kind).value: count for kind, count in session.exec(counted)}


def _sources(session: Session, company_id: int) -> list[Payload]:
    rows = session.exec(
        select(Source, SourceSetup)
        .join(SourceSetup, col(SourceSetup.source_id) == col(Source.id))
        .where(Source.company_id == company_id, SourceSetup.kind != "")
        .order_by(col(Source.name))
    )
    return [
        {"name": source.name, "kind": setup.kind, "every_seconds": setup.every_seconds}
        for source, setup in rows
    ]


def _show(found: Payload, company: Company) -> None:
    say(f"{company.name} posts")
    rows = [
        (
            row["type"] if row["type"] != cadence.ALL else "everything else",
            f"every {cadence.pace_typed(row['every_seconds'])}",
            moment(row["next_at"], company.time_zone),
            f"{row['waiting']:,}",
        )
        for row in found["plan"]
    ]
    if found["others_at_the_latest_seconds"] is not None:
        latest = cadence.pace_typed(found["others_at_the_latest_seconds"])
        pace = f"as it comes in, at the latest every {latest}"
        rows.append(("everything else", pace, "at once", f"{found['others_waiting']:,}"))
    table(("what", "how often", "next", "waiting"), rows)
    for row in found["sources"]:
        pace = cadence.pace_typed(row["every_seconds"])
        say(f"{row['name']} ({row['kind']}) is read every {pace}; `sources read --every` sets it.")
