"""How fast a channel may send."""

import time
from collections.abc import Callable

from workspace.models import Rate

_ROUNDING = 1e-9


class TokenBucket:
    """Holds up to `rate.burst` tokens and gains `rate.n` every `rate.per`; a send takes one.

    Without a rate there is always one. `clock` counts seconds from anywhere. One thread uses it.
    """

    def __init__(self, rate: Rate | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._clock = clock
        self._tokens = float(rate.burst) if rate else 1.0
        self._at = clock()

    def wait(self) -> float:
        """Seconds until there is a token; 0: now."""
        if self._rate is None:
            return 0.0
        self._fill(self._rate)
        missing = 1 - self._tokens
        return missing / _per_second(self._rate) if missing > _ROUNDING else 0.0

    def take(self) -> None:
        """Use a token. `wait` must have said 0."""
        if self._rate is not None:
            self._fill(self._rate)
            self._tokens -= 1

    def _fill(self, rate: Rate) -> None:
        now = self._clock()
        gained = max(0.0, now - self._at) * _per_second(rate)  # clocks are set back at times
        self._tokens = min(float(max(rate.burst, 1)), self._tokens + gained)
        self._at = now


def _per_second(rate: Rate) -> float:
    return rate.n / rate.per.total_seconds()
