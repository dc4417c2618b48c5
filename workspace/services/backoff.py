"""How long to wait before trying again."""

import random
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backoff:
    """Twice as long each time, up to `most` seconds, and random from zero up to that (full jitter).

    The randomness keeps many that failed at one moment from coming back at one moment:
    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """

    first: float
    most: float
    uniform: Callable[[float, float], float] = random.uniform

    def delay(self, attempts: int, at_least: float | None = None) -> float:
        """Seconds to wait after this many failed attempts, never less than the other side asked."""
        # Beyond 2**30 any first step has long reached the most.
        ceiling = min(self.most, self.first * 2 ** min(attempts - 1, 30))
        return max(self.uniform(0, ceiling), at_least or 0.0)
