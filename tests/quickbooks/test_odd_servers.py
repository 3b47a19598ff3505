"""Answers no simulator of QuickBooks gives: cut-off, redirected, garbled, from a raw socket."""

import contextlib
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
                with contextlib.suppress(OSError):  # who waited long enough hangs up
                    for part in answer if isinstance(answer, list) else [answer]:
                        connection.sendall(part)
                        threading.Event().wait(0.1 if isinstance(answer, list) else 0)

        threading.Thread(target=run, daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}/v3/company/1/customer"

    yield start
    for listener in listeners:
        listener.close()


def post(address, timeout=5.0):
    """Send one write through our session object."""
    with open_http(address) as http:
        session = BooksSession(http, TOKEN, timeout, writing=True)
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
    address = serve(answer.encode())
    with open_http(address) as http:
        http.hooks["response"].append(keep)
        BooksSession(http, TOKEN, 5.0, writing=False).request(
            "GET", address, headers={"Authorization": f"Bearer {TOKEN}"}
        )

    assert seen == [f"Bearer {TOKEN}"]


def test_a_reply_that_trickles_ends_with_the_time_out(serve):
    """A byte now and then keeps every single wait short; the whole reply has one time-out."""
    head = f"HTTP/1.1 200 OK\r\n{JSON}Content-Length: 500\r\n\r\n".encode()

    with pytest.raises(QuickBooksFault, match="did not come in time") as caught:
        post(serve([head, *[b" "] * 50]), timeout=0.5)

    assert caught.value.reply_lost


def test_a_head_that_trickles_ends_with_the_time_out_too(serve):
    """The same where the answer never gets as far as its body."""
    with pytest.raises(QuickBooksFault, match="did not come in time") as caught:
        post(serve([b"HTTP/1.1 200 OK\r\nX-Wait: ", *[b"."] * 50]), timeout=0.5)

    assert caught.value.reply_lost


@pytest.mark.parametrize(
    ("stated", "least", "most"),
    [
        ("120", 120, 120),
        ("999999", 3600, 3600),
        ("Sun, 01 Jan 2040 00:00:00 GMT", 3600, 3600),
        ("Sun, 01 Jan 2023 00:00:00 GMT", 0, 0),
    ],
)
def test_retry_after_is_read(serve, stated, least, most):
    """Seconds and a date are understood; a moment that is past means now, years mean an hour."""
    head = f"HTTP/1.1 429 Too Many\r\n{JSON}Retry-After: {stated}\r\nContent-Length: 0\r\n\r\n"

    with pytest.raises(QuickBooksFault) as caught:
        post(serve(head.encode()))

    assert least <= caught.value.retry_after <= most
    assert caught.value.retry_class is RetryClass.THROTTLED


@pytest.mark.parametrize("stated", ["soon", "-5", ""])
def test_a_retry_after_that_says_nothing(serve, stated):
    """Then the documented minute holds, or our own short pause."""
    head = f"HTTP/1.1 429 Too Many\r\n{JSON}Retry-After: {stated}\r\nContent-Length: 0\r\n\r\n"

    with pytest.raises(QuickBooksFault) as caught:
        post(serve(head.encode()))

    assert caught.value.retry_after is None


@pytest.mark.parametrize(("status", "code"), [(504, "4"), (500, "6000"), (408, "")])
def test_a_gateway_that_gave_up_waiting_leaves_a_write_in_doubt(serve, status, code):
    """QuickBooks may go on with the work behind a server that answered too early."""
    body = f'{{"fault":{{"error":[{{"message":"gateway","code":"{code}"}}],"type":"SERVICE"}}}}'
    head = f"HTTP/1.1 {status} Odd\r\n{JSON}Content-Length: {len(body)}\r\n\r\n{body}"

    with pytest.raises(QuickBooksFault) as caught:
        post(serve(head.encode()))

    assert caught.value.reply_lost
    assert caught.value.retry_class is RetryClass.TRANSIENT
