"""The matrix as a table, for people and for docs/matrix.md."""

from collections.abc import Sequence
from datetime import date

from tests.matrix.cells import Cell

GROUPS = (
    ("double press", ("confirmed", "pressed twice", "two people")),
    ("stale preview", ("stale preview",)),
    ("lost reply on each write", ("reset_after", "empty_body")),
    ("kill -9 after each write", ("kill -9",)),
    ("wrong role", ("guest", "role below")),
)


def table(cells: Sequence[Cell]) -> str:
    """One row a fix, one column a kind of trouble: passed of played."""
    head = "| fix | " + " | ".join(name for name, _ in GROUPS) + " | cells |"
    lines = [head, "|---" * (len(GROUPS) + 2) + "|"]
    for fix in dict.fromkeys(cell.fix for cell in cells):
        row = [cell for cell in cells if cell.fix == fix]
        marks = " | ".join(_mark(row, begins) for _, begins in GROUPS)
        lines.append(f"| {fix} | {marks} | {len(row)} |")
    return "\n".join(lines)


def _mark(row: Sequence[Cell], begins: tuple[str, ...]) -> str:
    mine = [cell for cell in row if cell.column.startswith(begins)]
    passed = sum(not cell.wrong for cell in mine)
    if not mine:
        return "–"
    return f"{passed} of {len(mine)} ✔" if passed == len(mine) else f"**{passed} of {len(mine)}**"


def summary(cells: Sequence[Cell]) -> str:
    """One sentence."""
    failed = sum(bool(cell.wrong) for cell in cells)
    fixes = len({cell.fix for cell in cells})
    return f"{len(cells)} cells over {fixes} fixes, {failed} failed."


def page(cells: Sequence[Cell], missing: Sequence[str], day: date) -> str:
    """The page docs/matrix.md."""
    parts = [
        "# Every fix against everything that can go wrong around it",
        f"Written by `make matrix` on {day.isoformat()}: {summary(cells)}",
        "Each cell makes the trouble anew in the local QuickBooks and Slack, with the bot as a "
        "process: somebody presses and confirms, and then the thing named in the column happens. "
        "A cell passes when the message is green (or the press was refused with a sentence), the "
        "books hold each intended write once and no other, and no message is left WORKING. A "
        "fix meets the lost reply and the kill at each kind of write it makes.",
        table(cells),
    ]
    if missing:
        parts.append("Not in the matrix yet: " + ", ".join(f"`{name}`" for name in missing) + ".")
    failed = [cell for cell in cells if cell.wrong]
    if failed:
        parts.append("## Failed")
        parts.append("\n".join(f"- **{c.fix}, {c.column}**: {c.wrong}" for c in failed))
    parts.append("## All cells")
    parts.append(
        "\n".join(
            f"- {c.fix}, {c.column}: {'failed' if c.wrong else 'passed'}, {c.seconds:.0f} s"
            for c in cells
        )
    )
    return "\n\n".join(parts) + "\n"
