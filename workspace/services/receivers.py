"""One thread a channel that takes what the provider has and puts it into the journal."""

import logging
import threading
import time
from collections.abc import Callable

from workspace import faults
from workspace.errors import ConvoError, NotFound
from workspace.journal import Journal
from workspace.services import payloads
from workspace.services.accounts import Accounts
from workspace.services.backoff import Backoff
from workspace.services.words import words

logger = logging.getLogger(__name__)

SETTLED = 5.0
"""Seconds after which a connection that raised nothing counts as made, even if nothing came."""

LASTING = 120.0
"""Seconds, longer than connecting takes, after which a connection that breaks was a good one."""


class Receivers:
    """`news` is called after something was put into the journal."""

    def __init__(
        self,
        journal: Journal,
        accounts: Accounts,
        news: Callable[[], None],
        backoff: Backoff,
    ) -> None:
        self._journal = journal
        self._accounts = accounts
        self._news = news
        self._backoff = backoff
        self._running: dict[int, tuple[threading.Thread, threading.Event]] = {}
        self._started = False

    def start(self) -> None:
        self._started = True
        for id in self._accounts.ids():
            self.channel_added(id)

    def channel_added(self, id: int) -> None:
        if self._started:
            stop = threading.Event()
            thread = threading.Thread(
                target=self._receive, args=(id, stop), name=f"receiver-{id}", daemon=True
            )
            self._running[id] = (thread, stop)
            thread.start()

    def channel_removed(self, id: int) -> None:
        if id in self._running:
            thread, stop = self._running.pop(id)
            stop.set()
            self._accounts.close_channel(id)  # or it might wait for its server for long
            thread.join()

    def ask_to_stop(self) -> None:
        """They stop by themselves soon, or once their channels are closed."""
        self._started = False
        for _, stop in self._running.values():
            stop.set()

    def join(self) -> None:
        for thread, _ in self._running.values():
            thread.join()
        self._running.clear()

    def _receive(self, id: int, stop: threading.Event) -> None:
        failures = 0
        while not stop.is_set():
            came, began = threading.Event(), time.monotonic()
            try:
                self._run(id, stop, came)
                failures = 0
            except NotFound:
                return  # removed meanwhile
            except Exception as error:  # a bug in one channel must not end its reception for good
                good = came.is_set() or time.monotonic() - began > LASTING
                failures = 1 if good else failures + 1
                self._failed(id, error)
            stop.wait(self._backoff.delay(failures, at_least=0.5) if failures else 0.5)

    def _failed(self, id: int, error: Exception) -> None:
        if isinstance(error, ConvoError | OSError):
            logger.warning("channel %s receives nothing: %s", id, words(error))
        else:
            logger.exception("channel %s receives nothing", id)
        try:
            self._accounts.failing(id, words(error))
        except ConvoError as trouble:  # a full disk ends neither: both go on once there is room
            logger.warning("that channel %s fails can't be told: %s", id, words(trouble))

    def _run(self, id: int, stop: threading.Event, came: threading.Event) -> None:
        """`came` is set once something of the channel is in the journal."""
        channel = self._accounts.channel(id)
        settled = threading.Timer(SETTLED, self._accounts.well, [id])
        settled.daemon = True
        if not self._accounts.called(id):  # there, only a call of the provider proves anything
            settled.start()
        try:
            for payload in channel.run(stop, self._journal.cursor(id)):
                faults.reach("after_fetch")
                self._journal.append([payloads.record(id, payload)])
                faults.reach("after_append")
                came.set()
                self._news()
                if settled.is_alive():
                    settled.cancel()
                    self._accounts.well(id)
        finally:
            settled.cancel()
