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
        ("due upon receipt", "Due on receipt", "due at the same time"),
        ("whenever", "Due on receipt", ""),
    ],
)
def test_a_term_is_likely_by_its_days_or_its_name(shop, said, name, why):
    """Without a reason they stand by name."""
    found = rows("Term", "Net 30", "Fortnight", "Due on receipt", DueDays=(30, 14, 0))
    assert first(shop, mappings.TERM, said, found) == (name, why)


TERMS = {
    "Net 30": {"DueDays": 30},
    "2% 10 Net 30": {"DueDays": 30, "DiscountPercent": 2, "DiscountDays": 10},
    "Early bird": {"DueDays": 45, "DiscountPercent": 1.5, "DiscountDays": 15},
    "Receipt": {"DueDays": 0},
    "Mid month": {"Type": "DATE_DRIVEN", "DayOfMonthDue": 15, "DueNextMonthDays": 5},
    "Fortnight": {"DueDays": 14},
}
KEYS = ("DueDays", "DiscountPercent", "DiscountDays", "DayOfMonthDue")


def terms():
    """Terms of a company as QuickBooks has them."""
    more = {key: [term.get(key) for term in TERMS.values()] for key in KEYS}
    return rows("Term", *TERMS, **more)


@pytest.mark.parametrize(
    ("said", "order", "why"),
    [
        ("2/10, n/30", ["2% 10 Net 30", "Net 30"], "the same days and discount"),
        ("2% if paid within 10 days, net 30", ["2% 10 Net 30", "Net 30"], "the same days and"),
        ("n/30", ["Net 30", "2% 10 Net 30"], "the same number of days"),
        ("30 D", ["Net 30", "2% 10 Net 30"], "the same number of days"),
        ("3/10 net 30", ["2% 10 Net 30", "Net 30"], "the same days, another discount"),
        ("1.5% 15 net 45", ["Early bird"], "the same days and discount"),
        ("C.O.D", ["Receipt"], "due at the same time"),
        ("due immediately", ["Receipt"], "due at the same time"),
        ("15th of next month", ["Mid month"], "due at the same time"),
        ("2 weeks net", ["Fortnight"], "the same number of days"),
        ("Net 15", [], ""),
        ("net 300", [], ""),
    ],
)
def test_terms_are_ranked_by_their_days_and_discount(shop, said, order, why):
    """Those due alike first, the one with the same discount before the others; the rest has none.

    A day of the month is no number of days: 15th is not Net 15.
    """
    with shop.services.sessions.read() as session:
        ranked = likely.ranked(session, shop.source_id, mappings.TERM, said, terms())
    with_reasons = [one.row.name for one in ranked if set(one.reasons) - {likely.PART}]
    assert with_reasons == order
    if order:
        assert ranked[0].words.startswith(why)


def test_what_was_chosen_for_words_that_say_the_same_counts(shop):
    """The firm chose once what 30 days are: another source's way to write it is proposed so."""
    put(shop, mappings.TERM, "thirty: 30 days", "4")
    with shop.services.sessions.read() as session:
        found = likely.ranked(session, shop.source_id, mappings.TERM, "N30", terms())
    best = {one.row.name: one.words for one in found}
    assert best["Receipt"] == "chosen for a word that says the same"
    assert best["Net 30"] == "the same number of days"


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
