"""What other tools report: one alert per cause, with the button that mends it in QuickBooks."""

import re
import time
from datetime import timedelta

import pytest
from sqlmodel import select

from bot import forwarded, incidents, mirror
from bot.dispatch.model import Call
from bot.forwarded import Report, reading
from bot.mirror.contents import PREFERENCES, PREFERENCES_ID
from bot.models import Company, Delivery, Forwarded, Incident
from bot.render import to_plain
from commands import explain
from commands.parts import named_there
from tests.sync.shop import invoice

INACTIVE = (
    "Cin7 Core export failed: Business Validation Error: The customer you're trying to use has "
    "been made inactive. Customer: Jane Doe (code 610)"
)


def report(house, text=INACTIVE, tool="Cin7 Core", **more):
    """A tool forwards one text, and the bot does what follows."""
    taken = forwarded.take(house.services, house.shop.company_id, tool, Report(text, **more))
    house.run()
    return taken


def jane_inactive(house):
    """Somebody makes Jane Doe inactive in QuickBooks, and the bot has seen it."""
    jane = house.shop.record("customer", "c1").qbo_id
    house.shop.act("deactivate", "Customer", jane)
    house.capture()
    return jane


def message_of(house, incident):
    """The alert as Slack gets it."""
    return incidents.build(house.services, house.again(incident))


def words_of(message):
    """Every word of a message."""
    return f"{message.text} {message.blocks}"


def actions_of(message):
    """The action ids of a message's buttons."""
    return [
        element["action_id"]
        for block in message.blocks
        if block["type"] == "actions"
        for element in block["elements"]
    ]


def test_an_inactive_customer_is_found_reactivated_and_green(house):
    """The text names her: one alert with its button; active again it is green and says the rest."""
    jane = jane_inactive(house)
    report(house)

    [incident] = house.incidents()
    assert (incident.problem, incident.subject) == ("inactive_record", f"Customer:{jane}")
    message = message_of(house, incident)
    assert "Cin7 Core could not post to QuickBooks. Jane Doe inactive" in message.text
    assert "the bot cannot post for it" in words_of(message)
    assert actions_of(message)[:2] == ["fix:reactivate", "fix:settled_elsewhere"]

    assert house.mend(incident, "reactivate").state == "resolved"
    [row] = [row for row in house.shop.books("Customer") if row["Id"] == jane]
    assert row["Active"]
    assert "Jane Doe active again: QuickBooks shows it so" in house.ending(incident)
    assert "Cin7 Core has to try again itself" in house.ending(incident)


def test_later_texts_of_the_cause_count_on_it_and_open_it_again(house):
    """Three texts are one alert; after green the next one opens the same alert again."""
    jane = jane_inactive(house)
    for number in range(3):
        report(house, key=f"e{number}")
    [incident] = house.incidents()
    assert incident.facts["reported"]["count"] == 3
    assert "3 times" in words_of(message_of(house, incident))
    house.mend(incident, "reactivate")

    house.shop.act("deactivate", "Customer", jane)
    house.capture()
    assert house.again(incident).state == "resolved"  # nobody has met it since
    report(house, key="e4")
    assert house.again(incident).state == "open"
    assert house.again(incident).facts["reported"]["count"] == 1


def test_a_second_delivery_changes_nothing(house):
    """By the tool's own id, and without one by the text and its moment."""
    jane_inactive(house)
    assert report(house, key="e1").new
    assert not report(house, "the same event, written anew", key="e1").new
    assert report(house).new
    assert not report(house).new
    assert len(house.shop.all(Forwarded)) == 2


def test_ours_and_theirs_are_one_alert(house):
    """An invoice of ours waits for the same customer: one alert tells both, one fix mends both."""
    jane_inactive(house)
    house.shop.hand_over(invoice("1", "c1"))
    house.sync()
    report(house)

    [incident] = house.incidents()
    assert incident.facts["documents"] == 1
    assert incident.facts["reported"]["tool"] == "Cin7 Core"
    house.mend(incident, "reactivate")
    assert "1 of 1 in QuickBooks" in house.ending(incident)
    assert "Cin7 Core has to try again itself" in house.ending(incident)


def test_one_who_is_active_meanwhile_makes_no_alert(house):
    """QuickBooks is asked before the mirror is believed; nothing is told that is not so."""
    taken = report(house)
    assert house.incidents() == []
    [row] = [row for row in house.shop.all(Forwarded) if row.id == taken.id]
    assert row.settled_at is not None
    assert row.facts["active"] is True


def test_one_the_mirror_does_not_know_to_be_inactive_is_read_first(house):
    """She was made inactive a moment ago: the report is believed after a look at QuickBooks."""
    jane = house.shop.record("customer", "c1").qbo_id
    house.shop.act("deactivate", "Customer", jane)
    report(house)
    assert house.incident("inactive_record").subject == f"Customer:{jane}"


@pytest.mark.parametrize(
    "text",
    [
        'Invoice SO-780 export failed: customer "Jane Doe" is inactive. code 610',
        "Object Not Found : Something you're trying to use has been made inactive: Jane Doe (610)",
    ],
)
def test_active_by_now_is_seen_whatever_the_code_says(house, text):
    """610 says "not found", the text says inactive, QuickBooks says active: nothing to tell."""
    report(house, text)
    assert house.incidents() == []


def test_who_asks_about_one_that_is_active_by_now_is_told(house):
    """QuickBooks is asked; nothing is left to do here, and nothing is kept."""
    with house.services.sessions.read() as session:
        company = session.get_one(Company, house.shop.company_id)
    found = named_there.where(house.services, [company], INACTIVE)
    assert [one.active_now for one in found] == [True]
    said = " ".join(to_plain(part) for part in named_there.active_by_now(found))
    assert f"Customer Jane Doe is active by now at {company.name}" in said
    assert "Let the tool that reports it try again" in said
    assert house.shop.all(Forwarded) == []


def posted_invoice(house):
    """An invoice of Jane Doe that stands in QuickBooks, as the bot's copy has it."""
    house.shop.hand_over(invoice("1", "c1"))
    house.sync()
    house.capture()
    [row] = house.shop.books("Invoice")
    return row


def test_who_has_the_number_is_posted_and_the_tools_own_is_not(house):
    """QuickBooks names the holder of a number: that invoice is in the books."""
    held = posted_invoice(house)
    number, txn = held["DocNumber"], held["Id"]
    report(
        house,
        "Sale SO-773: Duplicate Document Number Error : You must specify a different number. This "
        f"number has already been used. DocNumber={number} is assigned to TxnType=Invoice with "
        f"TxnId={txn} code 6140",
    )
    incident = house.incident("duplicate_document_number")
    said = house.shown(incident)
    assert f"Number {number} is used already" in said
    assert "Sale SO-773 of Cin7 Core is not posted" in said
    assert f"by the invoice {number} of Jane Doe" in said.replace("*", "")
    assert f"Invoice {number} for Jane Doe" not in said
    assert "was posted from a source already" in said
    assert "entered by hand" not in said


def test_an_unknown_holder_is_told_as_far_as_the_text_goes(house):
    """The number and what has it; a document of the tool is what is not posted."""
    report(
        house,
        "Duplicate Document Number Error (6140): DocNumber=INV-9 is assigned to TxnType=Invoice "
        "with TxnId=999999",
    )
    said = house.shown(house.incident("duplicate_document_number"))
    assert "Number INV-9 is said to be used" in said
    assert "found no document with exactly INV-9" in said
    assert "Search for INV-9 in QuickBooks" in said
    assert "A document of Cin7 Core is not posted" in said


def test_a_record_of_a_list_is_titled_by_its_list(house):
    """A customer is no document; and what the tool says is not said by QuickBooks."""
    report(house, "Error 5010 Stale Object Error: Customer Jane Doe was changed by another user")
    said = house.shown(house.incident("stale_object"))
    assert "Customer Jane Doe" in said
    assert "Document Jane Doe" not in said
    assert "QuickBooks says" not in said


@pytest.mark.parametrize(
    ("text", "not_said"),
    [
        ("TD-62 Account Period Closed 6210", "Period Closed"),
        ('{"data":{"error":{"message":["a","Duplicate Name Exists Error"]}}}', "Name , is"),
    ],
)
def test_words_of_the_error_are_no_names(house, text, not_said):
    """What is captured is a name, or it is left out."""
    report(house, text)
    [incident] = house.incidents()
    assert not_said not in message_of(house, incident).text
    assert not incident.facts["asked"]


def test_a_taken_name_that_is_not_seen_says_where_to_look(house):
    """It is taken, so it is somewhere: the lists that were read, and those that were not."""
    report(house, "Duplicate Name Exists Error : The name supplied already exists. “Zoe Zink”")
    said = house.shown(house.incident("duplicate_name"))
    assert "has not seen “Zoe Zink” among the customers, vendors, employees" in said
    assert "has nothing called" not in said


def test_an_ended_subscription_is_renewed_not_connected_anew(house):
    """By a tool's word alone nothing of ours is paused."""
    report(house, "Subscription period has ended or canceled (6190)", tool="TaxDome")
    incident = house.incident("tool_subscription")
    said = house.shown(incident)
    assert "Billing & subscription" in said
    assert "connect again" not in said
    jane_inactive(house)
    report(house)
    assert house.incident("inactive_record").paused_by_id is None


def test_a_tools_lost_connection_pauses_nothing_of_ours(house):
    """It is the tool's own connection: told as such, without a reconnect button of ours."""
    report(house, "invalid_grant: Token expired. Reconnect to QuickBooks Online", tool="TaxDome")
    [incident] = house.incidents()
    assert incident.problem == "tool_connection"
    message = message_of(house, incident)
    assert "TaxDome is not let into QuickBooks" in words_of(message)
    assert "fix:reconnect" not in actions_of(message)
    jane_inactive(house)
    report(house)
    assert house.incident("inactive_record").paused_by_id is None


def test_only_a_cause_that_reactivating_mends_offers_it(house):
    """An inactive holder of a taken name is reactivated; of a stale record that is no cure."""
    jane_inactive(house)
    report(house, "Error 6240: The name supplied already exists. Customer: Jane Doe")
    report(house, "Error 5010 Stale Object Error: Customer Jane Doe was changed by another user")
    taken, stale = house.incident("duplicate_name"), house.incident("stale_object")
    assert actions_of(message_of(house, taken))[0] == "fix:reactivate"
    assert actions_of(message_of(house, stale))[0] == "fix:settled_elsewhere"
    assert house.mend(taken, "reactivate").state == "resolved"


def test_what_heals_by_itself_stays_silent(house):
    """A tool that is throttled once tries again; only what lasts is told."""
    report(house, "ThrottleExceeded: request limit exceeded (code 3001)")
    assert house.incidents() == []
    with house.services.sessions.write() as session:
        row = session.exec(select(Forwarded)).one()
        row.received_at -= timedelta(minutes=20)
        session.add(row)
    report(house, "ThrottleExceeded: request limit exceeded (code 3001)", key="again")
    assert [row.problem for row in house.incidents()] == ["tool_busy"]


def test_a_person_ends_what_cannot_be_looked_at(house):
    """The bot cannot look into the tool: by a person's word it ends; a new report opens it."""
    report(house, "Error 6240 Duplicate Name Exists Error : The name supplied already exists.")
    incident = house.incident("duplicate_name")
    message = message_of(house, incident)
    assert actions_of(message)[0] == "fix:settled_elsewhere"
    assert "Try again" not in words_of(message)
    assert house.mend(incident, "settled_elsewhere").state == "resolved"
    assert "by the word of a person" in house.ending(incident)
    green = words_of(message_of(house, incident))
    assert "noted as settled in Cin7 Core, by the word of a person" in green
    assert "U0DANA" in green
    assert "read back" not in green
    assert [row.settled_at is None for row in house.shop.all(Forwarded)] == [False]
    report(
        house, "Error 6240 Duplicate Name Exists Error : The name supplied already exists.", key="2"
    )
    assert house.again(incident).state == "open"


def copy_is_old(house):
    """The settings of QuickBooks were read some minutes ago."""
    with house.services.sessions.write() as session:
        row = mirror.get(session, house.shop.company_id, PREFERENCES, PREFERENCES_ID)
        row.read_at -= timedelta(minutes=5)
        session.add(row)


def preferences_read(house):
    """How often they were read."""
    rows = house.shop.simulator.requests(house.shop.realm)
    return sum(row["entity"] == "Preferences" for row in rows)


def test_the_closing_date_is_read_anew_where_a_text_says_closed(house):
    """Once for all texts of a run; where QuickBooks shows none, that is said and not guessed."""
    text = "QuickBooks 6210 The account period has closed. Invoice INV-88 dated 10/02/2026"
    house.shop.simulator.act(house.shop.realm, "close_books", date="2026-10-31")
    copy_is_old(house)
    report(house, text)
    [incident] = house.incidents()
    assert "closed through 10/31/2026" in words_of(message_of(house, incident))

    house.shop.simulator.act(house.shop.realm, "close_books", date="")
    copy_is_old(house)
    before = preferences_read(house)
    later = [Report(text.replace("88", str(n)), key=str(n)) for n in range(90, 95)]
    forwarded.take_many(house.services, house.shop.company_id, "Cin7 Core", later)
    house.run()
    newest = words_of(message_of(house, house.incidents()[-1]))
    assert "showed no closing date of Harbor Foods when the bot read this report" in newest
    assert preferences_read(house) == before + 1


def test_a_closing_date_that_cannot_be_read_is_not_made_up(house):
    """QuickBooks is away: the report is told all the same, with what is known."""
    copy_is_old(house)
    house.shop.simulator.fault("code:6190", times=20, match={"entity": "Preferences"})
    report(house, "QuickBooks 6210 The account period has closed. Invoice INV-88")
    [incident] = [one for one in house.incidents() if one.problem == "closed_period"]
    assert "knows of no closing date" in words_of(message_of(house, incident))


def test_what_nobody_repeats_ends_by_itself(house):
    """A week without a further report: it counts as settled, and the alert says so."""
    report(house, "The name supplied already exists. : Another customer uses it.")
    incident = house.incident("duplicate_name")
    house.check()
    assert house.again(incident).state == "open"
    with house.services.sessions.write() as session:
        row = session.exec(select(Forwarded)).one()
        row.received_at -= timedelta(days=8)
        session.add(row)
    house.check()
    assert house.again(incident).state == "resolved"


def test_an_unknown_text_is_told_not_dropped(house):
    """What no problem file knows is an alert all the same, one for each kind of text."""
    for number in (17, 18):
        report(house, f"Frobnication of order {number} failed in step 4711", tool="Odd Tool")
    [incident] = house.incidents()
    assert incident.problem == "unknown"
    assert incident.facts["reported"]["count"] == 2
    assert "Odd Tool: an error not known here" in words_of(message_of(house, incident))


def test_two_of_one_name_are_told_not_guessed(house):
    """A customer and a vendor fit: both are named, and no button acts on one of them."""
    house.shop.create("Vendor", DisplayName="Acme Supply")
    house.shop.create("Item", Name="Acme Supply", Type="Service", IncomeAccountRef={"value": "1"})
    house.capture()
    report(house, "Stale Object Error: “Acme Supply” was changed by another user (code 5010)")
    [incident] = house.incidents()
    message = message_of(house, incident)
    assert "more than one it may mean" in words_of(message)
    assert "vendor Acme Supply" in words_of(message)
    assert "item Acme Supply" in words_of(message)
    assert actions_of(message)[0] == "fix:settled_elsewhere"


def test_two_customers_of_one_name_get_the_way_to_merge_them(house):
    """Both are active: the guide of QuickBooks' own merge; once one is gone, it ends by itself."""
    for name in ("Acme Supply", "Acme Supply, Inc."):
        house.shop.create("Customer", DisplayName=name)
    house.capture()
    report(house, "Duplicate Name Exists Error : The name supplied already exists. “Acme Supply”")
    incident = house.incident("duplicate_name")
    prepared, _ = house.preview(incident, "merge_guide")
    assert "Merge contacts" in prepared.plan.refused

    house.shop.act("deactivate", "Customer", incident.subject.split("+")[1])
    house.capture()
    assert house.again(incident).state == "resolved"


def test_a_flood_shares_messages(house):
    """Hundreds of forwarded errors of one problem about 40 names: a few messages."""
    rows = [
        Report(f"Duplicate Name Exists Error. The name supplied already exists: “Shop {n % 40}”")
        for n in range(200)
    ]
    keyed = [Report(row.text, key=str(at)) for at, row in enumerate(rows)]
    forwarded.take_many(house.services, house.shop.company_id, "Cin7 Core", keyed)
    house.run()

    assert len(house.incidents()) == 40
    with house.services.sessions.read() as session:
        assert len(session.exec(select(Delivery)).all()) <= 6


HOSTILE = [
    "<!channel> <@U0DANA0001> *6240* `x` The name supplied already exists {{ 7*7 }} {% for %}",
    "\u202eThe name supplied already exists\u202c \ud800\x00 </script><b>",
    "The name supplied already exists " + "[" * 100_000,
    '{"a":' * 50_000 + "The name supplied already exists",
    "name " * 200_000,
    "Customer: " + "\"'" * 300_000,
    "",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_shown_inert_and_takes_no_time(house, text):
    """Markup, mentions, bidi marks, a megabyte, template words: words like any other."""
    began = time.monotonic()
    report(house, text, tool="<!here> {{ tool }}")
    assert time.monotonic() - began < 5
    for incident in house.incidents():
        said = words_of(message_of(house, incident))
        assert "\u202e" not in said
        assert "49" not in message_of(house, incident).text
        assert "'type': 'broadcast'" not in said


def test_every_problem_has_words_for_a_report(house):
    """No problem that a text is recognised as falls back to plain built-in words."""
    services = house.services
    with services.sessions.read() as session:
        company = session.get_one(Company, house.shop.company_id)
    for problem in services.knowledge.problems.values():
        if not problem.matches:
            continue
        row = Forwarded(
            company_id=company.id, tool="Cin7 Core", key="k", text="odd", problem=problem.name,
            received_at=services.clock.now(), subject="reported:", platform="qbo",
        )  # fmt: skip
        found = forwarded.finding(company, row)
        services.render.problem(problem.name, found.facts)
        incident = Incident(
            company_id=company.id, check_name="failed_records", problem=problem.name,
            subject="reported:", family=problem.family, kind=problem.kind,
            severity=problem.severity, facts=dict(found.facts), opened_at=row.received_at,
            last_seen_at=row.received_at,
        )  # fmt: skip
        assert "Cin7 Core" in words_of(incidents.build(services, incident)), problem.name
        assert to_plain(services.render.problem(problem.name, found.facts).what)


def test_endless_causes_share_one(house, monkeypatch):
    """A tool that reports ever new names makes so many alerts, and then one for the others."""
    monkeypatch.setattr(reading, "MOST_CAUSES", 3)
    for number in range(6):
        report(house, f"The name supplied already exists. Customer: Odd Shop {number}")
    subjects = [row.subject for row in house.incidents()]
    assert len(subjects) == 4
    assert reading.OTHERS in subjects
    [others] = [row for row in house.incidents() if row.subject == reading.OTHERS]
    assert others.facts["reported"]["count"] == 3


def test_what_is_long_settled_is_forgotten(house):
    """Ninety days after it is settled a report goes, and its text with it."""
    report(house)  # active: settled as it comes
    assert [row.settled_at is None for row in house.shop.all(Forwarded)] == [False]
    with house.services.sessions.write() as session:
        row = session.exec(select(Forwarded)).one()
        row.settled_at -= timedelta(days=91)
        session.add(row)
    house.check()
    assert house.shop.all(Forwarded) == []


def test_an_explanation_says_what_of_ours_waits_for_the_same_record(house):
    """The tool tries again by itself; what waits here is posted by the bot."""
    jane_inactive(house)
    house.shop.hand_over(invoice("1", "c1"))
    house.sync()
    with house.services.sessions.read() as session:
        company = session.get_one(Company, house.shop.company_id)
    call = Call(1, "U", "C", "/qb-explain", INACTIVE, (company,), typed=INACTIVE)
    said = explain.run(house.services, call).text
    assert "let your tool try again: the bot cannot post for it." in said
    assert re.search(r"for the same customer: 1 invoice, \$[\d.]+\. The bot posts", said)
