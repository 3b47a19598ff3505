"""Names: what counts as the same name, what never does, and how the difference is said."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.mirror.names import block_key, fold, near_keys, similar

# A busy machine is not a slow function.
RELAXED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
ALIKE = [
    ("Jane  Doe", "Jane Doe", "only spaces differ"),
    (" Jane Doe ", "Jane Doe", "only spaces at the ends differ"),
    ("Jane\u00a0Doe", "Jane Doe", "only spaces differ"),
    ("jane DOE", "Jane Doe", "only upper and lower case differ"),
    ("José Núñez", "Jose Nunez", "only accents differ"),
    ("Øystein Bråten", "Oystein Braten", "only accents differ"),
    ("O'Brien Supply", "O’Brien Supply", "only punctuation differs"),
    ("O'Brien Supply", "OBrien Supply", "only punctuation differs"),
    ("Harbor Foods, LLC", "Harbor Foods", "only the legal form differs"),
    ("Acme Inc.", "Acme", "only the legal form differs"),
    ("Acme, Inc.", "ACME", "only upper and lower case and the legal form differ"),
    ("Acme Inc.", "Acme LLC", "only the legal form differs"),
    ("Smith & Sons", "Smith and Sons", 'only "&" and "and" differ'),
    ("J.P. Morgan", "JP Morgan", "only punctuation differs"),
    ("Jane M. Doe", "Jane Doe", "a middle initial is missing"),
    ("Jane Doe", "JANE  M DOE", "a middle initial is missing"),
    ("Jane Marie Doe", "Jane M. Doe", "a middle name is shortened to its initial"),
    ("Doe, Jane", "Jane Doe", "only the order of the names differs"),
    ("Garcia Maria", "Maria Garcia", "only the order of the names differs"),
    ("García Luna Maria", "Maria Garcia Luna", "only the order of the names and accents differ"),
    ("Doe, Jane M.", "Jane Doe", "a middle initial is missing and the order of the names differs"),
    ("Jane Doe (deleted)", "Jane Doe", "the names are the same"),
    ("jane doe (deleted)", "Jane Doe", "only upper and lower case differ"),
    ("Kim Lee", "Kim Lee", "the names are the same"),
    ("Müller GmbH", "MULLER GMBH", "only upper and lower case and accents differ"),
]
NEVER = [
    ("Branch #12", "Branch #13"),
    ("Branch #12", "Branch 1 2"),
    ("INV-100", "INV-1000"),
    ("Store 5", "Store 05"),
    ("Jane Doe", "Janet Doe"),
    ("Jane Doe", "John Doe"),
    ("Jane M. Doe", "Jane K. Doe"),
    ("Jane Marie Doe", "Jane Doe"),
    ("John Smith Jr", "John Smith"),
    ("John Smith Jr.", "John Smith Sr."),
    ("Henry Tudor VII", "Henry Tudor VIII"),
    ("J. Doe", "Jane Doe"),
    ("Plan B", "Plan"),
    ("Anderson Supply", "Andersen Supply"),
    ("A Inc.", "A LLC"),
    ("AB", "AC"),
    ("Harbor Foods", "Harbor Foods Seattle"),
    ("", "Jane Doe"),
    ("Inc.", "LLC"),
]


@pytest.mark.parametrize(("ours", "theirs", "words"), ALIKE, ids=str)
def test_alike(ours, theirs, words):
    """Two spellings of one name are alike, and the words say what differs."""
    likeness = similar(ours, theirs)

    assert likeness is not None
    assert (words, True) == (likeness.words, 0.8 <= likeness.score <= 1.0)


@pytest.mark.parametrize(("ours", "theirs"), NEVER, ids=str)
def test_never_alike(ours, theirs):
    """Other numbers, other given names and extra words are other names."""
    assert similar(ours, theirs) is None
    assert similar(theirs, ours) is None


@pytest.mark.parametrize(("ours", "theirs", "words"), ALIKE, ids=str)
def test_alike_names_meet_in_the_look_up(ours, theirs, words):
    """Whatever is alike is also found: by the folded name or by a block key."""
    assert fold(ours) == fold(theirs) or block_key(theirs) in near_keys(ours)


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("  Café   Zoë, L.L.C. ", "cafe zoe"),
        ("Jane Doe (deleted)", "jane doe"),
        ("#12 Main St.", "12 main st"),
        ("Inc.", "inc"),
        ("???", "???"),
        ("🦞", "🦞"),
        ("Straße GmbH", "strasse"),
        ("A.B.C. Plumbing", "abc plumbing"),
        ("", ""),
    ],
)
def test_fold(name, folded):
    """Folding levels writing and keeps words and numbers; nothing folds to nothing."""
    assert folded == fold(name)


TEXT = st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=40)


@RELAXED
@given(TEXT)
def test_folding_twice_changes_nothing(name):
    """A folded name is its own folded name."""
    assert fold(fold(name)) == fold(name)


@RELAXED
@given(TEXT)
def test_no_name_folds_away(name):
    """Only a blank name has an empty folded name."""
    assert bool(fold(name)) == bool(name.replace("(deleted)", "").strip()) or "(" in name


@RELAXED
@given(TEXT, TEXT)
def test_likeness_is_mutual(one, two):
    """Likeness does not depend on which name is asked first."""
    assert similar(one, two) == similar(two, one)


@RELAXED
@given(st.text(alphabet="abcdefgh &.,'-", min_size=4, max_size=20), st.integers(0, 99), st.data())
def test_other_numbers_are_never_alike(name, number, data):
    """A name with one number is never like the same name with another."""
    other = data.draw(st.integers(0, 99).filter(lambda value: value != number))

    assert similar(f"{name} {number}", f"{name} {other}") is None


@RELAXED
@given(st.text(alphabet="abcdefghABC ", min_size=1, max_size=20).filter(str.strip))
def test_case_and_spaces_are_always_alike(name):
    """Doubling spaces and changing case never makes another name."""
    changed = f" {name.replace(' ', '  ').swapcase()} "
    likeness = similar(name, changed)

    assert likeness is not None
    assert fold(name) == fold(changed)
