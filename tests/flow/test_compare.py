"""Who changed a group of fields: true for any values, in any order."""

from hypothesis import given
from hypothesis import strategies as st

from bot.sync.flow.compare import Sides, Verdict, compare

GROUPS = {"phone": "contact", "email": "contact", "name": "identity"}
VALUES = st.dictionaries(st.sampled_from(list(GROUPS)), st.sampled_from(["a", "b", "c"]))


def judged(was_ours, was_theirs, ours, theirs):
    """The verdicts of these four."""
    return compare(GROUPS, Sides(was_ours, was_theirs), Sides(ours, theirs))


@given(VALUES, VALUES)
def test_nothing_changed_is_the_same(ours, theirs):
    """However different the two sides were when they agreed."""
    assert set(judged(ours, theirs, ours, theirs).values()) == {Verdict.SAME}


@given(VALUES, VALUES, VALUES)
def test_both_say_the_same_is_the_same(was_ours, was_theirs, now):
    """Whoever came first, where the source says it nobody has to decide."""
    found = judged(was_ours, was_theirs, now, now)
    unsaid = {GROUPS[name] for name in GROUPS if name not in now}
    assert {group for group in found if found[group] in (Verdict.OURS, Verdict.BOTH)} == set()
    assert {group for group in found if found[group] is Verdict.THEIRS} <= unsaid


@given(VALUES, VALUES, VALUES)
def test_what_a_source_does_not_say_is_no_change_of_it(was_ours, was_theirs, theirs):
    """Silence never takes a value away."""
    found = judged(was_ours, was_theirs, {}, theirs)
    assert set(found.values()) <= {Verdict.SAME, Verdict.THEIRS}


@given(VALUES, VALUES, VALUES, VALUES)
def test_blanks_and_order_do_not_count(was_ours, was_theirs, ours, theirs):
    """Double spaces are the same value, and the order of fields changes nothing."""
    spaced = {name: f"  {value} " for name, value in reversed(theirs.items())}
    expected = judged(was_ours, was_theirs, ours, theirs)
    assert judged(was_ours, was_theirs, ours, spaced) == expected
