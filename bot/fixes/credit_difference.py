"""Post what came back of a paid invoice as a document of its own; the invoice stays as it is.

A credit memo where the customer keeps the credit, a refund receipt where the money went back. A
credit memo goes to the first open day whose sales tax is not filed; a refund keeps the day of its
money (accounting.md rules 2 to 4).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from bot import mirror
from bot.domain import ENTITY, JsonValue, Payload, RecordType, Risk, Role
from bot.fixes import credit_form, effects, line_changes, own_record
from bot.fixes.credit_form import Form
from bot.fixes.model import Action, Fix, Plan, Step, never
from bot.fixes.own_record import Own
from bot.fixes.preview import Preview
from bot.models import Company, Incident, Record
from bot.render import listed, money
from bot.render.words import upfirst
from bot.services import Services
from bot.sync import anew, comparing, free_numbers, periods, resolve, returning
from bot.sync.kinds import kind_of
from bot.sync.reading import parse_record
from bot.sync.records import BadRow
from bot.sync.returning import Returned

_TITLE = "Credit the difference"


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Plan one document from fresh reads; what the source did not say is asked first."""
    preview = Preview.of(services, incident)
    own = own_record.read(services, incident)
    company = periods.refreshed(services, incident.company_id)
    preview = replace(preview, company=company)
    entity, qbo_id = ENTITY[own.record.type], str(own.record.qbo_id or "")
    document = mirror.refresh(services, incident.company_id, entity, qbo_id)
    found = None if document is None else comparing.amounts(own.record, document)
    if found is None or not found.differ:
        return preview.refuse(
            _TITLE, f"{upfirst(own.called)} agrees with {own.source} by now. Press Check again."
        )
    with services.sessions.read() as session:
        back = returning.of(session, own.record, found)
        alike = returning.alike(session, own.record, back.total)
        form = credit_form.read(session, company, own.record, choices, services.clock.now())
    if back.why_not:
        return preview.refuse(_TITLE, _by_hand(own, back))
    facts = {**_facts(own, back, form), "warnings": _warnings(own, alike)}
    if form.asks:
        return preview.ask(_TITLE, form.inputs, Role.APPROVER, **facts, wrong=form.wrong)
    made = _payload(services, own, back, form)
    if isinstance(made, str):
        return preview.refuse(_TITLE, made)
    with services.sessions.read() as session:
        lines = line_changes.rows(session, made[0], {}, made[1])
    changes = _changes(own, back, form, made[0], lines)
    planned = _planned(preview, own, back, form, made, changes)
    return replace(planned, facts={**planned.facts, "warnings": facts["warnings"]})


def _warnings(own: Own, alike: list[str]) -> list[JsonValue]:
    """What may be the same return, posted by somebody or handed over by the source."""
    if not alike:
        return []
    return [
        f"{own.record.name} has {listed(alike)} for the same amount. If that is this return, do "
        "not credit it twice: close this window and press Expected."
    ]


def _by_hand(own: Own, back: Returned) -> str:
    called = f"{own.called} in {own.source}"
    return (
        f"The bot makes no document of it: {back.why_not}. Look at {called}, and have it hand over "
        "a credit memo or a refund, or enter one in QuickBooks (+ New > Credit memo)."
    )


def _payload(
    services: Services, own: Own, back: Returned, form: Form
) -> tuple[Record, Payload] | str:
    """Our record of it as it would be posted, and what QuickBooks gets; or why it cannot go."""
    number = free_numbers.propose(services, own.record)
    said = _said(own, back, form, number)
    model = parse_record(said)
    if isinstance(model, BadRow):
        return f"The difference cannot be posted by itself: {model.reason}."
    kind = kind_of(model)
    record = Record(
        company_id=own.record.company_id,
        source_id=own.record.source_id,
        type=form.kind,
        tier=own.record.tier,
        external_id=str(said["external_id"]),
        payload=said,
        digest="",
        currency=own.record.currency,
        received_at=services.clock.now(),
        **{"name": own.record.name, **kind.columns(model)},
    )
    decided = anew.decide(services, record)
    if not isinstance(decided, resolve.Ready):
        return (
            "What the difference names is not all in QuickBooks, or is inactive there: its "
            "customer, its items or the account. Mend that first, then press the button again."
        )
    return record, decided.payload


def _said(own: Own, back: Returned, form: Form, number: str) -> Payload:
    """The document as a source would hand it over."""
    payload = own.record.payload
    memo = f"Returned of {own.called}"
    if form.day != form.returned_on:
        memo += f". Returned on {form.returned_on:%m/%d/%Y}"
    said: Payload = {
        "type": form.kind.value,
        "external_id": returning.external_id(own.record),
        "number": number,
        "date": form.day.isoformat(),
        "customer": payload.get("customer") or "",
        "lines": list(back.lines),
        "tax_total": str(back.tax),
        "total": str(back.total),
        "memo": memo,
        "currency": payload.get("currency"),
        "location": payload.get("location"),
    }
    if form.kind is RecordType.REFUND:
        said["paid_from"] = form.account
    return {name: value for name, value in said.items() if value is not None}


def _planned(
    preview: Preview,
    own: Own,
    back: Returned,
    form: Form,
    made: tuple[Record, Payload],
    changes: Sequence[Payload],
) -> Plan:
    record, payload = made
    entity, called = ENTITY[form.kind], _named(record)
    credit: Payload = {
        "type": form.kind.value,
        "external_id": record.external_id,
        "number": record.number,
        "total": str(back.total),
        "tax": str(back.tax),
    }
    named = {name: credit[name] for name in ("type", "external_id")}
    ahead: Payload = {"source_id": record.source_id, **named, "from_step": 1}
    planned = preview.plan(
        title=_TITLE,
        submit=f"Post the {form.kind.words.split()[0]}",
        steps=(
            Step(Action.CREATE, f"{upfirst(called)} is posted", entity, change=payload),
            Step(
                Action.LINK, f"{upfirst(called)} is known as {own.source}'s", entity, change=ahead
            ),
            Step(
                Action.CREDIT,
                f"The difference of {own.called} is credited",
                change={"record_id": own.record.id, "credit": credit},
            ),
        ),
        choices=form.inputs,
        changes=changes,
        checked=[
            f"number {record.number} is free",
            f"{own.called} keeps its lines, its day and its payments",
        ],
        undo=(
            f"Void or delete the {form.kind.words} in QuickBooks: the bot then asks about the "
            "difference again."
        ),
        role=Role.APPROVER,
    )
    facts = _facts(own, back, form)
    facts["filed"] = _filed(preview.company, own, back, form)
    facts["posted_as"] = called
    return replace(planned, facts={**planned.facts, **facts})


def _named(record: Record) -> str:
    return f"{record.type.words} {record.number}".strip()


def _changes(
    own: Own, back: Returned, form: Form, record: Record, lines: Sequence[Payload]
) -> list[Payload]:
    total, tax = (money(one, own.record.currency) for one in (back.total, back.tax))
    refund = form.kind is RecordType.REFUND
    where = f"{form.account_name}" if refund else f"what {own.record.name} owes"
    rows: list[Payload] = [
        {"what": _named(record), "before": "none", "after": f"{total}, dated {form.day:%m/%d/%Y}"},
        *({**row, "what": f"{row['what']} on it", "before": "none"} for row in lines),
        {
            "what": where,
            "before": "as it is",
            "after": f"less {total}" + ("" if refund else ", as a credit"),
        },
        {"what": "sales tax", "before": "as it is", "after": f"less {tax}"},
    ]
    if form.day != form.returned_on:
        rows.append(
            {
                "what": "day",
                "before": f"{form.returned_on:%m/%d/%Y}, which is closed or filed",
                "after": f"{form.day:%m/%d/%Y}; the memo says when it came back",
            }
        )
    rows += [
        {"what": f"stock of {name}", "before": "as it is", "after": f"{pieces:+f}"}
        for name, pieces in back.stocked
    ]
    return rows


def _facts(own: Own, back: Returned, form: Form) -> Payload:
    return {
        "our_document": own.called,
        "source": own.source,
        "kind": form.kind.words,
        "total": str(back.total),
        "tax": str(back.tax),
        "currency": own.record.currency,
        "day": form.day.isoformat(),
        "source_credit": form.why,
    }


def _filed(company: Company, own: Own, back: Returned, form: Form) -> Payload:
    through = company.tax_filed_through
    if through is None or form.day > through:
        return {}
    tax = money(back.tax, own.record.currency)
    told = f"The return of {form.day:%B %Y} loses {tax} of sales tax and has to be amended"
    return effects.filed_months(company, [form.day], [told])


def verify(services: Services, incident: Incident, plan: Plan) -> str:
    """Read what was posted again: its total and tax; and the invoice, which is as it was."""
    own = own_record.read(services, incident)
    step = next(one for one in plan.steps if one.action is Action.CREDIT)
    credit = step.change["credit"]
    with services.sessions.read() as session:
        link = returning.link_of(session, own.record, credit)
    found = None
    if link is not None:
        found = mirror.refresh(services, incident.company_id, link.entity, link.qbo_id)
    if found is None:
        return f"QuickBooks does not show {plan.facts['posted_as']}."
    shown = (Decimal(str(found["TotalAmt"])), Decimal(comparing.tax_of(found)))
    if shown != (Decimal(str(credit["total"])), Decimal(str(credit["tax"]))):
        return (
            f"{upfirst(str(plan.facts['posted_as']))} has a total of "
            f"{money(shown[0], own.record.currency)} in QuickBooks, with "
            f"{money(shown[1], own.record.currency)} of sales tax: not what came back."
        )
    return _invoice_moved(services, own)


def _invoice_moved(services: Services, own: Own) -> str:
    entity, qbo_id = ENTITY[own.record.type], str(own.record.qbo_id or "")
    document = mirror.refresh(services, own.record.company_id, entity, qbo_id)
    found = None if document is None else comparing.amounts(own.record, document)
    if found is None or found.differ:
        return f"{upfirst(own.called)} was changed in QuickBooks meanwhile; look at it there."
    return ""


def _done(plan: Plan) -> str:
    facts = plan.facts
    total = money(Decimal(str(facts["total"])), str(facts["currency"]))
    return (
        f"{upfirst(str(facts['posted_as']))} for {total} is posted; {facts['our_document']} stays "
        "as it was"
    )


def _offered(facts: Mapping[str, JsonValue]) -> bool:
    return bool(facts.get("returned"))


FIX = Fix(
    name=returning.HOW,
    label="Credit the difference…",
    role=Role.APPROVER,
    risk=Risk.BOOKS,
    plan=plan,
    verify=verify,
    agreed=never,
    offered=_offered,
    done=_done,
)
