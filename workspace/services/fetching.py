"""Customers' files that a provider keeps: fetched after their message, which waits for none.

What can't be fetched is tried again for about a day, and may be asked for again later.
"""

import logging
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from workspace.channels.base import FetchesFiles, NotThere
from workspace.errors import ConfigError, ConvoError, FileGone, NotFound
from workspace.services.backoff import Backoff
from workspace.services.configured import Channels
from workspace.services.words import words
from workspace.services.worker import Worker
from workspace.store import Store, changes, remote_files
from workspace.store.driver import Driver
from workspace.store.files import Files, Staged
from workspace.store.remote_files import RemoteFile

logger = logging.getLogger(__name__)

ATTEMPTS = 40
"""With the longest wait between two that is about a day."""

SURE = 4
"""Attempts after which a provider is believed that says it has no such file."""

MENDING = timedelta(minutes=5)
"""Between two attempts, as long as a person must mend something, such as an access token."""

_AT_ONCE = 20


class Fetching:
    def __init__(
        self,
        store: Store,
        files: Files,
        channels: Channels,
        clock: Callable[[], datetime],
        backoff: Backoff,
        folder: Path,
    ) -> None:
        """`folder` is for files that are on their way."""
        self._store = store
        self._files = files
        self._channels = channels
        self._clock = clock
        self._backoff = backoff
        self._folder = folder
        self.worker = Worker("fetching", self._work, backoff)

    def _work(self) -> float | None:
        return 0 if self.fetch_due() else self._seconds()

    def _seconds(self) -> float | None:
        """Until there is something to do; None: nothing is planned."""
        with self._store.read() as db:
            at = remote_files.next_due(db)
        return None if at is None else max((at - self._clock()).total_seconds(), 0.01)

    # --- fetching -----------------------------------------------------------------------------

    def fetch_due(self) -> int:
        """Fetch what is due, in the caller's thread; how many were tried."""
        with self._store.read() as db:
            due = remote_files.due(db, self._clock(), _AT_ONCE)
        for n, file in enumerate(due):
            if self.worker.stopping:
                return n
            self._fetch(file)
        return len(due)

    def again(self, attachment_id: int) -> None:
        """Try again what could not be fetched. Raises NotFound where there is nothing to fetch."""

        def work(tx: Driver) -> None:
            where = remote_files.place(tx, attachment_id)
            if where is None or not remote_files.again(tx, attachment_id, self._clock()):
                raise NotFound(f"There is no file {attachment_id} to be fetched.")
            changes.record(tx, "conversation", where[1])

        self._store.write(work)
        self.worker.wake()

    def _fetch(self, file: RemoteFile) -> None:
        try:
            staged = self._stage(file)
        except (FileGone, NotFound) as error:
            self._failed(file, None, error)
        except ConfigError as error:
            self._failed(file, self._clock() + MENDING, error)
        except Exception as error:  # a bug in one channel must not stop the others' files
            if not isinstance(error, ConvoError | OSError):
                logger.exception("file %s can't be fetched", file.attachment_id)
            wait = timedelta(seconds=self._backoff.delay(file.attempts + 1, at_least=1.0))
            last = file.attempts + 1 >= (SURE if isinstance(error, NotThere) else ATTEMPTS)
            self._failed(file, None if last else self._clock() + wait, error)
        else:
            self._arrived(file, staged)

    def _stage(self, file: RemoteFile) -> Staged:
        channel = self._channels.channel(file.channel_id)
        if not isinstance(channel, FetchesFiles):
            raise FileGone("This channel has no files to be fetched.")
        with tempfile.TemporaryFile(dir=self._folder) as into:
            channel.fetch(file.remote, into)
            into.seek(0)
            return self._files.stage(into, file.name)

    def _arrived(self, file: RemoteFile, staged: Staged) -> None:
        placed: list[tuple[Staged, int]] = []

        def work(tx: Driver) -> None:
            where = remote_files.place(tx, file.attachment_id)
            if where is None:
                return  # erased meanwhile
            remote_files.arrived(tx, file, staged, *where)
            changes.record(tx, "conversation", where[1])
            self._files.place([(staged, file.attachment_id)])
            placed.append((staged, file.attachment_id))

        try:
            self._store.write(work)
        except BaseException:
            self._files.displace(placed)
            raise
        finally:
            self._files.discard([staged])

    def _failed(self, file: RemoteFile, again_at: datetime | None, error: Exception) -> None:
        why = words(error)
        logger.warning("file %s could not be fetched: %s", file.attachment_id, why)

        def work(tx: Driver) -> None:
            where = remote_files.place(tx, file.attachment_id)
            if where is not None:
                remote_files.failed(tx, file, again_at, why)
                if again_at is None:
                    changes.record(tx, "conversation", where[1])

        self._store.write(work)
