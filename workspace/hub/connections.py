"""Connections that must ask soon or make room: being silent keeps nobody else out."""

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 10.0
"""In which a request's line and headers must be here, from connecting or from the last answer."""

UNFINISHED = 100
"""Connections at once whose request is not here whole, its body included; one more ends the one
that is awaited for longest.
"""


class Prompt(H11Protocol):
    """uvicorn's own sets no limit to a request's head, and counts those that only stay."""

    _deadline: asyncio.TimerHandle | None = None
    """Of a request's head; None: it is here."""

    _since: float | None = None
    """From when on the rest of a request is awaited, by the loop's clock; None: all is here."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._turn()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._turn()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._turn()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._asked()
        self._since = None

    def _turn(self) -> None:
        """The clocks run while it is the other side's turn; data alone does not put them off."""
        asked = self.cycle is not None and not self.cycle.response_complete
        if asked:
            self._asked()
        elif self._deadline is None and not self.transport.is_closing():
            self._deadline = self.loop.call_later(HEAD_SECONDS, self.transport.close)
        if asked and not self.cycle.more_body:
            self._since = None
        elif self._since is None and not self.transport.is_closing():
            self._since = self.loop.time()
            self._make_room()

    def _asked(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _make_room(self) -> None:
        unfinished = [
            (other._since, other)
            for other in self.connections
            if isinstance(other, Prompt)
            and other._since is not None
            and not other.transport.is_closing()
        ]
        if len(unfinished) > UNFINISHED:
            _, oldest = min(unfinished, key=lambda each: each[0])
            oldest.transport.close()
