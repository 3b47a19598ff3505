"""The short lists of a company, read whole: accounts, classes, locations, tax codes, terms."""

from collections.abc import Iterable, Sequence
from functools import cache

from sqlalchemy import ScalarResult, bindparam
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.models import MirrorRow
from bot.sync.kinds import kind_of
from bot.sync.records import RecordIn


def _needs_accounts(models: Iterable[RecordIn]) -> bool:
    needs = (kind.is_document or kind.accounts or kind.listed for kind in map(kind_of, models))
    return any(needs)


def accounts(
    session: Session, company_id: int, models: Iterable[RecordIn]
) -> tuple[MirrorRow, ...]:
    """Return the company's accounts, where any of these records needs one."""
    if not _needs_accounts(models):
        return ()
    return tuple(_of_lists(session, company_id, ["Account"]))


def by_name(
    session: Session, company_id: int, models: Iterable[RecordIn]
) -> dict[str, tuple[MirrorRow, ...]]:
    """Classes, locations and tax codes, where a document is among the records; lists by name."""
    models = list(models)
    kinds = {kind_of(model) for model in models}
    wanted = {kind.listed for kind in kinds} & {"Class", "Department", "Employee"}
    if any(kind.tagged for kind in kinds):
        wanted |= {"Class", "Department", "TaxCode"}
    # Only where a record says a word of theirs: most do not.
    wanted |= {
        entity
        for key, entity in (("terms", "Term"), ("method", "PaymentMethod"))
        if any(getattr(model, key, None) for model in models)
    }
    if not wanted:
        return {}
    found: dict[str, list[MirrorRow]] = {entity: [] for entity in wanted}
    for row in _of_lists(session, company_id, sorted(found)):
        found[row.entity].append(row)
    return {entity: tuple(kept) for entity, kept in found.items()}


def _of_lists(
    session: Session, company_id: int, entities: Sequence[str]
) -> ScalarResult[MirrorRow]:
    """All living records of short lists."""
    asked = {"company_id": company_id, "entities": entities}
    return session.exec(_living(), params=asked)


@cache
def _living() -> SelectOfScalar[MirrorRow]:
    return (
        select(MirrorRow)
        .where(col(MirrorRow.company_id) == bindparam("company_id"))
        .where(col(MirrorRow.entity).in_(bindparam("entities", expanding=True)))
        .where(col(MirrorRow.deleted).is_(False))
    )
