"""Reading everything: lists that move while they are read, and several questions in one request."""

from collections import Counter

import pytest

from bot.quickbooks import Question, QuickBooksFault, batches, statements
from bot.quickbooks.batches import answers
from bot.quickbooks.replies import Reply

REPLY = Reply(200, "", "1-abc")


def enter(bench, count):
    """A person enters so many vendors."""
    for number in range(count):
        data = {"DisplayName": f"Vendor {number}"}
        bench.simulator.act(bench.realm, "create", entity="Vendor", data=data)


def calls(bench):
    """How many calls of each kind the company has had."""
    return Counter(row["operation"] for row in bench.simulator.requests(bench.realm))


def deactivate(bench, name):
    """A person makes a vendor inactive."""
    [row] = bench.books.query("Vendor", [("DisplayName", "=", name)])
    bench.simulator.act(bench.realm, "deactivate", entity="Vendor", id=row["Id"])


def test_a_list_that_moves_up_between_two_pages_is_read_whole(bench, monkeypatch):
    """What is taken away from a page read before moves the rest up: nothing is passed over."""
    monkeypatch.setattr(statements, "PAGE", 4)
    enter(bench, 11)
    found = []
    pages = bench.books.pages("Vendor", include_inactive=False)
    found += next(pages)
    deactivate(bench, "Vendor 1")
    for page in pages:
        found += page

    names = [row["DisplayName"] for row in found]
    assert sorted(names) == sorted(f"Vendor {number}" for number in range(11))


def test_a_list_that_never_stands_still_is_an_error(bench, monkeypatch):
    """Rather no answer than half of one."""
    monkeypatch.setattr(statements, "PAGE", 2)
    enter(bench, 20)

    def read_and_take_away():
        """After each page somebody makes one of its vendors inactive."""
        left = iter(range(20))
        for _ in bench.books.pages("Vendor", include_inactive=False):
            deactivate(bench, f"Vendor {next(left)}")

    with pytest.raises(QuickBooksFault, match="moves while it is read"):
        read_and_take_away()


@pytest.mark.parametrize(("limit", "size"), [(1, 3), (3, 3), (4, 3), (7, 3), (8, 3), (9, 3)])
def test_a_limit_cuts_exactly(bench, monkeypatch, limit, size):
    """Whatever the pages are."""
    monkeypatch.setattr(statements, "PAGE", size)
    enter(bench, 8)

    assert len({row["Id"] for row in bench.books.query("Vendor", limit=limit)}) == min(limit, 8)


def test_several_questions_are_one_request(bench):
    """Each gets its own answer, in order, inactive records too; each is counted."""
    enter(bench, 2)
    deactivate(bench, "Vendor 0")
    before = calls(bench)

    found = bench.books.query_many(
        [
            Question("Vendor"),
            Question("Customer"),
            Question("Vendor", (("DisplayName", "=", "Vendor 1"),)),
        ]
    )

    assert [len(one.all()) for one in found] == [2, 0, 1]
    assert calls(bench) - before == Counter(batch=1)


def test_a_refused_question_spoils_no_other(bench):
    """One that QuickBooks cannot answer is refused alone, with its code; it is not "none"."""
    enter(bench, 1)
    asked = [Question("Vendor"), Question("Vendor", (("Nonsense", "=", "x"),))]

    good, bad = bench.books.query_many(asked)

    assert len(good.all()) == 1
    with pytest.raises(QuickBooksFault) as caught:
        bad.all()
    assert caught.value.code in ("4000", "4001")
    assert caught.value.intuit_tid


def test_more_than_thirty_questions_are_two_requests(bench):
    """A batch holds thirty at most; a single one left over is asked on its own."""
    before = calls(bench)

    assert len(bench.books.query_many([Question("Vendor")] * 31)) == 31

    assert calls(bench) - before == Counter(batch=1, query=1)


def test_what_a_batch_leaves_open_is_asked_again():
    """No answer, a passing fault, an odd item, and a reply that is full: none of them is "none"."""
    questions = [Question("Vendor"), Question("Customer")]
    fault = {"Fault": {"Error": [{"Message": "x", "code": "10000"}], "type": "SystemFault"}}
    vendors = {"bId": "0", "QueryResponse": {"Vendor": [{"Id": "1"}]}}
    full = {"bId": "1", "QueryResponse": {"Customer": [{"Id": str(n)} for n in range(999)]}}

    for second in ({"bId": "1", **fault}, {"bId": "1"}, {"bId": "7", "QueryResponse": {}}):
        body = {"BatchItemResponse": [vendors, second]}
        assert [one is None for one in answers(questions, body, REPLY)] == [False, True]
    assert answers(questions, {"BatchItemResponse": [vendors, full]}, REPLY) == [None, None]
    assert answers(questions, {}, REPLY) == [None, None]


def test_a_batch_that_passes_over_its_size_is_asked_one_by_one(bench, monkeypatch):
    """More records than a batch may hold still come complete."""
    monkeypatch.setattr(batches, "OBJECTS", 3)
    enter(bench, 4)

    first, second = bench.books.query_many([Question("Vendor"), Question("Customer")])

    assert (len(first.all()), len(second.all())) == (4, 0)
