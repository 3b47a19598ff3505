"""Every entity the simulator knows, one declaration each; a new one is a module and a line."""

from collections.abc import Mapping

from sandbox.quickbooks.entities.account import ACCOUNT
from sandbox.quickbooks.entities.attachable import ATTACHABLE
from sandbox.quickbooks.entities.bill import BILL
from sandbox.quickbooks.entities.bill_payment import BILL_PAYMENT
from sandbox.quickbooks.entities.credit_memo import CREDIT_MEMO
from sandbox.quickbooks.entities.customer import CUSTOMER
from sandbox.quickbooks.entities.deposit import DEPOSIT
from sandbox.quickbooks.entities.employee import EMPLOYEE
from sandbox.quickbooks.entities.estimate import ESTIMATE
from sandbox.quickbooks.entities.exchange_rate import EXCHANGE_RATE
from sandbox.quickbooks.entities.inventory_adjustment import INVENTORY_ADJUSTMENT
from sandbox.quickbooks.entities.invoice import INVOICE
from sandbox.quickbooks.entities.item import ITEM
from sandbox.quickbooks.entities.journal_entry import JOURNAL_ENTRY
from sandbox.quickbooks.entities.money_lists import (
    BUDGET,
    COMPANY_CURRENCY,
    CUSTOMER_TYPE,
    TAX_AGENCY,
)
from sandbox.quickbooks.entities.payment import PAYMENT
from sandbox.quickbooks.entities.purchase import PURCHASE
from sandbox.quickbooks.entities.purchase_order import PURCHASE_ORDER
from sandbox.quickbooks.entities.recurring import RECURRING_TRANSACTION
from sandbox.quickbooks.entities.sales_receipt import REFUND_RECEIPT, SALES_RECEIPT
from sandbox.quickbooks.entities.settings import COMPANY_INFO, PREFERENCES
from sandbox.quickbooks.entities.small_lists import (
    CLASS,
    DEPARTMENT,
    PAYMENT_METHOD,
    TAX_CODE,
    TAX_RATE,
    TERM,
)
from sandbox.quickbooks.entities.time_activity import TIME_ACTIVITY
from sandbox.quickbooks.entities.transfer import CREDIT_CARD_PAYMENT, TRANSFER
from sandbox.quickbooks.entities.vendor import VENDOR
from sandbox.quickbooks.entities.vendor_credit import VENDOR_CREDIT
from sandbox.quickbooks.model import Entity

ALL_ENTITIES: tuple[Entity, ...] = (
    ACCOUNT,
    ATTACHABLE,
    BILL,
    BILL_PAYMENT,
    BUDGET,
    CLASS,
    COMPANY_CURRENCY,
    COMPANY_INFO,
    CREDIT_CARD_PAYMENT,
    CREDIT_MEMO,
    CUSTOMER,
    CUSTOMER_TYPE,
    DEPARTMENT,
    DEPOSIT,
    EMPLOYEE,
    ESTIMATE,
    EXCHANGE_RATE,
    INVENTORY_ADJUSTMENT,
    INVOICE,
    ITEM,
    JOURNAL_ENTRY,
    PAYMENT,
    PAYMENT_METHOD,
    PREFERENCES,
    PURCHASE,
    PURCHASE_ORDER,
    RECURRING_TRANSACTION,
    REFUND_RECEIPT,
    SALES_RECEIPT,
    TAX_AGENCY,
    TAX_CODE,
    TAX_RATE,
    TERM,
    TIME_ACTIVITY,
    TRANSFER,
    VENDOR,
    VENDOR_CREDIT,
)


def by_name() -> Mapping[str, Entity]:
    """Wire name -> entity. Raises ValueError on a name declared twice."""
    table = {entity.name: entity for entity in ALL_ENTITIES}
    if len(table) != len(ALL_ENTITIES):
        msg = "an entity is declared twice"
        raise ValueError(msg)
    return table
