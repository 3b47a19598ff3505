"""An answer of QuickBooks that lists several errors, and a line that counts its errors."""

import json
from pathlib import Path

import pytest

from bot.forwarded import faults, letters, mail, recognise
from bot.forwarded.fields import reports
from bot.forwarded.sorting import sort_out
from tests.words import knowledge

RECORDED = json.loads((Path(__file__).parents[1] / "knowledge/faults/qbo.json").read_text("utf-8"))
TAKEN = {
    "Message": "Duplicate Name Exists Error",
    "Detail": "The name supplied already exists. : Id=12",
    "code": "6240",
    "element": "",
}
EMPTY = {
    "Message": "Required param missing, need to supply the required value for the API",
    "Detail": "Required parameter Line is missing in the request",
    "code": "2020",
    "element": "Line",
}
BOTH = {"Fault": {"Error": [EMPTY, TAKEN], "type": "ValidationFault"}, "time": "2026-11-03"}
XML = (
    '<IntuitResponse><Fault type="ValidationFault"><Error code="2020" element="Line"><Message>'
    f"{EMPTY['Message']}</Message><Detail>{EMPTY['Detail']}</Detail></Error>"
    f'<Error code="6240"><Message>{TAKEN["Message"]}</Message><Detail>{TAKEN["Detail"]}</Detail>'
    "</Error></Fault></IntuitResponse>"
)
BATCH = {
    "BatchItemResponse": [
        {"bId": "1", "Fault": {"Error": [EMPTY]}},
        {"bId": "2", "Invoice": {"Id": "7"}},
        {"bId": "3", "Fault": {"Error": TAKEN}},
    ]
}


def _told(text):
    errors = [one for _, one in sort_out(knowledge(), text, expected=False).errors]
    return [(recognise(knowledge(), one).problem, one) for one in errors]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(BOTH),
        json.dumps(BOTH, indent=2),
        f"POST failed with 400\nInvoice INV-9: {json.dumps(BOTH)}",
        json.dumps({"message": json.dumps(BOTH)}),
        json.dumps(BATCH),
        XML,
        XML.replace("<Fault", "<q:Fault").replace("<Error", "<q:Error").replace("</E", "</q:E"),
    ],
)
def test_each_entry_is_told_root_first(text):
    """The name is in the way of the document; neither has a word of the other."""
    (first, taken), (second, empty) = _told(text)
    assert (first, second) == ("duplicate_name", "missing_required_field")
    assert "Id=12" in taken
    assert "Line" not in taken
    assert "Id=12" not in empty
    assert ("INV-9" in taken) == ("INV-9" in empty) == ("INV-9" in text)


def test_one_entry_stays_one_text():
    """And so does one that is listed twice."""
    for each in ([TAKEN], [TAKEN, TAKEN]):
        assert not _told(json.dumps({"Fault": {"Error": each}}))


@pytest.mark.parametrize("fault", RECORDED, ids=lambda one: f"{one['code']} {one['problem']}")
def test_every_recorded_fault_is_known_in_company(fault):
    """As an entry beside another one it is the problem it is alone."""
    entry = {"Message": fault["message"], "Detail": fault["detail"], "code": fault["code"]}
    other = {**TAKEN, "Detail": "The name supplied already exists. : Id=99"}
    [one, _] = faults.apart(json.dumps({"Fault": {"Error": [entry, other]}}))
    alone = recognise(knowledge(), json.dumps({"Fault": {"Error": [entry]}}), platform="qbo")
    found = recognise(knowledge(), one, declared=True)
    assert alone.problem in (found.problem, "unknown")


@pytest.mark.parametrize(
    "text",
    [
        '{"fault":' + "[" * 100_000,
        '{"Fault":' * 20_000,
        "<Fault>" + "<Error " * 30_000,
        "<Fault>" + "<Error></Error>" * 15_000,
        '{"Fault": {"Error": [1, null, "x", {"Message": true}, {"Detail": {}}]}}',
        '{"Fault": 6240}',
        '{"Fault": {"Error": ' + "9" * 10_000 + "}}",
    ],
)
def test_what_is_no_answer_holds_none(text):
    """Nothing hangs and nothing is made up."""
    assert faults.apart(text) == []


@pytest.mark.parametrize("marks", ["({})", "{})", "{}."])
def test_a_line_that_counts_its_errors_tells_each(marks):
    """None of them has to name QuickBooks again."""
    one, two, three = (marks.format(number) for number in (1, 2, 3))
    text = (
        f"QuickBooks: {one} Invoice 1001: customer is inactive {two} Invoice 1002: number already "
        f"used {three} token expired"
    )
    told = [one for _, one in sort_out(knowledge(), text, expected=False).errors]
    assert told == [
        "Invoice 1001: customer is inactive",
        "Invoice 1002: number already used",
        "token expired",
    ]
    problems = [recognise(knowledge(), one, declared=True).problem for one in told]
    assert problems == ["inactive_reference", "duplicate_document_number", "connection_lost"]


@pytest.mark.parametrize(
    "text",
    [
        "QuickBooks error 6240. Do this: (1) open QuickBooks (2) rename the customer (3) try again",
        "QuickBooks: invoice (1) of (2) failed: Error 6240",
        "QuickBooks: (2) customer is inactive (3) number already used",
        "Shopify: (1) customer is inactive (2) number already used",
    ],
)
def test_steps_and_counts_are_no_errors(text):
    """Numbers that do not count up, advice, and another program's list."""
    assert not sort_out(knowledge(), text, expected=False).errors


def test_the_command_tells_each(books):
    """Each with its own words, though the whole names nothing that is known."""
    said = books.ask("QuickBooks: (1) Invoice 1001: customer is inactive (2) token expired")
    assert "It tells of 2 errors" in said
    assert "It tells of 2 errors" in books.ask(json.dumps(BOTH))


@pytest.mark.parametrize(
    "text",
    ["610 Main Street", "6240 N. 5th Ave", "3100 Sunset Blvd, Suite 2", "610 dollars", "$610",
     "610 May 2026", "6240 units"],
)  # fmt: skip
def test_an_address_or_an_amount_is_no_code(text):
    """Who asks means QuickBooks, and the number is of something else all the same."""
    assert not recognise(knowledge(), text, declared=True).known


@pytest.mark.parametrize(
    "text", ["error 610", "610: Kim Lee", "(610)", "610 - Wooden crate", "Error code 610", "610"]
)
def test_a_number_that_is_said_to_be_one_is_a_code(text):
    """In each of the forms in which people type it."""
    assert recognise(knowledge(), text, declared=True).problem == "missing_record"


def test_forwarded_by_mail_and_by_webhook_it_is_two_reports():
    """The same answer of QuickBooks, as text of a mail and as a field of a tool's JSON."""
    raw = b"From: a@example.com\r\nSubject: QuickBooks error\r\nContent-Type: text/plain\r\n\r\n"
    letter = mail.read(raw + json.dumps(BOTH).encode())
    mailed = letters.errors_of(knowledge(), letter, expected=True)
    body = {"id": "e-1", "text": json.dumps(BOTH)}
    taken = reports(body, {"id": "id", "text": "text"})
    sent = letters.told_apart(knowledge(), taken, declared=True)
    for told in (mailed, sent):
        assert [recognise(knowledge(), one.text).problem for one in told.reports] == [
            "duplicate_name",
            "missing_required_field",
        ]
        assert not told.left
    assert len({one.key for one in sent.reports}) == 2


@pytest.mark.parametrize("text", [json.dumps(BOTH), XML])
def test_a_report_of_one_entry_keeps_its_code(books, text):
    """What is read of it later is the entry alone."""
    for one in (one for _, one in sort_out(knowledge(), text, expected=True).errors):
        row = books.report(one)
        assert ("6240" in row.text) != ("2020" in row.text)
        assert row.problem in ("duplicate_name", "missing_required_field")
