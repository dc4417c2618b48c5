"""Connections that must ask soon or make room: being silent keeps nobody else out."""

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 10.0
"""In which a request's line and headers must be here, from connecting or from the last answer."""

SILENT = 100
"""Connections at once whose request is not here yet; one more ends the one silent for longest."""


class Prompt(H11Protocol):
    """uvicorn's own sets no limit to a request's head, and counts those that only stay."""

    _deadline: asyncio.TimerHandle | None = None

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
        self._answering()

    def _turn(self) -> None:
        """The deadline runs while it is the other side's turn; data alone does not put it off."""
        if self.cycle is not None and not self.cycle.response_complete:
            self._answering()
        elif self._deadline is None and not self.transport.is_closing():
            self._deadline = self.loop.call_later(HEAD_SECONDS, self.transport.close)
            self._make_room()

    def _answering(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _make_room(self) -> None:
        silent = [
            (other._deadline.when(), other)
            for other in self.connections
            if isinstance(other, Prompt) and other._deadline and not other.transport.is_closing()
        ]
        if len(silent) > SILENT:
            _, oldest = min(silent, key=lambda each: each[0])
            oldest.transport.close()
