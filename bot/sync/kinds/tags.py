"""What classes and locations share: a name, and the one of the same list above it."""

from typing import Self

from pydantic import model_validator

from bot.sync.fields import MaybeKey, Name
from bot.sync.kinds.base import Sourced, not_itself
from bot.sync.kinds.model import Text
from bot.sync.limits import LONGEST_NAME, NAME_MARKS

TEXTS = (Text("name", "name", LONGEST_NAME, NAME_MARKS, "Name"),)


class Tag(Sourced):
    """One of a list that documents name; `parent` is an external id or QuickBooks' own name."""

    name: Name
    parent: MaybeKey = None

    @model_validator(mode="after")
    def _stands(self) -> Self:
        not_itself(self.external_id, self.parent)
        return self
