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

from workspace.errors import StoreLocked, StoreUnavailable
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
        self._local = threading.local()
        self._generation = 0
        self._listeners: list[Listener] = []
        self._queue: PriorityQueue[tuple[int, int, Callable[[], None]]] = PriorityQueue()
        self._order = count()
        self._root = self._open()
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

    # --- writing ------------------------------------------------------------------------------

    def write(self, work: Callable[[Driver], T], priority: Priority = Priority.VERB) -> T:
        """Run `work` in the writer thread, in a transaction of its own; wait until it is committed.

        What `work` raises rolls back and is raised here. Must not be called from within `work`.
        """
        return self._submit(lambda: self._transact(work), priority)

    def _transact(self, work: Callable[[Driver], T]) -> T:
        try:
            with self._root.transaction():
                result = work(self._root)
        except (duckdb.IOException, duckdb.OutOfMemoryException, duckdb.FatalException) as error:
            raise StoreUnavailable(
                f"{self.database} can't be written: make room on the disk or raise "
                "memory_megabytes in settings.toml. Nothing was lost."
            ) from error
        if self._root.recorded:
            for listener in self._listeners:
                listener(self._root.recorded)
        return result

    def on_commit(self, listener: Listener) -> None:
        """Call `listener` with the newest change position after each commit that recorded one.

        It runs in the writer thread and must return at once.
        """
        self._listeners.append(listener)

    def checkpoint(self) -> None:
        """Write the log into the file."""
        self._submit(lambda: self._root.execute(query("store.checkpoint")), Priority.BATCH)

    def _submit(self, work: Callable[[], T], priority: Priority) -> T:
        done: Future[T] = Future()

        def run() -> None:
            try:
                done.set_result(work())
            except BaseException as error:  # handed to whoever waits
                done.set_exception(error)

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
        """This thread's reading connection; each statement sees all that was committed before."""
        depth = getattr(self._local, "depth", 0)
        with self._gate:
            # Who reads already must be let on: a replacement waits for the end of it.
            self._gate.wait_for(lambda: depth or not self._replacing)
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
        if getattr(self._local, "generation", None) != self._generation:
            self._local.driver = self._root.cursor()
            self._local.generation = self._generation
        driver: DuckDriver = self._local.driver
        return driver

    def new_reader(self) -> DuckDriver:
        """A reading connection of the caller's own, which the caller closes."""
        return self._root.cursor()

    def replace(self, work: Callable[[Driver], Callable[[], None]]) -> None:
        """Run `work` with nobody reading or writing, close the file, and open it again.

        `work` prepares the file that is to take the database's place and returns a callable that
        swaps the two; it is called between close and open. Raises StoreLocked, having changed
        nothing, when readers don't end.
        """
        self._submit(lambda: self._replace(work), Priority.BATCH)

    def _replace(self, work: Callable[[Driver], Callable[[], None]]) -> None:
        try:
            self._pause_readers()
            swap = work(self._root)
            self._root.close()
            try:
                swap()
            finally:
                self._root = self._open()
                self._generation += 1
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
        """Finish what is queued, checkpoint and close the file."""
        self.checkpoint()
        self._submit(self._root.close, Priority.STOP)
        self._thread.join()
