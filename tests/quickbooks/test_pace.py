"""The arithmetic of the limits: no minute and no second holds more than Intuit allows."""

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.models import Pace
from bot.quickbooks import pace
from bot.quickbooks.pace import Ask, Limits

NOW = 1_700_000_000.0
RELAXED = settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])


def ask(holder="a", wanted=1, under_way=0, within=5.0, batch=False, ahead=0):
    """One process's wish."""
    return Ask(holder, wanted, under_way, within, batch, ahead)


def most_within(moments, seconds):
    """The most moments in any stretch of so many seconds."""
    return max(
        (sum(1 for other in moments if 0 <= other - one < seconds) for one in moments), default=0
    )


@RELAXED
@given(st.integers(0, 10_000), st.integers(1, 10), st.integers(20, 500))
def test_no_stretch_holds_too_many(seed, per_second, per_minute):
    """However processes ask, any 60 s hold `per_minute` at most, any second `per_second`.

    As QuickBooks sees it, where a call arrives up to a second later, the minute may hold a few
    more; the default leaves room for five.
    """
    rng, row, now, begun = Random(seed), Pace(company_id=1), NOW, []
    limits = Limits(per_minute, per_second, 4)
    for _ in range(600):
        given_ = pace.grant(row, limits, ask(f"p{rng.randrange(3)}", rng.randint(1, 4)), now)
        begun += [now + start for start in given_.starts]
        now += rng.choice([0.0, 0.01, 0.2, given_.wait, 3.0 if rng.random() < 0.05 else 0.0])

    arrived = [at + rng.choice([0.0, 0.15, 0.999]) for at in begun]
    assert most_within(begun, 60) <= per_minute
    assert most_within(arrived, 60) <= per_minute + 5
    assert most_within(begun, 0.999) <= per_second


def test_the_whole_minute_can_be_used():
    """A long reading goes at full pace until the minute is used up, and waits for the next one."""
    row, now, begun = Pace(company_id=1), NOW, []
    while len(begun) < 990:
        given_ = pace.grant(row, Limits(495, 10, 4), ask(wanted=4, within=90.0), now)
        begun += [now + start for start in given_.starts]
        now = max(now + given_.wait, begun[-1] if given_.starts else now)

    assert begun[494] - NOW < 54
    assert begun[989] - NOW < 115


def test_a_call_that_did_not_wait_is_counted():
    """A consent's own call takes its place in the minute and in the second of all processes."""
    row, limits = Pace(company_id=1), Limits(3, 10, 4)
    pace.count(row, limits, NOW)

    given_ = pace.grant(row, limits, ask(wanted=4, within=30.0), NOW)

    assert len(given_.starts) == 2
    assert given_.starts[0] >= 0.1


def test_batches_have_a_limit_of_their_own():
    """The 41st batch within a minute waits; a single call does not."""
    row = Pace(company_id=1)
    limits = Limits(500, 10, 10)
    for number in range(pace.BATCHES_PER_MINUTE):
        assert pace.grant(row, limits, ask(batch=True), NOW + number / 10).starts

    assert pace.grant(row, limits, ask(batch=True), NOW + 5).wait > 50
    assert pace.grant(row, limits, ask(), NOW + 5).starts


def test_calls_under_way_are_shared():
    """All processes together have so many calls under way; who comes later gets a share soon."""
    row, limits = Pace(company_id=1), Limits(0, 10, 4)

    assert len(pace.grant(row, limits, ask("a", wanted=9), NOW).starts) == 4
    assert pace.grant(row, limits, ask("b", wanted=2), NOW + 1).starts == ()
    # One of the first process's calls ended: its next one leaves room for the other.
    assert pace.grant(row, limits, ask("a", wanted=1, under_way=3), NOW + 1.2).starts == ()
    assert len(pace.grant(row, limits, ask("b", wanted=2), NOW + 1.3).starts) == 1


def test_a_silent_process_is_forgotten_in_time():
    """What a killed process had under way stops nobody for longer than a call may take."""
    row, limits = Pace(company_id=1), Limits(0, 10, 4)
    pace.grant(row, limits, ask("a", wanted=4), NOW)

    assert not pace.grant(row, limits, ask("b"), NOW + pace.HOLDER_SECONDS - 1).starts
    assert pace.grant(row, limits, ask("b"), NOW + pace.HOLDER_SECONDS + 1).starts


def test_who_lets_go_leaves_room():
    """A process without a call under way takes no share."""
    row, limits = Pace(company_id=1), Limits(0, 10, 4)
    pace.grant(row, limits, ask("a", wanted=4), NOW)
    pace.let_go(row, "a")

    assert len(pace.grant(row, limits, ask("b", wanted=4), NOW + 1).starts) == 4


def test_a_process_alone_takes_permits_ahead():
    """In a burst one question brings the permits of the next calls too; they begin as evenly."""
    row, limits = Pace(company_id=1), Limits(495, 10, 4)

    given_ = pace.grant(row, limits, ask("a", wanted=1, under_way=3, ahead=5), NOW)

    assert len(given_.starts) == 6
    assert most_within(given_.starts, 0.999) <= 10
    assert not pace.grant(row, limits, ask("b"), NOW).starts
    # Now there are two: each has its own share, and nobody takes ahead.
    assert len(pace.grant(row, limits, ask("a", wanted=4, ahead=5), NOW + 1).starts) == 2


def test_what_was_taken_ahead_and_not_used_is_given_back():
    """The minute counts what went out, and the next call need not wait for those that did not."""
    row, limits = Pace(company_id=1), Limits(495, 10, 4)
    starts = pace.grant(row, limits, ask("a", ahead=5), NOW).starts

    pace.let_go(row, "a", [NOW + start for start in starts[1:]])

    assert sum(row.minute.values()) == 1
    assert pace.grant(row, limits, ask("b"), NOW).starts == pytest.approx((0.108,))


def test_a_cold_company_waits():
    """After 429 nobody gets a permit until the pause is over."""
    row = Pace(company_id=1)
    pace.cool(row, NOW, 60)
    pace.cool(row, NOW, 10)

    assert pace.grant(row, Limits(450, 9, 4), ask(), NOW + 59).wait == pytest.approx(1)
    assert pace.grant(row, Limits(450, 9, 4), ask(), NOW + 61).starts


def test_a_clock_set_back_stops_nobody():
    """After the machine's clock was corrected by an hour the company is called at once."""
    row, limits = Pace(company_id=1), Limits(2, 9, 4)
    pace.grant(row, limits, ask(wanted=2), NOW + 3600)

    assert pace.grant(row, limits, ask("b"), NOW).starts
