"""Two records of one list of QuickBooks that may be one: how such a pair is named."""

from sqlmodel import Session

from bot import mirror
from bot.models import MirrorRow


def subject(one: MirrorRow, two: MirrorRow) -> str:
    """Name a pair, such as 'Customer:12+57': the lower id first, whoever is asked about."""
    first, second = sorted((one, two), key=age)
    return f"{first.entity}:{first.qbo_id}+{second.qbo_id}"


def ids(pair: str) -> tuple[str, str, str]:
    """Return entity and both ids of a pair's subject."""
    entity, both = pair.split(":", 1)
    first, second = both.split("+", 1)
    return entity, first, second


def rows(session: Session, company_id: int, pair: str) -> list[MirrorRow]:
    """Return what the mirror knows of both, the first one first."""
    entity, first, second = ids(pair)
    found = [mirror.get(session, company_id, entity, qbo_id) for qbo_id in (first, second)]
    return [row for row in found if row is not None]


def age(row: MirrorRow) -> tuple[int, str]:
    """Order records by when they were entered."""
    return (int(row.qbo_id) if row.qbo_id.isdigit() else 0, row.qbo_id)
