"""Runs one query of a user and writes its result to a file.

The transaction is closed before anybody reads the file: while one is open, CHECKPOINT fails and
FORCE CHECKPOINT blocks writers (measured), and a client may take its time.
"""

import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from workspace.errors import (
    ConvoError,
    HubUnavailable,
    InvalidRequest,
    QueryFailed,
    QueryLimit,
)
from workspace.store.driver import DuckDriver
from workspace.store.guard import Guard
from workspace.store.sql import query

BATCH_ROWS = 2_048
"""Rows held in memory at a time."""


TICK = 0.05
"""Seconds between two looks at the clock of a running query."""


@dataclass(frozen=True, slots=True)
class Limits:
    """`stopping` ends what runs at once. `more`: who may raise the limit of time, and how."""

    seconds: float
    megabytes: int
    stopping: threading.Event
    more: str = "The setting sql_seconds allows more."


class Clock:
    """Interrupts a connection once its time is over, until it stops."""

    def __init__(self, reader: DuckDriver, limits: Limits) -> None:
        self.over = False
        self._reader = reader
        self._limits = limits
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="query-clock", daemon=True)

    def _watch(self) -> None:
        deadline = time.monotonic() + self._limits.seconds
        while not self._done.wait(TICK):
            # Again and again: between two statements an interrupt has no effect.
            if self._limits.stopping.is_set() or time.monotonic() > deadline:
                self.over = True
                self._reader.connection.interrupt()

    @contextmanager
    def running(self) -> Iterator[None]:
        self._thread.start()
        try:
            yield
        finally:
            self._done.set()
            self._thread.join()  # an interrupt must not hit what comes next

    def reason(self) -> ConvoError:
        """Why the query was interrupted."""
        if self._limits.stopping.is_set():
            return HubUnavailable("The hub was stopped while this query ran; run it again.")
        return QueryLimit(
            f"The query took longer than {self._limits.seconds:g} seconds; narrow it, for example "
            f"to a date range. {self._limits.more}"
        )


def spool(
    reader: DuckDriver, guard: Guard, sql: str, params: Sequence[Any], path: Path, limits: Limits
) -> None:
    """Write the result of `sql` to `path` as an Arrow IPC stream; no file is left on an error.

    `reader` is the query's own connection. Raises QueryRefused, QueryFailed, QueryLimit;
    HubUnavailable where the hub is stopped meanwhile.
    """
    clock = Clock(reader, limits)
    reader.execute(query("guard.begin"))
    try:
        with clock.running(), _typed(clock):
            guard.check(reader, sql)
            _write(_batches(reader.connection, sql, list(params)), path, limits.megabytes)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    finally:
        reader.execute(query("guard.end"))


def _batches(
    connection: duckdb.DuckDBPyConnection, sql: str, params: list[Any]
) -> pa.RecordBatchReader:
    """The result bit by bit: of a relation in DuckDB 2, but in 1.5 that holds all of it at once."""
    if duckdb.__version__ < "2":
        return connection.execute(sql, params).to_arrow_reader(BATCH_ROWS)
    return connection.sql(sql, params=params).to_arrow_reader(BATCH_ROWS)


def _write(batches: pa.RecordBatchReader, path: Path, megabytes: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with (
        batches,  # closed in any case: the connection takes no other statement before
        os.fdopen(handle, "wb") as file,
        pa.ipc.new_stream(file, batches.schema) as stream,
    ):
        for batch in batches:
            stream.write_batch(batch)
            if file.tell() > megabytes * 1_000_000:
                raise QueryLimit(
                    f"The result is larger than {megabytes:,} MB; select fewer rows or columns, or "
                    "aggregate. The setting sql_megabytes allows more."
                )


def first_column(path: Path, most: int) -> list[int]:
    """The conversation ids in the first column of a spooled result: each once, in their order.

    Raises InvalidRequest where the column holds anything else, QueryLimit for more than `most`.
    """
    found: dict[int, None] = {}
    with path.open("rb") as file, pa.ipc.open_stream(file) as stream:
        column = stream.schema.field(0)
        _names_conversations(column)
        for batch in stream:
            found |= dict.fromkeys(batch.column(0).to_pylist())
            if len(found) > most + 1:  # one of them may be null
                raise QueryLimit(
                    f"The query gives more than {most:,} conversations; narrow it.", limit=most
                )
    return [id for id in found if id is not None and 0 < id < 2**63]


def _names_conversations(column: pa.Field) -> None:
    """Ids share one sequence: those of messages would match nothing, without a word."""
    name = column.name.lower()
    if not pa.types.is_integer(column.type):
        wrong = f"holds {column.type}, not ids"
    elif name.endswith("_id") and name != "conversation_id":
        wrong = "holds other ids"
    else:
        return
    raise InvalidRequest(
        f"The query's first column, {column.name}, {wrong}. It must give conversations: "
        "SELECT conversation_id FROM v1..."
    )


@contextmanager
def _typed(clock: Clock) -> Iterator[None]:
    """DuckDB's errors as ours.

    While rows are fetched, they come as OSError or ArrowException; parameters it can't take, as
    RuntimeError or TypeError.
    """
    try:
        yield
    except (duckdb.Error, pa.ArrowException, OSError, RuntimeError, TypeError) as error:
        if clock.over:
            raise clock.reason() from error
        text = str(error)
        if isinstance(error, duckdb.OutOfMemoryException) or text.startswith("Out of Memory"):
            raise QueryLimit(
                "The query needs more memory than there is; narrow it or aggregate in steps. "
                "The setting memory_megabytes allows more."
            ) from error
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the spool file could not be written
        raise QueryFailed(text) from error
