"""Who waits for whom: each record goes after its own parents, not after everybody's."""

import random
from datetime import timedelta

from hypothesis import given
from hypothesis import settings as fast
from hypothesis import strategies as st
from sqlalchemy import update
from sqlmodel import select

from bot import jobs
from bot.models import Record, Wait
from bot.sync import due, links, waits
from bot.work.syncing import sync_slice
from tests.sync.shop import customer, invoice, item, payment

MANY = 3000


def row(record_id, kind, external_id, tier, payload, source_id=1):
    return Record(
        id=record_id,
        company_id=1,
        source_id=source_id,
        type=kind,
        tier=tier,
        external_id=external_id,
        payload={"type": kind, **payload},
        digest="d",
        number=payload.get("sku", ""),
    )


def rows_in_store(shop, *, parents, children):
    """Customers, and invoices for the first of them, straight into the outbox."""
    now = shop.services.clock.now()
    with shop.services.sessions.write() as session:
        for n in range(parents):
            made = row(None, "customer", f"c{n}", 1, {"external_id": f"c{n}"}, shop.source_id)
            made.company_id, made.received_at = shop.company_id, now
            session.add(made)
        for n in range(children):
            made = row(None, "invoice", f"{n}", 3, {"customer": "c0"}, shop.source_id)
            made.company_id, made.received_at = shop.company_id, now
            made.not_before = now + timedelta(hours=1)
            session.add(made)
        session.flush()
        for made in session.exec(select(Record).where(Record.type == "invoice")):
            session.add(
                Wait(
                    record_id=made.id,
                    source_id=shop.source_id,
                    type="customer",
                    external_id="c0",
                    digest=made.digest,
                )
            )


def test_any_number_of_children_goes_as_soon_as_their_parent_is_posted(shop):
    """Three thousand invoices pause for one customer: none sleeps on."""
    rows_in_store(shop, parents=1, children=MANY)
    services = shop.services
    with services.sessions.write() as session:
        parent = session.exec(select(Record).where(Record.type == "customer")).one()
        parent.state, parent.qbo_id = "posted", "7"
        waits.wake_children(session, [parent])

    with services.sessions.read() as session:
        ready = due.due(session, shop.company_id, services.clock.now(), limit=MANY * 2)
        assert len(ready) == MANY
        assert session.exec(select(Wait)).first() is None


def test_a_record_is_not_looked_at_while_its_parent_waits_in_the_outbox(shop):
    """It costs no look; a new version of it is another matter and is looked at."""
    rows_in_store(shop, parents=1, children=2)
    services = shop.services
    with services.sessions.write() as session:
        session.exec(update(Record).values(not_before=None))
        first = session.exec(select(Record).where(Record.external_id == "0")).one()
        first.digest = "another version"
        session.add(first)

    with services.sessions.read() as session:
        ready = due.due(session, shop.company_id, services.clock.now(), limit=10)
        assert [(str(one.type), one.external_id) for one in ready] == [
            ("customer", "c0"),
            ("invoice", "0"),
        ]
        assert due.count_due(session, shop.company_id, services.clock.now()) == 2


def test_a_document_does_not_wait_for_customers_that_are_not_its_own(shop):
    """Order is a matter of each record: an invoice goes before customers that came after it."""
    shop.hand_over(customer("c1", "Jane Doe"), item("i1", "Mug"), invoice("1", "c1"))
    shop.hand_over(*(customer(f"x{n}", f"Stranger {n}") for n in range(40)))

    shop.push(limit=10)
    shop.push(limit=10)

    assert shop.state("invoice", "1") == "posted"
    assert len(shop.creates("Customer")) < 21


def test_children_that_came_before_their_parent_go_at_once_when_it_comes(shop):
    """They pause for it, not for a fixed time; a held parent takes them into its own alert."""
    shop.hand_over(invoice("1", "c1"), payment("p1", "c1", "100.00", "1"), item("i1", "Mug"))
    shop.push_all()
    assert shop.state("invoice", "1") == "waiting"
    assert shop.record("invoice", "1").not_before is not None

    shop.hand_over(customer("c1", "Jane Doe"))
    shop.push_all()

    assert shop.state("payment", "p1") == "posted"
    assert shop.all(Wait) == []


def test_children_go_at_once_when_a_person_says_what_their_parent_is(shop):
    """The parent never came from the source; linked to who is in QuickBooks, nobody sleeps on."""
    shop.hand_over(customer("known", "Jane Doe"), item("i1", "Mug"), invoice("1", "c1"))
    shop.push_all()
    assert shop.record("invoice", "1").not_before is not None

    services = shop.services
    with services.sessions.write() as session:
        links.link(
            session,
            company_id=shop.company_id,
            source_id=shop.source_id,
            type="customer",
            external_id="c1",
            qbo_id=shop.record("customer", "known").qbo_id,
            how="chosen",
            by="U1",
            now=services.clock.now(),
        )

    assert shop.record("invoice", "1").not_before is None
    shop.push_all()
    assert shop.state("invoice", "1") == "posted"


def test_a_slice_that_only_waits_says_when_it_is_worth_coming_back(shop):
    """The moment is the end of the first pause, not the next tick of the clock."""
    shop.hand_over(invoice("1", "c1"))
    report = shop.push()

    assert report.again_at == shop.record("invoice", "1").not_before


def test_after_a_fault_that_heals_the_company_is_nudged_when_its_pause_ends(shop):
    """Five seconds, not five minutes; and nothing is asked for where a person has to act."""
    shop.hand_over(customer("c1", "Jane Doe"), item("i1", "Mug"))
    shop.push_all()
    match = {"realm": shop.realm, "entity": "Invoice", "operation": "create"}
    shop.simulator.fault("unavailable_html", 3, match)
    shop.hand_over(invoice("1", "c1"))

    sync_slice(shop.services, shop.company_id, ())

    [(job, arg, seconds)] = shop.nudges.later
    assert (job, arg) == (jobs.SYNC, str(shop.company_id))
    assert 1 < seconds <= 6
    shop.nudges.later.clear()
    shop.simulator.act(shop.realm, "revoke_app")
    shop.hand_over(invoice("2", "c1"))
    sync_slice(shop.services, shop.company_id, ())
    assert shop.nudges.later == []


def layers(records):
    """The parts in which records go."""
    left, parts = list(records), []
    while left:
        parts.append(waits.first_layer(left))
        left = [record for record in left if record not in parts[-1]]
    return parts


def test_records_of_one_list_go_after_their_parents_whatever_came_first():
    """Sub-customers before their parent, three levels, and an invoice for the lowest."""
    chain = [
        row(1, "invoice", "1", 3, {"customer": "c3", "lines": [{"sku": "M"}]}),
        row(2, "customer", "c3", 1, {"parent": "c2"}),
        row(3, "customer", "c2", 1, {"parent": "c1"}),
        row(4, "customer", "c1", 1, {}),
        row(5, "item", "i1", 2, {"sku": "M"}),
        row(6, "account", "a1", 0, {}),
    ]
    found = [[one.external_id for one in part] for part in layers(chain)]
    assert found == [["a1"], ["c1", "i1"], ["c2"], ["c3"], ["1"]]


def test_a_circle_is_one_part_and_no_endless_search():
    """Whoever looks at them finds out that each belongs to the other."""
    circle = [row(n, "customer", f"c{n}", 1, {"parent": f"c{(n + 1) % 3}"}) for n in range(3)]
    assert [len(part) for part in layers(circle)] == [3]


@fast(max_examples=60, deadline=None)
@given(st.integers(1, 60), st.integers(0, 10_000))
def test_the_parts_of_any_family_are_in_a_legal_order(size, seed):
    """Random trees in random order of arrival: every parent is in an earlier part."""
    chance = random.Random(seed)
    tree = [
        row(n, "customer", f"c{n}", 1, {"parent": f"c{chance.randrange(n)}"} if n else {})
        for n in range(size)
    ]
    chance.shuffle(tree)
    place = {one.external_id: number for number, part in enumerate(layers(tree)) for one in part}
    assert len(place) == size
    for one in tree:
        parent = one.payload.get("parent")
        assert parent is None or place[parent] < place[one.external_id]


def test_two_customers_that_belong_to_each_other_are_one_alert(shop):
    """Told with the way round; handed over rightly, both and their invoice are posted."""
    shop.hand_over(
        customer("c1", "Ann", parent="c2"),
        customer("c2", "Ben", parent="c1"),
        item("i1", "Mug"),
        invoice("1", "c1"),
    )
    shop.push_all()

    roots = {(one.problem, one.subject) for one in shop.holds()}
    assert len(roots) == 1
    assert {one.facts["loop"][0] for one in shop.holds()} <= {"Ann", "Ben"}
    assert shop.state("invoice", "1") == "held"

    shop.hand_over(customer("c1", "Ann"))
    shop.push_all()
    assert shop.state("invoice", "1") == "posted"
    assert shop.state("customer", "c2") == "posted"
    assert shop.holds() == []
