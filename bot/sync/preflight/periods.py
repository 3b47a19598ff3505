"""Days of closed books: never posted by the bot, whether or not QuickBooks would refuse."""

from collections.abc import Iterator
from datetime import date

from bot.sync.periods import is_closed
from bot.sync.preflight.model import Certainty, Known, Posting, Trait, Verdict

REFUSED = "closed_books_refuse"
CLOSED = "6210"
_TOLD = (
    "Account Period Closed, Cannot Update Through Services API The account period has closed and "
    "the account books cannot be updated through the QBO Services API. Please use the QBO website "
    "to make these changes."
)


def verdicts(known: Known, posting: Posting) -> Iterator[Verdict]:
    """Whether the document's day is closed."""
    stated = str(posting.payload.get("TxnDate") or "")
    if stated and is_closed(known.table.company, date.fromisoformat(stated)):
        seen = known.traits.get(REFUSED)
        sure = Certainty.WILL if seen == "yes" else Certainty.OURS
        yield Verdict(sure, CLOSED, _TOLD, trait=Trait(REFUSED))
