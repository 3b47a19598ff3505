"""What an e-mail says: subject, senders, receivers and texts; of a broken one, as far as it goes.

Nothing in a mail is trusted: it is text to classify, and never shown as markup.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from bot.errors import BadInput
from bot.forwarded import quoting
from bot.forwarded.decoding import LONGEST_HEADER, decoded, unfolded
from bot.forwarded.markup import to_text
from bot.mailbox import MOST_BYTES

_MOST_PARTS = 60
_MOST_LINES_OF_PARTS = 2_000
_LONGEST_PART = 400_000
_LONGEST_ID = 500
_MOST_ADDRESSES = 50
# Headers that say whose mailbox a mail was for; a list or an alias puts only the later ones in.
_RECEIVERS = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-forwarded-to")
_TEXTS = frozenset({"application/json", "application/xml", "application/x-ndjson"})
_NO_WORDS = frozenset({"text/calendar", "text/vcard", "text/x-vcard", "text/css", "text/rtf"})
_NOTICES = ("slack.com",)


class Unreadable(BadInput):
    """The mail is too broken or too large to be read."""


@dataclass(frozen=True)
class Letter:
    """One e-mail. `senders`: who wrote it, then who wrote what it forwards, as (name, address).

    `key` is the same for a second delivery. `texts` are what its body says, the likelier form
    first; `attached` what its attached text files say. `automatic`: nobody's error (an absence
    note, a bounce, a notice of Slack that repeats our own words).
    """

    key: str
    subject: str
    senders: tuple[tuple[str, str], ...]
    receivers: tuple[str, ...]
    said_at: datetime | None
    texts: tuple[str, ...]
    attached: tuple[str, ...]
    automatic: bool


def read(raw: bytes) -> Letter:
    """Read a mail. Raises Unreadable with one clear line."""
    _refuse_early(raw)
    try:
        message = message_from_bytes(raw, policy=policy.compat32)
        return _letter(raw, message)
    except (ValueError, LookupError, RecursionError, TypeError, AttributeError) as error:
        # What the standard library raises for mails that no mail program writes.
        msg = f"The mail cannot be read ({type(error).__name__})."
        raise Unreadable(msg) from None


def _refuse_early(raw: bytes) -> None:
    if len(raw) > MOST_BYTES:
        msg = f"The mail is larger than {MOST_BYTES // 1024 // 1024} MB."
        raise Unreadable(msg)
    boundaries = raw.lower().count(b"boundary=")
    if boundaries > _MOST_PARTS or (boundaries and raw.count(b"\n--") > _MOST_LINES_OF_PARTS):
        msg = "The mail has too many parts."
        raise Unreadable(msg)
    if b":" not in raw[:_LONGEST_PART]:
        msg = "This is no mail: it has no headers."
        raise Unreadable(msg)


def _letter(raw: bytes, message: Message) -> Letter:
    plain, pages, attached = _parts(message)
    bodies = [text for text in ("\n\n".join(plain), "\n\n".join(pages)) if text.strip()]
    found = [quoting.forwarded(text) for text in bodies]
    inner = [_addresses(one, "from") for one in message.walk() if one is not message]
    senders = [*_addresses(message, "from"), *(who for one in inner for who in one)]
    quoted = [who for one in found for who in getaddresses(list(one.senders))]
    receivers = [address for name in _RECEIVERS for _, address in _addresses(message, name)]
    return Letter(
        key=_key(raw, message),
        subject=_header(message, "subject"),
        senders=_unique([*senders, *quoted]),
        receivers=tuple(dict.fromkeys(address.lower() for address in receivers if address)),
        said_at=_moment(_header(message, "date")),
        texts=tuple(one.text for one in found),
        attached=tuple(attached),
        automatic=_is_automatic(message),
    )


def _parts(message: Message) -> tuple[list[str], list[str], list[str]]:
    plain: list[str] = []
    pages: list[str] = []
    attached: list[str] = []
    for number, part in enumerate(message.walk()):
        if number > _MOST_PARTS:
            break
        kind = part.get_content_type()
        if kind == "message/rfc822":
            inner = part.get_payload()
            if isinstance(inner, list) and inner and isinstance(inner[0], Message):
                plain.append(_header(inner[0], "subject"))
        elif part.is_multipart() or not (_is_text(kind) or _fell_apart(part)):
            continue
        elif _is_file(part):
            text = _words(part)
            attached.append(to_text(text) if kind == "text/html" else text)
        else:
            (pages if kind == "text/html" else plain).append(
                to_text(_words(part)) if kind == "text/html" else _words(part)
            )
    return plain, pages, attached


def _is_text(kind: str) -> bool:
    return kind in _TEXTS or (kind.startswith("text/") and kind not in _NO_WORDS)


def _fell_apart(part: Message) -> bool:
    """Whether it says that it has parts, and none could be told apart: all of it is text then."""
    return part.get_content_maintype() == "multipart" and not part.is_multipart()


def _is_file(part: Message) -> bool:
    said = str(part.get("content-disposition") or "").lower()
    return said.lstrip().startswith("attachment") or part.get_content_type() in _TEXTS


def _words(part: Message) -> str:
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    charset = part.get_content_charset() or ""
    return decoded(data[:_LONGEST_PART], charset).replace("\r\n", "\n").replace("\r", "\n")


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
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    try:
        return aware.astimezone(UTC)
    except (OverflowError, ValueError):
        return None


def _is_automatic(message: Message) -> bool:
    replied = _header(message, "auto-submitted").lower().startswith("auto-replied")
    absent = bool(_header(message, "x-autoreply") or _header(message, "x-autorespond"))
    bounced = message.get_content_type() == "multipart/report"
    return replied or absent or bounced or any(_own(message))


def _own(message: Message) -> Iterator[bool]:
    """Slack's notices repeat what the bot wrote there."""
    for _, address in _addresses(message, "from"):
        host = address.rpartition("@")[2]
        yield any(host == known or host.endswith(f".{known}") for known in _NOTICES)
