"""One thread a channel that takes what the provider has and puts it into the journal."""

import logging
import threading
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
            try:
                self._run(id, stop)
                failures = 0
            except NotFound:
                return  # removed meanwhile
            except (ConvoError, OSError) as error:
                failures += 1
                logger.warning("channel %s receives nothing: %s", id, words(error))
                self._accounts.failing(id, words(error))
            except Exception as error:  # a bug in one channel must not end its reception for good
                failures += 1
                logger.exception("channel %s receives nothing", id)
                self._accounts.failing(id, words(error))
            stop.wait(self._backoff.delay(failures, at_least=0.5) if failures else 0.5)

    def _run(self, id: int, stop: threading.Event) -> None:
        channel = self._accounts.channel(id)
        settled = threading.Timer(SETTLED, self._accounts.well, [id])
        settled.daemon = True
        settled.start()
        try:
            for payload in channel.run(stop, self._journal.cursor(id)):
                faults.reach("after_fetch")
                self._journal.append([payloads.record(id, payload)])
                faults.reach("after_append")
                self._news()
                if settled.is_alive():
                    settled.cancel()
                    self._accounts.well(id)
        finally:
            settled.cancel()
