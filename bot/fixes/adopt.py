"""What the books hold already is linked: the exact ones at once, the others asked one by one."""

from collections.abc import Mapping, Set
from dataclasses import replace

from sqlmodel import col, select

from bot.domain import Payload, Risk, Role
from bot.fixes import ahead
from bot.fixes.model import RELEASE, Action, Fix, Plan, Step
from bot.fixes.preview import Preview
from bot.models import Adoption, AdoptionPair, Incident, Record, Source
from bot.render import plural
from bot.services import Services
from bot.sync.adopting import linking
from bot.sync.adopting.gate import OPEN, left_of
from bot.sync.already.adopted import EXACT

_TITLE = "Link what is there"
_DECIDED = "This was decided already; nothing waits for it any more."
# So many are linked in one transaction: a press waits for it.
_AT_ONCE = 200


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Plan the links; what is not in the books is posted, what differs is asked about after it."""
    del choices
    preview = Preview.of(services, incident)
    adoption_id = int(incident.facts["adoption_id"])
    with services.sessions.read() as session:
        adoption = session.get(Adoption, adoption_id)
        if adoption is None or adoption.state != OPEN:
            return preview.refuse(_TITLE, _DECIDED)
        exact = linking.exact_pairs(session, adoption_id)
        source = session.get_one(Source, adoption.source_id)
        left = left_of(session, source, adoption)
    known = {record_id for record_id, verdict in left.items() if verdict}
    linked = [row for row in _all(preview) if left.get(row.id or 0) == EXACT]
    found = ahead.look(services, source, _without(known, preview), linked)
    rest = found.preview
    counts = _counts(left, rest.documents)
    made = rest.plan(
        title=_TITLE,
        submit="Link and go on",
        steps=(*_steps(adoption_id, exact), RELEASE),
        changes=_changes({**counts, "wait": found.documents}, found.named),
        checked=["what is linked agrees in customer or vendor, amount, tax, lines and day"],
        undo="The links can be taken away again; what was posted meanwhile stays.",
        role=Role.APPROVER,
    )
    told: Payload = {**counts, "records": sorted({*known, *made.facts["records"]})}
    reason = "An approver has to do this: what is linked is not posted."
    return replace(made, facts={**made.facts, **told, "approval": reason}, role_reason=reason)


def _all(preview: Preview) -> tuple[Record, ...]:
    return (*preview.records, *preview.others, *preview.closed, *preview.asked)


def _without(known: Set[int], preview: Preview) -> Preview:
    """What is left when the documents of the books are taken out.

    One that another alert holds too, or that is dated in closed books, is linked all the same: it
    waits for nothing, and is counted once.
    """
    records, others, closed, asked = (
        tuple(row for row in rows if row.id not in known)
        for rows in (preview.records, preview.others, preview.closed, preview.asked)
    )
    titles = preview.titles if others else ()
    return replace(
        preview, records=records, others=others, closed=closed, asked=asked, titles=titles
    )


def _counts(left: Mapping[int, str], rest: int) -> Payload:
    exact = sum(verdict == EXACT for verdict in left.values())
    return {"exact": exact, "asked": sum(map(bool, left.values())) - exact, "rest": rest}


def _steps(adoption_id: int, exact: list[int]) -> tuple[Step, ...]:
    """One step for some hundred links; the last one ends the adoption."""
    parts = [exact[at : at + _AT_ONCE] for at in range(0, len(exact), _AT_ONCE)] or [[0]]
    return tuple(
        Step(
            Action.ADOPT,
            f"{plural(len(part), 'document')} linked to what is in QuickBooks"
            if exact
            else "nothing is exactly the same; nothing is linked",
            change={
                "adoption_id": adoption_id,
                "pairs": [part[0], part[-1]],
                "last": part is parts[-1],
            },
        )
        for part in parts
    )


def _changes(counts: Payload, named: str) -> list[Payload]:
    """What becomes of the documents; `named` is what those that wait then wait for."""
    told = (
        ("exact", "are linked to what is in QuickBooks, and not posted"),
        ("asked", "are asked about one by one: something differs"),
        ("rest", "are not in QuickBooks, and are posted"),
        ("wait", f"are not in QuickBooks, and wait for: {named}"),
    )
    return [
        {"what": plural(counts[key], "document"), "before": "held", "after": after}
        for key, after in told
        if counts[key]
    ]


def verify(services: Services, incident: Incident, plan: Plan) -> str:
    """Check that the exact ones count as posted now."""
    del incident
    ranges = [step.change["pairs"] for step in plan.steps if step.action is Action.ADOPT]
    with services.sessions.read() as session:
        left = session.exec(
            select(Record.id)
            .join(AdoptionPair, col(AdoptionPair.record_id) == col(Record.id))
            .where(col(AdoptionPair.id) >= ranges[0][0], col(AdoptionPair.id) <= ranges[-1][1])
            .where(AdoptionPair.verdict == EXACT, col(Record.qbo_id).is_(None))
            .where(col(Record.state).in_(("waiting", "held")))
        ).all()
    return f"{plural(len(left), 'document')} could not be linked." if left else ""


FIX = Fix(
    name="adopt",
    label="Link what is there…",
    role=Role.APPROVER,
    risk=Risk.LISTS,
    plan=plan,
    verify=verify,
)
