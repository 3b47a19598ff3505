"""The errors a mail tells of, as reports; a mail that tells of none is left alone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.forwarded.mail import Letter, Unreadable, read
from bot.forwarded.recognising import Recognised, recognise
from bot.forwarded.taking import LONGEST_TEXT, Report
from bot.knowledge import Knowledge

# A digest of many errors is told one by one, up to so many.
MOST_ROWS = 200
# A long text is looked through in windows, so that an error behind a long beginning is found.
_WINDOW_STEP = 3_500
_MOST_WINDOWS = 20
# A row of a digest is believed by itself only when it is well known.
_SURE_ROW = 0.7
_SHORTEST_ROW = 15
_ABOUT = re.compile(r"quick ?books|\bqbo\b|\bqbd\b|\bintuit\b", re.IGNORECASE)
_FAILED = re.compile(
    r"\b(?:errors?|failed|failure|failing|could ?n[o']t|could not|cannot|can't|unable to|rejected"
    r"|refused|problem|was not (?:synced|exported|posted|created|updated))\b",
    re.IGNORECASE,
)
_SAYS_ERROR = re.compile(r"\berror(?: message| code| details?)?\s*[:#]", re.IGNORECASE)


@dataclass(frozen=True)
class MailErrors:
    """What a mail tells of: its errors, or in a sentence why it is left alone.

    `letter` is None when nothing could be read of it.
    """

    reports: tuple[Report, ...] = ()
    left_alone: str = ""
    letter: Letter | None = None


def errors_of(knowledge: Knowledge, raw: bytes, *, expected: bool) -> MailErrors:
    """Read the errors of a mail; never fails.

    `expected`: it comes from a tool that forwards errors, so that one of QuickBooks which nothing
    explains is taken as well.
    """
    try:
        letter = read(raw)
    except Unreadable as fault:
        return MailErrors(left_alone=fault.message)
    if letter.automatic:
        return MailErrors(left_alone="It was written by a mail program, or by Slack.", letter=letter)
    found = list(_numbered(letter, _reports(knowledge, letter)))
    if not found and expected and _sounds_like_one(letter):
        found = [_report(letter, _whole(letter, letter.texts[0] if letter.texts else ""))]
    left_alone = "" if found else "It tells of no error of QuickBooks."
    return MailErrors(tuple(found), left_alone, letter)


def _reports(knowledge: Knowledge, letter: Letter) -> Iterator[Report]:
    """Of the mail's forms the first that is understood, then its attached texts."""
    for text in letter.texts or ("",):
        found = list(_told(knowledge, letter, _whole(letter, text)))
        if found:
            yield from found
            break
    for text in letter.attached:
        yield from _told(knowledge, letter, text)


def _told(knowledge: Knowledge, letter: Letter, text: str) -> Iterator[Report]:
    rows = list(_rows(knowledge, text))
    if len(rows) > 1:
        yield from (_report(letter, row) for row in rows)
        return
    for part in _windows(text):
        if recognise(knowledge, part).known:
            yield _report(letter, part)
            return


def _rows(knowledge: Knowledge, text: str) -> Iterator[str]:
    """The lines that are errors by themselves, as in a digest's table; a repeated one once.

    Lines of one error (its title, then its words) are recognised as the same and name nothing
    apart: they count as one.
    """
    known: set[tuple[str, tuple[tuple[str, str], ...], str]] = set()
    count = 0
    for line in text.split("\n"):
        if len(line) < _SHORTEST_ROW or not (found := recognise(knowledge, line)).known:
            continue
        if found.confidence < _SURE_ROW or (told := _same(found, line)) in known:
            continue
        known.add(told)
        count += 1
        if count > MOST_ROWS:
            return
        yield line


def _same(found: Recognised, line: str) -> tuple[str, tuple[tuple[str, str], ...], str]:
    """What tells an error of a table from its neighbours; in running text only the problem does."""
    facts = tuple(sorted(found.facts.items()))
    return (found.problem, facts, line if "\t" in line else "")


def _windows(text: str) -> Iterator[str]:
    ends = min(len(text), _WINDOW_STEP * _MOST_WINDOWS)
    for start in range(0, max(ends, 1), _WINDOW_STEP):
        yield text[start : start + LONGEST_TEXT]


def _sounds_like_one(letter: Letter) -> bool:
    text = "\n".join((letter.subject, *letter.texts))[: 2 * LONGEST_TEXT]
    failed = _FAILED.search(letter.subject) or _SAYS_ERROR.search(text)
    return bool(_ABOUT.search(text)) and failed is not None


def _whole(letter: Letter, text: str) -> str:
    return text if letter.subject in text else f"{letter.subject}\n{text}"


def _report(letter: Letter, text: str) -> Report:
    return Report(text=text.strip()[:LONGEST_TEXT], key=letter.key, said_at=letter.said_at)


def _numbered(letter: Letter, reports: Iterator[Report]) -> Iterator[Report]:
    """Each error of a mail has a key of its own; the first has the mail's."""
    for number, one in enumerate(reports):
        if number >= MOST_ROWS:
            return
        yield one if number == 0 else replace(one, key=f"{letter.key} #{number}")
