"""The document and the open alerts that an explained text is about, each with its buttons."""

import re
from collections.abc import Sequence

from sqlmodel import Session

from bot.dispatch.model import Call
from bot.dispatch.reply import line
from bot.domain import ENTITY, IncidentState, JsonValue, Payload, RecordState
from bot.forwarded import Recognised
from bot.forwarded.calling import LISTS, lists_said
from bot.models import Forwarded, Incident, Record
from bot.render import Text
from bot.services import Services
from commands.parts import documents, meaning, which_alert
from commands.parts.parties import named as parties_named

MOST_ALERTS = 3
_ORDER = re.compile(r"\b(?:sales? )?orders?\W{0,3}(?:(?:no|number)\W{0,2})?#?[a-z]{0,6}-?\d", re.I)
_ORDER_SIGNS = re.compile(r"^(?:order)?[\W_]*")


def about(
    services: Services,
    call: Call,
    text: str,
    found: Recognised | None,
    named: Forwarded | None = None,
    *,
    acts: bool = True,
) -> list[Text | Payload]:
    """The document or the alerts that the text is about, each with its buttons.

    `acts` false: it tells of an error that is not known, so that no alert's button mends it.
    """
    rows = which_alert.open_ones(services, call.companies)
    parts, numbered = _documents(services, call, text, named)
    alerts = [row for row in rows if row.id in numbered]
    if named is not None:
        cause = (named.company_id, named.problem, named.subject)
        alerts = [row for row in rows if (row.company_id, row.problem, row.subject) == cause]
    if not alerts and found is not None:
        alerts = _of_kind(rows, found, text)
    only_beside = not alerts
    if not alerts:
        alerts = _of_party(services, call, rows, text)
    if not alerts and not parts and named is None:
        said = "No alert here is about it. If it comes from the sync, /qb-errors shows it."
        return [line(said)]
    names = {company.id: company.name for company in call.companies}
    is_told = found is not None or not acts
    if only_beside and alerts and is_told:
        parts.append(line("Also open, about a name of the text:"))
    for row in alerts[:MOST_ALERTS]:
        # Of another problem or record it is told; a press on it would mend or end that one.
        is_other = not acts or (only_beside and not _is_of(services, row, found, text))
        buttons = [] if is_other else which_alert.fix_buttons(services, row)
        name = names.get(row.company_id, "") if len(names) > 1 else ""
        parts += which_alert.row_of(services, row, buttons, company=name)
    if len(alerts) > MOST_ALERTS:
        parts.append(line(f"{len(alerts) - MOST_ALERTS} more: /qb-errors lists them."))
    return parts


def _of_kind(rows: Sequence[Incident], found: Recognised, text: str) -> list[Incident]:
    """The alerts of the same problem about what the text names; another's button would end that."""
    facts = {value.casefold() for value in found.facts.values() if value}
    same = [row for row in rows if row.problem == found.problem and facts & _names(row)]
    return [row for row in same if _is_of_its_list(row, text)]


def _is_of(services: Services, row: Incident, found: Recognised | None, text: str) -> bool:
    """Whether an alert about a name of the text is of the same kind of problem and record.

    Of a name alone, without an error, it is.
    """
    if found is None:
        return True
    kinds = {services.knowledge.problem(name).kind for name in (row.problem, found.problem)}
    return len(kinds) == 1 and _is_of_its_list(row, text)


def _is_of_its_list(row: Incident, text: str) -> bool:
    """Whether the text does not call the alert's record one of another list: vendor Acme."""
    entity = row.subject.partition(":")[0]
    said = lists_said(text, str(row.facts.get("name") or ""))
    return entity not in LISTS or not said or entity in said


def _documents(
    services: Services, call: Call, text: str, told: Forwarded | None
) -> tuple[list[Text | Payload], set[int | None]]:
    """The document the text names, where it stands, and the alerts that hold it.

    `told`: what was said of QuickBooks' own record already; the same is not said twice.
    """
    companies = {company.id: company for company in call.companies}
    with services.sessions.read() as session:
        number, found = _named(session, call, text)
    rows = which_alert.open_ones(services, call.companies)
    parts: list[Text | Payload] = []
    alerts: set[int | None] = set()
    for record in found:
        if told is not None and _is_same(told, record):
            continue
        where = documents.place(services, companies[record.company_id], record)
        parts.append(line("I found the document: ") + where)
        if record.state is RecordState.HELD:
            own = which_alert.named(services, call.companies, rows, number)
            alerts |= {row.id for row in own if row.state is not IncidentState.RESOLVED}
    return parts, alerts


def _is_same(told: Forwarded, record: Record) -> bool:
    own = (told.company_id, told.facts.get("entity"), told.facts.get("qbo_id"))
    return own == (record.company_id, ENTITY[record.type], record.qbo_id)


def _named(session: Session, call: Call, text: str) -> tuple[str, list[Record]]:
    """The number that the text names, and the documents that have it.

    A number may have no digit in it: then only what a document is really called is one.
    """
    number, types = meaning.document(text) or meaning.called(text) or ("", ())
    found = documents.find(session, call.companies, number, types)
    if _ORDER.search(text):
        # A shop's order 1004 is not the invoice INV-1004 of the same digits.
        found = [row for row in found if _is_called(row, number)]
    return number, found[:MOST_ALERTS]


def _is_called(row: Record, number: str) -> bool:
    """Whether that is its number or its id in its source, but for the word before it."""
    wanted = _ORDER_SIGNS.sub("", number.casefold())
    return wanted in {_ORDER_SIGNS.sub("", one.casefold()) for one in (row.number, row.external_id)}


def _of_party(
    services: Services, call: Call, rows: Sequence[Incident], text: str
) -> list[Incident]:
    """The alerts about a customer, vendor or item that the text names."""
    found = parties_named(services, call.companies, text)
    names = {party.name.casefold() for party in found}
    return [row for row in rows if names & _names(row)]


def _names(row: Incident) -> set[str]:
    values: list[JsonValue] = [row.facts.get(key) for key in ("name", "party", "number", "sku")]
    for side in ("ours", "theirs"):
        inner = row.facts.get(side)
        values += [inner.get("name")] if isinstance(inner, dict) else []
    return {str(value).casefold() for value in values if value}
