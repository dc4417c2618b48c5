"""What tests do with a channel: make it, and read what it yields."""

import threading
from collections.abc import Callable
from queue import Empty, Queue

from workspace.channels.base import Channel, Payload

Channels = Callable[..., Channel]


class Ended(Exception):
    """The reader has ended; its error is the cause, if it was by one."""


class Inflow:
    """A channel's `run` in a thread of its own, as the hub has it."""

    def __init__(self, channel: Channel, cursor: str | None = None) -> None:
        self.channel = channel
        self.cursor = cursor
        self.error: Exception | None = None
        self.ended = threading.Event()
        self._stop = threading.Event()
        self._payloads: Queue[Payload | None] = Queue()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            for payload in self.channel.run(self._stop, self.cursor):
                self._payloads.put(payload)
        except Exception as error:
            self.error = error
        finally:
            self._payloads.put(None)
            self.ended.set()

    def next(self, seconds: float = 20) -> Payload:
        """The next payload, the cursor kept as the hub keeps it. Raises Ended."""
        try:
            payload = self._payloads.get(timeout=seconds)
        except Empty:
            raise AssertionError("no payload") from None
        if payload is None:
            raise Ended from self.error
        self.cursor = payload.cursor
        return payload

    def mails(self, count: int) -> list[Payload]:
        """The next so many payloads with a mail in them."""
        found: list[Payload] = []
        while len(found) < count:
            payload = self.next()
            if payload.raw:
                found.append(payload)
        return found

    def idle(self) -> None:
        """Waits until everything there is has been read: the cursor-only payload came first."""
        payload = self.next()
        assert not payload.raw

    def nothing_more(self) -> bool:
        """Whether nothing else came; call it when the reader has ended."""
        return all(payload is None or not payload.raw for payload in list(self._payloads.queue))

    def stop(self) -> str | None:
        self._stop.set()
        assert self.ended.wait(5)
        return self.cursor
