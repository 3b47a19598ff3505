"""The errors a mail tells of, as reports; a mail that tells of none is left alone."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from bot.forwarded.circulars import is_newsletter
from bot.forwarded.mail import Letter
from bot.forwarded.recognising import recognise
from bot.forwarded.report import LONGEST_TEXT, Report
from bot.forwarded.sorting import Left, Sorted, Told, none_in, sort_out
from bot.knowledge import Knowledge

# A long text is looked through in windows, so that an error behind a long beginning is found.
_WINDOW_STEP = 3_500
_MOST_WINDOWS = 20
_MOST_ATTACHED = 5
_NO_ERROR = "It tells of no error of QuickBooks."
_ABOUT = re.compile(r"quick ?books|\bqbo\b|\bqbd\b|\bintuit\b", re.IGNORECASE)
_FAILED = re.compile(
    r"\b(?:errors?|failed|failure|failing|could ?n[o']t|could not|cannot|can't|unable to|rejected"
    r"|refused|problem|was not (?:synced|exported|posted|created|updated))\b",
    re.IGNORECASE,
)
_SAYS_ERROR = re.compile(r"\berror(?: message| code| details?)?\s*[:#]", re.IGNORECASE)


def errors_of(
    knowledge: Knowledge, letter: Letter, *, expected: bool, known: bool = False, own: str = ""
) -> Told:
    """Read the errors of a mail; never fails.

    `expected`: it comes from a tool that forwards errors, so that one of QuickBooks which nothing
    explains is taken as well. `known`: a source declares its sender's address. `own`: the address
    of the mailbox it lay in; what that wrote itself is no news.
    """
    if letter.automatic:
        return Told(left_alone="It was written by a mail program, or by Slack.")
    if own and letter.senders and letter.senders[0][1] == own.lower():
        return Told(left_alone="It was sent from this mailbox itself.")
    found = _read(knowledge, letter, expected=expected)
    if not found.reports and expected and _sounds_like_one(letter):
        whole = _whole(letter, letter.texts[0] if letter.texts else "")
        found = Told((_report(letter, whole),))
    if found.reports and not known and _is_newsletter(knowledge, letter, found):
        return Told(left_alone="It is a newsletter: it names nothing of anybody's books.")
    return found if found.reports else replace(found, left_alone=_NO_ERROR + _unread(letter))


def _is_newsletter(knowledge: Knowledge, letter: Letter, found: Told) -> bool:
    errors = [recognise(knowledge, one.text) for one in found.reports]
    text = "\n".join((_words(letter), *(one.text for one in found.reports)))
    return is_newsletter(letter.subject, text, errors, bulk=letter.bulk)


def _unread(letter: Letter) -> str:
    """Which attached file may hold what is missing; "" where none was left unread."""
    if not letter.unread:
        return ""
    name = letter.unread[0]
    more = f" and {len(letter.unread) - 1} more" if letter.unread[1:] else ""
    return f" Attached files of this kind are not read: {name}{more}. Forward their text instead."


def errors_in(knowledge: Knowledge, text: str) -> Told:
    """Read the errors of a bare text of a tool that forwards errors; all of it when it is one."""
    return _apart(knowledge, Report(text=text), declared=False)


def told_apart(knowledge: Knowledge, told: Told, *, declared: bool) -> Told:
    """The same reports, but one whose text tells of several errors as one report of each.

    What names its record or its document beside the text is about that alone and stays whole; what
    tells of no error is left. `declared`: the texts stand where the tool writes its errors.
    """
    each = [_apart(knowledge, one, declared=declared) for one in told.reports]
    left = tuple(left for one in each for left in one.left)
    return Told(tuple(report for one in each for report in one.reports), (*told.left, *left))


def _apart(knowledge: Knowledge, report: Report, *, declared: bool) -> Told:
    if report.code:
        return Told((report,))
    whole = report.named or report.number
    found = Sorted() if whole else sort_out(knowledge, report.text, expected=True)
    rows = (
        replace(report, text=entry, key=f"{report.key} #{place}" if report.key else "")
        for place, entry in found.errors
    )
    if found.errors:
        return Told(tuple(rows), found.left)
    told = next(_known_parts(knowledge, report.text, declared=declared), report.text)
    why = none_in(knowledge, told, declared=declared)
    return Told((), (*found.left, Left(told, why))) if why else Told((replace(report, text=told),))


def _read(knowledge: Knowledge, letter: Letter, *, expected: bool) -> Told:
    """Of the mail's forms the one that tells of the most errors, then its attached texts."""
    forms = (
        _told(knowledge, letter, _whole(letter, text), expected=expected)
        for text in letter.texts or ("",)
    )
    best = max(forms, key=lambda one: (len(one.reports), len(one.left)))
    # Of a file that a tool attaches, what nothing explains is no error yet.
    files = [
        _told(knowledge, letter, text, expected=False) for text in letter.attached[:_MOST_ATTACHED]
    ]
    each = [best, *(one for one in files if one.reports)]
    reports = [
        replace(report, key=f"{report.key} file {number}") if number else report
        for number, one in enumerate(each)
        for report in one.reports
    ]
    first = next(iter(reports), None)
    if first is not None:
        reports[0] = replace(first, key=letter.key)
    return Told(tuple(reports), tuple(left for one in each for left in one.left))


def _told(knowledge: Knowledge, letter: Letter, text: str, *, expected: bool) -> Told:
    found = sort_out(knowledge, text, expected=expected)
    if found.errors or found.left:
        rows = (_report(letter, entry, f" #{place}") for place, entry in found.errors)
        return Told(tuple(rows), found.left)
    declared = expected and (_is_about(letter) or _FAILED.search(letter.subject) is not None)
    known = _known_parts(knowledge, text, declared=declared)
    return Told(tuple(_report(letter, part) for part in islice(known, 1)))


def _known_parts(knowledge: Knowledge, text: str, *, declared: bool) -> Iterator[str]:
    """The parts of a long text that are an error which is explained here."""
    for part in _windows(text):
        if recognise(knowledge, part, declared=declared).known:
            yield part


def _windows(text: str) -> Iterator[str]:
    """What a text says from its beginning on, and at its end: a log ends with what failed."""
    ends = min(len(text), _WINDOW_STEP * _MOST_WINDOWS)
    for start in range(0, max(ends, 1), _WINDOW_STEP):
        yield text[start : start + LONGEST_TEXT]
    if ends < len(text):
        yield text[-LONGEST_TEXT:]


def _sounds_like_one(letter: Letter) -> bool:
    failed = _FAILED.search(letter.subject) or _SAYS_ERROR.search(_words(letter))
    return _is_about(letter) and failed is not None


def _is_about(letter: Letter) -> bool:
    """Whether it names QuickBooks."""
    return _ABOUT.search(_words(letter)) is not None


def _words(letter: Letter) -> str:
    return "\n".join((letter.subject, *letter.texts))[: 2 * LONGEST_TEXT]


def _whole(letter: Letter, text: str) -> str:
    return text if letter.subject in text else f"{letter.subject}\n{text}"


def _report(letter: Letter, text: str, place: str = "") -> Report:
    """Each error of a mail has a key of its own, by its place; a mail of one error has its own."""
    return Report(
        text=text.strip()[:LONGEST_TEXT], key=f"{letter.key}{place}", said_at=letter.said_at
    )
