"""Batches: items that stand alone, their limits, their replay."""

from tests.sandbox.quickbooks.conftest import Books, fault_of, invoice_body


def test_batch_items_stand_alone(books: Books) -> None:
    """HTTP 200 outside; each item has its own answer or fault; queries may be mixed in."""
    since = len(books.writes())
    reply = books.post(
        "batch",
        {
            "BatchItemRequest": [
                {"bId": "a", "operation": "create", "Vendor": {"DisplayName": "Boraski"}},
                {"bId": "b", "operation": "create", "Vendor": {"DisplayName": "Cool Cars"}},
                {"bId": "c", "operation": "delete", "Invoice": {"Id": "777", "SyncToken": "0"}},
                {
                    "bId": "d",
                    "operation": "update",
                    "Customer": {"Id": "1", "SyncToken": "9", "sparse": True, "Notes": "x"},
                },
                {"bId": "e", "Query": "select * from Customer where Id = '3'"},
                {"bId": "f", "Query": "select * from Nothing"},
            ]
        },
    )

    answers = {item["bId"]: item for item in reply.json()["BatchItemResponse"]}
    codes = {
        bid: item["Fault"]["Error"][0]["code"] for bid, item in answers.items() if "Fault" in item
    }
    assert reply.status_code == 200
    assert answers["a"]["Vendor"]["DisplayName"] == "Boraski"
    assert codes == {"b": "6240", "c": "610", "d": "5010", "f": "4001"}
    assert answers["e"]["QueryResponse"]["Customer"][0]["DisplayName"] == "Cool Cars"
    assert [entry["status"] for entry in books.writes(since)] == [200, 400, 400, 400]


def test_batch_gives_a_thousand_objects(books: Books) -> None:
    """1,000 over all queries of a batch: the last ones are cut short, counts are no objects."""
    books.control.post("/fill", json={"entity": "Customer", "count": 700})
    pages = "select * from Customer where DisplayName like '%0%' orderby Id maxresults 600"
    wanted = [pages, "select count(*) from Vendor", pages, pages]
    items = [{"bId": str(place), "Query": one} for place, one in enumerate(wanted)]
    reply = books.post("batch", {"BatchItemRequest": items}).json()["BatchItemResponse"]

    answers = [item["QueryResponse"] for item in reply]
    assert [len(one.get("Customer", [])) for one in answers] == [600, 0, 400, 0]
    assert [one.get("maxResults") for one in answers] == [600, None, 400, None]
    assert (answers[1], answers[3]) == ({"totalCount": 8}, {})


def test_batch_items_do_not_see_each_other(books: Books) -> None:
    """What one item makes is found by no other item of the same batch; the next batch finds it."""
    before = books.make("Customer", {"DisplayName": "The last Id"})
    coming = str(int(before["Id"]) + 1)
    items = [
        {"bId": "1", "operation": "create", "Customer": {"DisplayName": "Sibling"}},
        {"bId": "2", "operation": "create", "Invoice": invoice_body(coming)},
        {"bId": "3", "Query": "select * from Customer where DisplayName = 'Sibling'"},
    ]
    answers = books.post("batch", {"BatchItemRequest": items}).json()["BatchItemResponse"]
    again = books.post("batch", {"BatchItemRequest": items[1:]}).json()["BatchItemResponse"]

    assert answers[0]["Customer"]["Id"] == coming
    assert answers[1]["Fault"]["Error"][0]["code"] == "2500"
    assert answers[2]["QueryResponse"] == {}
    assert again[0]["Invoice"]["CustomerRef"]["value"] == coming
    assert [row["Id"] for row in again[1]["QueryResponse"]["Customer"]] == [coming]


def test_update_needs_an_id(books: Books) -> None:
    """2020, alone and in a batch: an update never becomes a create."""
    body = {"DisplayName": "Nobody yet"}
    alone = fault_of(books.post("customer", body, operation="update"))
    item = {"bId": "1", "operation": "update", "Customer": body}
    batch = books.post("batch", {"BatchItemRequest": [item]}).json()["BatchItemResponse"][0]

    assert (alone["code"], alone["element"]) == ("2020", "Id")
    assert batch["Fault"]["Error"][0]["code"] == "2020"


def test_batch_of_thirty_one(books: Books) -> None:
    """30 is the most."""
    items = [{"bId": str(n), "Query": "select * from Term"} for n in range(31)]

    assert fault_of(books.post("batch", {"BatchItemRequest": items}))["code"] == "1040"


def test_batch_replays_as_a_whole(books: Books) -> None:
    """The same requestid gives the same reply and makes nothing twice."""
    items = [{"bId": "1", "operation": "create", "Customer": {"DisplayName": "Batch"}}]
    replies = [books.post("batch", {"BatchItemRequest": items}, requestid="b-1") for _ in range(2)]

    assert replies[0].content == replies[1].content
    assert books.query("select count(*) from Customer")["totalCount"] == 13
