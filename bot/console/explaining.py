"""`explain`: what an error text is, from the problem files alone; needs no settings."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NoReturn

from bot.domain import JsonValue, Payload
from bot.errors import BadInput
from bot.forwarded.plainly import named_in
from bot.forwarded.recognising import as_declared
from bot.knowledge import Classified, Knowledge, tell
from bot.knowledge.signs import PLATFORMS
from bot.render import Renderer

_WRONG: Payload = {
    "problem": "unknown", "kind": "unknown", "family": "platform", "confidence": 0.0, "fixes": [],
}  # fmt: skip


@dataclass(frozen=True)
class Explainer:
    """The problem files as rules, and as words once somebody reads them."""

    knowledge: Knowledge
    templates: Path

    @classmethod
    def load(cls, templates: Path) -> "Explainer":
        """Read the problem files. Raises ConfigError."""
        return cls(Knowledge.load(templates), templates)

    @cached_property
    def render(self) -> Renderer:
        """The words: compiling them takes longer than a thousand texts, and programs need none."""
        return Renderer(self.templates)


def explain(explainer: Explainer, text: str, platform: str, code: str = "") -> Payload:
    """Recognise one error and say what to do about it. Raises BadInput when there is nothing.

    With no platform named the text itself decides: people do not know which of them wrote what
    they found in a log. Who asks means QuickBooks, which the text need not name.
    """
    found = _meant(explainer, text, platform, code)
    problem = explainer.knowledge.problem(found.problem)
    facts = {**found.facts, **named_in(problem.kind, text, found.facts)}
    told = tell(explainer.render, problem, facts, found.platform or PLATFORMS[0])
    return {
        **_answer(explainer, found),
        "title": told.title,
        "meaning": told.meaning,
        "evidence": list(found.evidence),
        "steps": list(told.steps),
    }


def _meant(explainer: Explainer, text: str, platform: str, code: str) -> Classified:
    """What one text is that somebody asks about, as `/qb-explain` takes it."""
    found = _recognised(explainer, text, platform, code)
    told = as_declared(explainer.knowledge, found, text, code, platform)
    return told or found


def _recognised(explainer: Explainer, text: str, platform: str, code: str) -> Classified:
    if not text.strip() and not code.strip():
        raise BadInput('There is no error text. Try: python app.py explain "the error text"')
    return explainer.knowledge.guess(platform, code.strip() or None, text)


def _answer(explainer: Explainer, found: Classified) -> Payload:
    problem = explainer.knowledge.problem(found.problem)
    return {
        "problem": found.problem,
        "kind": problem.kind,
        "family": str(problem.family),
        "confidence": round(found.confidence, 3),
        "fixes": list(problem.fixes),
    }


def explain_lines(explainer: Explainer, lines: Iterable[str], platform: str) -> Iterator[Payload]:
    """Answer every line of a JSON Lines stream with one line, bad and empty ones too."""
    for line in lines:
        answer: Payload = {"id": None, **_WRONG}
        try:
            given = _object(line)
            answer["id"] = given.get("id")
            answer.update(_answer(explainer, _recognised(explainer, *_question(given, platform))))
        except BadInput as error:
            answer["error"] = error.message
        yield answer


def _object(line: str) -> Payload:
    if not line.strip():
        raise BadInput("this line is empty")
    try:
        given = json.loads(line, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise BadInput("this line is not valid JSON") from None
    if not isinstance(given, dict):
        raise BadInput("this line is no JSON object")
    return given


def _no_number(word: str) -> NoReturn:
    raise ValueError(word)


def _question(given: Payload, platform: str) -> tuple[str, str, str]:
    chosen: JsonValue = given.get("platform") or platform
    if not isinstance(chosen, str) or (chosen and chosen.lower() not in PLATFORMS):
        raise BadInput(f"platform must be one of {', '.join(sorted(PLATFORMS))}")
    text, code = given.get("text"), given.get("code")
    if not isinstance(text, str | None):
        raise BadInput("text must be a string")
    if isinstance(code, bool) or not isinstance(code, str | int | None):
        raise BadInput("code must be a string or a number")
    text, code = text or "", "" if code is None else str(code)
    if not text.strip() and not code.strip():
        raise BadInput("there is neither a text nor a code")
    return text, chosen.lower(), code
