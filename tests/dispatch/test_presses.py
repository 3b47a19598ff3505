"""A press: noted before it is acknowledged, once, by whom it is allowed, and always answered."""

from datetime import timedelta

from tests.dispatch.slack_world import text_of
from tests.waiting import wait_for


def test_an_allowed_press_opens_a_preview_with_what_will_change(bot):
    """The loading window opens at once and is filled by the job."""
    incident = bot.incident(bot.harbor)
    ts = bot.alert(incident, [("fix:retry", str(incident.id))], "books-harbor-foods")

    acked = bot.press("operator", ts, "fix:retry", "books-harbor-foods")

    assert acked["acked"]
    view = bot.view("operator", says="At Harbor Foods, what waits is posted once more")
    assert view["submit"]["text"] == "Try again"
    wait_for("the press to be done", lambda: bot.clicks()[0].state == "done")
    assert bot.clicks()[0].view_id == view["id"]


def test_a_guests_press_is_refused_with_a_sentence_naming_who_may(bot):
    """Nothing opens; the refusal is recorded."""
    incident = bot.incident(bot.harbor)
    ts = bot.alert(incident, [("fix:retry", str(incident.id))], "books-harbor-foods")
    before = len(bot.slack.ephemerals("guest", "books-harbor-foods"))

    bot.press("guest", ts, "fix:retry", "books-harbor-foods")

    told = wait_for(
        "the refusal", lambda: bot.slack.ephemerals("guest", "books-harbor-foods")[before:]
    )
    assert "Only an operator or above can do this at Harbor Foods: Dana, Priya, Sam or " in text_of(
        told[0]
    )
    assert bot.slack.views("guest") == []
    assert wait_for("the entry", lambda: bot.audit("press.refused"))[0].actor
    assert bot.clicks()[0].state == "done"


def test_a_refusal_names_who_decides_what_the_button_opens(bot):
    """An operator may open and ask; who has to approve it is named beside them."""
    incident = bot.incident(bot.harbor)
    ts = bot.alert(incident, [("fix:redate", str(incident.id))], "books-harbor-foods")
    before = len(bot.slack.ephemerals("guest", "books-harbor-foods"))

    bot.press("guest", ts, "fix:redate", "books-harbor-foods")

    told = wait_for(
        "the refusal", lambda: bot.slack.ephemerals("guest", "books-harbor-foods")[before:]
    )
    assert "then has to approve it." in text_of(told[0])


def test_one_envelope_delivered_twice_acts_once(bot):
    """Slack may deliver an envelope on two connections: one row, one window."""
    incident = bot.incident(bot.harbor)
    ts = bot.alert(incident, [("fix:retry", str(incident.id))], "books-harbor-foods")
    bot.slack.post("faults", {"fault": "duplicate_envelope", "times": 1})

    bot.press("operator", ts, "fix:retry", "books-harbor-foods")

    bot.view("operator", says="At Harbor Foods")
    assert len(bot.clicks()) == 1


def test_two_presses_are_two_previews_and_no_write(bot):
    """Looking twice is allowed; only a confirm acts."""
    incident = bot.incident(bot.harbor)
    ts = bot.alert(incident, [("fix:retry", str(incident.id))], "books-harbor-foods")

    bot.press("operator", ts, "fix:retry", "books-harbor-foods")
    bot.press("approver", ts, "fix:retry", "books-harbor-foods")

    bot.view("operator", says="At Harbor Foods")
    bot.view("approver", says="At Harbor Foods")
    assert len(bot.clicks()) == 2


def test_a_button_nobody_knows_is_from_an_older_version(bot):
    """Old messages stay clickable for years; they never do something else."""
    incident = bot.incident(bot.harbor)
    ts = bot.alert(incident, [("fix:renamed_away", str(incident.id))], "books-harbor-foods")
    before = len(bot.slack.ephemerals("operator", "books-harbor-foods"))

    acked = bot.press("operator", ts, "fix:renamed_away", "books-harbor-foods")

    assert acked["acked"]
    told = wait_for(
        "the answer", lambda: bot.slack.ephemerals("operator", "books-harbor-foods")[before:]
    )
    assert "This button is from an older version" in text_of(told[0])


def test_a_button_whose_alert_is_gone_is_answered(bot):
    """The value is an id and nothing else: anything else opens nothing."""
    incident = bot.incident(bot.harbor)
    actions = [("fix:retry", "999999"), ("details", "1 or 1=1")]
    ts = bot.alert(incident, actions, "books-harbor-foods")
    before = len(bot.slack.ephemerals("operator", "books-harbor-foods"))

    for action, _ in actions:
        assert bot.press("operator", ts, action, "books-harbor-foods")["acked"]

    wait_for(
        "both answers",
        lambda: len(bot.slack.ephemerals("operator", "books-harbor-foods")) == before + 2,
    )
    assert bot.slack.views("operator") == []


def test_details_show_the_documents_the_ids_and_the_raw_error(bot):
    """Ids, code, intuit_tid and raw error stand under Details, not in the alert."""
    incident = bot.incident(bot.harbor)
    record = bot.record(bot.harbor, number="1042", name="Jane Doe", amount=420)
    bot.hold(record, incident)
    ts = bot.alert(incident, [("details", str(incident.id))], "books-harbor-foods")

    bot.press("operator", ts, "details", "books-harbor-foods")

    said = text_of(bot.view("operator", says="invoice 1042"))
    for word in ("9999", "tid-123", "Odd Error", "Raw answer"):
        assert word in said


def test_anybody_may_ask_who_may(bot):
    """The answer names the people."""
    incident = bot.incident(bot.ridge, "connection_lost", subject="connection")
    ts = bot.alert(incident, [("who", str(incident.id))], "books-harbor-foods")

    bot.press("guest", ts, "who", "books-harbor-foods")

    view = bot.view("guest", says="Only an operator or above can do this at Blue Ridge")
    assert "Dana, Priya, Sam or " in text_of(view)


def test_whom_to_ask_for_a_company_without_books_is_an_admin(bot):
    """Only an admin may say which books a new company is; the answer names nobody else."""
    incident = bot.incident(bot.harbor, "connection_lost", subject="connection")
    ts = bot.alert(incident, [("who", str(incident.id))], "books-harbor-foods")

    bot.press("guest", ts, "who", "books-harbor-foods")

    view = bot.view("guest", says="Only an admin can do this at Harbor Foods")
    assert "Dana" not in text_of(view)


def test_reconnect_gives_a_private_link_that_works_once_for_one_company(bot):
    """The address is shown in the person's own window only."""
    incident = bot.incident(bot.ridge, "connection_lost", subject="connection")
    ts = bot.alert(incident, [("fix:reconnect", str(incident.id))], "books-harbor-foods")

    bot.press("operator", ts, "fix:reconnect", "books-harbor-foods")

    view = bot.view("operator", says="Only for you, works once, for 10 minutes")
    urls = [
        element["url"]
        for block in view["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
    ]
    assert urls[0].startswith("http://127.0.0.1:8080/reconnect/")
    assert "submit" not in view or not view["submit"]
    assert bot.audit("reconnect.link")[0].company_id == bot.ridge.id


def test_pressing_a_link_button_is_only_acknowledged(bot):
    """Slack sends a press for a button that leads to an address, too."""
    incident = bot.incident(bot.ridge, "connection_lost", subject="connection")
    ts = bot.alert(incident, [("fix:reconnect", str(incident.id))], "books-harbor-foods")
    bot.press("operator", ts, "fix:reconnect", "books-harbor-foods")
    view = bot.view("operator", says="Only for you")
    before = len(bot.clicks())

    acked = bot.slack.act("operator", "button", view_id=view["id"], action_id="open_link")

    assert acked["acked"]
    assert len(bot.clicks()) == before


def test_a_press_left_by_a_crash_before_the_window_is_answered(bot):
    """A restart finds the row; the person is asked to press again."""
    from bot import jobs
    from bot.models import Click

    incident = bot.incident(bot.harbor)
    before = len(bot.slack.ephemerals("operator", "books-harbor-foods"))
    click = bot.add(
        Click(
            key="crashed",
            user_id=bot.slack.users["operator"],
            channel_id=bot.slack.channels["books-harbor-foods"],
            message_ts="1.1",
            action="fix:retry",
            value=str(incident.id),
            created_at=bot.services.clock.now() - timedelta(seconds=20),
        )
    )

    jobs.handle_click(bot.queue, click.id)

    told = wait_for(
        "the answer", lambda: bot.slack.ephemerals("operator", "books-harbor-foods")[before:]
    )
    assert "please press again" in text_of(told[0])
    wait_for("the row to be done", lambda: bot.clicks()[0].state == "done")


def test_closing_a_window_is_harmless(bot):
    """The job fills a window that is gone and nothing breaks."""
    incident = bot.incident(bot.harbor)
    ts = bot.alert(incident, [("fix:retry", str(incident.id))], "books-harbor-foods")
    bot.press("operator", ts, "fix:retry", "books-harbor-foods")
    view = bot.view("operator", says="At Harbor Foods")

    assert bot.slack.act("operator", "close", view_id=view["id"])["ok"]

    wait_for("the press to be done", lambda: bot.clicks()[0].state == "done")


def test_a_window_that_opens_too_late_is_told(bot):
    """Slack's trigger lives for three seconds; the person is asked to press again, once."""
    incident = bot.incident(bot.harbor)
    ts = bot.alert(incident, [("fix:retry", str(incident.id))], "books-harbor-foods")
    before = len(bot.slack.ephemerals("operator", "books-harbor-foods"))
    fault = {"fault": "error:expired_trigger_id", "match": {"method": "views.open"}}
    bot.slack.post("faults", fault)

    bot.press("operator", ts, "fix:retry", "books-harbor-foods")

    told = wait_for(
        "the answer", lambda: bot.slack.ephemerals("operator", "books-harbor-foods")[before:]
    )
    assert text_of(told[0]).count("again") == 1
    wait_for("the press to be done", lambda: bot.clicks()[0].state == "done")
