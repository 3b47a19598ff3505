"""The other forms of a company's answers: XML, gzip, French."""

import gzip
from datetime import datetime, timedelta
from xml.etree import ElementTree

import httpx
import pytest

from sandbox.quickbooks.french import OWN
from tests.sandbox.quickbooks.conftest import Books, fault_of, invoice_body

SPACE = "{http://schema.intuit.com/finance/v3}"
XML = "application/xml"


def xml_of(response: httpx.Response, status: int = 200) -> ElementTree.Element:
    """The root of an XML answer."""
    assert response.headers["content-type"].startswith(XML)
    assert response.status_code == status, response.text
    return ElementTree.fromstring(response.content)


def text_of(element: ElementTree.Element, path: str) -> str:
    """The text at a path of names without their namespace."""
    found = element.find("/".join(f"{SPACE}{name}" for name in path.split("/")))
    assert found is not None, path
    return found.text or ""


@pytest.fixture
def xml(books: Books) -> Books:
    """The company's books for somebody who asks for XML and nothing else."""
    books.headers = {"Accept": XML}
    return books


def payload(kind: str, fields: str, attributes: str = "") -> bytes:
    """A record as XML."""
    space = SPACE.strip("{}")
    return f'<{kind} xmlns="{space}"{attributes}>{fields}</{kind}>'.encode()


def test_read_in_xml(books: Books) -> None:
    """Attributes tell what kind of record it is; references are a text with a name."""
    made = books.make("Invoice", invoice_body("3", CustomerMemo={"value": "Thanks & bye"}))
    books.headers = {"Accept": XML}
    root = xml_of(books.get(f"invoice/{made['Id']}"))
    invoice = root[0]
    customer = invoice.find(f"{SPACE}CustomerRef")

    assert (root.tag, root.attrib.keys()) == (f"{SPACE}IntuitResponse", {"time"})
    assert (invoice.tag, invoice.attrib) == (
        f"{SPACE}Invoice",
        {"domain": "QBO", "sparse": "false"},
    )
    assert text_of(invoice, "Id") == made["Id"]
    assert text_of(invoice, "MetaData/CreateTime") == made["MetaData"]["CreateTime"]
    assert text_of(invoice, "CustomerMemo") == "Thanks & bye"
    assert text_of(invoice, "TotalAmt") == "100.00"
    assert len(invoice.findall(f"{SPACE}Line")) == len(made["Line"])
    assert customer is not None
    assert (customer.text, customer.attrib) == ("3", {"name": "Cool Cars"})


def test_query_count_and_feed_in_xml(xml: Books) -> None:
    """The page's place and size are attributes; records repeat their element."""
    now = datetime.fromisoformat(xml.control.get("/clock").json()["now"])
    before = (now - timedelta(days=1)).date().isoformat()
    page = xml_of(xml.ask("select * from Customer startposition 2 maxresults 3"))[0]
    count = xml_of(xml.ask("select count(*) from Customer"))[0]
    feed = xml_of(xml.get("cdc", entities="Customer,Vendor", changedSince=before))[0]

    assert page.attrib == {"startPosition": "2", "maxResults": "3"}
    assert [row.tag for row in page] == [f"{SPACE}Customer"] * 3
    assert (count.attrib, len(count)) == ({"totalCount": "12"}, 0)
    assert feed.tag == f"{SPACE}CDCResponse"
    assert [one.attrib["maxResults"] for one in feed] == ["12", "8"]


def test_written_in_xml(xml: Books) -> None:
    """Create, sparse update and delete; numbers and booleans come out as in JSON."""
    customer = payload(
        "Customer",
        "<DisplayName>Ampers &amp; Sons</DisplayName><Taxable>false</Taxable>"
        "<BillAddr><Line1>1 Elm St</Line1></BillAddr>"
        "<PrimaryEmailAddr><Address>a@example.com</Address></PrimaryEmailAddr>",
    )
    made = text_of(xml_of(xml.raw("customer", customer, XML)), "Customer/Id")
    invoice = payload(
        "Invoice",
        "<Line><Amount>42.50</Amount><DetailType>SalesItemLineDetail</DetailType>"
        '<SalesItemLineDetail><ItemRef name="x">1</ItemRef></SalesItemLineDetail></Line>'
        f"<CustomerRef>{made}</CustomerRef>",
    )
    number = text_of(xml_of(xml.raw("invoice", invoice, XML)), "Invoice/Id")
    change = f"<Id>{made}</Id><SyncToken>0</SyncToken><Notes>n</Notes>"
    sparse = payload("Customer", change, ' sparse="true"')
    changed = xml_of(xml.raw("customer", sparse, XML))[0]
    gone = payload("Invoice", f"<Id>{number}</Id><SyncToken>0</SyncToken>")
    deleted = xml_of(xml.raw("invoice?operation=delete", gone, XML))[0]

    xml.headers = {}
    kept = xml.read("Customer", made)
    assert text_of(changed, "SyncToken") == "1"
    assert (kept["DisplayName"], kept["Taxable"], kept["Notes"]) == ("Ampers & Sons", False, "n")
    assert kept["PrimaryEmailAddr"] == {"Address": "a@example.com"}
    assert deleted.attrib == {"domain": "QBO", "status": "Deleted"}


@pytest.mark.parametrize(
    "entity", ["Account", "Customer", "Employee", "Invoice", "Payment", "Term", "Vendor"]
)
def test_what_is_read_in_xml_can_be_written_back(garden: Books, entity: str) -> None:
    """A full update with what was read changes nothing: no field is lost or takes another form."""
    statement = f"select * from {entity} maxresults 5"
    before = garden.query(statement)[entity]
    garden.headers = {"Accept": XML}
    page = xml_of(garden.ask(statement))[0]
    written = [garden.raw(entity.lower(), ElementTree.tostring(row), XML) for row in page]
    garden.headers = {}

    assert [one.status_code for one in written] == [200] * len(before)
    assert garden.query(statement)[entity] == before


def test_batch_in_xml(xml: Books) -> None:
    """Every item has its bId, its record or its fault."""
    vendors = "".join(
        f'<BatchItemRequest bId="{key}" operation="create"><Vendor><DisplayName>{name}'
        "</DisplayName></Vendor></BatchItemRequest>"
        for key, name in (("a", "Xeno"), ("b", "Cool Cars"))
    )
    query = '<BatchItemRequest bId="c"><Query>select * from Term</Query></BatchItemRequest>'
    request = payload("IntuitBatchRequest", vendors + query)
    items = xml_of(xml.raw("batch", request, XML))

    assert [item.attrib["bId"] for item in items] == ["a", "b", "c"]
    assert text_of(items[0], "Vendor/DisplayName") == "Xeno"
    assert items[1][0].attrib == {"type": "ValidationFault"}
    assert items[1][0][0].attrib["code"] == "6240"
    assert items[2][0].tag == f"{SPACE}QueryResponse"


def test_faults_in_xml(xml: Books) -> None:
    """The company's and the gateway's faults, every error of them, and a broken payload."""
    xml.arm("two_errors")
    two = xml_of(xml.post("customer", {"DisplayName": "x"}), 400)[0]
    broken = xml_of(xml.raw("customer", b"<Customer><Name>", XML), 400)[0]
    foreign = xml_of(xml.raw("customer", b"<Nonsense/>", XML), 400)[0]
    xml.token = "dead"
    expired = xml_of(xml.get("customer/1"), 401)[0]

    assert [error.attrib["code"] for error in two] == ["2020", "6240"]
    assert (two[0].attrib["element"], two.attrib) == ("Line", {"type": "ValidationFault"})
    assert (broken[0].attrib["code"], foreign[0].attrib["code"]) == ("2010", "2000")
    assert (expired.attrib, expired[0].attrib) == ({"type": "AUTHENTICATION"}, {"code": "3200"})


def test_report_in_xml(xml: Books) -> None:
    """Columns and rows, cells as attributes."""
    report = xml_of(xml.get("reports/TrialBalance"))

    assert (report.tag, text_of(report, "Header/ReportName")) == (f"{SPACE}Report", "TrialBalance")
    assert report.findall(f".//{SPACE}ColData")[0].attrib["value"]


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html,application/xml;q=0.9"])
def test_json_stays_the_usual_form(books: Books, accept: str) -> None:
    """XML comes only to those who ask for nothing else."""
    books.headers = {"Accept": accept}

    assert books.get("customer/1").json()["Customer"]["Id"] == "1"


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [("gzip, deflate", "gzip"), ("identity", None), ("gzip;q=0, identity", None), ("*", "gzip")],
)
def test_gzip(books: Books, accepted: str, coding: str | None) -> None:
    """Answers and faults are packed for those who take it."""
    books.headers = {"Accept-Encoding": accepted}
    good, bad = books.get("customer/1"), books.get("customer/777")

    assert good.headers.get("content-encoding") == bad.headers.get("content-encoding") == coding
    assert good.json()["Customer"]["DisplayName"]
    assert fault_of(bad)["code"] == "610"


def test_packed_payload(books: Books) -> None:
    """A request may be packed too; one that is not what it says is refused."""
    books.headers = {"Content-Encoding": "gzip"}
    good = books.raw("customer", gzip.compress(b'{"DisplayName": "Packed"}'))
    bad = books.raw("customer", b'{"DisplayName": "Not packed"}')

    assert good.json()["Customer"]["DisplayName"] == "Packed"
    assert fault_of(bad)["code"] == "2010"


def french(books: Books) -> None:
    """Go on in a company whose language is French."""
    wanted = {"name": "Fleurs", "country": "CA", "language": "fr"}
    made = books.control.post("/companies", json=wanted).json()
    books.realm, books.token = made["realm_id"], made["access_token"]


def test_only_recorded_words_are_translated(books: Books) -> None:
    """6140 is recorded in French; a duplicate name stays English until a switch translates all."""
    french(books)
    double = {"DisplayName": "Cool Cars"}
    plain = fault_of(books.post("customer", double))
    books.switch(translate_all_faults=True)
    told = fault_of(books.post("customer", double))
    item = {"bId": "1", "operation": "create", "Customer": double}
    batch = books.post("batch", {"BatchItemRequest": [item]}).json()["BatchItemResponse"][0]

    assert plain["Message"] == "Duplicate Name Exists Error"
    assert (told["code"], told["Message"]) == ("6240", "Nom en double")
    assert told["Detail"] == (
        "Le nom indiqué existe déjà. : Un autre client, fournisseur ou employé utilise déjà "
        "ce nom. Veuillez utiliser un autre nom."
    )
    assert batch["Fault"]["Error"][0]["Message"] == "Nom en double"


@pytest.mark.parametrize("code", ["610", "2020", "2050", "2500", "5010", "6000", "6210", "6540"])
def test_usual_faults_in_french(books: Books, code: str) -> None:
    """Code, status and element stay as they are; the Message is another one."""
    books.arm(f"code:{code}", times=2, element="Line")
    english = fault_of(books.post("customer", {"DisplayName": "x"}))
    french(books)
    books.switch(translate_all_faults=True)
    told = fault_of(books.post("customer", {"DisplayName": "x"}))

    assert (told["code"], told["status"], told["element"]) == (code, english["status"], "Line")
    assert told["Message"] == OWN[english["Message"]]
