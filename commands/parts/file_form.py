"""The window of /qb-sync-now file: which company, which source, the file; and what came of it."""

from collections.abc import Mapping, Sequence

from sqlmodel import select

from bot import audit
from bot.dispatch import views
from bot.dispatch.model import Press
from bot.dispatch.reply import line, strong
from bot.domain import Payload, Role
from bot.errors import BadInput
from bot.models import Click, Company, Source
from bot.render import Text, plural, to_slack
from bot.services import Services
from bot.slack import blocks
from bot.sync.csvfile import read_csv
from bot.sync.intake import BadRow, IntakeReport, accept

CALLBACK = "file_submit"
TITLE = "Post a CSV file"
DEFAULT_SOURCE = "Web shop"
LONGEST_SOURCE = 60
# A view may have 100 blocks and about 250 KB; a section takes 3,000 characters.
LINES_FIRST = 20
LINES_A_BLOCK = 25
MOST_BLOCKS = 70
_COMPANY, _SOURCE, _FILE = "company", "source", "file"


def view(companies: Sequence[Company]) -> Payload:
    """The window; the company is asked for only when it is not clear."""
    parts: list[Payload] = []
    only = companies[0] if len(companies) == 1 else None
    if only:
        parts.append(blocks.section(f"The records go to {only.name}."))
    else:
        options = [(str(company.id), company.name) for company in companies]
        parts.append(blocks.input_block("Company", blocks.select("value", options), _COMPANY))
    parts += [
        blocks.input_block(
            "Where the file comes from",
            blocks.text_input("value", DEFAULT_SOURCE, max_length=LONGEST_SOURCE),
            _SOURCE,
            hint="The same name each time: a record handed over twice is then known.",
        ),
        blocks.input_block(
            "CSV export",
            blocks.file_input("value", ["csv"]),
            _FILE,
            hint="Customers, items, orders and payments in one file, as your shop exports them.",
        ),
    ]
    return blocks.modal(
        TITLE,
        parts,
        callback_id=CALLBACK,
        submit="Read the file",
        close="Cancel",
        private_metadata=str(only.id) if only else "",
    )


def check(press: Press) -> Mapping[str, str]:
    """Say what is missing, by block."""
    wrong: dict[str, str] = {}
    files = press.choices.get(_FILE) or []
    if not files:
        wrong[_FILE] = "Choose the CSV file."
    elif not str(files[0].get("name") or "").lower().endswith((".csv", ".txt")):
        wrong[_FILE] = "This is not a CSV file. Export the orders as CSV and choose that file."
    if not str(press.choices.get(_SOURCE) or "").strip():
        wrong[_SOURCE] = "Name where the file comes from, for example Web shop."
    if not press.value and not press.choices.get(_COMPANY):
        wrong[_COMPANY] = "Choose the company."
    return wrong


def waiting(press: Press) -> Payload:
    """What is shown while the file is read."""
    name = str((press.choices.get(_FILE) or [{}])[0].get("name") or "the file")
    return views.notice(TITLE, f"Reading {name} …")


def take(services: Services, click: Click) -> tuple[Payload, Text, Company]:
    """Read the file and hand its records in; gives the window, the words, and the company.

    Safe to do again: a record that is there already is only counted. Raises BotError.
    """
    company = company_of(services, click)
    services.access.require(click.user_id, company.id, Role.OPERATOR, click.team_id)
    name, data = services.slack.download(str(click.choices[_FILE][0]["id"]))
    if not data.strip():
        raise BadInput(f"{name} is empty. Export the orders again and choose that file.")
    source_id = _source(services, company, str(click.choices[_SOURCE]).strip())
    report = accept(services, source_id, read_csv(data, time_zone=company.time_zone))
    with services.sessions.write() as session:
        audit.append(
            session,
            at=services.clock.now(),
            actor=click.user_id,
            action="file.read",
            subject=f"source:{source_id}",
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
    shown = [*to_slack(counts), *_refused_blocks(report.refused)]
    return blocks.modal(TITLE, shown), counts + _first_lines(report.refused), company


def company_of(services: Services, click: Click) -> Company:
    company_id = click.value or str(click.choices.get(_COMPANY) or "")
    with services.sessions.read() as session:
        company = session.get(Company, int(company_id)) if company_id.isdecimal() else None
    if company is None:
        raise BadInput("That company is not known here any more. Type /qb-sync-now file again.")
    return company


def _source(services: Services, company: Company, name: str) -> int:
    """Find the source by its name; the first one of a company is made, a mistyped one never.

    The same file under another source's name would be other records: everything twice.
    """
    with services.sessions.write() as session:
        known = session.exec(select(Source).where(Source.company_id == company.id)).all()
        row = next((one for one in known if one.name.casefold() == name.casefold()), None)
        if row is None and len(known) == 1 and name == DEFAULT_SOURCE:
            row = known[0]
        if row is None and known:
            names = ", ".join(one.name for one in known)
            msg = f"{name} is no source of {company.name}. It has: {names}. Type one of them."
            raise BadInput(msg)
        if row is None:
            row = Source(company_id=company.id or 0, name=name, created_at=services.clock.now())
            session.add(row)
            session.flush()
        return row.id or 0


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
    if report.refused:
        text += line("Correct these rows in the source and hand the file in again:")
    return text


def _refused_blocks(refused: Sequence[BadRow]) -> list[Payload]:
    """Every refused row by its line, as many as a window holds."""
    rest = [_row(row) for row in refused]
    found: list[Payload] = []
    while rest and len(found) < MOST_BLOCKS:
        taken = _fitting(rest)
        found.append(blocks.section("\n".join(rest[:taken])))
        rest = rest[taken:]
    if rest:
        more = f"{plural(len(rest), 'more row')} refused; hand the corrected file in to see them."
        found.append(blocks.section(more))
    return found


def _fitting(lines: Sequence[str]) -> int:
    """How many lines one block takes."""
    size = 0
    for number, one in enumerate(lines[:LINES_A_BLOCK]):
        size += len(one) + 1
        if size > blocks.SECTION:
            return max(1, number)
    return min(len(lines), LINES_A_BLOCK)


def _first_lines(refused: Sequence[BadRow]) -> Text:
    text = Text()
    for row in refused[:LINES_FIRST]:
        text += line(_row(row))
    more = len(refused) - LINES_FIRST
    return text + line(f"… and {plural(more, 'more row')}.") if more > 0 else text


def _row(row: BadRow) -> str:
    about = f" ({row.external_id})" if row.external_id else ""
    return _numbered(row.line, f"{row.reason}{about}")[:400]


def _numbered(number: int | None, words: str) -> str:
    return f"line {number}: {words}" if number is not None else words
