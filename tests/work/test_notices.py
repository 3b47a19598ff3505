"""What QuickBooks tells by itself, from its sender over a socket to the mirror and the alerts."""

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import datetime, timedelta

import httpx
import pytest
from pydantic import SecretStr
from sqlmodel import select

from bot import jobs, mirror
from bot.mirror import notices
from bot.models import MirrorState, Notice
from bot.web import Doors, WebServer, make_app
from bot.web.webhooks import PATH
from tests.clocks import LaterClock
from tests.sync.shop import invoice
from tests.waiting import wait_for


@pytest.fixture
def told(house):
    """The house with webhooks on, and the simulator sending them to its address."""
    settings = house.services.settings.model_copy(
        update={
            "INTUIT_WEBHOOK_VERIFIER": SecretStr(house.shop.simulator.ready["webhook_verifier"])
        }
    )
    services = replace(house.services, settings=settings, clock=LaterClock())
    made = replace(house, shop=replace(house.shop, services=services))
    doors = Doors(slack_connected=lambda: True, last_sweep=services.clock.now)
    server = WebServer(make_app(services, doors), "127.0.0.1", 0)
    server.start()
    house.run()
    yield made, f"http://127.0.0.1:{server.port}{PATH}"
    house.shop.simulator.control("POST", "/webhooks", {"url": ""})
    server.stop()


def listen(told, shape="events"):
    """Let the simulator send from now on; returns the house.

    What was written before was not told: it must not end in the same second.
    """
    house, url = told
    house.shop.simulator.control("POST", "/clock", {"advance": 5})
    house.shop.simulator.control("POST", "/webhooks", {"url": url, "shape": shape})
    return house


def heard(house, count=1):
    """Wait until so many notices are there, then do what they ask for."""
    wait_for("the notices", lambda: len(house.shop.all(Notice)) >= count)
    heed(house)


def heed(house):
    """Do what the notices ask for: the web edge asks for the job right after it has kept them."""
    wait_for("the nudge", lambda: jobs.NOTICES in dict(house.shop.nudges.seen))
    house.run()


def reads(house):
    """How many metered calls there were."""
    rows = house.shop.simulator.requests(house.shop.realm)
    return sum(1 for row in rows if row["operation"] in ("read", "query", "cdc", "reports"))


@pytest.mark.parametrize("shape", ["events", "cloudevents"])
def test_a_change_is_read_as_soon_as_it_is_told(told, shape):
    """A person renames a customer; one read later the mirror has it, and the notice is done."""
    house = listen(told, shape)
    jane = house.shop.record("customer", "c1").qbo_id
    before = reads(house)

    house.shop.act("edit", "Customer", jane, data={"DisplayName": "Jane Roe"})
    heard(house)

    with house.services.sessions.read() as session:
        assert mirror.get(session, house.shop.company_id, "Customer", jane).name == "Jane Roe"
    assert reads(house) - before == 1
    assert all(row.done_at for row in house.shop.all(Notice))


def test_an_alert_follows_what_was_told(told):
    """Jane is made inactive with an invoice waiting: the alert is there at once; then it ends."""
    house = listen(told)
    jane = house.shop.record("customer", "c1").qbo_id
    house.shop.act("deactivate", "Customer", jane)
    heard(house)
    house.shop.hand_over(invoice("1", "c1"))
    house.sync()
    assert house.incident("inactive_record").state == "open"

    house.shop.act("reactivate", "Customer", jane)
    heard(house, 2)

    assert house.incident("inactive_record").state == "resolved"
    assert house.shop.state("invoice", "1") == "posted"


def test_our_own_writes_cost_no_read(told):
    """What the bot posted comes back as a notice, and the mirror knows it already."""
    house = listen(told)
    house.shop.hand_over(invoice("1", "c1"))
    house.shop.push_all()
    before = reads(house)

    heard(house)

    assert reads(house) == before
    assert all(row.done_at for row in house.shop.all(Notice))


def test_late_and_out_of_order(told):
    """An old notice that comes after a newer one changes nothing and is not read for."""
    house = listen(told)
    jane = house.shop.record("customer", "c1").qbo_id
    house.shop.act("edit", "Customer", jane, data={"DisplayName": "Jane Roe"})
    heard(house)
    first = house.shop.all(Notice)[0]
    late = notices.Told(
        "late", house.shop.realm, "Customer", jane, "Update", first.changed_at - timedelta(hours=1)
    )
    before = reads(house)
    with house.services.sessions.write() as session:
        assert notices.take(session, [late], house.services.clock.now()) == {1}
    house.shop.nudges.nudge("notices", "1")
    house.run()

    assert reads(house) == before
    with house.services.sessions.read() as session:
        assert mirror.get(session, 1, "Customer", jane).name == "Jane Roe"


def test_a_deleted_document(told):
    """A document deleted in QuickBooks is marked, by one read."""
    house = listen(told)
    house.shop.hand_over(invoice("1", "c1"))
    house.shop.push_all()
    number = house.shop.record("invoice", "1").qbo_id
    heard(house)

    house.shop.act("delete", "Invoice", number)
    wait_for("the notice", lambda: any(row.operation == "Delete" for row in all_notices(house)))
    heed(house)

    with house.services.sessions.read() as session:
        assert mirror.get(session, 1, "Invoice", number).deleted


def all_notices(house):
    """Every notice."""
    return house.shop.all(Notice)


def test_a_merge_is_known_at_once(told):
    """The notice says what took over, also where no document moved."""
    house = listen(told)
    old = house.shop.create("Vendor", DisplayName="Acme Supply")
    new = house.shop.create("Vendor", DisplayName="Acme Supply Co")
    heard(house, 2)

    house.shop.simulator.act(house.shop.realm, "merge", entity="Vendor", id=old, into=new)
    wait_for("the merge", lambda: any(row.gone_id == old for row in all_notices(house)))
    heed(house)

    with house.services.sessions.read() as session:
        assert mirror.took_over(session, 1, "Vendor", old).qbo_id == new


def swept(house, **later):
    """Let time pass, and the sweep come round; returns how many reads that costs."""
    house.services.clock.skip(**later)
    before = reads(house)
    house.shop.nudges.nudge("sweep")
    house.run()
    return reads(house) - before


def left(house):
    """The records that were told of and are not done with."""
    return [row.qbo_id for row in all_notices(house) if row.done_at is None]


def test_records_quickbooks_does_not_have_are_asked_for_a_few_times(told):
    """Notices of what is not there end after twenty minutes; what is there is read at once."""
    house = listen(told)
    jane = house.shop.record("customer", "c1").qbo_id
    now = house.services.clock.now()
    nobody = [str(9_000 + n) for n in range(45)]
    told_of = [
        notices.Told(f"no{one}", house.shop.realm, "Customer", one, "Update", now)
        for one in (*nobody, jane)
    ]
    with house.services.sessions.write() as session:
        notices.take(session, told_of, now)

    # Each time one look at the list of changes, and one query.
    assert swept(house) == 2
    assert left(house) == nobody
    assert swept(house) == 0
    assert [swept(house, minutes=one) for one in (1, 1, 4, 4, 15)] == [2, 0, 2, 0, 2]

    assert left(house) == []
    assert swept(house, minutes=60) == 0


def test_what_quickbooks_shows_late_is_asked_for_again(told):
    """Two vendors are told of before any answer has them; a minute later they are read."""
    house = listen(told)
    house.shop.simulator.control("POST", "/switches", {"changes_show_after_seconds": 30})
    try:
        made = [house.shop.create("Vendor", DisplayName=name) for name in ("Acme", "Brook")]
        heard(house, 2)
        assert left(house) == made
        house.shop.simulator.control("POST", "/clock", {"advance": 60})

        assert swept(house, minutes=1) == 1
    finally:
        house.shop.simulator.control("POST", "/switches", {"changes_show_after_seconds": 0})

    assert left(house) == []
    with house.services.sessions.read() as session:
        assert [mirror.get(session, 1, "Vendor", one).name for one in made] == ["Acme", "Brook"]


def test_an_answer_older_than_what_was_told_does_not_end_it(told):
    """QuickBooks answers with what was there before the change: it is asked again, a few times."""
    house = listen(told)
    jane = house.shop.record("customer", "c1").qbo_id
    now = house.services.clock.now()
    with house.services.sessions.write() as session:
        known = mirror.get(session, 1, "Customer", jane).data["MetaData"]["LastUpdatedTime"]
        later = datetime.fromisoformat(known) + timedelta(minutes=5)
        one = notices.Told("later", house.shop.realm, "Customer", jane, "Update", later)
        notices.take(session, [one], now)

    assert swept(house) == 2
    assert left(house) == [jane]
    house.shop.simulator.control("POST", "/clock", {"advance": 360})
    house.shop.act("edit", "Customer", jane, data={"DisplayName": "Jane Roe"})
    # This edit is told as well.
    wait_for("the second notice", lambda: len(house.shop.all(Notice)) == 2)
    assert swept(house, minutes=1) >= 1

    assert left(house) == []
    with house.services.sessions.read() as session:
        assert mirror.get(session, 1, "Customer", jane).name == "Jane Roe"


def test_a_thousand_unconfirmed_notices_cost_a_few_queries(told):
    """What the list of changes does not confirm is asked for 200 at a time, and ends in the end."""
    house, url = told
    company_id = house.shop.company_id
    there = [house.shop.create("Customer", DisplayName=f"Guest {n}") for n in range(205)]
    house.capture()
    now = house.services.clock.now()
    with house.services.sessions.write() as session:
        for gone in ("8001", "8002"):
            mirror.put(session, company_id, "Customer", {"Id": gone, "DisplayName": gone}, now)
    no_ids = ["NG:1", "\u0660"]
    nobody = [str(9_000 + n) for n in range(1_000 - len(there) - len(no_ids) - 2)]
    body = post_of(house, [*there, *no_ids, *nobody, "8001"], ["8002"])
    before = reads(house)

    assert post(house, url, body).status_code == 200
    house.run()

    assert len(all_notices(house)) == 1_000
    assert sorted(left(house)) == sorted([*there, *nobody])
    # One look at the list of changes, five queries, and one read of what was not told deleted.
    assert reads(house) - before == 1 + 5 + 1
    with house.services.sessions.read() as session:
        assert all(mirror.get(session, company_id, "Customer", n).deleted for n in ("8001", "8002"))
        assert not mirror.get(session, company_id, "Customer", there[0]).deleted
    assert [swept(house, minutes=one) for one in (1, 4, 15, 60)] == [1 + 5] * 3 + [0]
    assert left(house) == []


def post_of(house, updated, deleted):
    """A POST of changes to customers, all of them later than what QuickBooks has."""
    later = (house.services.clock.now() + timedelta(days=30)).isoformat()
    told_of = [("Update", one) for one in updated] + [("Delete", one) for one in deleted]
    entities = [
        {"name": "Customer", "id": one, "operation": verb, "lastUpdated": later}
        for verb, one in told_of
    ]
    block = {"realmId": house.shop.realm, "dataChangeEvent": {"entities": entities}}
    return json.dumps({"eventNotifications": [block]}).encode()


def post(house, url, body):
    """Send a body as Intuit does, signed."""
    token = house.services.settings.INTUIT_WEBHOOK_VERIFIER.get_secret_value()
    signature = base64.b64encode(hmac.new(token.encode(), body, hashlib.sha256).digest())
    return httpx.post(url, content=body, headers={"intuit-signature": signature.decode()})


def test_what_was_made_and_deleted_before_anybody_looked_is_not_read(told):
    """Its two notices together say that nothing is there."""
    house = listen(told)
    now = house.services.clock.now()
    told_of = [
        notices.Told(f"{verb}{n}", house.shop.realm, "Invoice", str(9_000 + n), verb, now)
        for n in range(30)
        for verb in ("Create", "Delete")
    ]
    before = reads(house)
    with house.services.sessions.write() as session:
        notices.take(session, told_of, now)
    house.shop.nudges.nudge("notices", "1")
    house.run()

    assert all(row.done_at for row in all_notices(house))
    assert reads(house) == before


def test_what_cannot_be_read_stays_to_be_heeded(told):
    """While QuickBooks does not answer the notice waits; the sweep comes back to it."""
    house = listen(told)
    jane = house.shop.record("customer", "c1").qbo_id
    house.shop.act("edit", "Customer", jane, data={"DisplayName": "Jane Roe"})
    match = {"realm": house.shop.realm, "operation": "cdc"}
    house.shop.simulator.fault("code:6190", 1, match)
    heard(house)
    assert [row.done_at for row in all_notices(house)] == [None]

    house.shop.nudges.nudge("sweep")
    house.run()

    assert all(row.done_at for row in all_notices(house))


def test_a_quiet_company_with_webhooks_is_read_four_times_a_day_at_most(told):
    """Nothing is asked for but the backstop, whatever the checks look at."""
    house = listen(told)
    house.shop.nudges.seen.clear()
    before = reads(house)

    day(house, cycles=288)

    assert 1 <= reads(house) - before <= 4


def test_a_quiet_company_without_webhooks_costs_one_read_a_cycle(house):
    """One look for changes; the checks read the mirror."""
    services = replace(house.services, clock=LaterClock())
    quiet = replace(house, shop=replace(house.shop, services=services))
    quiet.run()
    before = reads(quiet)

    day(quiet, cycles=12)

    assert reads(quiet) - before == 12


def day(house, cycles):
    """Cycles of five minutes: changes are asked for when they are due, and every check runs."""
    company_id = house.shop.company_id
    for number in range(cycles):
        house.services.clock.skip(minutes=5)
        if notices.due(house.services, company_id):
            house.capture()
        if number % 12 == 0:
            house.check()


def test_silence_after_our_own_writes_brings_the_looks_back(told):
    """QuickBooks did not tell of what we posted: the address is wrong, so changes are asked for."""
    house, _url = told
    assert not notices.due(house.services, 1)
    house.shop.hand_over(invoice("1", "c1"))
    house.shop.push_all()
    clock = house.services.clock
    assert not notices.due(house.services, 1)

    clock.skip(minutes=20)
    assert notices.due(house.services, 1)

    with house.services.sessions.write() as session:
        state = session.exec(select(MirrorState)).one()
        state.noticed_at = clock.now()
        session.add(state)
    assert not notices.due(house.services, 1)


def test_a_notice_is_taken_while_the_company_is_busy(told):
    """A notice is a row; whoever works on the company does not keep Intuit waiting."""
    house = listen(told)
    jane = house.shop.record("customer", "c1").qbo_id

    with house.shop.lease():
        house.shop.act("edit", "Customer", jane, data={"DisplayName": "Jane Roe"})
        wait_for("the notice", lambda: all_notices(house))

    [delivery] = house.shop.simulator.control("GET", "/webhooks")["deliveries"][-1:]
    assert delivery["status"] == 200
