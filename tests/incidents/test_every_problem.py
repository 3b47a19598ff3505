"""Every problem's message, with the worst facts there are, is taken by Slack and stays inert."""

from collections.abc import Iterator
from typing import Any

import pytest

from bot import incidents
from bot.domain import IncidentState
from bot.render import escape
from bot.slack import blocks
from tests.gallery.extremes import NAMES, swapped
from tests.incidents.facts import PARTY_OURS, WAITING, facts_of
from tests.incidents.house import House, Json, just_opened, make_services
from tests.words import knowledge, renderer

KNOWLEDGE = knowledge()
PROBLEMS = sorted(KNOWLEDGE.problems)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, local_slack: Json) -> Iterator[House]:
    """One house for all of them: building and posting a message keeps nothing."""
    made = make_services(tmp_path_factory.mktemp("problems"), local_slack)
    made.company(channel=local_slack["channels"]["general"])
    yield made
    made.services.sessions.engine.dispose()


def elements(node: Any) -> Iterator[Json]:
    """Every object of a block tree that has a type."""
    if isinstance(node, dict):
        if "type" in node:
            yield node
        for inner in node.values():
            yield from elements(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from elements(inner)


def post(house: House, message: incidents.Message) -> None:
    """Hand a message to the local Slack as the adapter does, without its pace."""
    house.services.slack.client.chat_postMessage(
        channel=house.slack["channels"]["general"],
        text=escape(message.text),
        blocks=message.blocks,
        metadata=message.metadata,
    )


@pytest.mark.parametrize("problem", PROBLEMS)
def test_every_problem_renders_without_a_fallback(problem: str) -> None:
    """The strict render of title, push and all four texts works with the fixture's facts."""
    text = renderer().problem(problem, facts_of(problem))

    assert text.title
    assert text.push.startswith("Harbor Foods: ")
    assert text.what
    assert text.why
    assert text.fix
    assert text.prevent


@pytest.mark.parametrize("problem", [*PROBLEMS, "no_such_problem"])
def test_a_title_alone_is_the_title_of_the_whole(problem: str) -> None:
    """Lists of alerts render nothing else, and name each as its message does; wrong facts too."""
    for facts in (facts_of(problem), {**facts_of(problem), "documents": "many"}, {}):
        whole = renderer().problem_or_plain(problem, facts)

        assert renderer().title(problem, facts) == whole.title


@pytest.mark.parametrize("problem", PROBLEMS)
def test_slack_takes_every_message_in_every_state(house: House, problem: str) -> None:
    """Open, paused, working, partly, fixed: nothing we build is refused."""
    incident = just_opened(house, problem, facts_of(problem))
    story = {
        "worker": "U0DANA0001",
        "began": incident.opened_at.isoformat(),
        "lines": [{"at": incident.opened_at.isoformat(), "by": "U0DANA0001", "text": "one ✔"}],
        "progress": {"done": 1, "total": 2, "words": "posting"},
    }
    ended = {"by": "U0DANA0001", "at": incident.opened_at.isoformat(), "lines": ["1 of 2"]}
    for state in IncidentState:
        incident.state = state
        incident.story = {**story, "outcome": ended if state != IncidentState.OPEN else None}
        message = incidents.build(house.services, incident)
        post(house, message)
        assert len(message.blocks[0]["text"]["text"]) <= blocks.ALERT_HEADER
    incident.state, incident.paused_by_id = IncidentState.OPEN, 1
    post(house, incidents.build(house.services, incident))


@pytest.mark.parametrize("kind", NAMES)
def test_the_worst_names_fit_and_are_never_markup(house: House, kind: str) -> None:
    """Names of 80 characters, right-to-left, emoji, markup; Slack gets these with the gallery."""
    for problem in PROBLEMS:
        facts = swapped(facts_of(problem), NAMES[kind])
        message = incidents.build(house.services, just_opened(house, problem, facts))
        assert len(message.blocks[0]["text"]["text"]) <= blocks.ALERT_HEADER
        assert blocks.size(message.blocks) <= blocks.MESSAGE_BUDGET
        for element in elements(message.blocks):
            assert element["type"] not in {"mrkdwn", "user", "usergroup", "broadcast", "channel"}
            assert "evil.example" not in str(element.get("url", ""))
            assert element.get("style") in (None, "primary", "bullet", "ordered") or isinstance(
                element["style"], dict
            )


def test_ten_thousand_documents_fit(house: House) -> None:
    """Large numbers are written with commas and the header keeps its count."""
    facts = {
        **facts_of("inactive_record"),
        "name": NAMES["long"],
        "documents": 10_000,
        "sales_count": 9_000,
        "sales_amount": "99999999.99",
        "cash_count": 1_000,
        "cash_amount": "12345678.90",
    }
    message = incidents.build(house.services, just_opened(house, "inactive_record", facts))
    post(house, message)

    assert "10,000 documents not posted" in message.blocks[0]["text"]["text"]
    assert "9,000 invoices, $99,999,999.99, and 1,000 payments, $12,345,678.90" in message.text


@pytest.mark.parametrize("problem", PROBLEMS)
def test_no_documents_and_no_optional_facts(house: House, problem: str) -> None:
    """What waits on nothing says so, without a zero in a button or a gap in a sentence."""
    nothing = {
        "documents": 0,
        "sales_count": 0,
        "sales_amount": "0.00",
        "record_count": 1,
        "first_date": None,
        "last_date": None,
        "examples": [],
        "balance": None,
        "link": "",
        "differ": "",
        "element": "",
        "detail": "",
    }
    incident = just_opened(house, problem, {**facts_of(problem), **nothing})
    house.services.render.problem(problem, {**facts_of(problem), **nothing})
    message = incidents.build(house.services, incident)
    post(house, message)

    shown = str(message.blocks)
    assert "None" not in shown
    assert "post 0" not in shown
    assert "is not known" not in shown


def test_facts_that_are_wrong_never_hide_the_alert(house: House) -> None:
    """A finding with half of its facts still becomes a message with the money and the company."""
    facts = {**WAITING, "sales_amount": "many", "first_date": "yesterday", "since": "?"}
    for problem in PROBLEMS:
        message = incidents.build(
            house.services, just_opened(house, problem, {**facts, "ours": PARTY_OURS})
        )
        post(house, message)
        assert "Harbor Foods" in message.text or "Harbor Foods" in str(message.blocks)
