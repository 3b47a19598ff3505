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
from bot.console.output import give, note, one_clear_line, say
from bot.domain import Payload
from bot.errors import BadInput
from bot.knowledge import IN_GENERAL, Knowledge
from bot.render import Renderer, to_plain

_LONGEST_BYTES = 1_000_000


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
        platform: Annotated[
            Platform | None, typer.Option(help="Where the text comes from; all if left out.")
        ] = None,
        code: Annotated[str, typer.Option(help="The error's code, if you have it.")] = "",
        as_json: AsJson = False,
        jsonl: Annotated[
            bool, typer.Option("--jsonl", help="JSON lines in on standard input, JSON lines out.")
        ] = False,
    ) -> None:
        """Say what an error text is, which kind and family, and what can be done."""
        with one_clear_line():
            chosen = platform.value if platform else ""
            explainer = explaining.Explainer.load(parts.root / "templates")
            if jsonl:
                for answer in explaining.explain_lines(explainer, _input_lines(), chosen):
                    give(answer)
                return
            given = _input_text(code) if text is None else text
            found = explaining.explain(explainer, given, chosen, code)
            if as_json:
                give(found)
                return
            for line in _words(found):
                say(line)


def _input_lines() -> Iterable[str]:
    """Lines of standard input; bytes that are not UTF-8 spoil their own line alone."""
    if sys.stdin is None:
        return
    for line in sys.stdin.buffer:
        yield line.decode("utf-8", errors="replace")


def _input_text(code: str) -> str:
    """The text on standard input; a code alone, typed at a terminal, is enough."""
    if sys.stdin is None or (code and sys.stdin.isatty()):
        return ""
    if sys.stdin.isatty():
        note("Paste the error text, then Ctrl-D on a line of its own.")
    return sys.stdin.buffer.read(_LONGEST_BYTES).decode("utf-8", errors="replace")


def _words(found: Payload) -> list[str]:
    kind = found["kind"].replace("_", " ")
    lines = [
        f"{found['title']} ({kind}; family: {found['family']})",
        f"sure to {found['confidence']:.0%}: {'; '.join(found['evidence'])}",
    ]
    lines += [f"  {number}. {step}" for number, step in enumerate(found["steps"], 1)]
    if found["fixes"]:
        fixes = ", ".join(name.replace("_", " ") for name in found["fixes"])
        lines.append(f"buttons of its alert in Slack: {fixes}")
    return lines


def _add_problems(app: typer.Typer, parts: Parts) -> None:
    problems = typer.Typer(help="The problem files in templates/problems.")
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
        """Show a problem's words as its message would say them, with the facts of a file.

        Without a file, general words stand where the facts would.
        """
        with one_clear_line():
            given = {**IN_GENERAL} if facts is None else _facts(facts)
            text = Renderer(parts.root / "templates").problem(name, given)
        say(text.title)
        say(text.push)
        for part in (text.what, text.why, text.fix, text.prevent):
            say()
            say(to_plain(part))


def _facts(path: Path) -> Payload:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInput(f"The facts in {path} cannot be read: {error.strerror}.") from None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise BadInput(f"{path} is no JSON object with facts.")
    return found
