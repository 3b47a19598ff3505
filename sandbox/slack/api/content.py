"""What a message says: text, blocks, attachments, metadata, read and checked."""

from dataclasses import dataclass, field

from sandbox.slack.api.call import Call
from sandbox.slack.blocks.surface import check_message, without_new
from sandbox.slack.errors import SlackError
from sandbox.slack.jsontypes import Json
from sandbox.slack.mentions import parsed_in_full, with_ids

TEXT_LIMIT = 40_000
MARKDOWN_LIMIT = 12_000
METADATA_LIMIT = 8_000
NO_TEXT = "This content can't be displayed."


@dataclass(slots=True)
class Content:
    """A checked message body. None = the caller did not say."""

    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    text_given: bool = False
    blocks_given: bool = False
    attachments_given: bool = False
    metadata_given: bool = False
    warning: str = ""

    def warnings(self) -> Json:
        """The warning part of an answer."""
        if not self.warning:
            return {}
        return {"warning": self.warning, "response_metadata": {"warnings": [self.warning]}}


def read_content(call: Call, *, blocks_text: bool = False, text_limit: int = 0) -> Content:
    """Read and check; raises the documented error of the first thing that is wrong.

    `text_limit` > 0 refuses longer text (chat.update); otherwise text is cut at 40,000.
    `blocks_text` warns when blocks come without text for notifications.
    """
    content = Content()
    _read_text(call, content, text_limit)
    _read_blocks(call, content)
    _read_attachments(call, content)
    _read_metadata(call, content)
    if not (content.text or content.blocks or content.attachments):
        raise SlackError("no_text")
    if blocks_text and not content.text and (content.blocks or content.attachments):
        has_blocks = bool(content.blocks)
        content.warning = (
            "missing_text_in_message" if has_blocks else "missing_fallback_text_in_attachment"
        )
        if has_blocks:
            content.text = NO_TEXT
    return content


def _read_text(call: Call, content: Content, text_limit: int) -> None:
    content.text_given = call.args.get("text") is not None
    content.text = call.text("text")
    if text_limit and len(content.text) > text_limit:
        raise SlackError("msg_too_long")
    if len(content.text) > TEXT_LIMIT:
        content.text = content.text[:TEXT_LIMIT]
        content.warning = "message_truncated"
    if not content.text.strip():
        content.text = ""
    if call.text("parse") == "full":
        content.text = parsed_in_full(call.world, content.text)
    elif call.flag("link_names"):
        content.text = with_ids(call.world, content.text, labels=False)
    markdown = call.text("markdown_text")
    if not markdown:
        return
    if content.text or call.given("blocks"):
        raise SlackError("markdown_text_conflict")
    if len(markdown) > MARKDOWN_LIMIT:
        raise SlackError("msg_too_long")
    content.text = markdown
    content.text_given = True


def _read_blocks(call: Call, content: Content) -> None:
    raw = call.parsed("blocks", "invalid_blocks_format")
    if raw is None:
        return
    if not isinstance(raw, list):
        raise SlackError("invalid_blocks_format")
    content.blocks_given = True
    content.blocks = message_blocks(call, raw)


def message_blocks(call: Call, raw: list[object], at: str = "/blocks") -> list[Json]:
    """Blocks of a message as stored, checked as this workspace checks them."""
    blocks = check_message(raw, at)
    if not call.world.switches["new_blocks"]:
        without_new(blocks, at)
    return blocks


def _read_attachments(call: Call, content: Content) -> None:
    raw = call.parsed("attachments", "invalid_attachments")
    if raw is None:
        return
    if not isinstance(raw, list) or not all(isinstance(item, dict) for item in raw):
        raise SlackError("invalid_attachments")
    if len(raw) > 100:
        raise SlackError("too_many_attachments")
    content.attachments_given = True
    content.attachments = [
        checked_attachment(call, number, item) for number, item in enumerate(raw, 1)
    ]


def checked_attachment(call: Call, number: int, item: Json) -> Json:
    """An attachment as stored; its blocks are checked like those of a message."""
    stored = {"id": number, **item}
    if isinstance(item.get("blocks"), list):
        pointer = f"/attachments/{number - 1}/blocks"
        stored["blocks"] = message_blocks(call, item["blocks"], pointer)
    return stored


def _read_metadata(call: Call, content: Content) -> None:
    raw = call.parsed("metadata", "invalid_metadata_format")
    if raw is None:
        return
    if not isinstance(raw, dict):
        raise SlackError("invalid_metadata_format")
    content.metadata_given = True
    if not raw:
        return
    kind, payload = raw.get("event_type"), raw.get("event_payload")
    if "entities" not in raw and (
        not isinstance(kind, str) or not kind or not isinstance(payload, dict)
    ):
        raise SlackError("invalid_metadata_format")
    if len(str(raw)) > METADATA_LIMIT:
        raise SlackError("metadata_too_large")
    content.metadata = raw
