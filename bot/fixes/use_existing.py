"""Use a record QuickBooks has: link ours to it (and reactivate it first if it is inactive).

Where several are likely, or the likely one was merged away, a person says which one is meant.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

from bot import mirror
from bot.domain import JsonValue, Payload, Risk, Role
from bot.fixes import choosing, undo_words, waking
from bot.fixes.model import Action, Fix, Plan, Step
from bot.fixes.preview import Preview
from bot.models import Incident, Link, MirrorRow, Record
from bot.services import Services
from bot.sync import links, second_facts
from bot.sync.reading import stored_record
from bot.sync.records import CustomerIn, ItemIn, VendorIn
from bot.sync.twins import finding
from bot.sync.twins.model import Twin, singled_out

_TITLE = "Use existing"
# So many likely ones are compared in the window; the menu holds them all.
_CARDS = 5
_TOLD = ("email", "phone", "street", "city", "sku")


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Read the existing record fresh and plan the link; no change in QuickBooks if it is active."""
    preview = Preview.captured(services, incident)  # what is offered below was just read
    incident = preview.incident
    with services.sessions.read() as session:
        found = _likely(session, incident)
        chosen = _choose(session, incident, found, choices)
    if chosen.row is None:
        return _ask(preview, found, chosen)
    made = _linked(services, preview, incident, chosen)
    if made.refused:
        return made
    twin = next((one for one in found.twins if one.row.qbo_id == chosen.row.qbo_id), None)
    named = mirror.full_name(chosen.row.entity, chosen.row.data) or chosen.row.name
    agree: list[JsonValue] = list(twin.agree if twin else _agreeing(found, chosen))
    facts: Payload = {"subject_name": named, "agree": agree, "others_alike": found.others(chosen)}
    facts["took_over"] = twin.took_over if twin else ""
    woken: list[JsonValue] = made.facts["woken"]
    facts["checked"] = [*_checked(agree, named), *woken, *_may_be_merged(chosen.row)]
    return replace(made, facts={**made.facts, **facts})


@dataclass(frozen=True)
class _Likely:
    """What may be meant: the living twins, and the merged-away ones nobody knows the heir of."""

    model: CustomerIn | VendorIn | ItemIn
    entity: str
    twins: Sequence[Twin]
    gone: Sequence[Twin]

    def others(self, chosen: choosing.Chosen) -> int:
        """How many likely ones were not chosen."""
        chosen_id = chosen.row.qbo_id if chosen.row else ""
        return sum(1 for twin in self.twins if twin.row.qbo_id != chosen_id)


def _likely(session: Session, incident: Incident) -> _Likely:
    """Look again: what is likely now, and what the alert names if that is still there."""
    record = session.get_one(Record, int(incident.facts["record_id"]))
    model = stored_record(record.payload)
    if not isinstance(model, CustomerIn | VendorIn | ItemIn):
        msg = f"a {record.type} has no twin"
        raise TypeError(msg)
    theirs: Payload = incident.facts["theirs"]
    found = finding.still_likely(session, incident.company_id, model, theirs)
    living = [twin for twin in found if not twin.gone]
    gone = [twin for twin in found if twin.gone]
    return _Likely(model, str(theirs["entity"]), living, gone)


def _choose(
    session: Session, incident: Incident, found: _Likely, given: Mapping[str, str]
) -> choosing.Chosen:
    only = found.twins[0] if len(found.twins) == 1 else singled_out(found.twins)
    if len(found.twins) == 1 and found.twins[0].row.active and not found.gone:
        return choosing.Chosen(found.twins[0].row, ())
    # An inactive one may have been merged away: another one can be named at once.
    return choosing.choose(
        session,
        [twin.row for twin in found.twins],
        given,
        company_id=incident.company_id,
        entity=found.entity,
        preset=only.row.qbo_id if only is not None and not found.gone else "",
    )


def _ask(preview: Preview, found: _Likely, chosen: choosing.Chosen) -> Plan:
    """Show the likely ones side by side; nothing is planned before one is chosen."""
    made = preview.plan(
        title=_TITLE,
        submit="Show the change",
        steps=(),
        choices=chosen.inputs,
        undo="",
        role=Role.OPERATOR,
    )
    cards: list[JsonValue] = [
        {**choosing.card(twin.row), "agree": list(twin.agree), "took_over": twin.took_over}
        for twin in found.twins[:_CARDS]
    ]
    ours: Payload = preview.incident.facts["ours"]
    facts: Payload = {
        "ask": chosen.ask,
        "cards": cards,
        "more_cards": max(0, len(found.twins) - _CARDS),
        "merged_away": [twin.row.name for twin in found.gone],
        "ours_told": [str(ours[key]) for key in _TOLD if ours.get(key)],
    }
    return replace(made, facts={**made.facts, **facts})


def _linked(
    services: Services, preview: Preview, incident: Incident, chosen: choosing.Chosen
) -> Plan:
    entity, qbo_id = (chosen.row.entity, chosen.row.qbo_id) if chosen.row else ("", "")
    found = mirror.refresh(services, incident.company_id, entity, qbo_id)
    if found is None:
        return preview.refuse(
            "Cannot be used",
            "QuickBooks no longer has this record: it was merged or deleted since. "
            "Try again, and the bot looks for the right one.",
        )
    name = mirror.full_name(entity, found)
    waking_up = waking.plan(services, preview.company, entity, found)
    if waking_up.refused:
        return preview.refuse("Cannot be used", waking_up.refused)
    made = preview.plan(
        title=_TITLE,
        submit="Use and post" if _documents(preview) else _TITLE,
        steps=(*waking_up.steps, *_link(incident, entity, qbo_id, name)),
        choices=chosen.inputs,
        changes=[
            *waking_up.changes,
            {"what": _ours(incident), "before": "not known in QuickBooks", "after": f"uses {name}"},
        ],
        undo=undo_words.of_link(preview.documents, reactivated=bool(waking_up.steps)),
        role=Role.OPERATOR,
    )
    facts: Payload = {**waking_up.entries.facts(), "woken": list(waking_up.checked)}
    return replace(made, facts={**made.facts, **facts})


def _ours(incident: Incident) -> str:
    return str(incident.facts["ours"]["name"])


def _link(incident: Incident, entity: str, qbo_id: str, name: str) -> tuple[Step, ...]:
    change: Payload = {"record_id": int(incident.facts["record_id"])}
    words = f"{name} is used for “{_ours(incident)}” from now on"
    return (
        Step(Action.LINK, words, entity, qbo_id, change=change),
        Step(Action.RELEASE, "let the waiting documents go"),
    )


def _agreeing(found: _Likely, chosen: choosing.Chosen) -> list[str]:
    """The second facts of a record that was named by hand."""
    if chosen.row is None or isinstance(found.model, ItemIn):
        return []
    mine = second_facts.ours(found.model)
    return second_facts.agreeing(mine, second_facts.theirs(chosen.row))


def _documents(preview: Preview) -> bool:
    return any(record.amount is not None for record in preview.records)


def _checked(agree: Sequence[JsonValue], name: str) -> list[JsonValue]:
    if not agree:
        return [f"no second fact agrees: compare the two before you say that {name} is the same"]
    same = " and ".join(str(word) for word in agree)
    return [f"the same {same}", "no name, address or amount in QuickBooks changes"]


def _may_be_merged(row: MirrorRow) -> list[JsonValue]:
    """What a preview says of an inactive record where nothing shows a merge."""
    if row.active:
        return []
    kind = row.entity.lower()
    return [
        f"whether it was merged into another {kind}, QuickBooks tells only when it is made active: "
        "then it refuses, and nothing is changed"
    ]


def verify(services: Services, incident: Incident, plan: Plan) -> str:
    """Read the existing record again and check that our link points at it."""
    step = next(step for step in plan.steps if step.action is Action.LINK)
    entity, qbo_id = step.entity, step.qbo_id
    found = mirror.refresh(services, incident.company_id, entity, qbo_id)
    if found is None or not found.get("Active", True):
        return "The record in QuickBooks is not usable: inactive, merged or deleted."
    with services.sessions.read() as session:
        record = session.get_one(Record, int(incident.facts["record_id"]))
        link: Link | None = links.find(session, record.source_id, record.type, record.external_id)
    if link is None or link.qbo_id != qbo_id:
        return "The link to the existing record was not kept."
    return ""


def _agreed(facts: Mapping[str, JsonValue]) -> bool:
    # Without a second fact that agrees with one record alone, neither choice is the primary one
    # (accounting.md rule 7).
    return bool(facts.get("agree")) and bool(facts.get("singled_out", True))


FIX = Fix(
    name="use_existing",
    label="Use existing and post {documents}…",
    role=Role.OPERATOR,
    risk=Risk.LISTS,
    plan=plan,
    verify=verify,
    agreed=_agreed,
)
