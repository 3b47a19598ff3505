"""What keeps a record of any type from being posted is told as itself, once, and let go after."""

from datetime import date
from decimal import Decimal

import pytest

from bot.domain import DOCUMENTS as ALL_DOCUMENTS
from bot.domain import ENTITY, ENTRIES, RecordType, Scope
from bot.fixes import account_form
from bot.models import Company, Record
from bot.render import to_plain
from bot.render.sums import told as told_sums
from bot.sync import accounts
from bot.sync.totals import totals
from checks import failed_records
from tests.checks.test_words import told
from tests.sync.kinds import BILL, DEPOSIT, DOCUMENTS, EXPENSE, INVOICE, LISTS, PARTIES, REFUND
from tests.sync.shop import customer
from tests.words import renderer

ALONE = {kind: rows for kind, rows in DOCUMENTS.items() if len(rows) == 1}
ACCOUNT_TAKEN = "Office Expenses"


def told_of(shop, kind, problem):
    """The words of the alert about this one document."""
    [record] = [rows[-1] for name, rows in DOCUMENTS.items() if name == kind]
    subject = f"{kind}:Shop/{record['external_id']}"
    with shop.services.sessions.read() as session:
        company = session.get_one(Company, shop.company_id)
    scope = Scope(frozenset({subject}))
    [found] = failed_records.run(shop.services, company, scope)
    assert found.problem == problem
    text = renderer().problem(found.problem, found.facts)
    return "\n".join([text.title, text.push, to_plain(text.what), to_plain(text.fix)])


def test_documents_dated_in_closed_books_are_held_with_words_for_their_type(shop):
    """Nothing is posted there, and each alert calls its document what people call it."""
    shop.simulator.act(shop.realm, "close_books", date="2026-11-20")
    shop.hand_over(*PARTIES, *(rows[0] for rows in ALONE.values()))

    shop.push_all()

    for kind, [record] in ALONE.items():
        problems = [problem for problem, _ in shop.causes(kind, record["external_id"])]
        assert problems == ["closed_period"], kind
        assert shop.creates(ENTITY[RecordType(kind)]) == []
        words = told_of(shop, kind, "closed_period")
        assert RecordType(kind).words in words.casefold()
        assert "_" not in words


def test_a_refusal_of_quickbooks_is_told_with_the_words_of_the_type(shop):
    """A fault nobody can mend by itself holds this document; what needs it is held with it."""
    rows = {row["external_id"]: row for rows in DOCUMENTS.values() for row in rows}
    shop.hand_over(*PARTIES, *rows.values())
    for kind in DOCUMENTS:
        match = {"realm": shop.realm, "entity": ENTITY[RecordType(kind)], "operation": "create"}
        shop.simulator.fault("code:2050", 9, match)

    shop.push_all()

    for kind in ALONE:
        record = DOCUMENTS[kind][-1]
        [(problem, subject)] = shop.causes(kind, record["external_id"])
        assert subject == f"{kind}:Shop/{record['external_id']}"
        assert RecordType(kind).words in told_of(shop, kind, problem).casefold()
    assert [subject for _, subject in shop.causes("payment", "p1")] == ["invoice:Shop/s1"]
    assert [subject for _, subject in shop.causes("bill_payment", "y1")] == ["bill:Shop/b1"]


def test_an_account_that_is_not_there_is_asked_for(shop):
    """Money never goes to a guessed account; one alert for all that name it."""
    named = []
    for kind in ("refund", "expense", "bill_payment", "journal_entry", "deposit"):
        record = dict(DOCUMENTS[kind][-1])
        place = next((name for name in ("paid_from", "deposit_to") if name in record), "")
        if place:
            record[place] = "Nowhere Bank"
        else:
            first, *rest = record["lines"]
            record["lines"] = [{**first, "account": "Nowhere Bank"}, *rest]
        named.append(record)
    needed = {row["external_id"]: row for rows in DOCUMENTS.values() for row in rows}
    for record in named:
        needed.pop(record["external_id"])
    shop.hand_over(*PARTIES, *needed.values(), *named)

    shop.push_all()

    missing = ("account_not_found", "account:Shop/Nowhere Bank")
    for record in named:
        assert shop.causes(record["type"], record["external_id"]) == [missing]
    assert "Nowhere Bank" in told(shop)["account_not_found"]


@pytest.mark.parametrize(
    ("record", "place", "wrong"),
    [(EXPENSE, "paid_from", "Checking"), (REFUND, "paid_from", "Rent or Lease")],
)
def test_an_account_of_the_wrong_kind_is_not_paid_from(shop, record, place, wrong):
    """A card's charge does not come from a bank account, nor a refund from an expense."""
    shop.hand_over(*PARTIES, {**record, place: wrong})

    shop.push_all()

    assert shop.causes(record["type"], record["external_id"]) == [
        ("account_unusable", f"account:Shop/{wrong}")
    ]


def test_what_is_there_under_its_full_name_is_linked_and_no_twin_made(shop):
    """A list record is matched by name below the same parent; an inactive one is told."""
    there, records = {}, []
    for kind in ("account", "class", "location"):
        entity = ENTITY[RecordType(kind)]
        more = {"AccountType": "Expense"} if kind == "account" else {}
        typed = {"account_type": "Expense"} if kind == "account" else {}
        there[kind] = shop.create(entity, Name="Market Stall", **more)
        shop.act("deactivate", entity, shop.create(entity, Name="Old Stall", **more))
        records += [
            {"type": kind, "external_id": "n1", "name": "market stall", **typed},
            {"type": kind, "external_id": "n2", "name": "Old Stall", **typed},
        ]
    shop.hand_over(*records)

    shop.push_all()

    for kind, qbo_id in there.items():
        assert shop.record(kind, "n1").qbo_id == qbo_id
        assert shop.state(kind, "n2") == "held"
    assert shop.creates() == []


def test_an_account_of_another_kind_is_not_taken_for_ours(shop):
    """QuickBooks refuses the name; nothing is linked or changed."""
    there = {"type": "account", "external_id": "n1", "name": ACCOUNT_TAKEN, "account_type": "Bank"}
    shop.hand_over(there)

    shop.push_all()

    assert [problem for problem, _ in shop.causes("account", "n1")] == ["duplicate_name"]
    assert told(shop)["duplicate_name"]


def test_records_below_each_other_in_a_circle_are_held(shop):
    """Neither can be first: a person is told, nothing goes round for ever."""
    kinds = ("customer", "account", "class", "location")
    for kind in kinds:
        record = {key: value for key, value in LISTS[kind].items() if key != "parent"}
        shop.hand_over(
            {**record, "external_id": "x1", "name": f"First {kind}", "parent": "x2"},
            {**record, "external_id": "x2", "name": f"Second {kind}", "parent": "x1"},
        )

    shop.push_all()

    states = {shop.state(kind, external_id) for kind in kinds for external_id in ("x1", "x2")}
    assert states == {"held"}
    assert told(shop)["missing_parent"]


def test_a_held_parent_holds_everything_that_names_it(shop):
    """A document waits for an account, a class or a location of its own source, by external id."""
    shop.create("Vendor", DisplayName="Jane Doe")
    twin = customer("c1", "Jane  Doe")
    shop.hand_over(twin, *PARTIES[1:], INVOICE, BILL)

    shop.push_all()

    [hold] = shop.holds("customer", "c1")
    [copied] = shop.holds("invoice", "s1")
    assert (copied.problem, copied.subject) == (hold.problem, hold.subject)
    assert shop.state("bill", "b1") == "posted"


def test_a_deposit_of_a_payment_that_is_not_there_waits_for_it(shop):
    """It names what is missing, and goes when that has come."""
    shop = shop.with_settings(PARENT_WAIT_SECONDS=0.0)
    rows = DOCUMENTS["deposit"]
    shop.hand_over(*PARTIES, *(row for row in rows if row["type"] != "payment"))
    shop.push_all()
    assert shop.causes("deposit", "d1") == [("missing_parent", "payment:Shop/p1")]
    assert "payment" in told(shop)["missing_parent"]

    shop.hand_over(*(row for row in rows if row["type"] == "payment"))
    shop.push_all()

    assert shop.state("deposit", "d1") == "posted"
    assert shop.holds() == []


def test_every_type_has_words_and_a_place_in_the_sums():
    """A type that was forgotten would be counted as nothing."""
    assert {RecordType.called(kind.words) for kind in RecordType} == set(RecordType)
    assert RecordType(DEPOSIT["type"]) in ALL_DOCUMENTS


def test_an_account_can_be_made_for_every_place_that_names_one():
    """The form of a new account knows the kinds each place takes."""
    assert set(account_form.KINDS) == set(accounts.TYPES)
    for role, kinds in account_form.KINDS.items():
        types = {account_form.typed(kind)["AccountType"] for kind, _ in kinds}
        assert types <= set(accounts.TYPES[role]) or not accounts.TYPES[role]


def test_only_what_changes_a_sales_tax_return_waits_in_a_filed_month(shop):
    """Sales, credits and refunds do (accounting.md rule 3); purchases and money do not."""
    with shop.services.sessions.write() as session:
        session.get_one(Company, shop.company_id).tax_filed_through = date(2026, 11, 30)
    rows = {row["external_id"]: row for rows in DOCUMENTS.values() for row in rows}
    shop.hand_over(*PARTIES, *rows.values())

    shop.push_all()

    for kind in ("invoice", "sales_receipt", "credit_memo", "refund"):
        record = DOCUMENTS[kind][-1]
        assert shop.causes(kind, record["external_id"]) == [("filed_tax", "filed:2026-11")]
    for kind in ("bill", "vendor_credit", "expense", "bill_payment", "journal_entry"):
        assert shop.state(kind, DOCUMENTS[kind][-1]["external_id"]) == "posted"


def test_credits_lower_the_sums_and_each_sum_says_what_it_is_of(shop):
    """Sales, cash and purchases apart; what moves no sum is only counted."""
    rows = {row["external_id"]: row for rows in DOCUMENTS.values() for row in rows}
    shop.hand_over(*rows.values())
    records = shop.all(Record)

    found = totals(records)

    assert found.sales_amount == {"USD": Decimal("0.00")}  # 21.50 twice, less as much twice
    assert found.purchase_amount == {"USD": Decimal("20.00")}
    assert found.cash_amount == {"USD": Decimal("21.50")}
    assert (found.entry_count, found.documents) == (3, 11)
    words = told_sums(found)
    assert "4 sales documents" in words
    assert "3 purchases" in words
    assert "3 other documents" in words
    alone = totals([row for row in records if row.type is RecordType.JOURNAL_ENTRY])
    assert told_sums(alone).startswith("1 journal entry, $")
    several = totals([row for row in records if row.type in ENTRIES])
    assert told_sums(several) == "3 documents"
    memos = totals([row for row in records if row.type is RecordType.CREDIT_MEMO])
    assert told_sums(memos) == "1 credit memo, -$21.50"
