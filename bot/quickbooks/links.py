"""Links that open a record in QuickBooks."""

from collections.abc import Mapping
from urllib.parse import quote

from bot.config import Settings
from bot.models import Company

# Pages of QuickBooks Online; through its sign-in page the right company opens first.
_PAGES: Mapping[str, str] = {
    "Account": "register?accountId={id}",
    "Bill": "bill?txnId={id}",
    "BillPayment": "billpayment?txnId={id}",
    "CreditMemo": "creditmemo?txnId={id}",
    "Customer": "customerdetail?nameId={id}",
    "Deposit": "deposit?txnId={id}",
    "Employee": "employees",
    "Estimate": "estimate?txnId={id}",
    "Invoice": "invoice?txnId={id}",
    "Item": "items",
    "JournalEntry": "journal?txnId={id}",
    "Payment": "recvpayment?txnId={id}",
    "Purchase": "expense?txnId={id}",
    "RefundReceipt": "refundreceipt?txnId={id}",
    "SalesReceipt": "salesreceipt?txnId={id}",
    "Vendor": "vendordetail?nameId={id}",
    "VendorCredit": "vendorcredit?txnId={id}",
}


def deep_link(settings: Settings, company: Company, entity: str, qbo_id: str) -> str:
    """The address of a record's page; of the company's start page for an entity without one."""
    page = _PAGES.get(entity, "homepage").format(id=qbo_id)
    address = f"{settings.QUICKBOOKS_APP_URL.rstrip('/')}/app/login?pagereq={quote(page, safe='')}"
    return f"{address}&deeplinkcompanyid={quote(company.realm_id or '', safe='')}"
