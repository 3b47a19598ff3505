"""`sources hook`, `read`, `pull`: where records come from by themselves, declared and tried."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import typer

from bot.console import callbacks
from bot.console import sources as sources_of
from bot.console.model import AsJson, CompanyName, EnvFile, Parts
from bot.console.output import WRONG, give, one_clear_line, say
from bot.domain import JsonValue, Payload
from bot.errors import BadInput
from bot.sources import pulling

_SHOWN = 20


def add(sources: typer.Typer, parts: Parts) -> None:
    """Add the commands."""
    _add_hook(sources, parts)
    _add_read(sources, parts)
    _add_pull(sources, parts)
    callbacks.add(sources, parts)


def _add_read(sources: typer.Typer, parts: Parts) -> None:
    @sources.command("read")
    def read(
        name: Annotated[str, typer.Argument(help="The source; a new name makes one.")],
        folder: Annotated[
            Path | None, typer.Option(help="Watch this folder for CSV and Excel files.")
        ] = None,
        sql: Annotated[
            Path | None, typer.Option(help="A JSON file: the database, table and columns.")
        ] = None,
        feed: Annotated[
            Path | None, typer.Option(help="A JSON file: a web address that gives pages.")
        ] = None,
        stop: Annotated[bool, typer.Option("--stop", help="Read it no more.")] = False,
        every: Annotated[float, typer.Option(help="Seconds between two looks.")] = 60.0,
        company: CompanyName = None,
        as_json: AsJson = False,
        env_file: EnvFile = None,
    ) -> None:
        """Let the bot read a source by itself: a folder, a database, or a web address."""
        with one_clear_line():
            if sum(map(bool, (folder, sql, feed, stop))) != 1:
                msg = "Say where it is read: --folder PATH, --sql FILE or --feed FILE; or --stop."
                raise BadInput(msg)
            file = sql or feed
            options: JsonValue = {"path": str((folder or Path()).resolve())}
            options = sources_of.read_json(file) if file else options
            with parts.desk(parts.existing(env_file)) as desk:
                if stop:
                    pulling.stop_reading(
                        desk.services, sources_of.known_source(desk.services, company, name)
                    )
                    _answer(
                        {"source": name, "every": 0}, f"{name} is read no more.", as_json=as_json
                    )
                    return
                kind = "sql" if sql else "feed" if feed else "folder"
                made = sources_of.read_source(desk.services, company, name, kind, options, every)
        said = f"{made.name} of {made.company} is read every {every:g} seconds while the bot runs."
        pull = f'python app.py sources pull "{made.name}" --company "{made.company}"'
        at_once = f"To look at once: {pull}"
        _answer({"source": made.name, "every": every}, f"{said}\n{at_once}", as_json=as_json)


def _answer(value: Payload, words: str, *, as_json: bool) -> None:
    if as_json:
        give(value)
    else:
        say(words)


def _add_pull(sources: typer.Typer, parts: Parts) -> None:
    @sources.command("pull")
    def pull(
        name: Annotated[str, typer.Argument(help="The source.")],
        again: Annotated[
            bool, typer.Option("--again", help="From its beginning; what is here stays as it is.")
        ] = False,
        company: CompanyName = None,
        as_json: AsJson = False,
        env_file: EnvFile = None,
    ) -> None:
        """Look at a source now. Exit code 1 when it cannot be read or a row was refused."""
        with one_clear_line(), parts.desk(parts.existing(env_file)) as desk:
            source_id = sources_of.known_source(desk.services, company, name)
            if again:
                pulling.begin_anew(desk.services, source_id)
            found = pulling.pull(desk.services, source_id)
        if as_json:
            give(asdict(found))
        else:
            counts = f"{found.accepted} new, {found.updated} changed, "
            counts += f"{found.unchanged} known already, {len(found.refused)} refused"
            say(f"{name}: {counts}")
            for reason in found.refused[:_SHOWN]:
                say(f"  refused: {reason}")
            if found.problem:
                say(f"  {found.problem}")
        if found.problem or found.refused:
            raise typer.Exit(WRONG)


def _add_hook(sources: typer.Typer, parts: Parts) -> None:
    @sources.command("hook")
    def hook(
        name: Annotated[str, typer.Argument(help="The source; a new name makes one.")],
        file: Annotated[Path, typer.Option(help="The declaration, as JSON.")],
        sample: Annotated[
            Path | None,
            typer.Option("--try", help="Show what this body would make; nothing is kept."),
        ] = None,
        key_file: Annotated[
            Path | None, typer.Option(help="A file with the key the other system signs with.")
        ] = None,
        company: CompanyName = None,
        as_json: AsJson = False,
        env_file: EnvFile = None,
    ) -> None:
        """Declare which records the webhook of a system stands for, in place of what was said."""
        with one_clear_line():
            data = sources_of.read_json(file)
            body = sources_of.read_json(sample) if sample else None
            key = _key(key_file)
            settings = parts.existing(env_file)
            with parts.desk(settings) as desk:
                if sample:
                    made, wrong = sources_of.try_hook(desk.services, company, data, body)
                else:
                    kept = sources_of.keep_hook(desk.services, company, name, data, key)
        if sample:
            _say_tried(made, wrong, as_json=as_json)
            return
        url = f"{settings.PUBLIC_URL.rstrip('/')}/intake/{quote(kept.name)}/hook"
        if as_json:
            give({"name": kept.name, "company": kept.company, "url": url, "key": kept.key})
            return
        say(f"{kept.name} of {kept.company} may send its webhooks to {url}")
        if kept.key:
            say(f"signed in the header {kept.header} with this key (shown once):")
            say(kept.key)
        elif not kept.header:
            say("with its intake token, as Authorization: Bearer <token>")


def _key(path: Path | None) -> str | None:
    if path is None:
        return None
    try:
        key = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        msg = f"The key cannot be read from {path}."
        raise BadInput(msg) from None
    if not key:
        raise BadInput(f"{path} holds no key.")
    return key


def _say_tried(made: list[dict[str, object]], wrong: list[str], *, as_json: bool) -> None:
    if as_json:
        give({"records": made, "refused": wrong})
    else:
        for record in made:
            say(json.dumps(record, ensure_ascii=False))
        for line in wrong:
            say(f"refused: {line}")
        if not (made or wrong):
            say("No rule fits this body: nothing would be taken in.")
    if wrong or not made:
        raise typer.Exit(WRONG)
