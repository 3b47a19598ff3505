"""An IMAP folder over a real socket and a maildir of real files: every mail once, none lost."""

import mailbox as standard
import os
import socket
import subprocess
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from bot.config import Settings
from bot.console.environment import missing_to_run
from bot.errors import BotError
from bot.mailbox import Why, imap
from bot.work import mailing
from tests.forwarded.imap_server import Account, serving

MAILS = Path(__file__).parent / "mails"
ERROR, OTHER, NEWS = "01-plain-text", "02-html-base64", "no-newsletter"


def raw(name):
    """One of the mails."""
    return (MAILS / f"{name}.eml").read_bytes()


def numbered(number):
    """An error with a Message-ID of its own."""
    return raw(ERROR).replace(b"so-1042.0001", b"n%d" % number)


@pytest.fixture
def account():
    """The account of the mailbox."""
    return Account()


@pytest.fixture
def box(office, account):
    """The office with one company, whose mailbox is served."""
    office.company("Harbor Foods")
    with serving(account) as port:
        office.settings(
            MAIL_IMAP_HOST="127.0.0.1", MAIL_IMAP_PORT=port, MAIL_IMAP_SECURITY="none",
            MAIL_IMAP_USER=account.user, MAIL_IMAP_PASSWORD=SecretStr(account.password),
        )  # fmt: skip
        yield office


def test_an_unread_error_is_taken_once_and_marked(box, account):
    """The row is there, the mail is flagged as seen; what is no error stays unread, and counted."""
    error, news = account.deliver(raw(ERROR)), account.deliver(raw(NEWS))
    row = box.read()
    assert (row.taken, row.left_alone, row.trouble) == (1, 1, "")
    assert account.seen == {error}
    [taken] = box.rows()
    assert "Customer: Jane Doe" in taken.text
    assert taken.tool == "Stockroom Notifications"
    assert news not in account.seen

    row = box.read()
    assert (row.taken, row.left_alone, len(box.rows())) == (1, 1, 1)
    assert not any("EXPUNGE" in said or "DELETE" in said for said in account.said)


def test_one_that_a_person_has_read_first_is_not_lost(box, account):
    """After the first reading everything new counts, read or not."""
    box.read()
    account.deliver(raw(ERROR), seen=True)
    assert box.read().taken == 1


def test_of_a_mailbox_never_read_before_only_what_is_unread_and_young(box, account):
    """Years of old mails do not become alerts."""
    account.deliver(numbered(1), seen=True)
    account.deliver(numbered(2), datetime.now(UTC) - timedelta(days=30))  # noqa: TID251  real
    account.deliver(numbered(3))
    assert box.read().taken == 1


def test_a_full_mailbox_is_read_in_turns(box, account, monkeypatch):
    """Each run reads some and asks for the next; nothing is left out or taken twice."""
    monkeypatch.setattr(mailing, "AT_ONCE", 3)
    box.read()
    for number in range(8):
        account.deliver(numbered(number))
    assert box.read().taken == 8
    assert len(box.rows()) == 8
    assert len(account.seen) == 8


@pytest.mark.parametrize("moment", ["STORE", "BODY.PEEK", "SEARCH", "LOGIN"])
def test_a_connection_that_breaks_loses_and_repeats_nothing(box, account, moment):
    """Before the mail is marked, while it is fetched, at the start: the next reading goes on."""
    account.deliver(numbered(1))
    account.deliver(numbered(2))
    account.dies_at = moment
    row = box.read()
    assert "\n" not in row.trouble
    assert account.user in row.trouble
    account.dies_at = ""
    row = box.read()
    assert row.trouble == ""
    assert len(box.rows()) == 2
    assert len(account.seen) == 2


def test_mails_numbered_anew_are_known_by_their_message_id(box, account):
    """UIDVALIDITY changed: the numbers mean nothing, what is unread is looked at again."""
    account.deliver(raw(ERROR))
    box.read()
    account.number_anew()
    account.seen.clear()
    account.deliver(numbered(2))
    assert box.read().taken == 2
    assert len(box.rows()) == 2


def test_a_refused_flag_keeps_nothing_from_being_read(box, account):
    """The errors are kept and the next mails are read, although the server marks nothing."""
    account.refuses = "STORE"
    account.deliver(numbered(1))
    account.deliver(numbered(2))
    assert box.read().taken == 2
    assert box.read().taken == 2


def test_a_mail_that_is_too_large_is_not_fetched(box, account, monkeypatch):
    """It is counted, and the others are read."""
    monkeypatch.setattr(imap, "MOST_BYTES", 2_000)
    large = account.deliver(raw(ERROR) + b"x" * 3_000)
    account.deliver(raw(ERROR))
    row = box.read()
    assert (row.taken, row.too_large) == (1, 1)
    assert large not in account.seen


@pytest.mark.parametrize(
    ("change", "why", "says"),
    [
        (
            {"MAIL_IMAP_PASSWORD": SecretStr("wr0ng-secret")},
            Why.SIGN_IN,
            "refuses the user name or the password",
        ),
        ({"MAIL_IMAP_FOLDER": "Nowhere"}, Why.FOLDER, "has no folder Nowhere"),
        ({"MAIL_IMAP_SECURITY": "tls"}, Why.AWAY, "TLS"),
        ({"MAIL_IMAP_SECURITY": "starttls"}, Why.AWAY, "refuses"),
        ({"MAIL_IMAP_HOST": "mail.invalid"}, Why.AWAY, "cannot be reached"),
        ({"MAIL_IMAP_PASSWORD": SecretStr("pässwörd")}, Why.SIGN_IN, "refuses"),
    ],
)
def test_a_dead_mailbox_is_told_in_one_line(box, account, change, why, says):
    """Wrong password, folder, encryption or server: a sentence without the secret, no crash."""
    box.settings(**change)
    box.read()
    [row] = [one for one in box.rows(mailing.MailState) if one.trouble]
    assert says in row.trouble
    assert row.trouble_why == why
    assert "wr0ng" not in row.trouble
    assert "\n" not in row.trouble
    assert row.trouble_since is not None


@pytest.mark.parametrize("password", ["hush-hush", "hüsh-hush"])
def test_neither_the_password_nor_a_mail_is_logged(box, account, caplog, password):
    """Not even when everything is logged."""
    caplog.set_level("DEBUG")
    account.deliver(raw(ERROR))
    box.settings(MAIL_IMAP_PASSWORD=SecretStr(password))
    box.read()
    assert "hush" not in caplog.text
    assert b64encode(f"\0{account.user}\0{password}".encode()).decode() not in caplog.text
    assert "Jane Doe" not in caplog.text


def test_a_sign_in_refused_for_now_needs_nobody(box, account):
    """RFC 5530: the server is busy or the account in use; its password is not called wrong."""
    account.busy = True
    row = box.read()
    assert "lets nobody in just now" in row.trouble
    assert row.trouble_why == Why.AWAY


@pytest.mark.parametrize(
    ("word", "line"),
    [
        ("CAPABILITY", "* CAPABILITY ÿ"),
        ("SELECT", "* OK [UIDVALIDITY x] valid"),
        ("SEARCH", "* SEARCH abc"),
        ("SEARCH", "* SEARCH ("),
        ("FETCH", "* 1 FETCH (UID 1 RFC822.SIZE NIL)"),
        ("FETCH", "* 1 FETCH (UID 1 RFC822.SIZE"),
        ("FETCH", "* x FETCH ()"),
    ],
)
def test_a_server_that_answers_rubbish_is_told_in_one_line(box, account, word, line):
    """Nothing it says stops the reading without a word; healthy again, nothing was lost."""
    account.deliver(raw(ERROR))
    account.rubbish = {word: line}
    row = box.read()
    assert account.user in row.trouble or row.taken == 1
    assert "\n" not in row.trouble
    account.rubbish = {}
    assert (box.read().trouble, len(box.rows())) == ("", 1)


def test_a_server_that_is_silent_is_given_up(office, monkeypatch):
    """It accepts and says nothing: the reading ends by its time limit."""
    monkeypatch.setattr(imap, "TIMEOUT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        office.settings(
            MAIL_IMAP_HOST="127.0.0.1", MAIL_IMAP_PORT=server.getsockname()[1],
            MAIL_IMAP_SECURITY="none", MAIL_IMAP_USER="a", MAIL_IMAP_PASSWORD=SecretStr("b"),
        )  # fmt: skip
        assert "does not answer" in office.read().trouble


def test_tls_trusts_nobody_unknown(office, account, tmp_path, monkeypatch):
    """By default the certificate is checked; with one that is trusted the mailbox is read."""
    office.company("Harbor Foods")
    file = tmp_path / "server.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
         "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", file, "-out",
         tmp_path / "only.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    file.write_text(file.read_text() + (tmp_path / "only.pem").read_text())
    account.deliver(raw(ERROR))
    with serving(account, file) as port:
        office.settings(
            MAIL_IMAP_HOST="127.0.0.1", MAIL_IMAP_PORT=port, MAIL_IMAP_USER=account.user,
            MAIL_IMAP_PASSWORD=SecretStr(account.password),
        )  # fmt: skip
        row = office.read()
        assert "no valid TLS certificate" in row.trouble
        assert row.trouble_why == Why.CERTIFICATE
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        assert office.read().taken == 1


@pytest.fixture
def maildir(office, tmp_path):
    """The office with one company and a maildir."""
    office.company("Harbor Foods")
    made = standard.Maildir(tmp_path / "mails", create=True)
    office.settings(MAIL_DIR=str(tmp_path / "mails"))
    return made


def test_a_maildir(office, maildir):
    """Taken ones are moved as read, others as unread; a link is not followed."""
    maildir.add(raw(ERROR))
    maildir.add(raw(NEWS))
    folder = Path(maildir._path)
    (folder / "new" / "link").symlink_to(MAILS / f"{OTHER}.eml")
    row = office.read("maildir")
    assert (row.taken, row.left_alone) == (1, 1)
    assert sorted(one.name.partition(":")[2] for one in (folder / "cur").iterdir()) == ["2,", "2,S"]
    assert office.read("maildir").taken == 1
    assert len(office.rows()) == 1


def test_a_broken_file_of_a_maildir_keeps_none_of_the_others_back(office, maildir, monkeypatch):
    """Empty, a folder, a name that is no text, no mail at all, one that may not be read."""
    new = Path(maildir._path) / "new"
    (new / "folder").mkdir()
    (new / "empty").write_bytes(b"")
    (new / "nul").write_bytes(b"\0" * 1_000)
    Path(os.fsdecode(bytes(new) + b"/\xff\xfe")).write_bytes(raw(NEWS))
    maildir.add(raw(ERROR))
    row = office.read("maildir")
    assert (row.taken, row.left_alone, row.trouble) == (1, 3, "")

    (new / "closed").write_bytes(raw(OTHER))
    (new / "last").write_bytes(numbered(2))
    readable = Path.read_bytes

    def read_bytes(file):
        if file.name == "closed":  # root may read everything
            raise PermissionError(13, "Permission denied", str(file))
        return readable(file)

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    row = office.read("maildir")
    assert row.taken == 2
    assert "new/closed: Permission denied" in row.trouble
    monkeypatch.undo()
    row = office.read("maildir")
    assert (row.taken, row.trouble) == (3, "")


def test_a_maildir_that_is_none(office, tmp_path):
    """A mistyped folder is told."""
    office.settings(MAIL_DIR=str(tmp_path / "nothing"))
    assert "is no maildir" in office.read("maildir").trouble


def test_the_same_mail_in_both_is_one(box, account, tmp_path):
    """Its Message-ID tells it, wherever it lies."""
    standard.Maildir(tmp_path / "mails", create=True).add(raw(ERROR))
    account.deliver(raw(ERROR))
    box.settings(MAIL_DIR=str(tmp_path / "mails"))
    box.read()
    mailing.read_mail(box.services, "maildir")
    assert len(box.rows()) == 1


def two_companies(office):
    """Two companies, of which the mail's plus address names the first."""
    return office.company("Harbor Foods"), office.company("Blue Door Ltd.")


def take(office, maildir, name=ERROR, **headers):
    """Let a mail arrive with other headers, and read it; the row of the mailbox."""
    given = raw(name)
    for header, value in headers.items():
        lines = given.split(b"\r\n\r\n", 1)
        kept = [one for one in lines[0].split(b"\r\n") if not one.startswith(header.encode())]
        given = b"\r\n".join([*kept, f"{header}: {value}".encode()]) + b"\r\n\r\n" + lines[1]
    maildir.add(given)
    return office.read("maildir")


@pytest.fixture
def post(office, tmp_path):
    """A maildir, and companies as a test makes them."""
    made = standard.Maildir(tmp_path / "mails", create=True)
    office.settings(MAIL_DIR=str(tmp_path / "mails"))
    return made


def test_a_plus_address_names_the_company(office, post):
    """errors+harborfoods@…: spaces, case and signs of the name do not count."""
    harbor, _ = two_companies(office)
    take(office, post)
    assert office.told() == [("Stockroom Notifications", harbor)]


def test_a_declared_address_goes_first_and_names_the_tool(office, post):
    """The receiver decides about the company, the sender about the tool."""
    harbor, door = two_companies(office)
    office.source("Blue Door Ltd.", "Stock", "errors-door@books.example", "@stockroom.example")
    office.source("Harbor Foods", "Stock of Harbor", "@stockroom.example")
    take(office, post, **{"Delivered-To": "x@y.example", "To": "Errors-Door@books.example"})
    take(office, post, **{"Message-ID": "<2@x.example>"})
    assert office.told() == [("Stock", door), ("Stock of Harbor", harbor)]


def test_a_mail_of_nobody_waits_for_its_company(office, post):
    """With several companies an alert in the wrong books is worse than none; doctor tells it."""
    _, door = two_companies(office)
    with capture_logs() as logged:
        row = take(office, post, **{"Delivered-To": "a@y.example", "To": "errors@books.example"})
        assert (row.unassigned, office.told()) == (1, [])
        assert office.read("maildir").unassigned == 1
    # It is said once, not at every look.
    assert [one["mails"] for one in logged if "no known company" in one["event"]] == [1]

    office.source("Blue Door Ltd.", "Stock", "errors@books.example")
    row = office.read("maildir")
    assert (row.unassigned, row.taken, office.told()) == (0, 1, [("Stock", door)])


def test_an_unread_mail_of_nobody_is_looked_at_again_on_imap(box, account):
    """A new address makes the bot look through what is still unread."""
    door = box.company("Blue Door Ltd.")
    account.deliver(raw(OTHER))
    assert box.read().unassigned == 1
    box.source("Blue Door Ltd.", "Cin", "@cinexports.example")
    row = box.read()
    assert (row.unassigned, box.told()) == (0, [("Cin", door)])


def test_a_forwarded_mail_is_the_tools(office, post):
    """Who forwards it is not the tool."""
    office.company("Harbor Foods")
    take(office, post, "05-forwarded-inline")
    assert [tool for tool, _ in office.told()] == ["Rapidstock"]


@pytest.mark.parametrize("address", ["nobody", "a b@example.com", "@x", ""])
def test_a_wrong_address_is_refused_when_it_is_declared(office, address):
    """A mistyped one would never fit any mail."""
    office.company("Harbor Foods")
    with pytest.raises(BotError, match="is no address"):
        office.source("Harbor Foods", "Stock", address)


def test_settings_that_would_show_the_password_stop_the_start():
    """No encryption only on this machine; no account is a clear line."""
    wrong = missing_to_run(
        Settings.from_mapping({"MAIL_IMAP_HOST": "mail.example", "MAIL_IMAP_SECURITY": "none"})
    )
    said = "\n".join(wrong)
    assert "MAIL_IMAP_SECURITY: none is only for a server on this machine" in said
    assert "MAIL_IMAP_USER and MAIL_IMAP_PASSWORD" in said
