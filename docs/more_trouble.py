"""More troubles for the pictures than a fresh demo has: one of every family, and a storm.

They go in as real ones do: orders through the bot's intake, the closing date in QuickBooks.
"""

import json
import time
import urllib.request
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sandbox.demo import story

Json = dict[str, Any]

COMPANY = story.HARBOR
UNKNOWN_SKUS = 8
CLOSED_DAYS_AGO = 60
SECONDS = 60.0
# What the bot has to have noticed, by problem.
AWAITED = frozenset({"invalid_characters", "item_not_mapped", "closed_period"})


def make(told: Json) -> None:
    """Hand them in and wait until the bot has posted its alerts about them."""
    today = datetime.now(UTC).date()  # noqa: TID251  a script, not the bot
    closing = today - timedelta(days=CLOSED_DAYS_AGO)
    realm = told["companies"][COMPANY]["realm_id"]
    control = told["control_urls"]["quickbooks"]
    _post(f"{control}/act", {"realm": realm, "type": "close_books", "date": closing.isoformat()})
    intake = told["intake"][COMPANY]
    _post(f"{intake['url']}/records", _records(today, closing), intake["token"])
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if _problems(told) >= AWAITED:
            return
        time.sleep(1)  # noqa: TID251  a script that waits for the bot


def _records(today: date, closing: date) -> list[Json]:
    """A customer with a colon, an order of a closed month, orders of goods nobody has mapped."""
    bistro = story.customer("c-401", "Bistro: East Wing", "east@bistro.example")
    late = story.invoice("INV-1600", closing - timedelta(days=2), "c-101", ("TEA-100", 4, "12.50"))
    first = story.invoice("INV-1601", today, "c-401", ("OIL-5L", 1, "64.90"))
    return [bistro, first, late, *(_unknown(today, number) for number in range(UNKNOWN_SKUS))]


def _unknown(today: date, number: int) -> Json:
    """An order whose line has a SKU that stands for nothing in QuickBooks."""
    order = story.invoice(f"INV-17{number:02}", today, "c-102", ("GIFT", number + 1, "12.50"))
    (line,) = order["lines"]
    del line["item"]
    return {**order, "lines": [{**line, "sku": f"GIFT-{number + 1:02}"}]}


def _problems(told: Json) -> set[str]:
    with urllib.request.urlopen(f"{told['control_urls']['slack']}/messages", timeout=10) as answer:
        rows = json.loads(answer.read())["messages"]
    about = [(row.get("metadata") or {}).get("event_payload") or {} for row in rows]
    return {str(one.get("problem")) for one in about}


def _post(url: str, body: Json | list[Json], token: str = "") -> None:
    headers = {"content-type": "application/json"}
    if token:
        headers["authorization"] = f"Bearer {token}"
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=30):
        return
