"""Which records go and which stay, where one that refers to another cannot go without it."""

from collections.abc import Callable, Sequence

from bot.domain import RecordType
from bot.models import Record
from bot.sync.reading import references

# A chain of references is at most customer or item, invoice, payment.
_LONGEST_CHAIN = 4


def parted(
    records: Sequence[Record], stays: Callable[[Record], bool]
) -> tuple[tuple[Record, ...], tuple[Record, ...]]:
    """Tell apart what goes, and what stays by itself or because it refers to one that does."""
    held = {_named(record) for record in records if stays(record)}
    if not held:
        return tuple(records), ()
    for _ in range(_LONGEST_CHAIN):
        held |= {_named(row) for row in records if any(one in held for one in _wants(row))}
    return (
        tuple(record for record in records if _named(record) not in held),
        tuple(record for record in records if _named(record) in held),
    )


def _named(record: Record) -> tuple[int, RecordType, str]:
    return record.source_id, record.type, record.external_id


def _wants(record: Record) -> list[tuple[int, RecordType, str]]:
    return [(record.source_id, kind, name) for kind, name in references(record.payload)]
