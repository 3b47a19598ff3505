"""What mails say: real-looking notices of vendors, broken ones, hostile ones, and no errors."""

import time
from base64 import b64encode
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.forwarded import letters, mail
from bot.forwarded.decoding import unfolded
from bot.forwarded.markup import to_text
from bot.forwarded.recognising import recognise
from bot.mailbox import MOST_BYTES
from tests.words import knowledge

MAILS = Path(__file__).parent / "mails"
HEAD = b"From: a@example.com\r\nSubject: QuickBooks error\r\n"


def told(name, **more):
    """What one of the mails tells of: (problem, text) of each error."""
    letter = mail.read((MAILS / f"{name}.eml").read_bytes())
    found = letters.errors_of(knowledge(), letter, **{"expected": True, **more})
    return [(recognise(knowledge(), one.text).problem, one) for one in found.reports]


def letter_of(body, head=HEAD, kind=b"text/plain"):
    """A mail made of a body alone."""
    return mail.read(head + b"Content-Type: " + kind + b"\r\n\r\n" + body)


@pytest.mark.parametrize(
    ("name", "problem", "says"),
    [
        ("01-plain-text", "inactive_reference", "Customer: Jane Doe"),
        ("02-html-base64", "duplicate_document_number", "Customer\tJane Doe"),
        ("03-quoted-printable", "duplicate_name", "“José Núñez & Söhne”"),
        ("04-latin-1", "duplicate_name", "Échec de synchronisation: Café Noël"),
        ("05-forwarded-inline", "inactive_reference", "Customer: Jane Doe (code 610)"),
        ("06-forwarded-as-attachment", "closed_period", "Invoice 1044"),
        ("08-log-attached", "missing_account", "Accounts element id 91"),
        ("09-broken", "desktop_wrong_reference", 'Customer "Jane Doe"'),
        ("10-other-error", "unknown", "frobnication"),
    ],
)
def test_the_error_of_a_mail_is_found(name, problem, says):
    """Plain text, HTML, base64, quoted-printable, latin-1, forwarded, attached and broken ones."""
    [(found, report)] = told(name)
    assert found == problem
    assert says in report.text


def test_a_digest_tells_each_of_its_errors():
    """One row of a table is one error with a key of its own; a row without an error is none."""
    found = told("07-digest-alternative")
    assert [problem for problem, _ in found] == [
        "inactive_reference", "duplicate_name", "duplicate_document_number",
    ]  # fmt: skip
    assert len({one.key for _, one in found}) == 3
    assert all("Exported" not in one.text for _, one in found)


@pytest.mark.parametrize("name", ["no-newsletter", "no-absence-note", "no-slack-notice"])
def test_a_mail_that_tells_of_no_error_is_left_alone(name):
    """A newsletter, an absence note that quotes an error, Slack's own notice of our alert."""
    assert told(name) == []


def test_an_error_nothing_explains_is_taken_of_a_known_tool_only():
    """Of a mailbox that anybody writes to, only what is recognised counts."""
    assert told("10-other-error", expected=False) == []


def test_what_the_mailbox_sent_itself_is_no_news():
    """A loop ends at once."""
    assert told("01-plain-text", own="Notifications@stockroom.example") == []


def attached(inner, kind, coding="base64", name=""):
    """A mail with another thing attached."""
    data = b64encode(inner) if coding == "base64" else inner
    shown = f'; name="{name}"' if name else ""
    return (
        b"From: Dana <dana@harbor.example>\r\nSubject: Fwd: see attached\r\n"
        b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="outer-0"\r\n\r\n'
        b"--outer-0\r\nContent-Type: text/plain\r\n\r\nPlease look.\r\n--outer-0\r\n"
        + f"Content-Type: {kind}{shown}\r\nContent-Transfer-Encoding: {coding}\r\n".encode()
        + b"Content-Disposition: attachment\r\n\r\n"
        + data
        + b"\r\n--outer-0--\r\n"
    )


ERROR = (MAILS / "01-plain-text.eml").read_bytes()


@pytest.mark.parametrize(
    "raw",
    [
        attached(ERROR, "message/rfc822", "7bit"),
        attached(ERROR, "message/rfc822"),
        attached(ERROR, "application/octet-stream", name="error.eml"),
        attached(attached(ERROR, "message/rfc822"), "application/octet-stream", name="Fwd.EML"),
        attached(attached(ERROR, "application/octet-stream", name="a.eml"), "message/rfc822"),
    ],
)
def test_a_mail_inside_a_mail_is_read(raw):
    """As it should be, in base64 against the rules, as a plain file, and in chains of these."""
    letter = mail.read(raw)
    [found] = letters.errors_of(knowledge(), letter, expected=False).reports
    assert "Customer: Jane Doe" in found.text
    assert [who for who, _ in letter.senders] == ["Dana", "Stockroom Notifications"]


@pytest.mark.parametrize(("name", "read"), [("sync.LOG", True), ("sync.pdf", False), ("", False)])
def test_a_file_nobody_says_the_kind_of_is_read_by_its_name(name, read):
    """A log is often sent as a mere file."""
    line = b"12:01 Error code 6240: The name supplied already exists."
    letter = mail.read(attached(line, "application/octet-stream", name=name))
    found = letters.errors_of(knowledge(), letter, expected=False).reports
    assert bool(found) is read


def test_an_attached_file_that_nobody_reads_is_named():
    """A report sent as a .zip: the answer says what was not read, on one line and cut."""
    parts = [
        (b"text/plain", b"inline", b"See the attached report."),
        (b'application/zip; name="errors.zip"', b'attachment; filename="errors.zip"', b"PK.."),
        (b'application/pdf; name="b.pdf"', b'attachment; filename="b.pdf"', b"%PDF"),
        (b"image/png", b'attachment; filename="logo.png"', b"PNG"),
    ]
    body = b"".join(
        b"--x\r\nContent-Type: %b\r\nContent-Disposition: %b\r\n\r\n%b\r\n" % one for one in parts
    )
    letter = letter_of(body + b"--x--\r\n", b"From: a@example.com\r\nSubject: Report\r\n",
                       b"multipart/mixed; boundary=x")  # fmt: skip
    found = letters.errors_of(knowledge(), letter, expected=True)
    assert found.reports == ()
    assert found.left_alone.endswith(
        " Attached files of this kind are not read: errors.zip and 1 more. Forward their text "
        "instead."
    )


@pytest.mark.parametrize("coding", ["base64", "7bit"])
def test_an_attached_mail_that_is_broken_or_a_bomb_spoils_nothing(coding):
    """Rubbish, a chain without an end and thousands of parts: the mail around it is still read."""
    chain = ERROR
    for _ in range(12):
        chain = attached(chain, "message/rfc822", coding)
    parts = b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n' + b"\r\n--x\r\n\r\ny" * 5_000
    for inner in (b"\x00\xff rubbish", b"=", b"", chain, parts):
        raw = attached(inner, "message/rfc822", coding)
        if inner is parts and coding == "7bit":
            with pytest.raises(mail.Unreadable, match="too many parts"):
                mail.read(raw)
        else:
            assert "Please look." in mail.read(raw).texts[0]


@pytest.mark.parametrize(
    "head",
    [
        b"From: Mail Delivery System <MAILER-DAEMON@mx.example>\r\nSubject: failure notice\r\n",
        b"From: <mailer-daemon@googlemail.com>\r\nX-Failed-Recipients: a@b.example\r\n",
        b"From: a@b.example\r\nAuto-Submitted: auto-replied\r\n",
        b"From: a@b.example\r\nPrecedence: auto_reply\r\n",
        b"From: a@b.example\r\nSubject: Automatic reply: out of office\r\n",
        b"From: a@b.example\r\nSubject: Re: Out of the Office until Monday\r\n",
        "From: a@b.example\r\nSubject: Réponse automatique : sync\r\n".encode(),
        b"From: a@b.example\r\nSubject: Abwesenheitsnotiz: Re: QuickBooks error\r\n",
        "From: a@b.example\r\nSubject: 自動返信: 6240\r\n".encode(),
    ],
)
def test_a_mail_that_came_back_is_no_error(head):
    """Bounces repeat what could not be delivered."""
    letter = letter_of(b"Error code 6240: The name supplied already exists.", head)
    assert letters.errors_of(knowledge(), letter, expected=True).reports == ()


NEWS = b"Our newsletter: how to fix error 6240 and other errors. Book a webinar!"
MANY = b"From: news@tool.example\r\nList-Unsubscribe: <https://example.com/u>\r\n"


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (MANY + b"Subject: 10 tips for QuickBooks errors\r\n", NEWS),
        (b"From: a@b.example\r\nSubject: 10 tips for QuickBooks errors\r\n", NEWS),
        (MANY + b"Subject: November\r\n", b"Read all about QuickBooks error 6240 on our pages."),
        (b"Precedence: bulk\r\nSubject: What's new\r\n", b"QuickBooks error 6240 has been mended."),
    ],
)
def test_a_newsletter_about_errors_is_left_alone(head, body):
    """It names nothing of anybody's books; of a sender that a source declares all is read."""
    letter = letter_of(body, head)
    found = letters.errors_of(knowledge(), letter, expected=True)
    assert found.reports == ()
    assert "newsletter" in found.left_alone
    assert letters.errors_of(knowledge(), letter, expected=True, known=True).reports


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (b"Subject: QuickBooks disconnected\r\n", b"Your QuickBooks connection has expired."),
        (b"Subject: Sync failed\r\n", b"QuickBooks error 6240: could not add. Get our newsletter!"),
        (b"Subject: Tips\r\n", b"Invoice 1042: QuickBooks error 6240, the name exists already."),
        (
            b"Subject: Daily\r\n",
            b'QuickBooks: The name "Jane Doe" of the list element is already in use.',
        ),
        (b"Subject: Absence of a tax code\r\n", b"QuickBooks error 6000 for invoice 1042."),
        (b"Subject: How to go on: the QuickBooks sync failed\r\n", b"QuickBooks error 6240."),
        (
            b"Subject: QuickBooks integration alert\r\n",
            b"There was a problem with your QuickBooks integration: Error code 6190 Invalid "
            b"Company Status. Subscription period has ended or canceled.\n"
            b"Unsubscribe | View in browser",
        ),
        (
            b"Subject: QuickBooks connection problem\r\n",
            b"Your QuickBooks subscription has ended. Error 6190.\nUnsubscribe",
        ),
        (
            b"Subject: Your QuickBooks errors this week\r\n",
            b"Error 3140 x 4\nError 6240 x 2\nUnsubscribe",
        ),
        (b"Subject: Sync failed\r\n", b"Error 610 Object Not Found"),
    ],
)
@pytest.mark.parametrize("more", [MANY, b"From: a@b.example\r\nAuto-Submitted: auto-generated\r\n"])
def test_an_error_with_the_head_of_a_newsletter_is_not_lost(more, head, body):
    """Vendors send them like that."""
    letter = letter_of(body, more + head)
    assert letters.errors_of(knowledge(), letter, expected=True).reports


def test_people_in_heads_greetings_and_ends_name_no_record():
    """Who forwards or signs a mail may be an employee in QuickBooks; what was quoted stays."""
    [(_, report)] = told("05-forwarded-inline")
    assert "Dana" not in report.text
    [(_, report)] = told("01-plain-text")
    assert "Dana" not in report.text
    assert "The Stockroom team" not in report.text


def test_the_senders_of_what_is_forwarded_are_known():
    """In line by its head, as an attachment by its own headers."""
    for name in ("05-forwarded-inline", "06-forwarded-as-attachment"):
        letter = mail.read((MAILS / f"{name}.eml").read_bytes())
        assert ("Rapidstock", "sync@rapidstock.example") in letter.senders


def test_the_message_id_is_the_key_and_else_the_mail_itself():
    """Two readings of one mail have one key, with or without a Message-ID."""
    one = mail.read((MAILS / "01-plain-text.eml").read_bytes())
    assert one.key == "mail so-1042.0001@stockroom.example"
    assert letter_of(b"a").key == letter_of(b"a").key != letter_of(b"b").key


def test_an_error_far_down_is_found():
    """A long thread hides nothing: the text is read in windows."""
    words = b"Nothing of interest was said here today.\r\n" * 400
    late = b"Error code 6240: The name supplied already exists."
    found = letters.errors_of(knowledge(), letter_of(words + late), expected=False)
    assert "6240" in found.reports[0].text


@pytest.mark.parametrize(
    ("charset", "raw"),
    [
        (b"utf-8", "Café".encode()), (b"iso-8859-1", "Café".encode("latin-1")),
        (b"", "Café".encode()), (b"", "Café".encode("latin-1")), (b"us-ascii", "Café".encode()),
        (b"x-unknown", "Café".encode()), (b"utf-16", "Café".encode("utf-16")),
        (b"punycode", "Café".encode()), (b"hex", "Café".encode()),
    ],
)  # fmt: skip
def test_charsets(charset, raw):
    """A charset that is missing, unknown, wrong or none at all does not spoil the words."""
    kind = b"text/plain; charset=" + charset if charset else b"text/plain"
    assert letter_of(raw, kind=kind).texts == ("Café",)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("plain", "plain"), ("=?utf-8?Q?Caf=C3=A9?=", "Café"), ("=?utf-8?B?Q2Fmw6k=?=", "Café"),
        ("=?utf-8?Q?Caf=C3?= =?utf-8?Q?=A9?=", "Café"), ("=?nope?Q?Caf=E9?= x", "Café x"),
        ("a\n  b", "a b"), ("=?utf-8?B?A?= c", "c"), ("=?utf-8?Q?", "=?utf-8?Q?"),
    ],
)  # fmt: skip
def test_headers(given, read):
    """Encoded words, one cut in the middle of a letter, an unknown charset, a broken one."""
    assert unfolded(given) == read


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<p>a</p><p>b</p>", "a\n\nb"), ("a<br>b<br/>c", "a\nb\nc"),
        ("<ul><li>one<li>two</ul>", "- one\n- two"), ("1 &lt; 2 &amp;amp; 3", "1 < 2 &amp; 3"),
        ("<table><tr><td>a<td><p>b</p></table>c", "a\tb\nc"), ("a < b > c", "a < b > c"),
        ("<style>x{}</style>a<script>b</script>c", "a c"), ("<!-- x -->a<!-- open", "a<!-- open"),
        ("<span style='display:none'>hid</span>seen", "seen"), ("<header>a</header>", "a"),
        ("line\nof source", "line of source"), ("<a title='x'>b</a", "b</a"), ("", ""),
    ],
)  # fmt: skip
def test_pages(page, text):
    """What a reader sees of HTML, whatever is open or broken in it."""
    assert to_text(page) == text


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"no headers at all", b"\x00\xff\xfe" * 100,
        HEAD + b"Content-Type: multipart/mixed; boundary=a\r\n\r\n" + b"--a\r\n\r\n" * 5_000,
        HEAD + b"".join(
            b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n)
            for n in range(3_000)
        ),
        HEAD + b"\r\n" + b"x" * (MOST_BYTES + 1),
    ],
)  # fmt: skip
def test_what_is_no_mail_is_one_clear_line(raw):
    """Too large, too many parts, no headers: refused with a sentence, never a crash."""
    with pytest.raises(mail.Unreadable) as caught:
        mail.read(raw)
    assert caught.value.message.endswith(".")
    assert "\n" not in caught.value.message


@settings(max_examples=150, deadline=None)
@given(
    name=st.sampled_from(sorted(one.name for one in MAILS.glob("*.eml"))),
    place=st.integers(0, 1_500),
    cut=st.integers(0, 60),
    put=st.binary(max_size=30)
    | st.sampled_from([b"=?utf-8?B?", b"\r\n\r\n", b"&#x110000;", b"--"]),
)
def test_a_damaged_mail_is_read_or_refused(name, place, cut, put):
    """Whatever is lost or put in on the way, it is a letter or one clear line."""
    raw = (MAILS / name).read_bytes()
    try:
        letter = mail.read(raw[:place] + put + raw[place + cut :])
    except mail.Unreadable:
        return
    assert letter.key.startswith("mail ")


def test_rubbish_with_a_colon_is_a_mail_of_nothing():
    """What can be taken for headers is read, and tells of no error."""
    letter = mail.read(b":" * 1000)
    assert letters.errors_of(knowledge(), letter, expected=False).reports == ()


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (b"text/html", b"<a style=display:none>" * 18_000), (b"text/html", b"<" * 400_000),
        (b"text/html", b"<header" * 57_000 + b"</head>"), (b"text/html", b"<!--" * 100_000),
        (b"text/html", b"<" + b"a" * 400_000), (b"text/plain", b"To: x\r\n" * 60_000),
        (b"text/plain", b"- error 6240 aaaa\r\n" * 20_000), (b"text/plain", b">" * 400_000),
        (b"text/plain; charset=punycode", b"a-" * 200_000), (b"text/plain", b"\t1" * 200_000),
        (b"text/plain", b"".join(b"- failed %d times\r\n" % n for n in range(20_000))),
    ],
)  # fmt: skip
def test_a_hostile_mail_slows_nothing(kind, body):
    """What is built to be slow is read in a moment. The limit is far above the usual."""
    started = time.process_time()
    letter = letter_of(body, kind=kind)
    letters.errors_of(knowledge(), letter, expected=True)
    assert time.process_time() - started < 10


def test_markup_of_a_mail_stays_text():
    """Template syntax, mentions and tags are words like others."""
    letter = letter_of(b"QuickBooks error: {{ 7*7 }} <!channel> <b>6240</b>")
    [report] = letters.errors_of(knowledge(), letter, expected=True).reports
    assert "{{ 7*7 }} <!channel> <b>6240</b>" in report.text
