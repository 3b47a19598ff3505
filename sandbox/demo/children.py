"""The demo's child processes: started, watched, ended."""

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

_KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "SYSTEMROOT", "VIRTUAL_ENV", "SSL_CERT_FILE")
_KEPT_PREFIXES = ("LC_", "PYTHON", "COVERAGE")
_END_SECONDS = 12.0


class DemoError(Exception):
    """The demo cannot go on; its text is one clear sentence."""


@dataclass(frozen=True)
class Child:
    """One child process; its log is a file in .demo/."""

    name: str
    process: "subprocess.Popen[bytes]"
    log: Path

    @property
    def alive(self) -> bool:
        """Say whether it still runs."""
        return self.process.poll() is None

    def tail(self, lines: int = 5) -> str:
        """The end of its log, for an error message."""
        found = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(f"    {line}" for line in found[-lines:])


def clean_environment() -> dict[str, str]:
    """Only what a process needs to run: no setting of a real bot may leak into the demo."""
    return {
        name: value
        for name, value in os.environ.items()  # noqa: TID251  passed on, never interpreted
        if name in _KEPT or name.startswith(_KEPT_PREFIXES)
    }


def start(name: str, words: Sequence[str], folder: Path, root: Path) -> Child:
    """Start a Python process of this program; both its outputs but standard output go to a log."""
    log = folder / f"{name}.log"
    with log.open("ab") as file:
        process = subprocess.Popen(
            [sys.executable, *words],
            cwd=root,
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=file,
            # Ctrl-C reaches the demo alone; it ends its children in order.
            start_new_session=True,
        )
    return Child(name, process, log)


def ready_line(child: Child, seconds: float = 30.0) -> dict[str, Any]:
    """Wait for the one JSON line a simulator prints when it serves. Raises DemoError."""
    output = child.process.stdout
    assert output is not None
    end = monotonic() + seconds
    while monotonic() < end and child.alive:
        readable, _, _ = select.select([output], [], [], 0.2)
        if readable:
            line = output.readline()
            if line.startswith(b"{"):
                found: dict[str, Any] = json.loads(line)
                return found
    raise DemoError(f"The {child.name} simulator did not start. Its log ends:\n{child.tail()}")


def call(words: Sequence[str], root: Path, seconds: float = 60.0) -> Mapping[str, Any]:
    """Run a command of app.py that answers with one JSON value. Raises DemoError."""
    done = subprocess.run(
        [sys.executable, "app.py", *words],
        cwd=root,
        env=clean_environment(),
        capture_output=True,
        timeout=seconds,
        check=False,
    )
    if done.returncode != 0:
        reason = done.stderr.decode(errors="replace").strip().splitlines()
        raise DemoError(f"`python app.py {words[0]}` failed: {reason[-1] if reason else ''}")
    found: Mapping[str, Any] = json.loads(done.stdout)
    return found


def end_all(children: Sequence[Child]) -> None:
    """End the children, the bot first; one that does not listen is killed."""
    for child in reversed(children):
        if child.alive:
            child.process.send_signal(signal.SIGTERM)
    limit = monotonic() + _END_SECONDS
    for child in reversed(children):
        try:
            child.process.wait(max(0.1, limit - monotonic()))
        except subprocess.TimeoutExpired:
            child.process.kill()
            child.process.wait()
        if child.process.stdout is not None:
            child.process.stdout.close()
