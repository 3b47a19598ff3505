"""POST /intake/{source}/errors with a mail: as it is, or as a file of a form."""

import hashlib
import hmac
import json
from http.client import HTTPConnection
from pathlib import Path

import pytest
from sqlmodel import select
from typer.testing import CliRunner

from bot.console import build, doctoring
from bot.console.sources import add_source, declare_mail
from bot.models import Forwarded

MAILS = Path(__file__).parent.parent / "forwarded" / "mails"
MAIL = {"Content-Type": "message/rfc822"}


def raw(name="01-plain-text"):
    """One of the mails."""
    return (MAILS / f"{name}.eml").read_bytes()


@pytest.fixture
def source(edge):
    """A source that forwards errors."""
    edge.company()
    return add_source(edge.services, None, "stock", errors=True)


def send(edge, source, **given):
    """Hand over with the source's token."""
    headers = {"Authorization": f"Bearer {source.token}"} | given.pop("headers", {})
    return edge.http.post("/intake/stock/errors", headers=headers, **given)


def rows(edge):
    """What was taken in."""
    with edge.services.sessions.read() as session:
        return list(session.exec(select(Forwarded)))


def test_a_mail_is_taken_once_by_its_message_id(edge, source):
    """As it is, and again as a file of a form: one error."""
    first = send(edge, source, content=raw(), headers=MAIL).json()
    assert (first["taken"], first["errors"][0]["kind"]) == (1, "inactive_record")
    again = send(edge, source, files={"mail": ("error.eml", raw(), "message/rfc822")}).json()
    assert (again["taken"], again["known_before"]) == (0, 1)
    other = raw().replace(b"610", b"#").replace(b"inactive", b"odd")
    again = send(edge, source, content=other, headers=MAIL).json()
    assert (again["known_before"], again["errors"][0]["kind"]) == (1, "inactive_record")
    # A body that tells of no error is answered in the same way.
    head = raw().split(b"\r\n\r\n" if b"\r\n" in raw() else b"\n\n", 1)[0]
    for empty in (head + b"\r\n\r\nAll is well.", head.replace(b"Subject", b"Precedence")):
        again = send(edge, source, content=empty, headers=MAIL).json()
        assert (again["known_before"], again["errors"][0]["kind"]) == (1, "inactive_record")
    [row] = rows(edge)
    assert (row.tool, row.said_at.hour) == ("stock", 13)


def test_a_newsletter_is_answered_and_the_sources_own_sender_is_read(edge, source):
    """What a declared address sends is no newsletter."""
    news = (
        b"From: Tool <news@tool.example>\r\nSubject: 10 tips for QuickBooks errors\r\n\r\n"
        b"Our newsletter: how to fix error 6240."
    )
    answer = send(edge, source, content=news, headers=MAIL).json()
    assert (answer["taken"], answer["left_alone"][:20]) == (0, "It is a newsletter: ")
    declare_mail(edge.services, None, "stock", ["@tool.example"])
    assert send(edge, source, content=news, headers=MAIL).json()["taken"] == 1


def test_a_digest_is_several_errors(edge, source):
    """Each of its rows is told by itself."""
    answer = send(edge, source, content=raw("07-digest-alternative"), headers=MAIL).json()
    assert (answer["taken"], len(rows(edge))) == (3, 3)
    assert answer["left"] == 1
    assert "SO-4" in answer["left_rows"][0]["text"]
    assert answer["left_rows"][0]["why"] == "It says that all is well."


def test_a_bare_text_of_several_errors_is_several(edge, source):
    """As text/plain too; one that nothing explains counts beside them."""
    lines = "- SO-1 6240 Duplicate Name Exists Error\n- SO-2 cannot post: the flux is bent"
    answer = send(edge, source, content=lines.encode(), headers={"Content-Type": "text/plain"})
    told = [one["problem"] for one in answer.json()["errors"]]
    assert (told, answer.json()["left"]) == (["duplicate_name", "unknown"], 0)


def test_a_signature_lets_a_mail_in(edge, source):
    """Made of the raw mail, as of any body."""
    made = hmac.new(source.signing_key.encode(), raw(), hashlib.sha256).hexdigest()
    signed = {**MAIL, "Authorization": "", "X-Signature": made}
    assert send(edge, source, content=raw(), headers=signed).status_code == 200
    other = send(edge, source, content=raw("09-broken"), headers=signed)
    assert other.status_code == 401


def test_what_tells_of_no_error_is_left_alone_and_said(edge, source):
    """The answer says why; nothing is kept."""
    answer = send(edge, source, content=raw("no-newsletter"), headers=MAIL)
    assert answer.status_code == 200
    assert "no error of QuickBooks" in answer.json()["left_alone"]
    assert answer.json()["taken"] == 0
    assert rows(edge) == []


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        (b"no headers", 400, "no mail"),
        (b"", 400, "no mail"),
        (b"Subject: x\r\n\r\n" + b"x" * (5 * 1024 * 1024), 413, "larger than 5 MB"),
    ],
)
def test_what_is_no_mail_is_one_clear_sentence(edge, source, body, status, says):
    """Refused, and nothing of it is kept."""
    answer = send(edge, source, content=body, headers=MAIL)
    assert (answer.status_code, says in answer.json()["error"]) == (status, True), answer.text
    assert rows(edge) == []


def test_who_writes_a_large_mail_to_its_end_reads_the_answer(edge, source):
    """Written whole before anything is read, as urllib does: 413 in words, and no reset."""
    body = b"Subject: x\r\n\r\n" + b"x" * (6 * 1024 * 1024)
    line = HTTPConnection("127.0.0.1", edge.server.port, timeout=20)
    given = {"Authorization": f"Bearer {source.token}"}
    line.request("POST", "/intake/stock/errors", body, given | MAIL)
    answer = line.getresponse()
    assert (answer.status, b"larger than 5 MB" in answer.read()) == (413, True)
    line.close()


def test_json_in_a_form_is_still_json(edge, source):
    """A file of a form need not be a mail."""
    body = b'{"message": "Error 6240: The name supplied already exists."}'
    answer = send(edge, source, files={"file": ("error.json", body, "application/json")})
    assert answer.json()["errors"][0]["problem"] == "duplicate_name"


def test_the_command_line_declares_addresses(edge, source):
    """`sources mail` sets them, the token stays; `sources list` shows them."""
    app = build(edge.parts())
    made = CliRunner().invoke(app, ["sources", "mail", "stock", "A@x.example", "@y.example"])
    assert "stock, Harbor Foods: a@x.example, @y.example." in made.stdout
    shown = json.loads(CliRunner().invoke(app, ["sources", "list", "--json"]).stdout)
    assert shown[0]["mail"] == ["a@x.example", "@y.example"]
    assert send(edge, source, content=raw(), headers=MAIL).status_code == 200
    assert CliRunner().invoke(app, ["sources", "mail", "stock", "nobody"]).exit_code == 2


@pytest.mark.parametrize("more_settings", [{"MAIL_DIR": "/nowhere/at/all"}])
def test_doctor_tells_a_dead_mailbox(edge, monkeypatch):
    """One line says which mailbox cannot be read, and why."""
    found = doctoring.examine(edge.parts(), edge.services.settings)
    [line] = [one for one in found if one.part == "mailbox"]
    assert (line.ok, line.words) == (
        False, "/nowhere/at/all is no maildir: there is no folder /nowhere/at/all.",
    )  # fmt: skip
