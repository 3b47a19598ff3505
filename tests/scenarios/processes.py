"""Starts the simulators as processes of their own."""

import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
Json = dict[str, Any]


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def start_sandbox(name: str, log: Path, *args: str) -> tuple[subprocess.Popen[str], Json]:
    """Start one simulator and read its ready line."""
    with log.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "sandbox", name, "--port", "0", *args],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        msg = f"sandbox {name} did not start: {log.read_text()[-2000:]}"
        raise AssertionError(msg)
    return process, json.loads(line)
