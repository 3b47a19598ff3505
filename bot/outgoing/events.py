"""What an event says: its names and its form, published as docs/schema/events-1.json."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from bot.domain import Payload

VERSION = 1
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


class Event(StrEnum):
    """What a source hears of; `callback.test` comes only when a person asks for it."""

    POSTED = "record.posted"
    HELD = "record.held"
    RELEASED = "record.released"
    SKIPPED = "record.skipped"
    CHANGED = "record.changed"
    VOIDED = "record.voided"
    DELETED = "record.deleted"
    INACTIVATED = "record.inactivated"
    MISSED = "events.missed"
    TEST = "callback.test"


MEANING: Mapping[Event, str] = {
    Event.POSTED: "It is in QuickBooks: posted by the bot, or found there and linked.",
    Event.HELD: "It cannot be posted for now; `problems` says why, in words for people.",
    Event.RELEASED: "What held it is settled; it is posted at its turn.",
    Event.SKIPPED: "Somebody decided that it is not posted; `reason` says why.",
    Event.CHANGED: "Somebody changed it in QuickBooks; `changes` says what.",
    Event.VOIDED: "Somebody voided it in QuickBooks.",
    Event.DELETED: "Somebody deleted it in QuickBooks.",
    Event.INACTIVATED: "Somebody made it inactive in QuickBooks.",
    Event.MISSED: "So many events were not kept, because too many waited: compare everything.",
    Event.TEST: "Somebody tries the address; nothing happened.",
}


class _Open(BaseModel):
    """Further fields may come within one version: leave out what you do not know."""

    model_config = ConfigDict(extra="allow")


class Change(_Open):
    """One group of fields, by name: when both sides last agreed, and in QuickBooks now."""

    was: JsonValue = None
    now: JsonValue = None


class Told(_Open):
    """Why a record is not posted."""

    problem: Annotated[str, Field(description="The problem's stable name.")]
    title: Annotated[str, Field(description="The problem in a few words, for people.")]
    what: Annotated[str, Field(description="What is the matter, for people.")]


class Missed(_Open):
    """Events that were not kept."""

    count: int
    since: datetime
    until: datetime


class OutgoingEvent(_Open):
    """One event. Money is a decimal string, a moment ISO 8601 with its offset."""

    schema_version: Literal[1]
    event_id: Annotated[str, Field(description="The same at every try; also webhook-id.")]
    event: Event
    sequence: Annotated[
        int | None, Field(ge=1, description="Counts the events of a record from 1, without a gap.")
    ] = None
    occurred_at: datetime
    company: str
    source: str
    type: Annotated[str | None, Field(description="As in docs/records.md.")] = None
    external_id: Annotated[str | None, Field(description="What the source calls it.")] = None
    quickbooks_type: Annotated[str | None, Field(description="Such as Invoice.")] = None
    quickbooks_id: Annotated[str | None, Field(description="None: not in QuickBooks.")] = None
    number: str | None = None
    total: Annotated[str | None, Field(description="In `currency`, as QuickBooks has it.")] = None
    currency: str | None = None
    how: Annotated[
        str | None, Field(description="posted by the bot, matched or chosen: was there before.")
    ] = None
    changes: Annotated[
        dict[str, Change] | None, Field(description="By group: money, dates, address and so on.")
    ] = None
    changed_by: Annotated[str | None, Field(description="Where QuickBooks tells who.")] = None
    changed_at: datetime | None = None
    problems: list[Told] | None = None
    reason: Annotated[str | None, Field(description="Of a person, in their words.")] = None
    missed: Missed | None = None


def event_schema() -> Payload:
    """The JSON Schema of one event."""
    made: Payload = OutgoingEvent.model_json_schema()
    return {
        "$schema": _DIALECT,
        **made,
        "title": f"Events of qb-sync-bot, version {VERSION}",
        "description": "What a source's callback is told. docs/outgoing.md tells the rules.",
    }
