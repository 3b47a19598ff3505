"""The errors of one answer of QuickBooks: each entry of its Fault by itself, in JSON or XML.

A Fault may list several, and the answer to a batch holds a Fault for each of its requests.
"""

import html
import json
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from bot.domain import JsonValue, Payload

# So many answers of one text are read, and so many parts of one answer.
_MOST_ANSWERS, _MOST_PARTS = 50, 20_000
# What stands before the answer on its line, as a rule the document it is about.
_LONGEST_LEAD = 120
_LONGEST_PART = 1_000
# Only QuickBooks Online answers with a Fault; some numbers mean other things on the Desktop.
_SAID_BY = "QuickBooks Online error"
_JSON = re.compile(r"[{\[]\s*[{\[\"]")
_END_OF_ENTRY = re.compile(r"</(?:\w{1,20}:)?Error>")
_ENTRY = re.compile(r"<(?:\w{1,20}:)?Error\b(?P<head>[^<>]{0,300})>")
_CODE = re.compile(r"\bcode\s*=\s*[\"'](?P<code>[^\"']{1,20})")
_PART = re.compile(r"<(?:\w{1,20}:)?(?P<name>Message|Detail)>(?P<said>[^<]{0,4000})")


@dataclass(frozen=True)
class _Error:
    code: str
    message: str
    detail: str


def apart(text: str) -> list[str]:
    """The errors of the answers in a text, in words; [] where no answer holds more than one."""
    if "fault" not in text.lower():
        return []
    each = _of_json(text) or _of_json(text.replace('\\"', '"')) or _of_xml(text)
    if not any(len(errors) > 1 for _, errors in each):
        return []
    said = (f"{lead}{_words(one)}" for lead, errors in each for one in errors)
    return list(dict.fromkeys(said))


def _words(error: _Error) -> str:
    """An error as a sentence: its code, what it is called, and what QuickBooks says of it."""
    code = f"{_SAID_BY} code={error.code}" if error.code else _SAID_BY
    again = error.detail.casefold().startswith(error.message.strip(" .:").casefold())
    said = (error.detail,) if again else (error.message, error.detail)
    return ": ".join((code, *filter(None, said)))


def _of_json(text: str) -> list[tuple[str, list[_Error]]]:
    found: list[tuple[str, list[_Error]]] = []
    end = 0
    for _ in range(_MOST_ANSWERS):
        begins = _JSON.search(text, end)
        if begins is None:
            break
        lead = _lead(text[end : begins.start()])
        try:
            value, end = json.JSONDecoder().raw_decode(text, begins.start())
        except (ValueError, RecursionError):
            end = begins.end()
            continue
        if errors := list(_entries(value)):
            found.append((lead, errors))
    return found


def _entries(value: JsonValue) -> Iterator[_Error]:
    """The entries of every Fault, in their order."""
    rest: list[JsonValue] = [value]
    for _ in range(_MOST_PARTS):
        if not rest:
            return
        part = rest.pop()
        if isinstance(part, list):
            rest += reversed(part)
        elif isinstance(part, dict):
            named = {key.casefold(): inner for key, inner in part.items()}
            fault = named.pop("fault", None)
            yield from _of_fault(fault)
            rest += reversed(list(named.values()))


def _of_fault(fault: JsonValue) -> Iterator[_Error]:
    each = _lower(fault).get("error")
    for one in each if isinstance(each, list) else [each]:
        said = _lower(one)
        error = _Error(*(_line(said.get(name)) for name in ("code", "message", "detail")))
        if error.message or error.detail:
            yield error


def _lower(value: JsonValue) -> Payload:
    return {key.casefold(): one for key, one in value.items()} if isinstance(value, dict) else {}


def _line(value: JsonValue) -> str:
    if not isinstance(value, str | int) or isinstance(value, bool):
        return ""
    return " ".join(str(value)[:_LONGEST_PART].split())


def _of_xml(text: str) -> list[tuple[str, list[_Error]]]:
    pieces = _END_OF_ENTRY.split(text, _MOST_PARTS)
    errors: list[_Error] = []
    for piece in pieces[:-1]:
        for entry in deque(_ENTRY.finditer(piece), maxlen=1):
            parts = {one["name"]: one["said"] for one in _PART.finditer(piece, entry.end())}
            code = _CODE.search(entry["head"])
            words = (code["code"] if code else "", parts.get("Message"), parts.get("Detail"))
            error = _Error(*(_line(html.unescape(one or "")) for one in words))
            if error.message or error.detail:
                errors.append(error)
    return [(_lead(text[: max(0, text.find("<"))]), errors)]


def _lead(before: str) -> str:
    """What an answer is introduced with: "Invoice 1001: "."""
    lines = before.rstrip().splitlines()
    lead = lines[-1].strip(" \t,;") if lines else ""
    if not any(map(str.isalnum, lead)) or len(lead) > _LONGEST_LEAD or set(lead) & set('{}<>"'):
        return ""
    return f"{lead.rstrip(':')}: "
