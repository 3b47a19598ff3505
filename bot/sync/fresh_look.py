"""Looks for names that are new in QuickBooks, just before list records are created.

The mirror may be minutes old; a customer entered by hand meanwhile would get a silent double.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from bot import mirror
from bot.domain import Payload
from bot.mirror.rows import by_ids, row_values
from bot.models import MirrorRow, MirrorState
from bot.quickbooks.exact_json import storable
from bot.services import Services

_LISTS = ("Customer", "Vendor", "Employee", "Item", "Account", "Class", "Department")
# Changes may become visible a little late.
_OVERLAP = timedelta(seconds=10)
# Where the moment of the last look is kept: a row of the mirror that is no record of QuickBooks.
_ENTITY = "Look"
_ID = "1"
# At most this many values are named in one query.
_AT_ONCE = 500


def learn_new_names(services: Services, company_id: int) -> None:
    """Bring names into the mirror that appeared since the last capture or look.

    The company is read, and not so long ago that QuickBooks would have forgotten changes. Other
    changes are left to the capture, which tells the checks about them. Raises QuickBooksFault.
    """
    now = services.clock.now()
    with services.sessions.read() as session:
        since = _last_look(session, company_id)
    if since is None:
        return
    books = services.quickbooks.company(company_id)
    changes = books.changes(_LISTS, since - _OVERLAP)
    records = changes.records
    if not changes.complete:
        # The list was cut off: ask for each entity's changes page by page.
        moment = since - _OVERLAP
        where = [("MetaData.LastUpdatedTime", ">=", moment)]
        records = {entity: books.query(entity, where) for entity in _LISTS}
    with services.sessions.write() as session:
        for entity, payloads in records.items():
            known = _known(session, company_id, entity, [str(row["Id"]) for row in payloads])
            fresh = [row for row in payloads if _is_news(known.get(str(row["Id"])), entity, row)]
            mirror.put_many(session, company_id, entity, fresh, now)
        look: Payload = {"Id": _ID, "as_of": changes.as_of.isoformat()}
        mirror.put(session, company_id, _ENTITY, look, now)


def _last_look(session: Session, company_id: int) -> datetime | None:
    state = session.get(MirrorState, company_id)
    row = mirror.get(session, company_id, _ENTITY, _ID)
    moments: Sequence[datetime | None] = (
        state.captured_to if state else None,
        datetime.fromisoformat(row.data["as_of"]) if row else None,
    )
    return max((moment for moment in moments if moment is not None), default=None)


def _known(
    session: Session, company_id: int, entity: str, qbo_ids: Sequence[str]
) -> dict[str, MirrorRow]:
    found: dict[str, MirrorRow] = {}
    for start in range(0, len(qbo_ids), _AT_ONCE):
        rows = by_ids(session, company_id, entity, qbo_ids[start : start + _AT_ONCE])
        found |= {row.qbo_id: row for row in rows}
    return found


def _is_news(row: MirrorRow | None, entity: str, payload: Payload) -> bool:
    """A record the mirror does not have, or one that was only renamed."""
    if row is None:
        return True
    if row.deleted or row.active != bool(payload.get("Active", True)):
        return False
    renamed = row_values(row.company_id, entity, storable(payload), row.read_at)["name"]
    return bool(renamed != row.name)
