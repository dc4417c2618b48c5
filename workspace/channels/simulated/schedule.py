"""The provider's events in order from a cursor on: consequences of sends, and what people write.

In memory; made anew from the record at every start.
"""

import heapq
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from workspace.channels.simulated import live
from workspace.channels.simulated.history import World
from workspace.channels.simulated.live import Happening
from workspace.channels.simulated.record import Traffic

Place = tuple[datetime, str]
"""Time and id of an event: a cursor taken apart."""


def place(cursor: str) -> Place:
    """Raises ValueError for what is no cursor."""
    at, _, id = cursor.partition(" ")
    return datetime.fromisoformat(at), id


class Schedule:
    def __init__(self, world: World, after: Place | None, messages: int | None) -> None:
        self._world = world
        self._after = after
        self._messages = messages
        self._heap: list[Happening] = []
        self._ticks: Iterator[tuple[datetime, int]] = iter(())
        self.next_tick: tuple[datetime, int] | None = None
        """When somebody writes by themselves again, and the how manieth message that is."""

    def add(self, happenings: Iterable[Happening]) -> None:
        for happening in happenings:
            if self._after is None or (happening.due, happening.id) > self._after:
                heapq.heappush(self._heap, happening)

    def set_traffic(self, traffic: list[Traffic]) -> None:
        """Customers write by themselves in these stretches of time, and in no others."""
        self._ticks = self._all_ticks(traffic)
        self.next_tick = next(self._ticks, None)

    def due(self) -> datetime | None:
        """When the next event happens; None: never, as things stand."""
        times = [self._heap[0].due] if self._heap else []
        if self.next_tick:
            times.append(self.next_tick[0])
        return min(times, default=None)

    def take(self, now: datetime, limit: int) -> list[Happening]:
        """What has happened by now and was not taken before, in order."""
        taken: list[Happening] = []
        while len(taken) < limit and (due := self.due()) is not None and due <= now:
            taken.append(self._take())
        if taken:
            self._after = (taken[-1].due, taken[-1].id)
        return taken

    def _take(self) -> Happening:
        tick = self.next_tick
        if tick is None or (self._heap and (self._heap[0].due, self._heap[0].id) < _key(tick)):
            return heapq.heappop(self._heap)
        self.next_tick = next(self._ticks, None)
        return live.tick(self._world, tick[1], tick[0])

    def _all_ticks(self, traffic: list[Traffic]) -> Iterator[tuple[datetime, int]]:
        for stretch in traffic:
            k = self._skip(stretch)
            while self._messages is None or k < self._messages:
                tick = (self._time(stretch, k), k)
                if stretch.until is not None and tick[0] > stretch.until:
                    break
                k += 1
                if self._after is None or _key(tick) > self._after:
                    yield tick

    def _skip(self, stretch: Traffic) -> int:
        """A tick shortly before the cursor, so that a long past is not gone through one by one."""
        if self._after is None:
            return stretch.first_tick
        passed = (self._after[0] - stretch.since).total_seconds()
        return stretch.first_tick + max(0, int(passed / stretch.pace) - 2)

    def _time(self, stretch: Traffic, k: int) -> datetime:
        # Never out of order: each stays within its own half pace.
        share = 0.5 + 0.5 * self._world.dice("tick time", k).random()
        return stretch.since + timedelta(seconds=stretch.pace * (k - stretch.first_tick + share))


def _key(tick: tuple[datetime, int]) -> Place:
    return tick[0], live.tick_id(tick[1])
