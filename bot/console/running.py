"""`run`, `demo`, `drill`, `sandbox`, `bench`: things that live as processes."""

import os
import subprocess
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.console.model import AsJson, EnvFile, Parts
from bot.console.output import MISUSED, note, one_clear_line

Port = Annotated[int, typer.Option(min=0, max=65535, help="0 = any free port.")]


BENCHMARKS = {
    "start": "the bot's start up to its first check",
    "idle": "memory and work of the bot when nothing happens",
    "ack": "how fast a press and a command are acknowledged while 2,000 records are posted",
    "intake": "taking records in by bulk NDJSON",
    "mirror": "reading a whole company, beside python-quickbooks",
    "sync": "posting 2,000 mixed records with Intuit's limits, beside a plain loop",
    "options": "looking names up among 100,000 customers",
    "token_race": "eight processes that refresh the same tokens",
    "classify": "recognising error messages",
}


class Simulator(StrEnum):
    """The two simulators."""

    QUICKBOOKS = "quickbooks"
    SLACK = "slack"


def add(app: typer.Typer, parts: Parts) -> None:
    """Add these commands."""

    @app.command()
    def run(env_file: EnvFile = None) -> None:
        """Run the bot with the settings of the environment, of .env, or of --env-file."""
        with one_clear_line():
            parts.run(parts.settings(env_file))

    @app.command()
    def demo(
        port: Port = 0,
        no_browser: Annotated[
            bool, typer.Option("--no-browser", help="Do not open the page.")
        ] = False,
    ) -> None:
        """A local QuickBooks, a local Slack and the bot, with troubles to mend. No account."""
        words = ["demo", "--port", str(port), *(["--no-browser"] if no_browser else [])]
        _become(parts.root, "sandbox", words)

    @app.command()
    def sandbox(
        part: Simulator,
        port: Port = 0,
        manifest: Annotated[
            Path | None, typer.Option(help="slack: install this app manifest at the start.")
        ] = None,
        state: Annotated[
            Path | None,
            typer.Option(help="quickbooks: go on with this file; it is written at the end."),
        ] = None,
    ) -> None:
        """One simulator alone; prints one JSON line when it is ready."""
        words = [part.value, "--port", str(port)]
        for option, path, whose in (
            ("--manifest", manifest, Simulator.SLACK),
            ("--state", state, Simulator.QUICKBOOKS),
        ):
            if path is None:
                continue
            if part is not whose:
                note(f"{option} belongs to `sandbox {whose.value}`.")
                raise typer.Exit(MISUSED)
            words += [option, str(path.resolve())]
        _become(parts.root, "sandbox", words)

    _add_drill(app, parts)
    _add_bench(app, parts)


def _add_drill(app: typer.Typer, parts: Parts) -> None:
    @app.command()
    def drill(
        seed: Annotated[
            int | None, typer.Option(min=0, help="Order, names, amounts, dates; default: any.")
        ] = None,
        stories: Annotated[
            str, typer.Option(help="Numbers of stories, as in 1,18,43; default: all.")
        ] = "",
        limit: Annotated[
            float, typer.Option(min=0.1, help="Seconds a message and a press may take.")
        ] = 10.0,
        patience: Annotated[
            float, typer.Option(min=1, help="Seconds to wait for something before giving up.")
        ] = 45.0,
        as_json: AsJson = False,
    ) -> None:
        """Known troubles and clean noise against the whole loop; exit code 1 if it falls short."""
        words = ["drill", "--limit", str(limit), "--patience", str(patience)]
        words += ["--seed", str(seed)] if seed is not None else []
        words += ["--stories", stories] if stories else []
        _become(parts.root, "sandbox", [*words, *(["--json"] if as_json else [])])


def _add_bench(app: typer.Typer, parts: Parts) -> None:
    there = [name for name in BENCHMARKS if (parts.root / "bench" / f"{name}.py").is_file()]
    listed = "\n\n".join(f"{name}: {BENCHMARKS[name]}." for name in there)
    own = "All further words go to it: `bench mirror --help` lists its own options."

    @app.command(
        help=f"Measure something against the simulators, as real processes.\n\n{listed}\n\n{own}",
        context_settings={
            "allow_extra_args": True,
            "allow_interspersed_args": False,
        },
    )
    def bench(
        context: typer.Context,
        name: Annotated[str, typer.Argument(help=f"One of {', '.join(there)}.")],
        as_json: AsJson = False,
    ) -> None:
        if name not in there:
            note(f"There is no benchmark {name!r}. There are: {', '.join(there)}.")
            raise typer.Exit(MISUSED)
        words = [*context.args, *(["--json"] if as_json else [])]
        done = subprocess.run(
            [sys.executable, "-m", f"bench.{name}", *words], cwd=parts.root, check=False
        )
        raise typer.Exit(done.returncode)


def _become(root: Path, module: str, words: list[str]) -> None:
    """Replace this process: signals and the exit code are then the module's own."""
    os.chdir(root)
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", module, *words])
