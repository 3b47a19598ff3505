"""An account of the chart of accounts."""

from typing import Literal, Self

from pydantic import model_validator

from bot.domain import RecordType
from bot.sync.fields import Currency, MaybeKey, MaybeWords, Name
from bot.sync.kinds.base import Sourced, not_itself
from bot.sync.kinds.model import Kind, Refers, Text
from bot.sync.limits import ITEM_MARKS, LONGEST_ACCOUNT_NUMBER, LONGEST_NAME


class AccountIn(Sourced):
    """An account; `parent` is the external id of the account above it, or what QuickBooks calls it.

    Receivables and payables are QuickBooks' own: they are found by their kind, never made.
    """

    type: Literal["account"]
    name: Name
    account_type: Literal[
        "Bank",
        "Other Current Asset",
        "Fixed Asset",
        "Other Asset",
        "Credit Card",
        "Other Current Liability",
        "Long Term Liability",
        "Equity",
        "Income",
        "Other Income",
        "Cost of Goods Sold",
        "Expense",
        "Other Expense",
    ]
    detail_type: MaybeKey = None
    number: MaybeKey = None
    description: MaybeWords = None
    parent: MaybeKey = None
    currency: Currency = None

    @model_validator(mode="after")
    def _stands(self) -> Self:
        not_itself(self.external_id, self.parent)
        return self


KIND = Kind(
    RecordType.ACCOUNT,
    AccountIn,
    number=("number",),
    listed="Account",
    refers=(Refers("parent", RecordType.ACCOUNT, named=True),),
    texts=(
        Text("name", "name", LONGEST_NAME, ITEM_MARKS, "Name"),
        Text("number", "account number", LONGEST_ACCOUNT_NUMBER, "", "AcctNum"),
        Text("description", "description", LONGEST_NAME, "", "Description"),
    ),
)
