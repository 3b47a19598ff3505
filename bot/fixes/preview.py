"""What every preview shows besides the fix's own change: the documents, months, approval, undo."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain import JsonValue, Payload, Role
from bot.fixes import alone, effects, open_months
from bot.fixes.model import Choice, Plan, Step
from bot.models import Company, Incident, Record
from bot.services import Services
from bot.sync import due, facts_now, holds, periods, staying
from bot.sync.already import adopted
from bot.sync.totals import totals

# The subject of every trouble of a company's connection.
CONNECTION = "connection"
# Passing time and growing counts are not part of what is approved: `posts` is. Nor are the balances
# of a pair, which its check reads again: what is moved stands in the changes. Nor names that are
# only offered.
_MOVING = ("since", "examples", "documents", "alone", "record_count", "one", "two", "near")
_ASKED = "what was found in QuickBooks with a difference, which is asked about one by one"


@dataclass(frozen=True)
class Preview:
    """An incident with its company and the records its cause holds, read once for a plan.

    `records` go once this cause alone is settled; `others` wait for another alert too, which
    `titles` name. `closed` would go, but are dated in closed books, or refer to one that is: what
    QuickBooks refuses is not promised. `asked` would go, but a document like it was found there
    when the books were adopted (`found`, by record id), or they refer to such a one: a person is
    asked first.
    """

    incident: Incident
    company: Company
    records: tuple[Record, ...]
    others: tuple[Record, ...] = ()
    titles: tuple[str, ...] = ()
    closed: tuple[Record, ...] = ()
    asked: tuple[Record, ...] = ()
    found: frozenset[int] = frozenset()

    @classmethod
    def of(cls, services: Services, incident: Incident) -> "Preview":
        """Read the company and the records of the cause: for the connection, all that wait."""
        own = (incident.problem, incident.subject)
        with services.sessions.read() as session:
            company = session.get_one(Company, incident.company_id)
            if incident.subject == CONNECTION:
                records = due.all_waiting(session, incident.company_id)
            else:
                records = holds.waiting_records(
                    session, incident.company_id, incident.problem, incident.subject
                )
            share = alone.with_open_adoptions(session, alone.split(session, records, own), own)
            found = adopted.found_otherwise(session, share.alone) - _decided_by(incident)
        titles = alone.titles(services, incident.company_id, share.causes)
        read = cls(incident, company, share.alone, share.others, tuple(titles), found=found)
        return read.set_apart()

    @classmethod
    def captured(cls, services: Services, incident: Incident) -> "Preview":
        """As `of`; and what changed in QuickBooks is in the mirror and in the alert's facts."""
        return cls.of(services, facts_now.read_for_plan(services, incident))

    def set_apart(self) -> "Preview":
        """Set apart what QuickBooks would refuse, its books being closed; and what is asked about.

        All of it is looked at anew, also what was set apart before.
        """
        known = (*self.records, *self.closed, *self.asked)
        go, closed = staying.parted(known, lambda row: periods.lies_in_closed(self.company, row))
        go, asked = staying.parted(go, lambda row: row.id in self.found)
        return replace(self, records=go, closed=closed, asked=asked)

    @property
    def documents(self) -> int:
        """How many documents this fix alone lets go."""
        return totals(self.records).documents

    def plan(
        self,
        *,
        title: str,
        submit: str,
        steps: tuple[Step, ...],
        undo: str,
        role: Role,
        changes: Sequence[Payload] = (),
        checked: Sequence[str] = (),
        choices: tuple[Choice, ...] = (),
    ) -> Plan:
        """Make the plan with the facts of templates/fixes/*.md.j2."""
        month_rows = effects.months(self.records, self.company)
        facts = self._facts(month_rows)
        facts |= {
            "changes": list(changes),
            "checked": list(checked),
            "undo": undo,
            "filed": effects.filed(month_rows, self.company),
            "outside": open_months.offer(self.records, self.company),
        }
        return Plan(
            title=title,
            submit=submit,
            facts=facts,
            steps=steps,
            choices=choices,
            role=role,
        )

    def ask(self, title: str, choices: tuple[Choice, ...], role: Role, **told: JsonValue) -> Plan:
        """Make a plan without steps: the form that asks for what is needed first."""
        made = self.plan(
            title=title, submit="Show the change", steps=(), choices=choices, undo="", role=role
        )
        return replace(made, facts={**made.facts, **told})

    def refuse(self, title: str, sentence: str) -> Plan:
        """Make a plan that cannot be done, and say why."""
        return Plan(title=title, submit="", facts=self._facts([]), refused=sentence)

    def _facts(self, month_rows: list[JsonValue]) -> Payload:
        facts = dict(self.incident.facts)
        for moving in _MOVING:
            facts.pop(moving, None)
        others = (*self.others, *self.closed, *self.asked)
        titles = (*self.titles, *effects.in_closed_months(self.closed, self.company))
        if self.asked:
            titles = (*titles, _ASKED)
        return facts | {
            "company": self.company.name,
            "subject_name": self._named(facts),
            "posts": effects.posts(self.records, self.company),
            "also": effects.also(others, titles),
            "months": month_rows,
            "warnings": [],
            # Part of what is approved: another document is another preview.
            "records": [record.id for record in self.records],
            "others": [record.id for record in others],
            "changes": [],
            "checked": [],
            "undo": "",
            "approval": "",
        }

    def _named(self, facts: Payload) -> str:
        """What the alert is about: a name, the one it is compared with, or our own document."""
        named = str(facts.get("name") or _theirs(facts))
        if not named and facts.get("sku"):
            named = f"SKU {facts['sku']}"
        own = str(facts.get("number") or facts.get("party") or "")
        if not named and facts.get("record_type") and own:
            named = f"{facts['record_type']} {' '.join(own.split())}"
        return named or self.incident.subject.removeprefix("source:")


def _theirs(facts: Payload) -> str:
    theirs = facts.get("theirs")
    return str(theirs.get("name", "")) if isinstance(theirs, dict) else ""


def _decided_by(incident: Incident) -> frozenset[int]:
    """The record whose likeness to a document of QuickBooks this alert itself asks about."""
    if incident.problem not in adopted.ASKED_AS:
        return frozenset()
    return frozenset({int(incident.facts.get("record_id") or 0)})
