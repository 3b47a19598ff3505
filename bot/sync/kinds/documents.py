"""What documents share: the lines of a sale, what lines refer to, the texts of a document."""

from decimal import Decimal
from typing import Self

from pydantic import model_validator

from bot.domain import RecordType
from bot.sync import mappings
from bot.sync.fields import Cents, MaybeKey, MaybeMoney, MaybeWords, Quantity
from bot.sync.kinds.base import HALF_CENT, ClassName, Model
from bot.sync.kinds.model import Refers, Text
from bot.sync.limits import LONGEST_DESCRIPTION, LONGEST_MEMO, LONGEST_NUMBER

NUMBER = Text("number", "document number", LONGEST_NUMBER, "", "DocNumber")
MEMO = Text("memo", "memo", LONGEST_MEMO, "", "PrivateNote")
LINES = Text("lines.*.description", "description", LONGEST_DESCRIPTION, "", "Description")

ITEMS = (Refers("lines.item", RecordType.ITEM),)
ACCOUNTS = (Refers("lines.account", RecordType.ACCOUNT, named=True),)
# How it was paid, and the account the money goes to.
METHOD = ((mappings.METHOD, "method"),)
RECEIVED = (*METHOD, (mappings.DEPOSIT_TO, "deposit_to"), (mappings.DEPOSIT_TO, "method"))
TAGS = (
    Refers("location", RecordType.LOCATION, named=True),
    Refers("lines.class", RecordType.CLASS, named=True),
)


class SaleLine(Model):
    """One line of a sale; `item` is an external id of the same source.

    `barcode` (UPC, EAN) only helps to find the item of a SKU that nothing explains.
    """

    item: MaybeKey = None
    sku: MaybeKey = None
    barcode: MaybeKey = None
    description: MaybeWords = None
    quantity: Quantity = Decimal(1)
    unit_price: MaybeMoney = None
    amount: Cents
    class_name: ClassName = None
    tax_code: MaybeKey = None

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.item is None and self.sku is None:
            raise ValueError("names neither an item nor a SKU")
        if self.unit_price is not None:
            product = self.quantity * self.unit_price
            # Half a cent either way: sources round .5 up or to even, both are right.
            if abs(product - self.amount) > HALF_CENT:
                raise ValueError(
                    f"{self.quantity} x {self.unit_price} is {product.normalize():f}, "
                    f"but its amount says {self.amount}"
                )
        return self
