"""A mailbox that takes no password: an application gets its permission and reads it by IMAP."""

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest
from pydantic import SecretStr

from bot.config import Settings
from bot.mailbox import boxes, missing
from bot.mailbox.permission import Application
from tests.forwarded.imap_server import Account, serving
from tests.forwarded.test_mailboxes import numbered


@dataclass
class Tokens:
    """What the sign-in service answers, and what it was asked."""

    status: int = 200
    body: bytes = b'{"access_token": "tok-1", "expires_in": 3599}'
    asked: list[dict[str, list[str]]] = field(default_factory=list)


@contextmanager
def giving(tokens):
    """Let the service be reached on a free port; gives its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            length = int(self.headers["Content-Length"])
            tokens.asked.append(parse_qs(self.rfile.read(length).decode()))
            self.send_response(tokens.status)
            self.end_headers()
            self.wfile.write(tokens.body)

        def log_message(self, *_):
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/token"
        server.shutdown()
        thread.join()


@pytest.fixture
def tokens():
    """The sign-in service."""
    return Tokens()


@pytest.fixture
def account():
    """The account of the mailbox, which takes a token and no password."""
    return Account(token="tok-1")


@pytest.fixture
def box(office, account, tokens):
    """The office with one company and such a mailbox."""
    office.company("Harbor Foods")
    with serving(account) as port, giving(tokens) as url:
        office.settings(
            MAIL_IMAP_HOST="127.0.0.1", MAIL_IMAP_PORT=port, MAIL_IMAP_SECURITY="none",
            MAIL_IMAP_USER=account.user, MAIL_IMAP_TOKEN_URL=url, MAIL_IMAP_CLIENT_ID="app-1",
            MAIL_IMAP_CLIENT_SECRET=SecretStr("hush-hush-2"),
        )  # fmt: skip
        yield office


def test_an_application_reads_the_mailbox(box, account, tokens):
    """It asks for a permission with its secret and signs in with what it is given."""
    account.deliver(numbered(1))
    assert box.read().taken == 1
    assert tokens.asked[0] == {
        "grant_type": ["client_credentials"],
        "client_id": ["app-1"],
        "client_secret": ["hush-hush-2"],
        "scope": ["https://outlook.office365.com/.default"],
    }
    assert not any("LOGIN" in said for said in account.said)


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (401, b'{"error": "invalid_client", "error_description": "hush-hush-2 is wrong"}',
         "refuses the application (invalid_client)"),
        (200, b"<html>hello</html>", "refuses the application"),
        (503, b"", "answers with status 503"),
    ],
)  # fmt: skip
def test_a_permission_that_is_refused_is_said(box, tokens, status, body, said):
    """By the service's own word, never with the secret; a busy service may heal by itself."""
    tokens.status, tokens.body = status, body
    row = box.read()
    assert said in row.trouble
    assert "hush-hush" not in row.trouble


def test_a_permission_for_another_mailbox_is_said(box, account):
    """The mail server lets the application in nowhere else."""
    account.token = "another"
    row = box.read()
    assert "does not let the application in" in row.trouble
    assert "tok-1" not in row.trouble


def test_a_service_that_is_away_is_said(office):
    """One sentence, without the secret."""
    application = Application("http://127.0.0.1:9/token", "app-1", SecretStr("hush"), "s", "u@x")
    with pytest.raises(Exception, match=r"The sign-in at 127.0.0.1 for the mailbox of u@x") as told:
        application.token()
    assert "hush" not in str(told.value)


def test_what_an_application_needs_is_told_at_the_start():
    """No password then; its secret goes only where it is encrypted."""
    given = {"MAIL_IMAP_HOST": "m", "MAIL_IMAP_TOKEN_URL": "http://login.example/token"}
    wrong = "\n".join(missing(Settings.from_mapping(given)))
    assert "MAIL_IMAP_CLIENT_ID and MAIL_IMAP_CLIENT_SECRET" in wrong
    assert "MAIL_IMAP_TOKEN_URL: must be an https address" in wrong
    assert "MAIL_IMAP_PASSWORD" not in wrong
    right = {
        "MAIL_IMAP_HOST": "m", "MAIL_IMAP_USER": "u@x", "MAIL_IMAP_CLIENT_ID": "a",
        "MAIL_IMAP_TOKEN_URL": "https://login.example/token", "MAIL_IMAP_CLIENT_SECRET": "s3cret",
    }  # fmt: skip
    settings = Settings.from_mapping(right)
    assert missing(settings) == []
    assert "s3cret" not in repr(boxes(settings))
