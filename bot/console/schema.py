"""`schema`: the forms of what comes in and what goes out, for programs; no settings needed."""

import json
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated

import typer

from bot.console.model import Parts
from bot.console.output import say
from bot.domain import Payload
from bot.outgoing import events
from bot.sync.record_schema import VERSION, record_schema

PLACE = f"docs/schema/records-{VERSION}.json"
EVENTS_PLACE = f"docs/schema/events-{events.VERSION}.json"


class Form(StrEnum):
    """What there is a schema of."""

    RECORDS = "records"
    EVENTS = "events"


_MADE: dict[Form, tuple[str, Callable[[], Payload]]] = {
    Form.RECORDS: (PLACE, record_schema),
    Form.EVENTS: (EVENTS_PLACE, events.event_schema),
}


def schema_text(form: Form = Form.RECORDS) -> str:
    """The JSON Schema as it is published."""
    return json.dumps(_MADE[form][1](), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def add(app: typer.Typer, parts: Parts) -> None:
    """Add the command."""

    @app.command()
    def schema(
        form: Annotated[Form, typer.Argument(help="Of what: records come in, events go out.")],
        write: Annotated[
            bool, typer.Option("--write", help="Write the published file (developers).")
        ] = False,
    ) -> None:
        """Print the JSON Schema of what a source hands over, or of what its callback is told."""
        if not write:
            typer.echo(schema_text(form), nl=False)
            return
        place = _MADE[form][0]
        path = parts.root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(schema_text(form), encoding="utf-8")
        say(f"Wrote {place}.")
