"""`schema`: the form of what the bot takes in, for programs that write it; no settings needed."""

import json
from enum import StrEnum
from typing import Annotated

import typer

from bot.console.model import Parts
from bot.console.output import say
from bot.sync.record_schema import VERSION, record_schema

PLACE = f"docs/schema/records-{VERSION}.json"


class Form(StrEnum):
    """What there is a schema of."""

    RECORDS = "records"


def schema_text() -> str:
    """The JSON Schema of records as it is published."""
    return json.dumps(record_schema(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def add(app: typer.Typer, parts: Parts) -> None:
    """Add the command."""

    @app.command()
    def schema(
        form: Annotated[Form, typer.Argument(help="Of what: the records of a source.")],
        write: Annotated[
            bool, typer.Option("--write", help="Write the published file (developers).")
        ] = False,
    ) -> None:
        """Print the JSON Schema of what a source hands over."""
        del form
        if not write:
            typer.echo(schema_text(), nl=False)
            return
        path = parts.root / PLACE
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(schema_text(), encoding="utf-8")
        say(f"Wrote {PLACE}.")
