"""What would become of everything that waits: told by certainty, and nothing is changed."""

from bot import mirror
from bot.incidents import outlook as told
from bot.sync.preflight.waiting import outlook
from tests.command_line import environment_of, run_app
from tests.preflight.test_closing import close_books
from tests.sync.shop import customer, invoice, item, payment


def counts(found):
    """How many go, wait, and do not."""
    return found.looked_at, found.go, found.later


def lines(house, found):
    """Every heading with its lines."""
    return dict(told.reasons(house.services, found))


def test_each_kind_of_reason_has_its_heading(house):
    """Refused for sure, held by the bot, doubtful; what is fine is only counted."""
    shop = house.shop
    shop.act("deactivate", "Customer", shop.record("customer", "c1").qbo_id)
    house.capture()
    house.shop.hand_over(
        customer("c2", "Fine Fellow"),
        customer("c3", "North: Harbor"),
        customer("c4", "W" * 150),
        customer("c5", "Jane Doe"),
        item("i9", "Green Mug"),
        invoice("1", "c1"),
        invoice("2", "c1"),
        invoice("3", "c2"),
        invoice("4", "c9", ("sku:NONE", 1, "5.00")),
    )
    requests = len(shop.simulator.requests(shop.realm))
    found = outlook(house.services, shop.company_id)
    assert counts(found) == (9, 3, 1)
    said = lines(house, found)
    refused = " ".join(said["QuickBooks would refuse"])
    assert "Jane Doe" in refused
    assert "colon" in refused or "North" in refused
    assert "100" not in refused
    assert len(said["The bot would hold, and ask"]) == 2, "no item of that SKU, and a namesake"
    assert len(said["Not certain: posted, and told if QuickBooks refuses"]) == 1
    assert told.summary(found) == (
        "Of what waits (9 records): 3 would be posted, 1 would wait for other records first, "
        "5 would not."
    )
    assert len(shop.simulator.requests(shop.realm)) == requests, "QuickBooks was asked"
    assert shop.holds() == []


def test_what_is_foreseen_comes_true(house):
    """The same problems and subjects hold the records once they are posted."""
    close_books(house, "2026-10-31")
    house.shop.hand_over(
        invoice("1", "c1") | {"date": "2026-10-31"},
        invoice("2" * 22, "c1"),
        invoice("3", "c1"),
        payment("p1", "c1", "5.00", memo="m" * 4001),
        customer("c3", "North\tHarbor"),
    )
    mirror.refresh_company(house.services, house.shop.company_id)
    found = outlook(house.services, house.shop.company_id)
    foreseen = {(group.problem, group.subject) for group in found.groups}
    house.shop.push_all()
    assert {(hold.problem, hold.subject) for hold in house.shop.holds()} == foreseen
    assert found.go == 1


def test_many_of_one_problem_are_one_line(house):
    """Seven names with a colon are a number, not seven lines."""
    house.shop.hand_over(*(customer(f"n{one}", f"Part {one}: Harbor") for one in range(7)))
    said = lines(house, outlook(house.services, house.shop.company_id))
    [line] = said["QuickBooks would refuse"]
    assert line.startswith("7 ")


def test_nothing_waits(house):
    """An empty outbox is one sentence."""
    found = outlook(house.services, house.shop.company_id)
    assert told.summary(found) == "Nothing waits to be posted."
    assert list(told.reasons(house.services, found)) == []


def test_the_command_line_tells_the_same(house):
    """`python app.py preflight` reads the database alone, also while the bot is down."""
    house.shop.hand_over(customer("c3", "North: Harbor"))
    env = environment_of(house.services)
    done = run_app("preflight", env=env)
    assert done.returncode == 0, done.stderr
    assert "Harbor Foods: Of what waits (1 record): 0 would be posted, 1 would not." in done.stdout
    assert "QuickBooks would refuse:" in done.stdout
    done = run_app("preflight", "--json", env=env)
    assert '"certainty": "will"' in done.stdout
    assert house.shop.holds() == []
