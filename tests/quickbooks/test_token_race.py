"""Eight processes race for due refreshes and are killed between Intuit's answer and the store."""

import pytest

from bench.token_race import PROCESSES, Plan, race


@pytest.mark.slow
@pytest.mark.parametrize("grace_hours", [24, 0])
def test_tokens_survive_a_race_and_deaths(grace_hours):
    """One stored refresh for each due time; a lost connection only where Intuit gives no grace."""
    result = race(Plan(30, companies=5, deaths=0.25, grace_hours=grace_hours, seed=4))

    assert PROCESSES == 8
    assert result.wrong == []
    assert result.killed > 0
    assert result.due == 30
    assert result.lost == (0 if grace_hours else result.killed)


@pytest.mark.slow
@pytest.mark.postgres
def test_a_dead_process_is_noticed_at_once_on_postgresql(postgres_url):
    """There the lease of a killed refresher is taken over without waiting for its end."""
    result = race(Plan(15, companies=5, deaths=0.3, seed=3), postgres_url)

    assert result.wrong == []
    assert result.killed > 0
    assert result.stored == 15
