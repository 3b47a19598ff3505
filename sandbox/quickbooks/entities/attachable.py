"""Attachable: a note or a file that hangs on a document, an item or a name."""

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.entities.fields import flag, number, read_only, text
from sandbox.quickbooks.faults import missing
from sandbox.quickbooks.file_address import file_address
from sandbox.quickbooks.model import Body, Entity, Field, Kind, Record, Work

HOLDERS = (
    "Invoice",
    "Account",
    "Bill",
    "BillPayment",
    "Class",
    "CreditCardPayment",
    "CreditMemo",
    "Customer",
    "Department",
    "Deposit",
    "Employee",
    "Estimate",
    "InventoryAdjustment",
    "Item",
    "JournalEntry",
    "Payment",
    "Purchase",
    "PurchaseOrder",
    "RefundReceipt",
    "SalesReceipt",
    "TimeActivity",
    "Transfer",
    "Vendor",
    "VendorCredit",
)


def complete(work: Work) -> None:
    """A note has its text, a file its name; everything it hangs on has a type."""
    body = work.body
    if not body.get("Note") and not body.get("FileName"):
        raise missing("Note")
    for entry in body.get("AttachableRef", []):
        if entry.get("EntityRef") and not entry["EntityRef"].get("type"):
            raise missing("AttachableRef.EntityRef.type")


def shown(company: Company, record: Record, body: Body) -> Body:
    """A file says where its bytes are, for a quarter of an hour."""
    if record.id not in company.files:
        return body
    where = file_address(company, record.id)
    return {**body, "FileAccessUri": f"/v3/company/{company.realm}/download/{record.id}"} | {
        "TempDownloadUri": where
    }


ATTACHABLE = Entity(
    name="Attachable",
    fields=(
        text("Note", 2000, queryable=True),
        text("FileName", 1000, queryable=True),
        text("Category", 100, queryable=True),
        text("ContentType", 100, queryable=True),
        text("Tag", 2000, queryable=True),
        text("PlaceName", 2000, queryable=True),
        text("Lat"),
        text("Long"),
        number("Size", queryable=True),
        read_only("FileAccessUri"),
        read_only("TempDownloadUri"),
        read_only("ThumbnailFileAccessUri"),
        read_only("ThumbnailTempDownloadUri"),
        Field(
            "AttachableRef",
            Kind.LIST,
            parts=(
                Field("EntityRef", Kind.REFERENCE, target=HOLDERS),
                text("LineInfo"),
                flag("IncludeOnSend"),
                flag("NoRefOnly"),
            ),
        ),
    ),
    plural="attachments",
    operations=frozenset({"create", "update", "delete", "read", "query"}),
    known=("CustomField", "EntityRef", "AttachableEx"),
    complete=complete,
    shown=shown,
)
