"""How fast a channel may send."""

import time
from collections.abc import Callable

from workspace.models import Rate

_ROUNDING = 1e-6
"""Seconds and tokens that are none: as exact as a float can tell the time of day."""


_CROWD = 1_000
"""Buckets of customers above which the full ones are let go."""


class TokenBucket:
    """Holds up to `rate.burst` tokens and gains `rate.n` every `rate.per`; a send takes one.

    Without a rate there is always one, but in a pause there is none. `clock` counts seconds from
    anywhere. One thread uses it.
    """

    def __init__(self, rate: Rate | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._clock = clock
        self._tokens = float(rate.burst) if rate else 1.0
        self._pause = 0.0
        self._at = clock()

    def wait(self) -> float:
        """Seconds until there is a token; 0: now."""
        self._pass()
        pause = self._pause if self._pause > _ROUNDING else 0.0
        missing = 1 - self._tokens
        if self._rate is None or missing <= _ROUNDING:
            return pause
        return max(pause, missing / _per_second(self._rate))

    def take(self) -> None:
        """Use a token. `wait` must have said 0."""
        self._pass()
        if self._rate is not None:
            self._tokens -= 1

    def pause(self, seconds: float) -> None:
        """Give none for so long, because the other side asked for it."""
        self._pass()
        self._pause = max(self._pause, seconds)

    @property
    def full(self) -> bool:
        """It is as good as a new one."""
        self._pass()
        most = float(max(self._rate.burst, 1)) if self._rate else 0.0
        return self._pause <= _ROUNDING and self._tokens >= most - _ROUNDING

    def _pass(self) -> None:
        """Let the time since the last look pass."""
        now = self._clock()
        passed = max(0.0, now - self._at)  # clocks are set back at times
        self._at = now
        self._pause = max(0.0, self._pause - passed)
        if self._rate is not None:
            gained = passed * _per_second(self._rate)
            self._tokens = min(float(max(self._rate.burst, 1)), self._tokens + gained)


class Pairs:
    """A bucket for each customer, as long as it is not full."""

    def __init__(self, rate: Rate | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._clock = clock
        self._buckets: dict[int, TokenBucket] = {}

    def wait(self, customer: int) -> float:
        """Seconds until one more may go to them; 0: now."""
        bucket = self._buckets.get(customer)
        return bucket.wait() if bucket else 0.0

    def take(self, customer: int) -> None:
        """One goes. `wait` must have said 0."""
        if self._rate is None:
            return
        if len(self._buckets) >= _CROWD:
            self._buckets = {k: bucket for k, bucket in self._buckets.items() if not bucket.full}
        bucket = self._buckets.setdefault(customer, TokenBucket(self._rate, self._clock))
        bucket.take()


def _per_second(rate: Rate) -> float:
    return rate.n / rate.per.total_seconds()
