"""One error text of another tool, as it comes in."""

from dataclasses import dataclass
from datetime import datetime

LONGEST_TEXT = 4_000


@dataclass(frozen=True)
class Report:
    """One error text of another tool, and what the tool told beside it.

    `key` is the tool's own id of it, "" for none: then the text itself, with its moment, counts
    once. `named` is the customer, vendor or item it is about, `number` the document. `answer`: it
    came in a watched channel, where it may be answered. `person`: somebody here handed it over, so
    that the tool is not known. `content` tells it from another one of its body with the same text.
    `likely`: the code stands beside the text, and nobody says that it is QuickBooks'. `beside`: the
    documents that stand beside a text which may yet be parted, a line each.
    """

    text: str
    key: str = ""
    code: str = ""
    platform: str = ""
    named: str = ""
    number: str = ""
    link: str = ""
    said_at: datetime | None = None
    channel_id: str = ""
    message_ts: str = ""
    answer: bool = False
    person: bool = False
    content: str = ""
    likely: bool = False
    beside: str = ""
