"""`mappings`: what sources' words stand for, out to a spreadsheet and back, and how they stand."""

from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import Session

from bot import jobs
from bot.console import choosing, csv_text, formats, locations, mapping_rules, people
from bot.console.model import AsJson, CompanyName, EnvFile, Parts
from bot.console.output import WRONG, give, note, one_clear_line, say, table
from bot.models import MappingHistory
from bot.render import plural
from bot.sync import mapping_file, mapping_table

_MOST_SHOWN = 50


def add(app: typer.Typer, parts: Parts) -> None:
    """Add these commands."""
    group = typer.Typer(help="What the words of sources (SKUs, accounts, classes …) stand for.")
    app.add_typer(group, name="mappings")
    _add_export(group, parts)
    _add_import(group, parts)
    _add_history(group, parts)
    _add_health(group, parts)
    mapping_rules.add(group, parts)
    formats.add(group, parts)
    locations.add(group, parts)


def _add_export(group: typer.Typer, parts: Parts) -> None:
    @group.command("export")
    def export(
        out: Annotated[Path | None, typer.Option(help="Write here, not to the screen.")] = None,
        company: CompanyName = None,
        env_file: EnvFile = None,
    ) -> None:
        """Every mapping of a company as CSV."""
        with one_clear_line(), parts.desk(parts.existing(env_file)) as desk:
            sessions = desk.services.sessions
            with sessions.read() as session:
                chosen = choosing.find(session, company)
                said_by = mapping_table.said_by(session, chosen)
            named = people.names(desk.services, said_by)
            with sessions.read() as session:
                text = mapping_table.export(session, chosen, named)
        csv_text.give(text, out, "mapping")


def _add_import(group: typer.Typer, parts: Parts) -> None:
    @group.command("import")
    def take_in(
        file: Annotated[Path, typer.Argument(help="A CSV as `mappings export` writes it.")],
        company: CompanyName = None,
        dry_run: Annotated[
            bool, typer.Option("--dry-run", help="Show what would change; change nothing.")
        ] = False,
        as_json: AsJson = False,
        env_file: EnvFile = None,
    ) -> None:
        """Take mappings from a file: all of them, or none where a row is wrong."""
        with one_clear_line():
            text = csv_text.read(file)
            with parts.desk(parts.existing(env_file)) as desk:
                services = desk.services
                with services.sessions.write() as session:
                    chosen = choosing.find(session, company)
                    found = mapping_file.read(session, chosen, text)
                    goes = 0
                    if not found.refused and not dry_run:
                        now = services.clock.now()
                        goes = mapping_file.apply(session, chosen, found.changes, now)
                # What cannot work of it is told at once.
                jobs.run_check(services.queue, chosen.id or 0, "mappings")
                if goes:
                    jobs.sync_company(services.queue, chosen.id or 0)
        if as_json:
            refused = [{"line": line, "reason": reason} for line, reason in found.refused]
            give({"changes": len(found.changes), "same": found.same, "refused": refused,
                  "goes": goes})  # fmt: skip
        else:
            _show(found)
            _ended(found, goes, dry_run=dry_run)
        if found.refused:
            raise typer.Exit(WRONG)


def _ended(found: mapping_file.Read, goes: int, *, dry_run: bool) -> None:
    if found.refused:
        note("Nothing was changed: mend these rows first.")
    elif dry_run:
        say("Nothing was changed (--dry-run).")
    elif goes:
        say(f"{plural(goes, 'record')} that waited for it may go now.")


def _show(found: mapping_file.Read) -> None:
    for line, reason in found.refused:
        note(f"line {line}: {reason}")
    for one in found.changes[:_MOST_SHOWN]:
        new = "new" if one.is_new else f"was {one.was_name}"
        say(f"{one.source}: {one.what} {one.said} stands for {one.target}, {new}")
    more = len(found.changes) - _MOST_SHOWN
    if more > 0:
        say(f"and {more:,} more")
    say(f"{plural(len(found.changes), 'change')}, {found.same:,} as they are already.")


def _add_history(group: typer.Typer, parts: Parts) -> None:
    @group.command("history")
    def history(
        word: Annotated[str, typer.Argument(help="A word of a source; left out, all.")] = "",
        company: CompanyName = None,
        as_json: AsJson = False,
        env_file: EnvFile = None,
    ) -> None:
        """Who said what a word stands for, and when; newest first."""
        with one_clear_line(), parts.desk(parts.existing(env_file)) as desk:
            with desk.services.sessions.read() as session:
                rows = _told(session, company, word)
            named = people.names(desk.services, {row["by"] for row in rows})
        for row in rows:
            row["by_name"] = named.get(row["by"], row["by"])
        if as_json:
            give(rows)
            return
        # People read the names; the ids are in --json.
        columns = ("at", "source", "what", "word", "was_name", "is_name", "by_name", "why")
        heads = tuple(name.removesuffix("_name") for name in columns)
        table(heads, (tuple(str(row[name]) for name in columns) for row in rows))


def _told(session: Session, company: str | None, word: str) -> list[dict[str, str]]:
    chosen = choosing.find(session, company)
    sources = mapping_table.sources_of(session, chosen)

    def shown(row: MappingHistory) -> dict[str, str]:
        was_name, is_name = mapping_table.told(session, row)
        return {
            "at": f"{row.at:%Y-%m-%d %H:%M}",
            "source": sources.get(row.source_id, ""),
            "what": row.what,
            "word": row.said,
            "was": f"{row.was_entity} {row.was}".strip() or "-",
            "is": f"{row.entity} {row.qbo_id}".strip() or "-",
            "was_name": was_name,
            "is_name": is_name,
            "by": row.by or "the command line",
            "why": row.why,
        }

    return [shown(row) for row in mapping_table.history(session, chosen, word)]


def _add_health(group: typer.Typer, parts: Parts) -> None:
    @group.command("health")
    def health(
        company: CompanyName = None, as_json: AsJson = False, env_file: EnvFile = None
    ) -> None:
        """Per source: words that are mapped, to what cannot be used, and those that are open."""
        with (
            one_clear_line(),
            parts.desk(parts.existing(env_file)) as desk,
            desk.services.sessions.read() as session,
        ):
            found = list(mapping_table.health(session, choosing.find(session, company)))
        columns = (
            "source",
            "what",
            "mapped",
            "broken",
            "wrong_kind",
            "shared",
            "unmapped",
            "used",
            "used_mapped",
            "by_rule",
            "by_name",
        )
        rows = [{name: getattr(one, name) for name in columns} for one in found]
        if as_json:
            give(rows)
            return
        table(
            tuple(name.replace("_", " ") for name in columns),
            (tuple(str(row[name]) for name in columns) for row in rows),
        )
