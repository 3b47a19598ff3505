"""Each fault of the published tables: recognised, told by its record, with a step, within limits.

The tables stand in faults/*.json: what QuickBooks answers, and the problem that explains it.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from bot import incidents
from bot.domain import KINDS_OF_THE_COMPANY, Payload
from bot.fixes.registry import buttons
from bot.knowledge import tell
from bot.render import Listing, to_plain
from tests.gallery import independent
from tests.gallery.shown import MESSAGE, Shown
from tests.incidents.facts import WAITING
from tests.incidents.house import House, just_opened, make_services
from tests.words import knowledge, renderer

KNOWLEDGE = knowledge()
RENDER = renderer()
FAULTS = [
    row
    for path in sorted((Path(__file__).parent / "faults").glob("*.json"))
    for row in json.loads(path.read_text(encoding="utf-8"))
]
TOLD = sorted({row["problem"] for row in FAULTS})
RECORD: Payload = {
    "record_type": "invoice",
    "number": "1042",
    "party": "Jane Doe",
    "amount": "420.00",
    "date": "2026-11-03",
    "record_id": 1,
    "external_id": "o-1042",
    "intuit_tid": "1-5f733d9a-1d4e21aa217ba43177113df4",
    "element": "",
    "raw": "",
}
MESSAGE_LIMIT = 13_000
# What a header of 60 characters leaves beside "🔴 OPEN · ".
TITLE = 51


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """Services with the real fixes' buttons, and a company; no Slack is asked."""
    house = make_services(tmp_path_factory.mktemp("faults"), {})
    object.__setattr__(house.services, "buttons", buttons())
    house.company()
    return house


def text_of(row: dict[str, Any]) -> str:
    """Message and detail, as the sync hands them to the classifier."""
    return f"{row['message']} {row['detail']}"


def facts_of(row: dict[str, Any]) -> Payload:
    """What an alert knows after this fault."""
    found = KNOWLEDGE.classify(row["platform"], row["code"], text_of(row), row["http"] or None)
    said = {"code": row["code"], "fault_message": row["message"], "detail": row["detail"]}
    return {**WAITING, **found.facts, **RECORD, **said, "http_status": row["http"] or None}


def rows_of(problem: str) -> list[dict[str, Any]]:
    """The faults that a problem explains."""
    return [row for row in FAULTS if row["problem"] == problem]


def test_the_tables_are_whole() -> None:
    """Online and OAuth, Desktop, and the Web Connector: at least as many as are published."""
    count = dict.fromkeys(("qbo", "oauth", "qbd", "qbwc"), 0)
    for row in FAULTS:
        count[row["platform"]] += 1

    assert count["qbo"] >= 160
    assert count["oauth"] >= 11
    assert count["qbd"] >= 90
    assert count["qbwc"] >= 90


def test_no_problem_is_without_a_recorded_fault() -> None:
    """Whatever a text can be recognised as has a fault here that it is tried with."""
    recognised = {name for name, known in KNOWLEDGE.problems.items() if known.matches}

    assert recognised - set(TOLD) == set()


@pytest.mark.parametrize(
    "row",
    FAULTS,
    ids=lambda row: f"{row['platform']}-{row['code']}-{row['problem']}",
)
def test_a_published_fault_is_recognised(row: dict[str, Any]) -> None:
    """By platform, code, text and status it is the problem that explains it."""
    found = KNOWLEDGE.classify(row["platform"], row["code"], text_of(row), row["http"] or None)

    assert found.problem == row["problem"]


@pytest.mark.parametrize("problem", TOLD)
def test_every_fault_names_its_record_and_fits_slack(house: House, problem: str) -> None:
    """Who or which, in the words a phone shows; and a message that Slack takes as it is."""
    known = KNOWLEDGE.problem(problem)
    for row in rows_of(problem):
        facts = facts_of(row)
        text = RENDER.problem(problem, {"company": "Harbor Foods", **facts})
        first = f"{text.title} {text.push} {to_plain(text.what)}"
        names = ["Harbor Foods"] if known.kind in KINDS_OF_THE_COMPANY else ["1042", "Jane Doe"]
        assert [name for name in names if name not in first] == [], first
        assert len(text.title) <= TITLE, text.title
        message = incidents.build(house.services, just_opened(house, problem, facts))
        independent.built(Shown(problem, row["code"], MESSAGE, message.blocks, message.text))
        assert len(json.dumps(message.blocks)) < MESSAGE_LIMIT


@pytest.mark.parametrize("problem", TOLD)
def test_every_fault_has_a_step(problem: str) -> None:
    """Numbered steps in the alert, and steps for its platform where only its text is known."""
    for row in rows_of(problem):
        text = RENDER.problem(problem, {"company": "Harbor Foods", **facts_of(row)})
        lists = [one for one in text.fix.blocks if isinstance(one, Listing) and one.ordered]
        assert lists
        assert lists[0].items
        assert tell(RENDER, KNOWLEDGE.problem(problem), {}, row["platform"]).steps


def test_an_answer_nobody_knows_is_told_whole(house: House) -> None:
    """The raw text, the record, the nearest problem that is known with its likeness, a step."""
    row = {
        "platform": "qbo",
        "code": "6999",
        "http": 400,
        "message": "A rule was not met",
        "detail": "The thing was not suitable for the item",
        "problem": "unknown",
    }
    facts = facts_of(row)
    text = RENDER.problem("unknown", {"company": "Harbor Foods", **facts})
    why = to_plain(text.why)

    assert KNOWLEDGE.classify("qbo", "6999", text_of(row), 400).problem == "unknown"
    assert "The thing was not suitable for the item" in to_plain(text.what)
    assert "invoice 1042 for Jane Doe ($420.00)" in to_plain(text.what)
    assert f"most like {facts['nearest']}" in why
    assert f"{facts['likeness']} % alike" in why
    assert "Details" in to_plain(text.fix)
    message = incidents.build(house.services, just_opened(house, "unknown", facts))
    independent.built(Shown("unknown", "6999", MESSAGE, message.blocks, message.text))
