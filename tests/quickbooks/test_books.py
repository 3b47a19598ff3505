"""Reading, querying, counting and writing through python-quickbooks against the simulator."""

from decimal import Decimal
from uuid import uuid4

import pytest

from bot.domain import RetryClass
from bot.errors import BadInput
from bot.quickbooks import PermissionLost, QuickBooksFault


def create(bench, entity, **fields):
    """Create a record with a fresh requestid."""
    return bench.books.write("create", entity, fields, str(uuid4())).payload


def test_a_created_record_reads_back(bench):
    """What was created is what is read, and each reply carries its intuit_tid."""
    reply = bench.books.write("create", "Customer", {"DisplayName": "Jane Doe"}, str(uuid4()))

    assert bench.books.read("Customer", reply.payload["Id"])["DisplayName"] == "Jane Doe"
    assert reply.intuit_tid


def test_a_missing_record_is_fault_610(bench):
    """QuickBooks says 610 for an id it does not know; a person has to decide."""
    with pytest.raises(QuickBooksFault) as caught:
        bench.books.read("Customer", "99999")

    assert (caught.value.code, caught.value.retry_class) == ("610", RetryClass.NEEDS_PERSON)
    assert caught.value.http_status == 400
    assert caught.value.intuit_tid
    assert '"610"' in caught.value.raw


@pytest.mark.parametrize(
    "name",
    [
        "O'Brien & Söhne #3",
        "back\\slash",
        "ends in backslash\\",
        "a\\' OR Active IN (true, false) AND DisplayName LIKE \\'%",
        '100% / "quoted"',
        "日本 🦞",
    ],
)
def test_values_cannot_leave_their_literal(bench, name):
    """Quotes and backslashes are escaped: exactly the one record is found."""
    create(bench, "Customer", DisplayName="Somebody else")
    made = create(bench, "Customer", DisplayName=name)

    found = bench.books.query("Customer", [("DisplayName", "=", name)])

    assert [made["Id"]] == [row["Id"] for row in found]


def test_statements_take_only_names_and_operators(bench):
    """A field, entity or operator that is none is refused before anything is asked."""
    for entity, where in [
        ("Customer; x", []),
        ("Customer", [("DisplayName = 'a' --", "=", "x")]),
        ("Customer", [("DisplayName", "OR", "x")]),
        ("Customer", [("Id", "IN", [])]),
    ]:
        with pytest.raises(BadInput):
            bench.books.query(entity, where)


def test_inactive_records_are_found_unless_left_out(bench):
    """Queries hide inactive list records; ours ask for them by default."""
    made = create(bench, "Customer", DisplayName="Sleeping Beauty")
    bench.simulator.act(bench.realm, "deactivate", entity="Customer", id=made["Id"])

    assert len(bench.books.query("Customer")) == bench.books.count("Customer") == 1
    assert bench.books.query("Customer", include_inactive=False) == []
    assert bench.books.count("Customer", include_inactive=False) == 0
    assert bench.books.query("Customer", [("Active", "=", False)])[0]["Id"] == made["Id"]


def test_paging_brings_all_of_more_than_a_thousand(bench):
    """1,001 records and more come complete, each once; a limit cuts exactly."""
    for number in range(1003):
        bench.simulator.act(
            bench.realm, "create", entity="Vendor", data={"DisplayName": f"Vendor {number:04}"}
        )

    rows = bench.books.query("Vendor")

    assert len({row["Id"] for row in rows}) == len(rows) == bench.books.count("Vendor") == 1003
    assert len(bench.books.query("Vendor", limit=1002)) == 1002
    assert len(bench.books.query("Vendor", limit=3)) == 3


def test_a_sparse_update_leaves_other_fields(bench):
    """Only what is sent changes; the SyncToken rises by one."""
    made = create(
        bench,
        "Customer",
        DisplayName="Jane Doe",
        Notes="likes tea",
        PrimaryEmailAddr={"Address": "jane@example.com"},
    )
    change = {"Id": made["Id"], "SyncToken": made["SyncToken"], "Notes": "likes coffee"}

    after = bench.books.write("update", "Customer", change, str(uuid4())).payload

    assert after["Notes"] == "likes coffee"
    assert after["PrimaryEmailAddr"]["Address"] == "jane@example.com"
    assert after["DisplayName"] == "Jane Doe"
    assert int(after["SyncToken"]) == int(made["SyncToken"]) + 1


def test_an_old_sync_token_is_stale(bench):
    """Somebody else was faster: the caller is told to read again."""
    made = create(bench, "Customer", DisplayName="Jane Doe")
    bench.simulator.act(
        bench.realm, "edit", entity="Customer", id=made["Id"], data={"Notes": "edited"}
    )

    with pytest.raises(QuickBooksFault) as caught:
        bench.books.write(
            "update", "Customer", {"Id": made["Id"], "SyncToken": "0", "Notes": "x"}, str(uuid4())
        )

    assert (caught.value.code, caught.value.retry_class) == ("5010", RetryClass.STALE)


def income_account(bench):
    """Any income account of the company."""
    return bench.books.query("Account", [("AccountType", "=", "Income")], limit=1)[0]["Id"]


def make_invoice(bench, amount, **fields):
    """A one-line invoice."""
    customer = create(bench, "Customer", DisplayName=f"Customer {uuid4()}")
    item = create(
        bench,
        "Item",
        Name=f"Item {uuid4()}",
        Type="Service",
        Sku="A-1",
        IncomeAccountRef={"value": income_account(bench)},
    )
    line = {
        "Amount": amount,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {
            "ItemRef": {"value": item["Id"]},
            "Qty": Decimal(1),
            "UnitPrice": amount,
        },
    }
    return create(bench, "Invoice", CustomerRef={"value": customer["Id"]}, Line=[line], **fields)


@pytest.mark.parametrize("amount", ["0.10", "1234567.89", "19.99", "100.00", "0.07"])
def test_amounts_are_exact_both_ways(bench, amount):
    """A Decimal goes out digit by digit and comes back as the same Decimal, never a float."""
    invoice = make_invoice(bench, Decimal(amount))

    back = bench.books.read("Invoice", invoice["Id"])

    assert Decimal(amount) == Decimal(back["TotalAmt"]) == Decimal(back["Line"][0]["Amount"])
    assert not isinstance(back["TotalAmt"], float)


def test_items_come_with_their_sku(bench):
    """SELECT * leaves the Sku out; our queries do not."""
    make_invoice(bench, Decimal("5.00"))

    assert bench.books.query("Item", [("Sku", "=", "A-1")])[0]["Sku"] == "A-1"


def test_delete_and_void(bench):
    """A deleted invoice is gone (610); a voided one stays with amount zero and its number."""
    deleted = make_invoice(bench, Decimal("5.00"))
    voided = make_invoice(bench, Decimal("7.00"))

    gone = bench.books.write("delete", "Invoice", deleted, str(uuid4())).payload
    void = bench.books.write("void", "Invoice", voided, str(uuid4())).payload

    assert gone["status"] == "Deleted"
    with pytest.raises(QuickBooksFault) as caught:
        bench.books.read("Invoice", deleted["Id"])
    assert caught.value.code == "610"
    assert Decimal(void["TotalAmt"]) == 0
    assert void.get("DocNumber") == voided.get("DocNumber")


def test_void_of_a_payment(bench):
    """Payments are voided by an update with include=void."""
    invoice = make_invoice(bench, Decimal("7.00"))
    payment = create(
        bench,
        "Payment",
        CustomerRef=invoice["CustomerRef"],
        TotalAmt=Decimal("7.00"),
        Line=[
            {
                "Amount": Decimal("7.00"),
                "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}],
            }
        ],
    )

    bench.books.write("void", "Payment", payment, str(uuid4()))

    assert Decimal(bench.books.read("Payment", payment["Id"])["TotalAmt"]) == 0


def test_writes_that_cannot_be_meant_are_refused_here(bench):
    """No requestid, an unknown entity or operation, an update without SyncToken: nothing goes."""
    before = len(bench.simulator.requests())
    for operation, entity, payload, request_id in [
        ("create", "Customer", {}, ""),
        ("create", "Customer", {}, "x" * 51),
        ("create", "Nonsense", {}, "r"),
        ("erase", "Customer", {"Id": "1", "SyncToken": "0"}, "r"),
        ("update", "Customer", {"Id": "1"}, "r"),
        ("delete", "Invoice", {"SyncToken": "0"}, "r"),
    ]:
        with pytest.raises(BadInput):
            bench.books.write(operation, entity, payload, request_id)

    assert len(bench.simulator.requests()) == before


def test_one_requestid_acts_once(bench):
    """The same requestid answers again and does nothing."""
    request_id = str(uuid4())
    first = bench.books.write("create", "Customer", {"DisplayName": "Once"}, request_id)
    second = bench.books.write("create", "Customer", {"DisplayName": "Once"}, request_id)

    assert first.payload["Id"] == second.payload["Id"]
    assert bench.books.count("Customer") == 1


def test_company_and_preferences(bench):
    """Name and settings are read; QuickBooks' own time comes as UTC."""
    info, moment = bench.books.company_info_at()

    assert info["CompanyName"].startswith("Harbor Foods")
    assert moment.utcoffset().total_seconds() == 0
    assert "AccountingInfoPrefs" in bench.books.preferences()


def test_a_company_that_was_never_connected(bench):
    """The words name the company and what to do; QuickBooks is not asked."""
    lonely = bench.add_company("Blue Ridge")

    with pytest.raises(PermissionLost, match="Blue Ridge is not connected") as caught:
        bench.quickbooks.company(lonely).count("Customer")

    assert caught.value.code == "not_connected"
