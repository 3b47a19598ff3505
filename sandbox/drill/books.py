"""One company as a story sees it: its shop, its QuickBooks, and the names of this drill."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.demo.children import DemoError
from sandbox.demo.web import Http
from sandbox.drill import records
from sandbox.drill.names import Names, folded

Json = dict[str, Any]
SOURCE = "shop"
# Until then the bot may not know of a change in QuickBooks, and would rightly go on as before.
SEEN_SECONDS = 5.0
NAME_FIELDS = {"Customer": "DisplayName", "Vendor": "DisplayName", "Employee": "DisplayName"}
_OF_STOCK = (records.SALES_ACCOUNT, "Cost of Goods Sold", "Inventory Asset")
# Long before any order of the drill: QuickBooks refuses a sale from before the count began.
_STOCKED_DAYS = 90
_MARK = re.compile(r"\[sync:[^\]]+\]")
_ENTITY = {
    "customer": "Customer",
    "vendor": "Vendor",
    "item": "Item",
    "account": "Account",
    "invoice": "Invoice",
    "bill": "Bill",
}


@dataclass(frozen=True)
class Shop:
    """A source of records: its name and its intake token."""

    name: str
    token: str


@dataclass
class Books:
    """A company in the local QuickBooks, connected to the bot, with a shop that hands records in.

    Everything a story may do or look at; nothing here knows the bot but its intake and its
    command line.
    """

    name: str
    realm: str
    channel: str
    bot_url: str
    control_url: str
    time_zone: str
    http: Http
    names: Names
    app: Callable[..., Json]
    shops: dict[str, Shop] = field(default_factory=dict)
    # What the shops handed in, by the mark that the bot gives it in QuickBooks.
    handed: dict[str, Json] = field(default_factory=dict)
    # Documents that rightly have other days, by their number, and these.
    moves: dict[str, tuple[str, ...]] = field(default_factory=dict)
    # Documents that rightly get another total, by their number, and that total.
    totals: dict[str, str] = field(default_factory=dict)

    # --- the shop -----------------------------------------------------------------------------

    def hand_in(self, *rows: Json, shop: str = SOURCE) -> None:
        """Hand records in, as a shop's connector does. Raises DemoError when any is refused."""
        if not rows:
            return
        source = self.shops[shop]
        url = f"{self.bot_url}/intake/{source.name}/records"
        report = self.http.post(url, list(rows), token=source.token)
        if report["refused"]:
            raise DemoError(f"The bot refused records of the drill: {report['errors'][:3]}")
        self.lays_out(source.name, *rows)

    def lays_out(self, shop: str, *rows: Json) -> None:
        """Note what a shop has for the bot, which reads it by itself or is handed it."""
        self.handed |= {f"[sync:{shop}:{row['external_id']}]": row for row in rows}

    def say_totals(self, shop: str, *totals: Json) -> None:
        """Say what a shop has of a day. Raises DemoError when any is refused."""
        source = self.shops[shop]
        report = self.http.post(
            f"{self.bot_url}/intake/{source.name}/totals", list(totals), token=source.token
        )
        if report["refused"]:
            raise DemoError(f"The bot refused totals of the drill: {report['errors'][:3]}")

    def open_shop(self, name: str, *options: str) -> None:
        """Add another source to the company, with options of `sources add`."""
        if name not in self.shops:
            added = self.app("sources", "add", name, "--company", self.name, *options)
            self.shops[name] = Shop(name, str(added["token"]))

    # --- the people in QuickBooks ---------------------------------------------------------------

    def act(self, verb: str, **wanted: Any) -> Json:
        """Do something as a person inside QuickBooks, such as `act("deactivate", entity=…)`."""
        body = {"type": verb, "realm": self.realm, **wanted}
        return self.http.post(f"{self.control_url}/act", body)

    def typed_in(self, entity: str, **data: Any) -> str:
        """Create a record as a person does; returns its Id."""
        return str(self.act("create", entity=entity, data=data)["id"])

    def deactivate(self, entity: str, name: str) -> None:
        """Make the record of this name inactive."""
        self.act("deactivate", entity=entity, id=self.find(entity, name)["Id"])

    def fault(self, fault: str, times: int | None = 1, **more: Any) -> None:
        """Arm a fault for this company alone; `match` narrows it further."""
        match = {"realm": self.realm, **more.pop("match", {})}
        body = {"fault": fault, "times": times, "match": match, **more}
        self.http.post(f"{self.control_url}/faults", body)

    def unmet(self) -> str:
        """Say which armed faults of this company no request has met yet."""
        armed = self.http.get(f"{self.control_url}/faults")["faults"]
        mine = [row for row in armed if row["match"].get("realm") == self.realm]
        return ", ".join(f"fault {row['fault']} is still armed" for row in mine)

    def calm(self) -> None:
        """Take every fault away that is armed for this company."""
        self.http.delete(f"{self.control_url}/faults", realm=self.realm)

    def control(self, path: str, **params: str) -> Json:
        """Read what the control API knows of this company."""
        return self.http.get(f"{self.control_url}{path}", realm=self.realm, **params)

    # --- the books ------------------------------------------------------------------------------

    def all(self, entity: str) -> list[Json]:
        """Every record of an entity, inactive and deleted too (`_active`, `_deleted`, …)."""
        url = f"{self.control_url}/records/{entity}"
        found: list[Json] = self.http.get(url, realm=self.realm)["records"]
        return found

    def named(self, entity: str, name: str) -> list[Json]:
        """The records of exactly this name or document number that were not deleted."""
        return [
            row for row in self.all(entity) if not row["_deleted"] and name_of(entity, row) == name
        ]

    def find(self, entity: str, name: str) -> Json:
        """The one record of this name or number. Raises DemoError."""
        found = self.named(entity, name)
        if len(found) != 1:
            raise DemoError(f"{self.name}: {len(found)} records {entity} {name!r}, not one")
        return found[0]

    def like(self, entity: str, marker: str) -> list[Json]:
        """The records whose name or number holds this word, whatever the spelling around it."""
        return [
            row
            for row in self.all(entity)
            if not row["_deleted"] and folded(marker) in folded(name_of(entity, row))
        ]

    def posted(self, *documents: Json) -> str:
        """Say what is wrong unless each order or bill is in the books once, for its total."""
        there = {entity: self.all(entity) for entity in {_ENTITY[row["type"]] for row in documents}}
        wrong = []
        for row in documents:
            rows = there[_ENTITY[row["type"]]]
            found = [one for one in rows if _is_live(one) and one.get("DocNumber") == row["number"]]
            totals = [Decimal(str(one["TotalAmt"])) for one in found]
            if totals != [Decimal(row["total"])]:
                said = ", ".join(map(str, totals)) or "missing"
                wrong.append(f"{row['type']} {row['number']} of {row['total']}: {said}")
        return "; ".join(wrong)

    def paid(self, *payments: Json) -> str:
        """Say what is wrong unless each of these payments is in the books once and applied."""
        invoices = {one["Id"]: one for one in self.all("Invoice") if _is_live(one)}
        there = [one for one in self.all("Payment") if _is_live(one)]
        wrong = []
        for row in payments:
            numbers = {part["invoice"].removeprefix("order-") for part in row["applies_to"]}
            found = [one for one in there if _applied(one, invoices) & numbers]
            totals = [Decimal(str(one["TotalAmt"])) for one in found]
            if totals != [Decimal(row["amount"])]:
                said = ", ".join(map(str, totals)) or "missing"
                wrong.append(f"payment {row['external_id']} of {row['amount']}: {said}")
        return "; ".join(wrong)

    def missing(self, rows: Iterable[Json]) -> list[str]:
        """Which of these list records and orders of the shop are not in the books yet."""
        wanted: dict[str, set[str]] = {}
        for row in rows:
            if row["type"] in _ENTITY:
                name = str(row.get("number") or row["name"])
                wanted.setdefault(_ENTITY[row["type"]], set()).add(name)
        lost: list[str] = []
        for entity, names in wanted.items():
            there = {name_of(entity, row) for row in self.all(entity) if _is_live(row)}
            lost += sorted(f"{entity} {name}" for name in names - there)
        return lost

    def writes(self) -> list[Json]:
        """What the bot wrote here: requests that went through, replays left out."""
        rows = self.http.get(f"{self.control_url}/writes", since="0")["writes"]
        return [
            row
            for row in rows
            if row["realm"] == self.realm
            and row.get("requestid")
            and not row.get("replayed")
            and int(row["status"]) == 200
        ]

    def twice(self) -> list[str]:
        """Name what the bot created more than once: every record carries the mark of its source."""
        created = {
            (row["entity"], row["id"]) for row in self.writes() if row["operation"] == "create"
        }
        marks: Counter[tuple[str, str]] = Counter()
        for entity in sorted({entity for entity, _ in created}):
            for row in self.all(entity):
                mark = mark_of(row)
                if mark and (entity, row["Id"]) in created:
                    marks[entity, mark] += 1
        return [
            f"{entity} {mark}: created {n} times" for (entity, mark), n in marks.items() if n > 1
        ]

    # --- days and scenes ------------------------------------------------------------------------

    def today(self) -> date:
        """The company's day."""
        now = self.http.get(f"{self.control_url}/clock")["now"]
        return datetime.fromisoformat(now).astimezone(ZoneInfo(self.time_zone)).date()

    def last_month_end(self) -> date:
        """The last day of last month."""
        return self.today().replace(day=1) - timedelta(days=1)

    def day(self, rng: Random, most: int = 20) -> date:
        """A day of the last three weeks."""
        return self.today() - timedelta(days=rng.randint(0, most))

    def buyer(self, rng: Random, name: str = "") -> Json:
        """A customer of the shop with an e-mail and a street that nobody else has."""
        given, family = self.names.person(rng)
        called = name or f"{given} {family}"
        mail = f"{folded(called) or 'books'}{self.names.number(rng)}@shop.example"
        address = {"street": self.names.street(rng), "city": self.names.city(rng)}
        key = f"c-{self.names.number(rng)}"
        return records.customer(key, called, email=mail, billing_address=address)

    def goods(self, rng: Random, name: str = "") -> Json:
        """A product of the shop."""
        price = f"{rng.randint(3, 240)}.{rng.choice(('00', '25', '50', '99'))}"
        sku = f"SKU-{self.names.number(rng)}"
        return records.item(sku, name or self.names.thing(rng), price)

    def counted(self, rng: Random, thing: Json, sku: str) -> str:
        """A person keeps this product in stock, its pieces counted; returns the item's Id."""
        account = {name: {"value": self.find("Account", name)["Id"]} for name in _OF_STOCK}
        return self.typed_in(
            "Item",
            Name=thing["name"],
            Sku=sku,
            Type="Inventory",
            TrackQtyOnHand=True,
            QtyOnHand=rng.randint(60, 400),
            InvStartDate=(self.today() - timedelta(days=_STOCKED_DAYS)).isoformat(),
            PurchaseCost=rng.randint(100, 9_999) / 100,
            IncomeAccountRef=account[records.SALES_ACCOUNT],
            ExpenseAccountRef=account["Cost of Goods Sold"],
            AssetAccountRef=account["Inventory Asset"],
        )

    def supplier(self, rng: Random) -> Json:
        """A vendor with an e-mail that nobody else has."""
        called = self.names.business(rng)
        mail = f"{folded(called)}@vendor.example"
        return records.vendor(f"v-{self.names.number(rng)}", called, email=mail)

    def bill(self, rng: Random, vendor: Json, account: str = "Office Expenses") -> Json:
        """A bill of one line, under a number of the vendor's own."""
        amount = f"{rng.randint(20, 900)}.{rng.choice(('00', '40', '75'))}"
        number = f"{rng.choice(('B', 'R-', ''))}{self.names.number(rng)}"
        return records.bill(number, self.day(rng), vendor["external_id"], [(account, amount)])

    def order(self, rng: Random, buyer: Json, goods: Sequence[Json], number: str = "") -> Json:
        """An order of one to five of each of these goods."""
        lines = [(one["external_id"], rng.randint(1, 5), one["price"]) for one in goods]
        named = number or f"{rng.choice(('INV-', 'W', 'SO-', ''))}{self.names.number(rng)}"
        return records.invoice(named, self.day(rng), buyer["external_id"], lines)

    def orders(self, rng: Random, buyer: Json, goods: Sequence[Json], count: int) -> list[Json]:
        """Several orders of one buyer."""
        return [self.order(rng, buyer, goods) for _ in range(count)]


def mark_of(row: Json) -> str:
    """The mark of the bot on a record, such as '[sync:shop:order-1]'; "" without one."""
    mark = _MARK.search(f"{row.get('PrivateNote', '')} {row.get('Notes', '')}")
    return mark.group(0) if mark else ""


def name_of(entity: str, row: Json) -> str:
    """The name of a list record, or the number of a document."""
    key = NAME_FIELDS.get(entity) or ("Name" if "Name" in row else "DocNumber")
    return str(row.get(key) or "")


def _is_live(row: Json) -> bool:
    return not row["_deleted"] and not row["_voided"]


def _applied(row: Json, invoices: dict[str, Json]) -> set[str]:
    ids = {
        link["TxnId"]
        for line in row.get("Line", [])
        for link in line.get("LinkedTxn", [])
        if link.get("TxnType") == "Invoice"
    }
    return {str(invoices[one]["DocNumber"]) for one in ids if one in invoices}
