"""The simulator as a process: one JSON line when ready, a clean end on SIGTERM."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[3]
KEYS = {
    "api_url",
    "discovery_url",
    "control_url",
    "client_id",
    "client_secret",
    "realm_id",
    "access_token",
    "refresh_token",
    "webhook_verifier",
    "pid",
}


def start(*options: str) -> tuple[subprocess.Popen[str], dict[str, str]]:
    """Start it and read its ready line."""
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", "quickbooks", *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    return process, json.loads(process.stdout.readline())


def stop(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """SIGTERM; the exit code and what else was written."""
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def test_ready_line_and_end() -> None:
    """The line has what a client needs; nothing else goes to standard output; exit 0."""
    process, ready = start("--seed", "7", "--clock", "2026-03-01T09:00:00Z")
    try:
        reply = httpx.get(
            f"{ready['api_url']}/company/{ready['realm_id']}/customer/1",
            headers={"Authorization": f"Bearer {ready['access_token']}"},
        )
    finally:
        code, out, err = stop(process)

    assert set(ready) >= KEYS
    assert ready["api_url"].endswith("/v3")
    assert reply.json()["time"].startswith("2026-03-01T01:00:")
    assert (code, out, err) == (0, "", "")


def test_same_seed_same_keys() -> None:
    """Keys and tokens repeat with the seed and differ without it."""
    lines = []
    for seed in ("7", "7", "8"):
        process, ready = start("--seed", seed)
        stop(process)
        lines.append((ready["client_id"], ready["client_secret"], ready["webhook_verifier"]))

    assert lines[0] == lines[1]
    assert lines[0] != lines[2]


def test_taken_port_is_one_clear_line() -> None:
    """Exit 2 and a sentence."""
    process, ready = start()
    port = ready["api_url"].split(":")[2].split("/")[0]
    second = subprocess.run(
        [sys.executable, "-m", "sandbox", "quickbooks", "--port", port],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    stop(process)

    assert (second.returncode, second.stdout) == (2, "")
    assert second.stderr.startswith(f"port {port} cannot be used")
