"""A location (QuickBooks calls it Department in its API)."""

from typing import Literal

from bot.domain import RecordType
from bot.sync.kinds.model import Kind, Refers
from bot.sync.kinds.tags import TEXTS, Tag


class LocationIn(Tag):
    """A location; `parent` is the external id of the one above it, or what QuickBooks calls it."""

    type: Literal["location"]


KIND = Kind(
    RecordType.LOCATION,
    LocationIn,
    listed="Department",
    refers=(Refers("parent", RecordType.LOCATION, named=True),),
    texts=TEXTS,
)
