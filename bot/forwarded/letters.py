"""The errors a mail tells of, as reports; a mail that tells of none is left alone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from bot.forwarded.mail import Letter
from bot.forwarded.recognising import recognise
from bot.forwarded.taking import LONGEST_TEXT, Report
from bot.knowledge import Knowledge

# A digest of many errors is told one by one; so many of its rows are looked at.
MOST_ROWS = 200
# A long text is looked through in windows, so that an error behind a long beginning is found.
_WINDOW_STEP = 3_500
_MOST_WINDOWS = 20
_MOST_ATTACHED = 5
# A row of a digest is believed by itself only when it is well known.
_SURE_ROW = 0.7
# A row of several cells, of a cell with a number in it before its error, or an entry of a list. A
# table of two columns otherwise tells one error by its title, code, message.
_ROW = re.compile(
    r"[^\t]{1,200}\t[^\t]{1,500}\t|[^\t]{0,60}\d[^\t]{0,60}\t|[-*•]\s.{10}|\d{1,3}[.)]\s.{10}"
    r"|[^|]{1,200}\|[^|]{1,500}\|"
)
_ABOUT = re.compile(r"quick ?books|\bqbo\b|\bqbd\b|\bintuit\b", re.IGNORECASE)
_FAILED = re.compile(
    r"\b(?:errors?|failed|failure|failing|could ?n[o']t|could not|cannot|can't|unable to|rejected"
    r"|refused|problem|was not (?:synced|exported|posted|created|updated))\b",
    re.IGNORECASE,
)
_SAYS_ERROR = re.compile(r"\berror(?: message| code| details?)?\s*[:#]", re.IGNORECASE)


@dataclass(frozen=True)
class MailErrors:
    """What a mail tells of: its errors, or in a sentence why it is left alone."""

    reports: tuple[Report, ...] = ()
    left_alone: str = ""


def errors_of(knowledge: Knowledge, letter: Letter, *, expected: bool, own: str = "") -> MailErrors:
    """Read the errors of a mail; never fails.

    `expected`: it comes from a tool that forwards errors, so that one of QuickBooks which nothing
    explains is taken as well. `own`: the address of the mailbox it lay in; what that wrote itself
    is no news.
    """
    if letter.automatic:
        return MailErrors(left_alone="It was written by a mail program, or by Slack.")
    if own and letter.senders and letter.senders[0][1] == own.lower():
        return MailErrors(left_alone="It was sent from this mailbox itself.")
    found = list(_numbered(letter, _reports(knowledge, letter)))
    if not found and expected and _sounds_like_one(letter):
        found = [_report(letter, _whole(letter, letter.texts[0] if letter.texts else ""))]
    return MailErrors(tuple(found), "" if found else "It tells of no error of QuickBooks.")


def _reports(knowledge: Knowledge, letter: Letter) -> Iterator[Report]:
    """Of the mail's forms the first that is understood, then its attached texts."""
    for text in letter.texts or ("",):
        found = list(_told(knowledge, letter, _whole(letter, text)))
        if found:
            yield from found
            break
    for text in letter.attached[:_MOST_ATTACHED]:
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
    """The rows of a digest's table or list that are errors by themselves; a repeated one once."""
    rows = (line for line in dict.fromkeys(text.split("\n")) if _ROW.match(line))
    return (line for line in islice(rows, MOST_ROWS) if _is_error(knowledge, line))


def _is_error(knowledge: Knowledge, line: str) -> bool:
    found = recognise(knowledge, line)
    return found.known and found.confidence >= _SURE_ROW


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
        yield one if number == 0 else replace(one, key=f"{letter.key} #{number}")
