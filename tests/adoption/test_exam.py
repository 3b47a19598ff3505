"""Whole books handed over: nothing doubled, every exact one linked, every other one asked about."""

import pytest

from tests.adoption import exam


@pytest.mark.parametrize("documents", [300, pytest.param(3000, marks=pytest.mark.long)])
def test_books_are_adopted(house, documents):
    """Nothing is created before the approval, and nothing twice after it or when sent again."""
    marks = exam.play(house, documents)

    assert exam.faults(marks) == []
    assert marks.changed.total() == documents // 10
