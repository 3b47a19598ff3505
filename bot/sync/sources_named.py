"""What sources are called: all that most of their rows are read for."""

from collections.abc import Collection

from sqlalchemy import bindparam, select
from sqlmodel import Session, SQLModel

_TABLE = SQLModel.metadata.tables["source"]
_NAMES = select(_TABLE.c.id, _TABLE.c.name).where(_TABLE.c.id.in_(bindparam("ids", expanding=True)))


def source_names(session: Session, source_ids: Collection[int]) -> dict[int, str]:
    """Return the names of these sources, some hundred at most."""
    if not source_ids:
        return {}
    rows = session.connection().execute(_NAMES, {"ids": sorted(source_ids)})
    return {row.id: row.name for row in rows}
