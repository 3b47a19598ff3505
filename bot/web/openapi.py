"""The OpenAPI document of the intake: its bodies and every answer it can give."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from bot.domain import JsonValue, Payload
from bot.sync.control import TotalIn
from bot.sync.kinds import ALL_KINDS
from bot.sync.record_schema import VERSION, definitions

PATH = "/intake/openapi.json"
_SCHEMAS = "#/components/schemas/"
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_COUNT: Payload = {"type": "integer", "minimum": 0}
_LINE: Payload = {"type": ["integer", "null"]}
_TEXT: Payload = {"type": "string"}
# What is answered, by status; 200, 207 and 422 count, the others say one sentence.
_WORDS = {
    200: "All were taken in.",
    207: "Some were refused, each with its reason; the others are in.",
    422: "None could be used; the reasons are in the answer.",
    400: "The body is no such thing, or it broke off. Nothing was taken in.",
    401: "No token (or signature) that is valid for this source.",
    408: "The body stopped coming for a minute. Nothing was taken in.",
    413: "The body is larger than this address takes.",
    415: "The body is of a kind that this address does not take, or compressed.",
    500: "Something went wrong on this side; it is in the log. Try again.",
}
_COUNTING = (200, 207, 422)


def make_router() -> APIRouter:
    """Make the route of the document."""
    router = APIRouter()

    @router.get(PATH, include_in_schema=False)
    def document_of_intake() -> JSONResponse:
        return JSONResponse(document())

    return router


def document() -> Payload:
    """The document, made from the record models."""
    names = [kind.model.__name__ for kind in ALL_KINDS]
    return {
        "openapi": "3.1.0",
        "info": {"title": "qb-sync-bot: handing records in", "version": str(VERSION)},
        "paths": {
            "/intake/{source}/records": _post("records", _records(), _COUNTING),
            "/intake/{source}/totals": _post("totals", _totals(), _COUNTING),
            "/intake/{source}/file": _post("file", _files(), _COUNTING),
            "/intake/{source}/csv": _post("csv", _files(), _COUNTING),
            "/intake/{source}/hook": _post("hook", _hook(), (200,)),
        },
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {
                **definitions(_SCHEMAS + "{model}"),
                "Total": TotalIn.model_json_schema(),
                "Record": {"oneOf": [{"$ref": _SCHEMAS + name} for name in names]},
                "Counts": _counts(),
                "Sentence": _object({"error": _TEXT}),
            },
        },
    }


def _post(name: str, content: Payload, counting: tuple[int, ...]) -> Payload:
    refusals = [status for status in _WORDS if status not in _COUNTING]
    return {
        "post": {
            "operationId": f"hand_in_{name}",
            "security": [{"token": []}],
            "parameters": [
                {
                    "name": "source",
                    "in": "path",
                    "required": True,
                    "description": "The source's name or id.",
                    "schema": {"type": "string", "minLength": 1},
                }
            ],
            "requestBody": {"required": True, "content": content},
            "responses": {
                str(status): _answer(status, "Counts" if status in counting else "Sentence")
                for status in sorted([*counting, *refusals])
            },
        }
    }


def _answer(status: int, schema: str) -> Payload:
    body = {"application/json": {"schema": {"$ref": _SCHEMAS + schema}}}
    return {"description": _WORDS[status], "content": body}


def _records() -> Payload:
    one: Payload = {"$ref": _SCHEMAS + "Record"}
    return {
        "application/json": {"schema": {"anyOf": [one, {"type": "array", "items": one}]}},
        "application/x-ndjson": {
            "schema": {"type": "string", "description": "One record a line, as JSON."}
        },
    }


def _totals() -> Payload:
    one: Payload = {"$ref": _SCHEMAS + "Total"}
    return {
        "application/json": {"schema": {"anyOf": [one, {"type": "array", "items": one}]}},
        "application/x-ndjson": {
            "schema": {"type": "string", "description": "One total a line, as JSON."}
        },
    }


def _files() -> Payload:
    raw: Payload = {"type": "string", "format": "binary"}
    return {
        "text/csv": {"schema": {"type": "string"}},
        _EXCEL: {"schema": raw},
        "multipart/form-data": {"schema": {**_object({"file": raw})}},
    }


def _hook() -> Payload:
    said = "What the other system sends; `sources hook` declares which records it stands for."
    return {"application/json": {"schema": {"description": said}}}


def _counts() -> Payload:
    refused = _object({"line": _LINE, "external_id": _TEXT, "reason": _TEXT})
    note = _object({"line": _LINE, "text": _TEXT})
    return _object(
        {
            "accepted": _COUNT,
            "updated": _COUNT,
            "unchanged": _COUNT,
            "refused": _COUNT,
            "errors": {"type": "array", "items": refused},
            "notes": {"type": "array", "items": note},
        }
    )


def _object(properties: dict[str, JsonValue]) -> Payload:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
