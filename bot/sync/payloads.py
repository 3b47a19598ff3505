"""Records as QuickBooks wants them: hand-written JSON, nothing sent that was not asked for.

Field rules: developer.intuit.com, API reference of Customer, Vendor, Item, Invoice, Payment.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sqlmodel import Session

from bot.domain import Payload
from bot.errors import BadInput
from bot.models import Company, Record, Source
from bot.sync.reading import stored_record
from bot.sync.records import (
    BillIn,
    BillLineIn,
    CustomerIn,
    InvoiceIn,
    InvoiceLineIn,
    ItemIn,
    PaymentIn,
    VendorIn,
)

# QuickBooks' own limit of PaymentRefNum; what is longer goes into the memo, whole.
LONGEST_REFERENCE = 21
# QuickBooks' own limits of a list record's notes and of a document's memo (PrivateNote).
LONGEST_NOTES = 2000
LONGEST_MEMO = 4000
_ITEM_TYPES = {"service": "Service", "non_inventory": "NonInventory"}


@dataclass(frozen=True)
class Tags:
    """Ids of what stands beside a document's amounts, "" or absent for none; by line position."""

    location: str = ""
    header_class: str = ""
    classes: Mapping[int, str] = field(default_factory=dict)
    tax_codes: Mapping[int, str] = field(default_factory=dict)


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


def party(record: CustomerIn | VendorIn, setting: Setting) -> Payload:
    """A Customer or Vendor; the name is the source's, only trimmed."""
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
        "CurrencyRef": _currency(record.currency, setting),
    }
    return _filled(payload)


def list_payload(session: Session, record: Record, *, name: str) -> Payload:
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
    return party(renamed, Setting(source, company.currency, custom_numbers=True))


def item(record: ItemIn, income_account_id: str) -> Payload:
    """An Item that is sold; its sales go to the given account."""
    payload: Payload = {
        "Name": record.name,
        "Sku": record.sku,
        "Description": record.description,
        "UnitPrice": None if record.price is None else number(record.price),
        "Type": _ITEM_TYPES[record.kind],
        "IncomeAccountRef": {"value": income_account_id},
    }
    return _filled(payload)


def invoice(
    record: InvoiceIn,
    setting: Setting,
    customer_id: str,
    item_ids: Mapping[int, str],
    tags: Tags | None = None,
) -> Payload:
    """An Invoice; `item_ids` are by the line's position. QuickBooks mails nothing by itself."""
    tags = tags or Tags()
    default = "TAX" if record.tax_total != 0 else "NON"
    payload: Payload = {
        "CustomerRef": {"value": customer_id},
        "TxnDate": record.date.isoformat(),
        "DueDate": record.due_date.isoformat() if record.due_date else None,
        "DocNumber": record.number if setting.custom_numbers else None,
        "Line": [
            _invoice_line(
                line,
                item_ids[position],
                tags.classes.get(position, ""),
                tags.tax_codes.get(position, default),
            )
            for position, line in enumerate(record.lines)
        ],
        "TxnTaxDetail": {"TotalTax": number(record.tax_total)},
        "PrivateNote": stamped(
            ("" if setting.custom_numbers else f"Number {record.number}", record.memo or ""),
            stamp(setting.source, record.external_id),
            LONGEST_MEMO,
        ),
        "BillEmail": {"Address": record.email} if record.email else None,
        # accounting.md rule 17: the bot never causes an e-mail to a customer.
        "EmailStatus": "NotSet" if record.email else None,
        "CurrencyRef": _currency(record.currency, setting),
        "DepartmentRef": _ref(tags.location),
        "ClassRef": _ref(tags.header_class),
    }
    return _filled(payload)


def bill(
    record: BillIn,
    setting: Setting,
    vendor_id: str,
    account_ids: Mapping[int, str],
    tags: Tags,
    payable_id: str = "",
) -> Payload:
    """A Bill under the vendor's own number, which is the control against paying it twice.

    The number is never changed and no duplicate is allowed (accounting.md rule 10).
    """
    payload: Payload = {
        "VendorRef": {"value": vendor_id},
        "TxnDate": record.date.isoformat(),
        "DueDate": record.due_date.isoformat() if record.due_date else None,
        "DocNumber": record.number,
        "Line": [
            _bill_line(
                line,
                account_ids[position],
                tags.classes.get(position, ""),
                tags.tax_codes.get(position, ""),
            )
            for position, line in enumerate(record.lines)
        ],
        "TxnTaxDetail": {"TotalTax": number(record.tax_total)} if record.tax_total else None,
        "PrivateNote": stamped(
            (record.memo or "",), stamp(setting.source, record.external_id), LONGEST_MEMO
        ),
        "CurrencyRef": _currency(record.currency, setting),
        "DepartmentRef": _ref(tags.location),
        "APAccountRef": _ref(payable_id),
    }
    return _filled(payload)


def payment(
    record: PaymentIn, setting: Setting, customer_id: str, invoice_ids: Mapping[str, str]
) -> Payload:
    """A Payment linked to its invoices; what is not applied stays the customer's credit."""
    reference = record.reference or ""
    fits = len(reference) <= LONGEST_REFERENCE
    payload: Payload = {
        "CustomerRef": {"value": customer_id},
        "TxnDate": record.date.isoformat(),
        "TotalAmt": number(record.amount),
        "PaymentRefNum": reference if reference and fits else None,
        "Line": [
            {
                "Amount": number(part.amount),
                "LinkedTxn": [{"TxnId": invoice_ids[part.invoice], "TxnType": "Invoice"}],
            }
            for part in record.applies_to
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
        "CurrencyRef": _currency(record.currency, setting),
    }
    return _filled(payload)


def _bill_line(line: BillLineIn, account_id: str, class_id: str, tax_code: str) -> Payload:
    detail: Payload = {
        "AccountRef": {"value": account_id},
        "ClassRef": _ref(class_id),
        "TaxCodeRef": _ref(tax_code),
    }
    return _filled(
        {
            "DetailType": "AccountBasedExpenseLineDetail",
            "Amount": number(line.amount),
            "Description": line.description,
            "AccountBasedExpenseLineDetail": _filled(detail),
        }
    )


def _ref(qbo_id: str) -> Payload | None:
    return {"value": qbo_id} if qbo_id else None


def _invoice_line(line: InvoiceLineIn, item_id: str, class_id: str, tax_code: str) -> Payload:
    detail: Payload = {
        "ItemRef": {"value": item_id},
        "Qty": number(line.quantity),
        "UnitPrice": None if line.unit_price is None else number(line.unit_price),
        "ClassRef": _ref(class_id),
        "TaxCodeRef": _ref(tax_code),
    }
    return _filled(
        {
            "DetailType": "SalesItemLineDetail",
            "Amount": number(line.amount),
            "Description": line.description,
            "SalesItemLineDetail": _filled(detail),
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
    return _filled(payload) or None


def _currency(currency: str | None, setting: Setting) -> Payload | None:
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


def _filled(payload: Payload) -> Payload:
    return {name: value for name, value in payload.items() if value is not None}
