"""A client that dies in the middle of a request has asked for nothing."""

import json
import socket
from urllib.parse import urlsplit

from tests.sandbox.quickbooks.conftest import Books


def test_half_a_body_is_no_request(books: Books) -> None:
    """A killed client's truncated write neither acts nor uses up its requestid."""
    address = urlsplit(books.base)
    body = json.dumps({"DisplayName": "Half Sent"}).encode()
    head = (
        f"POST {address.path}/customer?requestid=half-1 HTTP/1.1\r\n"
        f"Host: {address.netloc}\r\nAuthorization: Bearer {books.token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()
    with socket.create_connection((address.hostname, address.port)) as wire:
        wire.sendall(head + body[:5])

    again = books.post("customer", {"DisplayName": "Half Sent"}, requestid="half-1")

    assert again.status_code == 200, again.text
    assert again.json()["Customer"]["DisplayName"] == "Half Sent"
