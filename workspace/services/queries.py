"""Read-only SQL for data people: one SELECT over the v1 views, its result in a file."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import uuid4

from workspace.errors import QueryLimit
from workspace.settings import Paths
from workspace.store import Store
from workspace.store.guard import Guard
from workspace.store.spool import Limits, first_column, spool

AT_ONCE = 2
LISTS = 1
"""Beside those: what a list is made of, which people wait for at each refresh."""
PATIENCE = 5.0
"""Seconds a query waits for one of the others to end."""

LIST_SECONDS = 5.0
"""Time limit of a query that a list is made of; it runs again at each refresh."""

MOST = 1_000_000
"""Conversations such a query may give."""


class Queries:
    def __init__(self, store: Store, paths: Paths) -> None:
        self._store = store
        self._folder = paths.spool
        self._stopping = threading.Event()
        settings = store.settings
        self._limits = Limits(settings.sql_seconds, settings.sql_megabytes, self._stopping)
        self._short = replace(
            self._limits,
            seconds=min(LIST_SECONDS, settings.sql_seconds),
            more="A list waits no longer.",
        )
        self._free = _Places(AT_ONCE, f"{AT_ONCE} queries are running already")
        self._lists = _Places(LISTS, "The queries of other lists are running")
        self._pause = threading.Lock()
        self._clear()

    @cached_property
    def _guard(self) -> Guard:
        """Made for the first query: it asks the database for all functions there are."""
        with self._store.read() as db:
            return Guard(db)

    def run(self, sql: str, params: Sequence[Any] = ()) -> Path:
        """The result of one SELECT as an Arrow IPC stream file, which the caller removes.

        Nothing is open in the database any more when it returns. Raises QueryRefused, QueryFailed,
        QueryLimit; HubUnavailable where `stop` ends it.
        """
        return self._run(sql, params, self._limits, self._free)

    def conversations(self, sql: str) -> list[int]:
        """The ids in the first column of one SELECT, for a list that somebody waits for.

        Must not be called while reading: a compaction waits for both. Raises InvalidRequest where
        the column holds anything else, and what `run` raises.
        """
        path = self._run(sql, (), self._short, self._lists)
        try:
            return first_column(path, MOST)
        finally:
            path.unlink()

    def _run(self, sql: str, params: Sequence[Any], limits: Limits, places: "_Places") -> Path:
        path = self._folder / f"{uuid4().hex}.arrow"
        with places.one():
            reader = self._store.new_reader()
            try:
                spool(reader, self._guard, sql, params, path, limits)
            finally:
                reader.close()
        return path

    def stop(self) -> None:
        """End what runs: the hub is about to close the database, which no reader may hold open."""
        self._stopping.set()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """No query runs meanwhile; waits for those that do. For `Erase.compact`."""
        with self._pause, self._free.all(), self._lists.all():
            yield

    def _clear(self) -> None:
        """Results that nobody fetched before the last end."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in self._folder.glob("*.arrow"):
            path.unlink()


class _Places:
    """For so many queries at once."""

    def __init__(self, many: int, taken: str) -> None:
        self._many = many
        self._taken = taken
        self._free = threading.Semaphore(many)

    @contextmanager
    def one(self) -> Iterator[None]:
        """Raises QueryLimit where none becomes free."""
        if not self._free.acquire(timeout=PATIENCE):
            raise QueryLimit(f"{self._taken}; wait for one to end, then try again.")
        try:
            yield
        finally:
            self._free.release()

    @contextmanager
    def all(self) -> Iterator[None]:
        """Once all are free."""
        with ExitStack() as taken:
            for _ in range(self._many):
                self._free.acquire()
                taken.callback(self._free.release)
            yield
