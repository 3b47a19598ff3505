"""POST /intake/{source}/errors: any JSON, signed or with the token, each error once."""

import base64
import hashlib
import hmac
import json

import pytest
from sqlmodel import select
from typer.testing import CliRunner

from bot.console import build
from bot.console.sources import add_source, seal_again
from bot.forwarded import fields
from bot.models import Forwarded, Source

TEXT = "The name supplied already exists. : Another customer is using this name. Id=58"


@pytest.fixture
def source(edge):
    """A source that forwards errors; its JSON has places of its own."""
    edge.company()
    places = fields.parsed(["text=data.why", "id=event", "number=data.doc.no", "time=at"])
    return add_source(edge.services, None, "cin7", errors=True, fields=places)


def rows(edge):
    """What was taken in."""
    with edge.services.sessions.read() as session:
        return list(session.exec(select(Forwarded).order_by(Forwarded.id)))


def send(edge, source, body, **headers):
    """Hand over a body with the source's token."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {"Authorization": f"Bearer {source.token}", "Content-Type": "application/json"}
    return edge.http.post("/intake/cin7/errors", content=raw, headers=given | headers)


def event(number=1, why=TEXT):
    """One error as the tool writes it."""
    return {"event": f"e{number}", "data": {"why": why, "doc": {"no": 1042}}, "at": 1795000000}


def test_its_parts_are_found_by_their_paths(edge, source):
    """Text, id, number and moment come from where the source said; the answer says what it is."""
    answer = send(edge, source, event())

    assert answer.status_code == 200
    [told] = answer.json()["errors"]
    assert (told["problem"], told["kind"], told["new"]) == (
        "duplicate_name", "duplicate_name", True,
    )  # fmt: skip
    [row] = rows(edge)
    assert (row.text, row.tool, row.facts["number"]) == (TEXT, "cin7", "1042")
    assert row.said_at.year == 2026
    assert ("reports", str(row.company_id)) in {(one.job, one.arg) for one in edge.noted.nudges}


def test_a_second_delivery_changes_nothing(edge, source):
    """The tool's own id tells it, whatever else is different."""
    assert send(edge, source, event()).json()["taken"] == 1
    again = send(edge, source, event(why="other words")).json()
    assert (again["taken"], again["known_before"]) == (0, 1)
    # The words that came first count: that is what was taken in.
    assert again["errors"][0]["kind"] == "duplicate_name"
    assert len(rows(edge)) == 1


def test_a_signature_of_the_raw_body_lets_in(edge, source):
    """In hex, with a word before it, or in base64; the token is not needed then."""
    raw = json.dumps(event()).encode()
    made = hmac.new(source.signing_key.encode(), raw, hashlib.sha256).digest()
    forms = (made.hex(), f"sha256={made.hex()}", base64.b64encode(made).decode())
    for header in ("X-Signature", "X-Signature-256", "X-Hub-Signature-256"):
        for shown in forms:
            given = {"Authorization": "", header: shown}
            assert send(edge, source, raw, **given).status_code == 200, given
            assert send(edge, source, raw + b" ", **given).status_code == 401, given
    assert len(rows(edge)) == 1


def test_a_stranger_is_refused(edge, source):
    """Without the token or a signature that fits nothing is taken in, and nothing is told."""
    for headers in (
        {"Authorization": ""},
        {"Authorization": "Bearer qbi_wrong"},
        {"Authorization": "", "X-Signature": ""},
        {"Authorization": "", "X-Signature": "sha256=" + "0" * 64},
        {"Authorization": "", "X-Signature": b"\xc3\xa9"},
    ):
        answer = send(edge, source, event(), **headers)
        assert answer.status_code == 401, headers
        wrong = "signature does not fit" if headers.get("X-Signature") else "Authorization header"
        assert wrong in answer.json()["error"], headers
    assert rows(edge) == []


def test_a_token_of_another_source_does_not_fit(edge, source):
    """A source's address takes only its own token."""
    other = add_source(edge.services, None, "shop")
    assert send(edge, other, event()).status_code == 401


def test_any_json_without_a_mapping(edge):
    """Well-known names first, else the whole body; a list is many errors."""
    edge.company()
    source = add_source(edge.services, None, "cin7")
    assert send(edge, source, {"error": {"message": TEXT}}).json()["taken"] == 1
    assert (
        send(edge, source, [{"message": "a 6240"}, {"odd": {"Detail": TEXT}}]).json()["taken"] == 2
    )
    plain = send(edge, source, TEXT.encode() + b" again", **{"Content-Type": "text/plain"})
    assert plain.json()["errors"][0]["problem"] == "duplicate_name"
    assert [row.text for row in rows(edge)][2] == json.dumps({"odd": {"Detail": TEXT}})


@pytest.mark.parametrize("place", ["code", "errorCode", "error_code"])
def test_a_code_beside_the_text_is_used_without_a_field(edge, place):
    """Where the text explains nothing; the same words with another code are another error."""
    edge.company()
    source = add_source(edge.services, None, "cin7")
    kinds = {6240: "duplicate_name", "6140": "duplicate_document_number"}
    for code, kind in kinds.items():
        for new in (1, 0):
            told = send(edge, source, {"message": "Sync failed", place: code}).json()
            assert (told["taken"], told["errors"][0]["kind"]) == (new, kind), told
    nested = send(edge, source, {"error": {"message": "Sync failed", place: 610}}).json()
    assert nested["errors"][0]["kind"] == "missing_record"
    assert [row.facts["code"] for row in rows(edge)] == ["6240", "6140", "610"]


@pytest.mark.parametrize(
    ("text", "code", "problem"),
    [
        ("Sync failed", 500, "unknown"),
        ("Sync failed", 99999, "unknown"),
        ("Sync failed", {"no": 6240}, "unknown"),
        ("Stripe payment failed", 6240, "unknown"),
        (TEXT, 6140, "duplicate_name"),
        ("Order synced", 6240, None),
    ],
)
def test_a_code_beside_the_text_overrules_nothing(edge, text, code, problem):
    """A status, a number not known, another program's, a text that says it, and good news."""
    edge.company()
    source = add_source(edge.services, None, "cin7")
    told = send(edge, source, {"message": text, "code": code}).json()
    assert [one["problem"] for one in told["errors"]] == ([problem] if problem else []), told


THREE = "6240 Duplicate Name Exists; 6140 Duplicate Document Number; 610 Object Not Found"


def test_the_document_beside_a_text_stays_with_each_of_its_errors(edge):
    """Not a name, of which nobody says whose error it is; nor where each has its own number."""
    edge.company()
    source = add_source(edge.services, None, "cin7")
    body = {"message": f"Sync failed: {THREE}", "customer": "Kim Lee"}
    for number in (33, 34):
        assert send(edge, source, body | {"order": f"SO-{number}"}).json()["taken"] == 3
    said = [row.text for row in rows(edge)]
    assert [text.endswith("Order: SO-33") for text in said] == [True] * 3 + [False] * 3
    assert all(text.endswith("Order: SO-34") for text in said[3:])
    own = "SO-1: 6240 Duplicate Name Exists; SO-2: 6140 Duplicate Document Number"
    assert send(edge, source, {"message": own, "order": "SO-35"}).json()["taken"] == 2
    assert not any("SO-35" in row.text for row in rows(edge))


PAGE = f"""<!DOCTYPE html><html><head><style>p {{color: red}}</style></head><body>
<h1>Sync failed</h1><p>Customer <b>Jane</b> Doe</p><p>QuickBooks 6240: {TEXT}</p></body></html>"""
XML = (
    '<CustomerAddRs statusCode="3100" statusSeverity="Error" statusMessage="The name &quot;Jane" />'
)


@pytest.mark.parametrize("kind", ["application/json", "text/html; charset=utf-8", ""])
def test_a_page_is_read_as_its_words(edge, source, kind):
    """A tool may post the page that it was shown; signed as any body, whatever it says it is."""
    raw = PAGE.encode()
    made = hmac.new(source.signing_key.encode(), raw, hashlib.sha256).hexdigest()
    given = {"Authorization": "", "X-Signature": made, "Content-Type": kind}

    answer = send(edge, source, raw, **given)

    assert answer.status_code == 200, answer.text
    assert answer.json()["errors"][0]["kind"] == "duplicate_name"
    [row] = rows(edge)
    assert "Customer Jane Doe" in row.text
    assert "<" not in row.text
    assert "color" not in row.text
    assert send(edge, source, raw + b" ", **given).status_code == 401


def test_a_page_of_rows_is_told_row_by_row(edge, source):
    """And XML of the Desktop as it stands; a page that tells of nothing is left with the reason."""
    page = "<table><tr><td>Order</td><td>Error</td></tr>" + "".join(
        f"<tr><td>SO-{n}</td><td>QuickBooks 6240: {TEXT}</td></tr>" for n in (1, 2)
    )
    assert send(edge, source, page.encode()).json()["taken"] == 2
    desktop = send(edge, source, XML.encode(), **{"Content-Type": "text/xml"}).json()
    assert desktop["errors"][0]["kind"] == "duplicate_name"
    well = send(edge, source, b"<html><body><p>All is well</p></body></html>").json()
    assert (well["taken"], well["left"]) == (0, 1)
    assert send(edge, source, b"<" * (1024 * 1024 + 1)).status_code == 413
    assert send(edge, source, b"<p>" * 300_000).status_code == 200


CHARSETS = (
    ("utf-8", ""), ("utf-8-sig", ""), ("utf-8", "nonsense"), ("latin-1", ""),
    ("latin-1", "iso-8859-1"), ("cp1252", "windows-1252"), ("utf-16", ""), ("utf-16-le", ""),
    ("utf-32", "utf-8"), ("cp1250", "cp1250"),
)  # fmt: skip


def test_a_body_in_another_charset_is_read(edge, source):
    """Programs of Windows write latin-1 or UTF-16, and often do not say so; signed or not."""
    for number, (charset, said) in enumerate(CHARSETS):
        more = f"; charset={said}" if said else ""
        why = f"{TEXT} José {number}"
        raw = json.dumps(event(number, why), ensure_ascii=False).encode(charset)
        made = hmac.new(source.signing_key.encode(), raw, hashlib.sha256).hexdigest()
        signed = {"Authorization": "", "X-Signature": made}
        kind = {"Content-Type": f"application/json{more}"}
        assert send(edge, source, raw, **signed, **kind).status_code == 200, charset
        plain = f"{why}, as text".encode(charset)
        answer = send(edge, source, plain, **{"Content-Type": f"text/plain{more}"})
        assert answer.status_code == 200, charset
        assert [row.text for row in rows(edge)[-2:]] == [why, f"{why}, as text"]


RUBBISH = [
    (b"", 400, "empty"),
    (b"not json", 400, "not valid JSON"),
    (b"[" * 100_000, 400, "not valid JSON"),
    (b'{"data": {"why": ""}}', 400, "no error text in the body at data.why"),
    (b'{"data": 5}', 400, "no error text"),
    (b"[]", 400, "no error text"),
    (b"\xff\xfe\x00", 400, "not valid JSON"),
    (b"\x00\x01\x02\x03", 400, "not valid JSON"),
    (b'{"x": NaN}', 400, "NaN"),
    (json.dumps([event(n) for n in range(501)]).encode(), 400, "at most 500"),
    (b'"' + b"x" * (1024 * 1024 + 1) + b'"', 413, "larger"),
]


def test_rubbish_is_one_clear_sentence(edge, source):
    """What cannot be used is refused with a sentence, and nothing of it is kept."""
    for body, status, says in RUBBISH:
        answer = send(edge, source, body)
        assert (answer.status_code, says in answer.json()["error"]) == (status, True), answer.text
    assert rows(edge) == []


def test_hostile_text_is_capped_and_without_marks(edge, source):
    """Control characters and half surrogates cannot be kept; a megabyte is cut; tokens hidden."""
    why = "\ud800\x00\u202e6240 <!channel> access_token=abcdefghijkl " + "x" * 900_000
    assert send(edge, source, event(why=why)).json()["taken"] == 1
    [row] = rows(edge)
    assert len(row.text) <= 4_000
    assert not set("\ud800\x00\u202e") & set(row.text)
    assert "abcdefghijkl" not in row.text


def test_a_moment_that_no_calendar_has_is_left_out(edge, source):
    """The error is kept all the same: it is what counts."""
    odd = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-13-01", "1e999", 10**30)
    for number, moment in enumerate(odd):
        assert send(edge, source, event(number) | {"at": moment}).status_code == 200, moment
    assert [row.said_at for row in rows(edge)] == [None] * len(odd)


def test_a_list_inside_the_body(edge):
    """`each` names the list; the other paths begin at its elements."""
    edge.company()
    places = {"each": "result.errors", "text": "0.msg", "id": "1"}
    source = add_source(edge.services, None, "cin7", fields=places)
    body = {"result": {"errors": [[{"msg": TEXT}, "a"], [{"msg": TEXT}, "b"]]}}
    assert send(edge, source, body).json()["taken"] == 2
    assert "no list at result.errors" in send(edge, source, {"result": 1}).json()["error"]


@pytest.mark.parametrize("pair", ["text", "txet=a", "text=", "text=a..b", "text=" + "a" * 300])
def test_a_wrong_mapping_is_refused_when_it_is_made(pair):
    """A mistyped field would otherwise be found out by an error that is not told."""
    with pytest.raises(fields.BadFields):
        fields.parsed([pair])


def test_the_command_line_makes_it_and_keys_rotate(edge, monkeypatch):
    """`sources add --errors --field` shows the key once; rotating the keys keeps it valid."""
    edge.company()
    app = build(edge.parts())
    made = CliRunner().invoke(
        app, ["sources", "add", "cin7", "--errors", "--field", "text=data.why", "--json"]
    )
    shown = json.loads(made.stdout)
    assert shown["signing_key"].startswith("qbs_")
    assert seal_again(edge.services) == 1
    raw = json.dumps(event()).encode()
    mark = hmac.new(shown["signing_key"].encode(), raw, hashlib.sha256).hexdigest()
    answer = edge.http.post("/intake/cin7/errors", content=raw, headers={"X-Signature": mark})
    assert answer.status_code == 200
    with edge.services.sessions.read() as session:
        row = session.exec(select(Source)).one()
    assert shown["signing_key"] not in row.signing_key
    assert row.error_fields == {"text": "data.why"}
