"""`explain`: what an error text is, from the problem files alone; needs no settings."""

import json
from collections.abc import Iterable, Iterator

from bot.domain import Payload
from bot.knowledge import Knowledge

PLATFORMS = ("qbo", "qbd", "qbwc", "oauth")
_LONGEST = 20_000


def explain(knowledge: Knowledge, text: str, platform: str, code: str = "") -> Payload:
    """Recognise one error text."""
    found = knowledge.classify(platform, code or None, text[:_LONGEST])
    problem = knowledge.problem(found.problem)
    return {
        "problem": found.problem,
        "title": problem.title,
        "kind": problem.kind,
        "family": str(problem.family),
        "confidence": round(found.confidence, 3),
        "evidence": list(found.evidence),
        "fixes": list(problem.fixes),
    }


def explain_lines(knowledge: Knowledge, lines: Iterable[str], platform: str) -> Iterator[Payload]:
    """Answer every line of a JSON Lines stream with one line, bad ones too."""
    for line in lines:
        if line.strip():
            yield _one(knowledge, line, platform)


def _one(knowledge: Knowledge, line: str, platform: str) -> Payload:
    wrong: Payload = {
        "id": None, "problem": "unknown", "kind": "unknown", "family": "platform",
        "confidence": 0.0, "fixes": [],
    }  # fmt: skip
    try:
        given = json.loads(line)
    except (ValueError, RecursionError):
        return {**wrong, "error": "this line is not valid JSON"}
    if not isinstance(given, dict):
        return {**wrong, "error": "this line is no JSON object"}
    wrong["id"] = given.get("id")
    chosen = given.get("platform") or platform
    if chosen not in PLATFORMS:
        return {**wrong, "error": f"platform must be one of {', '.join(PLATFORMS)}"}
    text, code = given.get("text") or "", given.get("code")
    if not isinstance(text, str):
        return {**wrong, "error": "text must be a string"}
    found = explain(knowledge, text, chosen, "" if code is None else str(code))
    kept = ("problem", "kind", "family", "confidence", "fixes")
    return {"id": given.get("id"), **{key: found[key] for key in kept}}
