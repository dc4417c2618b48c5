"""Timing one operation many times."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Timing:
    """Milliseconds."""

    p50: float
    p95: float


def timed(operation: Callable[[T], object], inputs: Sequence[T], warm_up: int = 0) -> Timing:
    """One call for each input; those of the first `warm_up` are not counted."""
    taken: list[float] = []
    for each in inputs:
        start = time.perf_counter()
        operation(each)
        taken.append((time.perf_counter() - start) * 1000)
    counted = taken[warm_up:]
    return Timing(percentile(counted, 0.50), percentile(counted, 0.95))


def percentile(values: Iterable[float], share: float) -> float:
    ascending = sorted(values)
    return ascending[min(len(ascending) - 1, int(share * len(ascending)))]
