"""Which version of a record is the later one, where its source says so.

A source numbers the versions of a record, or gives each the moment it was made. Then what is
delivered late never replaces what is newer, and one version never stands for two contents.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.domain import JsonValue

_DIGITS = 20
_MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?\s?(Z|[+-]\d{2}:?\d{2})", re.ASCII
)
_MUST = "must be a whole number or a moment with an offset, such as 2026-11-12T10:00:00Z"


@dataclass(frozen=True)
class Seen:
    """The highest version of a record that came in, and the digest of what it said."""

    version: str = ""
    digest: str = ""


@dataclass(frozen=True)
class Verdict:
    """What becomes of a version: one of the two says why it is not looked at any further."""

    older: str = ""
    refused: str = ""


def sortable(value: JsonValue) -> str | None:
    """A version as text that sorts as versions do; None for none. Raises ValueError."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError(_MUST)
    said = str(value).strip()
    if said.isascii() and said.isdecimal():
        number = said.lstrip("0") or "0"
        if len(number) > _DIGITS:
            raise ValueError(f"has more than {_DIGITS} digits")
        return number.zfill(_DIGITS)
    if not _MOMENT.fullmatch(said):
        raise ValueError(_MUST)
    try:
        return datetime.fromisoformat(said).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    except (ValueError, OverflowError):
        raise ValueError(f"is not a moment of the calendar: {said[:40]}") from None


def judge(seen: Seen, version: str, digest: str) -> Verdict:
    """Compare a version with the highest one seen; without versions there is nothing to say."""
    if not version or not seen.version:
        return Verdict()
    if _is_moment(version) != _is_moment(seen.version):
        words = f"has the version {spoken(version)}, and came with {spoken(seen.version)} before"
        return Verdict(refused=f"{words}: which is later cannot be told; keep to one kind")
    if version < seen.version:
        words = f"came in version {spoken(version)}, older than {spoken(seen.version)}"
        return Verdict(older=f"{words}, which is here; nothing was changed")
    if version == seen.version and digest != seen.digest:
        words = f"came in version {spoken(version)} before, with other content"
        return Verdict(refused=f"{words}; give what has changed a higher version")
    return Verdict()


def later(seen: Seen, version: str, digest: str) -> Seen:
    """What is the highest version seen after this one was let through."""
    return Seen(version, digest) if version > seen.version else seen


def spoken(version: str) -> str:
    """A version as its source writes it: 7, or 2026-11-12T10:00:00Z."""
    if _is_moment(version):
        return version.replace(".000000Z", "Z")
    return version.lstrip("0") or "0"


def _is_moment(version: str) -> bool:
    return "T" in version
