"""Recurring templates: records of their own, and the documents QuickBooks makes from them."""

from typing import Any

import pytest

from tests.sandbox.quickbooks.conftest import Books, fault_of


def recurring(name: str, **schedule: object) -> dict[str, object]:
    """A monthly invoice as a template."""
    line = {
        "Amount": 100,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": "1"}},
    }
    when = {"IntervalType": "Monthly", "NumInterval": 1, "DayOfMonth": 1, **schedule}
    info = {"Name": name, "RecurType": "Automated", "Active": True, "ScheduleInfo": when}
    return {"CustomerRef": {"value": "1"}, "Line": [line], "RecurringInfo": info}


def test_templates_stand_beside_the_books(garden: Books) -> None:
    """A template is read, changed, listed by type and deleted; it is no document itself."""
    owed = garden.read("Customer", "1")["Balance"]
    made = garden.make("RecurringTransaction", {"Invoice": recurring("Monthly care")})["Invoice"]
    read = garden.read("RecurringTransaction", made["Id"])["Invoice"]
    read["RecurringInfo"]["ScheduleInfo"]["DayOfMonth"] = 15
    changed = garden.make("RecurringTransaction", {"Invoice": read})["Invoice"]
    listed = garden.query("SELECT * FROM RecurringTransaction WHERE Type = 'Invoice'")
    bills = garden.query("SELECT * FROM RecurringTransaction WHERE Type = 'Bill'")
    again = {"Invoice": recurring("monthly CARE")}
    unnamed = {"Invoice": recurring("")}
    taken = fault_of(garden.post("recurringtransaction", again))["code"]
    token = {"Invoice": {"Id": made["Id"], "SyncToken": changed["SyncToken"]}}
    garden.make("RecurringTransaction", token, operation="delete")

    assert made["TotalAmt"] == 100
    assert "DocNumber" not in made
    assert changed["SyncToken"] == "1"
    assert changed["RecurringInfo"]["ScheduleInfo"]["DayOfMonth"] == 15
    assert [list(one) for one in listed["RecurringTransaction"]] == [["Invoice"]]
    assert bills == {}
    assert taken == "6240"
    assert fault_of(garden.post("recurringtransaction", unnamed))["code"] == "2020"
    assert garden.read("Customer", "1")["Balance"] == owed
    assert fault_of(garden.get(f"recurringtransaction/{made['Id']}"))["code"] == "610"


def test_template_has_the_rules_of_its_document(garden: Books) -> None:
    """What an invoice may not have, its template may not have either."""
    body = recurring("Unknown customer")
    body["CustomerRef"] = {"value": "9999"}
    refused = fault_of(garden.post("recurringtransaction", {"Invoice": body}))
    nothing = fault_of(garden.post("recurringtransaction", {"Nothing": {}}))

    assert refused["code"] == "2500"
    assert nothing["code"] == "2020"


DAYS = [
    ({"IntervalType": "Monthly", "DayOfMonth": 15}, ["2026-03-15", "2026-04-15", "2026-05-15"]),
    ({"IntervalType": "Monthly", "DayOfMonth": 31}, ["2026-03-31", "2026-04-30", "2026-05-31"]),
    (
        {"IntervalType": "Monthly", "WeekOfMonth": 5, "DayOfWeek": "Friday", "DayOfMonth": None},
        ["2026-03-27", "2026-04-24", "2026-05-29"],
    ),
    ({"IntervalType": "Weekly", "DayOfWeek": "Monday"}, ["2026-03-09", "2026-03-16", "2026-03-23"]),
    ({"IntervalType": "Daily", "NumInterval": 40}, ["2026-03-03", "2026-04-12", "2026-05-22"]),
    (
        {"IntervalType": "Yearly", "MonthOfYear": "May", "DayOfMonth": 1},
        ["2026-05-01"],
    ),
    (
        {"IntervalType": "Yearly", "NumInterval": 1e9, "MonthOfYear": "May", "DayOfMonth": -3},
        ["2026-05-01"],
    ),
    (
        {"IntervalType": "Monthly", "WeekOfMonth": -3, "DayOfWeek": "Monday", "DayOfMonth": None},
        ["2026-04-06", "2026-05-04"],
    ),
    ({"IntervalType": "Monthly", "MaxOccurrences": 2}, ["2026-04-01", "2026-05-01"]),
    ({"IntervalType": "Monthly", "EndDate": "2026-04-20"}, ["2026-04-01"]),
    ({"IntervalType": "Monthly", "StartDate": "2025-01-01"}, ["2026-04-01", "2026-05-01"]),
    ({"IntervalType": "Monthly", "DaysBefore": 30}, ["2026-04-01", "2026-05-01", "2026-06-01"]),
]


def later(books: Books, moment: str) -> None:
    """Go on at a later moment, with a new token."""
    books.control.post("/clock", json={"now": moment})
    address = books.http.get(books.ready["discovery_url"]).json()["token_endpoint"]
    form = {"grant_type": "refresh_token", "refresh_token": books.ready["refresh_token"]}
    login = (books.ready["client_id"], books.ready["client_secret"])
    books.token = books.http.post(address, data=form, auth=login).json()["access_token"]


def made_of(books: Books, template: str, kind: str = "Invoice") -> list[dict[str, Any]]:
    """The documents made from a template, by their day."""
    rows = books.control.get(f"/records/{kind}").json()["records"]
    found = [row for row in rows if row.get("RecurDataRef") == {"value": template}]
    return sorted(found, key=lambda row: str(row["TxnDate"]))


def spring(books: Books) -> None:
    """It is Tuesday, 3 March 2026."""
    later(books, "2026-03-03T20:00:00Z")


@pytest.mark.parametrize(("schedule", "days"), DAYS)
def test_documents_on_their_days(
    books: Books, schedule: dict[str, object], days: list[str]
) -> None:
    """Each interval has its days, never before the template was written nor after its end."""
    spring(books)
    body = recurring("Care", **schedule)
    made = books.make("RecurringTransaction", {"Invoice": body})["Invoice"]
    later(books, "2026-06-01T06:00:00Z")

    found = [row["TxnDate"] for row in made_of(books, made["Id"])]
    assert found[: len(days)] == days
    if schedule["IntervalType"] not in ("Weekly", "Daily"):
        assert found == days


def test_made_document_is_like_any_other(books: Books) -> None:
    """It has the next number and a due date, is owed, in the feed, and names its template."""
    spring(books)
    owed = books.read("Customer", "1")["Balance"]
    template = books.make("RecurringTransaction", {"Invoice": recurring("Care")})["Invoice"]
    later(books, "2026-04-01T20:00:00Z")
    made = made_of(books, template["Id"])[0]
    read = books.read("Invoice", made["Id"])
    feed = books.get("cdc", entities="Invoice", changedSince="2026-04-01T00:00:00Z").json()
    full = books.make("Invoice", {**read, "PrivateNote": "seen", "sparse": False})
    after = books.read("RecurringTransaction", template["Id"])["Invoice"]["RecurringInfo"]

    assert read["DocNumber"].isdigit()
    assert (read["TxnDate"], read["DueDate"], read["Balance"]) == ("2026-04-01", "2026-05-01", 100)
    assert books.read("Customer", "1")["Balance"] == owed + 100
    changed = feed["CDCResponse"][0]["QueryResponse"][0]["Invoice"]
    assert made["Id"] in [row["Id"] for row in changed]
    assert full["RecurDataRef"] == {"value": template["Id"]}
    assert after["ScheduleInfo"]["PreviousDate"] == "2026-04-01"
    assert after["ScheduleInfo"]["NextDate"] == "2026-05-01"


@pytest.mark.parametrize(
    "changes", [{"RecurType": "Reminded"}, {"RecurType": "UnScheduled"}, {"Active": False}]
)
def test_only_active_automatic_templates_make_documents(
    books: Books, changes: dict[str, object]
) -> None:
    """A reminder waits for a person; an inactive template rests."""
    spring(books)
    body = recurring("Care")
    body["RecurringInfo"] = {**body["RecurringInfo"], **changes}  # type: ignore[dict-item]
    template = books.make("RecurringTransaction", {"Invoice": body})["Invoice"]
    later(books, "2026-06-01T20:00:00Z")

    assert made_of(books, template["Id"]) == []


def test_a_document_that_cannot_be_made_is_left_out(books: Books) -> None:
    """The template notes the day and why; the next days are tried again."""
    spring(books)
    template = books.make("RecurringTransaction", {"Invoice": recurring("Care")})["Invoice"]
    books.act("deactivate", entity="Customer", id="1")
    later(books, "2026-04-02T20:00:00Z")
    skipped = books.control.get("/records/RecurringTransaction").json()["records"][0]["_notes"]
    books.act("reactivate", entity="Customer", id="1")
    later(books, "2026-05-02T20:00:00Z")

    assert [one["day"] for one in skipped["skipped"]] == ["2026-04-01"]
    assert "made inactive" in skipped["skipped"][0]["why"]
    assert [row["TxnDate"] for row in made_of(books, template["Id"])] == ["2026-05-01"]


def test_a_journal_entry_is_made(books: Books) -> None:
    """Kinds without a number of their own are made alike."""
    spring(books)
    info = recurring("Rent")["RecurringInfo"]
    accounts = books.query("select * from Account where Name in ('Checking', 'Supplies')")
    first, second = (row["Id"] for row in accounts["Account"])

    def line(account: str, side: str) -> dict[str, Any]:
        detail = {"PostingType": side, "AccountRef": {"value": account}}
        kind = "JournalEntryLineDetail"
        return {"Amount": 12, "DetailType": kind, kind: detail}

    entry = {"RecurringInfo": info, "Line": [line(first, "Debit"), line(second, "Credit")]}
    template = books.make("RecurringTransaction", {"JournalEntry": entry})["JournalEntry"]
    later(books, "2026-04-02T20:00:00Z")

    assert [row["TxnDate"] for row in made_of(books, template["Id"], "JournalEntry")] == [
        "2026-04-01"
    ]
