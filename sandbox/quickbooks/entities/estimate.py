"""Estimate: an offer; it books nothing."""

from sandbox.quickbooks.entities import sales
from sandbox.quickbooks.entities.fields import TRANSACTION_OPERATIONS, choice, day, text
from sandbox.quickbooks.model import Entity, NumberRule, Work

LEFT_OUT = ("Balance", "HomeBalance", "Deposit", "DepositToAccountRef")


def complete(work: Work) -> None:
    """Totals, and pending until somebody accepts."""
    body = work.body
    sales.defaults(body)
    sales.complete(work)
    for name in ("AllowIPNPayment", "AllowOnlinePayment"):
        body.pop(name, None)
    body.setdefault("TxnStatus", "Pending")
    body.setdefault("LinkedTxn", [])


ESTIMATE = Entity(
    name="Estimate",
    fields=(
        *(field for field in sales.FIELDS if field.name not in LEFT_OUT),
        choice(
            "TxnStatus", "Pending", "Accepted", "Closed", "Rejected", "Converted", queryable=True
        ),
        day("ExpirationDate"),
        day("AcceptedDate"),
        text("AcceptedBy", 31),
    ),
    transaction=True,
    plural="estimates",
    operations=TRANSACTION_OPERATIONS,
    number_rule=NumberRule("estimates", "Estimate", automatic=True),
    known=(*(name for name in sales.KNOWN if name != "TxnStatus"), *LEFT_OUT, "ProjectRef"),
    complete=complete,
)
