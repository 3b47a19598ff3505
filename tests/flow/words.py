"""What tests of two ways read of an alert, and what somebody does in QuickBooks."""

from sqlmodel import select

from bot.models import Delivery
from bot.render import to_plain
from tests.work.sales import sales

DRIFT = "changed_in_books"
BOTH = "sides_differ"


def said(house, problem=DRIFT):
    """The alert in words."""
    text = house.services.render.problem(problem, house.incident(problem).facts)
    return "\n".join([text.title, text.push, *map(to_plain, (text.what, text.why, text.fix))])


def message(house, problem):
    """The message of an alert, while Slack has not got the one it is part of."""
    alert = house.incident(problem)
    with house.services.sessions.write() as session:
        of_parent = Delivery.incident_id == alert.part_of_id
        for row in session.exec(select(Delivery).where(of_parent)):
            row.ts = None
            session.add(row)
    return house.shown(alert)


def posted(house, *records):
    """Hand over, post, and let the mirror be as new as the books."""
    house.shop.hand_over(*records)
    house.sync()
    house.capture()


def edit(house, entity, qbo_id, **data):
    """Somebody edits a record in QuickBooks, and the bot reads it."""
    house.shop.act("edit", entity, qbo_id, data=data)
    house.capture()
    house.told()


def book(house, number="1001"):
    """An invoice as the simulator has it."""
    return sales(house)[number]


def buyer(house, name="Jane Doe"):
    """A customer as the simulator has it."""
    [row] = [row for row in house.shop.books("Customer") if row["DisplayName"] == name]
    return row


def writes(house, entity=None):
    """How many writes of the bot took effect."""
    rows = house.shop.simulator.writes(house.shop.realm)
    return len([row for row in rows if row["status"] == 200 and entity in (None, row["entity"])])
