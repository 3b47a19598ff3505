"""What preflight says is what QuickBooks answers: a sample of the exam, and the whole one."""

import pytest

from tests.preflight import exam
from tests.preflight.defects import DEFECTS


def hold(result):
    """The issue's limits."""
    assert not [row for row in result.counted if row.false_alarm], "said to fail, and was taken"
    assert result.agreement >= 0.99, result.wrong().most_common(5)
    assert all(row.same_alert for row in result.counted if row.agrees)


def test_a_sample_agrees_with_quickbooks(simulator, tmp_path):
    """300 records, the seed as in the report: at least 99 % agree, none is falsely sure."""
    assert len(DEFECTS) >= 40
    hold(exam.run(simulator, tmp_path, count=300, companies=2, seed=20261123))


@pytest.mark.long
def test_the_whole_exam_agrees_with_quickbooks(simulator, tmp_path):
    """5,000 records in twelve companies of other habits, with another seed than the report's."""
    hold(exam.run(simulator, tmp_path, count=5000, companies=12, seed=7))
