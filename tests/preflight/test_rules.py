"""The single rules at their borders, without books: what is sure, doubtful, or fine."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from sqlmodel import select

from bot.models import Company, CompanyTrait, MirrorRow, Record
from bot.quickbooks import FaultError, QuickBooksFault
from bot.sync.preflight import learning, rules
from bot.sync.preflight.model import Certainty, Known, Posting
from bot.sync.preflight.numbers import WARNED
from bot.sync.preflight.texts import NAME_LIMIT

WILL, MAY, OURS = Certainty.WILL, Certainty.MAY, Certainty.OURS


def known(closed=None, traits=None, rows=(), preferences=None, lists=None):
    """What a table says to the rules."""
    given = preferences or {}
    table = SimpleNamespace(
        company=Company(id=1, name="Harbor", currency="USD", book_close_date=closed),
        settings=SimpleNamespace(),
        lists=lists or {},
        preference=lambda group, name: (given.get(group) or {}).get(name),
    )
    return Known(
        table,
        names={" ".join(row.name.casefold().split()): [row] for row in rows if row.name},
        numbers={row.doc_number.casefold(): [row] for row in rows if row.doc_number},
        rows={(row.entity, row.qbo_id): row for row in rows},
        traits=traits or {},
    )


def row(entity, qbo_id, **more):
    """A row of the mirror."""
    return MirrorRow(
        company_id=1, entity=entity, qbo_id=qbo_id, read_at=datetime(2026, 11, 1, tzinfo=UTC),
        **{"data": {}, "sync_token": "0", **more},
    )  # fmt: skip


def said(entity, payload, seen=None):
    """Certainty and code of everything that is said."""
    found = rules.verdicts(seen or known(), Posting(Record(id=1), entity, payload))
    return [(str(one.certainty), one.code) for one in found]


def sale(**more):
    """An invoice nothing is wrong with."""
    line = {"Amount": 10, "SalesItemLineDetail": {"ItemRef": {"value": "1"}}}
    return {"CustomerRef": {"value": "1"}, "TxnDate": "2026-11-12", "Line": [line], **more}


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({"DisplayName": "n" * 100}, []),
        ({"DisplayName": "n" * 101}, [(MAY, "2050")]),
        ({"DisplayName": "n" * 500}, [(MAY, "2050")]),
        ({"DisplayName": "n" * 501}, [(WILL, "2050")]),
        ({"DisplayName": "A & B #1 / \"C\""}, []),
        ({"DisplayName": "A: B"}, [(WILL, "2040")]),
        ({"DisplayName": "A", "CompanyName": "😀" * 51}, [(MAY, "2050")]),
        ({"DisplayName": "A", "CompanyName": "c" * 101}, [(WILL, "2050")]),
        ({"DisplayName": "A", "PrimaryEmailAddr": {"Address": "a@b.example; c@d.example"}}, []),
        ({"DisplayName": "A", "PrimaryEmailAddr": {"Address": "a@b"}}, [(WILL, "2210")]),
        ({}, [(WILL, "6080")]),
    ],
)  # fmt: skip
def test_a_party(payload, expected):
    """Borders of the texts of a customer."""
    assert said("Customer", payload) == [(str(sure), code) for sure, code in expected]


@pytest.mark.parametrize(
    ("limit", "length", "expected"),
    [("100", 101, [("will", "2050")]), ("100", 100, []), ("500", 500, []),
     ("500", 501, [("will", "2050")])],
)  # fmt: skip
def test_a_learned_limit_makes_it_sure(limit, length, expected):
    """The company's own answers decide between 100 and 500."""
    assert (
        said("Vendor", {"DisplayName": "n" * length}, known(traits={NAME_LIMIT: limit})) == expected
    )


def test_a_number_is_doubtful_until_the_company_has_shown_that_it_minds():
    """Whether QuickBooks warns of used numbers is a switch nobody can read."""
    used = row("Invoice", "7", doc_number="A-1")
    payload = sale(DocNumber="a-1")
    assert said("Invoice", payload, known(rows=[used])) == [("may", "6140")]
    assert said("Invoice", payload, known(None, {WARNED: "yes"}, [used])) == [("will", "6140")]
    assert said("Invoice", payload, known(None, {WARNED: "no"}, [used])) == []


def test_our_own_document_is_no_double():
    """The holder of the number bears this record's mark: it was posted before and is linked."""
    mine = row("Invoice", "7", doc_number="A-1", stamp="[sync:Shop:1]")
    payload = sale(DocNumber="A-1", PrivateNote="words [sync:Shop:1]")
    assert said("Invoice", payload, known(None, {WARNED: "yes"}, [mine])) == []


def test_the_closing_day_is_closed_and_the_next_is_open():
    """The bot does not post there, whatever QuickBooks does: that is no word of QuickBooks."""
    seen = known(closed=date(2026, 11, 12))
    assert said("Invoice", sale(), seen) == [("ours", "6210")]
    assert said("Invoice", sale(TxnDate="2026-11-13"), seen) == []


@pytest.mark.parametrize(
    ("price", "quantity", "amount", "expected"),
    [(10, 1, 10, []), (0.005, 3, 0.02, []), (0.005, 3, 0.01, [("may", "6070")]),
     (0.005, -3, -0.02, []), (10, 1, 10.01, [("will", "6070")]), (None, 1, 5, [])],
)  # fmt: skip
def test_a_product_is_rounded_half_up(price, quantity, amount, expected):
    """Half a cent the other way is doubtful; a whole cent off is refused."""
    detail = {"ItemRef": {"value": "1"}, "Qty": quantity, "UnitPrice": price}
    payload = sale(Line=[{"Amount": amount, "SalesItemLineDetail": detail}])
    assert said("Invoice", payload) == expected


def test_a_payment_pays_what_is_open_of_the_payers_own():
    """A sub-customer's invoice may be paid by the one above; a stranger's may not."""
    own = row("Invoice", "1", party_id="1", data={"Balance": 10, "TotalAmt": 10})
    job = row("Invoice", "2", party_id="5", data={"Balance": 10, "TotalAmt": 10})
    other = row("Invoice", "3", party_id="6", data={"Balance": 10, "TotalAmt": 10})
    below = row("Customer", "5", data={"ParentRef": {"value": "1"}})
    seen = known(rows=[own, job, other, below, row("Customer", "6")])

    def paying(invoice, amount):
        linked = [{"TxnId": invoice, "TxnType": "Invoice"}]
        return {
            "CustomerRef": {"value": "1"},
            "TotalAmt": amount,
            "Line": [{"Amount": amount, "LinkedTxn": linked}],
        }

    assert said("Payment", paying("1", 10), seen) == []
    assert said("Payment", paying("1", 10.01), seen) == [("will", "6000")]
    assert said("Payment", paying("2", 10), seen) == []
    assert said("Payment", paying("3", 10), seen) == [("will", "620")]
    assert said("Payment", paying("4", 10), seen) == [], "what is not in the mirror is not judged"


def test_settings_that_are_not_known_are_only_a_doubt():
    """Without the company's settings at hand a foreign currency may be fine."""
    payload = {"DisplayName": "Euro", "CurrencyRef": {"value": "EUR"}}
    assert said("Customer", payload) == [("may", "2220")]
    one = known(preferences={"CurrencyPrefs": {"MultiCurrencyEnabled": False}})
    assert said("Customer", payload, one) == [("will", "2220")]
    several = known(preferences={"CurrencyPrefs": {"MultiCurrencyEnabled": True}})
    assert said("Customer", payload, several) == []


def test_two_doubts_of_one_kind_teach_nothing(bench):
    """A refusal whose reason may be either of two doubts settles neither."""
    used = [row("Invoice", "7", doc_number="A-1")]
    posting = Posting(Record(id=1), "Invoice", sale(DocNumber="A-1"))
    [doubt] = rules.verdicts(known(rows=used), posting)
    fault = QuickBooksFault(errors=(FaultError("6140", "Duplicate", ""),), platform="qbo")
    with bench.sessions.write() as session:
        now = bench.clock.now()
        learning.learn(session, bench.company_id, [doubt, doubt], fault, None, now)
        assert learned(session, bench) == {}
        learning.learn(session, bench.company_id, [doubt], fault, None, now)
        assert learned(session, bench) == {WARNED: "yes"}
        learning.learn(session, bench.company_id, [doubt, doubt], None, None, now)
        assert learned(session, bench) == {WARNED: "no"}


def learned(session, bench):
    """What is kept of the company."""
    rows = session.exec(select(CompanyTrait).where(CompanyTrait.company_id == bench.company_id))
    return {one.trait: one.value for one in rows}
