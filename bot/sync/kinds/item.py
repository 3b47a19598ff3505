"""A product or service."""

from typing import Literal, Self

from pydantic import model_validator

from bot.domain import RecordType
from bot.sync.fields import MaybeKey, MaybeMoney, MaybeWords, Name
from bot.sync.kinds.base import Sourced, not_itself
from bot.sync.kinds.model import Kind, Refers, Text
from bot.sync.limits import ITEM_MARKS, LONGEST_DESCRIPTION, LONGEST_NAME


class ItemIn(Sourced):
    """A product or service of the source, or a category they stand in.

    `income_account` is the name or the QuickBooks id of the account its sales go to; a category
    has none, nor a SKU or price. `parent` is the external id of its category. `barcode` (UPC, EAN)
    only helps to find what QuickBooks has: it has no place for one.
    """

    type: Literal["item"]
    name: Name
    sku: MaybeKey = None
    barcode: MaybeKey = None
    description: MaybeWords = None
    price: MaybeMoney = None
    kind: Literal["service", "non_inventory", "category"] = "non_inventory"
    income_account: MaybeWords = None
    parent: MaybeKey = None

    @model_validator(mode="after")
    def _stands(self) -> Self:
        not_itself(self.external_id, self.parent)
        if self.kind == "category" and (self.sku or self.price is not None or self.income_account):
            raise ValueError("is a category: it has no sku, price or income_account")
        return self


KIND = Kind(
    RecordType.ITEM,
    ItemIn,
    number=("sku",),
    accounts=("income_account",),
    any_account=True,
    looked_up=True,
    refers=(
        Refers("parent", RecordType.ITEM),
        Refers("income_account", RecordType.ACCOUNT, named=True),
    ),
    texts=(
        Text("name", "name", LONGEST_NAME, ITEM_MARKS, "Name"),
        Text("sku", "SKU", LONGEST_NAME, "", "Sku"),
        Text("description", "description", LONGEST_DESCRIPTION),
    ),
)
