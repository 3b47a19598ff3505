"""How fast records are posted, beside a plain python-quickbooks loop, with Intuit's limits.

The floor is what the limits alone allow for as many single requests: 500 a minute, ten a second,
counted over sliding windows. A batch counts as one request and may hold 30 creates, but at most 40
batches a minute; none is used (docs/adr/0011-order-and-batches.md), and the floor is that of single
requests. The first reading of the company is done before the clock starts, and a minute passes, so
that no call of it counts against the first minute of either way. `--limits off` leaves limits,
latency and that minute out: what is left to be said is processor time and memory, in seconds.
`python -m bench.sync [--records 2000] [--ways bot,loop] [--limits off] [--json]`
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
from cryptography.fernet import Fernet

from bench import mixed
from bench.world import ROOT, Words, report, whole
from sandbox.demo.children import clean_environment, end_all, ready_line, start
from sandbox.quiet_end import quietly

LATENCY_MS = 150
PER_SECOND = 10
PER_MINUTE = 500
WAYS = ("bot", "loop")
TARGET_SHARE = 0.9
TARGET_CPU_MS = 2.0
TARGET_MEGABYTES = 300.0
_LONGEST_SECONDS = 3600.0


def main(argv: Sequence[str]) -> int:
    """Measure; the exit code is 1 when a target was missed."""
    parser = Words(__doc__ or "")
    parser.add_argument("--records", type=whole, default=2000, help="how many records")
    parser.add_argument("--ways", type=_ways, default=WAYS, help=f"of {','.join(WAYS)}")
    parser.add_argument(
        "--limits", choices=("real", "off"), default="real", help="off: as fast as it goes"
    )
    wanted = parser.parse_args(argv)
    limited = wanted.limits == "real"
    with tempfile.TemporaryDirectory(prefix="qb-bench-") as name:
        folder = Path(name)
        simulator = start("quickbooks", ["-m", "sandbox", "quickbooks"], folder, ROOT)
        try:
            stage = _Stage(folder, ready_line(simulator), limited=limited)
            found = stage.run(wanted.records, wanted.ways)
        finally:
            end_all([simulator])
    return _report(found, wanted.records, limited=limited, as_json=wanted.json)


def _ways(text: str) -> list[str]:
    asked = text.split(",")
    unknown = [way for way in asked if way not in WAYS]
    if unknown:
        msg = f"{unknown[0]!r} is none of {','.join(WAYS)}"
        raise argparse.ArgumentTypeError(msg)
    return asked


def floor_seconds(requests: int) -> float:
    """The shortest time the limits allow: whole minutes of 500, then the rest at ten a second."""
    minutes, rest = divmod(max(0, requests - 1), PER_MINUTE)
    return minutes * 60 + (rest + 1) / PER_SECOND


class _Stage:
    """The simulator with its true limits or none, one company for each way, at the same time."""

    def __init__(self, folder: Path, ready: Mapping[str, Any], *, limited: bool) -> None:
        self.folder = folder
        self.limited = limited
        self.ready = ready
        self.http = httpx.Client(timeout=_LONGEST_SECONDS, trust_env=False)

    def control(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        reply = self.http.post(f"{self.ready['control_url']}{path}", json=body)
        reply.raise_for_status()
        answer: dict[str, Any] = reply.json()
        return answer

    def run(self, records: int, ways: Sequence[str]) -> dict[str, dict[str, Any]]:
        companies = {
            way: self.control("/companies", {"name": f"Bench {way}", "seed": "empty"})
            for way in ways
        }
        if self.limited:
            self.control("/latency", {"ms": LATENCY_MS})
        self.control("/limits", {"limits": "real" if self.limited else "off"})
        running = {way: self._start(way, companies[way], records) for way in ways}
        found = {}
        for way, process in running.items():
            told, _ = process.communicate(timeout=_LONGEST_SECONDS)
            if process.returncode:
                sys.exit(process.returncode)
            found[way] = json.loads(told.splitlines()[-1])
        for way, company in companies.items():
            found[way] |= self._seen(company["realm_id"], found[way].pop("begun"))
        return found

    def _start(self, way: str, company: Mapping[str, Any], records: int) -> subprocess.Popen[str]:
        task = {
            "way": way,
            "realm": company["realm_id"],
            "access_token": company["access_token"],
            "refresh_token": company["refresh_token"],
            "quickbooks": dict(self.ready),
            "settings": self._settings(),
            "records": records,
            "limited": self.limited,
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "bench.sync_work"],
            cwd=ROOT,
            env=clean_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdin is not None
        process.stdin.write(json.dumps(task))
        process.stdin.close()
        process.stdin = None
        return process

    def _settings(self) -> dict[str, str]:
        paces = ("QUICKBOOKS_PER_MINUTE", "QUICKBOOKS_PER_SECOND")
        return {
            **({} if self.limited else dict.fromkeys(paces, "0")),
            "DATABASE_URL": f"sqlite:///{self.folder}/bench.sqlite3",
            "SECRET_KEYS": Fernet.generate_key().decode(),
            "INTUIT_CLIENT_ID": str(self.ready["client_id"]),
            "INTUIT_CLIENT_SECRET": str(self.ready["client_secret"]),
            "INTUIT_ENVIRONMENT": str(self.ready["discovery_url"]),
            "QUICKBOOKS_API_URL": str(self.ready["api_url"]),
        }

    def _seen(self, realm: str, begun: int) -> dict[str, Any]:
        """What the simulator saw of one company; the first requests are the first reading."""
        rows = self.http.get(f"{self.ready['control_url']}/requests").json()["requests"]
        calls = [row for row in rows if row["realm"] == realm][begun:]
        log = self.http.get(f"{self.ready['control_url']}/writes").json()["writes"]
        created = Counter(
            row["entity"]
            for row in log
            if row["realm"] == realm and row["operation"] == "create" and row["status"] == 200
        )
        return {
            "requests": len(calls),
            "refused": sum(1 for row in calls if row["status"] == 429),
            "created": sum(created.values()),
        }


def _report(
    found: Mapping[str, Mapping[str, Any]], records: int, *, limited: bool, as_json: bool
) -> int:
    result: dict[str, Any] = {
        "records": records,
        "mix": dict(Counter(row["type"] for row in mixed.records(records))),
        "ok": True,
    }
    for way, seen in found.items():
        result |= {f"{way}_{name}": value for name, value in seen.items()}
    if limited:
        result |= _shares(found, records)
    if "bot" in found:
        bot = found["bot"]
        result |= {"target_engine_cpu_ms": TARGET_CPU_MS, "target_megabytes": TARGET_MEGABYTES}
        result["ok"] = (
            result.get("bot_share_of_allowed", 1.0) >= TARGET_SHARE
            and bot["engine_cpu_ms"] < TARGET_CPU_MS
            and bot["megabytes"] < TARGET_MEGABYTES
            and bot["created"] == records
        )
    return report(result, as_json=as_json)


def _shares(found: Mapping[str, Mapping[str, Any]], records: int) -> dict[str, Any]:
    """How much of what the limits allow each way reached."""
    shares: dict[str, Any] = {
        "latency_ms": LATENCY_MS,
        "floor_seconds": round(floor_seconds(records), 1),
        "floor_formula": "60 s for each 500 requests before the last ones, these at 10 a second",
        "target_share": TARGET_SHARE,
    }
    for way, seen in found.items():
        shares[f"{way}_share_of_allowed"] = round(floor_seconds(records) / seen["seconds"], 3)
        with_reads = round(floor_seconds(seen["requests"]) / seen["seconds"], 3)
        shares[f"{way}_share_with_its_reads"] = with_reads
    return shares


if __name__ == "__main__":
    sys.exit(quietly(main))
