"""The books of one company of the exam: what its records refer to, good and bad."""

from dataclasses import dataclass, field

from bot import mirror
from tests.sync.shop import Shop, open_shop

CLOSED_THROUGH = "2026-03-31"
STOCK_FROM = "2026-06-01"
DAY = "2026-11-12"


@dataclass
class World:
    """One company; ids of QuickBooks by what they are good for."""

    shop: Shop
    country: str
    several_currencies: bool
    ids: dict[str, list[str]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def one(self, what: str) -> str:
        """The first record of a sort."""
        return self.ids[what][0]

    def next(self, what: str) -> int:
        """A number nobody had before."""
        self.counts[what] = self.counts.get(what, 0) + 1
        return self.counts[what]

    def make(self, what: str, entity: str, **data: object) -> str:
        """A person enters a record in QuickBooks."""
        made = self.shop.create(entity, **data)
        self.ids.setdefault(what, []).append(made)
        return made

    def learn_of(self, entity: str, qbo_id: str) -> None:
        """Let the mirror follow, as a capture of changes does."""
        mirror.refresh(self.shop.services, self.shop.company_id, entity, qbo_id)


def open_world(bench, country: str, *, several_currencies: bool) -> World:
    """Fill the books, read them into the mirror, and link what records refer to."""
    world = World(open_shop(bench), country, several_currencies)
    if several_currencies:
        switch = {"CurrencyPrefs.MultiCurrencyEnabled": True}
        world.shop.simulator.act(world.shop.realm, "set_preference", data=switch)
    _lists(world)
    _documents(world)
    world.shop.act("deactivate", "Customer", world.one("gone_customer"))
    for what, entity in (
        ("gone_vendor", "Vendor"),
        ("gone_item", "Item"),
        ("gone_account", "Account"),
        ("gone_class", "Class"),
        ("gone_place", "Department"),
        ("gone_name", "Customer"),
        ("gone_item_name", "Item"),
    ):
        world.shop.act("deactivate", entity, world.one(what))
    world.shop.simulator.act(world.shop.realm, "close_books", date=CLOSED_THROUGH)
    with world.shop.lease() as held:
        assert mirror.load(world.shop.services, world.shop.company_id, held, seconds=60)
    mirror.refresh_company(world.shop.services, world.shop.company_id)
    _link(world)
    return world


def _lists(world: World) -> None:
    make = world.make
    for number in range(6):
        make("customer", "Customer", DisplayName=f"Buyer {number}")
        make("vendor", "Vendor", DisplayName=f"Seller {number}")
    make("below", "Customer", DisplayName="Buyer 0 Jobs",
         ParentRef={"value": world.one("customer")}, Job=True)  # fmt: skip
    make("employee", "Employee", DisplayName="Emma Ployee", GivenName="Emma", FamilyName="Ployee")
    make("gone_customer", "Customer", DisplayName="Gone Buyer")
    make("gone_name", "Customer", DisplayName="Gone Name")
    make("gone_vendor", "Vendor", DisplayName="Gone Seller")
    make("spaces", "Customer", DisplayName="Two  Blanks")
    accounts = {row["Name"]: row for row in world.shop.books("Account")}
    income = {"value": accounts["Sales of Product Income"]["Id"]}
    world.ids["income"] = [income["value"]]
    world.ids["expense"] = [accounts["Advertising"]["Id"], accounts["Insurance"]["Id"]]
    world.ids["receivable"] = [accounts["Accounts Receivable (A/R)"]["Id"]]
    world.ids["asset"] = [accounts["Truck"]["Id"]]
    for number in range(4):
        make("item", "Item", Name=f"Mug {number}", Type="NonInventory", IncomeAccountRef=income)
    make("gone_item", "Item", Name="Gone Mug", Type="Service", IncomeAccountRef=income)
    make("gone_item_name", "Item", Name="Gone Name", Type="Service", IncomeAccountRef=income)
    make("category", "Item", Name="Crockery", Type="Category")
    make("stock", "Item", Name="Counted Mug", Type="Inventory", TrackQtyOnHand=True, QtyOnHand=5000,
         InvStartDate=STOCK_FROM, IncomeAccountRef=income,
         AssetAccountRef={"value": accounts["Inventory Asset"]["Id"]},
         ExpenseAccountRef={"value": accounts["Cost of Goods Sold"]["Id"]})  # fmt: skip
    make("gone_account", "Account", Name="Gone Costs", AccountType="Expense")
    make("gone_income", "Account", Name="Gone Sales", AccountType="Income")
    make("class", "Class", Name="North")
    make("gone_class", "Class", Name="Gone Class")
    above = world.one("class")
    for level in range(4):
        above = make("deep_class", "Class", Name=f"Deep {level}", ParentRef={"value": above})
    world.ids["deep_class"].reverse()
    make("place", "Department", Name="Harbor")
    make("gone_place", "Department", Name="Gone Harbor")
    if world.several_currencies:
        make("euro", "Customer", DisplayName="Euro Buyer", CurrencyRef={"value": "EUR"})


def sale(world: World, customer: str, amount: float, number: str, **more: object) -> dict:
    """What a person fills in for a sale."""
    code = {} if world.country == "US" else {"TaxCodeRef": {"value": tax_code(world)}}
    detail = {"ItemRef": {"value": world.one("item")}, **code}
    line = {"DetailType": "SalesItemLineDetail", "Amount": amount, "SalesItemLineDetail": detail}
    return {
        "CustomerRef": {"value": customer},
        "TxnDate": DAY,
        "DocNumber": number,
        "Line": [line],
        "TxnTaxDetail": {"TotalTax": 0},
        **more,
    }


def purchase(world: World, vendor: str, amount: float, number: str) -> dict:
    """What a person fills in for a bill."""
    code = {} if world.country == "US" else {"TaxCodeRef": {"value": tax_code(world)}}
    detail = {"AccountRef": {"value": world.one("expense")}, **code}
    kind = "AccountBasedExpenseLineDetail"
    return {
        "VendorRef": {"value": vendor},
        "TxnDate": DAY,
        "DocNumber": number,
        "Line": [{"DetailType": kind, "Amount": amount, kind: detail}],
    }


def tax_code(world: World) -> str:
    """Some tax code of a country that has them."""
    if "code" not in world.ids:
        world.ids["code"] = [row["Id"] for row in world.shop.books("TaxCode")]
    return world.one("code")


def _documents(world: World) -> None:
    make, first, second = world.make, *world.ids["customer"][:2]
    make("used", "Invoice", **sale(world, first, 50, "USED-1"))
    make("open", "Invoice", **sale(world, first, 500_000, "OPEN-1"))
    make("others", "Invoice", **sale(world, second, 500_000, "OTHERS-1"))
    make("small", "Invoice", **sale(world, first, 10, "SMALL-1"))
    make("below_open", "Invoice", **sale(world, world.one("below"), 500_000, "JOBS-1"))
    make("credit", "CreditMemo", **sale(world, second, 20, "CREDIT-1"))
    void = make("void", "Invoice", **sale(world, first, 30, "VOID-1"))
    world.shop.act("void", "Invoice", void)
    paid = make("paid", "Invoice", **sale(world, first, 40, "PAID-1"))
    linked = [{"TxnId": paid, "TxnType": "Invoice"}]
    make("payment", "Payment", CustomerRef={"value": first}, TotalAmt=40, TxnDate=DAY,
         Line=[{"Amount": 40, "LinkedTxn": linked}])  # fmt: skip
    seller, other = world.ids["vendor"][:2]
    make("bill", "Bill", **purchase(world, seller, 60, "BILL-1"))
    make("open_bill", "Bill", **purchase(world, seller, 500_000, "BILL-OPEN"))
    make("small_bill", "Bill", **purchase(world, seller, 10, "BILL-SMALL"))
    make("others_bill", "Bill", **purchase(world, other, 500_000, "BILL-2"))
    make("vendor_credit", "VendorCredit", **purchase(world, seller, 5, "VC-1"))
    _spent(world)


def _spent(world: World) -> None:
    """What was paid at once, and a journal entry, each with its number."""
    accounts = {row["Name"]: row["Id"] for row in world.shop.books("Account")}
    bank, card = {"value": accounts["Checking"]}, {"value": accounts["Mastercard"]}
    line = purchase(world, "1", 8, "")["Line"]
    for number, kind, paid_from in (("CHECK-1", "Check", bank), ("EXPENSE-1", "CreditCard", card)):
        world.make("spent", "Purchase", PaymentType=kind, AccountRef=paid_from, TxnDate=DAY,
                   DocNumber=number, Line=line)  # fmt: skip
    sides = [
        {
            "Amount": 5,
            "DetailType": "JournalEntryLineDetail",
            "JournalEntryLineDetail": {"PostingType": side, "AccountRef": {"value": account}},
        }
        for side, account in (("Debit", accounts["Depreciation"]), ("Credit", accounts["Truck"]))
    ]
    world.make("journal", "JournalEntry", TxnDate=DAY, DocNumber="JOURNAL-1", Line=sides)


def _link(world: World) -> None:
    """What records of the source refer to by their own ids."""
    shop = world.shop
    for kind, entity, what in (
        ("customer", "Customer", "customer"),
        ("vendor", "Vendor", "vendor"),
        ("item", "Item", "item"),
    ):
        for position, qbo_id in enumerate(world.ids[what]):
            shop.link(kind, f"{what}{position}", entity, qbo_id)
    for what in ("open_bill", "small_bill", "others_bill"):
        shop.link("bill", what, "Bill", world.one(what))
    for what in ("open", "others", "small", "below_open", "paid", "void"):
        shop.link("invoice", what, "Invoice", world.one(what))
