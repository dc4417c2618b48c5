"""The small parts that decide when something is sent."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workspace.models import Rate
from workspace.services.backoff import Backoff
from workspace.services.ratelimit import Pairs, TokenBucket
from workspace.services.schedule import Schedule

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_backoff_doubles_up_to_its_most() -> None:
    longest = Backoff(5, 60, lambda low, high: high)
    assert [longest.delay(n) for n in (1, 2, 3, 4, 5, 1000)] == [5, 10, 20, 40, 60, 60]
    assert longest.delay(1, at_least=120) == 120


def test_backoff_spreads_from_zero_to_its_ceiling() -> None:
    random = Random(1)
    delays = [Backoff(8, 60, random.uniform).delay(1) for _ in range(1000)]
    assert 0 <= min(delays) < 0.5
    assert 7.5 < max(delays) <= 8


@given(
    st.integers(1, 20),
    st.integers(1, 5),
    st.lists(st.floats(0, 30), max_size=100),
)
def test_a_bucket_never_lets_more_through_than_its_rate(
    n: int, burst: int, pauses: list[float]
) -> None:
    now = 0.0
    bucket = TokenBucket(Rate(n, timedelta(seconds=60), burst), lambda: now)
    sent = []
    for pause in pauses:
        now += pause
        if bucket.wait() == 0:
            bucket.take()
            sent.append(now)
    for k, first in enumerate(sent):
        within = [t for t in sent[k:] if t - first < 60]
        assert len(within) <= n + burst


def test_a_bucket_says_how_long_to_wait() -> None:
    now = 0.0
    bucket = TokenBucket(Rate(6, timedelta(seconds=60), 1), lambda: now)
    bucket.take()
    assert bucket.wait() == pytest.approx(10)
    now = 4.0
    assert bucket.wait() == pytest.approx(6)
    now = 2.0  # the clock was set back
    assert bucket.wait() == pytest.approx(6)
    assert TokenBucket(None).wait() == 0


@pytest.mark.parametrize("rate", [None, Rate(60, timedelta(seconds=60), 1)])
def test_a_pause_is_over_when_its_time_has_passed(rate: Rate | None) -> None:
    now = 1_772_000_000.0
    bucket = TokenBucket(rate, lambda: now)
    bucket.take()
    bucket.pause(30)
    bucket.pause(10)  # the longer one counts
    assert bucket.wait() == pytest.approx(30)
    now += 20
    assert bucket.wait() == pytest.approx(10)
    now -= 3600  # the clock was set back: the pause does not grow by that
    assert bucket.wait() == pytest.approx(10)
    now += 10
    assert bucket.wait() == 0


def test_a_schedule_keeps_the_order_within_a_conversation() -> None:
    schedule = Schedule()
    schedule.add(2, 10, later(0))
    schedule.add(1, 10, later(60))
    schedule.add(3, 11, later(5))
    assert schedule.next() == (later(5), 3, 11)
    schedule.remove(3)
    assert schedule.next() == (later(60), 1, 10)
    schedule.add(1, 10, later(90))
    assert schedule.next() == (later(90), 1, 10)
    schedule.remove(1)
    assert schedule.next() == (later(0), 2, 10)
    schedule.remove(2)
    assert schedule.next() is None
    assert len(schedule) == 0


def test_a_message_stays_where_it_is_when_its_thread_goes_into_another() -> None:
    schedule = Schedule()
    schedule.add(1, 10, later(60))
    schedule.add(1, 11, later(5))  # 10 is a part of 11 by now
    assert schedule.next() == (later(5), 1, 10)
    schedule.remove(1)
    schedule.remove(1)
    assert (schedule.next(), len(schedule)) == (None, 0)


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(0, 50)), max_size=60), st.randoms())
def test_a_schedule_gives_out_everything_once(adds: list[tuple[int, int]], random: Random) -> None:
    schedule = Schedule()
    for message, due in adds:
        schedule.add(message, message % 4, later(due))
    given_out = []
    while found := schedule.next():
        due, message, conversation = found
        if random.random() < 0.3:
            schedule.add(message, conversation, due + timedelta(seconds=random.randrange(1, 9)))
            continue
        given_out.append(message)
        schedule.remove(message)
    assert sorted(given_out) == sorted({message for message, _ in adds})
    for lane in range(4):
        queue = [m for m in given_out if m % 4 == lane]
        assert queue == sorted(queue)


@given(
    st.integers(1, 5),
    st.integers(1, 6),
    st.lists(st.tuples(st.integers(0, 3), st.floats(-2, 10)), max_size=60),
)
def test_pairs_keep_to_their_rate_each_by_itself(
    n: int, burst: int, asked: list[tuple[int, float]]
) -> None:
    clock, now = 1_772_000_000.0, 0.0
    pairs = Pairs(Rate(n, timedelta(seconds=6), burst), lambda: clock)
    span = burst * 6 / n
    gone: dict[int, list[float]] = {}
    for customer, passes in asked:
        clock += passes  # or is set back
        now += max(passes, 0)
        times = gone.setdefault(customer, [])
        needed = times[-burst] + span - now if len(times) >= burst else 0
        wait = pairs.wait(customer)
        assert wait == pytest.approx(max(needed, 0), abs=1e-4)
        if wait == 0:
            pairs.take(customer)
            times.append(now)
    for times in gone.values():
        for k, first in enumerate(times):
            assert len([t for t in times[k:] if t - first < span - 1e-4]) <= burst


@given(st.integers(1, 5), st.integers(1, 6), st.integers(0, 40))
def test_a_pair_waits_no_longer_than_its_rate_needs(n: int, burst: int, messages: int) -> None:
    now = 0.0
    pairs = Pairs(Rate(n, timedelta(seconds=6), burst), lambda: now)
    for sent in range(messages):
        now += pairs.wait(1)
        assert pairs.wait(1) == 0
        assert now == pytest.approx(sent // burst * burst * 6 / n)
        pairs.take(1)


def test_a_crowd_of_customers_is_forgotten_in_time() -> None:
    now = 0.0
    pairs = Pairs(Rate(1, timedelta(seconds=6), 2), lambda: now)
    for customer in range(10_000):
        pairs.take(customer)
        now += 1
    assert len(pairs) <= 1_000
    pairs.take(9_999)
    assert pairs.wait(9_999) == pytest.approx(11)


def test_without_a_rate_no_pair_waits() -> None:
    pairs = Pairs(None, lambda: 0.0)
    for _ in range(100):
        pairs.take(1)
    assert (pairs.wait(1), len(pairs)) == (0, 0)
