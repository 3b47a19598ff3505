"""`sync`: files are taken in, their columns shown, their report written; what waits is posted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from bot.console import choosing, posting
from bot.console.following import Step, follow, reading_now
from bot.console.model import AsJson, CompanyName, Desk, EnvFile, Parts
from bot.console.output import WRONG, give, note, one_clear_line, say
from bot.errors import BadInput
from bot.sync import columnmaps

_SYNC_SECONDS = 1800.0


def add(app: typer.Typer, parts: Parts) -> None:
    """Add the command."""

    @app.command()
    def sync(
        csv: Annotated[
            list[Path] | None,
            typer.Option(
                "--csv", "--file", help="Take this CSV or Excel file in first; may be repeated."
            ),
        ] = None,
        columns: Annotated[
            list[str] | None,
            typer.Option(help='What a column of the files means: "Order No=order". Kept.'),
        ] = None,
        show_columns: Annotated[
            bool, typer.Option(help="Show what the columns are taken for, and take nothing in.")
        ] = False,
        report: Annotated[
            Path | None,
            typer.Option(help="Write the file's rows here as CSV, with what became of each."),
        ] = None,
        company: CompanyName = None,
        source: Annotated[str | None, typer.Option(help="Which source the files are of.")] = None,
        as_json: AsJson = False,
        env_file: EnvFile = None,
    ) -> None:
        """Post what waits; with --csv, take files in first. Bad rows are reported by line."""
        with one_clear_line():
            files = posting.read_files(csv or [])
            said = _said_of_files(files, columns, show_columns=show_columns, report=report)
            with parts.desk(parts.existing(env_file)) as desk:
                if show_columns:
                    _show_columns(desk, files, company, source, said, as_json=as_json)
                else:
                    wish = _Wish(files, company, source, said, report)
                    _sync(desk, wish, as_json=as_json)


@dataclass(frozen=True)
class _Wish:
    """What `sync` was asked for."""

    files: list[tuple[Path, bytes]]
    company: str | None
    source: str | None
    columns: Mapping[str, str]
    report: Path | None


def _said_of_files(
    files: Sequence[tuple[Path, bytes]],
    columns: Sequence[str] | None,
    *,
    show_columns: bool,
    report: Path | None,
) -> dict[str, str]:
    """What was said of the columns. Raises BadInput where there is no file it could be said of."""
    if not files and (columns or show_columns or report):
        msg = "Name the file with --file: --columns, --show-columns and --report are about it."
        raise BadInput(msg)
    if report and len(files) > 1:
        msg = "A report is of one file; name one file at a time with --report."
        raise BadInput(msg)
    return columnmaps.parsed(columns or ())


def _show_columns(
    desk: Desk,
    files: Sequence[tuple[Path, bytes]],
    name: str | None,
    source: str | None,
    said: Mapping[str, str],
    *,
    as_json: bool,
) -> None:
    with desk.services.sessions.read() as session:
        company = choosing.find(session, name)
    found = [
        (file[0], posting.columns_of(desk.services, company, source, file, said)) for file in files
    ]
    if as_json:
        give([posting.column_payload(*one) for one in found])
        return
    for path, reading in found:
        for line in posting.column_lines(path, reading):
            say(line)


def _sync(desk: Desk, wish: _Wish, *, as_json: bool) -> None:
    services = desk.services
    files, name = wish.files, wish.company
    with services.sessions.read() as session:
        chosen = ([choosing.find(session, name)] if files else choosing.every(session, name)) or [
            choosing.find(session, name)
        ]
    taken = []
    for path, data in files:
        one = posting.take_file(
            services, chosen[0], wish.source, data, file=path.name, columns=wish.columns
        )
        if wish.report is not None:
            posting.write_report(wish.report, one.rows)
        taken.append((path, one.report))
    if not as_json:
        for path, report in taken:
            for line in posting.intake_lines(path, report):
                say(line)
    asked = [posting.ask(services, company.id or 0) for company in chosen]
    _follow(desk, asked, quiet=as_json)
    outcomes = [
        posting.result(services, company, one) for company, one in zip(chosen, asked, strict=True)
    ]
    if as_json:
        give({"files": [posting.intake_payload(*one) for one in taken], "companies": outcomes})
    else:
        for outcome in outcomes:
            for line in posting.result_lines(outcome):
                say(line)
    empty = [path.name for path, report in taken if posting.nothing_taken(report)]
    if empty:
        note(f"Not one row of {', '.join(empty)} could be used.")
        raise typer.Exit(WRONG)


def _follow(desk: Desk, asked: list[posting.Asked], *, quiet: bool) -> None:
    """Work or watch until every sync asked for has ended; a company new here is read first."""
    services = desk.services

    def step() -> Step:
        settled, total, _ = posting.progress(services, asked)
        read = reading_now(services, [one.company_id for one in asked])
        return read or Step("posting", settled, total)

    follow(
        desk,
        lambda: posting.progress(services, asked)[2],
        step,
        seconds=_SYNC_SECONDS,
        quiet=quiet,
    )
