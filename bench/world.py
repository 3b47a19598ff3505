"""The world a measurement runs in: both simulators and the bot as real processes."""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import Any, NoReturn

import httpx

from sandbox.demo.children import Child, end_all, ready_line, start
from sandbox.demo.setting import Stage
from sandbox.demo.web import Http

ROOT = Path(__file__).resolve().parents[1]


@dataclass
class World:
    """The processes, and the stage they play on."""

    stage: Stage
    children: list[Child] = field(default_factory=list)
    starts: int = 0

    @property
    def bot(self) -> Child:
        """The bot's process."""
        return self.children[-1]

    def start_bot(self) -> Child:
        """Start the bot (again)."""
        self.starts += 1
        words = ["app.py", "run", "--env-file", str(self.stage.env_file)]
        child = start(f"bot-{self.starts}", words, self.stage.folder, ROOT)
        self.children.append(child)
        return child

    def end_bot(self) -> None:
        """End the bot."""
        end_all([self.children.pop()])

    def metric(self, name: str, **labels: str) -> float:
        """One number of the bot's /metrics; 0 when it is not there (yet)."""
        wanted = ",".join(f'{key}="{value}"' for key, value in labels.items())
        head = f"{name}{{{wanted}}} " if wanted else f"{name} "
        try:
            text = httpx.get(f"{self.stage.bot_url}/metrics", trust_env=False, timeout=5).text
        except httpx.HTTPError:
            return 0.0
        found = (line for line in text.splitlines() if line.startswith(head))
        return float(next(found, f"{head}0").rsplit(" ", 1)[-1])


@contextmanager
def open_world(*, short: bool) -> Iterator[World]:
    """Both simulators and the settings of a bot; `short` takes the demo's short intervals."""
    with tempfile.TemporaryDirectory(prefix="qb-bench-") as name:
        folder = Path(name)
        quickbooks = start("quickbooks", ["-m", "sandbox", "quickbooks"], folder, ROOT)
        words = ["-m", "sandbox", "slack", "--manifest", "manifest.json"]
        slack = start("slack", words, folder, ROOT)
        children = [quickbooks, slack]
        world = None
        try:
            stage = Stage(ROOT, folder, ready_line(quickbooks), ready_line(slack), Http())
            world = World(stage, children)
            stage.open_companies()
            stage.write_env(short=short)
            yield world
        finally:
            end_all(world.children if world else children)


def percentile(values: Sequence[float], percent: int) -> float:
    """A percentile of at least two values."""
    return quantiles(values, n=100, method="inclusive")[percent - 1]


class Words(argparse.ArgumentParser):
    """A benchmark's own options; what is wrong with them is told in one line."""

    def __init__(self, about: str) -> None:
        super().__init__(
            prog=f"python app.py bench {Path(sys.argv[0]).stem}",
            description=about,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        self.add_argument("--json", action="store_true", help="the result as one line of JSON")

    def error(self, message: str) -> NoReturn:
        """Say it and end with 2."""
        said = message[:1].upper() + message[1:]
        self.exit(2, f"{said}. `{self.prog} --help` says more.\n")


def arguments(argv: Sequence[str], about: str) -> bool:
    """Read the one option there is: --json."""
    wanted: bool = Words(about).parse_args(argv).json
    return wanted


def whole(text: str) -> int:
    """A number from 1 on. Raises ArgumentTypeError."""
    if not text.isdigit() or not int(text):
        msg = f"{text!r} is not a number from 1 on"
        raise argparse.ArgumentTypeError(msg)
    return int(text)


def report(result: Mapping[str, Any], *, as_json: bool) -> int:
    """Write the result; 1 when a target was missed."""
    if as_json:
        sys.stdout.write(json.dumps(result) + "\n")
    else:
        for key, value in result.items():
            sys.stdout.write(f"{key:<28}{value}\n")
    return 0 if result["ok"] else 1
