"""Whole books handed over: nothing doubled, every exact one linked, every other one asked about."""

import pytest

from tests.adoption import exam


@pytest.mark.parametrize("documents", [300, pytest.param(3000, marks=pytest.mark.long)])
def test_books_are_adopted(house, documents):
    """Nothing is created before the approval, and nothing twice after it or when sent again."""
    marks = exam.play(house, documents)

    assert marks.wrong == []
    assert marks.created_before == 0
    assert (marks.exact, marks.differs) == (documents * 9 // 10, documents // 10)
    assert (marks.linked, marks.asked) == (marks.exact, marks.differs)
    assert marks.created == 0
    assert (marks.again_alerts, marks.again_exact, marks.again_created) == (1, marks.exact, 0)
