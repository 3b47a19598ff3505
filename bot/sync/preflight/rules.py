"""Every rule in QuickBooks' own order: texts, what is missing, references, …, number; ours last."""

from collections.abc import Callable, Iterator

from bot.sync.preflight import (
    amounts,
    company,
    looks,
    names,
    numbers,
    periods,
    references,
    required,
    texts,
)
from bot.sync.preflight.model import Certainty, Known, Posting, Verdict

Rule = Callable[[Known, Posting], Iterator[Verdict]]
RULES: tuple[Rule, ...] = (
    texts.verdicts,
    required.verdicts,
    references.verdicts,
    company.verdicts,
    amounts.verdicts,
    names.verdicts,
    periods.verdicts,
    numbers.verdicts,
    looks.verdicts,
)


def verdicts(known: Known, posting: Posting) -> tuple[Verdict, ...]:
    """Everything that is known to be wrong with a posting: from the mirror, without any call.

    The first that is sure is what QuickBooks answers. A sure one that is false would block money
    in silence: what is not documented, or is a switch nobody can read, is never sure before the
    company's own answers have shown it.
    """
    return tuple(verdict for rule in RULES for verdict in rule(known, posting))


def refusal(found: tuple[Verdict, ...]) -> Verdict | None:
    """The answer to be expected: the first sure refusal, None where it should be taken."""
    return next((one for one in found if one.certainty is Certainty.WILL), None)
