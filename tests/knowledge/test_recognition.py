"""Whole sets of error texts: how many are recognised, and what is no error of QuickBooks."""

import pytest

from bench.classify import (
    EXAMINED,
    HINTS,
    LEAST_CODED,
    LEAST_CODED_EXAMINED,
    LEAST_FAMILY,
    LEAST_KIND,
    MOST_WRONG,
    PHRASINGS,
    TEXTS,
    UNRELATED,
    WRITTEN,
    falsely_recognised,
    labelled,
    measured,
    measured_by_host,
    unrelated,
)
from bot.domain import KINDS_BY_FAMILY
from tests.words import knowledge

KNOWLEDGE = knowledge()
KINDS = {problem.kind for problem in KNOWLEDGE.problems.values()}


@pytest.mark.parametrize("name", WRITTEN)
def test_the_texts_of_other_tools_are_recognised(name):
    """Kind in 90 of 100, family in 95, with a code 97; sure and wrong in at most 2."""
    told = measured(KNOWLEDGE, labelled(name))

    assert told.good(), told


def test_the_given_texts_are_recognised_without_their_own_host():
    """The known texts of a text's own host do not help it."""
    told = measured_by_host(KNOWLEDGE, labelled("given"))

    assert told.texts == 150
    assert told.kind >= LEAST_KIND
    assert told.family >= LEAST_FAMILY
    assert told.coded >= LEAST_CODED
    assert told.sure_and_wrong <= MOST_WRONG


@pytest.mark.parametrize("name", EXAMINED)
def test_the_texts_of_an_examiner_are_recognised(name):
    """What somebody gathered who knew no row stays recognised; little is sure and wrong."""
    told = measured(KNOWLEDGE, labelled(name))

    assert told.texts >= 150
    assert told.good(LEAST_CODED_EXAMINED), told


def test_other_phrasings_of_the_same_troubles_are_recognised():
    """Every kind in the words of other tools and forums, mostly without a code."""
    told = measured(KNOWLEDGE, labelled(PHRASINGS))

    assert len({one.kind for one in labelled(PHRASINGS)}) == 23
    assert told.good(), told


@pytest.mark.parametrize("hint", HINTS)
@pytest.mark.parametrize("name", UNRELATED)
def test_what_is_no_error_of_quickbooks_is_unknown(name, hint):
    """Other programs, talk, invoices, news: 2 of 100 are taken for one, a wrong hint or none."""
    texts = unrelated(name)

    assert len(texts) >= 150
    assert falsely_recognised(KNOWLEDGE, texts, hint) <= MOST_WRONG


def test_the_sets_hold_every_kind_and_every_platform():
    """All 23 kinds and all four platforms are measured."""
    texts = [one for path in sorted(TEXTS.glob("written_*.json")) for one in labelled(path.stem)]
    known = {kind for kinds in KINDS_BY_FAMILY.values() for kind in kinds}

    assert {one.platform for one in texts} - {""} == {"qbo", "qbd", "qbwc", "oauth"}
    assert len({one.kind for one in texts}) == 23
    assert {one.kind for one in texts} <= known & KINDS
