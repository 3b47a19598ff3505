"""A class, by which sales and costs are told apart."""

from typing import Literal, Self

from pydantic import model_validator

from bot.domain import RecordType
from bot.sync.fields import MaybeKey, Name
from bot.sync.kinds.base import Sourced, not_itself
from bot.sync.kinds.model import Kind, Refers, Text
from bot.sync.limits import LONGEST_NAME, NAME_MARKS


class ClassIn(Sourced):
    """A class; `parent` is the external id of the one above it, or what QuickBooks calls it."""

    type: Literal["class"]
    name: Name
    parent: MaybeKey = None

    @model_validator(mode="after")
    def _stands(self) -> Self:
        not_itself(self.external_id, self.parent)
        return self


KIND = Kind(
    RecordType.CLASS,
    ClassIn,
    listed="Class",
    refers=(Refers("parent", RecordType.CLASS, named=True),),
    texts=(Text("name", "name", LONGEST_NAME, NAME_MARKS, "Name"),),
)
