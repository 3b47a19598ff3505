"""`doctor`, `migrate`, `manifest`, `keys`, `audit`: set-up and upkeep."""

import json
from pathlib import Path
from typing import Annotated

import typer

from bot import audit
from bot.config import Settings
from bot.console import doctoring, example
from bot.console.model import AsJson, EnvFile, Parts
from bot.console.output import WRONG, give, one_clear_line, say
from bot.console.sources import seal_again
from bot.db import Sessions, make_engine, migrate
from bot.errors import BadInput
from bot.quickbooks.vault import new_key
from bot.render import listed, plural


def add(app: typer.Typer, parts: Parts) -> None:
    """Add these commands."""
    _add_doctor(app, parts)
    _add_migrate(app, parts)
    _add_manifest(app, parts)
    _add_keys(app, parts)
    _add_audit(app, parts)


def _add_doctor(app: typer.Typer, parts: Parts) -> None:
    @app.command()
    def doctor(as_json: AsJson = False, env_file: EnvFile = None) -> None:
        """Look at everything the bot needs and say what is wrong. Exit code 1 if anything is."""
        with one_clear_line():
            found = doctoring.examine(parts, parts.settings(env_file))
        if as_json:
            give([{"part": row.part, "ok": row.ok, "words": row.words} for row in found])
        else:
            for row in found:
                say(f"{'ok   ' if row.ok else 'WRONG'}  {row.part}: {row.words}")
        if not all(row.ok for row in found):
            raise typer.Exit(WRONG)


def _add_migrate(app: typer.Typer, parts: Parts) -> None:
    @app.command("migrate")
    def migrate_(env_file: EnvFile = None) -> None:
        """Bring the database to the newest schema (`run` does it by itself)."""
        with one_clear_line():
            engine = make_engine(parts.settings(env_file).DATABASE_URL)
            migrate(engine)
            engine.dispose()
        say("The database has the newest schema.")


def _add_manifest(app: typer.Typer, parts: Parts) -> None:
    @app.command()
    def manifest(
        write: Annotated[
            bool, typer.Option("--write", help="Write manifest.json and .env.example (developers).")
        ] = False,
        env_file: EnvFile = None,
    ) -> None:
        """The Slack app's manifest, for “Create an app from a manifest”."""
        with one_clear_line():
            if write:
                made = parts.manifest(Settings.from_mapping({}))
                (parts.root / "manifest.json").write_text(manifest_text(made), encoding="utf-8")
                (parts.root / ".env.example").write_text(example.env_example(), encoding="utf-8")
                say("Wrote manifest.json and .env.example.")
                return
            typer.echo(manifest_text(parts.manifest(parts.settings(env_file))), nl=False)


def manifest_text(manifest: object) -> str:
    """The manifest as it stands in the file."""
    return json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"


def _add_keys(app: typer.Typer, parts: Parts) -> None:
    keys = typer.Typer(help="The keys that encrypt tokens at rest.")
    app.add_typer(keys, name="keys")

    @keys.command("new")
    def new() -> None:
        """Make a key for SECRET_KEYS."""
        say(new_key())

    @keys.command("rotate")
    def rotate(env_file: EnvFile = None) -> None:
        """Encrypt every stored token again with the first of SECRET_KEYS.

        1. Make a key and add it last in SECRET_KEYS; restart every process.
        2. Move it to the front; restart every process.
        3. Run this; then the old key may go. Exit code 1 if a company's tokens cannot be read.
        """
        with one_clear_line(), parts.desk(parts.existing(env_file)) as desk:
            count, unread = desk.services.quickbooks.rotate_keys()
            seal_again(desk.services)
        done = plural(count, "company", "companies")
        say(f"Tokens of {done} re-encrypted: the first key opens them now.")
        if unread:
            say(
                f"None of SECRET_KEYS opens the tokens of {listed(unread)}: add the key they were "
                "stored with and run this again, or reconnect with /qb-reconnect."
            )
            raise typer.Exit(WRONG)


def _add_audit(app: typer.Typer, parts: Parts) -> None:
    record = typer.Typer(help="The append-only record of who did what.")
    app.add_typer(record, name="audit")

    @record.command("verify")
    def verify(as_json: AsJson = False, env_file: EnvFile = None) -> None:
        """Walk the whole chain. Exit code 1 if a row was changed, added or lost."""
        with one_clear_line(), _sessions(parts, env_file).read() as session:
            report = audit.verify(session)
        if as_json:
            give({"ok": report.ok, "rows": report.rows, "first_bad_seq": report.first_bad_seq,
                  "why": report.why})  # fmt: skip
        elif report.ok:
            say(f"The record is whole: {report.rows} entries, each sealed to the one before it.")
        else:
            where = f"at entry {report.first_bad_seq}" if report.first_bad_seq else "at its end"
            say(f"The record is broken {where}: {report.why}.")
        if not report.ok:
            raise typer.Exit(WRONG)

    @record.command("export")
    def export(
        out: Annotated[
            Path | None, typer.Option(help="A file; standard output if left out.")
        ] = None,
        env_file: EnvFile = None,
    ) -> None:
        """Write every entry as one JSON line, oldest first."""
        with one_clear_line(), _sessions(parts, env_file).read() as session:
            lines = (json.dumps(row, ensure_ascii=False) for row in audit.export(session))
            if out is None:
                for line in lines:
                    typer.echo(line)
                return
            try:
                with out.open("w", encoding="utf-8") as file:
                    file.writelines(line + "\n" for line in lines)
            except OSError as error:
                msg = f"{out} cannot be written: {error.strerror}."
                raise BadInput(msg) from None


def _sessions(parts: Parts, env_file: Path | None) -> Sessions:
    """Open the database alone: the record can be read without any other setting."""
    engine = make_engine(parts.existing(env_file).DATABASE_URL)
    migrate(engine)
    return Sessions(engine)
