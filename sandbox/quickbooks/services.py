"""The company API's resources: entities, query, change data capture, batch."""

from typing import Any

from pydantic_core import to_json

from sandbox.quickbooks import engine
from sandbox.quickbooks.attachments import download, upload
from sandbox.quickbooks.clock import days, parse_moment, reply_time, stamp
from sandbox.quickbooks.company import Company, deleted_stub
from sandbox.quickbooks.entities import exchange_rate
from sandbox.quickbooks.faults import (
    BAD_JSON,
    SUBSCRIPTION,
    QboFault,
    fault,
    missing,
    not_found,
)
from sandbox.quickbooks.incoming import ApiRequest, statement_of
from sandbox.quickbooks.model import Body, Entity, Record
from sandbox.quickbooks.pdf import PRINTABLE, document_pdf
from sandbox.quickbooks.query_run import select
from sandbox.quickbooks.query_text import Query, parse
from sandbox.quickbooks.reports import ALL_REPORTS
from sandbox.quickbooks.tax_service import create_tax_code
from sandbox.quickbooks.wire import PDF, TEXT, Reply, encoded, json_reply, record_reply
from sandbox.quickbooks.world import World

FEED_LIMIT = 1000
PAGE = 1000
NOT_IN_STAR = {"Item": "Sku"}
"""Entity -> the field that `SELECT *` leaves out; a query names it besides."""
FEED_DAYS = 30
NOT_IN_FEED = ("TaxCode", "TaxRate", "TaxAgency", "TimeActivity", "JournalCode")


def read(company: Company, request: ApiRequest) -> Reply:
    """GET of one record, or of a company's single record."""
    entity = known_entity(request)
    resource = request.tail[0].lower()
    if resource == "download" and len(request.tail) == 2:
        return Reply(200, download(company, request.tail[1]).encode(), TEXT)
    if resource == "exchangerate" and len(request.tail) == 1:
        return record_reply(company, exchange_rate.read(company, request.params))
    if len(request.tail) == 3 and request.tail[2].lower() == "pdf":
        return _as_pdf(company, entity, request)
    if entity.singleton:
        record = company.row(entity.name, "1")
    else:
        if len(request.tail) != 2:
            raise no_resource(request)
        record_id = request.tail[1]
        if entity.name != "TaxCode":
            engine.checked_id(record_id)
        record = company.row(entity.name, record_id)
    if record is None or record.deleted:
        raise not_found()
    if "invoiceLink" in request.params.get("include", "") and entity.name == "Invoice":
        return _with_link(company, record, request)
    return record_reply(company, record)


def _as_pdf(company: Company, entity: Entity, request: ApiRequest) -> Reply:
    if entity.name not in PRINTABLE:
        raise no_resource(request)
    record = company.row(entity.name, engine.checked_id(request.tail[1]))
    if record is None or record.deleted:
        raise not_found()
    return Reply(200, document_pdf(company, record), PDF)


def _with_link(company: Company, record: Record, request: ApiRequest) -> Reply:
    """The customer's payment link exists with online payment on and an e-mail address."""
    body = dict(company.render(record))
    online = body.get("AllowOnlineCreditCardPayment") or body.get("AllowOnlineACHPayment")
    if online and body.get("BillEmail"):
        body["InvoiceLink"] = (
            f"https://connect.intuit.com/portal/app/CommerceNetwork/view/{request.realm}{record.id}"
        )
    when = reply_time(company.clock.now())
    return Reply(200, to_json({"Invoice": body, "time": when}))


def known_entity(request: ApiRequest) -> Entity:
    """The entity of the path; 500 (with HTTP 400) for a path that names none."""
    if request.entity is None:
        raise no_resource(request)
    return request.entity


def no_resource(request: ApiRequest) -> QboFault:
    """What QuickBooks answers on a wrong path."""
    host = request.headers.get(b"host", b"").decode("latin-1")
    return fault(
        "500",
        f"Operation Could not find resource for relative : {request.path} of full path: "
        f"http://{host}{request.path} is not supported.",
    )


def write(world: World, company: Company, request: ApiRequest) -> Reply:
    """POST to an entity: create, update, delete, void; upload and tax service by their own way."""
    entity = known_entity(request)
    own_way = OWN_WAY.get("/".join(request.tail).lower())
    if own_way is not None:
        if company.subscription_ended:
            raise fault("6190", SUBSCRIPTION, "")
        return own_way(world, company, request)
    if len(request.tail) == 3 and request.tail[2] == "send":
        return send(company, entity, request)
    if len(request.tail) != 1:
        raise no_resource(request)
    payload = _payload(request)
    operation = request.params.get("operation", "").lower()
    if operation not in ("", "create", "update", "delete", "void"):
        raise fault("500", f"Operation {operation.upper()} is not supported.")
    record = engine.write(
        company,
        entity,
        payload,
        operation=operation,
        include=request.params.get("include", ""),
    )
    request.touched = record.id
    return record_reply(company, record)


def _upload(world: World, company: Company, request: ApiRequest) -> Reply:
    return json_reply(world, {"AttachableResponse": upload(company, request)})


def _tax_service(world: World, company: Company, request: ApiRequest) -> Reply:
    made = create_tax_code(company, _payload(request))
    request.touched = made["TaxCodeId"]
    return json_reply(world, made)


def _set_rate(_world: World, company: Company, request: ApiRequest) -> Reply:
    return record_reply(company, exchange_rate.write(company, _payload(request)))


OWN_WAY = {
    "upload": _upload,
    "taxservice/taxcode": _tax_service,
    "exchangerate": _set_rate,
}
"""Path -> writes that do not follow the way of all entities."""


def _payload(request: ApiRequest) -> Any:
    if request.bad_payload is not None:
        raise request.bad_payload
    if request.payload is None:
        raise fault("2010", BAD_JSON)
    return request.payload


MAILED = {
    "CreditMemo": "BillEmail",
    "Estimate": "BillEmail",
    "Invoice": "BillEmail",
    "Payment": "BillEmail",
    "PurchaseOrder": "POEmail",
    "RefundReceipt": "BillEmail",
    "SalesReceipt": "BillEmail",
}
"""What can be sent by e-mail -> where its address stands."""


def send(company: Company, entity: Entity, request: ApiRequest) -> Reply:
    """POST .../send: mark a document as e-mailed; nothing leaves this machine."""
    address = MAILED.get(entity.name)
    if address is None:
        raise no_resource(request)
    record = company.row(entity.name, engine.checked_id(request.tail[1]))
    if record is None or record.deleted:
        raise not_found()
    if company.subscription_ended:
        raise fault("6190", SUBSCRIPTION, "")
    body, wanted = dict(record.body), request.params.get("sendTo")
    if not wanted and not body.get(address):
        raise fault("6420", "Email address is required", address)
    if wanted and address in entity.by_name:
        body[address] = {"Address": wanted}
    body["EmailStatus"] = "EmailSent"
    body["DeliveryInfo"] = {"DeliveryType": "Email", "DeliveryTime": stamp(company.clock.now())}
    company.rewrite(record, body)
    engine.bump(company, record)
    company.tell(record, "Emailed")
    return record_reply(company, record)


def run_report(company: Company, request: ApiRequest) -> Reply:
    """GET of a report by its name; an unknown one is a matter of permission (5020)."""
    wanted = request.tail[1].lower() if len(request.tail) == 2 else ""
    for name, make in ALL_REPORTS.items():
        if name.lower() == wanted and request.method == "GET":
            return Reply(200, to_json(make(company, request.params)))
    if len(request.tail) != 2 or request.method != "GET":
        raise no_resource(request)
    raise fault(
        "5020",
        "Permission Denied Error : To access this, sign in again or contact an administrator.",
        "ReportName",
    )


def query(world: World, company: Company, request: ApiRequest) -> Reply:
    """GET or POST of a statement."""
    body, _ = query_body(company, statement_of(request))
    when = reply_time(world.clock.now()).encode()
    return Reply(200, b'{"QueryResponse":%s,"time":"%s"}' % (body, when))


def query_body(company: Company, statement: str, most: int = PAGE) -> tuple[bytes, int]:
    """The value of QueryResponse with at most so many records, and how many it has.

    Raises QboFault.
    """
    parsed = parse(statement)
    entity, rows, total = select(company, parsed)
    if parsed.count:
        return to_json({"totalCount": total}), 0
    rows = rows[:most]
    if not rows:
        return b"{}", 0
    parts = [_asked_for(company, record, parsed) for record in rows]
    body = b'{"%s":[%s],"startPosition":%d,"maxResults":%d}' % (
        entity.wire_name.encode(),
        b",".join(parts),
        parsed.start,
        len(rows),
    )
    return body, len(rows)


def _asked_for(company: Company, record: Record, parsed: Query) -> bytes:
    """The whole record; only some of its fields where a switch lets queries name them."""
    hidden = NOT_IN_STAR.get(record.entity.name, "") if company.switches.star_hides_sku else ""
    named = {token.text.lower() for token in parsed.fields}
    if not parsed.everything and company.switches.query_projection == "fields":
        wanted = {name.partition(".")[0] for name in named} | {"id"}
        body = company.render(record)
        kept = {name: value for name, value in body.items() if name.lower() in wanted}
        return to_json({**kept, "domain": "QBO", "sparse": True})
    if hidden in record.body and hidden.lower() not in named:
        body = company.render(record)
        return to_json({name: value for name, value in body.items() if name != hidden})
    return encoded(company, record)


def changes(world: World, company: Company, request: ApiRequest) -> Reply:
    """Change data capture: full records and stubs of deleted ones, oldest change first."""
    wanted = [name.strip() for name in request.params.get("entities", "").split(",")]
    if not any(wanted):
        raise missing("entities")
    since_text = request.params.get("changedSince")
    if not since_text:
        raise missing("changedSince")
    try:
        since = parse_moment(since_text)
    except ValueError:
        raise fault("2060", f"Supplied value:{since_text}", "changedSince") from None
    since = max(since, world.clock.now() - days(FEED_DAYS)).replace(microsecond=0)
    entities = [_feed_entity(world, name) for name in wanted if name]
    changed = [
        record
        for entity in entities
        for record in company.tables[entity.name].rows.values()
        if record.changed >= since and company.shows(record.changed)
    ]
    changed.sort(key=lambda record: record.changed)
    by_entity: dict[str, list[bytes]] = {}
    for record in changed[:FEED_LIMIT]:
        part = to_json(deleted_stub(record)) if record.deleted else encoded(company, record)
        by_entity.setdefault(record.entity.name, []).append(part)
    blocks = [_feed_block(entity.wire_name, by_entity.get(entity.name, [])) for entity in entities]
    when = reply_time(world.clock.now()).encode()
    body = b'{"CDCResponse":[{"QueryResponse":[%s]}],"time":"%s"}' % (b",".join(blocks), when)
    return Reply(200, body)


def _feed_entity(world: World, name: str) -> Entity:
    for entity in world.entities.values():
        if entity.name.lower() == name.lower() and entity.name not in NOT_IN_FEED:
            return entity
    raise fault("2000", f"Object Name: {name}", "entities")


def _feed_block(name: str, parts: list[bytes]) -> bytes:
    if not parts:
        return b"{}"
    count = len(parts)
    return b'{"%s":[%s],"startPosition":1,"maxResults":%d}' % (
        name.encode(),
        b",".join(parts),
        count,
    )


def write_entry(entity: Entity | None, payload: Any, operation: str) -> Body:
    """A write-log entry before its outcome is known."""
    body = payload if isinstance(payload, dict) else {}
    label = body.get("DisplayName") or body.get("Name") or ""
    return {
        "entity": entity.name if entity else "",
        "id": str(body.get("Id") or ""),
        "operation": operation,
        "name": label,
        "doc_number": body.get("DocNumber") or body.get("PaymentRefNum") or "",
        "label": str(label or body.get("DocNumber") or ""),
    }
