"""How fast a company is read, beside python-quickbooks, with 150 ms latency and Intuit's limits.

The floor is what the limits alone allow: pages of 1,000, ten requests a second, 500 a minute.
`python -m bench.mirror [--sizes 10000,100000] [--ways read,load,query,all] [--json]`
"""

import argparse
import json
import math
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
from cryptography.fernet import Fernet

from bench.world import ROOT, Words, report, whole
from sandbox.demo.children import clean_environment, end_all, ready_line, start
from sandbox.quiet_end import quietly

LATENCY_MS = 150
SINCE_ENTERED_SECONDS = 900
PAGE = 1000
PER_SECOND = 10
PER_MINUTE = 500
WAYS = ("read", "load", "query", "all")
# all() in pages of 100 of a million customers would take more than half an hour.
MOST_FOR_ALL = 100_000
TARGET_FLOOR = 1.15
TARGET_CPU = 0.6
TARGET_MEGABYTES = 300.0
_LONGEST_SECONDS = 3600.0


def main(argv: Sequence[str]) -> int:
    """Measure; the exit code is 1 when a target was missed."""
    parser = Words(__doc__ or "")
    sizes_help = "how many customers, as in 10000,1000000"
    parser.add_argument("--sizes", type=_sizes, default=[10_000, 100_000], help=sizes_help)
    parser.add_argument("--ways", type=_ways, default=WAYS, help=f"of {','.join(WAYS)}")
    wanted = parser.parse_args(argv)
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="qb-bench-") as name:
        folder = Path(name)
        simulator = start("quickbooks", ["-m", "sandbox", "quickbooks"], folder, ROOT)
        try:
            stage = _Stage(folder, ready_line(simulator))
            for size in wanted.sizes:
                found[str(size)] = _measure(stage, size, wanted.ways, told=not wanted.json)
        finally:
            end_all([simulator])
    return _report(found, as_json=wanted.json)


def _sizes(text: str) -> list[int]:
    return [whole(size) for size in text.split(",")]


def _ways(text: str) -> list[str]:
    asked = text.split(",")
    unknown = [way for way in asked if way not in WAYS]
    if unknown:
        msg = f"{unknown[0]!r} is none of {','.join(WAYS)}"
        raise argparse.ArgumentTypeError(msg)
    return asked


def floor_seconds(rows: int) -> float:
    """The shortest time the limits allow for a list of so many records.

    P = ⌈rows ÷ 1,000⌉ requests. Of each minute 500 may be used, ten a second: whole minutes of
    500 requests, then the rest at ten a second.
    """
    requests = math.ceil(rows / PAGE)
    minutes, rest = divmod(max(0, requests - 1), PER_MINUTE)
    return minutes * 60 + (rest + 1) / PER_SECOND


class _Stage:
    """The simulator, its control API, and where the databases are."""

    def __init__(self, folder: Path, ready: Mapping[str, Any]) -> None:
        self.folder = folder
        self.ready = ready
        self.http = httpx.Client(timeout=_LONGEST_SECONDS, trust_env=False)
        self.runs = 0

    def control(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        reply = self.http.post(f"{self.ready['control_url']}{path}", json=body)
        reply.raise_for_status()
        answer: dict[str, Any] = reply.json()
        return answer

    def throttled(self) -> int:
        """How many requests the simulator has refused with 429 so far."""
        rows = self.http.get(f"{self.ready['control_url']}/requests").json()["requests"]
        return sum(1 for row in rows if row["status"] == 429)

    def settings(self) -> dict[str, str]:
        self.runs += 1
        return {
            "DATABASE_URL": f"sqlite:///{self.folder}/bench-{self.runs}.sqlite3",
            "SECRET_KEYS": Fernet.generate_key().decode(),
            "INTUIT_CLIENT_ID": str(self.ready["client_id"]),
            "INTUIT_CLIENT_SECRET": str(self.ready["client_secret"]),
            "INTUIT_ENVIRONMENT": str(self.ready["discovery_url"]),
            "QUICKBOOKS_API_URL": str(self.ready["api_url"]),
            "QUICKBOOKS_PER_MINUTE": str(PER_MINUTE),
            "QUICKBOOKS_PER_SECOND": str(PER_SECOND),
        }


def _measure(stage: _Stage, size: int, ways: Sequence[str], *, told: bool) -> dict[str, Any]:
    company = stage.control("/companies", {"name": f"Bench {size}", "seed": "empty"})
    stage.control("/fill", {"realm": company["realm_id"], "entity": "Customer", "count": size})
    # A company that was entered long ago: its records are no news any more.
    stage.control("/clock", {"advance": SINCE_ENTERED_SECONDS})
    stage.control("/latency", {"ms": LATENCY_MS})
    results: dict[str, Any] = {"floor_seconds": round(floor_seconds(size), 1)}
    for way in ways:
        if way == "all" and size > MOST_FOR_ALL:
            continue
        stage.control("/limits", {"limits": "real"})
        before = stage.throttled()
        results[way] = _run(stage, company, way) | {"refused": stage.throttled() - before}
        if told:
            sys.stdout.write(f"{size:>9,} {way:<6}{results[way]}\n")
            sys.stdout.flush()
    stage.control("/latency", {"ms": 0})
    return results


def _run(stage: _Stage, company: Mapping[str, Any], way: str) -> dict[str, Any]:
    task = {
        "way": way,
        "realm": company["realm_id"],
        "access_token": company["access_token"],
        "refresh_token": company["refresh_token"],
        "quickbooks": dict(stage.ready),
        "settings": stage.settings(),
    }
    done = subprocess.run(
        [sys.executable, "-m", "bench.mirror_work"],
        cwd=ROOT,
        env=clean_environment(),
        input=json.dumps(task),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=_LONGEST_SECONDS,
    )
    found = json.loads(done.stdout.splitlines()[-1])
    return {name: round(value, 2) for name, value in found.items()}


def _report(found: Mapping[str, Any], *, as_json: bool) -> int:
    """Compare with the targets, which are stated for 100,000 customers."""
    aims = found.get("100000", {})
    result: dict[str, Any] = {"sizes": found, "latency_ms": LATENCY_MS, "ok": True}
    for size, seen in found.items():
        if "read" in seen:
            result[f"read_by_floor_{size}"] = round(
                seen["read"]["seconds"] / seen["floor_seconds"], 3
            )
    if not aims:
        result["judged"] = "nothing: the targets are stated for 100,000 customers"
    if "read" in aims:
        ratio = aims["read"]["seconds"] / aims["floor_seconds"]
        result |= {"wall_by_floor": round(ratio, 3), "target_wall_by_floor": TARGET_FLOOR}
        result["ok"] = ratio <= TARGET_FLOOR
    if "read" in aims and "query" in aims:
        share = aims["read"]["cpu_seconds"] / aims["query"]["cpu_seconds"]
        result |= {"cpu_by_query": round(share, 3), "target_cpu_by_query": TARGET_CPU}
        result["ok"] = result["ok"] and share <= TARGET_CPU
    if "load" in aims:
        peak = aims["load"]["megabytes"]
        result |= {"megabytes": peak, "target_megabytes": TARGET_MEGABYTES}
        result["ok"] = result["ok"] and peak < TARGET_MEGABYTES
    if not as_json:
        result.pop("sizes")
    return report(result, as_json=as_json)


if __name__ == "__main__":
    sys.exit(quietly(main))
