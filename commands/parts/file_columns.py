"""The second window of a file whose columns were only guessed: a person says what each means."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.dispatch import views
from bot.dispatch.model import Press
from bot.domain import Payload
from bot.errors import BadInput
from bot.models import Click, Company, Source
from bot.render import clean, shorten
from bot.services import Services
from bot.slack import blocks, inputs
from bot.sync import columnmaps
from bot.sync.columnmaps import Reading
from bot.sync.table.aliases import ALIASES
from bot.sync.table.columns import NO_NAMES, Guess, fold
from bot.sync.table.sheet import Choose, Raw

CALLBACK = "file_columns"
TITLE = "Which column is what?"
MOST_ASKED = 40
_BLOCK, _NONE = "column:", "-"
_LONGEST = 30


@dataclass(frozen=True)
class Asked:
    """The file that a window asks about."""

    company_id: int
    source_id: int
    file_id: str

    def text(self) -> str:
        """As the window carries it."""
        return json.dumps([self.company_id, self.source_id, self.file_id])


def view(asked: Asked, name: str, reading: Reading) -> Payload:
    """The window: a menu for each column that is not known for sure."""
    head = f"{clean(name)}: I do not know every column for sure. "
    head += "What you say here is kept for the next file with these columns."
    parts: list[Payload] = [blocks.section(head)]
    if reading.problem:
        parts.append(blocks.section(_cannot(reading.problem)))
    known = [one for one in reading.guesses if one.how == "known"]
    if known:
        listed = ", ".join(f"{one.header[:40]} = {label(one.column)}" for one in known[:30])
        parts.append(blocks.context(f"Known: {clean(listed)}"))
    menu = [(_NONE, "not used"), *((column, label(column)) for column in ALIASES)]
    examples = reading.examples()
    for place, one in _asked(reading):
        choice = inputs.select("value", menu, one.column or _NONE, placeholder="What it means")
        heading, values = shorten(clean(one.header), 100), dict.fromkeys(examples[place])
        hint = f"For example: {', '.join(shorten(clean(v), _LONGEST) for v in values)}"
        block_id = f"{_BLOCK}{place}"
        parts.append(inputs.input_block(heading, choice, block_id, hint=hint if values else ""))
    return blocks.modal(
        TITLE,
        parts,
        callback_id=CALLBACK,
        submit="Read the file",
        close="Cancel",
        private_metadata=asked.text(),
    )


def _cannot(problem: str) -> str:
    """Why the file cannot be read before somebody has said more."""
    if NO_NAMES in problem:
        return "It cannot be read yet: too few of the names of its columns are known."
    return f"It cannot be read yet: {clean(problem)}."


def _asked(reading: Reading) -> list[tuple[int, Guess]]:
    """What only looks like a known column first; the rest where the table cannot be read so."""
    near = [(place, one) for place, one in enumerate(reading.guesses) if one.how == "like"]
    rest = [(place, one) for place, one in enumerate(reading.guesses) if not one.how]
    return [*near, *(rest if reading.problem else [])][:MOST_ASKED]


def label(column: str) -> str:
    """A column for people."""
    return {"id": "ID", "sku": "SKU"}.get(column, column.replace("_", " "))


def check(_services: Services, press: Press) -> Mapping[str, str]:
    """Two columns cannot mean the same."""
    wrong: dict[str, str] = {}
    seen: set[str] = set()
    for block_id, said in press.choices.items():
        if said == _NONE or not block_id.startswith(_BLOCK):
            continue
        if said in seen:
            wrong[block_id] = "Another column means this already."
        seen.add(str(said))
    return wrong


def waiting(press: Press) -> Payload:
    """What is shown while the file is read."""
    del press
    return views.notice("Post a file", "Reading the file …")


def asked_of(click: Click) -> Asked:
    """The file a window was about. Raises BadInput."""
    try:
        company_id, source_id, file_id = json.loads(click.value)
        return Asked(int(company_id), int(source_id), str(file_id))
    except (ValueError, TypeError):
        msg = "That window is not known here any more. Type /qb-sync-now file again."
        raise BadInput(msg) from None


def company_of(services: Services, asked: Asked) -> Company:
    """The company of the window's source. Raises BadInput."""
    with services.sessions.read() as session:
        source = session.get(Source, asked.source_id)
        company = session.get(Company, asked.company_id)
    if source is None or company is None or source.company_id != company.id:
        raise BadInput("That source is gone. Type /qb-sync-now file again.")
    return company


def said(
    reading: Reading, choices: Mapping[str, object], raws: Sequence[Raw], before: Choose
) -> tuple[Choose, dict[str, str]]:
    """How the file is read now, and what is to be remembered of all its columns."""
    columns = {
        fold(one.header): one.column for one in reading.guesses if one.how in ("known", "said")
    }
    for place, one in _asked(reading):
        chosen = str(choices.get(f"{_BLOCK}{place}") or _NONE)
        columns[fold(one.header)] = chosen if chosen in ALIASES else ""
    return columnmaps.with_said(raws, before, columns), columns
