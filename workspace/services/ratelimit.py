"""How fast a channel may send."""

import time
from collections import deque
from collections.abc import Callable

from workspace.models import Rate

_ROUNDING = 1e-6
"""Seconds and tokens that are none: as exact as a float can tell the time of day."""

_CROWD = 1_000
"""Customers from which on those are forgotten to whom nothing went of late."""


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
    """How fast each customer may be sent to. A burst is borrowed from the time after it: within the
    time in which `rate.burst` messages would go one by one, no more than those go at all.

    `clock` as in TokenBucket.
    """

    def __init__(self, rate: Rate | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._most = max(rate.burst, 1) if rate else 0
        self._span = self._most / _per_second(rate) if rate else 0.0
        self._clock = clock
        self._at = clock()
        self._now = 0.0
        """Seconds that have passed, which grows even where the clock is set back."""
        self._sent: dict[int, deque[float]] = {}
        """When the last ones went to each customer."""
        self._crowd = _CROWD

    def wait(self, customer: int) -> float:
        """Seconds until one more may go to them; 0: now."""
        self._pass()
        times = self._sent.get(customer)
        if not times or len(times) < self._most:
            return 0.0
        missing = times[0] + self._span - self._now
        return missing if missing > _ROUNDING else 0.0

    def take(self, customer: int) -> None:
        """One goes. `wait` must have said 0."""
        if self._rate is None:
            return
        self._pass()
        if len(self._sent) >= self._crowd:
            self._forget()
        self._sent.setdefault(customer, deque(maxlen=self._most)).append(self._now)

    def _forget(self) -> None:
        """Those to whom nothing went of late; looked for anew once there are twice as many."""
        since = self._now - self._span
        self._sent = {key: times for key, times in self._sent.items() if times[-1] > since}
        self._crowd = max(_CROWD, 2 * len(self._sent))

    def __len__(self) -> int:
        """Customers that are remembered."""
        return len(self._sent)

    def _pass(self) -> None:
        now = self._clock()
        self._now += max(0.0, now - self._at)  # clocks are set back at times
        self._at = now


def _per_second(rate: Rate) -> float:
    return rate.n / rate.per.total_seconds()
