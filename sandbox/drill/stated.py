"""Whether every document the bot created was handed in by a source, with its amount and day."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.drill.books import Books, mark_of

Json = dict[str, Any]
_DOCUMENTS = frozenset({"Invoice", "Payment", "Bill"})


def unstated(books: Books) -> list[str]:
    """Each document of the bot that no source handed in like that; [] when all are stated."""
    created = {
        (row["entity"], row["id"])
        for row in books.writes()
        if row["operation"] == "create" and row["entity"] in _DOCUMENTS
    }
    wrong = []
    for entity in sorted({entity for entity, _ in created}):
        for row in books.all(entity):
            if (entity, row["Id"]) in created and not row["_deleted"] and not row["_voided"]:
                why = _why(books, row)
                if why:
                    number = row.get("DocNumber") or row["Id"]
                    wrong.append(f"the bot's {entity} {number} of {row['TotalAmt']} {why}")
    return wrong


def _why(books: Books, row: Json) -> str:
    source = books.handed.get(mark_of(row))
    if source is None:
        return "was handed in by nobody"
    said = str(source.get("total") or source.get("amount"))
    # Some rightly have another one than their source says last: it came back, as another document.
    due = Decimal(books.totals.get(str(row.get("DocNumber")), said))
    if Decimal(str(row["TotalAmt"])) != due:
        return f"was handed in with {due}"
    day = _day(str(source["date"]), books.time_zone)
    # An approver may post a sale of a closed month later; the memo then holds its own day.
    rightly = (day.isoformat(), *books.moves.get(str(row.get("DocNumber")), ()))
    if row["TxnDate"] in rightly or day.strftime("%m/%d/%Y") in str(row["PrivateNote"]):
        return ""
    return f"is dated {row['TxnDate']}, and was handed in with {day}"


def _day(said: str, zone: str) -> date:
    """The company's day of a date, or of a moment in UTC."""
    if "T" not in said:
        return date.fromisoformat(said)
    moment = datetime.fromisoformat(said)
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(ZoneInfo(zone)).date()
