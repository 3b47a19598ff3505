"""Sample data: what a small landscaping firm has in its books."""

from datetime import timedelta

from sandbox.quickbooks.chart import make
from sandbox.quickbooks.company import Company
from sandbox.quickbooks.model import Body

# display name, given, family, company name, e-mail, phone
CUSTOMERS = (
    ("Amy's Bird Sanctuary", "Amy", "Lauterbach", "Amy's Bird Sanctuary", "birds@example.com"),
    ("Bill's Windsurf Shop", "Bill", "Lucchini", "Bill's Windsurf Shop", "surf@example.com"),
    ("Cool Cars", "Grace", "Pariente", "Cool Cars", "cool_cars@example.com"),
    ("Diego Rodriguez", "Diego", "Rodriguez", "", "diego@example.com"),
    ("Dukes Basketball Camp", "Peter", "Dukes", "Dukes Basketball Camp", "dukes@example.com"),
    ("Freeman Sporting Goods", "Kirby", "Freeman", "Freeman Sporting Goods", "sport@example.com"),
    ("Geeta Kalapatapu", "Geeta", "Kalapatapu", "", "geeta@example.com"),
    ("Kate Whelan", "Kate", "Whelan", "", "kate@example.com"),
    ("Rondonuwu Fruit and Vegi", "Tania", "Nguyen", "Rondonuwu Fruit and Vegi", "t@example.com"),
    ("Travis Waldron", "Travis", "Waldron", "", "travis@example.com"),
)
VENDORS = (
    ("Bob's Burger Joint", "", ""),
    ("Books by Bessie", "Bessie", "Williams"),
    ("Cal Telephone", "", ""),
    ("Chin's Gas and Oil", "", ""),
    ("Hicks Hardware", "Geoff", "Hicks"),
    ("Norton Lumber and Building Materials", "Julie", "Norton"),
    ("Robertson & Associates", "Jenny", "Robertson"),
    ("Squeaky Kleen Car Wash", "", ""),
)
EMPLOYEES = (("Emily", "Platt"), ("John", "Johnson"))
# name, type, price, cost, quantity on hand
ITEMS = (
    ("Design", "Service", 75.0, 0.0, 0),
    ("Gardening", "Service", 35.0, 0.0, 0),
    ("Installation", "Service", 50.0, 0.0, 0),
    ("Pest Control", "Service", 35.0, 0.0, 0),
    ("Trimming", "Service", 35.0, 0.0, 0),
    ("Soil", "NonInventory", 10.0, 6.5, 0),
    ("Sod", "NonInventory", 5.5, 3.0, 0),
    ("Pump", "Inventory", 15.0, 10.0, 25),
    ("Rock Fountain", "Inventory", 275.0, 125.0, 2),
    ("Sprinkler Heads", "Inventory", 2.0, 0.75, 25),
    ("Sprinkler Pipes", "Inventory", 4.0, 2.5, 31),
)


def seed_sample(company: Company) -> None:
    """Customers, vendors, employees, items, and a few open and paid invoices."""
    customers = [_customer(company, *row) for row in CUSTOMERS]
    for street in ("0969 Ocean View Road", "55 Twin Lane"):
        make(
            company,
            "Customer",
            {
                "DisplayName": street,
                "ParentRef": {"value": customers[5]},
                "Job": True,
                "BillWithParent": True,
            },
        )
    for name, given, family in VENDORS:
        body: Body = {"DisplayName": name, "CompanyName": name}
        if given:
            body |= {"GivenName": given, "FamilyName": family}
        make(company, "Vendor", body)
    for given, family in EMPLOYEES:
        make(company, "Employee", {"GivenName": given, "FamilyName": family})
    items = [_item(company, *row) for row in ITEMS]
    _documents(company, customers, items)


def _customer(
    company: Company, display: str, given: str, family: str, firm: str, address: str
) -> str:
    body: Body = {
        "DisplayName": display,
        "GivenName": given,
        "FamilyName": family,
        "PrimaryEmailAddr": {"Address": address},
        "PrimaryPhone": {"FreeFormNumber": f"(650) 555-{1000 + len(display) * 37 % 9000}"},
        "BillAddr": {
            "Line1": f"{100 + len(display)} Main St.",
            "City": "Middlefield",
            "CountrySubDivisionCode": "CA",
            "PostalCode": "94303",
        },
    }
    if firm:
        body["CompanyName"] = firm
    return make(company, "Customer", body).id


def _item(company: Company, name: str, kind: str, price: float, cost: float, stock: int) -> str:
    roles = company.role_ids
    service = kind == "Service"
    body: Body = {
        "Name": name,
        "Type": kind,
        "UnitPrice": price,
        "IncomeAccountRef": {"value": roles["services" if service else "sales"]},
    }
    if not service:
        body |= {"ExpenseAccountRef": {"value": roles["cogs"]}, "PurchaseCost": cost}
    if kind == "Inventory":
        body |= {
            "AssetAccountRef": {"value": roles["inventory"]},
            "TrackQtyOnHand": True,
            "QtyOnHand": stock,
            "InvStartDate": "2020-01-01",
            "Sku": f"LG-{name.upper().replace(' ', '-')}",
        }
    return make(company, "Item", body).id


def _documents(company: Company, customers: list[str], items: list[str]) -> None:
    today = company.clock.today(company.zone)
    for position in range(10):
        day = today - timedelta(days=70 - position * 6)
        item = items[position % 5]
        price = ITEMS[position % 5][2]
        quantity = 2 + position % 4
        invoice = make(
            company,
            "Invoice",
            {
                "DocNumber": str(1001 + position),
                "TxnDate": day.isoformat(),
                "CustomerRef": {"value": customers[position % len(customers)]},
                "Line": [_line(company, item, price, quantity)],
            },
        )
        if position % 2 == 0:
            make(company, "Payment", _payment(invoice.body, invoice.id, day + timedelta(days=12)))
    company.last_number = 1037


def _line(company: Company, item: str, price: float, quantity: int) -> Body:
    detail: Body = {"ItemRef": {"value": item}, "UnitPrice": price, "Qty": quantity}
    if company.country != "US":
        detail["TaxCodeRef"] = {"value": "2"}
    return {
        "Amount": price * quantity,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": detail,
    }


def _payment(invoice: Body, invoice_id: str, day: object) -> Body:
    return {
        "TxnDate": str(day),
        "CustomerRef": {"value": invoice["CustomerRef"]["value"]},
        "PaymentMethodRef": {"value": "2"},
        "TotalAmt": invoice["TotalAmt"],
        "Line": [
            {
                "Amount": invoice["TotalAmt"],
                "LinkedTxn": [{"TxnId": invoice_id, "TxnType": "Invoice"}],
            }
        ],
    }
