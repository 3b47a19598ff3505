"""The forms of a write: create, sparse update, delete, void; checked before anything goes out."""

from quickbooks.client import QuickBooks as Library

from bot.domain import Payload
from bot.errors import BadInput
from bot.quickbooks import exact_json
from bot.quickbooks.calls import Send

# Void by an update with include=void; Invoice has an operation of its own.
_VOID_BY_UPDATE = frozenset({"Payment", "SalesReceipt", "BillPayment"})
_LONGEST_REQUEST_ID = 50


def writer(operation: str, entity: str, payload: Payload, request_id: str) -> Send:
    """Return what hands the write to the library. Raises BadInput for what cannot be meant."""
    if not request_id or len(request_id) > _LONGEST_REQUEST_ID:
        msg = "A write needs a requestid of 1 to 50 characters"
        raise BadInput(msg)
    if operation != "create" and not (payload.get("Id") and "SyncToken" in payload):
        msg = f"To {operation} a {entity} its Id and SyncToken are needed"
        raise BadInput(msg)
    if operation == "create":
        body = exact_json.dumps(exact_json.with_numbers(payload))
        return lambda library: library.create_object(entity, body, request_id=request_id)
    if operation == "update":
        return _updater(entity, {**payload, "sparse": True}, {}, request_id)
    if operation == "delete":
        # Only Id and SyncToken: a delete that echoes a read fails.
        body = exact_json.dumps({name: payload[name] for name in ("Id", "SyncToken")})
        return lambda library: library.delete_object(entity, body, request_id=request_id)
    if operation == "void":
        update_form = entity in _VOID_BY_UPDATE
        params = (
            {"operation": "update", "include": "void"} if update_form else {"operation": "void"}
        )
        named = {name: payload[name] for name in ("Id", "SyncToken")}
        return _updater(entity, {**named, "sparse": True}, params, request_id)
    msg = f"{operation!r} is not a write: create, update, delete or void"
    raise BadInput(msg)


def _updater(entity: str, payload: Payload, params: dict[str, str], request_id: str) -> Send:
    body = exact_json.dumps(exact_json.with_numbers(payload))
    # A fresh copy of params for each attempt: the library adds to it.
    return lambda library: library.update_object(
        entity, body, request_id=request_id, params=dict(params)
    )


def known_entity(entity: str) -> str:
    """Return the name. Raises BadInput for what is no entity of QuickBooks."""
    if entity not in Library._BUSINESS_OBJECTS:
        msg = f"{entity!r} is not an entity of QuickBooks"
        raise BadInput(msg)
    return entity
