"""A vendor."""

from typing import Literal

from bot.domain import RecordType
from bot.sync.kinds.model import Kind
from bot.sync.kinds.parties import TERMS, TEXTS, Party


class VendorIn(Party):
    """A vendor of the source."""

    type: Literal["vendor"]


KIND = Kind(RecordType.VENDOR, VendorIn, looked_up=True, texts=TEXTS, words=TERMS)
