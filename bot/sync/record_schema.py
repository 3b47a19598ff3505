"""The published form of a record, made from the models: JSON Schema, and parts for OpenAPI.

What only sums and days decide (a total is its lines and tax) the models check, no schema can.
"""

from pydantic.json_schema import models_json_schema

from bot.domain import Payload
from bot.sync.kinds import ALL_KINDS

VERSION = 1
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def record_schema() -> Payload:
    """The JSON Schema of one record, every type by its `type`."""
    defs = definitions("#/$defs/{model}")
    names = {kind.type.value: kind.model.__name__ for kind in ALL_KINDS}
    return {
        "$schema": _DIALECT,
        "title": f"Records of qb-sync-bot, version {VERSION}",
        "description": "What a source hands over. docs/records.md tells the rules behind it.",
        "type": "object",
        "required": ["type", "external_id"],
        "properties": {"type": {"enum": sorted(names)}},
        "oneOf": [{"$ref": f"#/$defs/{name}"} for name in names.values()],
        "$defs": defs,
    }


def definitions(template: str) -> Payload:
    """The schemas of all models by name; `template` is the address of one, with {model} in it."""
    models = [(kind.model, "validation") for kind in ALL_KINDS]
    _, made = models_json_schema(models, ref_template=template)  # type: ignore[arg-type]
    found: Payload = made["$defs"]
    return found
