"""How SKUs and names look: learned from what nearly all follow, or set; told, never held."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import mirror
from bot.errors import BadInput
from bot.models import Company
from bot.sync import formats
from tests.command_line import environment_of, run_here
from tests.sync.shop import customer, item

NINETY_FIVE = [f"ABC-{n}" for n in range(100, 195)]


def look(shop):
    """What is told of the company."""
    with shop.services.sessions.read() as session:
        return formats.look(session, session.get_one(Company, shop.company_id))


def put(shop, field, pattern, source_id=None):
    """Somebody set a pattern."""
    with shop.services.sessions.write() as session:
        company = session.get_one(Company, shop.company_id)
        now = shop.services.clock.now()
        formats.put(session, company, field, pattern, source_id=source_id, by="U1", now=now)


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        ("ABC-123", ["MUG-001", "äöü-999"], ["MUG-1", "MUG001", "mug-0012", "M1G-001", ""]),
        ("AB-1+", ["xy-1", "XY-12345"], ["XY-", "XYZ-1"]),
        ("A+ 9", ["Size 4", "X 1"], ["Size  4", "4 4"]),
        ("(A).*", ["(x).*"], ["(x)yz", "x"]),
        ("C++1", ["ab+1", "a+2"], ["C1"]),
    ],
)
def test_a_pattern_is_an_example(pattern, good, bad):
    """Letters for letters, digits for digits, `+` for one or more, other signs themselves."""
    assert [value for value in good if not formats.fits(pattern, value)] == []
    assert [value for value in bad if formats.fits(pattern, value)] == []


def test_what_nearly_all_follow_is_learned():
    """From 50 values on, at 95 of a hundred; lengths that vary are one or more; words are none."""
    assert formats.learn([*NINETY_FIVE, "x", "y", "z", "1", "?"]) == "AAA-999"
    assert formats.learn([*NINETY_FIVE, *"uvwxyz"]) == ""
    assert formats.learn(NINETY_FIVE[:49]) == ""
    assert formats.learn([f"A{n}" for n in range(60)]) == "A9+"
    assert formats.learn([f"Jane {'x' * n} Doe" for n in range(1, 90)]) == ""


@given(st.lists(st.text(max_size=12), min_size=50, max_size=60, unique=True))
def test_what_is_learned_fits_nearly_all(values):
    """Whatever the values are: never a pattern that most of them differ from."""
    pattern = formats.learn(values)
    fitting = sum(formats.fits(pattern, value) for value in values)
    assert not pattern or fitting * 100 >= formats.SHARE * len(values)


def test_odd_ones_are_told_and_nothing_is_held(shop):
    """QuickBooks' items and what sources said; a set pattern goes before a learned one."""
    shop.hand_over(item("i1", "Mug", sku="mug_7"), customer("c1", "Jane Doe"))
    shop.push_all()
    assert shop.state("item", "i1") == "posted"
    rows = [{"Id": str(9000 + n), "Name": f"Item {n}", "Sku": sku, "Type": "Service"}
            for n, sku in enumerate(f"ABC-{n}" for n in range(100, 900))]  # fmt: skip
    with shop.services.sessions.write() as session:
        mirror.put_many(session, shop.company_id, "Item", rows, shop.services.clock.now())
    [learned] = [one for one in look(shop) if one.field == "sku"]
    assert (learned.pattern, learned.learned, "mug_7" in learned.differing) == (
        "AAA-999",
        True,
        True,
    )
    put(shop, "sku", "aaa_1")
    put(shop, "item_name", "ABC-1", shop.source_id)
    [own] = [one for one in look(shop) if one.field == "sku"]
    assert (own.learned, "mug_7" in own.differing, own.more) == (False, False, own.values - 21)
    [name] = [one for one in look(shop) if one.field == "item_name" and not one.learned]
    assert (name.source, name.differing) == ("Shop", ("Mug",))
    put(shop, "sku", "")
    assert [one.learned for one in look(shop) if one.field == "sku"] == [True]


def test_a_pattern_that_cannot_be_is_refused_and_the_command_line_sets_one(shop):
    """One clear line; what is set is shown with what differs."""
    with pytest.raises(BadInput, match="needs a letter"):
        put(shop, "sku", "---")
    with pytest.raises(BadInput, match="none of sku"):
        put(shop, "colour", "ABC")
    env = environment_of(shop.services)
    shop.hand_over(item("i1", "Mug", sku="mug_7"))
    words = ("mappings", "formats", "--set", "sku", "--pattern", "ABC-123")
    said = run_here(*words, env=env)
    assert (said.returncode, "SKUs are to look like ABC-123" in said.stdout) == (0, True)
    assert "mug_7" in said.stdout
    refused = run_here("mappings", "formats", "--set", "sku", env=env)
    assert (refused.returncode, "Name both" in refused.stderr) == (2, True)
