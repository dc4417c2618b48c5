"""When what fails again and again is tried once more."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from workspace.services.backoff import Backoff

FIRST, MOST = 600.0, 86_400.0
"""Seconds until the second attempt of a life, and between attempts in the end."""


class Patience:
    """Each failure doubles the wait for the next attempt, up to a day.

    Kept in memory alone: a new start, perhaps with what was missing, tries everything at once.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._backoff = Backoff(FIRST, MOST, max)
        self._waits: dict[int, tuple[datetime, int]] = {}  # id -> (not before, attempts)

    def due(self, ids: Iterable[int]) -> list[int]:
        """Those whose time has come, in the order given. Others than these are forgotten."""
        wanted = list(ids)
        self._waits = {id: self._waits[id] for id in wanted if id in self._waits}
        now = self._clock()
        return [id for id in wanted if id not in self._waits or self._waits[id][0] <= now]

    def tried(self, ids: Iterable[int]) -> None:
        """An attempt was made."""
        now = self._clock()
        for id in ids:
            attempts = self._waits.get(id, (now, 0))[1] + 1
            self._waits[id] = (now + timedelta(seconds=self._backoff.delay(attempts)), attempts)
