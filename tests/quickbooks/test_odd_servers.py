"""Answers no simulator of QuickBooks gives: cut-off, redirected, garbled, from a raw socket."""

import socket
import threading

import pytest

from bot.domain import RetryClass
from bot.quickbooks import QuickBooksFault
from bot.quickbooks.session import BooksSession, open_http

JSON = "Content-Type: application/json\r\nintuit_tid: 1-abc\r\n"
TOKEN = "access-token-of-this-test"


@pytest.fixture
def serve():
    """Serve one raw answer on a free port; returns the address."""
    listeners = []

    def start(answer):
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def run():
            with listener.accept()[0] as connection:
                received = b""
                while b"\r\n\r\n" not in received:
                    received += connection.recv(65536)
                connection.sendall(answer)

        threading.Thread(target=run, daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}/v3/company/1/customer"

    yield start
    for listener in listeners:
        listener.close()


def post(address):
    """Send one write through our session object."""
    with open_http() as http:
        session = BooksSession(http, TOKEN, 5.0, writing=True)
        return session.request(
            "POST", address, headers={"Authorization": f"Bearer {TOKEN}"}, data="{}"
        )


@pytest.mark.parametrize(
    "answer",
    [
        f"HTTP/1.1 200 OK\r\n{JSON}Content-Length: 500\r\n\r\n{{",
        f"HTTP/1.1 200 OK\r\n{JSON}Transfer-Encoding: chunked\r\n\r\n5\r\n{{",
        f"HTTP/1.1 200 OK\r\n{JSON}Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd",
        f"HTTP/1.1 302 Found\r\n{JSON}Location: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n",
        f"HTTP/1.1 204 No Content\r\n{JSON}\r\n",
        f'HTTP/1.1 200 OK\r\n{JSON}Content-Length: 12\r\n\r\n{{"Customer":',
        f'HTTP/1.1 200 OK\r\n{JSON}Content-Length: 5\r\n\r\n"yes"',
        "no HTTP at all\r\n\r\n",
        "",
    ],
    ids=["short", "chunk", "gzip", "redirect", "204", "half", "text", "garbage", "closed"],
)
def test_a_garbled_answer_leaves_a_write_in_doubt(serve, answer):
    """Whatever is no answer of QuickBooks: worth another try, outcome unknown, no token shown."""
    with pytest.raises(QuickBooksFault) as caught:
        post(serve(answer.encode()))

    fault = caught.value
    assert fault.reply_lost
    assert fault.retry_class is RetryClass.TRANSIENT
    assert TOKEN not in f"{fault} {fault.raw} {fault.detail} {fault.fault_message}"


def test_bytes_that_are_no_utf8_are_still_read(serve):
    """A reply in another encoding becomes text with marks, not an exception of Python."""
    body = '{"Fault":{"Error":[{"Message":"Numéro","code":"6140"}]}}'.encode("latin-1")
    head = f"HTTP/1.1 400 Bad Request\r\n{JSON}Content-Length: {len(body)}\r\n\r\n"

    with pytest.raises(QuickBooksFault) as caught:
        post(serve(head.encode() + body))

    assert caught.value.code == "6140"
    assert caught.value.intuit_tid == "1-abc"


def test_no_netrc_file_replaces_our_header(serve, tmp_path, monkeypatch):
    """A machine's .netrc is not asked: the request carries our token."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    seen = []

    def keep(reply, **_):
        seen.append(reply.request.headers["Authorization"])

    body = '{"Customer":{}}'
    answer = f"HTTP/1.1 200 OK\r\n{JSON}Content-Length: {len(body)}\r\n\r\n{body}"
    with open_http() as http:
        http.hooks["response"].append(keep)
        BooksSession(http, TOKEN, 5.0, writing=False).request(
            "GET", serve(answer.encode()), headers={"Authorization": f"Bearer {TOKEN}"}
        )

    assert seen == [f"Bearer {TOKEN}"]
