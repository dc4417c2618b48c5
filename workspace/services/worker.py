"""A thread that does what is due, then sleeps until more is."""

import logging
import threading
from collections.abc import Callable

from workspace.services.backoff import Backoff
from workspace.services.words import words

logger = logging.getLogger(__name__)


class Worker:
    """`work` does what is due and gives the seconds until more is: 0 is at once, None when woken.

    It should return soon after `stopping` has become true. Whatever it raises is logged, and it is
    called again after a while: a database in trouble must not end a thread for good.
    """

    def __init__(self, name: str, work: Callable[[], float | None], backoff: Backoff) -> None:
        self._name = name
        self._work = work
        self._backoff = backoff
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def stopping(self) -> bool:
        return self._stop.is_set()

    def start(self) -> None:
        self._thread = threading.Thread(target=self._serve, name=self._name, daemon=True)
        self._thread.start()

    def ask_to_stop(self) -> None:
        """It ends after the work at hand."""
        self._stop.set()
        self._wake.set()

    def join(self) -> None:
        if self._thread is not None:
            self._thread.join()

    def wake(self) -> None:
        """There may be something to do."""
        self._wake.set()

    def _serve(self) -> None:
        failures = 0
        while not self.stopping:
            try:
                wait, failures = self._work(), 0
            except Exception as error:
                failures += 1
                logger.exception("%s can't go on: %s", self._name, words(error))
                wait = self._backoff.delay(failures, at_least=0.5)
            if wait != 0:
                self._wake.wait(wait)
            self._wake.clear()  # before the look at `stopping`, whose setting wakes
