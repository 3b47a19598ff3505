"""Days of a file that could be meant as MM/DD/YYYY or as DD/MM/YYYY: judged from all of them."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from bot.render import plural
from bot.sync.table import cells

# A file is handed in within so many days of what it tells, as a rule: month-end and some.
_RECENT = timedelta(days=45)


@dataclass
class BothWays:
    """What was seen of them so far; `today` is the company's: without it nothing is judged.

    `line`, `cell` and `first`: the first of them, and as which day it is read. `settled`: a day of
    the file can be read in one way alone. `usual_recent`, `other_recent`: read month first, or day
    first, all of them lie in the last 45 days.
    """

    today: date | None = None
    line: int = 0
    cell: str = ""
    first: date = date.min
    seen: set[date] = field(default_factory=set)
    settled: bool = False
    usual_recent: bool = True
    other_recent: bool = True

    def look(self, line: int, cell: str, *, is_due: bool) -> None:
        """Take a day into account; when something is due says nothing about today."""
        self.settled = self.settled or cells.is_month_first(cell)
        found = None if is_due else cells.both_days(cell)
        if found is None:
            return
        usual, other = found
        if not self.line:
            self.line, self.cell, self.first = line, cell.strip(), usual
        self.seen.add(usual)
        self.usual_recent = self.usual_recent and self._is_recent(usual)
        self.other_recent = self.other_recent and self._is_recent(other)

    def _is_recent(self, day: date) -> bool:
        return self.today is not None and timedelta(0) <= self.today - day <= _RECENT

    @property
    def doubt(self) -> str:
        """Why none of them is taken as MM/DD/YYYY; "" where they may be."""
        if not self.seen or self.settled or self.usual_recent or not self.other_recent:
            return ""
        return (
            "since all such days of the file lie in the last 45 days when they are read as "
            "DD/MM/YYYY, and not as MM/DD/YYYY"
        )

    @property
    def note(self) -> str:
        """How they were read; "" where only one way is likely."""
        sure = self.usual_recent and not self.other_recent
        if self.today is None or not self.seen or self.settled or self.doubt or sure:
            return ""
        days, they = plural(len(self.seen), "day"), "it was" if len(self.seen) == 1 else "they were"
        return (
            f"{days} of the file could also be meant as DD/MM/YYYY; {they} read as MM/DD/YYYY: "
            f"{self.cell} is {self.first:%B} {self.first.day}"
        )
