"""Every entity the simulator knows, one declaration each; a new one is a module and a line."""

from collections.abc import Mapping

from sandbox.quickbooks.entities.account import ACCOUNT
from sandbox.quickbooks.entities.credit_memo import CREDIT_MEMO
from sandbox.quickbooks.entities.customer import CUSTOMER
from sandbox.quickbooks.entities.employee import EMPLOYEE
from sandbox.quickbooks.entities.invoice import INVOICE
from sandbox.quickbooks.entities.item import ITEM
from sandbox.quickbooks.entities.payment import PAYMENT
from sandbox.quickbooks.entities.settings import COMPANY_INFO, PREFERENCES
from sandbox.quickbooks.entities.small_lists import (
    CLASS,
    DEPARTMENT,
    PAYMENT_METHOD,
    TAX_CODE,
    TAX_RATE,
    TERM,
)
from sandbox.quickbooks.entities.vendor import VENDOR
from sandbox.quickbooks.model import Entity

ALL_ENTITIES: tuple[Entity, ...] = (
    ACCOUNT,
    CLASS,
    COMPANY_INFO,
    CREDIT_MEMO,
    CUSTOMER,
    DEPARTMENT,
    EMPLOYEE,
    INVOICE,
    ITEM,
    PAYMENT,
    PAYMENT_METHOD,
    PREFERENCES,
    TAX_CODE,
    TAX_RATE,
    TERM,
    VENDOR,
)


def by_name() -> Mapping[str, Entity]:
    """Wire name -> entity. Raises ValueError on a name declared twice."""
    table = {entity.name: entity for entity in ALL_ENTITIES}
    if len(table) != len(ALL_ENTITIES):
        msg = "an entity is declared twice"
        raise ValueError(msg)
    return table
