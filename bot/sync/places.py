"""Where a company keeps the locations that sources name: as locations, as classes, or as either.

The firm chooses it once for the company; a mapping or rule of a word goes before it.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from bot import audit
from bot.errors import BadInput
from bot.models import Company, Hold
from bot.sync import holds, mappings

# As people say it → the list of QuickBooks that is looked in, "" for both.
KEPT_AS: Mapping[str, str] = {"either": "", "locations": "Department", "classes": "Class"}
_EITHER = ("Department", "Class")
_PROBLEM = "value_not_mapped"


def lists(company: Company) -> tuple[str, ...]:
    """Where a location's word is looked for, in this order."""
    return (company.locations_as,) if company.locations_as else _EITHER


def words_for(company: Company) -> str:
    """The choice of a company, as people say it."""
    return next(name for name, entity in KEPT_AS.items() if entity == company.locations_as)


def keep(session: Session, company: Company, choice: str, by: str, now: datetime) -> list[int]:
    """Choose it in the caller's transaction; audited. Raises BadInput.

    What is held for a location is looked at anew: returns the records that may go now.
    """
    if choice not in KEPT_AS:
        msg = f"{choice!r} is none of {', '.join(KEPT_AS)}."
        raise BadInput(msg)
    before, company_id = words_for(company), company.id or 0
    company.locations_as = KEPT_AS[choice]
    session.add(company)
    audit.append(
        session,
        at=now,
        actor=by,
        action="mappings.locations",
        subject=f"company:{company_id}",
        company_id=company_id,
        data={"before": before, "after": choice},
    )
    own = select(Hold).where(Hold.company_id == company_id, col(Hold.problem) == _PROBLEM)
    held = {one.subject for one in session.exec(own) if one.facts["what"] == mappings.LOCATION}
    return holds.release_subjects(session, company_id, (_PROBLEM,), held)
