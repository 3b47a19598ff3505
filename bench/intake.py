"""How fast records are taken in by bulk NDJSON: read, checked, stored; target: 5,000 a second.

Counted is the processor time of one core, over what the web edge does with a body: every line is
read, checked and put into the outbox of an SQLite database. `python -m bench.intake [--records N]`
"""

import io
import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from bench.world import Words, report, whole
from bot.clock import Clock
from bot.db import Sessions, make_engine, migrate
from bot.models import Company, Source
from bot.services import Services
from bot.sync.intake import accept
from bot.web.jsonrows import read_records
from sandbox.quiet_end import quietly

RECORDS = 50_000
TARGET = 5_000
# Of ten records: one customer, one item, six invoices of two lines, two payments.
_ZONE = "America/New_York"


class _Nobody:
    """A queue that nobody works on."""

    def nudge(
        self,
        job: str,
        arg: str = "",
        *,
        lane: str | None = None,
        urgent: bool = False,
        seconds: float = 0.0,
    ) -> None:
        """Forget it."""
        del job, arg, lane, urgent, seconds


def main(argv: Sequence[str]) -> int:
    """Measure; the exit code is 1 when the target was missed."""
    parser = Words(__doc__ or "")
    parser.add_argument("--records", type=whole, default=RECORDS, help="how many, as in 50000")
    wanted = parser.parse_args(argv)
    body = "".join(f"{json.dumps(one)}\n" for one in records(wanted.records)).encode()
    with tempfile.TemporaryDirectory(prefix="qb-bench-") as folder:
        services, source_id = _services(Path(folder))
        first = _take(services, source_id, body)
        again = _take(services, source_id, body)
        services.sessions.engine.dispose()
    rate = wanted.records / first["cpu_seconds"]
    result = {
        "records": wanted.records,
        "megabytes_of_body": round(len(body) / 1e6, 1),
        "records_a_second": round(rate),
        "records_a_second_by_the_wall": round(wanted.records / first["seconds"]),
        "again_unchanged_a_second": round(wanted.records / again["cpu_seconds"]),
        "peak_megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "target_records_a_second": TARGET,
        "ok": rate >= TARGET and first["accepted"] == again["unchanged"] == wanted.records,
    }
    return report(result, as_json=wanted.json)


def records(count: int) -> Iterator[dict[str, Any]]:
    """A mix as shops send it, the same each time."""
    for number in range(count):
        kind, group = number % 10, number // 10
        if kind == 0:
            yield {
                "type": "customer",
                "external_id": f"c{group}",
                "name": f"Jane Doe {group}",
                "email": f"jane{group}@doe.example",
                "billing_address": {"street": "12 Elm St", "city": "Boston", "state": "MA"},
            }
        elif kind == 1:
            name = f"Blue Mug {group}"
            yield {"type": "item", "external_id": f"i{group}", "name": name, "sku": f"MUG-{group}"}
        elif kind < 8:
            yield _invoice(number, group)
        else:
            yield {
                "type": "payment",
                "external_id": f"p{number}",
                "date": "2026-11-14",
                "customer": f"c{group}",
                "amount": "27.06",
                "applies_to": [{"invoice": f"o{number - 5}", "amount": "27.06"}],
            }


def _invoice(number: int, group: int) -> dict[str, Any]:
    return {
        "type": "invoice",
        "external_id": f"o{number}",
        "number": str(number),
        "date": "2026-11-12",
        "customer": f"c{group}",
        "lines": [
            {"item": f"i{group}", "quantity": "2", "unit_price": "10.00", "amount": "20.00"},
            {"sku": f"MUG-{group}", "amount": "5.00", "description": "Gift wrapping"},
        ],
        "tax_total": "2.06",
        "total": "27.06",
    }


def _services(folder: Path) -> tuple[Services, int]:
    """What taking in needs of the bot: its database, its clock, and a queue."""
    engine = make_engine(f"sqlite:///{folder}/bench.sqlite3")
    migrate(engine)
    clock, sessions = Clock(), Sessions(engine)
    with sessions.write() as session:
        company = Company(name="Bench", channel_id="C1", time_zone=_ZONE, created_at=clock.now())
        session.add(company)
        session.flush()
        source = Source(company_id=company.id or 0, name="shop", created_at=clock.now())
        session.add(source)
        session.flush()
        source_id = source.id or 0
    made = SimpleNamespace(sessions=sessions, clock=clock, queue=_Nobody())
    return cast(Services, made), source_id


def _take(services: Services, source_id: int, body: bytes) -> dict[str, Any]:
    cpu, wall = time.process_time(), time.perf_counter()
    found = accept(services, source_id, read_records(io.BytesIO(body), _ZONE))
    assert not found.refused, found.refused[:3]
    return {
        "cpu_seconds": time.process_time() - cpu,
        "seconds": time.perf_counter() - wall,
        "accepted": found.accepted,
        "unchanged": found.unchanged,
    }


if __name__ == "__main__":
    sys.exit(quietly(main))
