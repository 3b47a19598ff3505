"""/qb-fix, /qb-undo, /qb-mute and the menu of an alert: each button has a command."""

from datetime import timedelta

import pytest

from bot import incidents
from bot.domain import IncidentState, RecordState
from bot.models import FixRun, FixStep, Incident
from tests.dispatch.slack_world import FACTS, text_of
from tests.waiting import wait_for

CHANNEL = "books-harbor-foods"


def _held(bot, number="1042", name="Jane Doe"):
    """An open alert with the invoice it holds."""
    alert = bot.incident(bot.harbor, facts=FACTS | {"name": name, "party": name, "number": number})
    record = bot.record(bot.harbor, number=number, name=name, state=RecordState.HELD)
    bot.hold(record, alert)
    return alert


def _row(bot, alert):
    with bot.services.sessions.read() as session:
        return session.get_one(Incident, alert.id)


def test_fix_lists_the_alerts_with_their_buttons(bot):
    """Alone it lists; each alert has its number and the buttons of its message."""
    alert = _held(bot)

    answer = bot.answer("operator", "/qb-fix", channel=CHANNEL)

    assert f"alert {alert.id}" in text_of(answer)
    actions = [
        e["action_id"] for b in answer["blocks"] if b["type"] == "actions" for e in b["elements"]
    ]
    assert actions
    assert all(one.startswith("fix:") for one in actions)


@pytest.mark.parametrize("named", ["1042", "alert {id}", "jane doe", "#1042"])
def test_fix_opens_the_preview_at_once(bot, named):
    """By the document's number, the alert's, or the customer's name: the window opens."""
    bot.slack.close_windows()
    alert = _held(bot)

    bot.say("operator", "/qb-fix", named.format(id=alert.id), CHANNEL)

    wait_for("a window", lambda: bot.slack.views("operator"))
    click = wait_for("the press", bot.clicks)[-1]
    assert click.action.startswith("fix:")
    assert click.value == str(alert.id)


def test_fix_asks_which_one_when_two_are_named(bot):
    """Both alerts are listed with their buttons; none is opened."""
    bot.slack.close_windows()
    jane, robert = _held(bot), _held(bot, "2077", "Robert Poe")

    said = text_of(bot.answer("operator", "/qb-fix", "jane and robert", channel=CHANNEL))

    assert f"alert {jane.id}" in said
    assert f"alert {robert.id}" in said
    assert not bot.slack.views("operator")


def test_fix_says_what_nothing_fits(bot):
    """A slip answers with how an alert is named, and changes nothing."""
    _held(bot)

    said = bot.ask("operator", "/qb-fix", "9999999", CHANNEL)

    assert "No alert fits" in said
    assert "/qb-errors" in said


def test_fix_knows_a_settled_alert_by_its_number(bot):
    """It says that nothing is left, not that there is no such alert."""
    alert = _held(bot)
    with bot.services.sessions.write() as session:
        session.get_one(Incident, alert.id).state = IncidentState.RESOLVED

    said = bot.ask("operator", "/qb-fix", str(alert.id), CHANNEL)

    assert f"alert {alert.id} · settled" in said
    assert "Nothing is left to do there." in said


@pytest.mark.parametrize("typed", ["-3 days", "0 days", "0h"])
def test_what_is_no_time_to_come_puts_nothing_off(bot, typed):
    """A negative or empty span is not read as another one: the person is asked."""
    alert = _held(bot)

    said = bot.ask("operator", "/qb-mute", f"{alert.id} {typed}", CHANNEL)

    assert "For how long" in said
    assert _row(bot, alert).snoozed_until is None


def test_days_end_at_nine_in_the_morning_as_in_the_window(bot):
    """The command and the window put an alert off to the same moment."""
    alert = _held(bot)

    said = bot.ask("operator", "/qb-mute", f"{alert.id} 3 days", CHANNEL)

    assert "9:00 AM" in said


def test_a_guest_may_not_fix(bot):
    """The refusal names who may."""
    _held(bot)

    assert "operator" in bot.ask("guest", "/qb-fix", channel=CHANNEL)


def test_mute_has_an_end_and_a_reason(bot):
    """The alert is put off until then; the answer says when and how to wake it."""
    alert = _held(bot)

    said = bot.ask("operator", "/qb-mute", f"{alert.id} 3 days waiting for her e-mail", CHANNEL)

    row = _row(bot, alert)
    assert row.snoozed_until is not None
    assert row.snoozed_until - bot.services.clock.now() < timedelta(days=4)
    assert "waiting for her e-mail" in str(row.story)
    assert "put off until" in said
    assert f"/qb-mute {alert.id} off" in said

    assert "awake" in bot.ask("operator", "/qb-mute", f"{alert.id} off", CHANNEL)
    assert _row(bot, alert).snoozed_until is None


def test_mute_without_an_end_opens_the_window(bot):
    """Nothing is put off for ever: the window asks until when."""
    bot.slack.close_windows()
    alert = _held(bot)

    bot.say("operator", "/qb-mute", "jane doe", CHANNEL)

    view = bot.view("operator", says="It stays in the channel")
    assert view["callback_id"] == "snooze"
    sent = bot.slack.act(
        "operator",
        "submit",
        view_id=view["id"],
        values={"snooze_end": "hour", "snooze_reason": "at lunch"},
    )
    assert sent["ok"], sent
    wait_for("the snooze", lambda: _row(bot, alert).snoozed_until)


def test_the_menu_takes_an_alert_and_gives_it_back(bot):
    """ "I'll take it" opens no window; a second person takes it over, and gives it back."""
    alert = _held(bot)
    ts = _post(bot, alert)

    def claim(who):
        done = bot.slack.act(
            who,
            "select",
            channel=bot.slack.channels[CHANNEL],
            ts=ts,
            action_id="more",
            value=f"claim:{alert.id}",
        )
        assert done["ok"], done

    operator, approver = bot.slack.users["operator"], bot.slack.users["approver"]
    claim("operator")
    wait_for("the claim", lambda: _row(bot, alert).claimed_by == operator)
    claim("approver")
    wait_for("the hand-over", lambda: _row(bot, alert).claimed_by == approver)
    claim("approver")
    wait_for("nobody", lambda: _row(bot, alert).claimed_by == "")
    assert bot.audit("alert.claimed")


def test_the_menu_shows_the_history(bot):
    """Every step is told with who and when."""
    bot.slack.close_windows()
    alert = _held(bot)
    ts = _post(bot, alert)
    bot.ask("operator", "/qb-mute", f"{alert.id} tomorrow", CHANNEL)
    bot.slack.act(
        "operator",
        "select",
        channel=bot.slack.channels[CHANNEL],
        ts=ts,
        action_id="more",
        value=f"history:{alert.id}",
    )

    assert bot.view("operator", says="put it off")


def test_a_green_alert_has_its_history_as_a_button(bot):
    """A settled alert has no menu; what was done with it is one press away."""
    bot.slack.close_windows()
    alert = _held(bot)
    bot.ask("operator", "/qb-mute", f"{alert.id} tomorrow", CHANNEL)
    incidents.finish(bot.services, alert.id, by="", lines=["settled"], resolved=True)
    bot.press("operator", _post(bot, alert), "more:history", CHANNEL)

    assert bot.view("operator", says="put it off")


def test_undo_lists_what_can_be_taken_back(bot):
    """Only what left something to take back; nothing else is offered."""
    assert "Nothing the bot did" in bot.ask("operator", "/qb-undo", channel=CHANNEL)
    ended = {"by": "U1", "at": bot.services.clock.now().isoformat(), "lines": [], "posted": 14}
    alert = bot.incident(bot.harbor, state=IncidentState.RESOLVED, story={"outcome": ended})
    now = bot.services.clock.now()
    run = bot.add(
        FixRun(
            incident_id=alert.id,
            company_id=bot.harbor.id,
            fix="use_existing",
            state="done",
            plan_digest="",
            role_needed=2,
            planned_by="U1",
            approved_by="U1",
            created_at=now,
            expires_at=now,
            finished_at=now,
        )
    )
    bot.add(FixStep(run_id=run.id, seq=1, action="link", words="Jane is linked", state="done"))

    answer = bot.answer("operator", "/qb-undo", channel=CHANNEL)

    actions = [
        e["action_id"] for b in answer["blocks"] if b["type"] == "actions" for e in b["elements"]
    ]
    assert actions == ["fix:undo"]
    assert "14 documents posted" in text_of(answer)
    assert "not posted" not in text_of(answer)


def _post(bot, alert):
    """The alert's own message in its channel."""
    message = incidents.build(bot.services, _row(bot, alert))
    posted = bot.services.slack.post(bot.slack.channels[CHANNEL], message.text, message.blocks)
    return posted.ts


def test_a_snooze_that_is_over_reminds_in_the_thread_once(bot):
    """The alert is awake again; its thread mentions who put it off, one time."""
    alert = _held(bot)
    ts = bot.alert(alert, [("details", str(alert.id))], CHANNEL)
    dana = bot.slack.users["operator"]
    later = bot.services.clock.now() + timedelta(hours=1)
    incidents.snooze(bot.services, alert.id, dana, later)
    with bot.services.sessions.write() as session:
        row = session.get_one(Incident, alert.id)
        row.snoozed_until = bot.services.clock.now() - timedelta(seconds=1)
        session.add(row)

    incidents.wake_due(bot.services)
    incidents.wake_due(bot.services)

    assert _row(bot, alert).snoozed_until is None
    thread = bot.slack.get("messages", channel=bot.slack.channels[CHANNEL], thread_ts=ts)[
        "messages"
    ]
    replies = [one for one in thread if one["ts"] != ts and one.get("thread_ts") == ts]
    assert len(replies) == 1
    assert dana in str(replies[0]["blocks"])
