"""What waits and what is held, in money: each record once, sales and payments apart."""

import os
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from bot.console import amounts, posting
from bot.db import Sessions, make_engine, migrate
from bot.domain import RecordState, RecordType, Waiting
from bot.errors import BadInput
from bot.models import Company, Hold, Record, Source
from bot.render.sums import of_facts, told
from tests.app.test_command_line import env_file
from tests.command_line import run_here

__all__ = ["env_file"]
NOW = datetime(2026, 11, 22, 9, 2, tzinfo=UTC)
HEADER = "Record,Customer ID,Name,Order,Date,SKU,Item,Quantity,Price,Amount,Payment ID\n"


@pytest.fixture
def company(env_file):
    """A company that is not connected yet, with two sources."""
    engine = make_engine(f"sqlite:///{Path(env_file).with_name('bot.sqlite3')}")
    migrate(engine)
    with Sessions(engine).write() as session:
        company = Company(name="Harbor Foods", channel_id="C01", created_at=NOW)
        session.add(company)
        session.flush()
        for name in ("shop", "market"):
            session.add(Source(company_id=company.id, name=name, created_at=NOW))
    engine.dispose()
    return env_file


def test_a_file_with_no_row_that_can_be_used_is_wrong(company, tmp_path):
    """Counts first, exit code 1."""
    path = tmp_path / "bad.csv"
    path.write_text(HEADER + "order\norder\n")
    done = run_here("sync", "--csv", str(path), "--source", "shop", "--env-file", company)

    assert done.returncode == 1
    assert "bad.csv: 0 new, 0 changed, 0 known already, 2 refused" in done.stdout
    assert done.stderr == "Not one row of bad.csv could be used.\n"


@pytest.mark.parametrize("kind", ["folder", "pipe", "missing"])
def test_what_is_no_file_is_one_clear_line(tmp_path, kind):
    """Nothing is taken in; a pipe is not waited for."""
    path = tmp_path / "export.csv"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    with pytest.raises(BadInput, match=r"export\.csv"):
        posting.read_files([path])


def test_with_two_sources_the_file_needs_one_named(company, tmp_path):
    """The line names the sources, and the option; with it the file goes in and its money waits."""
    path = tmp_path / "shop.csv"
    path.write_text(HEADER + "customer,c1,Jane Doe,,,,,,,,\npayment,c1,,,11/20/2026,,,,,20.00,p1\n")
    words = ("sync", "--csv", str(path), "--env-file", company)
    unnamed, named = run_here(*words), run_here(*words, "--source", "shop")

    assert (unnamed.returncode, unnamed.stdout) == (2, "")
    assert "--source: market, shop" in unnamed.stderr.replace("shop, market", "market, shop")
    assert named.returncode == 0
    assert "shop.csv: 2 new" in named.stdout
    assert "  waiting: 1 payment, $20.00, and 1 other record" in named.stdout
    assert "  Next: python app.py connect" in named.stdout


@pytest.fixture
def books(tmp_path):
    """Records of two currencies; one waits for two causes, one was posted."""
    engine = make_engine(f"sqlite:///{tmp_path}/books.sqlite3")
    migrate(engine)
    sessions = Sessions(engine)
    with sessions.write() as session:
        company = Company(name="Harbor Foods", channel_id="C01", created_at=NOW)
        session.add(company)
        session.flush()
        source = Source(company_id=company.id, name="shop", created_at=NOW)
        session.add(source)
        session.flush()
        rows = [
            _record(company, source, "1", RecordType.INVOICE, "100.00", "USD", RecordState.HELD),
            _record(company, source, "2", RecordType.INVOICE, "7.50", "EUR", RecordState.HELD),
            _record(company, source, "3", RecordType.PAYMENT, "20.00", "USD", RecordState.HELD),
            _record(company, source, "4", RecordType.CUSTOMER, None, "USD", RecordState.HELD),
            _record(company, source, "5", RecordType.INVOICE, "1.00", "USD", RecordState.WAITING),
            _record(company, source, "6", RecordType.INVOICE, "2.00", "USD", RecordState.POSTED),
        ]
        session.add_all(rows)
        session.flush()
        for number, (row, problem) in enumerate(
            [(3, "same_party"), (0, "same_party"), (0, "inactive_record"), (1, "inactive_record"),
             (2, "inactive_record")]
        ):  # fmt: skip
            session.add(
                Hold(company_id=company.id, record_id=rows[row].id, problem=problem,
                     subject=f"s{number}", since=NOW)
            )  # fmt: skip
    yield sessions
    engine.dispose()


def _record(company, source, number, kind, amount, currency, state):
    return Record(
        company_id=company.id,
        source_id=source.id,
        type=kind,
        tier=1,
        external_id=number,
        digest=number,
        name="Jane Doe",
        number=number,
        amount=None if amount is None else Decimal(amount),
        currency=currency,
        doc_date=date(2026, 11, 1),
        state=state,
        received_at=NOW,
        posted_at=NOW if state is RecordState.POSTED else None,
    )


def test_a_record_that_waits_for_two_causes_is_counted_once(books):
    """Under the first one; the parts add up to what is held."""
    with books.read() as session:
        parts = amounts.held_by_problem(session, 1)
        held = amounts.in_state(session, 1, RecordState.HELD)

    assert {name: amounts.payload(one)["records"] for name, one in parts.items()} == {
        "same_party": 2,
        "inactive_record": 2,
    }
    assert amounts.payload(held)["records"] == 4
    assert held.sales_amount == {"USD": Decimal("100.00"), "EUR": Decimal("7.50")}
    assert held.cash_amount == {"USD": Decimal("20.00")}


def test_money_says_what_it_is_and_never_adds_currencies(books):
    """Invoices and payments have their word, each currency its own sum."""
    with books.read() as session:
        held = amounts.in_state(session, 1, RecordState.HELD)

    assert told(held) == ("2 invoices, €7.50 and $100.00, 1 payment, $20.00, and 1 other record")
    assert told(Waiting()) == ""


def test_an_alerts_facts_give_the_same_sums(books):
    """Other currencies are told beside the company's own."""
    facts = {
        "currency": "USD", "sales_count": 2, "sales_amount": "100.00", "cash_count": 1,
        "cash_amount": "20.00", "record_count": 4,
        "other_currencies": [{"currency": "EUR", "sales_amount": "7.50", "cash_amount": "0.00"}],
    }  # fmt: skip
    with books.read() as session:
        held = amounts.in_state(session, 1, RecordState.HELD)

    assert amounts.payload(of_facts(facts)) == amounts.payload(held)
