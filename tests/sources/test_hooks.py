"""Webhooks of other systems: declared, tried, signed, made into records, once."""

import base64
import hashlib
import hmac
import json
import re
from pathlib import Path

import pytest

from bot.console import sources as sources_of
from bot.errors import BadInput
from bot.models import ImportRun, SourceSetup
from bot.sources import hooks
from bot.sync.records import BadRow
from tests.app.test_command_line import env_file
from tests.app.test_sync_and_status import company
from tests.command_line import run_here
from tests.web.test_intake import stored

__all__ = ["company", "env_file"]
DOCS = Path(__file__).parents[2] / "docs" / "sources.md"
DECLARED, SAMPLE = (
    json.loads(text)
    for text in re.findall(r"```json\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.S)[:2]
)


@pytest.fixture
def hook(edge):
    """A source whose webhook is declared as in the documentation; gives its key."""
    edge.company()
    edge.source()
    return sources_of.keep_hook(edge.services, None, "shop", DECLARED, None).key


def _send(edge, body, key="", *, header="X-Shop-Hmac-SHA256", token="", source="shop"):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    made = base64.b64encode(hmac.new(key.encode(), raw, hashlib.sha256).digest()).decode()
    headers = {header: made} if key else {}
    headers |= {"Authorization": f"Bearer {token}"} if token else {}
    return edge.http.post(f"/intake/{source}/hook", content=raw, headers=headers)


def test_the_documented_declaration_makes_the_documented_records(edge, hook):
    """Customer, item, invoice and payment of one paid order; a second delivery changes nothing."""
    first, second = _send(edge, SAMPLE, hook), _send(edge, SAMPLE, hook)

    assert (first.status_code, first.json()["accepted"]) == (200, 4)
    assert (second.json()["accepted"], second.json()["unchanged"]) == (0, 4)
    rows = {str(row.type): row for row in stored(edge)}
    assert rows["invoice"].payload["lines"] == [
        {"item": "808950810", "sku": "MUG-1", "quantity": "2", "unit_price": "12.50",
         "amount": "25.00"}
    ]  # fmt: skip
    assert rows["customer"].payload["billing_address"] == {"city": "Boston"}
    assert rows["payment"].payload["applies_to"] == [{"invoice": "450789469", "amount": "27.06"}]
    # 03:40 in London is the evening before in the company's city.
    assert rows["invoice"].payload["date"] == "2026-10-31"
    assert rows["invoice"].version


def test_an_order_that_is_not_paid_brings_no_payment(edge, hook):
    """The rule's condition is not met."""
    body = json.loads(json.dumps(SAMPLE))
    body["financial_status"] = "pending"

    assert _send(edge, body, hook).json()["accepted"] == 3


def test_an_older_delivery_that_comes_late_changes_nothing(edge, hook):
    """The moment of the last change is the version."""
    older = json.loads(json.dumps(SAMPLE)) | {"updated_at": "2026-10-01T00:00:00Z", "note": "old"}
    _send(edge, SAMPLE, hook)

    answer = _send(edge, older, hook).json()

    assert answer["updated"] == 0
    assert any("older than" in note["text"] for note in answer["notes"])


def test_what_is_refused_is_kept_and_the_sender_is_not_told_to_repeat_it(edge, hook):
    """200, with the reason; /qb-errors shows the row; a second delivery keeps it once."""
    body = json.loads(json.dumps(SAMPLE)) | {"total_price": "27.07"}
    for _ in range(2):
        answer = _send(edge, body, hook)

    assert (answer.status_code, answer.json()["refused"]) == (200, 1)
    assert "but the total says 27.07" in str(answer.json()["errors"])
    with edge.services.sessions.read() as session:
        [kept] = session.exec(ImportRun.__table__.select()).all()
    assert kept.file == "webhook of shop"
    assert kept.refused_count == 1


def test_a_wrong_signature_is_turned_away(edge, hook):
    """And never says which part was wrong; nothing comes in."""
    raw = json.dumps(SAMPLE).encode()
    made = base64.b64encode(hmac.new(hook.encode(), raw, hashlib.sha256).digest()).decode()
    changed = edge.http.post(
        "/intake/shop/hook", content=raw + b" ", headers={"X-Shop-Hmac-SHA256": made}
    )
    replies = [
        changed,
        _send(edge, raw),
        _send(edge, raw, "another"),
        _send(edge, raw, hook, header="X-Other"),
        _send(edge, raw, hook, source="nobody"),
        _send(edge, raw, token="qbi_wrong"),
    ]

    assert {reply.status_code for reply in replies} == {401}
    assert stored(edge) == []


def test_the_token_of_the_source_does_as_well(edge):
    """For a system that signs nothing."""
    edge.company()
    token = edge.source().token
    before = _send(edge, SAMPLE, token=token)
    sources_of.keep_hook(edge.services, None, "shop", DECLARED, None)

    assert (before.status_code, "No webhook is declared" in before.text) == (400, True)
    assert _send(edge, SAMPLE, token=token).json()["accepted"] == 4


def test_rubbish_is_answered_and_brings_nothing(edge, hook):
    """400 for what is no JSON; what fits no rule is counted as nothing."""
    deep = b"[" * 100_000
    for body in (b"", b"{", b"[]", b"null", b'"x"', b"7", b'{"line_items": 5}', b"\xff", deep):
        assert _send(edge, body, hook).status_code in (200, 400), body[:20]
    assert stored(edge) == []


def test_the_key_is_kept_sealed_and_survives_a_rotation(edge, hook):
    """Neither the key nor a part of it stands in the table."""
    with edge.services.sessions.read() as session:
        row = session.get(SourceSetup, 1)
    assert hook not in json.dumps(row.model_dump(mode="json"))
    assert sources_of.seal_again(edge.services) == 1
    assert _send(edge, SAMPLE, hook).json()["accepted"] == 4


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "rules is missing"),
        ({"rules": []}, "rules is empty"),
        ({"rules": [{"type": "dragon", "fields": {}}]}, "type must be"),
        ({"rules": [{"type": "item", "fields": {"name": "a["}}]}, "no JMESPath expression"),
        ({"rules": [{"type": "item", "fields": {"name": "a" * 501}}]}, "longer than 500"),
        ({"rules": [{"type": "item", "fields": {}, "more": 1}]}, "unknown key"),
        ({"rules": [{"type": "item", "fields": {}}], "signature": {"header": "X y"}}, "header"),
        ([], "declaration cannot be used"),
    ],
)
def test_a_declaration_that_cannot_be_used_says_what_is_wrong(data, words):
    """Before it is kept."""
    with pytest.raises(BadInput, match=re.escape(words)):
        hooks.declared(data)


def test_amounts_in_the_smallest_unit_sums_and_seconds():
    """What JMESPath lacks, exactly."""
    fields = {
        "external_id": "text(id)",
        "customer": "join('-', ['c', text(buyer)])",
        "date": "moment(created)",
        "amount": "minus(cents(amount), cents(fee))",
    }
    hook = hooks.declared({"each": "data", "rules": [{"type": "payment", "fields": fields}]})
    body = {"data": [{"id": 9, "buyer": 7, "created": 1793806800, "amount": 2706, "fee": 106}]}

    [record] = hooks.records(hook, body, "America/New_York")

    assert (record.external_id, record.customer, str(record.amount)) == ("9", "c-7", "26.00")
    assert record.date.isoformat() == "2026-11-04"


def test_a_body_may_not_stand_for_any_number_of_records():
    """A declaration that multiplies is stopped."""
    hook = hooks.declared(
        {"each": "a", "rules": [{"type": "item", "each": "_", "fields": {}}] * 50}
    )
    body = {"a": [{"_": [1] * 200}] * 200}

    with pytest.raises(BadInput, match="more than 5,000 records"):
        assert all(isinstance(one, BadRow) for one in hooks.records(hook, body, ""))


def test_a_sample_is_tried_on_the_command_line_before_anything_is_kept(company, tmp_path):
    """The records it makes are shown; then the declaration is kept, with a key shown once."""
    declared, sample = tmp_path / "map.json", tmp_path / "sample.json"
    declared.write_text(json.dumps(DECLARED))
    sample.write_text(json.dumps(SAMPLE))
    words = ("sources", "hook", "shop", "--file", str(declared), "--env-file", company)
    tried = run_here(*words, "--try", str(sample))
    sample.write_text("{}")
    nothing = run_here(*words, "--try", str(sample))
    kept = run_here(*words)

    assert tried.returncode == 0, tried.stderr
    assert '"external_id": "450789469"' in tried.stdout
    assert nothing.returncode == 1
    assert "/intake/shop/hook" in kept.stdout
    assert "qbs_" in kept.stdout
