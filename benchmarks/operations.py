"""What is measured: each operation once, through whichever surface it is given."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any, Protocol

from benchmarks import data
from benchmarks.measure import Timing, timed
from workspace.client import Workspace
from workspace.models import Actor, ActorKind
from workspace.services import Services
from workspace.services.filters import Filter

ACTOR = Actor(ActorKind.OPERATOR, "benchmark")
_KEYS = (f"benchmark-{n}" for n in count())


class Surface(Protocol):
    """A way to the same verbs."""

    def conversations(self, **wanted: Any) -> Any: ...
    def open(self, id: int) -> Any: ...
    def send(self, id: int) -> Any: ...
    def mark_read(self, ids: Sequence[int]) -> Any: ...
    def archive(self, ids: Sequence[int]) -> Any: ...
    def delete(self, ids: Sequence[int]) -> Any: ...


class InProcess:
    """The services themselves, as the hub holds them."""

    def __init__(self, services: Services) -> None:
        self._inbox, self._replies = services.inbox, services.replies

    def conversations(self, **wanted: Any) -> Any:
        return self._inbox.conversations(Filter(**wanted))

    def open(self, id: int) -> Any:
        return self._inbox.conversation(id), self._inbox.messages(id)

    def send(self, id: int) -> Any:
        return self._replies.send(id, "A benchmark's answer.", (), ACTOR, next(_KEYS))

    def mark_read(self, ids: Sequence[int]) -> Any:
        return self._inbox.mark_read(ids, ACTOR, next(_KEYS))

    def archive(self, ids: Sequence[int]) -> Any:
        return self._inbox.archive(ids, ACTOR, next(_KEYS))

    def delete(self, ids: Sequence[int]) -> Any:
        return self._inbox.delete(ids, ACTOR, next(_KEYS))


class OverHttp:
    """A client of a running hub, as panels, jobs and the command line hold."""

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws

    def conversations(self, **wanted: Any) -> Any:
        return self._ws.conversations(**wanted)

    def open(self, id: int) -> Any:
        return self._ws.conversation(id), self._ws.messages(id)

    def send(self, id: int) -> Any:
        return self._ws.send(id, "A benchmark's answer.")

    def mark_read(self, ids: Sequence[int]) -> Any:
        return self._ws.mark_read(ids)

    def archive(self, ids: Sequence[int]) -> Any:
        return self._ws.archive(ids)

    def delete(self, ids: Sequence[int]) -> Any:
        return self._ws.delete(ids)


@dataclass
class Picks:
    """Conversations to act on, in a fixed random order; each write takes new ones."""

    ids: list[int]
    dice: Random = field(default_factory=lambda: Random(data.SEED))

    def __post_init__(self) -> None:
        self.dice.shuffle(self.ids)

    def take(self, n: int) -> list[int]:
        taken, self.ids = self.ids[:n], self.ids[n:]
        return taken

    def bulks(self, n: int, size: int) -> list[list[int]]:
        return [self.take(size) for _ in range(n)]


def reads(on: Surface, picks: Picks, repeat: int) -> Iterator[tuple[str, Timing]]:
    """Names and timings of what changes nothing."""
    month = (datetime.now(UTC) - timedelta(days=30)).date()
    opened = picks.ids[:repeat]

    def search(words: str) -> Callable[[int], Any]:
        return lambda _: on.conversations(search=words)

    listings: dict[str, Callable[[int], Any]] = {
        "list, first page with counts": lambda _: on.conversations(),
        "list, two statuses, last 30 days": lambda _: on.conversations(
            status=("pending", "replied"), since=month
        ),
        "list, unread only": lambda _: on.conversations(unread=True),
        "search, a contact's name": search(data.word(7 * 1234 + 11)),
        "search, a word in every third message": search(data.COMMON),
        "search, a word in one of 700 messages": search(data.MIDDLE),
        "search, a word in a handful of messages": search(data.RARE),
        "search, nothing found": search(data.ABSENT),
    }
    for name, call in listings.items():
        yield name, timed(call, range(repeat + 3), warm_up=3)
    yield "open a conversation, any", timed(on.open, opened)
    yield "open a conversation, again", timed(on.open, opened[-20:] * 3, warm_up=20)


def writes(on: Surface, picks: Picks, repeat: int) -> Iterator[tuple[str, Timing]]:
    yield "mark as read", timed(lambda id: on.mark_read([id]), picks.take(repeat + 3), warm_up=3)
    yield "send (queued, durable)", timed(on.send, picks.take(repeat + 3), warm_up=3)
    yield "archive 100 conversations", timed(on.archive, picks.bulks(10, 100), warm_up=1)
    yield "archive 1,000 conversations", timed(on.archive, picks.bulks(3, 1000))
    yield "delete a conversation", timed(lambda id: on.delete([id]), picks.take(23), warm_up=3)
