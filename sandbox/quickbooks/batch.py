"""Batch: up to 30 independent items, each with its own answer or fault."""

from typing import Any

from pydantic_core import to_json

from sandbox.quickbooks import engine
from sandbox.quickbooks.armed import armed_fault
from sandbox.quickbooks.clock import reply_time
from sandbox.quickbooks.company import Company
from sandbox.quickbooks.faults import BAD_JSON, QboFault, fault, missing
from sandbox.quickbooks.incoming import ApiRequest
from sandbox.quickbooks.model import Body, Entity
from sandbox.quickbooks.services import query_body, write_entry
from sandbox.quickbooks.switched_faults import Armed, Described
from sandbox.quickbooks.wire import Reply, encoded
from sandbox.quickbooks.world import World

BATCH_LIMIT = 30


def batch(world: World, company: Company, request: ApiRequest) -> tuple[Reply, list[Body]]:
    """Up to 30 independent items; returns the reply and a write-log entry per write."""
    if request.bad_payload is not None:
        raise request.bad_payload
    items = request.payload.get("BatchItemRequest") if isinstance(request.payload, dict) else None
    if not isinstance(items, list) or not items:
        raise missing("BatchItemRequest")
    if len(items) > BATCH_LIMIT:
        raise fault("1040", f"Batch size {len(items)} exceeds allowed limit {BATCH_LIMIT}")
    log: list[Body] = []
    wanted = items[: request.stop_after]
    answers = [_once(world, company, item, log, request) for item in wanted]
    when = reply_time(world.clock.now()).encode()
    body = b'{"BatchItemResponse":[%s],"time":"%s"}' % (b",".join(answers), when)
    return Reply(200, body), log


def struck(world: World, request: ApiRequest) -> Armed | None:
    """The fault armed for one of the items that no single item can have: it strikes them all."""
    items = request.payload.get("BatchItemRequest") if isinstance(request.payload, dict) else None
    for item in items if isinstance(items, list) else ():
        if not isinstance(item, dict) or "Query" in item:
            continue
        try:
            entity, payload = _batch_entity(world, item)
        except QboFault:
            continue
        entry = write_entry(entity, payload, _shown(item))
        armed = world.faults.take(_described(request.realm, entry), lambda one: not one.of_an_item)
        if armed is not None:
            return armed
    return None


def _shown(item: Body) -> str:
    """The operation as the write log names it."""
    void = "void" in str(item.get("optionsData", ""))
    return "void" if void else str(item.get("operation", "")).lower()


def _described(realm: str, entry: Body) -> Described:
    return Described(
        realm, entry["entity"], entry["operation"], "POST", "", entry["id"], entry["label"]
    )


def _once(world: World, company: Company, item: Any, log: list[Body], request: ApiRequest) -> bytes:
    """An item done before under the same requestid and bId is answered again, not done again."""
    request_id = request.params.get("requestid", "")
    if not request_id or not isinstance(item, dict) or not item.get("bId") or "Query" in item:
        return _batch_item(world, company, item, log)
    key = f"{request_id}:{item['bId']}"
    known = company.remembered(key)
    if known is not None:
        return known.body
    answer = _batch_item(world, company, item, log)
    good = not answer.startswith(b'{"Fault"')
    if good or company.switches.faults_replay_on_requestid:
        company.remember(key, 200 if good else 400, answer, b"", "")
    return answer


def _batch_item(world: World, company: Company, item: Any, log: list[Body]) -> bytes:
    if not isinstance(item, dict):
        problem = fault("2010", BAD_JSON)
        return to_json({"Fault": problem.body()})
    bid = to_json(str(item.get("bId", "")))
    try:
        name, body = _batch_answer(world, company, item, log)
    except QboFault as problem:
        name, body = "Fault", to_json(problem.body())
    return b'{"%s":%s,"bId":%s}' % (name.encode(), body, bid)


def _batch_answer(world: World, company: Company, item: Body, log: list[Body]) -> tuple[str, bytes]:
    if not item.get("bId"):
        raise missing("bId")
    if "Query" in item:
        if company.switches.batch_counts_per_item:
            world.limits.count_read(world.clock.now().strftime("%Y-%m"))
        return "QueryResponse", query_body(company, str(item["Query"]))
    entity, payload = _batch_entity(world, item)
    operation = str(item.get("operation", "")).lower()
    if operation not in ("create", "update", "delete"):
        raise fault("500", f"Operation {operation.upper()} is not supported.")
    options = str(item.get("optionsData", ""))
    shown = _shown(item)
    entry = write_entry(entity, payload, shown)
    log.append(entry)
    armed = world.faults.take(_described(company.realm, entry), lambda one: one.of_an_item)
    try:
        if armed is not None:
            raise armed_fault(armed)
        record = engine.write(
            company, entity, payload, operation=shown if shown == "delete" else "", include=options
        )
    except QboFault as problem:
        entry["status"] = problem.status
        raise
    entry.update(id=record.id, status=200)
    if record.deleted:
        return entity.wire_name, to_json({"status": "Deleted", "domain": "QBO", "Id": record.id})
    return entity.wire_name, encoded(company, record)


def _batch_entity(world: World, item: Body) -> tuple[Entity, Any]:
    for entity in world.entities.values():
        if entity.wire_name in item:
            return entity, item[entity.wire_name]
    other = next((key for key in item if key not in ("bId", "operation", "optionsData")), "")
    raise fault("2000", f"Object Name: {other}")
