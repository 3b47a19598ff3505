"""Documents that QuickBooks makes by itself: a template's day has come."""

import copy
from datetime import date, timedelta

from sandbox.quickbooks import engine
from sandbox.quickbooks.company import Company
from sandbox.quickbooks.entities.recurring import AUTOMATED, RECURRING_TRANSACTION
from sandbox.quickbooks.entities.sales import next_number
from sandbox.quickbooks.faults import QboFault
from sandbox.quickbooks.model import Body, Record
from sandbox.quickbooks.recurring_days import next_day, number_of

OF_THE_DAY = ("RecurringInfo", "TxnDate", "DueDate", "Balance", "LinkedTxn", "TotalAmt")
"""What a document does not take over from its template."""
MOST = 1000
"""So many documents of one template at once, however far the clock jumped."""


def make_due(company: Company) -> None:
    """Make what the automatic templates owe up to today; once a day there is something to do."""
    today = company.today()
    if company.templates_done == today:
        return
    company.templates_done = today
    for template in list(company.live(RECURRING_TRANSACTION.name)):
        info = template.body["Template"]["RecurringInfo"]
        if info["RecurType"] == AUTOMATED and info["Active"]:
            _catch_up(company, template, date.fromisoformat(today))


def _catch_up(company: Company, template: Record, today: date) -> None:
    body = copy.deepcopy(template.body)
    schedule = body["Template"]["RecurringInfo"]["ScheduleInfo"]
    made = 0
    while made < MOST and (day := _due(schedule, template, today)) is not None:
        _make(company, template, day)
        schedule["PreviousDate"] = day.isoformat()
        schedule["NextDate"] = next_day(schedule, day).isoformat()
        template.notes["made"] = template.notes.get("made", 0) + 1
        made += 1
    if made:
        if _is_over(schedule, template):
            schedule.pop("NextDate")
        company.rewrite(template, body)
        engine.bump(company, template)


def _due(schedule: Body, template: Record, today: date) -> date | None:
    """The next day of a schedule that has come, some days ahead where it says so."""
    if not schedule.get("NextDate") or _is_over(schedule, template):
        return None
    ahead = timedelta(
        days=number_of(schedule, "DaysBefore", 1) if schedule.get("DaysBefore") else 0
    )
    day = date.fromisoformat(schedule["NextDate"])
    return day if day - ahead <= today else None


def _is_over(schedule: Body, template: Record) -> bool:
    most, end = schedule.get("MaxOccurrences"), schedule.get("EndDate")
    used_up = bool(most) and template.notes.get("made", 0) >= most
    return used_up or bool(end and schedule["NextDate"] > end)


def _make(company: Company, template: Record, day: date) -> None:
    """One document by the rules of its entity; what cannot be made is noted and left out."""
    kind = template.body["Type"]
    entity = company.entities[kind]
    kept = {k: v for k, v in template.body["Template"].items() if k not in OF_THE_DAY}
    body: Body = {**copy.deepcopy(kept), "TxnDate": day.isoformat()}
    rule = entity.number_rule
    if rule is not None and rule.automatic:
        body["DocNumber"] = next_number(company, entity)
    try:
        record = engine.create(
            company, entity, body, include="allowduplicatedocnum", by_person=True
        )
    except QboFault as problem:
        skipped = {"day": day.isoformat(), "why": str(problem)}
        template.notes.setdefault("skipped", []).append(skipped)
        return
    company.rewrite(record, {**record.body, "RecurDataRef": {"value": template.id}})
