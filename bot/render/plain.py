"""A problem in words, and the plain built-in words that stand in for a template that failed."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain import JsonValue
from bot.render.marks import clean, shorten
from bot.render.sums import not_posted
from bot.render.text import Text, words


@dataclass(frozen=True)
class ProblemText:
    """A problem in words. `title` has no state word; `push` is one sentence for the phone."""

    title: str
    push: str
    what: Text
    why: Text
    fix: Text
    prevent: Text
    fixed: str = ""


def built_in(name: str, facts: Mapping[str, JsonValue]) -> ProblemText:
    """The plain text that stands in for a template that failed."""
    company = shorten(clean(str(facts.get("company") or "This company")), 80)
    subject = facts.get("name") or facts.get("party") or facts.get("number") or ""
    label = clean(name.replace("_", " ").strip().capitalize())
    about = f"{label}: {shorten(clean(str(subject)), 80)}" if subject else label
    error = " ".join(
        clean(str(facts[key])) for key in ("code", "fault_message", "detail") if facts.get(key)
    )
    try:
        waits = not_posted(facts)
    except (ValueError, TypeError, ArithmeticError):
        waits = "documents may wait"
    return ProblemText(
        title=about,
        push=f"{company}: {waits}; {about}",
        what=words(f"{about}.", f"At {company}, {waits}."),
        why=words(f"QuickBooks says: {error}" if error else "The reason is under Details."),
        fix=words("Open Details for the documents and the exact error."),
        prevent=Text(),
        fixed=about,
    )
