"""Reads posted documents again from QuickBooks: green only after a fresh read proves it."""

from collections.abc import Iterable
from decimal import Decimal

from bot.domain import ENTITY, Payload
from bot.models import Record
from bot.work.fix_job import FixJob

# Well below what one query may answer (1,000), and short enough for a GET-sized statement.
_AT_ONCE = 100


def differences(job: FixJob, posted: list[Record]) -> list[str]:
    """Compare each posted document's total with QuickBooks; one sentence per difference.

    Raises QuickBooksFault when QuickBooks cannot be read: then nothing is called fixed yet.
    """
    wrong: list[str] = []
    # What an approver linked knowing that its amounts differ is as it was accepted.
    accepted = {int(row) for row in job.run.plan.get("facts", {}).get("accepted", ())}
    posted = [row for row in posted if row.id not in accepted]
    for entity in sorted({ENTITY[row.type] for row in posted}):
        rows = [row for row in posted if ENTITY[row.type] == entity and row.qbo_id]
        for start in range(0, len(rows), _AT_ONCE):
            part = rows[start : start + _AT_ONCE]
            wrong += _compared(part, _read(job, entity, part))
    return wrong


def _read(job: FixJob, entity: str, rows: Iterable[Record]) -> dict[str, Payload]:
    job.keep_lease()
    books = job.services.quickbooks.company(job.run.company_id)
    found = books.query(entity, [("Id", "IN", [row.qbo_id for row in rows])])
    return {str(payload["Id"]): payload for payload in found}


def _compared(rows: Iterable[Record], found: dict[str, Payload]) -> list[str]:
    wrong = []
    for row in rows:
        payload = found.get(row.qbo_id or "")
        name = f"{row.type.words} {row.number or row.external_id}"
        if payload is None:
            wrong.append(f"{name} was posted, but QuickBooks does not show it any more.")
        elif row.amount is not None and Decimal(str(payload.get("TotalAmt"))) != row.amount:
            wrong.append(f"{name} has another total in QuickBooks: {payload.get('TotalAmt')}.")
    return wrong
