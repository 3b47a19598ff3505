"""`explain` and `problems`: what the bot knows; no settings needed."""

import json
import sys
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.console import explaining
from bot.console.model import AsJson, Parts
from bot.console.output import MISUSED, give, note, one_clear_line, say
from bot.domain import Payload
from bot.knowledge import Knowledge
from bot.render import Renderer, to_plain


class Platform(StrEnum):
    """Where an error text comes from."""

    QBO = "qbo"
    QBD = "qbd"
    QBWC = "qbwc"
    OAUTH = "oauth"


def add(app: typer.Typer, parts: Parts) -> None:
    """Add these commands."""
    _add_explain(app, parts)
    _add_problems(app, parts)


def _add_explain(app: typer.Typer, parts: Parts) -> None:
    @app.command()
    def explain(
        text: Annotated[
            str | None, typer.Argument(help="The error text; standard input if left out.")
        ] = None,
        platform: Platform = Platform.QBO,
        code: Annotated[str, typer.Option(help="The error's code, if you have it.")] = "",
        as_json: AsJson = False,
        jsonl: Annotated[
            bool, typer.Option("--jsonl", help="JSON lines in on standard input, JSON lines out.")
        ] = False,
    ) -> None:
        """Say what an error text is, which kind and family, and what can be offered."""
        with one_clear_line():
            knowledge = Knowledge.load(parts.root / "templates")
            if jsonl:
                for answer in explaining.explain_lines(knowledge, _input_lines(), platform.value):
                    give(answer)
                return
            found = explaining.explain(
                knowledge, sys.stdin.read() if text is None else text, platform.value, code
            )
            if as_json:
                give(found)
                return
            for line in _words(found):
                say(line)


def _input_lines() -> Iterable[str]:
    """Lines of standard input; bytes that are not UTF-8 spoil their own line alone."""
    for line in sys.stdin.buffer:
        yield line.decode("utf-8", errors="replace")


def _words(found: Payload) -> list[str]:
    fixes = ", ".join(found["fixes"]) or "none"
    return [
        f"{found['problem'].replace('_', ' ')} ({found['kind']}, {found['family']})",
        f"sure to {found['confidence']:.0%}: {'; '.join(found['evidence'])}",
        f"fixes: {fixes}",
    ]


def _add_problems(app: typer.Typer, parts: Parts) -> None:
    problems = typer.Typer(no_args_is_help=True, help="The problem files in templates/problems.")
    app.add_typer(problems, name="problems")

    @problems.command("list")
    def list_problems(as_json: AsJson = False) -> None:
        """Every problem the bot knows."""
        with one_clear_line():
            knowledge = Knowledge.load(parts.root / "templates")
            knowledge.validate(parts.fix_names)
        rows = [
            {"problem": one.name, "kind": one.kind, "family": str(one.family),
             "fixes": list(one.fixes)}
            for one in knowledge.problems.values()
        ]  # fmt: skip
        if as_json:
            give(rows)
            return
        for row in rows:
            say(
                f"{row['problem']:<28}{row['family']:<12}{row['kind']:<28}{', '.join(row['fixes'])}"
            )

    @problems.command("preview")
    def preview(
        name: str,
        facts: Annotated[
            Path | None, typer.Option(help="A JSON file with the facts of a finding.")
        ] = None,
    ) -> None:
        """Show a problem's words as its message would say them, with the facts of a file."""
        with one_clear_line():
            text = Renderer(parts.root / "templates").problem(name, _facts(facts))
        say(text.title)
        say(text.push)
        for part in (text.what, text.why, text.fix, text.prevent):
            say()
            say(to_plain(part))


def _facts(path: Path | None) -> Payload:
    if path is None:
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        note(f"The facts in {path} cannot be read: {error}.")
        raise typer.Exit(MISUSED) from None
    return found if isinstance(found, dict) else {}
