"""Following the hub's change events, across broken connections and restarts of the hub."""

import logging
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

import httpx
from httpx_sse import EventSource, ServerSentEvent

from workspace.client.transport import Transport, adapter
from workspace.errors import ConvoError
from workspace.models import Change

T = TypeVar("T")
log = logging.getLogger(__name__)

SILENCE = 30.0
"""Seconds without even a heartbeat after which a connection counts as dead."""

PAUSES = (0.1, 0.3, 1.0, 3.0)
"""Seconds between attempts to connect again; the last one goes on."""


class Watch:
    """A subscription. Calls back from a thread of its own until `stop`.

    After a broken connection it goes on where it was; what can't be caught up comes as a change of
    kind ``reload``. An exception of the callback is logged and ends nothing.
    """

    def __init__(
        self,
        transport: Transport,
        on_change: Callable[[Change], None],
        on_state: Callable[[str], None] | None = None,
        *,
        wait: bool = True,
    ) -> None:
        """Returns once every later change is sure to be reported.

        With `wait` false it returns at once, and tries until there is a hub, as after a broken
        connection. Raises HubUnavailable, Unauthorized; nothing with `wait` false.
        """
        self._transport = transport
        self._on_change = on_change
        self._on_state = on_state
        self._position: int | None = None
        self._state = ""
        self._stopped = threading.Event()
        self._settled = threading.Event()
        self._refusal: ConvoError | None = None
        self._response: httpx.Response | None = None
        self._thread = threading.Thread(target=self._run, name="convo-watch", daemon=True)
        if not wait:
            self._settled.set()
        self._thread.start()
        self._settled.wait()
        if self._refusal:
            raise self._refusal

    @property
    def state(self) -> str:
        """live, reconnecting or stopped."""
        return "stopped" if self._stopped.is_set() else self._state

    def stop(self) -> None:
        """No callback begins after this returns, unless it is called from one."""
        self._stopped.set()
        if response := self._response:
            _hang_up(response)
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _run(self) -> None:
        attempt = 0
        while not self._stopped.is_set():
            try:
                self._follow()
                attempt = 0
            except ConvoError as error:
                if not self._settled.is_set():
                    self._refusal = error
                    break
                attempt += 1
            self._tell("reconnecting")
            self._stopped.wait(PAUSES[min(attempt, len(PAUSES) - 1)])
        self._settled.set()

    def _follow(self) -> None:
        """Report changes until the connection ends. Raises ConvoError if there was none."""
        response = self._transport.events(self._position, SILENCE)
        self._response = response
        try:
            for event in EventSource(response).iter_sse():
                if self._stopped.is_set():
                    break
                self._heard(event)
        except httpx.TransportError:
            pass  # broken off: the next connection goes on after the last event
        finally:
            self._response = None
            response.close()

    def _heard(self, event: ServerSentEvent) -> None:
        if event.event == "position":
            self._position = int(event.id)
            self._tell("live")
            self._settled.set()
        elif event.event == "change":
            self._call(self._on_change, adapter(Change).validate_json(event.data))
            self._position = int(event.id)

    def _tell(self, state: str) -> None:
        if state != self._state and not self._stopped.is_set():
            self._state = state
            if self._on_state:
                self._call(self._on_state, state)

    def _call(self, callback: Callable[[T], None], value: T) -> None:
        try:
            callback(value)
        except Exception:
            log.exception("a callback of watch() failed; watching goes on")


def _hang_up(response: httpx.Response) -> None:
    """End a stream that another thread is reading."""
    stream = response.extensions["network_stream"]
    with suppress(OSError):  # it ended by itself
        stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
