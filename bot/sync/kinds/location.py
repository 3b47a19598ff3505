"""A location (QuickBooks calls it Department in its API)."""

from typing import Literal, Self

from pydantic import model_validator

from bot.domain import RecordType
from bot.sync.fields import MaybeKey, Name
from bot.sync.kinds.base import Sourced, not_itself
from bot.sync.kinds.model import Kind, Refers, Text
from bot.sync.limits import LONGEST_NAME, NAME_MARKS


class LocationIn(Sourced):
    """A location; `parent` is the external id of the one above it, or what QuickBooks calls it."""

    type: Literal["location"]
    name: Name
    parent: MaybeKey = None

    @model_validator(mode="after")
    def _stands(self) -> Self:
        not_itself(self.external_id, self.parent)
        return self


KIND = Kind(
    RecordType.LOCATION,
    LocationIn,
    listed="Department",
    refers=(Refers("parent", RecordType.LOCATION, named=True),),
    texts=(Text("name", "name", LONGEST_NAME, NAME_MARKS, "Name"),),
)
