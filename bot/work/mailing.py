"""Reads a mailbox for errors of other tools: each mail once, and marked only when it is kept."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot import forwarded, jobs, mailbox
from bot.forwarded import addressing, letters, mail
from bot.forwarded.settling import QUIET
from bot.mailbox import Box, MailboxFault, Mark, New, Reading
from bot.models import MailState
from bot.render import clean
from bot.services import Services

log = structlog.get_logger(__name__)

# A run reads so many and asks for the next, so that a full mailbox keeps no thread for long.
AT_ONCE = 50
# Of a mailbox never read before: what is older would count as settled by its age.
FIRST_DAYS = QUIET + timedelta(days=1)
# What becomes of a mail, as its mailbox's row counts it; one that is known already counts nowhere.
TAKEN, LEFT_ALONE, UNASSIGNED, TOO_LARGE = "taken", "left_alone", "unassigned", "too_large"
KNOWN = ""
_OF_NOBODY = "mail with errors of no known company"
# Of mails of nobody so many senders are kept.
MOST_NAMED, _LONGEST_SENDER = 5, 100


def read_mail(services: Services, kind: str) -> None:
    """Take in the errors of a mailbox's new mails.

    A mail's errors are rows before it is marked as read and before the mailbox's mark moves on:
    after a crash it is read again, and its Message-ID tells that it is known. What keeps the
    mailbox from being read is kept on its row and logged once; the check `mailboxes` tells it.
    """
    box = mailbox.box(services.settings, kind)
    if box is None:
        return
    try:
        more = _read(services, box)
    except MailboxFault as fault:
        _change(services, box, partial(_fails, fault=fault, now=services.clock.now()))
        return
    if more:
        jobs.read_mail(services.queue, kind)


def _read(services: Services, box: Box) -> bool:
    """Read what is new, or the next of it; says whether there is more."""
    with services.sessions.read() as session:
        row = session.get(MailState, box.name) or MailState(name=box.name)
    now = services.clock.now()
    more = False
    nobodys: list[str] = []
    with box.open() as reading:
        new = reading.new(Mark(row.validity, row.uid), (now - FIRST_DAYS).date())
        for place, one in enumerate(new):
            # Without a mark nothing would tell where to go on.
            more = one.mark != Mark() and place == AT_ONCE
            if more:
                break
            what, sender = _take(services, box, one)
            _finish(reading, one, what)
            nobodys += [sender] if what == UNASSIGNED else []
            _change(services, box, partial(_counted, mark=one.mark, what=what, sender=sender))
        end = Mark() if more else reading.end
    _change(services, box, partial(_well, end=end, now=now))
    if not box.numbered:
        _change(services, box, partial(_waits, senders=nobodys))
    return more


def _take(services: Services, box: Box, one: New) -> tuple[str, str]:
    """Take in the errors of one mail; says what became of it, and the address it came from."""
    if one.raw is None:
        most = mailbox.MOST_BYTES // 1024 // 1024
        log.warning("mail left alone: too large", mailbox=box.name, mail=one.place, most_mb=most)
        return TOO_LARGE, ""
    try:
        letter = mail.read(one.raw)
    except mail.Unreadable as fault:
        return _left_alone(box, one, fault.message), ""
    sender = letter.senders[-1][1] if letter.senders else ""
    with services.sessions.read() as session:
        whose = addressing.addressee(session, letter)
    expected = whose is not None and whose.source_id is not None
    known, own = whose is not None and whose.known, services.settings.MAIL_IMAP_USER
    found = letters.errors_of(services.knowledge, letter, expected=expected, known=known, own=own)
    if not found.reports:
        return _left_alone(box, one, found.left_alone), sender
    if whose is None:
        if box.numbered:
            log.info(_OF_NOBODY, mailbox=box.name, mail=one.place)
        return UNASSIGNED, sender
    if found.left:
        log.info("rows of a mail left", mailbox=box.name, mail=one.place, rows=len(found.left))
    taken = forwarded.take_many(
        services, whose.company_id, whose.tool, found.reports, whose.source_id
    )
    return (TAKEN if any(one.new for one in taken) else KNOWN), sender


def _left_alone(box: Box, one: New, reason: str) -> str:
    log.info("mail left alone", mailbox=box.name, mail=one.place, reason=reason)
    return LEFT_ALONE


def _finish(reading: Reading, one: New, what: str) -> None:
    """A mail of nobody waits where it is for a source that declares its address."""
    if what in (TAKEN, KNOWN):
        reading.taken(one)
    elif what != UNASSIGNED:
        reading.passed(one)


def _change(services: Services, box: Box, change: Callable[[MailState], None]) -> None:
    with services.sessions.write() as session:
        row = session.get(MailState, box.name) or MailState(name=box.name)
        change(row)
        session.add(row)


def _counted(row: MailState, mark: Mark, what: str, sender: str) -> None:
    _move(row, mark)
    if what == UNASSIGNED:
        row.unassigned_from = _named([*row.unassigned_from, sender])
    if what != KNOWN:
        setattr(row, what, getattr(row, what) + 1)


def _waits(row: MailState, senders: Sequence[str]) -> None:
    """Where mails have no numbers, those of nobody are looked at every time: no sum of it.

    They are logged when there are others than before.
    """
    known = (row.unassigned, row.unassigned_from)
    row.unassigned, row.unassigned_from = len(senders), _named(senders)
    if senders and known != (row.unassigned, row.unassigned_from):
        log.info(_OF_NOBODY, mailbox=row.name, mails=len(senders), senders=row.unassigned_from)


def _named(senders: Sequence[str]) -> list[str]:
    """A few of the addresses that mails of nobody came from, each once."""
    return list(dict.fromkeys(clean(one)[:_LONGEST_SENDER] for one in senders if one))[:MOST_NAMED]


def _well(row: MailState, end: Mark, now: datetime) -> None:
    if row.trouble:
        log.info("mailbox is read again", mailbox=row.name)
    _move(row, end)
    row.read_at, row.trouble, row.trouble_why, row.trouble_since = now, "", "", None


def _move(row: MailState, mark: Mark) -> None:
    """Only forward: a run that a slower one overtook never goes back."""
    if mark.validity and mark.validity != row.validity:
        row.validity, row.uid = mark.validity, 0
    row.uid = max(row.uid, mark.uid)


def _fails(row: MailState, fault: MailboxFault, now: datetime) -> None:
    if row.trouble != fault.message:
        log.warning("mailbox cannot be read", mailbox=row.name, reason=fault.message)
    row.trouble, row.trouble_why = fault.message, fault.why
    row.trouble_since = row.trouble_since or now
