"""Request limits and the month's reads, on the simulated clock."""

from tests.sandbox.quickbooks.conftest import Books


def later(books: Books, seconds: float) -> None:
    """Move the clock."""
    books.control.post("/clock", json={"advance": seconds})


def statuses(books: Books, count: int) -> list[int]:
    """What so many reads in a row get."""
    return [books.get("customer/1").status_code for _ in range(count)]


def test_ten_a_second(books: Books) -> None:
    """Ten requests go through at once, then one is refused; a second later they go on."""
    books.control.post("/limits", json={"limits": "real"})
    first = statuses(books, 14)
    later(books, 1)

    assert first[:10] == [200] * 10
    assert 429 in first
    assert statuses(books, 5) == [200] * 5


def test_five_hundred_a_minute(books: Books) -> None:
    """The 501st request of a minute is refused, however slowly they came; a minute later not."""
    books.control.post("/limits", json={"limits": "real"})
    for _ in range(50):
        assert statuses(books, 10) == [200] * 10
        later(books, 1)
    full = statuses(books, 1)
    later(books, 60)

    assert full == [429]
    assert statuses(books, 1) == [200]


def test_forty_batches_a_minute(books: Books) -> None:
    """Batches have a limit of their own; single requests go on."""
    books.control.post("/limits", json={"limits": "real"})
    item = {"bId": "1", "Query": "SELECT * FROM Term"}
    answers = []
    for _ in range(41):
        answers.append(books.post("batch", {"BatchItemRequest": [item]}).status_code)
        later(books, 1)

    assert answers == [200] * 40 + [429]
    assert statuses(books, 1) == [200]


def test_forty_mails_a_day(books: Books) -> None:
    """A sandbox company sends 40 e-mails a day; the 41st is refused until tomorrow."""
    books.control.post("/limits", json={"limits": "real"})
    answers = []
    for _ in range(41):
        answers.append(books.post("invoice/1/send", None, sendTo="a@example.com").status_code)
        later(books, 1)
    read = books.get("invoice/1").status_code
    books.control.post("/limits", json={"limits": "real"})

    assert answers == [200] * 40 + [429]
    assert (read, books.post("invoice/1/send", None, sendTo="a@b.co").status_code) == (200, 200)


def test_read_quota(books: Books) -> None:
    """Reads end with the month's quota, writes go on; the next month brings new ones."""
    books.control.post("/clock", json={"now": "2026-03-30T12:00:00Z"})
    token = books.ready["refresh_token"]
    books.control.post("/limits", json={"read_quota": 2})
    reads = statuses(books, 3)
    written = books.post("customer", {"DisplayName": "Written all the same"}).status_code
    told = books.control.get("/limits").json()
    later(books, 3 * 86_400)
    address = books.ready["api_url"].removesuffix("/v3") + "/oauth2/v1/tokens/bearer"
    login = (books.ready["client_id"], books.ready["client_secret"])
    form = {"grant_type": "refresh_token", "refresh_token": token}
    books.token = books.http.post(address, data=form, auth=login).json()["access_token"]

    assert (reads, written) == ([200, 200, 429], 200)
    assert told == {"limits": "off", "read_quota": 2, "reads_this_month": 2}
    assert statuses(books, 1) == [200]


def test_quota_ends_asking_in_batches(books: Books) -> None:
    """With the quota used up a batch with a query is refused, one with writes alone goes on."""
    books.control.post("/limits", json={"read_quota": 1})
    question = {"bId": "1", "Query": "select * from Term"}
    order = {"bId": "1", "operation": "create", "Customer": {"DisplayName": "In a batch"}}
    asked = [books.post("batch", {"BatchItemRequest": [question]}) for _ in range(2)]
    written = books.post("batch", {"BatchItemRequest": [order]})

    assert [one.status_code for one in asked] == [200, 429]
    assert written.json()["BatchItemResponse"][0]["Customer"]["DisplayName"] == "In a batch"


def test_clock_set_back(books: Books) -> None:
    """What was counted in a time that has not come yet does not count."""
    books.control.post("/limits", json={"limits": "real"})
    start = books.control.get("/clock").json()["now"]
    later(books, 1800)
    full = statuses(books, 11)
    books.control.post("/clock", json={"now": start})

    assert full == [200] * 10 + [429]
    assert statuses(books, 1) == [200]
