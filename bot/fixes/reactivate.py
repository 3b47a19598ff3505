"""Reactivate a customer, vendor, item or account that documents refer to, then post them.

Balancing entries that QuickBooks' own screen made when it was set inactive are not taken back by
that: the preview names them.
"""

from collections.abc import Mapping
from dataclasses import replace

from bot import mirror
from bot.domain import JsonValue, Risk, Role
from bot.fixes import keeping, undo_words, waking
from bot.fixes.model import RELEASE, Choice, Fix, Plan
from bot.fixes.preview import Preview
from bot.models import Incident
from bot.services import Services
from bot.sync import merged

# QuickBooks shows a merged-away record as any inactive one, until somebody changes it.
_NOT_SEEN = {
    True: ("nothing shows that it was merged into another one, which only QuickBooks knows",),
    False: (),
}
_REMIND = "remind"
_YES = "yes"


_NOTHING_LEFT = (
    "Somebody was faster: it is active again in QuickBooks, and nothing waits for it any more. The "
    "alert turns green by itself."
)


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Read the record fresh and plan the sparse update, or say why it cannot be done."""
    preview = Preview.captured(services, incident)
    entity, qbo_id = incident.subject.split(":", 1)
    found = mirror.refresh(services, incident.company_id, entity, qbo_id)
    if found is None:
        return preview.refuse(
            "Cannot reactivate",
            "QuickBooks no longer has this record: it was deleted, or merged into another one. "
            "Look in QuickBooks which record took its place, and use that one in the source.",
        )
    away = _merged_away(services, incident)
    if away and not found.get("Active", True):
        return preview.refuse("Cannot reactivate", away)
    if found.get("Active", True):
        if not preview.records and not preview.others:
            return preview.refuse("Nothing left to do", _NOTHING_LEFT)
        return preview.plan(
            title="Post what waits",
            submit="Post",
            steps=(RELEASE,),
            undo="Posted documents can be voided or credited in QuickBooks, each by itself.",
            role=Role.OPERATOR,
            checked=["it is active again already, so only posting is left"],
        )
    waking_up = waking.plan(services, preview.company, entity, found)
    if waking_up.refused:
        return preview.refuse("Cannot reactivate", waking_up.refused)
    with services.sessions.read() as session:
        # The old default does not become the default again (accounting.md rule 6 of the house).
        kept = keeping.plan(session, preview.company, found)
    title = "Reactivate and post" if preview.records else "Reactivate"
    made = preview.plan(
        title=title,
        submit=title,
        steps=(*kept.steps, *waking_up.steps, RELEASE),
        choices=_remind(choices) if entity in ("Customer", "Vendor") else (),
        changes=(*waking_up.changes, *kept.changes),
        checked=(*waking_up.checked, *_NOT_SEEN[entity in merged.LISTS]),
        undo=undo_words.of_reactivation(entity, found, preview.documents),
        # The chart of accounts is the accountant's: an account comes back by approval.
        role=Role.APPROVER if entity == "Account" else Role.OPERATOR,
    )
    return replace(made, facts={**made.facts, **waking_up.entries.facts()})


def _remind(choices: Mapping[str, str]) -> tuple[Choice, ...]:
    """Offer to be reminded: with a balance it stays active (accounting.md rule 9)."""
    return (
        Choice(
            _REMIND,
            "Afterwards",
            initial=choices.get(_REMIND, ""),
            options=((_YES, "Remind me to make it inactive again"),),
            hint="As soon as its balance is zero. With a balance it stays active.",
            kind="check",
        ),
    )


def wants_reminder(choices: Mapping[str, JsonValue]) -> bool:
    """Say whether the person who reactivated a record asked to be reminded of it."""
    return choices.get(_REMIND) == _YES


def _merged_away(services: Services, incident: Incident) -> str:
    """Say that QuickBooks will not take it, where it is known to be merged into another one."""
    entity, qbo_id = incident.subject.split(":", 1)
    with services.sessions.read() as session:
        found = merged.look(session, incident.company_id, entity, qbo_id)
    if found is None:
        return ""
    left = found.into
    into = mirror.full_name(left.entity, left.data) if left is not None else f"another {entity}"
    return (
        f"It was merged into {into} in QuickBooks, which is for good. Press "
        f"“Use another {entity.lower()}…” on the alert instead."
    )


def verify(services: Services, incident: Incident, plan: Plan) -> str:
    """Read the record again: it must be active."""
    del plan
    return waking.why_not(services, incident, active=True)


def _agreed(facts: Mapping[str, JsonValue]) -> bool:
    return bool(facts.get("qbo_id"))


def _offered(facts: Mapping[str, JsonValue]) -> bool:
    return not facts.get("merged") and facts.get("reason") in (None, "", "inactive")


FIX = Fix(
    name="reactivate",
    label="Reactivate and post {documents}…",
    role=Role.OPERATOR,
    risk=Risk.LISTS,
    plan=plan,
    verify=verify,
    agreed=_agreed,
    offered=_offered,
)
