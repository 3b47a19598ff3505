"""Versions: what is delivered late replaces nothing newer; one version has one content."""

import pytest

from bot.sync import intake
from bot.sync.csvfile import read_csv
from bot.sync.reading import parse_record
from bot.sync.records import BadRow
from tests.sync.shop import customer, invoice, item


def _hand_over(shop, *records):
    return intake.accept(shop.services, shop.source_id, [parse_record(one) for one in records])


def _jane(name, version=None):
    return customer("c1", name) | ({} if version is None else {"version": version})


def test_an_older_version_delivered_late_changes_nothing(shop):
    """The newer one waits still and is what gets posted; the report says so."""
    _hand_over(shop, _jane("Jane", 2))
    report = _hand_over(shop, _jane("Jan", 1))
    shop.push_all()

    assert (report.unchanged, report.updated) == (1, 0)
    [note] = report.notes
    assert note.text == (
        "customer c1 came in version 1, older than 2, which is here; nothing was changed"
    )
    assert [row["DisplayName"] for row in shop.books("Customer")] == ["Jane"]


def test_the_same_version_again_is_unchanged_and_with_other_content_refused(shop):
    """A source that forgets to count is told; the first content stays."""
    _hand_over(shop, _jane("Jane", 2))
    same = _hand_over(shop, _jane("Jane", 2))
    other = _hand_over(shop, _jane("Janet", "2"), item("i1", "Mug"))

    assert (same.unchanged, same.notes, same.refused) == (1, [], [])
    assert (other.accepted, other.unchanged, other.updated) == (1, 0, 0)
    [refused] = other.refused
    assert (refused.external_id, refused.line) == ("c1", None)
    assert refused.reason == (
        "customer c1 came in version 2 before, with other content; "
        "give what has changed a higher version"
    )
    assert shop.record("customer", "c1").name == "Jane"


def test_a_higher_version_of_the_same_content_is_kept_in_mind(shop):
    """Nothing to post, but what lies between the two is older now."""
    _hand_over(shop, _jane("Jane", 1))
    same = _hand_over(shop, _jane("Jane", 5))
    between = _hand_over(shop, _jane("Janet", 3))

    assert (same.unchanged, same.updated, between.unchanged) == (1, 0, 1)
    assert "older than 5" in between.notes[0].text
    assert shop.record("customer", "c1").name == "Jane"


def test_the_versions_of_one_body_are_put_in_order(shop):
    """Whatever order they stand in, the highest one is posted."""
    report = _hand_over(shop, _jane("Two", 2), _jane("Ten", 10), _jane("Nine", 9))

    assert (report.accepted, report.updated, report.unchanged) == (1, 1, 1)
    assert shop.record("customer", "c1").name == "Ten"


def test_moments_are_compared_as_moments(shop):
    """08:00 in New York is after 12:30 in London."""
    _hand_over(shop, _jane("Late", "2026-11-12T08:00:00-05:00"))
    report = _hand_over(shop, _jane("Early", "2026-11-12T12:30:00Z"))

    assert report.unchanged == 1
    assert "2026-11-12T12:30:00Z, older than 2026-11-12T13:00:00Z" in report.notes[0].text
    assert shop.record("customer", "c1").name == "Late"


def test_numbers_and_moments_cannot_be_compared(shop):
    """Which is later nobody can say: refused, and told how to mend it."""
    _hand_over(shop, _jane("Jane", 7))
    report = _hand_over(shop, _jane("Janet", "2026-11-12T12:30:00Z"))

    assert "keep to one kind" in report.refused[0].reason
    assert shop.record("customer", "c1").name == "Jane"


def test_without_a_version_everything_is_as_ever(shop):
    """The later delivery counts; the order of what has versions is not forgotten."""
    _hand_over(shop, _jane("Jane", 7))
    bare = _hand_over(shop, _jane("Bare"))
    older = _hand_over(shop, _jane("Janet", 6))
    higher = _hand_over(shop, _jane("Highest", 8))

    assert (bare.updated, older.unchanged, higher.updated) == (1, 1, 1)
    assert shop.record("customer", "c1").name == "Highest"


def test_a_late_older_version_of_what_is_posted_ends_no_alert(shop):
    """The source moved the day: the alert stands although the first version comes once more."""
    first = invoice("1", "c1") | {"version": 1}
    moved = invoice("1", "c1", date="2026-11-13") | {"version": 2}
    _hand_over(shop, customer("c1", "Jane"), item("i1", "Mug"), first)
    shop.push_all()
    told = _hand_over(shop, moved)
    late = _hand_over(shop, first)
    again = _hand_over(shop, moved)

    assert "its day is 2026-11-13 now" in told.notes[0].text
    assert "older than 2" in late.notes[0].text
    assert [cause for cause, _ in shop.causes("invoice", "1")] == ["day_differs"]
    assert again.refused == []
    assert len(shop.books("Invoice")) == 1


@pytest.mark.parametrize(
    "version",
    [True, 1.5, "soon", "2026-11-12", "2026-11-12T10:00:00", -1, "9" * 21, "2026-13-01T00:00Z"],
)
def test_what_is_no_version_is_refused_in_words(version):
    """A day or a moment without an offset orders nothing."""
    refused = parse_record(_jane("Jane", version))

    assert isinstance(refused, BadRow)
    assert refused.reason.startswith("version ")


def test_a_csv_file_has_its_versions_in_a_column(shop):
    """The same rules for a file."""
    head = "Customer ID,Name,Email,Record Version\n"
    for row in ("c1,Jane,j@x.example,2", "c1,Janet,j@x.example,1"):
        intake.accept(shop.services, shop.source_id, read_csv((head + row + "\n").encode()))

    assert shop.record("customer", "c1").name == "Jane"
