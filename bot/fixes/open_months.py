"""A preview that posts only what lies outside the filed months and holds the rest.

What is dated in a month whose sales tax is filed then waits under an alert of its own until an
approver has seen it; the others need not wait with it (messages.md, section 2 of the house).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlmodel import col, select

from bot.domain import Payload, Risk
from bot.fixes import effects
from bot.fixes.model import Plan
from bot.models import Company, FixRun, Incident, Record
from bot.services import Services
from bot.sync import staying
from bot.sync.periods import changes_filed_return
from bot.sync.totals import totals

# The choice that a run keeps: "yes" holds what is dated in filed months.
HOLD_FILED = "hold_filed"


def split(
    records: Sequence[Record], company: Company
) -> tuple[tuple[Record, ...], tuple[Record, ...]]:
    """Tell apart what goes at once and what stays: dated in a filed month, or waiting for that."""
    return staying.parted(records, lambda record: changes_filed_return(company, record))


def offer(records: Sequence[Record], company: Company) -> Payload:
    """What the preview's button says: how many documents go and stay; {} where it is no choice."""
    go, stay = split(records, company)
    posted, held = totals(go).documents, totals(stay).documents
    return {"go": posted, "hold": held} if posted and held else {}


def only(
    services: Services, incident: Incident, made: Plan, risk: Risk, choices: Mapping[str, str]
) -> Plan:
    """The plan as it was made, or with what is dated in filed months held.

    A fix that changes the books by itself is never split: its change is one.
    """
    if made.refused or not made.steps or risk is Risk.BOOKS:
        return replace(made, facts={**made.facts, "outside": {}})
    if choices.get(HOLD_FILED) != "yes" or not made.facts.get("outside"):
        return made
    with services.sessions.read() as session:
        company = session.get_one(Company, incident.company_id)
        ids = [int(record) for record in made.facts["records"]]
        records = session.exec(select(Record).where(col(Record.id).in_(ids))).all()
    go, stay = split(sorted(records, key=lambda record: ids.index(record.id or 0)), company)
    counts = made.facts["outside"]
    facts = {
        **made.facts,
        "posts": effects.posts(go, company),
        "months": effects.months(go, company),
        "records": [record.id for record in go],
        "others": [*made.facts["others"], *(record.id for record in stay)],
        "filed": {},
        "outside": {},
        "held_filed": {**counts, "through": f"{company.tax_filed_through:%m/%d/%Y}"},
    }
    return replace(made, submit=f"Post {counts['go']}, hold {counts['hold']}", facts=facts)


def kept(run: FixRun) -> dict[str, str]:
    """What was chosen with a button of the preview, and stays chosen beside its inputs."""
    return {name: value for name, value in run.choices.items() if name == HOLD_FILED}
