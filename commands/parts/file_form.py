"""The window of /qb-sync-now file: which company, which source, the file; and what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import structlog

from bot import audit
from bot.dispatch import views
from bot.dispatch.model import Press
from bot.dispatch.reply import line, strong
from bot.domain import Payload, Role
from bot.errors import BadInput
from bot.incidents import take_in
from bot.incidents.import_message import row_words
from bot.models import Click, Company
from bot.render import Text, clean, plural, shorten, to_slack
from bot.services import Services
from bot.slack import SlackFault, blocks, inputs
from bot.sync import columnmaps
from bot.sync.intake import BadRow, IntakeReport
from bot.sync.table.mistaken import SPREADSHEETS, why_not_chosen
from bot.sync.table.report import report_csv
from bot.sync.table.sheet import Raw, Sheet, find_sheet
from bot.sync.tablefile import ENDINGS, read_sheet, tables
from commands.parts import file_columns, sources
from commands.parts.refused_rows import row_blocks

log = structlog.get_logger(__name__)

CALLBACK = "file_submit"
TITLE = "Post a file"
LINES_FIRST = 20
_UNREADABLE = "{} cannot be read: {}. Nothing was taken in."
_LONGEST_SAID = 80
_SOURCE, _NEW, _FILE = "source", "new_source", "file"


def view(services: Services, companies: Sequence[Company], said: str = "") -> Payload | None:
    """The window; None when there are more companies and sources than a menu holds.

    `said`: what was typed beside the word for a file. A source of that name is chosen already; the
    window says of anything else that it was not understood.
    """
    choices = sources.choices(services, companies)
    if len(choices) > blocks.OPTIONS:
        return None
    only = companies[0] if len(companies) == 1 else None
    parts: list[Payload] = []
    if only:
        parts.append(blocks.section(f"The records go to {only.name}."))
    meant = sources.meant(choices, said)
    if said and meant is None:
        parts.append(blocks.section(_not_understood(said)))
    parts += _source_inputs(choices, only, meant)
    parts.append(
        inputs.input_block(
            "CSV export or Excel file",
            inputs.file_input("value", [ending.removeprefix(".") for ending in ENDINGS]),
            _FILE,
            hint="Customers, items, orders and payments in one file, as your shop exports them.",
        )
    )
    return blocks.modal(
        TITLE,
        parts,
        callback_id=CALLBACK,
        submit="Read the file",
        close="Cancel",
        private_metadata=str(only.id) if only else "",
    )


def _not_understood(said: str) -> str:
    quoted = f"“{shorten(clean(said), _LONGEST_SAID)}”"
    if said.lower().endswith((*ENDINGS, *SPREADSHEETS)):
        return f"{quoted} cannot be fetched by its name: choose the file below."
    return f"{quoted} is no source here. Choose the source and the file below."


def _source_inputs(
    choices: Sequence[sources.Choice], only: Company | None, meant: sources.Choice | None
) -> list[Payload]:
    """The sources that exist to choose from, and a line for the name of a new one."""
    known = [choice for choice in choices if not choice.is_new]
    if only and not known:
        new = inputs.text_input("value", sources.FIRST_NAME, max_length=sources.LONGEST)
        hint = f"{only.name} has no source yet. Give the same name each time: then I know a "
        hint += "record that is handed over twice."
        return [inputs.input_block("Where the file comes from", new, _NEW, hint=hint)]
    options = [(choice.value, choice.label) for choice in choices]
    first = known[0].value if only and len(known) == 1 else meant.value if meant else ""
    menu = inputs.select("value", options, first, placeholder="Choose the source")
    new = inputs.text_input("value", max_length=sources.LONGEST)
    return [
        inputs.input_block(
            "Where the file comes from",
            menu,
            _SOURCE,
            hint="The same source each time: then I know a record that is handed over twice.",
        ),
        inputs.input_block(
            "Name of the new source",
            new,
            _NEW,
            hint="Only with “A new source”; else leave it empty.",
            optional=True,
        ),
    ]


def check(_services: Services, press: Press) -> Mapping[str, str]:
    """Say what is missing or does not go together, by block."""
    wrong: dict[str, str] = {}
    files = press.choices.get(_FILE) or []
    if not files:
        wrong[_FILE] = "Choose the file."
    elif not str(files[0].get("name") or "").lower().endswith(ENDINGS):
        wrong[_FILE] = why_not_chosen(str(files[0].get("name") or ""))
    chosen, name = str(press.choices.get(_SOURCE) or ""), _typed(press.choices)
    if _SOURCE in press.choices and not chosen:
        wrong[_SOURCE] = "Choose where the file comes from."
    elif not name and (not chosen or sources.is_new(chosen)):
        wrong[_NEW] = "Name the new source, for example Web shop."
    elif name and chosen and not sources.is_new(chosen):
        wrong[_NEW] = "Leave this empty, or choose “A new source” above."
    return wrong


def _typed(choices: Mapping[str, object]) -> str:
    return " ".join(str(choices.get(_NEW) or "").split())


def waiting(press: Press) -> Payload:
    """What is shown while the file is read."""
    name = str((press.choices.get(_FILE) or [{}])[0].get("name") or "the file")
    return views.notice(TITLE, f"Reading {name} …")


@dataclass(frozen=True)
class _Handed:
    """A file as it was handed over."""

    click: Click
    company: Company
    source_id: int
    name: str
    sheet: Sheet | str


def take(services: Services, click: Click) -> tuple[Payload, Text, Company]:
    """Read the file and hand its records in; gives the window, the words, and the company.

    Where a column is only guessed, the window asks first. Safe to do again: a record that is
    there already is only counted. Raises BotError.
    """
    company = company_of(services, click)
    services.access.require(click.user_id, company.id, Role.OPERATOR, click.team_id)
    file_id = str(click.choices[_FILE][0]["id"])
    name, raws = _download(services, file_id)
    chosen = str(click.choices.get(_SOURCE) or "")
    source_id = sources.find(services, company, chosen, _typed(click.choices))
    choose = columnmaps.remembered(services, source_id)
    if not isinstance(raws, str):
        reading = columnmaps.read_columns(raws, choose)
        if reading is not None and reading.is_unsure:
            asked = file_columns.Asked(company.id or 0, source_id, file_id)
            words = line(strong(name), ": say what its columns mean; nothing was read yet.")
            return file_columns.view(asked, name, reading), words, company
    sheet = raws if isinstance(raws, str) else find_sheet(raws, choose)
    return _hand_in(services, _Handed(click, company, source_id, name, sheet))


def take_columns(services: Services, click: Click) -> tuple[Payload, Text, Company]:
    """Read the file as the second window says, and keep what it says. Raises BotError."""
    asked = file_columns.asked_of(click)
    company = file_columns.company_of(services, asked)
    services.access.require(click.user_id, company.id, Role.OPERATOR, click.team_id)
    name, raws = _download(services, asked.file_id)
    choose = columnmaps.remembered(services, asked.source_id)
    reading = None if isinstance(raws, str) else columnmaps.read_columns(raws, choose)
    if isinstance(raws, str) or reading is None:
        raise BadInput(f"{name} cannot be read any more. Nothing was taken in.")
    told, columns = file_columns.said(reading, click.choices, raws, choose)
    sheet = find_sheet(raws, told)
    if isinstance(sheet, str):
        msg = f"{name} cannot be read so: {sheet}. Nothing was taken in; hand it in once more."
        raise BadInput(msg)
    columnmaps.remember(services, asked.source_id, sheet.head.cells, columns, click.user_id)
    return _hand_in(services, _Handed(click, company, asked.source_id, name, sheet))


def _download(services: Services, file_id: str) -> tuple[str, list[Raw] | str]:
    """The name of a file and the tables in it, or why it has none."""
    name, data = services.slack.download(file_id)
    if not data.strip():
        raise BadInput(f"{name} is empty. Export the orders again and choose that file.")
    return name, tables(data, name)


def _hand_in(services: Services, handed: _Handed) -> tuple[Payload, Text, Company]:
    click, company, name = handed.click, handed.company, handed.name
    if isinstance(handed.sheet, str):
        # No import: it has no rows that could be corrected or counted.
        raise BadInput(_UNREADABLE.format(name, handed.sheet))
    report = take_in(
        services,
        handed.source_id,
        read_sheet(handed.sheet, company.time_zone, services.clock.today(company.time_zone)),
        file=name,
        by=click.user_id,
        channel=company.channel_id,
        key=f"click:{click.id}",
    )
    _refuse_unreadable(name, report)
    with services.sessions.write() as session:
        audit.append(
            session,
            at=services.clock.now(),
            actor=click.user_id,
            action="file.read",
            subject=f"source:{handed.source_id}",
            company_id=company.id,
            data={
                "file": name,
                "accepted": report.accepted,
                "updated": report.updated,
                "unchanged": report.unchanged,
                "refused": len(report.refused),
            },
        )
    counts = _counts(company, name, report)
    refused = sorted(report.refused, key=lambda row: row.line or 0)
    if refused:
        if _send_report(services, handed, report):
            counts += line("The file with what became of each row is in your messages from me.")
        counts += line("Correct these rows in the source and hand the file in again:")
    shown = [*to_slack(counts), *row_blocks([_row(row) for row in refused])]
    return blocks.modal(TITLE, shown), counts + _first_lines(refused), company


def _send_report(services: Services, handed: _Handed, report: IntakeReport) -> bool:
    """Give the person the file back, row by row; what is told without it is complete, too."""
    zone = handed.company.time_zone
    written = report_csv(handed.sheet, zone, report.refused, report.notes)
    words = f"{handed.name} for {handed.company.name}: what became of each row."
    stem = handed.name.rpartition(".")[0] or handed.name
    try:
        services.slack.send_file(handed.click.user_id, f"{stem}-report.csv", written, words)
    except SlackFault as fault:
        log.warning("report not given", reason=fault.message)
        return False
    return True


def _refuse_unreadable(name: str, report: IntakeReport) -> None:
    """A file that is no table at all has no rows to correct: one sentence says what to do."""
    whole = [row.reason for row in report.refused if row.line is None]
    taken = report.accepted or report.updated or report.unchanged
    if whole and not taken and len(whole) == len(report.refused):
        raise BadInput(_UNREADABLE.format(name, whole[0]))


def company_of(services: Services, click: Click) -> Company:
    """The company the file is for: the window's own, or that of the chosen source."""
    chosen = str(click.choices.get(_SOURCE) or "")
    company = sources.company_of(services, click.value, chosen)
    if company is None:
        raise BadInput("That company is not known here any more. Type /qb-sync-now file again.")
    return company


def _counts(company: Company, name: str, report: IntakeReport) -> Text:
    taken = report.accepted + report.updated
    words = [f"{plural(report.accepted, 'new record')}"]
    if report.updated:
        words.append(f"{report.updated:,} changed")
    if report.unchanged:
        words.append(f"{report.unchanged:,} known already")
    if report.refused:
        words.append(f"{plural(len(report.refused), 'row')} refused")
    text = line(strong(name), f" for {company.name}: {', '.join(words)}.")
    if taken:
        text += line(
            "They are being posted now. What QuickBooks does not take becomes an alert in "
            f"the channel of {company.name}; /qb-status shows how far it is."
        )
    elif not report.refused:
        text += line("Nothing new to post.")
    notes = [_numbered(note.line, note.text) for note in report.notes[:5]]
    if notes:
        text += line(f"Good to know: {'; '.join(notes)}")
    return text


def _first_lines(refused: Sequence[BadRow]) -> Text:
    text = Text()
    for row in refused[:LINES_FIRST]:
        text += line(_row(row))
    more = len(refused) - LINES_FIRST
    return text + line(f"… and {plural(more, 'more row')}.") if more > 0 else text


def _row(row: BadRow) -> str:
    return row_words(asdict(row))


def _numbered(number: int | None, words: str) -> str:
    return f"line {number}: {words}" if number is not None else words
