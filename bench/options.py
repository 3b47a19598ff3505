"""How fast the mirror answers with 100,000 customers in it; target: every look-up under 50 ms."""

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from sqlmodel import Session

from bench.world import arguments, report
from bot import mirror
from bot.db import Sessions, make_engine, migrate
from bot.models import Company
from sandbox.quiet_end import quietly

CUSTOMERS = 100_000
INVOICES = 50_000
ITEMS = 10_000
TARGET_MS = 50.0
_AT_ONCE = 5000
_TIMES = 15
_NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
_TRADES = ("Bakery", "Books", "Cycles", "Dental", "Electric", "Florist", "Garage", "Kitchens")


def main(argv: Sequence[str]) -> int:
    """Measure; the exit code is 1 when the target was missed."""
    as_json = arguments(argv, __doc__ or "")
    with tempfile.TemporaryDirectory(prefix="qb-bench-") as folder:
        engine = make_engine(f"sqlite:///{Path(folder)}/bench.sqlite3")
        migrate(engine)
        sessions = Sessions(engine)
        _fill(sessions)
        found = {name: _milliseconds(sessions, look) for name, look in _looks().items()}
        engine.dispose()
    worst = max(found.values())
    result = {
        **found,
        "customers": CUSTOMERS,
        "target_ms": TARGET_MS,
        "ok": worst < TARGET_MS,
    }
    return report(result, as_json=as_json)


def _looks() -> dict[str, Callable[[Session], Any]]:
    """What people and the sync ask, by name."""
    parties = ["Customer", "Vendor", "Employee"]
    return {
        "menu, one letter": lambda s: mirror.search(s, 1, ["Customer"], "b", most=100),
        "menu, a name": lambda s: mirror.search(s, 1, ["Customer"], "florist 0", most=100),
        "menu, a word inside": lambda s: mirror.search(s, 1, ["Customer"], "099995", most=100),
        "menu, nothing fits": lambda s: mirror.search(s, 1, ["Customer"], "zzz", most=100),
        "menu, a SKU": lambda s: mirror.search(s, 1, ["Item"], "sku-00", most=100),
        "menu, the first 100": lambda s: mirror.in_use(s, 1, "Customer", most=100),
        "same or near name": lambda s: mirror.candidates(s, 1, "Bakery No 000008", parties),
        "document by number": lambda s: mirror.by_number(s, 1, ["Invoice", "Bill"], "4711"),
        "record by id": lambda s: mirror.get(s, 1, "Customer", "77"),
    }


def _milliseconds(sessions: Sessions, look: Callable[[Session], Any]) -> float:
    took = []
    for _ in range(_TIMES):
        with sessions.read() as session:
            begun = time.perf_counter()
            look(session)
            took.append((time.perf_counter() - begun) * 1000)
    return round(median(took), 1)


def _fill(sessions: Sessions) -> None:
    with sessions.write() as session:
        session.add(Company(name="Bench", channel_id="C1", created_at=_NOW))
    _put(sessions, "Customer", CUSTOMERS, _customer)
    _put(sessions, "Item", ITEMS, lambda n: {"Name": f"Item {n}", "Sku": f"SKU-{n:05}"})
    _put(sessions, "Invoice", INVOICES, _invoice)


def _customer(number: int) -> dict[str, Any]:
    name = f"{_TRADES[number % len(_TRADES)]} No {number:06}"
    return {"DisplayName": name, "Active": number % 20 != 0, "Balance": "0.00"}


def _invoice(number: int) -> dict[str, Any]:
    customer = {"value": str(number % CUSTOMERS)}
    return {"DocNumber": str(number), "TxnDate": "2026-10-01", "CustomerRef": customer}


def _put(
    sessions: Sessions, entity: str, count: int, make: Callable[[int], dict[str, Any]]
) -> None:
    for start in range(0, count, _AT_ONCE):
        rows = [{"Id": str(n), **make(n)} for n in range(start, min(start + _AT_ONCE, count))]
        with sessions.write() as session:
            mirror.put_many(session, 1, entity, rows, _NOW)


if __name__ == "__main__":
    sys.exit(quietly(main))
