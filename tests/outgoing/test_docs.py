"""What docs/outgoing.md shows is what the bot does."""

import json
import re
from pathlib import Path

import jsonschema

from bot.console.schema import EVENTS_PLACE, Form, schema_text
from bot.outgoing import bounds, delivering, posting
from bot.outgoing.connection import TOTAL_SECONDS
from bot.outgoing.events import MEANING, Event

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs/outgoing.md").read_text(encoding="utf-8")


def test_the_published_schema_equals_the_model():
    """Run `make manifest` after a change of an event."""
    assert (ROOT / EVENTS_PLACE).read_text(encoding="utf-8") == schema_text(Form.EVENTS)


def test_the_examples_fit_the_schema():
    """Every example is an event as it is posted."""
    judge = jsonschema.Draft202012Validator(json.loads((ROOT / EVENTS_PLACE).read_text("utf-8")))
    blocks = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)
    events = [event for block in blocks for event in json.loads(block)]

    assert events
    assert [list(judge.iter_errors(event)) for event in events] == [[]] * len(events)


def test_every_event_is_in_the_table():
    """And each has its meaning."""
    assert [event for event in Event if f"`{event.value}`" not in TEXT] == []
    assert set(MEANING) == set(Event)


def test_the_code_that_verifies_works(office):
    """Whoever copies it takes what is ours, and refuses what was changed on the way."""
    scope = {}
    (code,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    exec(code, scope)
    office.on()
    office.tell(office.record("1042"))
    office.deliver()
    (came,) = office.receiver.got

    assert scope["genuine"](office.key, came.headers, came.content)
    assert not scope["genuine"](office.key, came.headers, came.content + b" ")
    assert not scope["genuine"]("whsec_" + "A" * 44, came.headers, came.content)


def test_the_numbers_are_those_of_the_code():
    """Seconds, hours, days and counts."""
    assert f"within {TOTAL_SECONDS:g} seconds" in TEXT
    assert f"about {delivering.FIRST_PAUSE.total_seconds():g} seconds" in TEXT
    assert delivering.LONGEST_PAUSE.total_seconds() == 3600
    assert posting.LONGEST_PAUSE.days == 1
    assert f"after {bounds.KEPT.days} days" in TEXT
    assert f"{bounds.MOST_WAITING:,} events" in TEXT
    assert f"{bounds.MOST_WAITING - bounds.ROOM_AGAIN:,} have been taken" in TEXT
    assert f"{posting.MOST_BYTES // 1024} KB" in TEXT
