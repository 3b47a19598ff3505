"""Names looked up while somebody types: from the indexes alone, on both engines."""

import pytest
from sqlalchemy import text

from bot import mirror
from bot.mirror.search import _begins, _holds, _names
from tests.mirror.test_rows import put, sessions

__all__ = ["sessions"]


def found(sessions, typed, entities=("Customer",), **options):
    """The names found, in their order."""
    with sessions.read() as session:
        return [row.name for row in mirror.search(session, 1, entities, typed, **options)]


@pytest.fixture
def people(sessions):
    """A few customers, one inactive, one vendor, one of another company."""
    put(sessions, Id="1", DisplayName="Jane Doe")
    put(sessions, Id="2", DisplayName="Doe & Daughters, Inc.")
    put(sessions, Id="3", DisplayName="John Dœrr")
    put(sessions, Id="4", DisplayName="Doe Old (deleted)", Active=False)
    put(sessions, Id="5", DisplayName="Doe Supply", entity="Vendor")
    put(sessions, Id="6", DisplayName="Doe Elsewhere", company_id=2)
    return sessions


def test_every_typed_word_is_held_somewhere(people):
    """Words in any order, accents and case aside; the shortest name first."""
    assert found(people, "doe") == ["Jane Doe", "John Dœrr", "Doe & Daughters, Inc."]
    assert found(people, "DOE jane") == ["Jane Doe"]
    assert found(people, "daught") == ["Doe & Daughters, Inc."]
    assert found(people, "nobody") == []
    assert found(people, "  ") == []


def test_inactive_ones_only_when_asked_for(people):
    """Menus offer what is in use; who looks something up sees all."""
    assert "Doe Old" not in found(people, "doe")
    assert "Doe Old" in found(people, "doe", inactive=True)


def test_several_lists_at_once(people):
    """Customers and vendors in one answer; other companies never."""
    names = found(people, "doe", ("Customer", "Vendor"))
    assert "Doe Supply" in names
    assert "Doe Elsewhere" not in names


def test_what_begins_as_typed_goes_before_the_rest(people):
    """When there are too many, names that begin with what was typed are shown."""
    assert found(people, "doe", most=1) == ["Doe & Daughters, Inc."]


def test_items_by_sku(sessions):
    """A part of a SKU is enough; signs of the search language are plain letters."""
    put(sessions, Id="1", Name="Lobster", Sku="LB_100%", entity="Item")
    put(sessions, Id="2", Name="Crab", Sku="CR-200", entity="Item")
    put(sessions, Id="3", Name="Old crab", Sku="CR-100", entity="Item", Active=False)

    assert found(sessions, "b_100%", ("Item",)) == ["Lobster"]
    assert found(sessions, "cr-", ("Item",)) == ["Crab"]
    assert found(sessions, "cr-", ("Item",), inactive=True) == ["Crab", "Old crab"]
    assert found(sessions, "_", ("Item",)) == ["Lobster"]


def test_the_index_alone_answers(sessions):
    """The table, with its large payloads, is read for the shown rows only."""
    if sessions.engine.dialect.name != "sqlite":
        return  # PostgreSQL chooses by its statistics
    names = _names(1, "Customer", active=True)
    with sessions.read() as session:
        for where in (_begins("doe"), _holds("doe jane")):
            sql = (
                names.where(*where)
                .limit(100)
                .compile(session.get_bind(), compile_kwargs={"literal_binds": True})
            )
            plan = str(session.connection().execute(text(f"EXPLAIN QUERY PLAN {sql}")).all())
            assert "COVERING INDEX ix_mirror_choice" in plan
            assert "TEMP B-TREE" not in plan
