"""Bodies of webhooks in memory, whose bytes have one budget: half a body holds no other one up."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from starlette.requests import ClientDisconnect

MAX_BODY = 4_000_000
"""Bytes; Meta's are at most 3 MB."""

BODY_SECONDS = 20
"""For which a body may take its time."""

BODIES = 64_000_000
"""Bytes of all bodies at once; beyond it, the largest of those that are not here whole goes."""


class Unread(Exception):
    """There is no body to go on with; answer `status`."""

    def __init__(self, status: int) -> None:
        super().__init__()
        self.status = status


@dataclass(slots=True, eq=False)
class _Body:
    size: int = 0
    clock: asyncio.Timeout | None = None
    """Runs while it is read."""
    dropped: bool = False
    """It had to make room."""


class Bodies:
    """All that are read in one event loop."""

    def __init__(self) -> None:
        self._held: set[_Body] = set()

    @asynccontextmanager
    async def read(self, stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """The body, which counts until the end of the block. Raises Unread."""
        body = _Body()
        self._held.add(body)
        try:
            yield await self._whole(stream, body)
        finally:
            self._held.discard(body)

    async def _whole(self, stream: AsyncIterator[bytes], body: _Body) -> bytes:
        raw = bytearray()  # a list of tiny parts would take many times their bytes
        try:
            async with asyncio.timeout(BODY_SECONDS) as body.clock:
                async for part in stream:
                    body.size += len(part)
                    if body.size > MAX_BODY:
                        raise Unread(413)
                    if not body.dropped:
                        self._make_room()
                    if body.dropped:
                        raise Unread(429)
                    raw += part
        except (TimeoutError, ClientDisconnect):
            raise Unread(429 if body.dropped else 408) from None
        finally:
            body.clock = None
        return bytes(raw)

    def _make_room(self) -> None:
        """The largest goes, not the last: providers' calls are small, as a rule, and soon whole."""
        if sum(body.size for body in self._held if not body.dropped) <= BODIES:
            return
        read = [body for body in self._held if body.clock and not body.dropped]
        largest = max(read, key=lambda body: body.size)
        largest.dropped = True
        if largest.clock:
            largest.clock.reschedule(asyncio.get_running_loop().time())
