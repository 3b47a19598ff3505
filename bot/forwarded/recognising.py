"""Which problem a text is the error of, whoever wrote it and whatever platform it came from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.forwarded.names import name_in
from bot.knowledge import Classified, Knowledge
from bot.knowledge.codes import begins_counted
from bot.knowledge.knowledge import UNKNOWN
from bot.knowledge.products import names_other

# Below this a text only looks a little like it.
SURE = 0.5
# What only its place says to be of QuickBooks has to be plainer.
_SURE_BY_THE_PLACE = 0.7
_SAID_BY_THE_PLACE = "QuickBooks error: "
# The number of a house or an amount becomes no code of it.
_BEFORE_A_NUMBER = "QuickBooks error – "
_LONGEST = 4_000
# What a text may call by a name; other facts are numbers and words of QuickBooks.
NAMES = ("name", "party", "sku", "user", "missing_name")


@dataclass(frozen=True)
class Recognised:
    """A problem a text is the error of, how sure that is, and what the text says of it.

    `problem` is `unknown` for a text that is not known well enough; `facts` then may hold the
    `nearest` problem and its `likeness`.
    """

    problem: str
    platform: str
    confidence: float
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def known(self) -> bool:
        """Whether the text is an error that is explained here."""
        return self.problem != UNKNOWN


def recognise(
    knowledge: Knowledge, text: str, code: str = "", platform: str = "", *, declared: bool = False
) -> Recognised:
    """Find the problem a text is the error of; never fails.

    `declared`: it stands where a tool writes its errors of QuickBooks, which a text then need not
    say itself; one that names another program is still that program's.
    """
    found = knowledge.classify(platform, code, text[:_LONGEST])
    if declared:
        found = as_declared(knowledge, found, text, code, platform) or found
    where = found.platform or "qbo"
    if found.problem not in knowledge.problems or found.confidence < SURE:
        near = {key: found.facts[key] for key in ("nearest", "likeness") if key in found.facts}
        return Recognised(UNKNOWN, where, found.confidence, near)
    return Recognised(found.problem, where, found.confidence, _with_names(found.facts))


def as_declared(
    knowledge: Knowledge, found: Classified, text: str, code: str, platform: str
) -> Classified | None:
    """What a text is where its place says that it is QuickBooks'; None if that tells no more.

    `found` is what the text alone is.
    """
    if found.confidence >= SURE or names_other(text[:_LONGEST].lower()):
        return None
    said = _BEFORE_A_NUMBER if begins_counted(text[:_LONGEST].lower()) else _SAID_BY_THE_PLACE
    told = knowledge.classify(platform, code, f"{said}{text[:_LONGEST]}")
    return told if told.confidence >= _SURE_BY_THE_PLACE else None


def _with_names(facts: Mapping[str, str]) -> dict[str, str]:
    """The facts, of the names only those that are some."""
    kept = {key: name_in(value) if key in NAMES else value for key, value in facts.items()}
    return {key: value for key, value in kept.items() if value or key not in NAMES}
