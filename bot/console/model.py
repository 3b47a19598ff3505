"""What the command line's commands are given, and the options they share."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.domain import Payload

if TYPE_CHECKING:
    # `explain` needs no settings, and none of what they lead to (a second of loading).
    from bot.checkup import Check
    from bot.config import Settings
    from bot.scheduler import JobTable
    from bot.services import Services

EnvFile = Annotated[
    Path | None,
    typer.Option("--env-file", help="Take settings from this file, before the environment."),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON value on standard output.")]
CompanyName = Annotated[str | None, typer.Option("--company", help="Name or id of a company.")]


@dataclass(frozen=True)
class Desk:
    """What a command works with: beside a running bot, or alone in this process."""

    services: "Services"
    table: "JobTable"
    checks: "tuple[Check, ...]"


@dataclass(frozen=True)
class Parts:
    """What app.py hands over: it alone knows every part of the program."""

    root: Path
    environ: Mapping[str, str]
    run: "Callable[[Settings], None]"
    desk: "Callable[[Settings], AbstractContextManager[Desk]]"
    manifest: "Callable[[Settings], Payload]"
    fix_names: frozenset[str]
    worker: "Callable[[Settings], None]"

    def settings(self, env_file: Path | None) -> "Settings":
        """Read the settings. Raises ConfigError."""
        from bot.console import environment

        return environment.read(self.environ, env_file)

    def existing(self, env_file: Path | None) -> "Settings":
        """Read the settings of a database that is there. Raises ConfigError."""
        from bot.console import environment

        settings = self.settings(env_file)
        environment.require_database(settings)
        return settings
