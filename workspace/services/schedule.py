"""Which message of a channel goes out next. Pure: no clock, no store."""

import heapq
from bisect import insort
from datetime import datetime


class Schedule:
    """Messages of one conversation go in their order: one that waits for a retry holds up those
    behind it. Across conversations the one due first goes first.
    """

    def __init__(self) -> None:
        self._queues: dict[int, list[int]] = {}  # conversation -> its messages, oldest first
        self._due: dict[int, datetime] = {}
        self._homes: dict[int, int] = {}  # message -> the conversation it was added under
        self._heap: list[tuple[datetime, int, int]] = []  # may hold outdated entries

    def __len__(self) -> int:
        return len(self._due)

    def add(self, message: int, conversation: int, due: datetime) -> None:
        """A message that is known already only gets another time.

        It stays under its conversation, even if that has become part of another one.
        """
        if message not in self._due:
            self._homes[message] = conversation
            insort(self._queues.setdefault(conversation, []), message)
        self._due[message] = due
        self._push(self._homes[message])

    def next(self) -> tuple[datetime, int, int] | None:
        """(due, message, conversation) of the next one; None: there is nothing to send."""
        while self._heap:
            due, message, conversation = self._heap[0]
            queue = self._queues.get(conversation)
            if queue and queue[0] == message and self._due[message] == due:
                return self._heap[0]
            heapq.heappop(self._heap)
        return None

    def remove(self, message: int) -> None:
        """The message is sent, failed or gone; one that is not here is gone already."""
        if message not in self._due:
            return
        del self._due[message]
        conversation = self._homes.pop(message)
        queue = self._queues[conversation]
        queue.remove(message)
        if queue:
            self._push(conversation)
        else:
            del self._queues[conversation]

    def _push(self, conversation: int) -> None:
        first = self._queues[conversation][0]
        heapq.heappush(self._heap, (self._due[first], first, conversation))
