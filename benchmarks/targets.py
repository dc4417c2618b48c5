"""What the panels must reach, and whether figures do."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from benchmarks.measure import Timing

FIRST_ROWS = "first rows, after the cell starts"
OPENING = "open a conversation, after the click"
NEWS = "news from the hub, in the list and the open conversation"
NEWS_BUSY = f"{NEWS}, while a cell computes"
Timings = Mapping[str, Mapping[str, Timing]]
"""By what was measured and the inbox it was measured in, the smallest inbox first."""

GROWTH = 1.25
"""How many times as long the largest inbox may take to open a conversation as the smallest.

Work that grew with a hundred times the conversations would show many times that; what is left is
for noise, and for an index that is a step deeper.
"""


@dataclass(frozen=True)
class Verdict:
    target: str
    figure: str
    met: bool


def verdicts(timings: Timings) -> Iterator[Verdict]:
    """What one waits for is judged by its median; news by the 95th percentile: all are due."""
    for what, limit in ((FIRST_ROWS, 300), (OPENING, 150)):
        for inbox, timing in timings[what].items():
            yield _within(f"{what}: median, {inbox}", timing.p50, limit)
    smallest, *_, largest = timings[OPENING].values()
    ratio = largest.p50 / smallest.p50
    target = f"{OPENING}: median of the largest inbox to that of the smallest, at most {GROWTH}"
    yield Verdict(target, f"{ratio:.2f}", ratio <= GROWTH)
    for what in (NEWS, NEWS_BUSY):
        for inbox, timing in timings[what].items():
            yield _within(f"{what}: 95th percentile, {inbox}", timing.p95, 1_000)


def _within(target: str, ms: float, limit: int) -> Verdict:
    return Verdict(f"{target}, at most {limit:,} ms", f"{ms:,.0f} ms", ms <= limit)
