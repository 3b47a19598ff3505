"""Digests of several errors: one report for each, nothing mixed, and what is left is said."""

import json

import pytest

from bot.errors import BadInput
from bot.forwarded import letters, mail
from bot.forwarded.fields import reports
from bot.forwarded.recognising import recognise
from bot.forwarded.sorting import BEYOND, MOST, NO_ERROR, UNKNOWN, WELL, sort_out
from tests.words import knowledge

HEAD = b"From: a@example.com\r\nSubject: QuickBooks errors of today\r\nContent-Type: "
INACTIVE = "customer Seaview Hotel is inactive (610)"
RULE = "Transaction rejected because of rule 77"
NEW = "QuickBooks error 6210 account period closed"
TAKEN = "6240 Duplicate Name Exists Error"
ODD = "Flux capacitor misaligned: export to QuickBooks failed"


def told(body, kind="html", *, expected=True):
    """What a mail with this body tells of."""
    raw = HEAD + f"text/{kind}; charset=utf-8\r\n\r\n{body}".encode()
    return letters.errors_of(knowledge(), mail.read(raw), expected=expected)


def listed(*rows):
    """An HTML list."""
    return "<p>Of today:</p><ul><li>" + "</li><li>".join(rows) + "</li></ul><p>Bye</p>"


def table(*rows, head=""):
    """An HTML table of rows of two cells."""
    cells = "".join(f"<tr><td>{first}</td><td>{rest}</td></tr>" for first, rest in rows)
    return f"<table>{head}{cells}</table>"


THREE = (f"TD-90 {INACTIVE}", f"TD-91 {RULE}", f"TD-92 {TAKEN}")
PAIRS = (("TD-90", INACTIVE), ("TD-91", RULE), ("TD-92", TAKEN))
NAMED = tuple(f"{number}: {error}" for number, error in PAIRS)
CARDS = tuple(f"Order: {number}\nCustomer: Acme\nError: {error}" for number, error in PAIRS)
LINES = "Errors of today:\n\n{}\n\nYou cannot unsubscribe from this mail."


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (listed(*THREE), "html"),
        (table(*PAIRS), "html"),
        (table(*PAIRS, head="<tr><th>Order</th><th>Error</th></tr>"), "html"),
        (f"<table><tr><td><h1>Errors</h1>{listed(*THREE)}</td></tr></table>", "html"),
        (f"<table><tr><td>{table(*PAIRS)}</td></tr></table>", "html"),
        ("".join(f"<p>{one}</p>" for one in NAMED), "html"),
        ("".join(f"<h3>{number}</h3><p>{error}</p>" for number, error in PAIRS), "html"),
        ("".join(table(("Order", one), ("Error", two)) for one, two in PAIRS), "html"),
        (LINES.format("\n".join(NAMED)), "plain"),
        (LINES.format("\n\n".join(NAMED)), "plain"),
        (LINES.format("\n".join(f"- {one}" for one in THREE)), "plain"),
        (LINES.format("\n".join(f"* {one}" for one in THREE)), "plain"),
        (LINES.format("\n".join(f"{n}. {one}" for n, one in enumerate(THREE, 1))), "plain"),
        (LINES.format("\n".join(f"| {one} | {two} |" for one, two in PAIRS)), "plain"),
        (LINES.format("\n\n".join(CARDS)), "plain"),
        (LINES.format("\n".join(CARDS)), "plain"),
        (LINES.format("\n\n".join(THREE)), "plain"),
        (LINES.format("\n".join(f"{one}\n  Error: {two}" for one, two in PAIRS)), "plain"),
        ("; ".join(NAMED), "plain"),
        (LINES.format("3 errors: " + "; ".join(NAMED)), "plain"),
        ("What to do:\n1. Open it\n2. Post it\n\n" + LINES.format("\n".join(NAMED)), "plain"),
    ],
)
def test_each_error_of_a_digest_is_one_report(body, kind):
    """Lists, tables, frames of tables, cards, numbered and named lines: three and no mixture."""
    found = told(body, kind)

    assert len({one.key for one in found.reports}) == 3, found
    for report, (number, error) in zip(found.reports, PAIRS, strict=True):
        assert number in report.text
        assert error in report.text
        assert sum(other in report.text for _, other in PAIRS) == 1
    assert found.left == ()


def test_lines_without_numbers_are_told_apart_too():
    """Different codes, or the same said of different names."""
    for lines in (
        (INACTIVE, RULE, TAKEN),
        ("Customer Jane Doe is inactive", "Customer Bob Ross is inactive"),
    ):
        found = told("\n\n".join(lines), "plain")
        assert [one.text for one in found.reports] == list(lines)
    assert len(told("; ".join(lines), "plain").reports) == 2


@pytest.mark.parametrize("rows", [(("TD-81", ODD), ("TD-72", "rule 12 refused it"))])
def test_rows_that_nothing_explains_count_for_a_declared_source_only(rows):
    """Of a mailbox anybody writes to, only what is recognised counts, and the rest is said."""
    found = told(table(*rows))
    assert [recognise(knowledge(), one.text).problem for one in found.reports] == ["unknown"] * 2
    other = told(table(*rows, ("TD-92", TAKEN)), expected=False)
    assert [TAKEN in one.text for one in other.reports] == [True]
    assert [one.why for one in other.left] == [UNKNOWN] * 2


def test_what_is_no_error_is_left_and_said():
    """Good news, totals and a head are no errors; nothing of them is mixed in."""
    rows = (("TD-90", INACTIVE), ("Open Door LLC", "Exported"), ("Total", "2"))
    found = told(table(*rows, head="<tr><th>Order</th><th>Status</th></tr>"))
    assert [one.text for one in found.reports] == [f"TD-90\t{INACTIVE}"]
    assert [(one.text, one.why) for one in found.left] == [
        ("Open Door LLC\tExported", WELL), ("Total\t2", NO_ERROR),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        f"Invoice 1042 failed: {INACTIVE}\n\nWhat to do:\n1. Open QuickBooks\n"
        "2. Make the inactive customer active\n3. Try again if it failed",
        "Order 2213 was not synced\n\nOrder 2213 was not synced to QuickBooks.\n\nBusiness "
        "Validation Error: The customer you're trying to use has been made inactive.",
        "Error 6240: Duplicate Name Exists Error\nThe name supplied already exists. : null",
        "Order\tTD-60\nCustomer\tJane Doe\nError\t6240 Duplicate Name Exists Error",
        "Error 6000: a business validation error; the account period has closed; try again",
        f"TD-90: {INACTIVE}; TD-90 was not posted; open QuickBooks and try again",
        "We could not post invoice 1042.\n\nItem\tQty\nMug\t2\nError lamp\t1\n\nError code 6140",
    ],
)
def test_one_error_with_much_around_it_stays_one(text):
    """Steps, a sentence that says the same twice, its own parts, the lines of its invoice."""
    found = told(text, "plain")
    assert len(found.reports) == 1
    assert text[:30] in found.reports[0].text
    assert sort_out(knowledge(), text, expected=True).errors == ()


@pytest.mark.parametrize("expected", [True, False])
def test_errors_between_semicolons_are_parted_where_each_is_one_by_itself(expected):
    """Different ones, each with its code and its own words; nothing of them is left."""
    each = [
        "Error 6240: The name supplied already exists",
        "Error 6140: Duplicate Document Number Error",
        "Error 6210: Account Period Closed, Cannot Update Through Services",
    ]
    found = sort_out(knowledge(), "; ".join(each), expected=expected)
    assert [text for _, text in found.errors] == each
    assert found.left == ()


@pytest.mark.parametrize(
    ("text", "each"),
    [
        (
            "QuickBooks error 6240 Kim Lee; 6140 INV-1002; 6210",
            ["QuickBooks error 6240 Kim Lee", "6140 INV-1002", "6210"],
        ),
        ("Fehler 6240 Kim Lee; 6140 RE-12", ["6240 Kim Lee", "6140 RE-12"]),
        ("QuickBooks errors: 6240 Kim Lee, 6140, 610", ["6240 Kim Lee", "6140", "610"]),
        ("QBO 610; QBO 6240; QBO 3200", ["QBO 610", "QBO 6240", "QBO 3200"]),
        ("Quickbooks errors: 6240, 6140 and 610", ["6240", "6140", "610"]),
        ("QuickBooks 6240 / 6140 / 610", ["QuickBooks 6240", "6140", "610"]),
        (
            "QuickBooks: 6240 (Kim Lee) / 6140 (INV-1002) / 6210 (INV-1003)",
            ["6240 (Kim Lee)", "6140 (INV-1002)", "6210 (INV-1003)"],
        ),
        ("Please pay QuickBooks invoices 6140, 6210 and 6240 by Monday", []),
        ("We paid 6140 and 6240 to QuickBooks", []),
        ("QuickBooks error 6240 for customer 6140, 6210 and 6000", []),
        ("Xero errors: 6240; 6140", []),
        ("Orders 6240 Kim Lee; 6140 INV-1002; 6210", []),
        ("QuickBooks invoices 6240, 6140 are paid", []),
        ("QuickBooks: 610 Main Street; 6140 Hill Road", []),
    ],
)
def test_codes_with_a_name_at_most_are_parted_where_each_is_one_of_quickbooks(text, each):
    """A list as people note it; the numbers of orders, houses and other ledgers are no codes.

    Each is still known when it stands alone.
    """
    found = [text for _, text in sort_out(knowledge(), text, expected=False).errors]
    assert [one.removeprefix("QuickBooks error ") for one in found] == [
        one.removeprefix("QuickBooks error ") for one in each
    ]
    assert all(recognise(knowledge(), one).known for one in found)


@pytest.mark.parametrize("mark", ["{}.", "-"])
def test_two_lists_below_each_other_are_told_apart(mark):
    """What announces the second one is no part of the first one's last item."""
    numbers = [mark.format(1), mark.format(2)] * 2
    rows = (f"Acme - {TAKEN}", "Robert Miller - name too long (2050)", *THREE[:2])
    items = [f"{number} {row}" for number, row in zip(numbers, rows, strict=True)]
    text = "Failed customers:\n{}\n{}\nFailed invoices:\n{}\n{}".format(*items)
    found = letters.errors_in(knowledge(), text)
    assert [one.text for one in found.reports] == items


def test_a_table_and_a_list_of_one_mail_share_no_key():
    """Each place counts once, so that none of them is taken for a second delivery."""
    found = told(table(*PAIRS[:2]) + listed(THREE[2], "TD-93 Stale Object Error 5010"))
    assert len({one.key for one in found.reports}) == 4


@pytest.mark.parametrize("times", [100, 4_000])
def test_an_error_behind_a_long_beginning_is_found(times):
    """A log of a webhook ends with what failed; without an error it tells of none."""
    before = "The export of today ran as planned, see below for what it did.\n" * times
    text = f"{before}QuickBooks error 6140: Duplicate Document Number. Invoice INV-2003"
    [report] = letters.errors_in(knowledge(), text).reports
    assert report.text.endswith("Invoice INV-2003")
    assert recognise(knowledge(), report.text).known
    [left] = letters.errors_in(knowledge(), before).left
    assert left.why


def test_of_a_very_long_digest_the_rest_is_said():
    """So many are read; how many were not is counted."""
    rows = [(f"TD-{n}", TAKEN) for n in range(MOST + 5)]
    many = "\n\n".join(f"{one}\t{two}\n{one}a\t{two}" for one, two in rows[: MOST // 2 + 1])
    for lines, rest in (("\n".join(f"- {one} {two}" for one, two in rows), 5), (many, 2)):
        found = told(lines, "plain")
        assert len(found.reports) == MOST
        assert [one.why for one in found.left] == [BEYOND] * rest


@pytest.mark.parametrize(
    ("text", "each"),
    [
        (json.dumps({"errors": [{"message": TAKEN}, {"message": INACTIVE}]}), [TAKEN, INACTIVE]),
        (json.dumps({"errors": [TAKEN, INACTIVE]}, indent=2), [TAKEN, INACTIVE]),
        (f"Sync failed:\n{json.dumps([{'error': TAKEN}, {'error': INACTIVE}])}", [TAKEN, INACTIVE]),
        (f"```{json.dumps([{'error': TAKEN}, {'error': INACTIVE}])}```\n", [TAKEN, INACTIVE]),
        (f"{json.dumps({'msg': TAKEN, 'text': TAKEN})}\n{json.dumps({'text': INACTIVE})}\n",
         [TAKEN, INACTIVE]),
        (
            json.dumps({"app": "QuickBooks", "rows": [
                {"code": 6240, "message": "The name supplied already exists", "customer": "Kim"},
                {"code": "610", "message": "Object not found", "invoice": "INV-9"},
                {"message": "Sync of order 7 is done", "order": "7"},
            ]}),
            ["error code 6240: The name supplied already exists\nCustomer: Kim",
             "error code 610: Object not found\nInvoice: INV-9"],
        ),
        (json.dumps({"errors": [{"message": "Postgres is down"}, {"message": "no space"}]}), []),
        (json.dumps({"errors": [{"message": TAKEN}, {"message": TAKEN}]}), []),
        (json.dumps({"errors": [{"message": TAKEN}, {"message": INACTIVE}]})[:-1], []),
        (
            json.dumps({"errors": [{"message": one} for one in (TAKEN, INACTIVE, NEW)]})[:-3],
            [TAKEN, INACTIVE, f'{{"message": "{NEW}"'],
        ),
        (f"[{'[' * 50_000}", []),
    ],
)  # fmt: skip
def test_a_text_that_is_a_list_in_json_is_told_one_by_one(text, each):
    """As a webhook's body is; in a chat or on the command line it may have words before it."""
    assert [one for _, one in sort_out(knowledge(), text, expected=False).errors] == each


def test_of_a_very_long_list_in_json_the_rest_is_said():
    """Longer than what is read of a text that is no list."""
    errors = [{"message": f"{TAKEN} {number}"} for number in range(MOST + 3_000)]
    found = sort_out(knowledge(), json.dumps({"errors": errors}), expected=False)
    assert len(found.errors) == MOST
    assert [one.why for one in found.left] == [BEYOND] * 3_000


@pytest.mark.parametrize("one", ["e", {"message": "e"}, 1])
def test_too_many_errors_are_refused_whatever_they_are(one):
    """A list of bare words is one of errors, too."""
    with pytest.raises(BadInput, match="50,000 errors in it; at most 500"):
        reports({"errors": [one] * 50_000}, {})


def test_a_list_of_errors_in_json_is_told_one_by_one():
    """With what stands beside the list, each with an id of its own; an empty one is said."""
    body = {"event": "e1", "customer": "Acme", "message": "2 errors", "errors": [INACTIVE, TAKEN]}
    found = reports(body, {"id": "event", "name": "customer"})
    assert [INACTIVE in one.text for one in found.reports] == [True, False]
    assert [TAKEN in one.text for one in found.reports] == [False, True]
    assert [one.key for one in found.reports] == ["e1", "e1 #1"]
    assert {one.named for one in found.reports} == {"Acme"}
    some = reports([{"text": TAKEN}, {"text": " "}, None], {"text": "text"})
    assert (len(some.reports), len(some.left)) == (1, 2)


def test_a_text_in_json_that_tells_of_several_is_told_one_by_one():
    """As a bare text would be; what the body names beside it is about one thing and stays whole."""
    body = {"id": "e1", "text": "Errors of today:\n" + "\n".join(f"- {one}" for one in NAMED)}
    fields = {"text": "text", "id": "id"}
    found = letters.told_apart(knowledge(), reports(body, fields), declared=True)
    assert [error in one.text for one, (_, error) in zip(found.reports, PAIRS, strict=True)] == [
        True
    ] * 3
    assert [one.key for one in found.reports] == ["e1 #0", "e1 #1", "e1 #2"]
    whole = letters.told_apart(
        knowledge(), reports({**body, "order": "TD-90"}, {"number": "order"}), declared=False
    )
    assert len(whole.reports) == 1


def test_what_tells_of_no_error_is_left_and_said():
    """Chat and good news make no alert; where a tool writes its errors only good news is none."""
    for said, why, declared in (
        ("Lunch at noon?", NO_ERROR, False),
        ("42", NO_ERROR, False),
        ("Sync finished, 0 errors. QuickBooks", NO_ERROR, False),
        ("Exported", WELL, True),
    ):
        found = letters.told_apart(knowledge(), reports({"text": said}, {}), declared=declared)
        assert ([one.why for one in found.left], found.reports) == ([why], ()), said
    kept = letters.told_apart(knowledge(), reports({"text": "odd words"}, {}), declared=True)
    assert [one.text for one in kept.reports] == ["odd words"]


def test_lists_pages_and_several_texts_of_a_body_are_told_one_by_one():
    """As many errors come out as went in, wherever a tool writes them."""
    one, two = THREE[2], "TD-93 QuickBooks 5010 Stale Object Error"
    page = table(("TD-92", TAKEN), ("TD-93", two))
    for body, places in (
        ({"results": [{"error": one}, {"error": two}]}, {}),
        ({"data": {"all": [one, two]}}, {"text": "data.all"}),
        ({"message": f"{one}\n{two}"}, {}),
        ({"text": page}, {"text": "text"}),
    ):
        found = letters.told_apart(knowledge(), reports(body, places), declared=bool(places))
        assert len(found.reports) == 2, body


def test_answers_of_quickbooks_and_objects_are_told_one_by_one():
    """A batch, a fault of two errors, and an object with what is said of each number."""
    taken, gone = {"code": "6240", "Message": TAKEN}, {"code": "610", "Message": INACTIVE}
    batch = [{"bId": "inv-71", "Fault": {"Error": [taken]}}]
    batch += [{"bId": "inv-72", "Fault": {"Error": [gone]}}]
    for body in (
        {"BatchItemResponse": batch},
        {"invoice": "INV-7", "response": {"Fault": {"Error": [taken, gone]}}},
        {"failures": {"INV-77": TAKEN, "INV-78": INACTIVE}},
    ):
        found = letters.told_apart(knowledge(), reports(body, {}), declared=False).reports
        assert [TAKEN in one.text for one in found] == [True, False], body
        assert [INACTIVE in one.text for one in found] == [False, True]
        assert len({recognise(knowledge(), one.text).problem for one in found}) == 2
    assert [one.text.split("\n")[-1] for one in found] == ["Document: INV-77", "Document: INV-78"]


def test_what_stands_beside_a_text_is_used():
    """Well-known names of a record and a document; the same text of two orders is two errors."""
    said = "QuickBooks 6210: The account period has closed"
    orders = [
        {"order": f"SO-{number}", "customer": "Kim Lee", "message": said} for number in (1, 2)
    ]
    texts = [one.text for one in reports(orders, {}).reports]
    assert texts == [f"{said}\nOrder: SO-{number}\nCustomer: Kim Lee" for number in (1, 2)]
    body = {"invoices": [{"number": "INV-9", "error": said}, {"number": "INV-8", "error": said}]}
    texts = [one.text for one in reports(body, {}).reports]
    assert texts == [f"{said}\nDocument: INV-{number}" for number in (9, 8)]
    one, two = reports([{"x": "1", "text": said}, {"x": "2", "text": said}], {}).reports
    assert (one.content, bool(two.content)) == ("", True)
    again = reports([{"x": "1", "text": said}] * 2, {}).reports
    assert again[0] == again[1]


@pytest.mark.parametrize("lead", ["", "QuickBooks sync failed: "])
def test_parts_without_a_number_of_their_own_are_left_over(lead):
    """They stop no splitting, and belong to no error."""
    text = f"{lead}INV-1: {INACTIVE}; INV-2: account period has closed 6210; 2 of 5 failed"
    found = sort_out(knowledge(), text, expected=True)
    assert [error.split(":")[0] for _, error in found.errors] == ["INV-1", "INV-2"]
    assert [one.text for one in found.left] == ["2 of 5 failed"]
