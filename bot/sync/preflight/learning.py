"""What an answer of QuickBooks shows of the company: it did, or did not, mind what was doubtful."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bot.models import CompanyTrait
from bot.quickbooks import QuickBooksFault
from bot.sync.preflight.model import Verdict


def learn(
    session: Session,
    company_id: int,
    found: Sequence[Verdict],
    fault: QuickBooksFault | None,
    write_id: int | None,
    now: datetime,
) -> None:
    """Keep what the answer to a posting shows; `found` is what was said of it before.

    Taken: nothing that was said of it stands in the way here, though it was thought sure.
    Refused: only where a single doubt can have been the reason. A lost answer shows nothing.
    """
    if fault is None:
        for one in found:
            if one.trait is not None:
                _keep(session, company_id, one.trait.name, one.trait.no, write_id, now)
        return
    reasons = [one for one in found if one.code == fault.code]
    trait = reasons[0].trait if len(reasons) == 1 else None
    if trait is not None:
        _keep(session, company_id, trait.name, trait.yes, write_id, now)


def _keep(
    session: Session,
    company_id: int,
    trait: str,
    value: str,
    write_id: int | None,
    now: datetime,
) -> None:
    row = session.get(CompanyTrait, (company_id, trait)) or CompanyTrait(
        company_id=company_id, trait=trait, value=value, seen_at=now
    )
    row.value, row.write_id, row.seen_at = value, write_id, now
    session.add(row)
    session.flush()
