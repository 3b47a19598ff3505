"""Consolidate two customers that are one: the open documents of one go over to the other.

Refused for what may not be touched: paid, applied, deposited, matched, reconciled, in a closed or
filed month, with sub-customers or projects (accounting.md rules 5 and 12). No total, tax, day or
month changes; receivables only change whose they are. Undone by the same writes the other way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from sqlmodel import Session

from bot import mirror
from bot.domain import JsonValue, Payload, Risk, Role
from bot.fixes import choosing, link_steps, two_customers
from bot.fixes.belongings import Document
from bot.fixes.model import Action, Choice, Fix, Plan, Step, never
from bot.fixes.preview import Preview
from bot.fixes.two_customers import Side
from bot.models import Incident
from bot.render import day, money, plural
from bot.services import Services
from bot.sync import links, pairs

_TITLE = "Consolidate"
_KEEP = "keep"
_SHOWN = 10
SECOND = "Consolidating customers always needs a second person to approve."


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Read both customers and everything of theirs, and plan to empty one into the other."""
    preview = Preview.captured(services, incident)
    entity, *both = pairs.ids(incident.subject)
    if entity != "Customer":
        return preview.refuse(
            _TITLE,
            f"Only customers can be consolidated here. Merge the two {entity.lower()}s in "
            "QuickBooks itself: press “Merge in QuickBooks…” on the alert.",
        )
    sides: list[Side] = []
    for qbo_id in both:
        found = mirror.refresh(services, incident.company_id, entity, qbo_id)
        if found is None or not found.get("Active", True):
            return preview.refuse(
                _TITLE,
                "One of the two is inactive, merged or deleted in QuickBooks by now, so there is "
                "nothing left to consolidate. The alert is checked again by itself.",
            )
        sides.append(two_customers.read(services, preview.company, qbo_id, found))
    sides = two_customers.told_apart(sides)
    keep, gone = _chosen(sides, choices)
    stopped = two_customers.stop(keep, gone)
    if stopped:
        return preview.refuse(_TITLE, stopped)
    return _moved(services, preview, keep, gone, sides)


def _chosen(sides: Sequence[Side], choices: Mapping[str, str]) -> tuple[Side, Side]:
    """Who stays: as the person says, else the one that lets the other go, with the most."""
    first, second = sides
    wanted = choices.get(_KEEP)
    if wanted in (first.qbo_id, second.qbo_id):
        return (first, second) if wanted == first.qbo_id else (second, first)
    if two_customers.stop(first, second) and not two_customers.stop(second, first):
        return second, first
    both = not two_customers.stop(first, second) and not two_customers.stop(second, first)
    if both and len(second.has.documents) > len(first.has.documents):
        return second, first
    return first, second


def _moved(
    services: Services, preview: Preview, keep: Side, gone: Side, sides: Sequence[Side]
) -> Plan:
    with services.sessions.read() as session:
        ours = links.linked_records(session, preview.company.id or 0, "Customer", gone.qbo_id)
        options = [_label(session, preview, side) for side in sides]
    made = preview.plan(
        title=_TITLE,
        submit=_TITLE,
        steps=(
            *(_move(document, keep, gone) for document in gone.has.documents),
            *(
                link_steps.used_for(
                    record.name, keep.name, "Customer", keep.qbo_id, record_id=record.id
                )
                for record in ours
            ),
            _retire(gone),
        ),
        choices=(
            Choice(_KEEP, "Which one stays", keep.qbo_id, options=tuple(options), shown=True),
        ),
        changes=_changes(keep, gone),
        checked=_checked(keep, gone),
        undo=(
            f"The documents go back to {gone.name}, which becomes active again, as long as none of "
            "them is paid, deposited or changed since."
        ),
        role=Role.APPROVER,
    )
    facts = {**made.facts, **_facts(keep, gone), "links": len(ours)}
    return replace(made, facts=facts, second=SECOND)


def _label(session: Session, preview: Preview, side: Side) -> tuple[str, str]:
    row = mirror.get(session, preview.company.id or 0, "Customer", side.qbo_id)
    told = choosing.told_apart(row) if row is not None else []
    owes = f"owes {money(side.balance, side.currency)}"
    return side.qbo_id, " · ".join((side.name[:24], owes, _has(side), *told))[:75]


def _has(side: Side) -> str:
    """How many documents it has, and of which day the last one is."""
    count = plural(len(side.has.documents), "document")
    return f"{count}, last {day(side.last)}" if side.last else count


def _move(document: Document, keep: Side, gone: Side) -> Step:
    before: Payload = {
        "Id": document.qbo_id,
        "SyncToken": document.payload.get("SyncToken"),
        "CustomerRef": {"value": gone.qbo_id},
    }
    change: Payload = {"CustomerRef": {"value": keep.qbo_id}}
    words = f"{document.words} goes to {keep.name}"
    return Step(Action.UPDATE, words, document.entity, document.qbo_id, before, change)


def _retire(gone: Side) -> Step:
    before = {key: gone.found.get(key) for key in ("Id", "SyncToken", "DisplayName")}
    words = f"{gone.name} inactive"
    change: Payload = {"Active": False}
    return Step(Action.UPDATE, words, "Customer", gone.qbo_id, {**before, "Active": True}, change)


def _changes(keep: Side, gone: Side) -> list[Payload]:
    total = keep.balance + gone.balance
    return [
        {
            "what": gone.name,
            "before": f"active, owes {money(gone.balance, gone.currency)}",
            "after": f"inactive, owes {money(Decimal(0), gone.currency)}",
        },
        {
            "what": keep.name,
            "before": f"owes {money(keep.balance, keep.currency)}",
            "after": f"owes {money(total, keep.currency)}",
        },
    ]


def _checked(keep: Side, gone: Side) -> list[str]:
    total = money(keep.balance + gone.balance, keep.currency)
    return [
        "every document keeps its number, day, lines, total and sales tax",
        f"receivables of the two together stay {total}, and no month changes",
        "nothing of it is paid, applied, deposited, matched or reconciled",
        "nothing of it is in closed books or a filed month",
        "no sub-customers or projects",
    ]


def _facts(keep: Side, gone: Side) -> Payload:
    documents = gone.has.documents
    mailed = sum(1 for one in documents if one.payload.get("EmailStatus") == "EmailSent")
    expected: list[JsonValue] = [
        {
            "entity": one.entity,
            "qbo_id": one.qbo_id,
            "total": str(one.total),
            "tax": str(one.tax),
            "words": one.words,
        }
        for one in documents
    ]
    return {
        "sides": [_card(side) for side in (keep, gone)],
        "keep": keep.name,
        "keep_id": keep.qbo_id,
        "owed": money(gone.balance, gone.currency),
        "gone": gone.name,
        "gone_id": gone.qbo_id,
        "moved": [one.words for one in documents[:_SHOWN]],
        "more_moved": max(0, len(documents) - _SHOWN),
        "mailed": mailed,
        "expected": expected,
        "months_moved": _months(documents),
    }


def _card(side: Side) -> Payload:
    return {
        "name": side.name,
        "email": (side.found.get("PrimaryEmailAddr") or {}).get("Address"),
        "owes": money(side.balance, side.currency),
        "has": _has(side),
    }


def _months(documents: Sequence[Document]) -> list[JsonValue]:
    sums: dict[str, int] = {}
    for one in documents:
        month = f"{str(one.payload['TxnDate'])[:7]}-01"
        sums[month] = sums.get(month, 0) + 1
    return [{"month": month, "count": sums[month]} for month in sorted(sums)]


def verify(services: Services, incident: Incident, plan: Plan) -> str:
    """Read every moved document and the emptied customer again; totals and tax as they were."""
    facts = plan.facts
    for one in facts["expected"]:
        found = mirror.refresh(services, incident.company_id, one["entity"], one["qbo_id"])
        if found is None:
            return f"QuickBooks does not show {one['words']} any more."
        document = Document(one["entity"], found)
        if (found.get("CustomerRef") or {}).get("value") != facts["keep_id"]:
            return f"{one['words']} is not with {facts['keep']} in QuickBooks."
        if (document.total, document.tax) != (Decimal(one["total"]), Decimal(one["tax"])):
            return (
                f"The total or the sales tax of {one['words']} is another one in QuickBooks now: "
                f"{money(document.total, document.currency)}, tax "
                f"{money(document.tax, document.currency)}. Undo puts it back."
            )
    gone = mirror.refresh(services, incident.company_id, "Customer", str(facts["gone_id"]))
    if gone is None or gone.get("Active", True):
        return f"{facts['gone']} is still active in QuickBooks."
    return ""


def _done(plan: Plan) -> str:
    """Say what went where, with the money."""
    moved, keep = len(plan.facts["expected"]), plan.facts["keep"]
    if not moved:
        return f"2 customers are one, {keep}: there was no document to move"
    what = plural(moved, "document")
    return f"2 customers are one, {keep}: {what} moved, {plan.facts['owed']} of receivables"


def _offered(facts: Mapping[str, JsonValue]) -> bool:
    return facts.get("list") == "customer" and not facts.get("merged")


FIX = Fix(
    name="consolidate",
    label="Consolidate…",
    role=Role.APPROVER,
    risk=Risk.BOOKS,
    plan=plan,
    verify=verify,
    agreed=never,
    offered=_offered,
    done=_done,
)
