"""What has to be done now and then, when nobody waits for it."""

import logging
import threading
from collections.abc import Callable, Sequence

from workspace.services.words import words

logger = logging.getLogger(__name__)

EVERY = 600.0
"""Seconds."""


class Housekeeping:
    """Runs chores one after the other, in a thread of its own; one that fails hinders no other."""

    def __init__(self, chores: Sequence[Callable[[], object]], every: float = EVERY) -> None:
        self._chores = chores
        self._every = every
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._serve, name="housekeeping", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish the chore at hand."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def tidy(self) -> None:
        for chore in self._chores:
            if self._stop.is_set():
                return
            try:
                chore()
            except Exception as error:  # the next round tries again
                logger.exception("housekeeping failed: %s", words(error))

    def _serve(self) -> None:
        while not self._stop.wait(self._every):
            self.tidy()
