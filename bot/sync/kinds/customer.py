"""A customer."""

from typing import Literal, Self

from pydantic import model_validator

from bot.domain import RecordType
from bot.sync.fields import MaybeKey
from bot.sync.kinds.base import not_itself
from bot.sync.kinds.model import Kind, Refers
from bot.sync.kinds.parties import TERMS, TEXTS, Party


class CustomerIn(Party):
    """A customer of the source; `parent` is the external id of the customer it is a part of."""

    type: Literal["customer"]
    parent: MaybeKey = None

    @model_validator(mode="after")
    def _stands(self) -> Self:
        not_itself(self.external_id, self.parent)
        return self


KIND = Kind(
    RecordType.CUSTOMER,
    CustomerIn,
    looked_up=True,
    refers=(Refers("parent", RecordType.CUSTOMER),),
    texts=TEXTS,
    words=TERMS,
)
