"""The windows of a storm: the list of its alerts, and one of them with its buttons."""

from sqlmodel import Session

from bot import incidents
from bot.domain import Payload
from bot.incidents import states, storms
from bot.incidents.storm_message import not_posted, title_of
from bot.models import Company, Incident, Storm
from bot.render import plural, shorten
from bot.services import Services
from bot.slack import blocks

LIST = "Open one"
ONE = "Alert"
OPEN = "open_alert"
# A view holds 100 blocks; one more says how many are left out.
MOST = 95
WORDS = 200


def storm_named(session: Session, value: str) -> Storm | None:
    """The storm a button belongs to; its value is the storm's id and nothing else."""
    if not value.isdecimal() or len(value) > 18:
        return None
    return session.get(Storm, int(value))


def view(services: Services, storm: Storm) -> Payload:
    """Every alert of a storm, the worst first, each with a button that opens it."""
    with services.sessions.read() as session:
        company = session.get_one(Company, storm.company_id)
        rows = storms.members(session, storm.id or 0)
    shown: list[Payload] = [_row(services, company, row) for row in rows[:MOST]]
    more = len(rows) - MOST
    if more > 0:
        words = f"{plural(more, 'more alert')}: type /qb-errors with a word of its name."
        shown.append(blocks.context(words))
    return blocks.modal(LIST, shown)


def alert(services: Services, incident: Incident) -> Payload:
    """One alert as a message would show it, with the buttons that mend it."""
    return blocks.modal(ONE, incidents.build(services, incident).blocks)


def _row(services: Services, company: Company, row: Incident) -> Payload:
    title = title_of(services, company, row)
    words = f"{title}\n{not_posted(row)} · {states.of_one(row)}"
    button = blocks.button("Open", OPEN, str(row.id), label=f"Open {title}")
    return blocks.section(shorten(words, WORDS), accessory=button)
