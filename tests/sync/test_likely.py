"""What a menu for a word shows first, and why."""

from datetime import UTC, datetime

import pytest

from bot.models import MirrorRow
from bot.sync import likely, mappings
from tests.sync.test_mapping import put

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def rows(entity, *names, **more):
    """Records of a list, numbered from 1."""
    return [
        MirrorRow(company_id=1, entity=entity, qbo_id=str(n), name=name, folded=name.casefold(),
                  data={"Name": name, **{key: values[n - 1] for key, values in more.items()}},
                  read_at=NOW)
        for n, name in enumerate(names, 1)
    ]  # fmt: skip


def first(shop, what, said, found):
    """The name that is first, with its strongest reason."""
    with shop.services.sessions.read() as session:
        one = likely.ranked(session, shop.source_id, what, said, found)[0]
    return one.row.name, one.words


@pytest.mark.parametrize(
    ("said", "name", "why"),
    [
        ("2 weeks", "Fortnight", "the same number of days"),
        ("NET30", "Net 30", "the same but for signs"),
        ("due upon receipt", "Due on receipt", "nearly the same name"),
        ("whenever", "Due on receipt", ""),
    ],
)
def test_a_term_is_likely_by_its_days_or_its_name(shop, said, name, why):
    """Without a reason they stand by name."""
    found = rows("Term", "Net 30", "Fortnight", "Due on receipt", DueDays=(30, 14, 0))
    assert first(shop, mappings.TERM, said, found) == (name, why)


def test_what_was_chosen_before_goes_before_a_like_name(shop):
    """A past choice for this very word is the strongest; one for another word is none."""
    found = rows("Class", "North", "North East")
    put(shop, mappings.CLASS, "north-e", "1")
    put(shop, mappings.CLASS, "north-e", mappings.NOTHING)
    assert first(shop, mappings.CLASS, "North-E", found) == ("North", "meant by it before")
    assert first(shop, mappings.CLASS, "northeast", found)[0] == "North East"


def test_numbers_tell_codes_apart(shop):
    """Store 12 is not store 2, however like the names are."""
    found = rows("Department", "Store 2", "Store 12")
    assert first(shop, mappings.LOCATION, "store-12", found)[0] == "Store 12"
    with shop.services.sessions.read() as session:
        ranked = likely.ranked(session, shop.source_id, mappings.LOCATION, "store 21", found)
    assert [one.reasons for one in ranked] == [(), ()]
