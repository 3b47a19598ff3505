"""/qb-find, /qb-explain and /qb-check: where things stand, what a text means, what is found."""

import pytest

from bot.domain import RecordState
from bot.models import CheckRun
from tests.dispatch.slack_world import FACTS, text_of
from tests.waiting import wait_for

CHANNEL = "books-harbor-foods"


def test_find_names_documents_and_their_state(bot):
    """A number and a name both find it, with where it stands."""
    alert = bot.incident(bot.harbor)
    held = bot.record(bot.harbor, number="1042", name="Jane Doe", state=RecordState.HELD)
    bot.hold(held, alert)
    bot.record(bot.harbor, number="1043", name="Jane Doe", state=RecordState.POSTED, qbo_id="77")

    for asked in ("1042", "jane doe", "JANE"):
        said = bot.ask("operator", "/qb-find", asked, CHANNEL)
        assert "1042" in said
        assert f"alert {alert.id}" in said
    assert "in QuickBooks" in bot.ask("operator", "/qb-find", "1043", CHANNEL)


def test_find_says_when_nothing_is_called_so(bot):
    """What was looked through is said; a slip is asked about."""
    bot.record(bot.harbor, number="1042", name="Jane Doe")

    assert "Did you mean" in bot.ask("operator", "/qb-find", "jane dow", CHANNEL)
    assert "neither" in bot.ask("operator", "/qb-find", "zzzzzz", CHANNEL)


def test_explain_says_what_why_and_what_to_do(bot):
    """A pasted error text is recognised; the alert of the kind is there with its button."""
    alert = bot.incident(bot.harbor, "same_party", facts=FACTS | {"name": "Jane Doe"})
    text = (
        "Duplicate Name Exists Error: The name supplied already exists. : Another customer, vendor "
        "or employee is already using this name. Error code 6240"
    )

    said = bot.ask("operator", "/qb-explain", text, CHANNEL)

    assert "What to do" in said
    assert "Why" in said
    del alert


def test_explain_finds_the_document_that_is_named(bot):
    """Where it stands, and the button of the alert that holds it."""
    alert = bot.incident(bot.harbor)
    held = bot.record(bot.harbor, number="1042", name="Jane Doe", state=RecordState.HELD)
    bot.hold(held, alert)

    answer = bot.answer("operator", "/qb-explain", "why is invoice 1042 not there", CHANNEL)

    said = text_of(answer)
    assert "I found the document" in said
    assert f"alert {alert.id}" in said


@pytest.mark.parametrize("asked", ["invoice DUPNO", "why is invoice no. dup-no not there", "DUPNO"])
def test_explain_finds_a_number_without_digits(bot, asked):
    """What a document is called is its number, whatever stands in it."""
    alert = bot.incident(bot.harbor)
    held = bot.record(bot.harbor, number="DUPNO", name="Jane Doe", state=RecordState.HELD)
    bot.hold(held, alert)

    said = bot.ask("operator", "/qb-explain", asked, CHANNEL)

    assert "I found the document" in said
    assert "DUPNO" in said


def test_find_counts_what_it_leaves_out(bot):
    """Ten are shown, and five more."""
    for number in range(15):
        bot.record(bot.harbor, number=f"A-{number}", name="Jane Doe")

    assert "and 5 more: type more" in bot.ask("operator", "/qb-find", "jane", CHANNEL)


def test_explain_of_nothing_known_says_so(bot):
    """No guess is made of words that are no error."""
    said = bot.ask("operator", "/qb-explain", "lorem ipsum dolor", CHANNEL)

    assert "do not know" in said


def test_check_follows_to_the_end(bot):
    """It says that it runs, then what each check found, also one that could not be run."""
    before = bot.services.clock.now()
    for name in ("connection", "failed_records"):
        bot.add(
            CheckRun(
                company_id=bot.harbor.id, check_name=name, started_at=before, finished_at=before
            )
        )
    bot.incident(bot.harbor)
    count = len(bot.slack.ephemerals("operator", CHANNEL))
    assert "Checking Harbor Foods" in bot.ask("operator", "/qb-check", channel=CHANNEL)
    later = bot.services.clock.now()
    with bot.services.sessions.write() as session:
        for name in ("connection", "failed_records"):
            row = session.get_one(CheckRun, (bot.harbor.id, name))
            row.started_at, row.finished_at = later, later
            row.error = "no answer" if name == "connection" else ""
            session.add(row)

    told = wait_for(
        "what was found",
        lambda: [
            text_of(one)
            for one in bot.slack.ephemerals("operator", CHANNEL)[count:]
            if "open problem" in text_of(one)
        ],
    )
    assert "could not be run: no answer" in told[-1]
    assert "failed records: 1 open problem" in told[-1]


def test_check_next_foresees_and_runs_nothing(bot):
    """What would become of what waits, at once; no check is begun."""
    said = bot.ask("operator", "/qb-check", "next", CHANNEL)
    assert "Harbor Foods" in said
    assert "Nothing was posted or held" in said
    assert "Checking" not in said
    assert "No check was run" in bot.ask("operator", "/qb-check", "next bananas", CHANNEL)


def test_check_asks_about_strange_words(bot):
    """Nothing runs on words that were not understood."""
    assert "No check was run" in bot.ask("operator", "/qb-check", "bananas", CHANNEL)
