"""What nothing explains is counted, without anybody's names, and told until it is explained."""

from dataclasses import replace
from threading import Thread

import pytest
from sqlmodel import select

from bot.clock import Clock
from bot.console.problem_files import listed_gaps
from bot.db import Sessions, make_engine, migrate
from bot.domain import IncidentState
from bot.knowledge import Knowledge, gaps
from bot.models import Company, FixRun, Incident, Unexplained
from tests.sync.shop import customer, invoice
from tests.words import knowledge

ODD = "Zorblat overflow while saving 'Jane Doe' (jane@doe.com) for Jane Doe, invoice 1001 of Acme"


def refuse(house, number, text=ODD):
    """Let QuickBooks refuse an invoice with an answer nobody has seen before."""
    match = {"realm": house.shop.realm, "entity": "Invoice", "operation": "create"}
    house.shop.simulator.control(
        "POST", "/faults", {"fault": "code:98765", "message": text, "times": 1, "match": match}
    )
    house.shop.hand_over(invoice(number, "c1"))
    house.sync()


def test_an_answer_nobody_explains_is_one_row_without_names(house):
    """Twice the same, with other numbers: counted together; told on the alert and in the list."""
    house.shop.hand_over(customer("c1", "Jane Doe"))
    refuse(house, "1001")
    refuse(house, "1002", ODD.replace("1001", "1002"))
    [row] = house.shop.all(Unexplained)

    assert (row.code, row.platform, row.count) == ("98765", "qbo", 2)
    for name in ("Jane", "Doe", "jane@", "1001", "Acme"):
        assert name not in row.text
    assert "overflow while saving" in row.text
    alert = next(one for one in house.incidents() if one.problem == "unknown")
    assert "No explanation is written for this answer yet. It came 2 times" in house.shown(alert)
    [listed] = listed_gaps(house.services)
    assert (listed["count"], listed["company"]) == (2, "Harbor Foods")


def test_an_explained_answer_is_no_gap(house):
    """What a problem file knows is not counted; what one learned since is listed no more."""
    house.shop.hand_over(customer("c1", "Jane Doe"))
    refuse(house, "1001", "The account period has closed and the account books cannot be updated")
    odd = knowledge().classify("qbo", "98765", ODD)
    with house.services.sessions.write() as session:
        gap = gaps.Gap(ODD, "98765", "qbo", odd.nearest or "", odd.likeness)
        for _ in range(3):
            gaps.note(session, knowledge(), house.shop.company_id, gap, house.services.clock.now())
    assert [row["count"] for row in listed_gaps(house.services) if row["code"] == "98765"][-1] == 3

    known = knowledge().ours["validation_other"]
    learned = replace(known, matches=(replace(known.matches[0], code="98765", pattern=None),))
    taught = replace(
        house.services, knowledge=Knowledge({**knowledge().ours, "validation_other": learned})
    )
    assert not [row for row in listed_gaps(taught) if row["code"] == "98765"]


@pytest.mark.parametrize(
    "text",
    [
        "Bearer eyJhbGciOiJIUzI1NiJ9.abcdefghijkl is bad",
        'refresh_token="RT1-12-H0-1234567890abcdefghij" refused',
        "token AB11712345678901234567890 refused for Ünal Çelik",
        "card 4111 1111 1111 1111 of Søren O’Neil-Brown",
        "<!channel> <@U0DANA0001> \u202eevil {{ 7*7 }} for MCDONALD",
    ],
)
def test_no_secret_and_no_name_is_kept(text):
    """Tokens, numbers, addresses and names with a capital are left out, whatever they look like."""
    told = gaps.redacted(knowledge(), text)

    assert not [word for word in told.split() if any(char.isdigit() for char in word)]
    for secret in ("eyJ", "RT1", "AB11", "4111", "Ünal", "Çelik", "O’Neil", "MCDONALD", "DANA"):
        assert secret not in told
    assert "\u202e" not in told


def test_what_stands_in_json_is_still_told():
    """A sentence in quotation marks is what the tool said; a name in them is left out."""
    told = gaps.redacted(
        knowledge(),
        '{"message": "Could not post the invoice: the gizmo is bent", "customer": "Jane Doe"}',
    )
    assert "post the invoice" in told
    assert "Jane" not in told


def test_a_text_of_names_alone_is_not_listed(house):
    """Nobody could write an explanation from it; with a code, somebody could."""
    with house.services.sessions.write() as session:
        for code in ("", "98765"):
            gap = gaps.Gap("Zorp Quux 77", code)
            gaps.note(session, knowledge(), house.shop.company_id, gap, house.services.clock.now())
    assert [row["code"] for row in listed_gaps(house.services)] == ["98765"]


def ended(house, fix, state, problem="too_long"):
    """An earlier case of a problem, and what its fix came to."""
    now = house.services.clock.now()
    with house.services.sessions.write() as session:
        row = Incident(
            company_id=house.shop.company_id, check_name="x", problem=problem, subject=f"s{now}",
            family="characters", kind="too_long", severity="error", opened_at=now,
            state=IncidentState.RESOLVED, last_seen_at=now, resolved_at=now,
        )  # fmt: skip
        session.add(row)
        session.flush()
        session.add(
            FixRun(
                incident_id=row.id, company_id=row.company_id, fix=fix, state=state, plan_digest="",
                role_needed="operator", planned_by="U0DANA", approved_by="U0DANA", created_at=now,
                expires_at=now,
            )
        )  # fmt: skip
        session.flush()
        return row.id


def test_what_worked_here_is_told_from_the_third_case_on(house):
    """Done counts as worked, taken back and failed do not; other problems are not mixed in."""
    for fix, state in (("shorten", "done"), ("skip", "undone")):
        ended(house, fix, state)
    house.shop.hand_over(customer("c1", "Jane Doe"))
    refuse(house, "1001")
    assert "Worked here" not in house.shown(house.incident("unknown"))
    last = house.again(house.shop.all(Incident)[0])
    last.state = IncidentState.OPEN
    # Only with a record the two buttons are offered.
    last.facts = {**last.facts, "record_id": 1}
    assert "Worked here" not in house.shown(last)

    ended(house, "shorten", "failed")
    said = house.shown(last)

    assert "Worked here 1 of 2 times: Shorten" in said
    assert "Worked here 0 of 1 time: Do not post it" in said


@pytest.mark.postgres
def test_two_workers_that_tell_of_one_text_at_once_count_it_twice(postgres_url):
    """Neither fails, whatever else its transaction writes: one row, counted twice."""
    engine = make_engine(postgres_url)
    migrate(engine)
    sessions, now = Sessions(engine), Clock().now()
    with sessions.write() as session:
        session.add(Company(name="Harbor Foods", channel_id="C1", created_at=now))
    gap = gaps.Gap(ODD, "98765", "qbo")
    second = Thread(target=lambda: _note(sessions, gap, now), daemon=True)
    with sessions.write() as session:
        first = gaps.note(session, knowledge(), 1, gap, now)
        second.start()
        second.join(0.3)
    second.join(10)

    with sessions.read() as session:
        [row] = session.exec(select(Unexplained)).all()
    assert (row.id, row.count) == (first, 2)
    engine.dispose()


def _note(sessions, gap, now):
    with sessions.write() as session:
        gaps.note(session, knowledge(), 1, gap, now)
