"""Details: what an alert holds, what a settled one has posted, and the windows of many alerts."""

from datetime import timedelta
from decimal import Decimal

from bot import incidents
from bot.domain import IncidentState, RecordState
from bot.models import Delivery, Forwarded, ImportRun, Storm
from tests.dispatch.slack_world import FACTS, text_of
from tests.waiting import wait_for

CHANNEL = "books-harbor-foods"


def details(bot, incident) -> str:
    """Press Details and read the window."""
    ts = bot.alert(incident, [("details", str(incident.id))], CHANNEL)
    bot.press("operator", ts, "details", CHANNEL)
    return text_of(bot.view("operator", says=f"alert {incident.id}"))


def posted(bot, number, **more):
    """An invoice that is in QuickBooks."""
    return bot.record(
        bot.harbor,
        number=number,
        name="Jane Doe",
        amount=Decimal("420.00"),
        state=RecordState.POSTED,
        qbo_id=f"9{number}",
        posted_at=bot.services.clock.now() + timedelta(seconds=1),
        **more,
    )


def test_a_green_alert_says_what_was_posted_who_and_when(bot):
    """Numbers, money and links; never the title that says "not posted"."""
    rows = [posted(bot, "1042"), posted(bot, "1043")]
    now = bot.services.clock.now()
    outcome = {"by": bot.slack.users["operator"], "at": now.isoformat(), "lines": ["2 of 2"]}
    incident = bot.incident(
        bot.harbor,
        state=IncidentState.RESOLVED,
        resolved_at=now,
        record_ids=[row.id for row in rows],
        story={"outcome": outcome},
    )

    said = details(bot, incident)

    assert "not posted" not in said
    assert "2 documents posted" in said
    assert "2 records posted: 2 invoices, $840.00" in said
    assert "invoice 1042 (Jane Doe, $420.00" in said
    assert "Fixed by Dana" in said


def test_one_that_settled_by_itself_says_so(bot):
    """Nobody is named; what was posted is listed all the same."""
    row = posted(bot, "1042")
    incident = bot.incident(
        bot.harbor,
        state=IncidentState.RESOLVED,
        resolved_at=bot.services.clock.now(),
        record_ids=[row.id],
    )

    said = details(bot, incident)

    assert "Settled by itself" in said
    assert "1 record posted" in said


def test_amounts_that_differ_list_the_documents_concerned(bot):
    """The document is posted and waits for nothing; it is named with its link."""
    incident = bot.incident(bot.harbor, "total_differs", facts={**FACTS, **DIFFERS})
    bot.hold(posted(bot, "1042"), incident)

    said = details(bot, incident)

    assert "No record waits" not in said
    assert "1 record posted with other amounts: 1 invoice, $420.00" in said
    assert "open in QuickBooks" in said


def test_the_problem_has_one_plain_name(bot):
    """Not the machine's name, and not the same word twice."""
    incident = bot.incident(bot.harbor, "inactive_record", facts={**FACTS, **INACTIVE})

    said = details(bot, incident)

    assert "inactive record" in said
    assert "inactive_record" not in said
    assert "inactive record (inactive record)" not in said


def test_each_alert_of_a_storm_opens_with_its_buttons(bot):
    """“Open one…” lists them; “Open” shows one as its message would, and its button previews."""
    now = bot.services.clock.now()
    storm = bot.add(Storm(company_id=bot.harbor.id, problem="unknown", opened_at=now))
    found = [bot.incident(bot.harbor, storm_id=storm.id) for _n in range(7)]
    button = {
        "type": "button",
        "text": {"type": "plain_text", "text": "Open one…"},
        "action_id": "storm",
        "value": str(storm.id),
    }
    message = bot.services.slack.post(
        bot.slack.channels[CHANNEL], "storm", [{"type": "actions", "elements": [button]}]
    )
    bot.add(
        Delivery(
            storm_id=storm.id,
            channel_id=bot.slack.channels[CHANNEL],
            ts=message.ts,
            sent=1,
            not_before=now,
        )
    )

    bot.press("operator", message.ts, "storm", CHANNEL)
    listed = bot.view("operator", says="reason not known")
    rows = [block for block in listed["blocks"] if block["type"] == "section"]
    assert [row["accessory"]["value"] for row in rows] == [str(one.id) for one in found]

    bot.slack.act(
        "operator",
        "button",
        view_id=listed["id"],
        block_id=rows[2]["block_id"],
        action_id="open_alert",
    )
    shown = bot.view("operator", says="What next")
    assert shown["id"] == listed["id"]

    bot.slack.act("operator", "button", view_id=shown["id"], action_id="fix:retry")
    preview = bot.view("operator", says="what waits is posted once more")
    assert preview["submit"]["text"] == "Try again"
    assert bot.clicks()[-1].value == str(found[2].id)


def finished_import(bot, *lines):
    """An import of one invoice whose other lines were refused, and its message to come."""
    now = bot.services.clock.now()
    refused = [{"line": n, "external_id": f"o{n}", "reason": "the date is missing"} for n in lines]
    run = bot.add(
        ImportRun(
            company_id=bot.harbor.id,
            source_id=bot.source(bot.harbor).id,
            file="orders.csv",
            requested_by=bot.slack.users["operator"],
            channel_id=bot.slack.channels[CHANNEL],
            accepted=1,
            refused_count=len(refused),
            refused=refused,
            started_at=now - timedelta(seconds=5),
            taken_at=now + timedelta(seconds=5),
        )
    )
    posted(bot, "1042")
    channel = bot.slack.channels[CHANNEL]
    return bot.add(Delivery(import_id=run.id, channel_id=channel, not_before=now, wanted=0))


def test_a_finished_import_tells_the_person_alone_and_its_rows_stay(bot):
    """Counts, the refused rows by line, and a button that shows them all again later."""
    told = finished_import(bot, *range(2, 42))
    before = len(bot.slack.ephemerals("operator", CHANNEL))

    for _turn in range(2):  # the second turn finds that it was told
        incidents.sweep_deliveries(bot.services)
        incidents.deliver(bot.services, told.id)
    found = wait_for("the end", lambda: bot.slack.ephemerals("operator", CHANNEL)[before:])

    said = text_of(found[0])
    assert "orders.csv for Harbor Foods is done." in said
    assert "taken in: 1 new" in said
    assert "posted: 1 invoice, $420.00" in said
    assert "refused: 40 rows" in said
    assert "line 11: the date is missing (o11)" in said
    assert "line 12:" not in said
    bot.press("operator", found[0]["ts"], "refused_rows", CHANNEL)
    window = text_of(bot.view("operator", says="40 rows refused"))
    assert "line 41: the date is missing (o41)" in window
    assert len(bot.slack.ephemerals("operator", CHANNEL)) == before + 1
    assert "Show 40 refused rows" in bot.ask("operator", "/qb-errors", "", CHANNEL)


DIFFERS = {
    "record_type": "invoice",
    "number": "1042",
    "ours_total": "420.00",
    "theirs_total": "430.00",
    "difference": "10.00",
}
INACTIVE = {
    "list": "customer",
    "entity": "Customer",
    "qbo_id": "58",
    "name": "Jane Doe",
    "link": "",
    "balance": None,
}


def test_what_other_tools_reported_of_it_is_told(bot):
    """Every text of its cause, the newest first; of another cause none."""
    incident = bot.incident(bot.harbor)
    now = bot.services.clock.now()
    with bot.services.sessions.write() as session:
        for number, subject in ((1, incident.subject), (2, incident.subject), (3, "Customer:999")):
            row = Forwarded(
                company_id=bot.harbor.id, tool="Cin7 Core", key=f"k{number}", platform="qbo",
                text=f"- Invoice SO-{number}: <!channel> inactive", received_at=now, state="read",
                confidence=0.9, problem=incident.problem, subject=subject,
            )  # fmt: skip
            session.add(row)

    said = details(bot, incident)

    assert "Reported by other tools" in said
    assert said.index("SO-2") < said.index("SO-1")
    assert "SO-3" not in said
