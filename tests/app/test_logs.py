"""No secret reaches a log line, whatever way it takes."""

import io
import json
import logging

import pytest
import structlog
from cryptography.fernet import Fernet

from bot import logs
from bot.config import Settings

KEY = Fernet.generate_key().decode()
SECRETS = {
    "slack_bot": "xoxb-1111-2222-abcdefabcdef",
    "slack_app": "xapp-1-A111-222-abcdefabcdef",
    "refresh": "RT1-184-H0-1781234567abcdefghij",
    "jwt": "eyJhbGciOiJkaXIi.c2VjcmV0LXBheWxvYWQ.c2lnbmF0dXJl",
    "fernet": "gAAAAABk" + "x" * 60,
    "plain": "a-very-private-client-secret",
}


@pytest.fixture
def written():
    """The log as text, and the configuration undone afterwards."""
    stream = io.StringIO()
    root, level = logging.getLogger(), logging.getLogger().level
    handlers = list(root.handlers)
    settings = Settings.from_mapping(
        {
            "SLACK_BOT_TOKEN": SECRETS["slack_bot"],
            "INTUIT_CLIENT_SECRET": SECRETS["plain"],
            "SECRET_KEYS": KEY,
        }
    )
    logs.configure(settings, stream)
    yield stream
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
@pytest.mark.parametrize(
    "place", ["event", "value", "nested", "key", "url", "exception", "argument", "bytes"]
)
def test_a_secret_is_hidden_wherever_it_stands(written, secret, place):
    """In the words, in a value, in a container, in an address, in a traceback."""
    log = structlog.get_logger("test")
    if place == "event":
        log.info(f"sent {secret} away")
    elif place == "value":
        log.info("sent", reply=f"the reply was {secret}")
    elif place == "nested":
        log.info("sent", body={"parts": [{"x": secret}, (secret,)]})
    elif place == "key":
        log.info("sent", access_token=secret, body={"Authorization": f"Basic {secret}"})
    elif place == "url":
        log.info("sent", url=f"https://x.example/callback?code={secret}&state={secret}")
    elif place == "exception":
        try:
            raise ValueError(secret)
        except ValueError:
            log.exception("failed")
    elif place == "argument":
        logging.getLogger("some.library").warning("reply %s %r", secret, {"token": secret})
    else:
        log.info("sent", body=secret.encode())

    assert secret not in written.getvalue()
    assert logs.HIDDEN in written.getvalue()


def test_lines_are_json_and_say_what_happened(written):
    """One JSON object a line; ordinary values stay."""
    structlog.get_logger("test").info("posted", company_id=7, numbers=["INV-1"], done=True)
    line = json.loads(written.getvalue())

    assert line["event"] == "posted"
    assert line["company_id"] == 7
    assert line["numbers"] == ["INV-1"]
    assert line["done"] is True
    assert line["level"] == "info"


def test_dates_of_tokens_are_no_secret(written):
    """A key that only speaks about a token keeps its value."""
    structlog.get_logger("test").info("refreshed", token_expires="2026-11-22")

    assert "2026-11-22" in written.getvalue()


def test_names_are_not_taken_for_secrets(written):
    """People's and companies' names, document numbers and ids stay readable."""
    structlog.get_logger("test").info(
        "held", name="Basic Supplies", number="INV-1048", qbo_id="58", party="Jane  Doe"
    )
    line = json.loads(written.getvalue())

    assert line["name"] == "Basic Supplies"
    assert line["party"] == "Jane  Doe"
