"""The mark a record of QuickBooks bears where a source's record was posted as it."""

from bot.domain import Payload

_BEGIN, _END = "[sync:", "]"
# Documents bear it in the memo, customers and vendors in their notes.
_FIELDS = ("PrivateNote", "Notes")


def stamp_in(payload: Payload) -> str:
    """The last mark of a record in the form of `stamp_key`, "" where it has none."""
    for field in _FIELDS:
        note = str(payload.get(field) or "")
        start = note.rfind(_BEGIN)
        if start >= 0:
            return stamp_key(note[start:])
    return ""


def stamp_key(mark: str) -> str:
    """A mark up to its first bracket: people write behind it, so where it ends is not sure.

    Two marks may have one key: whoever finds a row by it looks for the whole mark in the note.
    """
    end = mark.find(_END)
    return mark if end < 0 else mark[: end + 1]
