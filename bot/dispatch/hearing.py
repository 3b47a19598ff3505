"""What other apps and people write in Slack, as text: a message to explain, an error to take in."""

import html
import re
from collections.abc import Iterator

from bot import forwarded
from bot.dispatch.payloads import LONGEST_COMMAND, team_of
from bot.domain import JsonValue, Payload
from bot.forwarded import Report
from bot.forwarded.sorting import sort_out
from bot.knowledge import Knowledge
from bot.models import WatchedChannel
from bot.services import Services

EXPLAIN_MESSAGE = "explain_message"
EXPLAIN = "/qb-explain"
SHORTCUT = "message_action"
# A whole message's text stands between these, so that no word of it is taken for one to the bot.
OPENS, CLOSES = "“", "”"
# What another app posts; all other kinds are edits, joins and the like.
_KINDS = ("", "bot_message")
# Where the words of blocks, attachments and files stand; `fallback` repeats them.
_WORDS = ("pretext", "title", "text", "value", "preview", "plain_text")
_INSIDE = (
    "blocks", "attachments", "files", "elements", "fields", "message", "header", "rows", "cells",
    "text", "title", "label", "description",
)  # fmt: skip
# What nothing explains is an error all the same where it is announced as one of QuickBooks: an
# app's "QuickBooks export error: …". Then it is answered with what is nearest, and counted.
_REPORT = re.compile(
    r"\A\W*[^:.!?\n]{0,60}\bquickbooks\b[^:.!?\n]{0,40}\b(?:error|failed|failure|exception)\b"
    r"[^:.!?\n]{0,20}:\s+\S",
    re.IGNORECASE,
)
_DEEPEST = 12
_IN_LINES = ("table", "rich_text_list")


def as_command(body: Payload) -> Payload:
    """A message shortcut as the command that its message's text would be."""
    user = dict(body.get("user") or {})
    channel = dict(body.get("channel") or {})
    text = words_of(dict(body.get("message") or {}), LONGEST_COMMAND - 2)
    return {
        "type": SHORTCUT,
        "command": EXPLAIN,
        "text": f"{OPENS}{text}{CLOSES}",
        "user_id": str(user.get("id") or ""),
        "team_id": team_of(body),
        "channel_id": str(channel.get("id") or ""),
        "trigger_id": str(body.get("trigger_id") or ""),
        "response_url": str(body.get("response_url") or ""),
    }


def whole_message(text: str) -> str | None:
    """The text of a message that was handed over by the shortcut; None for what was typed."""
    if not text.startswith(OPENS) or not text.endswith(CLOSES):
        return None
    return text[1:-1].strip()


def words_of(message: Payload, limit: int) -> str:
    """Every word a message shows, its text first: blocks, attachments and files' beginnings too."""
    found: dict[str, None] = {}
    length = 0
    for said in _said(message, 0):
        plain = html.unescape(said).strip()
        # The text of a message repeats its blocks for notifications.
        if not plain or any(plain in other for other in found):
            continue
        found[plain] = None
        length += len(plain) + 1
        if length > limit:
            break
    return "\n".join(found)[:limit]


def _said(value: JsonValue, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        if value and all(_is_run(one) for one in value):
            # The runs of one line: a name in bold in the middle of a sentence.
            yield "".join(str(one["text"]) for one in value)
            return
        for one in value:
            yield from _said(one, depth + 1)
    elif isinstance(value, dict):
        yield from _block(value, depth)


def _block(value: Payload, depth: int) -> Iterator[str]:
    if value.get("type") in _IN_LINES:
        yield from _lines(value, depth)
        return
    for key in _WORDS:
        if isinstance(value.get(key), str):
            yield str(value[key])
    for key in _INSIDE:
        if isinstance(value.get(key), dict | list):
            yield from _said(value[key], depth + 1)


def _lines(block: Payload, depth: int) -> Iterator[str]:
    """A table's rows and a list's items, a line each."""
    is_table = block.get("type") == "table"
    rows = block.get("rows" if is_table else "elements")
    for row in rows if isinstance(rows, list) else []:
        parts = row if is_table and isinstance(row, list) else [row]
        said = [" ".join(_said(one, depth + 1)) for one in parts]
        if any(said):
            yield "\t".join(said) if is_table else f"- {said[0]}"


def _is_run(value: JsonValue) -> bool:
    kinds = ("text", "link")
    return (
        isinstance(value, dict)
        and value.get("type") in kinds
        and isinstance(value.get("text"), str)
    )


def heard(services: Services, body: Payload) -> None:
    """Take in an error that another app posted in a watched channel.

    People's words are never answered, nor are threads, edits, the bot's own messages, and what is
    no error of QuickBooks.
    """
    event = dict(body.get("event") or {})
    if not _is_of_another_app(body, event):
        return
    channel_id, ts = str(event.get("channel") or ""), str(event.get("ts") or "")
    with services.sessions.read() as session:
        watched = session.get(WatchedChannel, channel_id)
    if watched is None:
        return
    reports = [
        Report(text, f"{channel_id} {ts}{place}", channel_id=channel_id, message_ts=ts, answer=True)
        for place, text in _errors(services.knowledge, event)
    ]
    if reports:
        forwarded.take_many(services, watched.company_id, _tool(event), reports)


def _errors(knowledge: Knowledge, event: Payload) -> Iterator[tuple[str, str]]:
    """The errors a message tells of: in its attachments one by one, else in all of it."""
    texts = [words_of({**event, "attachments": []}, LONGEST_COMMAND)]
    texts += _attached(event.get("attachments"))
    each = [
        (f" attachment {number}{place}" if number else place, text)
        for number, one in enumerate(texts)
        for place, text in _errors_in(knowledge, one)
    ]
    # One error may be spread over several attachments.
    yield from each if len(each) > 1 else _errors_in(knowledge, words_of(event, LONGEST_COMMAND))


def _errors_in(knowledge: Knowledge, text: str) -> Iterator[tuple[str, str]]:
    """Each error of a text with its place: its rows and items, or the whole of it."""
    found = sort_out(knowledge, text, expected=False).errors
    if found:
        yield from ((f" #{place}", one) for place, one in found)
    elif forwarded.recognise(knowledge, text).known or _REPORT.search(text):
        yield "", text


def _attached(parts: JsonValue) -> Iterator[str]:
    for one in parts if isinstance(parts, list) else []:
        if isinstance(one, dict):
            yield words_of(one, LONGEST_COMMAND)


def _is_of_another_app(body: Payload, event: Payload) -> bool:
    ts, thread = event.get("ts"), event.get("thread_ts")
    if str(event.get("subtype") or "") not in _KINDS or event.get("hidden"):
        return False
    if not ts or (thread and thread != ts) or not event.get("bot_id"):
        return False
    own = {str(one.get("user_id")) for one in body.get("authorizations") or []}
    return event.get("app_id") != body.get("api_app_id") and event.get("user") not in own


def _tool(event: Payload) -> str:
    profile = event.get("bot_profile")
    named = profile.get("name") if isinstance(profile, dict) else ""
    return str(event.get("username") or named or "Another app")
