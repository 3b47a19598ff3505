"""One company's books: read, query, count, changes, write."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from bot.domain import Payload, RetryClass
from bot.quickbooks import batches, reports, statements
from bot.quickbooks.batches import Found, Question
from bot.quickbooks.calls import Caller, Wire, unexpected
from bot.quickbooks.faults import QuickBooksFault
from bot.quickbooks.limits import Limiter
from bot.quickbooks.replies import Reply
from bot.quickbooks.statements import Condition
from bot.quickbooks.write_forms import known_entity, writer

# Change data capture holds at most this many objects for all entities together.
CAPTURE_LIMIT = 1000
# How often a list that moves while it is read is begun again.
_SHIFTS = 5


@dataclass(frozen=True)
class WriteReply:
    """The record as QuickBooks has it now, and the number its support asks for."""

    payload: Payload
    intuit_tid: str


@dataclass(frozen=True)
class Changes:
    """What changed since a moment; `complete` is False when QuickBooks cut the list off."""

    records: dict[str, list[Payload]]
    deleted: dict[str, list[str]]
    as_of: datetime
    complete: bool


class CompanyBooks:
    """Calls to one company. Amounts are Decimal both ways; every call may raise QuickBooksFault.

    Each call waits for its turn, has a time-out, repeats what heals by itself (a write always with
    the same requestid), and refreshes the access token once when it is refused.
    """

    def __init__(self, wire: Wire, company_id: int, limiter: Limiter, patience: float) -> None:
        self.company_id = company_id
        self._wire = wire
        self._call = Caller(wire, company_id, limiter, patience).call

    def read(self, entity: str, qbo_id: str) -> Payload:
        """Read one record, inactive ones too. Code 610 when there is none."""
        body, reply = self._call(
            "read",
            lambda library: library.get_single_object(known_entity(entity), quote(qbo_id, "")),
        )
        return _held(body, entity, reply)

    def query(
        self,
        entity: str,
        where: Sequence[Condition] = (),
        *,
        include_inactive: bool = True,
        limit: int | None = None,
    ) -> list[Payload]:
        """Every record that fits, all pages; conditions are joined by AND (there is no OR)."""
        found: list[Payload] = []
        for page in self.pages(entity, where, include_inactive=include_inactive, limit=limit):
            found.extend(page)
        return found

    def pages(
        self,
        entity: str,
        where: Sequence[Condition] = (),
        *,
        include_inactive: bool = True,
        limit: int | None = None,
    ) -> Iterator[list[Payload]]:
        """As `query`, a page at a time. A record shifted between two pages comes only once.

        Each page begins with the last record of the page before: when another one stands there,
        something was deleted meanwhile and the rest has moved up, so that all is read again.
        """
        seen: set[str] = set()
        start, last, tries = 1, "", _SHIFTS
        while limit is None or len(seen) < limit:
            wanted = statements.PAGE if limit is None else limit - len(seen) + (1 if last else 0)
            size = min(statements.PAGE, wanted)
            rows = self.page(
                entity, where, include_inactive=include_inactive, start=start, size=size
            )
            if last and (not rows or str(rows[0].get("Id")) != last):
                if not tries:
                    raise unexpected(Reply(0, ""), f"the list of {entity} moves while it is read")
                start, last, tries = 1, "", tries - 1
                continue
            fresh = [row for row in rows if str(row.get("Id")) not in seen]
            seen.update(str(row.get("Id")) for row in fresh)
            if fresh:
                yield fresh
            if len(rows) < size:
                return
            start, last = start + len(rows) - 1, str(rows[-1].get("Id"))

    def query_many(self, questions: Sequence[Question]) -> list[Found]:
        """Ask several questions in few requests; each answer is whole, or its own refusal."""
        found: list[Found] = []
        for group in batches.groups(questions):
            found += self._batch(group) if len(group) > 1 else [self._alone(group[0])]
        return found

    def _batch(self, group: Sequence[Question]) -> list[Found]:
        # Whether Intuit counts a batch or its items is not told: the dearer one is taken.
        body, reply = self._call(
            "batch",
            lambda library: library.batch_operation(batches.request_body(group)),
            reads=len(group),
        )
        answers = batches.answers(group, body, reply)
        return [answer or self._alone(one) for one, answer in zip(group, answers, strict=True)]

    def _alone(self, question: Question) -> Found:
        try:
            return Found(tuple(self.query(question.entity, question.where)))
        except QuickBooksFault as fault:
            if fault.retry_class is not RetryClass.NEEDS_PERSON:
                raise
            return Found(fault=fault)

    def page(
        self,
        entity: str,
        where: Sequence[Condition] = (),
        *,
        include_inactive: bool = True,
        start: int = 1,
        size: int = statements.PAGE,
    ) -> list[Payload]:
        """One page in the order of the Ids: at most `size` records from position `start` (1) on.

        A page shifts when a document before it is deleted; `pages` and a count find that out.
        """
        statement = statements.select(
            entity, where, include_inactive=include_inactive, start=start, size=size
        )
        body, reply = self._call("query", lambda library: library.query(statement))
        response = body.get("QueryResponse")
        if not isinstance(response, dict):
            raise unexpected(reply, "a query's reply without QueryResponse")
        return list(response.get(entity, []))

    def count(
        self, entity: str, where: Sequence[Condition] = (), *, include_inactive: bool = True
    ) -> int:
        """How many records of an entity there are."""
        statement = statements.count(entity, where, include_inactive=include_inactive)
        body, reply = self._call("count", lambda library: library.query(statement))
        total = body.get("QueryResponse", {}).get("totalCount")
        if not isinstance(total, int):
            raise unexpected(reply, "a count without totalCount")
        return total

    def changes(self, entities: Sequence[str], since: datetime) -> Changes:
        """What was changed or deleted since an aware moment, at most 30 days back.

        `as_of` is QuickBooks' own time of the reply: the next checkpoint.
        """
        names = ",".join(known_entity(entity) for entity in entities)
        # As text: the library drops the offset of a datetime.
        moment = since.astimezone(UTC).isoformat(timespec="seconds")
        body, reply = self._call(
            "changes", lambda library: library.change_data_capture(names, moment)
        )
        return _changes(body, entities, reply)

    def write(self, operation: str, entity: str, payload: Payload, request_id: str) -> WriteReply:
        """Create, update (sparse), delete or void one record.

        The same `request_id` never acts twice. Raises BadInput for a payload that cannot be meant,
        QuickBooksFault with `reply_lost` when the outcome is unknown.
        """
        send = writer(operation, known_entity(entity), payload, request_id)
        body, reply = self._call("write", send, writing=True)
        return WriteReply(_held(body, entity, reply, writing=True), reply.intuit_tid)

    def company_info(self) -> Payload:
        """Name, address and country of the company."""
        return self.company_info_at()[0]

    def company_info_at(self) -> tuple[Payload, datetime]:
        """As `company_info`, with QuickBooks' own time of the reply."""
        realm = self._wire.tokens.read(self.company_id).tokens.realm_id
        body, reply = self._call(
            "read", lambda library: library.get_single_object("CompanyInfo", quote(realm, ""))
        )
        return _held(body, "CompanyInfo", reply), _time(body, reply)

    def preferences(self) -> Payload:
        """The company's settings (closing date, currency, numbering); never written by the bot."""
        body, reply = self._call(
            "read",
            lambda library: library.get(
                f"{library.api_url}/company/{library.company_id}/preferences", {}
            ),
        )
        return _held(body, "Preferences", reply)

    def report(self, name: str, asked: Mapping[str, str]) -> list[reports.Line]:
        """The lines of a report, each its cells ({value, id}) by column key.

        `asked` are the report's own parameters; without dates QuickBooks takes this month only.
        """
        body, _ = self._call("report", lambda library: library.get_report(name, dict(asked)))
        return reports.lines(body)


def _held(body: Payload, entity: str, reply: Reply, *, writing: bool = False) -> Payload:
    payload = body.get(entity)
    if not isinstance(payload, dict):
        raise unexpected(reply, f"a reply without {entity}", writing=writing)
    return payload


def _time(body: Payload, reply: Reply) -> datetime:
    """QuickBooks' own time of a reply, made UTC."""
    try:
        moment = datetime.fromisoformat(str(body["time"]))
    except (KeyError, ValueError):
        raise unexpected(reply, "a reply without its time") from None
    if moment.tzinfo is None:
        raise unexpected(reply, "a reply whose time has no offset")
    return moment.astimezone(UTC)


def _changes(body: Payload, entities: Sequence[str], reply: Reply) -> Changes:
    records: dict[str, list[Payload]] = {entity: [] for entity in entities}
    deleted: dict[str, list[str]] = {entity: [] for entity in entities}
    responses = body.get("CDCResponse")
    if not isinstance(responses, list):
        raise unexpected(reply, "changes without CDCResponse")
    total = 0
    parts = [part for response in responses for part in response.get("QueryResponse", [])]
    for part in parts:
        for entity in entities:
            for payload in part.get(entity, []):
                total += 1
                if payload.get("status") == "Deleted":
                    deleted[entity].append(str(payload["Id"]))
                else:
                    records[entity].append(payload)
    return Changes(records, deleted, _time(body, reply), total < CAPTURE_LIMIT)
