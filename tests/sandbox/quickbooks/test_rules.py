"""Every refusal of the company API: payload in, code, element and exact detail out."""

from typing import Any

import pytest

from tests.sandbox.quickbooks.conftest import Books, fault_of, invoice_body
from tests.sandbox.quickbooks.refusals import RULES, invoice, line


@pytest.mark.parametrize(
    ("entity", "payload", "code", "element", "detail"),
    RULES,
    ids=[f"{row[2]}-{row[0]}-{index}" for index, row in enumerate(RULES)],
)
def test_refusal(
    books: Books, entity: str, payload: Any, code: str, element: str | None, detail: str
) -> None:
    """A payload that breaks a rule gets the rule's code, element and exact words."""
    fault = fault_of(books.post(entity, payload))

    assert (fault["code"], fault.get("element"), fault["Detail"]) == (code, element, detail)
    assert fault["status"] == 400
    assert fault["type"] == "ValidationFault"


def test_a_refused_amount_books_nothing(books: Books) -> None:
    """What is too large leaves no document behind, and the largest amount of all is taken."""
    largest = 99_999_999_999.99
    huge = [line(Amount=6e10), line(Amount=6e10)]
    counted = "SELECT count(*) FROM Invoice"
    before = books.query(counted)["totalCount"]

    assert fault_of(books.post("invoice", invoice(*huge)))["code"] == "2140"
    taken = books.post("invoice", invoice(line(Amount=largest))).json()["Invoice"]

    assert taken["TotalAmt"] == largest
    assert books.query(counted)["totalCount"] == before + 1


def test_unknown_property(books: Books) -> None:
    """2010 names the field, the class and what the class knows."""
    fault = fault_of(books.post("invoice", {"BadJson": True}))

    assert fault["code"] == "2010"
    assert fault["Message"] == "Request has invalid or unsupported property"
    assert fault["Detail"].startswith(
        'Property Name:Unrecognized field "BadJson" '
        "(class com.intuit.schema.finance.v3.Invoice), not marked as ignorable ("
    )
    assert '"DocNumber"' in fault["Detail"]


def test_canadian_lines_need_a_tax_code(books: Books) -> None:
    """6000 outside the US when a line has no tax code."""
    made = books.control.post("/companies", json={"name": "Maple", "country": "CA"}).json()
    books.realm, books.token = made["realm_id"], made["access_token"]

    assert fault_of(books.post("invoice", invoice_body("1")))["Detail"] == (
        "Business Validation Error: Make sure all your transactions have a GST/HST rate before "
        "you save."
    )


@pytest.mark.parametrize(
    ("content", "kind", "detail"),
    [
        (
            b"{not json",
            "application/json",
            "Property Name:failed to parse json object; a property specified is unsupported or "
            "invalid",
        ),
        (
            b'{"CustomerRef": {"value": "1"}, "TotalAmt": 1e999}',
            "application/json",
            "Property Name:failed to parse json object; a property specified is unsupported or "
            "invalid",
        ),
        (
            b'{"DisplayName": "M\xfcller"}',
            "application/json",
            "Property Name:Invalid UTF-8 middle byte 0xfc specified is unsupported or invalid",
        ),
    ],
)
def test_unreadable_payload(books: Books, content: bytes, kind: str, detail: str) -> None:
    """2010 for what is not JSON or not UTF-8."""
    fault = fault_of(books.raw("customer", content, kind))

    assert (fault["code"], fault["Detail"]) == ("2010", detail)


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/html"])
def test_other_content_types_are_not_taken(books: Books, kind: str) -> None:
    """1050 for what is neither JSON nor XML."""
    assert fault_of(books.raw("customer", b"DisplayName=Form", kind))["code"] == "1050"


def test_wrong_path_is_500_with_http_400(books: Books) -> None:
    """The code says 500, the status says 400."""
    fault = fault_of(books.get("customer/1/5"))

    assert (fault["status"], fault["code"]) == (400, "500")
    assert fault["Detail"].startswith(
        f"Operation Could not find resource for relative : /v3/company/{books.realm}/customer/1/5 "
        "of full path: "
    )
