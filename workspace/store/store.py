"""The database of one workspace: one writer thread, and a reading connection for each thread.

DuckDB raises write conflicts at once instead of waiting, so nobody but the writer writes.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from enum import IntEnum
from itertools import count
from pathlib import Path
from queue import PriorityQueue
from typing import TypeVar

import duckdb

from workspace.errors import StoreClosed, StoreLocked, StoreRefused, StoreUnavailable
from workspace.settings import Paths, Settings
from workspace.store.driver import Driver, DuckDriver, connect
from workspace.store.migrate import migrate
from workspace.store.sql import query

T = TypeVar("T")
PATIENCE = 10.0
"""Seconds that a replacement of the file waits for readers."""

Listener = Callable[[int], None]


class Priority(IntEnum):
    """Whose turn it is in the writer's queue: people wait for verbs, nobody for a batch."""

    VERB = 0
    BATCH = 1
    STOP = 2


class Store:
    def __init__(self, database: Path, settings: Settings) -> None:
        """Open the database, migrate it and start the writer.

        Raises StoreLocked, StoreTooNew.
        """
        self.database = database
        self.settings = settings
        self._gate = threading.Condition()
        self._reading = 0
        self._replacing = False
        self._closed = False
        self._local = threading.local()
        self._generation = 0
        self._listeners: list[Listener] = []
        self._queue: PriorityQueue[tuple[int, int, Callable[[], None]]] = PriorityQueue()
        self._order = count()
        self._opening = threading.RLock()
        self._root: DuckDriver | None = self._open()
        self._thread = threading.Thread(target=self._serve, name="store-writer", daemon=True)
        self._thread.start()

    @classmethod
    def open(cls, paths: Paths, settings: Settings | None = None) -> "Store":
        return cls(paths.database, settings or Settings())

    def _open(self) -> DuckDriver:
        root = connect(self.database, self.settings.memory_megabytes)
        try:
            migrate(root)
        except BaseException:
            root.close()
            raise
        return root

    def _opened(self) -> DuckDriver:
        """The connection all others come from, opened again where that failed after a replacement.

        Raises StoreLocked, StoreUnavailable.
        """
        with self._opening:
            if self._root is None:
                self._root = self._reopened()
                self._generation += 1
            return self._root

    def _reopened(self) -> DuckDriver:
        try:
            return self._open()
        except (duckdb.Error, OSError) as error:
            raise StoreUnavailable(
                f"{self.database} can't be opened again after its replacement: make room on the "
                "disk and in memory. Nothing was lost; each call tries again."
            ) from error

    # --- writing ------------------------------------------------------------------------------

    def write(self, work: Callable[[Driver], T], priority: Priority = Priority.VERB) -> T:
        """Run `work` in the writer thread, in a transaction of its own; wait until it is committed.

        What `work` raises rolls back and is raised here. Must not be called from within `work`.
        Raises StoreClosed, StoreUnavailable, StoreRefused.
        """
        return self._submit(lambda: self._transact(work), priority)

    def _transact(self, work: Callable[[Driver], T]) -> T:
        root = self._opened()
        try:
            with root.transaction():
                result = work(root)
        except (duckdb.IOException, duckdb.OutOfMemoryException, duckdb.FatalException) as error:
            raise StoreUnavailable(
                f"{self.database} can't be written: make room on the disk or raise "
                "memory_megabytes in settings.toml. Nothing was lost."
            ) from error
        except duckdb.ConstraintException as error:
            raise StoreRefused(
                "What was to be written breaks a constraint of the database, so nothing of it was "
                "written. Please report this."
            ) from error
        if root.recorded:
            for listener in self._listeners:
                listener(root.recorded)
        return result

    def on_commit(self, listener: Listener) -> None:
        """Call `listener` with the newest change position after each commit that recorded one.

        It runs in the writer thread and must return at once.
        """
        self._listeners.append(listener)

    def checkpoint(self) -> None:
        """Write the log into the file."""
        self._submit(lambda: self._opened().execute(query("store.checkpoint")), Priority.BATCH)

    def _submit(self, work: Callable[[], T], priority: Priority) -> T:
        """Have the writer do something, and wait for it. What is closed takes nothing more."""
        done: Future[T] = Future()

        def run() -> None:
            try:
                done.set_result(work())
            except BaseException as error:  # handed to whoever waits
                done.set_exception(error)

        with self._gate:
            if self._closed:
                raise _closed(self.database)
            self._closed = priority is Priority.STOP
            self._queue.put((priority, next(self._order), run))
        return done.result()

    def _serve(self) -> None:
        while True:
            priority, _, run = self._queue.get()
            run()
            if priority == Priority.STOP:
                return

    # --- reading ------------------------------------------------------------------------------

    @contextmanager
    def read(self) -> Iterator[Driver]:
        """This thread's reading connection; each statement sees all that was committed before.

        Raises StoreClosed; StoreLocked or StoreUnavailable where the file can't be opened again.
        """
        depth = getattr(self._local, "depth", 0)
        with self._gate:
            # Who reads already must be let on: a replacement waits for the end of it.
            self._gate.wait_for(lambda: depth or not self._replacing)
            if self._closed and not depth:
                raise _closed(self.database)
            self._reading += 1
        self._local.depth = depth + 1
        try:
            yield self._cursor()
        finally:
            self._local.depth = depth
            with self._gate:
                self._reading -= 1
                self._gate.notify_all()

    def _cursor(self) -> DuckDriver:
        with self._opening:
            root = self._opened()
            if getattr(self._local, "generation", None) != self._generation:
                self._local.driver = root.cursor()
                self._local.generation = self._generation
        driver: DuckDriver = self._local.driver
        return driver

    def new_reader(self) -> DuckDriver:
        """A reading connection of the caller's own, which the caller closes."""
        return self._opened().cursor()

    def replace(self, prepare: Callable[[Driver], Callable[[], None]]) -> None:
        """Put another file in the database's place, with nobody reading or writing meanwhile.

        `prepare` makes that file and returns a callable that swaps the two; it is called while the
        database is closed. Whatever they raise, the store goes on with the file that is in place.
        Raises StoreLocked, having changed nothing, when readers don't end; and StoreLocked or
        StoreUnavailable when the file can't be opened again, which every later call then tries.
        """
        self._submit(lambda: self._replace(prepare), Priority.BATCH)

    def _replace(self, prepare: Callable[[Driver], Callable[[], None]]) -> None:
        try:
            self._pause_readers()
            with self._opening:
                root = self._opened()
                swap = prepare(root)
                root.leave()
                root.close()
                self._root = None
                try:
                    swap()
                finally:
                    self._opened()
        finally:
            with self._gate:
                self._replacing = False
                self._gate.notify_all()

    def _pause_readers(self) -> None:
        """Let no new reader in and wait for the others to end."""
        with self._gate:
            self._replacing = True
            if not self._gate.wait_for(lambda: self._reading == 0, PATIENCE):
                raise StoreLocked(
                    f"Somebody has been reading for {PATIENCE:g} seconds, so the database file "
                    "could not be replaced; nothing was changed. Try again later."
                )

    def close(self) -> None:
        """Finish what is queued, checkpoint and close the file. To close again does nothing."""
        try:
            self._submit(self._shut, Priority.STOP)
        except StoreClosed:
            pass  # somebody else does it
        finally:
            self._thread.join()

    def _shut(self) -> None:
        with self._opening:
            if self._root is None:
                return
            try:
                self._root.execute(query("store.checkpoint"))
            finally:
                self._root.close()


def _closed(database: Path) -> StoreClosed:
    return StoreClosed(
        f"{database} is closed, because its hub is stopping or the workspace was closed. "
        "Open it again, then try again."
    )
