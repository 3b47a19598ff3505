"""A company filled by the thousand: the same rules, read page by page without gaps."""

import pytest


def page(books, start, size=1000):
    """One page of customers by Id, inactive ones too."""
    found = books.query(
        f"SELECT * FROM Customer WHERE Active IN (true, false) ORDERBY Id "
        f"STARTPOSITION {start} MAXRESULTS {size}"
    )
    return found.get("Customer", [])


def fill(books, count, entity="Customer"):
    """Ask for so many records."""
    body = {"realm": books.realm, "entity": entity, "count": count}
    return books.control.post("/fill", json=body)


def test_pages_in_the_order_of_ids(books):
    """Every customer once, also when one comes and one goes inactive between two pages."""
    before = books.query("SELECT count(*) FROM Customer WHERE Active IN (true, false)")
    assert fill(books, 2500).json() == {"records": before["totalCount"] + 2500}
    first = page(books, 1)
    books.act("deactivate", entity="Customer", id=first[-1]["Id"])
    new = books.make("Customer", {"DisplayName": "Came between two pages"})

    rows = [*first, *page(books, 1001), *page(books, 2001)]

    ids = [int(row["Id"]) for row in rows]
    assert ids == sorted(set(ids))
    assert ids[-1] == int(new["Id"])
    assert len(ids) == before["totalCount"] + 2501
    assert page(books, len(ids) + 1) == []


def test_the_names_are_taken(books):
    """What was filled in is as real as what was typed in."""
    fill(books, 3, "Vendor")
    name = books.query("SELECT * FROM Vendor ORDERBY Id DESC MAXRESULTS 1")["Vendor"][0]

    refused = books.post("vendor", {"DisplayName": name["DisplayName"]})

    assert refused.status_code == 400
    assert refused.json()["Fault"]["Error"][0]["code"] == "6240"


@pytest.mark.parametrize(
    "body", [{"entity": "Invoice", "count": 1}, {"entity": "Customer", "count": -1}, {"count": "9"}]
)
def test_what_makes_no_sense_is_refused(books, body):
    """One clear sentence."""
    reply = books.control.post("/fill", json=body)

    assert reply.status_code == 400
    assert reply.json()["error"]
