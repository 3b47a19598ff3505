"""How SKUs and names look: learned from what nearly all follow, or set; told, or held if strict."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import mirror
from bot.domain import EVERYTHING
from bot.errors import BadInput
from bot.models import Company
from bot.sync import formats, holds, mapping_rules, mappings
from bot.sync.mapping_rules import Wanted
from checks import formats as check
from tests.command_line import environment_of, run_here
from tests.sync.shop import customer, invoice, item

NINETY_FIVE = [f"ABC-{n}" for n in range(100, 195)]


def look(shop):
    """What is told of the company."""
    with shop.services.sessions.read() as session:
        return formats.look(session, session.get_one(Company, shop.company_id))


def put(shop, field, pattern, source_id=None, *, strict=False):
    """Somebody set a pattern."""
    with shop.services.sessions.write() as session:
        company = session.get_one(Company, shop.company_id)
        now = shop.services.clock.now()
        how = {"source_id": source_id, "by": "U1", "now": now, "strict": strict}
        formats.put(session, company, field, pattern, **how)


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


def hand_over_and_push(shop, *records):
    """Take in, and post whatever goes."""
    shop.hand_over(*records)
    shop.push_all()


def test_a_strict_pattern_holds_what_is_new_and_differs(shop):
    """Corrected in the source it goes; what QuickBooks has already is known and never held."""
    hand_over_and_push(shop, customer("c1", "jane 7"), item("i0", "Old", sku="old_1"))
    put(shop, "sku", "ABC-123", strict=True)
    put(shop, "customer_name", "Abc Def", strict=True)
    hand_over_and_push(
        shop,
        item("i1", "Mug", sku="mug_7"),
        item("i2", "Pan", sku="PAN-002"),
        customer("c1", "jane 7", email="j@doe.com"),
        invoice("1040", "c1", ("sku:old_1", 1, "10.00")),
        customer("c2", "Jim 8"),
        invoice("1041", "c1"),
    )

    assert shop.causes("item", "i1") == [("format_held", "item:Shop/i1")]
    assert shop.causes("invoice", "1041") == [("format_held", "item:Shop/i1")]
    assert shop.causes("customer", "c2") == [("format_held", "customer:Shop/c2")]
    assert (shop.state("item", "i2"), shop.state("invoice", "1040")) == ("posted", "posted")
    [hold] = shop.holds("item", "i1")
    assert (hold.facts["value"], hold.facts["pattern"]) == ("mug_7", "ABC-123")
    hand_over_and_push(shop, item("i1", "Mug", sku="MUG-007"))
    assert (shop.state("item", "i1"), shop.state("invoice", "1041")) == ("posted", "posted")


def test_trying_again_posts_nothing_that_the_firm_holds_itself(shop):
    """`asked` leaves refusals to QuickBooks, and this one is none of QuickBooks'."""
    put(shop, "item_name", "Abc", strict=True)
    hand_over_and_push(shop, item("i1", "Mug 7"))
    with shop.services.sessions.write() as session:
        holds.release(session, shop.company_id, "format_held", "item:Shop/i1")
    shop.push_all(only=[shop.record("item", "i1").id])

    assert (shop.state("item", "i1"), shop.creates("Item")) == ("held", [])


def test_a_sku_that_only_a_rule_explains_is_held_until_a_person_maps_it(shop):
    """MUG-* would take MUG-l2 with a small letter for a one; a word of its own is said."""
    hand_over_and_push(shop, customer("c1", "Jane Doe"), item("i1", "Mug"))
    mug = next(row["Id"] for row in shop.books("Item") if row["Name"] == "Mug")
    with shop.services.sessions.write() as session:
        company = session.get_one(Company, shop.company_id)
        wanted = Wanted("sku", "MUG-*", "Item", mug, by="U1")
        mapping_rules.make(session, company, wanted, shop.services.clock.now())
    put(shop, "sku", "ABC-12", strict=True)
    hand_over_and_push(
        shop,
        invoice("1041", "c1", ("sku:MUG-l2", 1, "10.00")),
        invoice("1042", "c1", ("sku:MUG-12", 1, "10.00")),
    )

    assert shop.causes("invoice", "1041") == [("format_held", "item:Shop/MUG-l2")]
    assert shop.state("invoice", "1042") == "posted"
    with shop.services.sessions.write() as session:
        mappings.put(
            session,
            company_id=shop.company_id,
            source_id=shop.source_id,
            what=mappings.SKU,
            said="MUG-l2",
            qbo_id=mug,
            by="U1",
            now=shop.services.clock.now(),
        )
        holds.release(session, shop.company_id, "format_held", "item:Shop/MUG-l2")
    shop.push_all()
    assert shop.state("invoice", "1041") == "posted"


def test_a_pattern_that_is_changed_or_made_to_tell_only_lets_go(shop):
    """On the command line; what is learned can be set as it is."""
    env = environment_of(shop.services)
    words = ("mappings", "formats", "--set", "sku", "--pattern", "ABC-123")
    said = run_here(*words, "--strict", env=env)
    assert "SKUs must look like ABC-123" in said.stdout, said.stderr
    hand_over_and_push(shop, item("i1", "Mug", sku="mug_7"))
    assert shop.state("item", "i1") == "held"
    said = run_here(*words, env=env)
    assert "1 record that waited for it may go now" in said.stdout
    assert shop.state("item", "i1") == "waiting"
    none = run_here(*words[:-1], "learned", env=env)
    assert (none.returncode, "No pattern of SKUs is learned" in none.stderr) == (2, True)


def odd(shop):
    """What the check finds."""
    with shop.services.sessions.read() as session:
        company = session.get_one(Company, shop.company_id)
    return list(check.run(shop.services, company, EVERYTHING))


def test_what_comes_and_differs_is_one_finding_of_its_source_and_field(shop):
    """What came before the pattern is no news; corrected or a week later it is told no more."""
    shop.hand_over(item("i0", "Old", sku="old_1"))
    put(shop, "sku", "ABC-123")
    shop.hand_over(item("i1", "Mug", sku="mug_7"), item("i2", "Pan", sku="PAN-002"))
    shop.hand_over(customer("c1", "Jane"), invoice("1041", "c1", ("sku:mug 8", 1, "10.00")))
    [found] = odd(shop)

    assert (found.problem, found.subject) == (
        "format_differs",
        f"source:{shop.source_id}:format:sku",
    )
    assert (found.facts["count"], found.facts["shown"]) == (2, ["mug_7", "mug 8"])
    assert (found.facts["source"], found.facts["pattern"]) == ("Shop", "ABC-123")
    shop.hand_over(item("i1", "Mug", sku="MUG-007"))
    assert [one.facts["shown"] for one in odd(shop)] == [["mug 8"]]
    put(shop, "sku", "ABC-123", shop.source_id, strict=True)
    assert odd(shop) == []  # of this source what differs is held, and tells itself
