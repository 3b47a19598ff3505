"""Read-only pages, so that links such as `/app/invoice?txnId=…` open something."""

from collections.abc import Mapping
from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.model import Body, Record
from sandbox.quickbooks.shape import display_name
from sandbox.quickbooks.world import World

# page -> the parameter that holds the Id, the entities looked through
PLACES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "customerdetail": ("nameId", ("Customer",)),
    "vendordetail": ("nameId", ("Vendor",)),
    "employeedetail": ("nameId", ("Employee",)),
    "employees": ("nameId", ("Employee",)),
    "items": ("itemId", ("Item",)),
    "invoice": ("txnId", ("Invoice",)),
    "recvpayment": ("txnId", ("Payment",)),
    "payment": ("txnId", ("Payment",)),
    "creditmemo": ("txnId", ("CreditMemo",)),
    "salesreceipt": ("txnId", ("SalesReceipt",)),
    "refundreceipt": ("txnId", ("RefundReceipt",)),
    "estimate": ("txnId", ("Estimate",)),
    "bill": ("txnId", ("Bill",)),
    "vendorcredit": ("txnId", ("VendorCredit",)),
    "billpayment": ("txnId", ("BillPayment",)),
    "expense": ("txnId", ("Purchase",)),
    "check": ("txnId", ("Purchase", "BillPayment")),
    "deposit": ("txnId", ("Deposit",)),
    "journal": ("txnId", ("JournalEntry",)),
    "inventoryadjustment": ("txnId", ("InventoryAdjustment",)),
    "purchaseorder": ("txnId", ("PurchaseOrder",)),
    "transfer": ("txnId", ("Transfer",)),
    "creditcardpayment": ("txnId", ("CreditCardPayment",)),
    "timeactivity": ("txnId", ("TimeActivity",)),
    "chartofaccounts": ("accountId", ("Account",)),
    "account": ("accountId", ("Account",)),
    "register": ("accountId", ("Account",)),
}
STYLE = """
:root{color-scheme:light dark}
body{margin:0;background:#f4f5f8;color:#21262a;font:15px/1.5 system-ui,"Segoe UI",sans-serif}
header{background:#2ca01c;color:#fff;padding:.9rem 1.5rem;font-weight:600}
header a{color:#fff;text-decoration:none}
main{max-width:56rem;margin:1.5rem auto;padding:0 1rem}
section{background:#fff;border:1px solid #d4d7dc;border-radius:10px;padding:1.25rem 1.5rem;
margin-bottom:1rem;overflow-x:auto}
h1{font-size:1.4rem;margin:0 0 .25rem}h2{font-size:1rem;margin:0 0 .75rem}
p{margin:.25rem 0;color:#5b6168}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.4rem .75rem .4rem 0;border-bottom:1px solid #e6e8eb;
vertical-align:top}
th{font-weight:600;width:14rem}
td.n{text-align:right;font-variant-numeric:tabular-nums}
.tag{display:inline-block;border-radius:999px;padding:.05rem .6rem;font-size:.8rem;
background:#e6e8eb;color:#393a3d}
a{color:#0077c5}
@media (prefers-color-scheme:dark){body{background:#16191c;color:#eceef1}
section{background:#202428;border-color:#3a3f45}th,td{border-color:#3a3f45}p{color:#b4b8be}
a{color:#6ab7f0}}
"""
LISTS = (
    "Customer",
    "Vendor",
    "Employee",
    "Item",
    "Account",
    "Invoice",
    "SalesReceipt",
    "CreditMemo",
    "RefundReceipt",
    "Payment",
    "Estimate",
    "Bill",
    "VendorCredit",
    "BillPayment",
    "Purchase",
    "Deposit",
    "JournalEntry",
    "InventoryAdjustment",
    "PurchaseOrder",
    "Transfer",
    "CreditCardPayment",
    "TimeActivity",
)
LINKS = {
    "Customer": "customerdetail?nameId=",
    "Vendor": "vendordetail?nameId=",
    "Employee": "employeedetail?nameId=",
    "Item": "items?itemId=",
    "Account": "account?accountId=",
    "Invoice": "invoice?txnId=",
    "CreditMemo": "creditmemo?txnId=",
    "Payment": "recvpayment?txnId=",
    "SalesReceipt": "salesreceipt?txnId=",
    "RefundReceipt": "refundreceipt?txnId=",
    "Estimate": "estimate?txnId=",
    "Bill": "bill?txnId=",
    "VendorCredit": "vendorcredit?txnId=",
    "BillPayment": "billpayment?txnId=",
    "Purchase": "expense?txnId=",
    "Deposit": "deposit?txnId=",
    "JournalEntry": "journal?txnId=",
    "InventoryAdjustment": "inventoryadjustment?txnId=",
    "PurchaseOrder": "purchaseorder?txnId=",
    "Transfer": "transfer?txnId=",
    "CreditCardPayment": "creditcardpayment?txnId=",
    "TimeActivity": "timeactivity?txnId=",
}


def routes(world: World) -> list[Route]:
    """The start page, one list per entity, one page per record."""
    site = _Site(world)
    return [
        Route("/", site.home),
        Route("/list/{entity}", site.listing),
        Route("/app/login", site.sign_in),
        Route("/app/{place}", site.record),
    ]


class _Site:
    """Handlers bound to one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def _company(self, request: Request) -> Company | None:
        realm = request.query_params.get("realm") or self._world.default_realm()
        return self._world.companies.get(realm)

    async def home(self, _request: Request) -> Response:
        """Companies and what they hold."""
        blocks = "".join(_company_block(company) for company in self._world.companies.values())
        note = "<p>A local QuickBooks simulator. Nothing here reaches Intuit.</p>"
        return _page("QuickBooks simulator", f"{blocks}{note}")

    async def listing(self, request: Request) -> Response:
        """All records of one entity."""
        company = self._company(request)
        entity = request.path_params["entity"]
        if company is None or entity not in LISTS:
            return _missing()
        rows = "".join(
            f"<tr><td>{_link(company, record)}</td><td>{_state(record)}</td>"
            f'<td class="n">{_amount(company, record)}</td></tr>'
            for record in company.live(entity)
        )
        head = f"<h1>{escape(entity)}</h1><p>{escape(company.name)}</p>"
        return _page(entity, f"<section>{head}<table>{rows}</table></section>")

    async def sign_in(self, request: Request) -> Response:
        """The page through which a link opens the right company first; nobody signs in here."""
        place, _, query = request.query_params.get("pagereq", "").partition("?")
        realm = request.query_params.get("deeplinkcompanyid", "")
        known = PLACES.get(place)
        if known is None:
            return RedirectResponse("/")
        if not query:
            return RedirectResponse(f"/list/{known[1][0]}?{urlencode({'realm': realm})}")
        wanted = [pair for pair in parse_qsl(query) if pair[0] == known[0]]
        return RedirectResponse(f"/app/{place}?{urlencode([*wanted, ('realm', realm)])}")

    async def record(self, request: Request) -> Response:
        """One record."""
        company, place = self._company(request), PLACES.get(request.path_params["place"])
        if company is None or place is None:
            return _missing()
        key, entities = place
        for entity in entities:
            record = company.row(entity, request.query_params.get(key, ""))
            if record is not None:
                return _record_page(company, record)
        return _missing()


def _company_block(company: Company) -> str:
    links = "".join(
        f'<tr><th><a href="/list/{name}?realm={company.realm}">{name}</a></th>'
        f'<td class="n">{sum(1 for _ in company.live(name))}</td></tr>'
        for name in LISTS
    )
    return (
        f"<section><h1>{escape(company.name)}</h1><p>Company ID {company.realm} · "
        f"{company.home_currency} · {escape(company.zone.key)}</p><table>{links}</table></section>"
    )


def _title(record: Record) -> str:
    number = record.body.get("DocNumber")
    if record.entity.transaction:
        return f"{record.entity.name} {number or record.id}"
    return display_name(record) or record.id


def _link(company: Company, record: Record) -> str:
    target = f"/app/{LINKS[record.entity.name]}{record.id}&amp;realm={company.realm}"
    return f'<a href="{target}">{escape(_title(record))}</a>'


def _state(record: Record) -> str:
    words = []
    if record.deleted:
        words.append("Deleted")
    if record.voided:
        words.append("Voided")
    if record.merged_into:
        words.append(f"Merged into {record.merged_into}")
    elif record.entity.name_rule is not None and not record.active:
        words.append("Inactive")
    words.extend(name.capitalize() for name in ("matched", "reconciled") if record.notes.get(name))
    return " ".join(f'<span class="tag">{escape(word)}</span>' for word in words)


def _amount(company: Company, record: Record) -> str:
    body = company.render(record)
    value = body.get("TotalAmt", body.get("Balance", body.get("CurrentBalance")))
    return "" if value is None else f"{value:,.2f}"


LABELS = (
    ("CustomerRef", "Customer"),
    ("VendorRef", "Vendor"),
    ("EntityRef", "Payee"),
    ("AccountRef", "Paid from"),
    ("ParentRef", "Part of"),
    ("CompanyName", "Company"),
    ("AccountType", "Account type"),
    ("Type", "Type"),
    ("Sku", "SKU"),
    ("TxnDate", "Date"),
    ("DueDate", "Due"),
    ("UnitPrice", "Price"),
    ("QtyOnHand", "On hand"),
    ("IncomeAccountRef", "Income account"),
    ("TotalAmt", "Total"),
    ("UnappliedAmt", "Unapplied"),
    ("Balance", "Open balance"),
    ("BalanceWithJobs", "Balance with jobs"),
    ("CurrentBalance", "Balance"),
    ("DepositToAccountRef", "Deposited to"),
    ("PaymentMethodRef", "Payment method"),
    ("PaymentRefNum", "Reference number"),
    ("PrimaryEmailAddr", "E-mail"),
    ("PrimaryPhone", "Phone"),
    ("BillAddr", "Address"),
    ("PrivateNote", "Memo"),
    ("Notes", "Notes"),
)
MONEY = ("TotalAmt", "UnappliedAmt", "Balance", "BalanceWithJobs", "CurrentBalance", "UnitPrice")


def _record_page(company: Company, record: Record) -> Response:
    body = company.render(record)
    head = f"<h1>{escape(_title(record))} {_state(record)}</h1><p>{escape(company.name)}</p>"
    facts = "".join(
        f"<tr><th>{label}</th><td>{_fact(name, body[name])}</td></tr>"
        for name, label in LABELS
        if body.get(name) not in (None, "", {}, [])
    )
    every = "".join(
        f"<tr><th>{escape(name)}</th><td>{_cell(value)}</td></tr>"
        for name, value in body.items()
        if name not in ("domain", "sparse", "Line", "CustomField") and value not in ([], {}, "")
    )
    return _page(
        _title(record),
        f"<section>{head}<table>{facts}</table></section>{_lines(body)}"
        f"<section><details><summary>All fields</summary><table>{every}</table></details>"
        "</section>",
    )


def _fact(name: str, value: Any) -> str:
    if name in MONEY:
        return f"{float(value):,.2f}"
    if name == "BillAddr":
        parts = ("Line1", "Line2", "City", "CountrySubDivisionCode", "PostalCode", "Country")
        return escape(", ".join(str(value[part]) for part in parts if value.get(part)))
    if isinstance(value, dict) and "value" not in value:
        return escape(", ".join(str(entry) for entry in value.values()))
    return _cell(value)


KINDS = {
    "SubTotalLineDetail": "Subtotal",
    "DiscountLineDetail": "Discount",
    "DescriptionOnly": "Note",
}


def _lines(body: Body) -> str:
    rows = ""
    for line in body.get("Line", []):
        kind = str(line.get("DetailType", ""))
        detail = line.get(kind) if isinstance(line.get(kind), dict) else {}
        linked = ", ".join(f"{x['TxnType']} {x['TxnId']}" for x in line.get("LinkedTxn") or [])
        named = detail.get("ItemRef") or detail.get("AccountRef") or {}
        name = named.get("name") or linked or KINDS.get(kind, kind)
        if detail.get("PostingType"):
            name = f"{name} ({detail['PostingType'].lower()})"
        rows += (
            f"<tr><td>{escape(str(name))}</td><td>{escape(str(line.get('Description', '')))}</td>"
            f'<td class="n">{detail.get("Qty", "")}</td>'
            f'<td class="n">{float(line.get("Amount") or 0):,.2f}</td></tr>'
        )
    return f"<section><h2>Lines</h2><table>{rows}</table></section>" if rows else ""


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        if "value" in value:
            return escape(str(value.get("name") or value["value"]))
        return "<br>".join(escape(f"{k}: {v}") for k, v in value.items() if v not in ("", None))
    if isinstance(value, list):
        return "<br>".join(_cell(entry) for entry in value)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return escape(str(value))


def _missing() -> Response:
    body = "<section><h1>Not found</h1><p>There is no such record in this company.</p></section>"
    return HTMLResponse(_html("Not found", body), status_code=404)


def _page(title: str, body: str) -> Response:
    return HTMLResponse(_html(title, body))


def _html(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>"
        f'<header><a href="/">QuickBooks simulator</a></header><main>{body}</main></body></html>'
    )
