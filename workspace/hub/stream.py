"""Change events: every open stream follows the persisted change sequence at its own pace."""

import asyncio
from collections.abc import AsyncIterator

from pydantic import TypeAdapter
from starlette.concurrency import run_in_threadpool

from workspace.models import Change
from workspace.store import Store, changes

HEARTBEAT = 10.0
"""Seconds of silence after which a comment shows that the connection lives."""

PORTION = 500

_CHANGE = TypeAdapter(Change)


class Changes:
    """Wakes the streams after each commit; they read what is new themselves.

    `heard` is called by the store's writer thread, everything else by the event loop.
    """

    def __init__(self, store: Store, heartbeat: float = HEARTBEAT) -> None:
        self._store = store
        self._heartbeat = heartbeat
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: set[asyncio.Event] = set()
        self._ended = False

    def begin(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._store.on_commit(self.heard)

    def end(self) -> None:
        """Let every stream finish: an open one would keep the hub from stopping."""
        self._ended = True
        self._loop = None
        self._wake()

    def heard(self, seq: int) -> None:
        if loop := self._loop:
            try:
                loop.call_soon_threadsafe(self._wake)
            except RuntimeError:
                self._loop = None  # closed meanwhile; there is no stream left to wake

    def _wake(self) -> None:
        for event in self._waiting:
            event.set()

    async def follow(self, after: int | None) -> AsyncIterator[bytes]:
        """The stream: its position, then each change after it; None: from now on."""
        woken = asyncio.Event()
        self._waiting.add(woken)
        try:
            seq = await run_in_threadpool(self._last) if after is None else after
            yield _event(seq, "position", b"{}")
            while not self._ended:
                woken.clear()
                found = await run_in_threadpool(self._since, seq)
                if found:
                    seq = found[-1].seq
                    yield b"".join(_event(c.seq, "change", _CHANGE.dump_json(c)) for c in found)
                if len(found) < PORTION and not await self._silence(woken):
                    yield b": still here\n\n"
        finally:
            self._waiting.discard(woken)

    async def _silence(self, woken: asyncio.Event) -> bool:
        """Wait for a commit. False: none came for a heartbeat."""
        try:
            await asyncio.wait_for(woken.wait(), self._heartbeat)
        except TimeoutError:
            return False
        return True

    def _last(self) -> int:
        with self._store.read() as db:
            return changes.last(db)

    def _since(self, seq: int) -> list[Change]:
        with self._store.read() as db:
            return changes.since(db, seq, PORTION)


def _event(seq: int, kind: str, data: bytes) -> bytes:
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (seq, kind.encode(), data)
