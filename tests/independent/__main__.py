"""`python -m tests.independent [client …]`: runs them and says how many of their tests pass.

Exit 0: every client that was asked for passed at least 95 %. 1: one did not. 2: one could not be
had; the line says why and what helps.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.independent.checkout import NotToBeHad, obtain
from tests.independent.clients import CLIENTS, Client, Simulator
from tests.independent.results import Result, read

ROOT = Path(__file__).resolve().parents[2]
WANTED = 0.95
LATENCY_MS = 300
"""Each answer takes about as long as the real one: clients that ask one thing after another keep
the true limits, and tests that name records by the second do not meet themselves."""
PATIENCE = 300


@contextmanager
def simulator() -> Iterator[Simulator]:
    """A fresh local QuickBooks with the company that Intuit's documentation shows."""
    words = [sys.executable, "-m", "sandbox", "quickbooks"]
    process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        ready: dict[str, Any] = json.loads(process.stdout.readline())
        control = ready["control_url"]
        wanted = {"name": "Craig's Design and Landscaping Services", "seed": "landscaping"}
        company = httpx.post(f"{control}/companies", json=wanted, timeout=30).json()
        httpx.post(f"{control}/latency", json={"ms": LATENCY_MS}, timeout=30)
        keys = ("api_url", "discovery_url", "client_id", "client_secret")
        own = ("realm_id", "access_token", "refresh_token")
        yield Simulator(**{k: ready[k] for k in keys}, **{k: company[k] for k in own})
    finally:
        process.terminate()
        process.wait(timeout=10)


def run(client: Client, folder: Path) -> Result:
    """One client's live tests against a fresh simulator. Raises NotToBeHad."""
    copy = obtain(client, folder)
    results = folder / f"{client.name}.xml"
    with simulator() as running:
        words, environment = client.command(copy, results, running)
        said = folder / f"{client.name}.log"
        with said.open("w", encoding="utf-8") as log:
            subprocess.run(
                words,
                cwd=copy,
                env={**os.environ, **environment},  # noqa: TID251  the test harness
                stdout=log,
                stderr=subprocess.STDOUT,
                timeout=PATIENCE,
                check=False,
            )
    if not results.exists():
        lines = said.read_text(encoding="utf-8").strip().splitlines()
        raise NotToBeHad(f"its tests did not start: {lines[-1] if lines else 'no word'}")
    return read(results, client.cannot)


def report(client: Client, result: Result) -> str:
    """What a person reads: the count, then every test that did not pass, with its reason."""
    head = f"{client.name} {client.version[:12]}: {result.passed} of {len(result.counted)} passed"
    lines = [f"{head} ({result.share:.1%})"]
    lines += [f"  failed: {one.name}: {one.why}" for one in result.counted if not one.passed]
    lines += [f"  cannot apply: {one.name}: {why}" for one, why in result.apart]
    return "\n".join(lines)


def main(argv: list[str]) -> int:
    """Run the clients named, or all; the exit code tells the worst outcome."""
    names = [client.name for client in CLIENTS]
    parser = argparse.ArgumentParser(prog="python -m tests.independent", description=__doc__)
    parser.add_argument("client", nargs="*", help=f"one of {', '.join(names)}; all without")
    asked = parser.parse_args(argv).client
    if unknown := [name for name in asked if name not in names]:
        parser.error(f"unknown client {unknown[0]}; known are {', '.join(names)}")
    worst = 0
    with tempfile.TemporaryDirectory() as folder:
        for client in CLIENTS:
            if asked and client.name not in asked:
                continue
            try:
                result = run(client, Path(folder))
            except NotToBeHad as problem:
                sys.stdout.write(f"{client.name}: could not be run: {problem}\n")
                worst = 2
                continue
            sys.stdout.write(f"{report(client, result)}\n")
            worst = max(worst, int(result.share < WANTED))
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
