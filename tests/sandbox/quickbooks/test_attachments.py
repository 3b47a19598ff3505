"""Notes and files: uploaded, listed, fetched again; documents as PDF."""

import base64
import json

import httpx

from tests.sandbox.quickbooks.conftest import Books, fault_of, invoice_body

BINARY = bytes(range(256)) + b"\r\n\r\n--not a boundary\n\x00\xff"


def upload(garden: Books, *parts: tuple[str, str, bytes, str]) -> httpx.Response:
    """POST parts: name, file name, bytes, kind."""
    files = [(name, (file, content, kind)) for name, file, content, kind in parts]
    headers = {"Authorization": f"Bearer {garden.token}", "Accept": "application/json"}
    return garden.http.post(f"{garden.base}/upload", files=files, headers=headers)


def about(**fields: object) -> bytes:
    """The metadata part."""
    return json.dumps(fields).encode()


def test_file_comes_back_byte_for_byte(garden: Books) -> None:
    """The upload answers with the Attachable; its address gives the same bytes, without a token."""
    hangs_on = [{"EntityRef": {"type": "Customer", "value": "1"}, "IncludeOnSend": True}]
    meta = about(AttachableRef=hangs_on, FileName="plan.bin", ContentType="application/x-plan")
    reply = upload(
        garden,
        ("file_metadata_01", "meta.json", meta, "application/json"),
        ("file_content_01", "plan.bin", BINARY, "application/x-plan"),
    )
    made = reply.json()["AttachableResponse"][0]["Attachable"]
    address = garden.get(f"download/{made['Id']}")
    fetched = httpx.get(address.text)

    assert made["AttachableRef"][0]["EntityRef"]["name"] == "Amy's Bird Sanctuary"
    assert made["Size"] == len(BINARY)
    assert address.headers["content-type"].startswith("text/plain")
    assert fetched.content == BINARY
    assert fetched.headers["content-type"].startswith("application/x-plan")
    assert httpx.get(made["TempDownloadUri"]).content == BINARY


def test_two_files_in_one_call_each_with_its_answer(garden: Books) -> None:
    """A file whose metadata is refused gets a fault inside an answer of 200; the other stays."""
    wrong = about(AttachableRef=[{"EntityRef": {"type": "Vendor", "value": "9999"}}])
    reply = upload(
        garden,
        ("file_metadata_01", "a.json", wrong, "application/json"),
        ("file_content_01", "a.txt", b"a", "text/plain"),
        ("file_content_02", "b.txt", b"b", "text/plain"),
    )
    first, second = reply.json()["AttachableResponse"]

    assert reply.status_code == 200
    assert first["Fault"]["Error"][0]["code"] == "2500"
    assert second["Attachable"]["FileName"] == "b.txt"


def test_base64_part(garden: Books) -> None:
    """A part may be encoded, as some clients do, and its lines end as they like."""
    coded = base64.b64encode(BINARY).decode()
    lines = (
        "--edge",
        'Content-Disposition: form-data; name="file_content_01"; filename="c.bin"',
        "Content-Type: application/octet-stream",
        "Content-Transfer-Encoding: base64",
        "",
        coded,
        "--edge--",
        "",
    )
    body = "\n".join(lines).encode()
    reply = garden.raw("upload", body, "multipart/form-data; boundary=edge")
    made = reply.json()["AttachableResponse"][0]["Attachable"]

    assert httpx.get(made["TempDownloadUri"]).content == BINARY


def test_addresses_end(garden: Books) -> None:
    """A quarter of an hour later, or with a changed seal, nothing comes."""
    made = upload(garden, ("file_content_01", "d.txt", b"d", "text/plain")).json()
    address = made["AttachableResponse"][0]["Attachable"]["TempDownloadUri"]
    forged = httpx.get(address.replace("seal=", "seal=0"))
    garden.control.post("/clock", json={"advance": 901})
    late = httpx.get(address)

    assert (forged.status_code, late.status_code) == (403, 403)


def test_notes(garden: Books) -> None:
    """A note is written, changed, found by its words and deleted; empty ones are refused."""
    made = garden.make("Attachable", {"Note": "Call before noon", "Tag": "urgent"})
    changed = garden.sparse("Attachable", made, Note="Call after noon")
    found = garden.query("SELECT * FROM Attachable WHERE Tag = 'urgent'")["Attachable"]
    token = {"Id": changed["Id"], "SyncToken": changed["SyncToken"]}
    garden.make("Attachable", token, operation="delete")

    assert [one["Note"] for one in found] == ["Call after noon"]
    assert fault_of(garden.post("attachable", {"Category": "Other"}))["code"] == "2020"
    assert fault_of(garden.get(f"download/{made['Id']}"))["code"] == "610"
    assert garden.query("SELECT * FROM Attachable WHERE Tag = 'urgent'") == {}


def test_upload_that_is_none(garden: Books) -> None:
    """No parts, and no file among the parts."""
    assert fault_of(garden.post("upload", {}))["code"] == "1050"
    only_meta = upload(garden, ("file_metadata_01", "m.json", about(Note="x"), "application/json"))
    assert fault_of(only_meta)["code"] == "2020"


def test_documents_as_pdf(garden: Books) -> None:
    """An invoice is a PDF page; a customer is none."""
    invoice = garden.make("Invoice", invoice_body("1", 12.5))
    page = garden.get(f"invoice/{invoice['Id']}/pdf")

    assert page.headers["content-type"] == "application/pdf"
    assert page.content.startswith(b"%PDF-1.4")
    assert b"Amy's Bird Sanctuary" in page.content
    assert page.content.endswith(b"%%EOF\n")
    assert fault_of(garden.get("customer/1/pdf"))["code"] == "500"
    assert fault_of(garden.get("invoice/99999/pdf"))["code"] == "610"
