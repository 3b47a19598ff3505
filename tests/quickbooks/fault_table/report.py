"""The table for people: on the terminal and as docs/faults.md."""

from collections.abc import Sequence
from datetime import date

from tests.quickbooks.fault_table.cells import KINDS, Played

_HEAD = "| fault | strikes | outcome | tries | writes in the books | message shown | then |"
_INTRO = (
    "Each row arms one fault switch of the local QuickBooks and lets the bot make one call of the "
    "kind, through its own sync with its own database: a read is a query, a write is a customer "
    "handed in by a shop, a batch is several questions in one request, and a refresh is a due "
    "access token with a customer waiting. *Once*: the fault strikes the first try only. *Always*: "
    "it strikes every try until it is taken away. Then the fault is taken away, time passes (or a "
    "person presses the button the message offers), and the books are looked at.",
    "*Tries* counts the requests of this kind that reached QuickBooks while the fault was armed. "
    "*Writes in the books* counts how often the customer had really been created by then: 1 beside "
    "“waits” means that the write took effect and only its reply was lost. *Message shown* is the "
    "title of the alert, or the sentence a person sees who asked; “none” means that it heals in "
    "silence. Trouble that heals by itself is told only when it lasts; for the rows *always* that "
    "time is over. *Then* says how it went on. A row is wrong when anything was lost or is in the "
    "books twice, when it hung, or when the message is no sentence; the table says so in bold.",
    "Writes never go in batches ([why](adr/0009-no-batches-of-writes.md)): a batch holds "
    "questions. A fault that means nothing at a kind of call has no row.",
)


def table(played: Sequence[Played], kind: str) -> str:
    """The rows of one kind of call."""
    rows = [_HEAD, "|---|---|---|---|---|---|---|"]
    rows += [_row(one) for one in played if one.cell.kind == kind]
    return "\n".join(rows)


def _row(one: Played) -> str:
    then = f"**wrong: {one.wrong}**" if one.wrong else one.afterwards
    cells = (
        one.cell.name,
        "always" if one.cell.lasting else "once",
        one.outcome,
        str(one.tries),
        str(one.reached),
        one.message.replace("|", "/") or "none",
        then,
    )
    return f"| {' | '.join(cells)} |"


def summary(played: Sequence[Played]) -> str:
    """One sentence."""
    wrong = sum(bool(one.wrong) for one in played)
    longest = max((one.seconds for one in played), default=0.0)
    return f"{len(played)} rows, {wrong} wrong; the slowest took {longest:.0f} s."


def page(played: Sequence[Played], day: date) -> str:
    """The page docs/faults.md."""
    parts = [
        "# Every fault of QuickBooks against every kind of call",
        f"Written by `make faults` on {day.isoformat()}: {summary(played)}",
        *_INTRO,
    ]
    for kind in KINDS:
        parts += [f"## {kind.capitalize()}", table(played, kind)]
    return "\n\n".join(parts) + "\n"
