"""The query language, statement by statement."""

import pytest

from tests.sandbox.quickbooks.conftest import Books, fault_of, invoice_body

# statement, DisplayName / Name / DocNumber of what comes back, in order
FOUND: list[tuple[str, list[str]]] = [
    ("select * from Customer where DisplayName = 'Cool Cars'", ["Cool Cars"]),
    ("SELECT * FROM customer WHERE displayname = 'COOL CARS'", ["Cool Cars"]),
    (
        "select * from Customer where DisplayName = 'Amy\\'s Bird Sanctuary'",
        ["Amy's Bird Sanctuary"],
    ),
    ("select * from Customer where Id = '3'", ["Cool Cars"]),
    ("select * from Customer where Id IN ('4', '3')", ["Cool Cars", "Diego Rodriguez"]),
    ("select * from Customer where DisplayName LIKE 'Di%'", ["Diego Rodriguez"]),
    ("select * from Customer where DisplayName like '%ool%ar_'", []),
    ("select * from Customer where DisplayName like '%OOL%'", ["Cool Cars"]),
    (
        "select * from Customer where GivenName = 'Kate' and FamilyName = 'Whelan'",
        ["Kate Whelan"],
    ),
    ("select * from Customer where PrimaryEmailAddr = 'kate@example.com'", ["Kate Whelan"]),
    (
        "select * from Customer where Job = true ORDERBY DisplayName DESC",
        ["55 Twin Lane", "0969 Ocean View Road"],
    ),
    ("select * from Customer where Active = false", []),
    ("select * from Customer where DisplayName = 'Nobody'", []),
    (
        "select * from Customer ORDER BY DisplayName ASC STARTPOSITION 3 MAXRESULTS 1",
        ["Amy's Bird Sanctuary"],
    ),
    (
        "select * from Customer ORDERBY DisplayName MAXRESULTS 1 STARTPOSITION 3",
        ["Amy's Bird Sanctuary"],
    ),
    ("select *, Sku from Item where Sku = 'LG-PUMP'", ["Pump"]),
    ("select * from Item where UnitPrice > 50 and Type = 'Inventory'", ["Rock Fountain"]),
    ("select * from Item where UnitPrice >= '275'", ["Rock Fountain"]),
    (
        "select * from Account where AccountType = 'Accounts Receivable'",
        ["Accounts Receivable (A/R)"],
    ),
    ("select * from Account where FullyQualifiedName = 'Automobile:Fuel'", ["Fuel"]),
    ("select * from Invoice where DocNumber = '1003'", ["1003"]),
    (
        "select * from Invoice where DocNumber in ('1001','1002') orderby DocNumber",
        ["1001", "1002"],
    ),
    ("select * from Invoice where CustomerRef = '1'", ["1001"]),
    ("select * from Invoice where TxnDate > CURRENT_DATE", []),
    ("select * from Invoice where Balance > '0' and TotalAmt < 100 orderby DocNumber", []),
    (
        "select * from Customer where MetaData.LastUpdatedTime > '2030-01-01T00:00:00-08:00'",
        [],
    ),
    (
        "select * from Vendor where DisplayName = 'Robertson & Associates'",
        ["Robertson & Associates"],
    ),
    ("select * from Term where Name = 'Net 30'", ["Net 30"]),
    ("select * from Customer where FamilyName = ' ' maxresults 1", ["0969 Ocean View Road"]),
    ("select * from Vendor where DisplayName = ''", []),
]


@pytest.mark.parametrize(("statement", "names"), FOUND, ids=[row[0] for row in FOUND])
def test_finds(books: Books, statement: str, names: list[str]) -> None:
    """The statement finds exactly these records in this order."""
    answer = books.query(statement)

    rows = next((value for value in answer.values() if isinstance(value, list)), [])
    found = [row.get("DisplayName") or row.get("Name") or row.get("DocNumber") for row in rows]
    assert found == names
    if names:
        assert answer["maxResults"] == len(names)
    else:
        assert answer == {}


# statement, code, Detail
REFUSED: list[tuple[str, str, str]] = [
    (
        "select * from Custmoer",
        "4001",
        "QueryValidationError: invalid context declaration: Custmoer",
    ),
    (
        "select * from Customer where NoSuchField = '1'",
        "4001",
        "QueryValidationError: Property NoSuchField not found for Entity Customer",
    ),
    (
        "select * from Invoice where DepartmentRef = '1'",
        "4001",
        "QueryValidationError: property 'DepartmentRef' is not queryable",
    ),
    (
        "select * from Customer where Notes = 'x'",
        "4001",
        "QueryValidationError: property 'Notes' is not queryable",
    ),
    (
        "select * from Invoice orderby PrivateNote",
        "4001",
        "QueryValidationError: property 'PrivateNote' is not queryable",
    ),
    (
        "select * from Invoice where TxnDate >= 'yesterday'",
        "4001",
        "QueryValidationError: value yesterday is not valid for property TxnDate",
    ),
    (
        "select * from Customer where Balance > 'much'",
        "4001",
        "QueryValidationError: value much is not valid for property Balance",
    ),
    (
        "select * from Customer startposition 0",
        "4001",
        "QueryValidationError: value 0 is too small. Min allowed value is 1",
    ),
    (
        "select * from Customer maxresults 1001",
        "4001",
        "QueryValidationError: value 1001 is too large. Max allowed value is 1000",
    ),
    (
        "select * from Customer where Id > '3'",
        "4001",
        "QueryValidationError: operator > is not supported for property Id",
    ),
    (
        "select * from Invoice were TxnDate = '2026-01-01'",
        "4000",
        'QueryParserError: Encountered " <IDENTIFIER> "were "" at line 1, column 23.',
    ),
    (
        "select * from Customer where DisplayName = 'Amy's Bird Sanctuary'",
        "4000",
        'QueryParserError: Encountered " <STRING> "\'s" at line 1, column 48',
    ),
    (
        "select * from Customer where DisplayName = 'a' OR DisplayName = 'b'",
        "4000",
        'QueryParserError: Encountered " <IDENTIFIER> "OR "" at line 1, column 48.',
    ),
    ("select * from", "4000", 'QueryParserError: Encountered "<EOF>" at line 1, column 14.'),
    (
        "select * from Customer where DisplayName = 'open",
        "4000",
        "QueryParserError: Lexical error at line 1, column 49.  "
        'Encountered: <EOF> after : "\'open"',
    ),
]


@pytest.mark.parametrize(("statement", "code", "detail"), REFUSED, ids=[row[0] for row in REFUSED])
def test_refuses(books: Books, statement: str, code: str, detail: str) -> None:
    """What does not parse is 4000, what parses and cannot be asked is 4001, word for word."""
    fault = fault_of(books.ask(statement))

    assert (fault["code"], fault["Detail"]) == (code, detail)
    assert fault["Message"] == {"4000": "Error parsing query", "4001": "Invalid query"}[code]
    assert fault["status"] == 400


def test_get_and_post_answer_alike(books: Books) -> None:
    """A statement may stand in the address or in the body."""
    statement = "select * from Customer where DisplayName = 'Cool Cars'"

    got = books.get("query", query=statement).json()["QueryResponse"]

    assert got == books.query(statement)


def test_count(books: Books) -> None:
    """count(*) tells the number and nothing else, inactive ones left out."""
    assert books.query("select count(*) from Customer") == {"totalCount": 12}
    books.act("deactivate", entity="Customer", id="1")
    assert books.query("select count(*) from Customer") == {"totalCount": 11}
    assert books.query("select COUNT(*) from Customer where Active in (true, false)") == {
        "totalCount": 12
    }


SINGLE = "select DisplayName, Balance from Customer where Id = '3'"


def test_single_fields_are_refused(books: Books) -> None:
    """The language has `*` and `count(*)` and nothing between."""
    fault = fault_of(books.ask(SINGLE))

    assert (fault["code"], fault["Detail"]) == (
        "4000",
        'QueryParserError: Encountered " <IDENTIFIER> "DisplayName "" at line 1, column 8.',
    )


def test_single_fields_by_switch(books: Books) -> None:
    """Older pages promise every field all the same, and some clients count on the fields alone."""
    books.switch(query_projection="everything")
    whole = books.query(SINGLE)["Customer"]
    books.switch(query_projection="fields")
    part = books.query(SINGLE)["Customer"]

    assert whole == [books.read("Customer", "3")]
    assert part == [
        {"DisplayName": "Cool Cars", "Balance": 0.0, "domain": "QBO", "sparse": True, "Id": "3"}
    ]
    unknown = fault_of(books.ask("select NoSuchField from Customer"))
    assert unknown["Detail"].endswith("Property NoSuchField not found for Entity Customer")


def test_sku_has_to_be_named(books: Books) -> None:
    """`SELECT *` leaves an item's Sku out; reads of one item and the change feed tell it."""
    named = books.query("select *, Sku from Item where Name = 'Pump'")["Item"][0]
    star = books.query("select * from Item where Name = 'Pump'")["Item"][0]
    books.switch(star_hides_sku=False)
    shown = books.query("select * from Item where Name = 'Pump'")["Item"][0]

    assert named == shown == books.read("Item", named["Id"])
    assert {**star, "Sku": "LG-PUMP"} == named


def test_orders_follow_every_write(books: Books) -> None:
    """A page sorted by the time of the last change shows a change made after the page before."""
    asked = "select * from Customer orderby MetaData.LastUpdatedTime desc maxresults 2"
    books.control.post("/clock", json={"advance": 5})
    first = books.make("Customer", {"DisplayName": "First"})
    before = [row["DisplayName"] for row in books.query(asked)["Customer"]]
    books.control.post("/clock", json={"advance": 5})
    books.sparse("Customer", books.read("Customer", "3"), Notes="touched")
    after = [row["DisplayName"] for row in books.query(asked)["Customer"]]
    books.control.post("/clock", json={"advance": 5})
    books.make("Invoice", invoice_body("5"))
    owing = books.query(asked)["Customer"][0]
    books.sparse("Customer", first, DisplayName="Zzz")
    last = books.query("select * from Customer orderby DisplayName desc maxresults 1")["Customer"]

    assert before[0] == "First"
    assert after == ["Cool Cars", "First"]
    assert owing["Id"] == "5"
    assert [row["DisplayName"] for row in last] == ["Zzz"]


def test_pages_of_a_hundred_by_default(books: Books) -> None:
    """Without MAXRESULTS 100 records come back; pages join without gap or repeat."""
    for number in range(120):
        books.make("Customer", {"DisplayName": f"Bulk {number:03d}"})

    first = books.query("select * from Customer where DisplayName like 'Bulk%'")
    second = books.query("select * from Customer where DisplayName like 'Bulk%' startposition 101")

    assert (len(first["Customer"]), len(second["Customer"])) == (100, 20)
    assert second["startPosition"] == 101
    names = [row["DisplayName"] for row in first["Customer"] + second["Customer"]]
    assert names == [f"Bulk {number:03d}" for number in range(120)]


def test_backslash_and_apostrophe_are_escaped(books: Books) -> None:
    """A backslash escapes itself and the apostrophe."""
    books.make("Customer", {"DisplayName": "a\\' OR"})

    answer = books.query("select * from Customer where DisplayName = 'a\\\\\\' OR'")

    assert [row["DisplayName"] for row in answer["Customer"]] == ["a\\' OR"]


def test_inactive_records_show_with_an_active_filter_only(books: Books) -> None:
    """They carry their mark in every name they are read by."""
    books.act("deactivate", entity="Customer", id="3")

    hidden = books.query("select * from Customer where Id = '3'")
    shown = books.query("select * from Customer where Active = false")["Customer"]

    assert hidden == {}
    assert [(row["DisplayName"], row["FullyQualifiedName"]) for row in shown] == [
        ("Cool Cars (deleted)", "Cool Cars (deleted)")
    ]


def test_base_name_of_an_inactive_record_is_found_by_switch(books: Books) -> None:
    """Whether the filter sees the marked or the plain name is open, so both can be had."""
    books.act("deactivate", entity="Customer", id="3")
    plain = "select * from Customer where DisplayName = 'Cool Cars' and Active in (true, false)"
    marked = plain.replace("Cool Cars", "Cool Cars (deleted)")

    assert len(books.query(plain)["Customer"]) == 1
    books.switch(inactive_found_by_base_name=False)

    assert books.query(plain) == {}
    assert len(books.query(marked)["Customer"]) == 1


def test_last_updated_window(books: Books) -> None:
    """MetaData times compare as moments, whatever their offset."""
    made = books.make("Invoice", invoice_body("1"))
    stamp = made["MetaData"]["LastUpdatedTime"]
    day = stamp[:10]

    answer = books.query(
        f"select * from Invoice where MetaData.LastUpdatedTime >= '{stamp}' "
        f"and MetaData.CreateTime > '{int(day[:4]) - 1}-01-01T00:00:00Z' and DocNumber like '%'"
    )

    assert made["Id"] in [row["Id"] for row in answer["Invoice"]]
    asked = f"select * from Invoice where MetaData.LastUpdatedTime > '{stamp}' orderby "
    books.control.post("/clock", json={"advance": 2})
    later = [books.make("Invoice", invoice_body(str(one)))["Id"] for one in (1, 2)]
    since = books.query(f"{asked}MetaData.LastUpdatedTime maxresults 10")["Invoice"]
    assert sorted(row["Id"] for row in since) == later
