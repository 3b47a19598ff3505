"""Batch: up to 30 independent items, each with its own answer or fault."""

from dataclasses import dataclass, field
from typing import Any

from pydantic_core import to_json

from sandbox.quickbooks import engine
from sandbox.quickbooks.armed import armed_fault
from sandbox.quickbooks.clock import reply_time
from sandbox.quickbooks.company import Company
from sandbox.quickbooks.faults import BAD_JSON, QboFault, fault, missing
from sandbox.quickbooks.french import in_language
from sandbox.quickbooks.incoming import ApiRequest
from sandbox.quickbooks.model import Body, Entity
from sandbox.quickbooks.services import query_body, write_entry
from sandbox.quickbooks.switched_faults import Armed, Described
from sandbox.quickbooks.wire import Reply, encoded
from sandbox.quickbooks.world import World

BATCH_LIMIT = 30
OBJECTS = 1000
"""So many records all queries of one batch give together; the last ones are cut short."""


@dataclass(slots=True)
class _Run:
    """One batch on its way: what its queries may still give, and what it wrote."""

    world: World
    company: Company
    request: ApiRequest
    left: int = OBJECTS
    log: list[Body] = field(default_factory=list)


def batch(world: World, company: Company, request: ApiRequest) -> tuple[Reply, list[Body]]:
    """Up to 30 independent items; returns the reply and a write-log entry per write."""
    if request.bad_payload is not None:
        raise request.bad_payload
    items = request.payload.get("BatchItemRequest") if isinstance(request.payload, dict) else None
    if not isinstance(items, list) or not items:
        raise missing("BatchItemRequest")
    if len(items) > BATCH_LIMIT:
        raise fault("1040", f"Batch size {len(items)} exceeds allowed limit {BATCH_LIMIT}")
    run = _Run(world, company, request)
    answers = _in_turn(run, items[: request.stop_after])
    when = reply_time(world.clock.now()).encode()
    body = b'{"BatchItemResponse":[%s],"time":"%s"}' % (b",".join(answers), when)
    return Reply(200, body), run.log


def _in_turn(run: _Run, items: list[Any]) -> list[bytes]:
    """The answers in the order asked; nothing that the batch makes is seen by its other items."""
    asked = {place: _once(run, item) for place, item in enumerate(items) if _is_query(item)}
    try:
        return [
            asked[place] if place in asked else _once(run, item) for place, item in enumerate(items)
        ]
    finally:
        run.company.unseen.clear()


def _is_query(item: Any) -> bool:
    return isinstance(item, dict) and "Query" in item


def metered(company: Company, request: ApiRequest) -> int:
    """As how many reads a batch counts: one when it asks anything, or each question by a switch."""
    items = request.payload.get("BatchItemRequest") if isinstance(request.payload, dict) else None
    listed = items if isinstance(items, list) else []
    questions = sum(_is_query(item) for item in listed)
    return questions if company.switches.batch_counts_per_item else min(1, questions)


def struck(world: World, request: ApiRequest) -> Armed | None:
    """The fault armed for one of the items that no single item can have: it strikes them all."""
    items = request.payload.get("BatchItemRequest") if isinstance(request.payload, dict) else None
    for item in items if isinstance(items, list) else ():
        if not isinstance(item, dict) or _is_query(item):
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


def _once(run: _Run, item: Any) -> bytes:
    """An item done before under the same requestid and bId is answered again, not done again."""
    company, request_id = run.company, run.request.params.get("requestid", "")
    if not request_id or not isinstance(item, dict) or not item.get("bId") or _is_query(item):
        return _batch_item(run, item)
    key = f"{request_id}:{item['bId']}"
    known = company.remembered(key)
    if known is not None:
        return known.body
    answer = _batch_item(run, item)
    good = not answer.startswith(b'{"Fault"')
    if good or company.switches.faults_replay_on_requestid:
        company.remember(key, 200 if good else 400, answer, b"", "")
    return answer


def _batch_item(run: _Run, item: Any) -> bytes:
    if not isinstance(item, dict):
        problem = fault("2010", BAD_JSON)
        return to_json({"Fault": problem.body()})
    bid = to_json(str(item.get("bId", "")))
    try:
        name, body = _batch_answer(run, item)
    except QboFault as problem:
        name, body = "Fault", to_json(in_language(run.company, problem).body())
    return b'{"%s":%s,"bId":%s}' % (name.encode(), body, bid)


def _batch_answer(run: _Run, item: Body) -> tuple[str, bytes]:
    if not item.get("bId"):
        raise missing("bId")
    return _query(run, str(item["Query"])) if "Query" in item else _write(run, item)


def _query(run: _Run, statement: str) -> tuple[str, bytes]:
    body, count = query_body(run.company, statement, run.left)
    run.left -= count
    return "QueryResponse", body


def _write(run: _Run, item: Body) -> tuple[str, bytes]:
    world, company = run.world, run.company
    entity, payload = _batch_entity(world, item)
    operation = str(item.get("operation", "")).lower()
    if operation not in ("create", "update", "delete"):
        raise fault("500", f"Operation {operation.upper()} is not supported.")
    options = str(item.get("optionsData", ""))
    shown = _shown(item)
    entry = write_entry(entity, payload, shown)
    run.log.append(entry)
    armed = world.faults.take(_described(company.realm, entry), lambda one: one.of_an_item)
    try:
        if armed is not None:
            raise armed_fault(armed)
        record = engine.write(company, entity, payload, operation=operation, include=options)
    except QboFault as problem:
        entry["status"] = problem.status
        raise
    entry.update(id=record.id, status=200)
    if shown == "create":
        company.unseen.add(record.key)
    if record.deleted:
        return entity.wire_name, to_json({"status": "Deleted", "domain": "QBO", "Id": record.id})
    return entity.wire_name, encoded(company, record)


def _batch_entity(world: World, item: Body) -> tuple[Entity, Any]:
    for entity in world.entities.values():
        if entity.wire_name in item:
            return entity, item[entity.wire_name]
    other = next((key for key in item if key not in ("bId", "operation", "optionsData")), "")
    raise fault("2000", f"Object Name: {other}")
