"""What an e-mail says: subject, senders, receivers and texts; of a broken one, as far as it goes.

Nothing in a mail is trusted: it is text to classify, and never shown as markup.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from functools import partial

from bot.clock import in_utc
from bot.errors import BadInput
from bot.forwarded import circulars, mail_parts, quoting
from bot.forwarded.decoding import LONGEST_HEADER, unfolded
from bot.mailbox import MOST_BYTES

_LONGEST_HEADERS = 400_000
_LONGEST_ID = 500
_MOST_ADDRESSES = 50
# Headers that say whose mailbox a mail was for; a list or an alias puts only the later ones in.
_RECEIVERS = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-forwarded-to")


class Unreadable(BadInput):
    """The mail is too broken or too large to be read."""


@dataclass(frozen=True)
class Letter:
    """One e-mail. `senders`: who wrote it, then who wrote what it forwards, as (name, address).

    `key` is the same for a second delivery. `texts` are what its body says, the likelier form
    first; `attached` what its attached text files say, `unread` the names of those that are not
    read. `automatic`: nobody's error (an absence note, a bounce, a notice of Slack that repeats our
    own words); `bulk`: sent to many, as newsletters are and some vendors' errors too.
    """

    key: str
    subject: str
    senders: tuple[tuple[str, str], ...]
    receivers: tuple[str, ...]
    said_at: datetime | None
    texts: tuple[str, ...]
    attached: tuple[str, ...]
    automatic: bool
    unread: tuple[str, ...] = ()
    bulk: bool = False


def read(raw: bytes) -> Letter:
    """Read a mail. Raises Unreadable with one clear line."""
    _refuse_early(raw)
    try:
        return _letter(raw, mail_parts.parsed(raw))
    except (ValueError, LookupError, RecursionError, TypeError, AttributeError) as error:
        # What the standard library raises for mails that no mail program writes.
        msg = f"The mail cannot be read ({type(error).__name__})."
        raise Unreadable(msg) from None


def _refuse_early(raw: bytes) -> None:
    if len(raw) > MOST_BYTES:
        msg = f"The mail is larger than {MOST_BYTES // 1024 // 1024} MB."
        raise Unreadable(msg)
    if mail_parts.too_many(raw):
        msg = "The mail has too many parts."
        raise Unreadable(msg)
    if b":" not in raw[:_LONGEST_HEADERS]:
        msg = "This is no mail: it has no headers."
        raise Unreadable(msg)


def _letter(raw: bytes, message: Message) -> Letter:
    parts = mail_parts.every(message)
    words = mail_parts.words(parts, lambda inner: _header(inner, "subject"))
    bodies = [text for text in ("\n\n".join(words.plain), "\n\n".join(words.pages)) if text.strip()]
    found = [quoting.forwarded(text) for text in bodies]
    mails = [message, *(part for part, is_mail in parts if is_mail)]
    senders = [who for one in mails for who in _addresses(one, "from")]
    quoted = [who for one in found for who in getaddresses(list(one.senders))]
    receivers = [address for name in _RECEIVERS for _, address in _addresses(message, name)]
    header, own = partial(_header, message), [who for _, who in _addresses(message, "from")]
    return Letter(
        key=_key(raw, message),
        subject=_header(message, "subject"),
        senders=_unique([*senders, *quoted]),
        receivers=tuple(dict.fromkeys(address.lower() for address in receivers if address)),
        said_at=_moment(_header(message, "date")),
        texts=tuple(one.text for one in found),
        attached=tuple(words.attached),
        automatic=circulars.is_automatic(header, message.get_content_type(), own),
        unread=tuple(words.unread),
        bulk=circulars.is_bulk(header),
    )


def _header(message: Message, name: str) -> str:
    values = _raw_values(message, name)
    return unfolded(values[0]) if values else ""


def _raw_values(message: Message, name: str) -> list[str]:
    """A header as it stands in the mail; bytes that are no ASCII are half surrogates in it."""
    return [str(value) for key, value in message.raw_items() if key.lower() == name]


def _addresses(message: Message, name: str) -> list[tuple[str, str]]:
    values = [value[:LONGEST_HEADER] for value in _raw_values(message, name)]
    found = getaddresses(values[:_MOST_ADDRESSES])[:_MOST_ADDRESSES]
    return [(unfolded(who), address.strip().lower()) for who, address in found if address]


def _unique(senders: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Each address once; the first is the mail's own sender."""
    known: dict[str, tuple[str, str]] = {}
    for who, address in senders:
        known.setdefault(address.lower(), (who, address.lower()))
    return tuple(known.values())


def _key(raw: bytes, message: Message) -> str:
    given = re.sub(r"\s+", "", str(message.get("message-id") or ""))
    if 2 < len(given) <= _LONGEST_ID:
        return f"mail {given.strip('<>')}"
    return f"mail sha256:{hashlib.sha256(raw).hexdigest()}"


def _moment(said: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(said)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return in_utc(moment)
