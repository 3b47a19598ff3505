"""A document as a plain PDF of one page: what `GET <entity>/<id>/pdf` answers."""

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.model import Record
from sandbox.quickbooks.rules import type_shown

PRINTABLE = (
    "CreditMemo",
    "Estimate",
    "Invoice",
    "Payment",
    "PurchaseOrder",
    "RefundReceipt",
    "SalesReceipt",
)
LINES_ON_PAGE = 45


def document_pdf(company: Company, record: Record) -> bytes:
    """One page with the company, the other side, the lines and the total."""
    page = _page(_lines(company, record)[:LINES_ON_PAGE])
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return body + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\n"
        b"startxref\n%d\n%%%%EOF\n" % (size, table, size, len(body))
    )


def _lines(company: Company, record: Record) -> list[str]:
    body = record.body
    other = body.get("CustomerRef") or body.get("VendorRef") or {}
    lines = [company.name, f"{type_shown(record)} {body.get('DocNumber', '')}"]
    lines += [str(body.get("TxnDate", "")), str(other.get("name", "")), ""]
    for line in body.get("Line", []):
        if line.get("DetailType") != "SubTotalLineDetail":
            lines.append(f"{line.get('Description', '')}   {line.get('Amount', '')}")
    return [*lines, "", f"Total {body.get('TotalAmt', '')}"]


def _page(lines: list[str]) -> bytes:
    shown = [_escaped(line) for line in lines]
    text = b" Tj T*\n".join(b"(%s)" % line for line in shown)
    return b"BT /F1 11 Tf 16 TL 54 738 Td\n%s Tj\nET" % text


def _escaped(text: str) -> bytes:
    safe = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return safe.encode("cp1252", "replace")
