"""Records as QuickBooks wants them: hand-written JSON, nothing sent that was not asked for.

Field rules: developer.intuit.com, API reference of the single entities.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sqlmodel import Session

from bot.domain import Payload
from bot.errors import BadInput
from bot.models import Company, Record, Source
from bot.sync.kinds.account import AccountIn
from bot.sync.kinds.class_ import ClassIn
from bot.sync.kinds.credit_memo import CreditMemoIn
from bot.sync.kinds.location import LocationIn
from bot.sync.kinds.refund import RefundIn
from bot.sync.kinds.sales_receipt import SalesReceiptIn
from bot.sync.limits import LONGEST_MEMO, LONGEST_NOTES, LONGEST_REFERENCE
from bot.sync.reading import stored_record
from bot.sync.records import (
    CustomerIn,
    InvoiceIn,
    InvoiceLineIn,
    ItemIn,
    PaymentIn,
    VendorIn,
)

_ITEM_TYPES = {"service": "Service", "non_inventory": "NonInventory", "category": "Category"}


@dataclass(frozen=True)
class Tags:
    """Ids of what stands beside a document's amounts, "" or absent for none; by line position."""

    location: str = ""
    header_class: str = ""
    classes: Mapping[int, str] = field(default_factory=dict)
    tax_codes: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Paid:
    """How something was paid and where the money lies: ids in QuickBooks, "" for none."""

    method: str = ""
    account: str = ""


@dataclass(frozen=True)
class Setting:
    """What of the company and the source decides how a record is written.

    `custom_numbers`: QuickBooks takes our document numbers (a company setting, never toggled).
    """

    source: str
    currency: str
    custom_numbers: bool


def number(amount: Decimal) -> int | float | str:
    """Return an amount for JSON, exactly: a number where JSON can hold it, else its digits."""
    if amount == amount.to_integral_value():
        return int(amount)
    approximate = float(amount)
    return approximate if Decimal(repr(approximate)) == amount else format(amount, "f")


def stamp(source: str, external_id: str) -> str:
    """Return the mark every document we post carries, so that it can be found again."""
    return f"[sync:{source}:{external_id}]"


def party(
    record: CustomerIn | VendorIn, setting: Setting, parent_id: str = "", term_id: str = ""
) -> Payload:
    """A Customer or Vendor; the name is the source's, only trimmed."""
    term = "SalesTermRef" if isinstance(record, CustomerIn) else "TermRef"
    mark = stamp(setting.source, record.external_id)
    notes = stamped((record.notes or "",), mark, LONGEST_NOTES, between="\n")
    payload: Payload = {
        "DisplayName": record.name,
        "CompanyName": record.company,
        "GivenName": record.given_name,
        "FamilyName": record.family_name,
        "PrimaryEmailAddr": {"Address": record.email} if record.email else None,
        "PrimaryPhone": {"FreeFormNumber": record.phone} if record.phone else None,
        "BillAddr": _address(record),
        "Notes": notes,
        "CurrencyRef": currency_ref(record.currency, setting),
        term: ref(term_id),
        **_below(parent_id, "Job"),
    }
    return filled(payload)


def list_payload(session: Session, record: Record, *, name: str, term_id: str = "") -> Payload:
    """A customer or vendor of the outbox under another name, chosen by a person.

    Raises BadInput for other records: their names are not shared.
    """
    model = stored_record(record.payload)
    if not isinstance(model, CustomerIn | VendorIn):
        msg = f"A {record.type} cannot be created under another name."
        raise BadInput(msg)
    company = session.get_one(Company, record.company_id)
    source = session.get_one(Source, record.source_id).name
    renamed = model.model_copy(update={"name": name})
    setting = Setting(source, company.currency, custom_numbers=True)
    return party(renamed, setting, term_id=term_id)


def item(record: ItemIn, income_account_id: str, parent_id: str = "") -> Payload:
    """An Item that is sold, its sales go to the given account; or a category of items."""
    payload: Payload = {
        "Name": record.name,
        "Sku": record.sku,
        "Description": record.description,
        "UnitPrice": None if record.price is None else number(record.price),
        "Type": _ITEM_TYPES[record.kind],
        "IncomeAccountRef": ref(income_account_id),
        **_below(parent_id, "SubItem"),
    }
    return filled(payload)


def account(record: AccountIn, setting: Setting, parent_id: str) -> Payload:
    """An Account; QuickBooks takes its usual detail type where none is said."""
    payload: Payload = {
        "Name": record.name,
        "AccountType": record.account_type,
        "AccountSubType": record.detail_type,
        "AcctNum": record.number,
        "Description": record.description,
        "CurrencyRef": currency_ref(record.currency, setting),
        **_below(parent_id, "SubAccount"),
    }
    return filled(payload)


def small(record: ClassIn | LocationIn, parent_id: str) -> Payload:
    """A Class or a Department (QuickBooks' word for a location)."""
    below = "SubClass" if isinstance(record, ClassIn) else "SubDepartment"
    return filled({"Name": record.name, **_below(parent_id, below)})


def invoice(
    record: InvoiceIn,
    setting: Setting,
    customer_id: str,
    item_ids: Mapping[int, str],
    tags: Tags | None = None,
    term_id: str = "",
) -> Payload:
    """An Invoice; `item_ids` are by the line's position. QuickBooks mails nothing by itself.

    A due date the source says stands beside a term; without one QuickBooks counts it by the term.
    """
    due = record.due_date.isoformat() if record.due_date else None
    made = _sale(record, setting, customer_id, item_ids, tags)
    return filled({**made, "SalesTermRef": ref(term_id), "DueDate": due})


def credit_memo(
    record: CreditMemoIn,
    setting: Setting,
    customer_id: str,
    item_ids: Mapping[int, str],
    tags: Tags,
) -> Payload:
    """A CreditMemo: the customer's credit, all amounts more than nothing."""
    return _sale(record, setting, customer_id, item_ids, tags)


def paid_sale(
    record: SalesReceiptIn | RefundIn,
    setting: Setting,
    customer_id: str,
    item_ids: Mapping[int, str],
    tags: Tags,
    by: Paid,
) -> Payload:
    """A SalesReceipt or RefundReceipt; the account is where the money goes to or comes from."""
    reference = record.reference or ""
    fits = len(reference) <= LONGEST_REFERENCE
    paid = "Paid" if isinstance(record, SalesReceiptIn) else "Refunded"
    words = (
        f"{paid} by {record.method}" if record.method else "",
        "" if fits else f"Reference {reference}",
    )
    payload = {
        **_sale(record, setting, customer_id, item_ids, tags, words),
        "PaymentRefNum": reference if reference and fits else None,
        "PaymentMethodRef": ref(by.method),
        "DepositToAccountRef": ref(by.account),
    }
    return filled(payload)


def _sale(
    record: InvoiceIn | CreditMemoIn | SalesReceiptIn | RefundIn,
    setting: Setting,
    customer_id: str,
    item_ids: Mapping[int, str],
    tags: Tags | None,
    words: Sequence[str] = (),
) -> Payload:
    tags = tags or Tags()
    default = "TAX" if record.tax_total != 0 else "NON"
    payload: Payload = {
        "CustomerRef": ref(customer_id),
        "TxnDate": record.date.isoformat(),
        "DocNumber": record.number if setting.custom_numbers else None,
        "Line": [
            _sales_line(
                line,
                item_ids[position],
                tags.classes.get(position, ""),
                tags.tax_codes.get(position, default),
            )
            for position, line in enumerate(record.lines)
        ],
        "TxnTaxDetail": {"TotalTax": number(record.tax_total)},
        "PrivateNote": stamped(
            (
                "" if setting.custom_numbers else f"Number {record.number}",
                *words,
                record.memo or "",
            ),
            stamp(setting.source, record.external_id),
            LONGEST_MEMO,
        ),
        "BillEmail": {"Address": record.email} if record.email else None,
        # accounting.md rule 17: the bot never causes an e-mail to a customer.
        "EmailStatus": "NotSet" if record.email else None,
        "CurrencyRef": currency_ref(record.currency, setting),
        "DepartmentRef": ref(tags.location),
        "ClassRef": ref(tags.header_class),
    }
    return filled(payload)


def payment(
    record: PaymentIn,
    setting: Setting,
    customer_id: str,
    invoice_ids: Mapping[str, str],
    credit_ids: Mapping[str, str],
    by: Paid,
) -> Payload:
    """A Payment linked to its invoices; what is not applied stays the customer's credit."""
    reference = record.reference or ""
    fits = len(reference) <= LONGEST_REFERENCE
    payload: Payload = {
        "CustomerRef": {"value": customer_id},
        "TxnDate": record.date.isoformat(),
        "TotalAmt": number(record.amount),
        "PaymentRefNum": reference if reference and fits else None,
        "PaymentMethodRef": ref(by.method),
        "DepositToAccountRef": ref(by.account),
        "Line": [
            *(
                linked(part.amount, "Invoice", invoice_ids[part.invoice])
                for part in record.applies_to
            ),
            *(
                linked(part.amount, "CreditMemo", credit_ids[part.credit_memo])
                for part in record.credits or ()
            ),
        ],
        "PrivateNote": stamped(
            (
                f"Paid by {record.method}" if record.method else "",
                "" if fits else f"Reference {reference}",
                record.memo or "",
            ),
            stamp(setting.source, record.external_id),
            LONGEST_MEMO,
        ),
        "CurrencyRef": currency_ref(record.currency, setting),
    }
    return filled(payload)


def linked(amount: Decimal, entity: str, qbo_id: str) -> Payload:
    """A line of a payment: so much of this document."""
    return {"Amount": number(amount), "LinkedTxn": [{"TxnId": qbo_id, "TxnType": entity}]}


def ref(qbo_id: str) -> Payload | None:
    """A reference by id; None where there is none."""
    return {"value": qbo_id} if qbo_id else None


def _below(parent_id: str, word: str) -> Payload:
    """What says that a record of a list stands below another one."""
    return {word: True, "ParentRef": ref(parent_id)} if parent_id else {}


def _sales_line(line: InvoiceLineIn, item_id: str, class_id: str, tax_code: str) -> Payload:
    detail: Payload = {
        "ItemRef": {"value": item_id},
        "Qty": number(line.quantity),
        "UnitPrice": None if line.unit_price is None else number(line.unit_price),
        "ClassRef": ref(class_id),
        "TaxCodeRef": ref(tax_code),
    }
    return filled(
        {
            "DetailType": "SalesItemLineDetail",
            "Amount": number(line.amount),
            "Description": line.description,
            "SalesItemLineDetail": filled(detail),
        }
    )


def _address(record: CustomerIn | VendorIn) -> Payload | None:
    address = record.billing_address
    if address is None:
        return None
    payload: Payload = {
        "Line1": address.street,
        "Line2": address.street2,
        "City": address.city,
        "CountrySubDivisionCode": address.state,
        "PostalCode": address.postal_code,
        "Country": address.country,
    }
    return filled(payload) or None


def currency_ref(currency: str | None, setting: Setting) -> Payload | None:
    """Said only when it is not the company's own: without multicurrency the field is refused."""
    return None if currency in (None, setting.currency) else {"value": currency}


def stamped(parts: Sequence[str], mark: str, limit: int, *, between: str = " ") -> str:
    """Put the source's words before our mark, which always stays whole.

    Where the mark alone makes the text longer than QuickBooks takes, the words end in "…": the
    last part, the memo, is shortened first. Words that by themselves are over the limit stay as
    they are: QuickBooks refuses them, and a person shortens what the source says.
    """
    words = ". ".join(part for part in parts if part)
    if not words:
        return mark
    room = limit - len(between) - len(mark)
    if len(words) > room and all(len(part) <= limit for part in parts):
        words = words[: room - 1].rstrip() + "…"
    return f"{words}{between}{mark}"


def filled(payload: Payload) -> Payload:
    """Leave out what has no value."""
    return {name: value for name, value in payload.items() if value is not None}
