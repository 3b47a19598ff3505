"""A class, by which sales and costs are told apart."""

from typing import Literal

from bot.domain import RecordType
from bot.sync.kinds.model import Kind, Refers
from bot.sync.kinds.tags import TEXTS, Tag


class ClassIn(Tag):
    """A class; `parent` is the external id of the one above it, or what QuickBooks calls it."""

    type: Literal["class"]


KIND = Kind(
    RecordType.CLASS,
    ClassIn,
    listed="Class",
    refers=(Refers("parent", RecordType.CLASS, named=True),),
    texts=TEXTS,
)
