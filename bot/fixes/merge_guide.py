"""Merge in QuickBooks: how a person does it there, and afterwards our links go to the one left.

QuickBooks' API cannot merge, and a merge is for good. So the bot says where it is done and what
stands against it; once one of the two is inactive it points every link of ours to the other one
(accounting.md rule 12), by an admin with a second person.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot import mirror
from bot.domain import Payload, Risk, Role
from bot.fixes import link_steps, two_customers
from bot.fixes.model import RELEASE, Fix, Plan, never
from bot.fixes.preview import Preview
from bot.models import Incident, MirrorRow, Record
from bot.render import listed, plural
from bot.render.words import apart, tidy
from bot.services import Services
from bot.sync import links, pairs

_TITLE = "Merge in QuickBooks"
_SHOWN = 3
# Under these problems documents wait for a record that is inactive or was merged away.
_WAITS = ("inactive_record", "missing_record")
SECOND = "A merge is for good, so a second person has to agree to what follows from it."
# How QuickBooks' own screens do it; a vendor and an item are merged by giving both one name.
_PATHS = {
    "Customer": (
        "1. Open Customer Hub > Customers, and there {gone}.\n"
        "2. Choose Edit ▼ > Merge contacts.\n"
        "3. Under Into choose {keep}, check the two names, and merge."
    ),
    "Vendor": (
        "1. Open Expenses > Vendors, and there {gone}.\n"
        "2. Choose Edit, and write as its display name exactly: {keep}\n"
        "3. Save, and answer Yes when QuickBooks asks whether to merge."
    ),
    "Item": (
        "1. Open ⚙ > Products and services, and there {gone}.\n"
        "2. Choose Edit, and write as its name exactly: {keep}\n"
        "3. Save, and answer Yes when QuickBooks asks whether to merge."
    ),
}


@dataclass(frozen=True)
class _Merged:
    """One of the two is inactive; `left` stands in for it."""

    gone: MirrorRow
    left: MirrorRow
    records: Sequence[Record]


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Say how to merge; once it is done, plan to point our links to the one that is left."""
    del choices
    preview = Preview.captured(services, incident)
    entity, *both = pairs.ids(incident.subject)
    for qbo_id in both:
        mirror.refresh(services, incident.company_id, entity, qbo_id)
    with services.sessions.read() as session:
        rows = pairs.rows(session, incident.company_id, incident.subject)
        active = [row for row in rows if row.active and not row.deleted]
        if len(rows) == 2 and len(active) == 2:
            return preview.refuse(_TITLE, _guide(services, preview, rows))
        gone = next((row for row in rows if row not in active), None)
        left = active[0] if active else None
        if gone is not None:
            into = mirror.took_over(session, incident.company_id, entity, gone.qbo_id)
            left = into if into is not None and into.active else left
        if gone is None or left is None:
            return preview.refuse(
                _TITLE,
                "Neither of the two can be used in QuickBooks any more. Look there which one is "
                "left, and use it on the waiting documents.",
            )
        records = links.linked_records(session, incident.company_id, entity, gone.qbo_id)
    if not records:
        return preview.refuse(
            _TITLE,
            f"{gone.name} is inactive by now and no link of ours points to it, so nothing is left "
            "to do. The alert is checked again by itself.",
        )
    return _relinked(preview, _Merged(gone, left, records))


def _guide(services: Services, preview: Preview, rows: Sequence[MirrorRow]) -> str:
    """Where it is done in QuickBooks, what stands against it, and what the bot does after it."""
    keep, gone = rows
    entity, company_id = keep.entity, preview.company.id or 0
    with services.sessions.read() as session:
        children = [
            name
            for row in rows
            if entity == "Customer"
            for name in two_customers.children(session, company_id, row.qbo_id)
        ]
        ours = sum(
            len(links.linked_records(session, company_id, entity, row.qbo_id)) for row in rows
        )
    first = ""
    if children:
        first = (
            f"QuickBooks merges no customers with sub-customers or projects, and there are "
            f"{listed(children[:_SHOWN])}{' and more' if len(children) > _SHOWN else ''}. First "
            "make them regular customers: open each, Edit, take “Is a sub-customer” away, Save.\n\n"
        )
    names = {"gone": _apart(gone, keep), "keep": _apart(keep, gone)}
    if names["keep"] != _name(keep):
        first += "In the names below a dot stands for a space.\n\n"
    after = (
        f"The bot sees it within minutes. {plural(ours, 'link')} of ours may have to go over: "
        f"{_who_then(services, company_id)}"
        if ours
        else "The bot sees it within minutes, and this alert turns green by itself."
    )
    return (
        f"{first}A merge is for good: all documents of {names['gone']} go to {names['keep']}, paid "
        f"and reconciled ones too. Somebody who may change the lists does it in QuickBooks:\n\n"
        f"{_PATHS[entity].format(**names)}\n\n{after}"
    )


def _who_then(services: Services, company_id: int) -> str:
    """Who points our links over after the merge; said beforehand where there is only one admin."""
    together = "then press this button again, an admin together with a second one."
    admins = services.access.who(company_id, Role.ADMIN)
    if len(admins) > 1:
        return together
    there = f"only {admins[0]} is an admin here" if admins else "nobody is an admin here"
    return (
        f"{together} But {there}. Before you merge, have another person named in the setting "
        "ADMINS by whoever runs this bot: until then nobody can approve that part, and documents "
        "for the one that is gone wait."
    )


def _name(row: MirrorRow) -> str:
    return mirror.full_name(row.entity, row.data) or row.name


def _apart(row: MirrorRow, other: MirrorRow) -> str:
    """Its name, with its spaces shown where only they tell it from the other."""
    name = _name(row)
    dotted = apart(name, _name(other))
    return dotted if dotted != tidy(name) else name


def _relinked(preview: Preview, merged: _Merged) -> Plan:
    left, gone = _apart(merged.left, merged.gone), _apart(merged.gone, merged.left)
    steps = [
        link_steps.used_for(
            record.name, left, merged.left.entity, merged.left.qbo_id, record_id=record.id
        )
        for record in merged.records
    ]
    root = f"{merged.gone.entity}:{merged.gone.qbo_id}"
    waiting: list[Payload] = [{"problem": problem, "subject": root} for problem in _WAITS]
    steps += [replace(RELEASE, change=one) for one in waiting]
    made = preview.plan(
        title=_TITLE,
        submit="Point our links over",
        steps=tuple(steps),
        changes=[
            {"what": record.name, "before": f"uses {gone}", "after": f"uses {left}"}
            for record in merged.records
        ],
        checked=[f"{gone} is inactive in QuickBooks, {left} is active"],
        undo="Our links can be pointed back while nothing is posted with them; a merge stays.",
        role=Role.ADMIN,
    )
    return replace(made, facts={**made.facts, "gone": gone, "left": left}, second=SECOND)


FIX = Fix(
    name="merge_guide",
    label="Merge in QuickBooks…",
    role=Role.OPERATOR,
    risk=Risk.BEYOND_UNDO,
    plan=plan,
    verify=link_steps.why_not_kept,
    agreed=never,
)
