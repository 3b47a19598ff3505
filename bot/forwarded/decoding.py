"""The words of mails, headers and bodies, whatever charset they claim; never fails."""

import codecs
import json
import re
from email.errors import HeaderParseError
from email.header import decode_header

LONGEST_HEADER = 4_000
# Charsets that only look like ones, and are slow on a long text.
_NO_CHARSETS = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape"})
_WESTERN = frozenset({"ascii", "iso8859-1"})
_CODED = re.compile(r"=\?[^?\s]{1,60}\?[bqBQ]\?[^?\n]*\?=")


def decoded(data: bytes, charset: str) -> str:
    """The words of bytes in a charset that may be missing, unknown or wrong; never fails."""
    name = _codec(charset)
    if name and name not in _WESTERN:
        try:
            return data.decode(name)
        except (UnicodeError, LookupError):
            pass
    if name != "iso8859-1":
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            if name == "utf-8":
                return data.decode("utf-8", "replace")
    # Programs that say latin-1, or nothing, mean the Windows form of it.
    return data.decode("cp1252", "replace")


def body_text(raw: bytes, charset: str) -> str:
    """The words of a body that a program sent: UTF-16 and UTF-32 are told by how they begin."""
    form = json.detect_encoding(raw)
    if form.startswith("utf-8"):
        return decoded(raw, charset).removeprefix("\ufeff")
    return raw.decode(form, "replace")


def _codec(charset: str) -> str:
    try:
        name = codecs.lookup(charset.strip().lower()).name if charset else ""
    except (LookupError, ValueError):
        return ""
    return "" if name in _NO_CHARSETS else name


def unfolded(value: str) -> str:
    """A header as a person reads it: encoded words decoded, on one line."""
    text = value[:LONGEST_HEADER]
    raw = text.encode("ascii", "surrogateescape") if _is_ascii_or_raw(text) else b""
    if any(byte > 127 for byte in raw):
        text = decoded(raw, "utf-8") if _is_utf8(raw) else decoded(raw, "iso8859-1")
    try:
        said = _without_codes(text)
    except HeaderParseError:
        # One broken word does not spoil its neighbours.
        said = _CODED.sub(lambda word: _one_word(word[0]), text)
    return " ".join(said.split())


def _without_codes(text: str) -> str:
    pieces = decode_header(text) if "=?" in text else [(text, None)]
    return "".join(
        decoded(piece, charset or "") if isinstance(piece, bytes) else piece
        for piece, charset in pieces
    )


def _one_word(word: str) -> str:
    try:
        return _without_codes(word)
    except HeaderParseError:
        return " "


def _is_ascii_or_raw(text: str) -> bool:
    return all(ord(sign) < 128 or 0xDC80 <= ord(sign) <= 0xDCFF for sign in text)


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
