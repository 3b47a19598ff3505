"""What a person typed beside the company's name: what is filling, what was not understood."""

from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz, process

from bot.dispatch.model import Call
from bot.dispatch.reply import Reply, bullets, line
from bot.render import clean, listed, shorten

LONGEST_QUOTE = 80
# Below this a typed word is no slip of the keyboard of the other.
NEAR = 70.0
MOST_NEAR = 3


def vocabulary(text: str) -> frozenset[str]:
    """The words of a text, each once."""
    return frozenset(text.split())


# Words that carry no meaning of their own, with the ways people hurry them.
FILLING = vocabulary(
    "a about again all am an and any anything are at be by can check could do does doing "
    "everything for from get getting give go going got has have hey how hows hw i if in into is "
    "it its just list lst look me my now of off on one or our out pls plz please qb quickbooks r "
    "read right see show shwo so something still tell than thanks thank that the their them then "
    "there these they this those to too u up ur us was wat wats we were what what's whats when "
    "where wheres which who why will with wht whts would wut you your"
)


def plain(word: str) -> str:
    """A word without its punctuation, in lower case."""
    return word.casefold().replace("’", "'").strip(".,!?:;\"'()“”‘«»*_~`")


def meaningful(text: str, more: Iterable[str] = ()) -> str:
    """The typed words that are no filling."""
    skipped = FILLING | frozenset(more)
    words = text.split()
    # What is all punctuation stays: an emoji was typed to say something.
    kept = [word for word in words if (plain(word) or word) not in skipped and word != "?"]
    return " ".join(kept)


def quoted(text: str) -> str:
    """What was typed, in quotation marks and never longer than a line."""
    return f"“{shorten(clean(text), LONGEST_QUOTE)}”"


def near(typed: str, known: Sequence[str], most: int = MOST_NEAR) -> list[str]:
    """Which of the known words the typed ones may have meant, the nearest first."""
    found = process.extract(
        plain(typed)[:LONGEST_QUOTE],
        list(dict.fromkeys(known)),
        scorer=_alike,
        processor=None,
        score_cutoff=NEAR,
        limit=most,
    )
    return [word for word, _, _ in found]


def _alike(typed: str, known: str, **_: object) -> float:
    whole = fuzz.ratio(typed, known.casefold())
    first = fuzz.ratio(typed, known.casefold().split()[0]) if known.split() else 0.0
    return max(whole, first - 1.0)


def not_understood(
    call: Call, strange: str, possible: str, choices: Sequence[str], examples: Sequence[str] = ()
) -> Reply:
    """Say what was not understood, what is possible, and what may have been meant.

    `choices` are the words the command knows, as people type them. Never shared: a slip of the
    keyboard is nobody else's business.
    """
    guesses = [f"{call.command} {word}" for word in near(strange, [*choices, "--public", "help"])]
    parts = [line(f"I do not understand {quoted(strange)}. {possible}")]
    if guesses:
        parts.append(line(f"Did you mean {listed(guesses, 'or')}?"))
    if examples:
        parts += [line("Examples:"), bullets(*examples)]
    return Reply(tuple(parts), private=True)


def company_names(call: Call) -> list[str]:
    """The names of the companies the person may mean here."""
    return [company.name for company in call.companies]
