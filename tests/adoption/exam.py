"""The exam: a source hands over thousands of documents that the books hold, some a little other.

`make adoption` plays 3,000 and writes docs/adoption.md; the tests play 300.
"""

import random
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from sqlmodel import func, select

from bot import jobs
from bot.models import AdoptionPair, Record
from tests.sync.shop import customer, invoice, item, payment, vendor

BUYERS, GOODS, MILLS = 20, 10, 5
DIFFERENCES = ("total", "date", "sales tax", "customer")
MOST_ROUNDS = 400


@dataclass
class Paper:
    """The documents of an exam, and what was made to differ in which, by external id."""

    records: list = field(default_factory=list)
    changed: dict = field(default_factory=dict)


@dataclass
class Marks:
    """What came of it."""

    documents: int
    changed: Counter
    created_before: int = 0
    exact: int = 0
    differs: int = 0
    several: int = 0
    linked: int = 0
    asked: int = 0
    created: int = 0
    again_created: int = 0
    again_alerts: int = 0
    again_exact: int = 0
    wrong: list = field(default_factory=list)
    seconds: dict = field(default_factory=dict)


def play(house, documents, seed=1):
    """Fill the books, hand the same over, approve, and hand it over again under new ids."""
    rng = random.Random(seed)
    _without_messages(house)
    _lists(house)
    paper = _fill(house, rng, documents)
    marks = Marks(documents, Counter(paper.changed.values()))
    house.capture()
    before = len(house.shop.creates())
    _timed(marks, "compared and held", lambda: _handed(house, paper.records))
    marks.created_before = len(house.shop.creates()) - before
    alert = house.incident("already_in_books")
    marks.exact, marks.differs = alert.facts["exact"], alert.facts["differs"]
    marks.several = alert.facts["several"]
    marks.wrong = _wrong(house, paper)
    _timed(marks, "linked and asked", lambda: house.mend(alert, "adopt"))
    states = _states(house)
    marks.linked, marks.asked = states["posted"], states["held"]
    marks.created = len(house.shop.creates()) - before
    again = [_anew(row) for row in paper.records if row["external_id"] not in paper.changed]
    _timed(marks, "sent again", lambda: _handed(house, again))
    standing = [
        row
        for row in house.incidents()
        if row.problem == "already_in_books" and row.state != "resolved"
    ]
    marks.again_alerts = len(standing)
    marks.again_exact = sum(row.facts["exact"] for row in standing)
    marks.again_created = len(house.shop.creates()) - before - marks.created
    return marks


def _without_messages(house):
    """Nobody reads hundreds of messages here: they stay rows."""
    nudge = house.shop.nudges.nudge

    def quiet(job, arg="", **more):
        if job != jobs.DELIVER:
            nudge(job, arg, **more)

    house.shop.nudges.nudge = quiet


def faults(marks):
    """What is wrong, in words; nothing when the exam is passed."""
    others = marks.changed.total()
    said = {
        f"said wrongly of {marks.wrong[:5]}": not marks.wrong,
        "posted before the approval": not marks.created_before,
        "not every one linked": marks.linked == marks.exact == marks.documents - others,
        "not every other one asked about": marks.asked == marks.differs == others,
        "doubled": not marks.created and not marks.again_created,
        "not one alert when sent again": marks.again_alerts == 1,
        "not all found when sent again": marks.again_exact == marks.exact,
    }
    return [words for words, right in said.items() if not right]


def _timed(marks, what, work):
    started = time.monotonic()
    work()
    marks.seconds[what] = round(time.monotonic() - started, 1)


def _lists(house):
    house.shop.hand_over(
        *(customer(f"b{place}", f"Buyer {chr(65 + place)} & Sons") for place in range(BUYERS)),
        *(item(f"g{place}", f"Thing {chr(65 + place)}") for place in range(GOODS)),
        *(vendor(f"m{place}", f"Mill {chr(65 + place)}") for place in range(MILLS)),
    )
    house.shop.push_all()


def _handed(house, records):
    for start in range(0, len(records), 500):
        house.shop.hand_over(*records[start : start + 500])
    for _ in range(MOST_ROUNDS):
        house.sync()
        if not _states(house)["waiting"]:
            return
    raise AssertionError("still waiting")


def _states(house):
    with house.services.sessions.read() as session:
        rows = session.exec(
            select(Record.state, func.count())
            .where(Record.doc_date != None)  # noqa: E711  SQL
            .group_by(Record.state)
        ).all()
    return Counter({str(state): count for state, count in rows})


def _wrong(house, paper):
    """Pairs that are exact where something was changed, or not where nothing was."""
    with house.services.sessions.read() as session:
        rows = session.exec(
            select(Record.external_id, AdoptionPair.verdict).join(
                AdoptionPair, AdoptionPair.record_id == Record.id
            )
        ).all()
    said = dict(rows)
    return sorted(
        row["external_id"]
        for row in paper.records
        if (said.get(row["external_id"]) == "exact") is (row["external_id"] in paper.changed)
    )


def _fill(house, rng, documents):
    """An earlier connector posted these; every tenth is a little other in the books."""
    paper = Paper()
    ids = {name: _ids(house, name) for name in ("Customer", "Item", "Vendor")}
    account = next(row for row in house.shop.books("Account") if row["AccountType"] == "Expense")
    makers = (_sale, _sale, _sale, _payment, _bill)
    for place in range(documents):
        day = date(2026, 11, 12) - timedelta(days=rng.randint(0, 200))
        record, entity, data = makers[place % 5](rng, place, day.isoformat(), ids, account)
        if place // 10 % 10 == place % 10:
            paper.changed[record["external_id"]] = _change(rng, entity, data, ids)
        paper.records.append(record)
        house.shop.create(entity, **data)
    return paper


def _ids(house, entity):
    return {row.get("DisplayName") or row["Name"]: row["Id"] for row in house.shop.books(entity)}


def _memo(place):
    return f"[sync:Oldshop:o-{place}]" if place % 2 else "by Oldsync"


def _sale(rng, place, day, ids, account):
    del account
    buyer, goods = rng.randrange(BUYERS), rng.randrange(GOODS)
    count, price = rng.randint(1, 9), Decimal(rng.randint(100, 99999)) / 100
    tax = (count * price * Decimal("0.08")).quantize(Decimal("0.01"))
    record = invoice(
        f"E-{place}", f"b{buyer}", (f"g{goods}", count, str(price)), tax=str(tax), date=day
    )
    detail = {
        "ItemRef": {"value": ids["Item"][f"Thing {chr(65 + goods)}"]},
        "Qty": count,
        "UnitPrice": float(price),
        "TaxCodeRef": {"value": "TAX"},
    }
    line = {
        "DetailType": "SalesItemLineDetail",
        "Amount": float(count * price),
        "SalesItemLineDetail": detail,
    }
    data = {
        "CustomerRef": {"value": ids["Customer"][f"Buyer {chr(65 + buyer)} & Sons"]},
        "DocNumber": record["number"],
        "TxnDate": day,
        "Line": [line],
        "TxnTaxDetail": {"TotalTax": float(tax)},
        "PrivateNote": _memo(place),
    }
    return record, "Invoice", data


def _payment(rng, place, day, ids, account):
    del account
    buyer, amount = rng.randrange(BUYERS), Decimal(rng.randint(100, 99999)) / 100
    reference = f"CHK {place}"
    record = payment(f"p-{place}", f"b{buyer}", str(amount), reference=reference, date=day)
    data = {
        "CustomerRef": {"value": ids["Customer"][f"Buyer {chr(65 + buyer)} & Sons"]},
        "TotalAmt": float(amount),
        "PaymentRefNum": reference,
        "TxnDate": day,
        "PrivateNote": _memo(place),
    }
    return record, "Payment", data


def _bill(rng, place, day, ids, account):
    mill, amount = rng.randrange(MILLS), Decimal(rng.randint(100, 99999)) / 100
    record = {
        "type": "bill",
        "external_id": f"bill-{place}",
        "number": f"PM{place}",
        "date": day,
        "vendor": f"m{mill}",
        "lines": [{"account": account["Name"], "amount": str(amount)}],
        "total": str(amount),
    }
    line = {
        "DetailType": "AccountBasedExpenseLineDetail",
        "Amount": float(amount),
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": account["Id"]}},
    }
    data = {
        "VendorRef": {"value": ids["Vendor"][f"Mill {chr(65 + mill)}"]},
        "DocNumber": record["number"],
        "TxnDate": day,
        "Line": [line],
        "PrivateNote": _memo(place),
    }
    return record, "Bill", data


def _change(rng, entity, data, ids):
    """Make the books' document a little other; returns in what."""
    what = rng.choice(DIFFERENCES if entity == "Invoice" else DIFFERENCES[:2])
    if what == "total" and entity == "Payment":
        data["TotalAmt"] = round(data["TotalAmt"] + 0.01, 2)
    elif what == "total":
        line = data["Line"][0]
        line["Amount"] = round(line["Amount"] + 0.01, 2)
        line.get("SalesItemLineDetail", {}).pop("UnitPrice", None)
        line.get("SalesItemLineDetail", {}).pop("Qty", None)
    elif what == "date":
        day = date.fromisoformat(data["TxnDate"]) + timedelta(days=rng.choice((-2, -1, 1, 2)))
        data["TxnDate"] = day.isoformat()
    elif what == "sales tax":
        data["TxnTaxDetail"]["TotalTax"] = round(data["TxnTaxDetail"]["TotalTax"] + 0.05, 2)
    else:
        others = [one for one in ids["Customer"].values() if one != data["CustomerRef"]["value"]]
        data["CustomerRef"] = {"value": rng.choice(others)}
    return what


def _anew(record):
    return record | {"external_id": f"new-{record['external_id']}"}
