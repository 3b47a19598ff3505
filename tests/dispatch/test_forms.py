"""A confirmed preview: checked again, started once, whoever sends it and how often."""

import pytest

from bot.domain import RecordState
from bot.models import FixRun, FixStep
from tests.dispatch.slack_world import text_of
from tests.waiting import wait_for


@pytest.fixture
def preview(bot):
    """Dana looks at "Try again"; one invoice waits."""
    incident = bot.incident(bot.harbor)
    record = bot.record(bot.harbor, amount=420, state=RecordState.HELD)
    bot.hold(record, incident)
    ts = bot.alert(incident, [("fix:retry", str(incident.id))], "books-harbor-foods")
    bot.press("operator", ts, "fix:retry", "books-harbor-foods")
    return bot.view("operator", says="At Harbor Foods")


def test_a_confirm_starts_the_fix_and_says_where_to_look(bot, preview):
    """The window says that it started; the run is approved with its steps written down."""
    sent = bot.slack.act("operator", "submit", view_id=preview["id"])

    assert sent["acked"], sent
    bot.view("operator", says="Started. The alert in the channel shows how far it is")
    run = bot.rows(FixRun)[0]
    assert run.state == "approved"
    assert run.approved_by == bot.slack.users["operator"]
    assert run.view_id == preview["id"]
    assert len(bot.rows(FixStep)) == 1
    assert bot.audit("fix.retry.approved")


def test_a_form_delivered_twice_acts_once(bot, preview):
    """One approval, one set of steps."""
    bot.slack.post("faults", {"fault": "duplicate_envelope", "times": 1})

    bot.slack.act("operator", "submit", view_id=preview["id"])

    bot.view("operator", says="Started.")
    assert len(bot.rows(FixStep)) == 1
    assert len(bot.audit("fix.retry.approved")) == 1


def test_of_two_people_who_confirm_one_acts(bot, preview):
    """The other is told who was faster."""
    incident = bot.clicks()[0].value
    other = bot.alert(
        bot.incident(bot.harbor, "too_long"), [("fix:retry", incident)], "books-harbor-foods"
    )
    bot.press("approver", other, "fix:retry", "books-harbor-foods")
    theirs = bot.view("approver", says="At Harbor Foods")

    bot.slack.act("operator", "submit", view_id=preview["id"])
    bot.view("operator", says="Started.")
    bot.slack.act("approver", "submit", view_id=theirs["id"])

    wait_for(
        "the answer",
        lambda: [
            v for v in bot.slack.views("approver") if "Dana" in text_of(v) or "Not now" in str(v)
        ],
    )
    assert len(bot.rows(FixStep)) == 1


def test_the_role_is_checked_again_when_the_form_is_sent(bot, preview):
    """Who lost the role meanwhile is refused with the names of those who have it."""
    from bot.access import Access

    without = bot.services.settings.model_copy(
        update={"OPERATORS": (), "APPROVERS": (bot.slack.users["approver"],)}
    )
    object.__setattr__(
        bot.services,
        "access",
        Access(without, bot.services.sessions, bot.services.slack, bot.services.slack.team_id),
    )

    bot.slack.act("operator", "submit", view_id=preview["id"])

    view = bot.view("operator", says="Only an operator or above can do this at Harbor Foods")
    assert "Priya" in text_of(view)
    assert bot.rows(FixStep) == []


def test_a_form_of_an_older_version_is_answered(bot):
    """An unknown form gets a sentence instead of silence."""
    from bot.dispatch.payloads import form_of

    form = form_of(
        {
            "user": {"id": "U1"},
            "view": {"id": "V1", "hash": "1.a", "callback_id": "gone", "state": {"values": {}}},
        }
    )
    answers = []
    from bot.dispatch.listeners import Listeners

    Listeners(bot.services, {}, {}, {}).form(
        {
            "user": {"id": "U1"},
            "view": {"id": "V1", "hash": "1.a", "callback_id": form.action, "state": {}},
        },
        lambda **more: answers.append(more),
    )

    assert answers[0]["response_action"] == "update"
    assert "older version" in text_of(answers[0]["view"])


def test_a_preview_someone_else_confirmed_is_refused_by_name(bot, preview):
    """While a fix runs, another press says who is on it."""
    bot.slack.act("operator", "submit", view_id=preview["id"])
    bot.view("operator", says="Started.")
    incident = bot.clicks()[0].value
    other = bot.alert(
        bot.incident(bot.harbor, "too_long"), [("fix:retry", incident)], "books-harbor-foods"
    )

    bot.press("approver", other, "fix:retry", "books-harbor-foods")

    assert "Dana" in text_of(bot.view("approver", says="fixing this already"))


def test_a_preview_whose_books_changed_is_shown_anew(bot, preview):
    """Nothing is done; the new numbers are shown first."""
    from bot.models import Incident

    incident = bot.rows(Incident)[0]
    bot.hold(bot.record(bot.harbor, amount=100, state=RecordState.HELD), incident)

    bot.slack.act("operator", "submit", view_id=preview["id"])

    view = bot.view("operator", says="Something changed in QuickBooks since you looked")
    assert "2 invoices" in text_of(view)
    assert bot.rows(FixStep) == []
    assert view["submit"]["text"] == "Try again"
