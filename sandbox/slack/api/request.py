"""Reading a request to the Web API: query, form or JSON, and the token."""

import json
import re
from dataclasses import dataclass, field

from starlette.datastructures import UploadFile
from starlette.requests import Request

from sandbox.slack.errors import SlackError
from sandbox.slack.jsontypes import Json

_NAME = re.compile(r"[A-Za-z0-9_.\-\[\]]{1,100}")
_FORM = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
_CHARSETS = frozenset({"", "utf-8", "utf8", "iso-8859-1"})


@dataclass(slots=True)
class Read:
    """What came in."""

    args: Json = field(default_factory=dict)
    token: str = ""
    warning: str = ""


async def read(request: Request) -> Read:
    """Arguments and token; raises the documented errors of malformed requests."""
    found = Read(args=dict(request.query_params))
    if request.method == "POST":
        await _read_body(request, found)
    for name in found.args:
        if not _NAME.fullmatch(name):
            raise SlackError("invalid_arg_name")
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and value.strip():
        found.token = value.strip()
    else:
        found.token = str(found.args.get("token") or "")
    found.args.pop("token", None)
    return found


async def _read_body(request: Request, found: Read) -> None:
    body = await request.body()
    header = request.headers.get("content-type", "")
    if not header:
        if body:
            raise SlackError("missing_post_type")
        return
    kind, _, rest = header.partition(";")
    charset = _charset(rest)
    if charset not in _CHARSETS:
        raise SlackError("invalid_charset")
    kind = kind.strip().lower()
    if kind == "application/json":
        _read_json(body, found)
        if not charset:
            found.warning = "missing_charset"
    elif kind in _FORM:
        await _read_form(request, found)
        if charset:
            found.warning = "superfluous_charset"
    else:
        raise SlackError("invalid_post_type")


def _charset(rest: str) -> str:
    match = re.search(r"charset\s*=\s*\"?([\w.\-]+)", rest, re.IGNORECASE)
    return match.group(1).lower() if match else ""


def _read_json(body: bytes, found: Read) -> None:
    try:
        data = json.loads(body or b"{}")
    except ValueError:
        raise SlackError("invalid_json") from None
    if not isinstance(data, dict):
        raise SlackError("json_not_object")
    # With a JSON body the token belongs in the header; a key of the body is not looked at.
    found.args |= {key: value for key, value in data.items() if key != "token"}


async def _read_form(request: Request, found: Read) -> None:
    form = await request.form()
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            found.args[name] = (await value.read()).decode("latin-1")
        else:
            found.args[name] = value
