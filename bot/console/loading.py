"""`load`: read a company's lists and recent documents from QuickBooks, with a bar."""

from collections.abc import Sequence
from typing import Annotated

import typer
from sqlmodel import Session, col, func, select

from bot import jobs, mirror
from bot.console import choosing
from bot.console.following import Step, follow, reading_now
from bot.console.model import AsJson, CompanyName, Desk, EnvFile, Parts
from bot.console.output import WRONG, give, one_clear_line, say
from bot.domain import ConnectionState, Payload
from bot.mirror import reading
from bot.models import Company, Connection, MirrorRow, MirrorState
from bot.services import Services

_LONGEST_SECONDS = 7200.0


def add(app: typer.Typer, parts: Parts) -> None:
    """Add this command."""

    @app.command()
    def load(
        company: CompanyName = None,
        again: Annotated[
            bool, typer.Option("--again", help="Read everything anew, also what was read before.")
        ] = False,
        as_json: AsJson = False,
        env_file: EnvFile = None,
    ) -> None:
        """Read lists and recent documents from QuickBooks; an interrupted reading goes on.

        The bot does this by itself when a company is connected. Exit code 1 if one is not read.
        """
        with one_clear_line(), parts.desk(parts.existing(env_file)) as desk:
            with desk.services.sessions.read() as session:
                chosen = choosing.every(session, company) or [choosing.find(session, company)]
            _read(desk, chosen, again=again, quiet=as_json)
            found = [_outcome(desk, one) for one in chosen]
        if as_json:
            give(found)
        else:
            for row in found:
                say(f"{row['company']}: {row['words']}")
        if not all(row["read"] for row in found):
            raise typer.Exit(WRONG)


def _read(desk: Desk, chosen: Sequence[Company], *, again: bool, quiet: bool) -> None:
    services = desk.services
    with services.sessions.read() as session:
        ids = [one.id or 0 for one in chosen if _connected(session, one.id or 0)]
    if again:
        with services.sessions.write() as session:
            for state in session.exec(
                select(MirrorState).where(col(MirrorState.company_id).in_(ids))
            ):
                state.loaded_at = None
                session.add(state)
    for company_id in ids:
        jobs.sync_company(services.queue, company_id)
    follow(
        desk,
        lambda: all(ended(services, company_id) for company_id in ids),
        lambda: reading_now(services, ids) or _before_or_after(services, ids),
        seconds=_LONGEST_SECONDS,
        quiet=quiet,
    )


def _before_or_after(services: Services, company_ids: Sequence[int]) -> Step:
    if all(mirror.loaded(services, one) for one in company_ids):
        return Step("all is read; posting what waits and running the checks", 0, 0)
    return Step("counting what QuickBooks holds", 0, 0)


def ended(services: Services, company_id: int) -> bool:
    """Say whether the reading of a company is over: all is read, or its permission is gone."""
    if mirror.loaded(services, company_id):
        return True
    with services.sessions.read() as session:
        return not _connected(session, company_id)


def _connected(session: Session, company_id: int) -> bool:
    row = session.get(Connection, company_id)
    return row is not None and row.state is ConnectionState.CONNECTED


def _outcome(desk: Desk, company: Company) -> Payload:
    """What became of one company, as JSON and in words."""
    services, company_id = desk.services, company.id or 0
    with services.sessions.read() as session:
        connected = _connected(session, company_id)
        records = session.exec(
            select(func.count())
            .select_from(MirrorRow)
            .where(MirrorRow.company_id == company_id, col(MirrorRow.deleted).is_(False))
            .where(col(MirrorRow.entity).in_(mirror.HELD))
        ).one()
        load = reading.under_way(session, company_id)
        trouble = load.trouble if load is not None else ""
    read = connected and mirror.loaded(services, company_id)
    if read:
        words = f"{records:,} records are read and counted. From here on only changes are read."
    elif not connected:
        next_one = f'Next: python app.py connect --name "{company.name}"'
        before = f", so nothing is read ({records:,} records from before)" if records else ""
        words = f"not connected{before}. {next_one}"
    else:
        why = f" {trouble}" if trouble else ""
        words = f"not complete, {records:,} records so far.{why} Next: the same command again."
    return {"company": company.name, "read": read, "records": records, "words": words}
