"""`explain` and `problems`: what the bot knows; no settings needed."""

import sys
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.console import explaining
from bot.console.model import AsJson, Parts
from bot.console.output import give, note, one_clear_line, say
from bot.domain import Payload
from bot.errors import BadInput
from bot.forwarded.recognising import SURE
from bot.forwarded.sorting import BEYOND, Sorted, none_in, sort_out
from bot.knowledge import take
from bot.knowledge.knowledge import UNKNOWN
from bot.render import clean, shorten

_LONGEST_BYTES = 1_000_000
_LONGEST_QUOTED = 150


class Platform(StrEnum):
    """Where an error text comes from."""

    QBO = "qbo"
    QBD = "qbd"
    QBWC = "qbwc"
    OAUTH = "oauth"


def add(app: typer.Typer, parts: Parts) -> None:
    """Add these commands."""
    from bot.console import problem_files

    add_explain(app, parts.root, parts.environ, lambda: parts.fix_names)
    problem_files.add(app, parts)


def add_explain(
    app: typer.Typer,
    root: Path,
    environ: Mapping[str, str],
    fix_names: Callable[[], frozenset[str]],
) -> None:
    """Add `explain`; `fix_names` is asked where the firm has problem files of its own."""

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
            explainer = explaining.Explainer.load(root / "templates")
            if own := environ.get("PROBLEMS_DIR"):
                from bot.console import problem_files

                problem_files.tell_broken(
                    take(own, explainer.knowledge, explainer.render, fix_names())
                )
            if jsonl:
                _only_lines(text, code, as_json=as_json)
                for answer in explaining.explain_lines(explainer, _input_lines(), chosen):
                    give(answer)
                return
            given = _input_text(code) if text is None else text
            if as_json:
                give(explaining.explain(explainer, given, chosen, code))
                return
            for line in _told(explainer, given, chosen, code):
                say(line)


def _not_known(found: Payload, *, is_error: bool) -> list[str]:
    """What to say of a text that is no error known here: a guess is told as one."""
    lines = ["I do not know this as an error of QuickBooks. Give the whole text, with its code."]
    if found["confidence"]:
        lines.append(f"It is most like: {found['title']} (sure to {found['confidence']:.0%} only).")
    if is_error:
        lines.append(
            "Look in QuickBooks whether the record is there already; then it must not be entered "
            "again."
        )
    return lines


def _only_lines(text: str | None, code: str, *, as_json: bool) -> None:
    """Raises BadInput: what is given beside lines of input would be thrown away."""
    beside = "a text" if text is not None else "--code" if code else "--json" if as_json else ""
    if beside:
        msg = f"--jsonl reads its errors from standard input, so {beside} cannot be given with it."
        raise BadInput(msg)


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
    given = sys.stdin.buffer.read(_LONGEST_BYTES + 1)
    if len(given) > _LONGEST_BYTES:
        note(f"It is very long: only the first {_LONGEST_BYTES:,} bytes are read.")
    return given[:_LONGEST_BYTES].decode("utf-8", errors="replace")


def _told(explainer: explaining.Explainer, text: str, platform: str, code: str) -> Iterable[str]:
    """What to say of a text; of one that tells of several errors each by itself."""
    found = Sorted() if code else sort_out(explainer.knowledge, text, expected=False)
    if len(found.errors) < 2:
        is_error = bool(code) or not none_in(explainer.knowledge, text, declared=False)
        one = explaining.explain(explainer, text, platform, code)
        yield from _words(one, is_error=is_error)
        return
    yield f"It tells of {len(found.errors)} errors:"
    told: dict[str, int] = {}
    for place, (_, error) in enumerate(found.errors, 1):
        yield f"{place}. {shorten(clean(error), _LONGEST_QUOTED)}"
        words = _words(explaining.explain(explainer, error, platform))
        first = told.setdefault("\n".join(words), place)
        yield from words if first == place else [f"The same as {first}."]
    if any(one.why == BEYOND for one in found.left):
        yield BEYOND


def _words(found: Payload, *, is_error: bool = True) -> list[str]:
    if found["problem"] == UNKNOWN or found["confidence"] < SURE:
        return _not_known(found, is_error=is_error)
    kind = found["kind"].replace("_", " ")
    lines = [
        f"{found['title']} ({kind}; family: {found['family']})",
        f"sure to {found['confidence']:.0%}: {'; '.join(found['evidence'])}",
        *([found["meaning"]] if found["meaning"] else []),
    ]
    lines += [f"  {number}. {step}" for number, step in enumerate(found["steps"], 1)]
    if found["fixes"]:
        fixes = ", ".join(name.replace("_", " ") for name in found["fixes"])
        lines.append(f"buttons of its alert in Slack: {fixes}")
    return lines
