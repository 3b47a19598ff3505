"""The words of a mail without what names people only: heads of forwarded mails, greetings, ends.

A bookkeeper is an employee in QuickBooks too: a name in "From:" must not pass for the record that
an error is about. What was forwarded or quoted stays.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_QUOTE = re.compile(r"^(?:[ \t]*>)+[ \t]?")
_PEOPLE = r"From|To|Cc|Reply-To|Von|An|De|À|A|Para|Van|Aan|Da"
_OTHERS = r"Sent|Date|Subject|Importance|Gesendet|Datum|Betreff|Envoyé|Objet|Enviado|Asunto|Fecha"
_HEAD = re.compile(rf"^\*?(?:{_PEOPLE}|{_OTHERS})\s?:\*?(?:\s|$)", re.IGNORECASE)
_FROM = re.compile(r"^\*?(?:From|Von|De|Van|Da)\s?:\*?\s*(?P<who>.{3,300})$", re.IGNORECASE)
_SUBJECT = re.compile(r"^\*?(?:Subject|Betreff|Objet|Asunto)\s?:\*?", re.IGNORECASE)
_WROTE = re.compile(r"^(?:On|Am|Le|El)\b.{5,200}\b(?:wrote|schrieb|a écrit|escribió)\b.{0,80}:$")
_GREETING = re.compile(
    r"^(?:hi|hello|hey|dear|good (?:morning|afternoon|evening))\b[^:]{0,60}[,!.]?$", re.IGNORECASE
)
_ENDING = re.compile(
    r"^(?:(?:best|kind|warm) (?:regards|wishes)|regards|sincerely|many thanks|thank you|thanks"
    r"|cheers|best)[,.!]?$",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(r"^--$")
_BEGINS_AGAIN = re.compile(
    r"^-{3,}.{0,60}(?:forwarded|original|weitergeleitete|ursprüngliche|transféré|reenviado)"
    r"|^begin forwarded message",
    re.IGNORECASE,
)
_LONGEST_SIGNATURE = 3
_LONGEST_HEAD = 12
_MOST_LINES = 10_000


@dataclass(frozen=True)
class Forwarded:
    """A body's words, and the "From:" lines of the mails it forwards."""

    text: str
    senders: tuple[str, ...]


def forwarded(body: str) -> Forwarded:
    """Read a body."""
    lines = [_QUOTE.sub("", line).strip() for line in body.split("\n")[:_MOST_LINES]]
    senders: list[str] = []
    kept = "\n".join(_kept(lines, senders))
    return Forwarded(re.sub(r"\n{3,}", "\n\n", kept).strip(), tuple(senders))


def _kept(lines: Sequence[str], senders: list[str]) -> Iterator[str]:
    place = 0
    while place < len(lines):
        line = lines[place]
        run = _head_run(lines, place)
        if run >= 2:
            yield from _subject_of(lines[place : place + run], senders)
            place += run
        elif _SIGNATURE.match(line):
            place = _next_mail(lines, place + 1)
        elif _ENDING.match(line):
            place += 1 + _name_after(lines, place + 1)
        else:
            if not (_BEGINS_AGAIN.match(line) or _WROTE.match(line) or _GREETING.match(line)):
                yield line
            place += 1


def _head_run(lines: Sequence[str], place: int) -> int:
    """How many lines from here are the head of a forwarded mail."""
    run = 0
    while run < _LONGEST_HEAD and place + run < len(lines) and _HEAD.match(lines[place + run]):
        run += 1
    named = any(_FROM.match(line) for line in lines[place : place + run])
    return run if named else 0


def _subject_of(head: Sequence[str], senders: list[str]) -> Iterator[str]:
    for line in head:
        sender = _FROM.match(line)
        if sender:
            senders.append(sender["who"].replace("[mailto:", "<").replace("]", ">"))
        elif _SUBJECT.match(line):
            yield _SUBJECT.sub("", line).strip()


def _next_mail(lines: Sequence[str], place: int) -> int:
    """Behind a signature only a forwarded mail begins again."""
    while place < len(lines) and not _BEGINS_AGAIN.match(lines[place]):
        if _head_run(lines, place) >= 2:
            return place
        place += 1
    return place


def _name_after(lines: Sequence[str], place: int) -> int:
    """How many lines of a name and a firm stand under a "Best regards"."""
    count = 0
    while (
        count < _LONGEST_SIGNATURE
        and place + count < len(lines)
        and lines[place + count]
        and len(lines[place + count]) < 50
        and ":" not in lines[place + count]
    ):
        count += 1
    return count
