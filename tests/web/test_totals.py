"""What a source says it has of a day, over HTTP: kept, the newest word counts."""

import pytest
from sqlmodel import select

from bot.models import ControlTotal
from tests.web.test_intake import send

TOTAL = {"day": "2026-11-20", "type": "invoice", "count": 2, "amount": "30.00",
         "documents": ["o-1", "o-2"]}  # fmt: skip


@pytest.fixture
def token(edge):
    edge.company()
    return edge.source().token


def kept(edge):
    with edge.services.sessions.read() as session:
        return list(session.exec(select(ControlTotal).order_by(ControlTotal.id)))


def test_totals_are_kept_and_compared_at_once(edge, token):
    """In the company's currency; the same word again changes nothing, another one replaces it."""
    first = send(edge, TOTAL, where="totals", token=token)
    assert (first.status_code, first.json()["accepted"]) == (200, 1)
    assert {(nudge.job, nudge.arg) for nudge in edge.noted.nudges} == {
        ("check", "1:missing_documents")
    }
    again = send(edge, [TOTAL], where="totals", token=token)
    other = {**TOTAL, "count": 0, "documents": [], "amount": 0}
    changed = send(edge, [other], where="totals", token=token)

    assert again.json()["unchanged"] == 1
    assert changed.json()["updated"] == 1
    [row] = kept(edge)
    assert (row.currency, row.count, row.documents, row.amount) == ("USD", 0, [], 0)


def test_each_that_is_wrong_is_refused_with_its_reason(edge, token):
    """The others are kept; lines are counted."""
    wrong = [
        ({"count": -1}, "count must be greater than or equal to 0"),
        ({"type": "customer"}, "type must be 'invoice', "),
        ({"documents": ["o-1"]}, "documents names 1, count says 2"),
        ({"documents": ["o-1", "o-1"]}, "documents names one twice"),
        ({"day": "20/11/2026"}, "day must be a day written as YYYY-MM-DD"),
        ({"day": "2098-01-01"}, "still to come"),
        ({"amount": "1.00001"}, "amount"),
        ({"extra": 1}, "unknown key extra"),
    ]
    body = [TOTAL, *({**TOTAL, **change} for change, _ in wrong), "no total"]
    reply = send(edge, body, where="totals", token=token)
    errors = {row["line"]: row["reason"] for row in reply.json()["errors"]}

    assert reply.status_code == 207
    assert reply.json()["refused"] == len(wrong) + 1
    said = " | ".join(errors.values())
    assert [words for _, words in wrong if words not in said] == []
    assert errors[10] == "is not a total: a JSON object is needed"
    assert len(kept(edge)) == 1


def test_one_total_a_line_and_the_way_in_are_as_for_records(edge, token):
    """NDJSON; no token, no answer; nothing at all is told."""
    import json

    lines = "\n".join(json.dumps({**TOTAL, "day": f"2026-11-{day}"}) for day in (18, 19)).encode()
    taken = send(edge, lines, "application/x-ndjson", "totals", token)
    none = send(edge, b"", where="totals", token=token)

    assert taken.json()["accepted"] == 2
    assert send(edge, TOTAL, where="totals", token="wrong").status_code == 401
    assert none.status_code == 400
    assert "send one total, an array of totals, or one total a line" in none.json()["error"]
