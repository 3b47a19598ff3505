"""The parts of a mail that hold words: texts, pages, attached files, and mails inside it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import Message
from itertools import islice
from pathlib import PurePath

from bot.forwarded.decoding import decoded, unfolded
from bot.forwarded.markup import to_text
from bot.mailbox import MOST_BYTES

_MOST = 60
_MOST_LINES = 2_000
_LONGEST = 400_000
_LONGEST_NAME = 60
# Mails attached to mails that are attached to mails: so deep is looked.
_DEEPEST = 5
_MAIL, _PAGE = "message/rfc822", "text/html"
_TEXTS = frozenset({"application/json", "application/xml", "application/x-ndjson"})
_NO_WORDS = frozenset({
    "text/calendar", "text/vcard", "text/x-vcard", "text/css", "text/rtf", "text/x-amp-html",
    "text/watch-html",
})  # fmt: skip
# What a file is whose sender only says that it is one.
_UNSAID = "application/octet-stream"
_BY_NAME = {
    ".eml": _MAIL, ".html": _PAGE, ".htm": _PAGE,
    **dict.fromkeys((".txt", ".log", ".csv", ".json", ".xml"), "text/plain"),
}  # fmt: skip

Part = tuple[Message, bool]


@dataclass
class Words:
    """What the parts say: texts and pages to be read, and attached files.

    `unread`: the names of attached files whose words nobody here reads, as a .zip or a .pdf.
    """

    plain: list[str] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    attached: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def parsed(raw: bytes) -> Message:
    """The mail of bytes, however broken. May raise what the standard library does."""
    return message_from_bytes(raw, policy=policy.compat32)


def too_many(raw: bytes) -> bool:
    """Whether it says, before it is parsed, that it has more parts than anybody reads."""
    boundaries = raw.lower().count(b"boundary=")
    return boundaries > _MOST or (boundaries > 0 and raw.count(b"\n--") > _MOST_LINES)


def every(message: Message) -> Sequence[Part]:
    """The mail and each part below it, and whether that is a whole mail that was attached."""
    return [(message, False), *islice(_below(message, 0), _MOST)]


def _below(part: Message, depth: int) -> Iterator[Part]:
    inner = _mail_inside(part)
    if inner is not None and depth < _DEEPEST:
        yield inner, True
        yield from _below(inner, depth + 1)
    elif inner is None and part.is_multipart():
        for one in part.get_payload():
            if isinstance(one, Message):
                yield one, False
                yield from _below(one, depth)


def _mail_inside(part: Message) -> Message | None:
    """The mail that a part is: as it stands, in base64 against the rules, or as a file."""
    if kind_of(part) != _MAIL:
        return None
    payload = part.get_payload()
    inner = payload[0] if isinstance(payload, list) and payload else None
    coded = part
    if isinstance(inner, Message):
        coding = str(part.get("content-transfer-encoding") or "")
        if inner.keys() or coding.strip().lower() != "base64":
            return inner
        inner["Content-Transfer-Encoding"] = coding
        coded = inner
    data = coded.get_payload(decode=True)
    if not isinstance(data, bytes) or len(data) > MOST_BYTES or too_many(data):
        return None
    return parsed(data)


def words(parts: Sequence[Part], subject: Callable[[Message], str]) -> Words:
    """Read what they say; `subject` gives that of a mail inside."""
    found = Words()
    for part, is_mail in parts:
        if is_mail:
            found.plain.append(subject(part))
        kind = kind_of(part)
        if kind == _MAIL or part.is_multipart():
            continue
        if not (_is_text(kind) or _fell_apart(part)):
            if not kind.startswith("image/") and (name := _name_of(part)):
                found.unread.append(name)
            continue
        text = to_text(_text(part)) if kind == _PAGE else _text(part)
        if _is_file(part):
            found.attached.append(text)
        else:
            (found.pages if kind == _PAGE else found.plain).append(text)
    return found


def _name_of(part: Message) -> str:
    """The name of an attached file, on one line; "" for what is no attached file."""
    name = unfolded(str(part.get_filename() or "")) if _is_file(part) else ""
    return " ".join(name.split())[:_LONGEST_NAME]


def kind_of(part: Message) -> str:
    """What a part is; by its file's name where the sender does not say it."""
    kind = part.get_content_type()
    if kind != _UNSAID:
        return kind
    return _BY_NAME.get(PurePath(part.get_filename() or "").suffix.lower(), kind)


def _is_text(kind: str) -> bool:
    return kind in _TEXTS or (kind.startswith("text/") and kind not in _NO_WORDS)


def _fell_apart(part: Message) -> bool:
    """Whether it says that it has parts, and none could be told apart: all of it is text then."""
    return part.get_content_maintype() == "multipart" and not part.is_multipart()


def _is_file(part: Message) -> bool:
    said = str(part.get("content-disposition") or "").lower()
    named = part.get_content_type() in _TEXTS | {_UNSAID}
    return said.lstrip().startswith("attachment") or named


def _text(part: Message) -> str:
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    charset = part.get_content_charset() or ""
    return decoded(data[:_LONGEST], charset).replace("\r\n", "\n").replace("\r", "\n")
