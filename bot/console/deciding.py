"""`policies`: whose value stands where both sides may change one, shown and decided."""

from typing import Annotated

import typer
from sqlmodel import Session, col, select

from bot.console import choosing
from bot.console.model import AsJson, CompanyName, EnvFile, Parts
from bot.console.output import give, one_clear_line, say, table
from bot.domain import JsonValue
from bot.errors import BadInput
from bot.models import Company, Source
from bot.sync.flow import policies
from bot.sync.flow.policies import Row

_WORDS = {
    policies.SOURCE: "the source's",
    policies.QUICKBOOKS: "QuickBooks'",
    policies.ASK: "asked",
}
_HEAD = ("source", "fields", "only QuickBooks changed", "only the source changed", "both changed")
_LINE = "the command line"


def add(app: typer.Typer, parts: Parts) -> None:
    """Add this command."""

    @app.command("policies")
    def decide(
        decisions: Annotated[
            list[str] | None,
            typer.Option(
                "--set",
                help="As customer.contact=quickbooks; the word is source, quickbooks, ask, or "
                "usual to take it back. May be given several times.",
            ),
        ] = None,
        source: Annotated[str | None, typer.Option(help="Of this source alone.")] = None,
        company: CompanyName = None,
        as_json: AsJson = False,
        env_file: EnvFile = None,
    ) -> None:
        """Whose value stands where QuickBooks and a source may both change one."""
        with one_clear_line(), parts.desk(parts.existing(env_file)) as desk:
            services = desk.services
            done: list[str] = []
            with services.sessions.write() as session:
                chosen = choosing.find(session, company)
                sources = _sources(session, chosen, source)
                now = services.clock.now()
                for said in decisions or ():
                    for one in sources:
                        done.append(policies.decide(session, one, said, _LINE, now))
                rows = policies.table(session, chosen.id or 0)
            names = {one.name for one in sources}
            rows = [row for row in rows if row.source in names]
        if as_json:
            give({"decided": done, "policies": [_as_json(row) for row in rows]})
            return
        for line in done:
            say(f"Decided: {line}")
        _show([row for row in rows if row.decided] if done else rows)
        if done:
            say("It counts for what changes from now on; questions that stand stay to be answered.")


def _sources(session: Session, company: Company, name: str | None) -> list[Source]:
    rows = session.exec(
        select(Source).where(Source.company_id == company.id).order_by(col(Source.name))
    ).all()
    found = [row for row in rows if name is None or row.name.casefold() == name.casefold()]
    if found:
        return found
    known = ", ".join(row.name for row in rows) or "none yet"
    msg = f"{company.name} has no source {name!r}. There are: {known}."
    if name is None:
        msg = f"{company.name} has no source yet. Add one with `python app.py sources add`."
    raise BadInput(msg)


def _show(rows: list[Row]) -> None:
    table(
        _HEAD,
        (
            (
                row.source,
                f"{row.type.value}.{row.group}",
                *(_WORDS[one] for one in (row.counts.theirs, row.counts.ours, row.counts.both)),
            )
            for row in rows
        ),
    )


def _as_json(row: Row) -> dict[str, JsonValue]:
    return {
        "source": row.source,
        "fields": f"{row.type.value}.{row.group}",
        "only_quickbooks_changed": row.counts.theirs,
        "only_source_changed": row.counts.ours,
        "both_changed": row.counts.both,
        "decided": row.decided or None,
    }
