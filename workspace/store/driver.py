"""The little that the store knows of its engine.

Everything else in the store is SQL text and parameters. Commands are written so that the same text
runs on PostgreSQL; many rows at once travel as array parameters (`unnest($1::bigint[])`), which
both engines take.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

import duckdb
import pyarrow as pa

from workspace.errors import StoreLocked

Row = tuple[Any, ...]

ROW_GROUP_SIZE = 16_384
"""Not kept in the file: reopened without it, checkpoints of a large file stall for seconds."""


class Driver(Protocol):
    """A connection, used by one thread at a time."""

    recorded: int
    """The last change recorded in the current transaction, see `changes`; 0: none."""

    def execute(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        """Run one statement; all rows of its result, an empty list without one."""
        ...

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit at the end, roll back on any exception."""
        ...

    def frame(self, sql: str, params: Sequence[Any] = ()) -> pa.Table: ...

    def bulk_load(self, table: str, rows: pa.Table) -> None:
        """Insert many rows; columns are matched by name, absent ones get their default."""
        ...


class DuckDriver:
    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self.recorded = 0

    def execute(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        return self.connection.execute(sql, list(params)).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.recorded = 0
        self.connection.execute("BEGIN")
        try:
            yield
            self.connection.execute("COMMIT")
        except BaseException:
            self._rollback()
            raise

    def _rollback(self) -> None:
        # A failed COMMIT has already rolled back.
        with suppress(duckdb.TransactionException):
            self.connection.execute("ROLLBACK")

    def frame(self, sql: str, params: Sequence[Any] = ()) -> pa.Table:
        return self.connection.sql(sql, params=list(params)).to_arrow_table()

    def bulk_load(self, table: str, rows: pa.Table) -> None:
        columns = ", ".join(f'"{name}"' for name in rows.column_names)
        self.connection.register("bulk_rows", rows)
        try:
            self.connection.execute(
                f"INSERT INTO {table} ({columns}) SELECT {columns} FROM bulk_rows"
            )
        finally:
            self.connection.unregister("bulk_rows")

    def cursor(self) -> "DuckDriver":
        """Another connection to the same database, for another thread."""
        cursor = self.connection.cursor()
        cursor.execute("USE ws")  # a cursor starts in the catalog the process began with
        return DuckDriver(cursor)

    def leave(self) -> None:
        """Close the file for all connections to it; where that fails, it stays open for all.

        Closing this connection alone is not enough: those of other threads would keep the file
        open, and at their end remove the write-ahead log of the one that has taken its name.
        """
        self.connection.execute("USE memory")  # what is in use can't be closed
        try:
            self.connection.execute("DETACH ws")
        except BaseException:
            self.connection.execute("USE ws")
            raise

    def close(self) -> None:
        self.connection.close()


def connect(database: Path, memory_megabytes: int) -> DuckDriver:
    """Open the database file, making it where it is missing.

    The one way a file is opened. Nothing outside the file's folder can be read or written through
    SQL, and no setting can be changed afterwards. Raises StoreLocked naming the holder.
    """
    folder = database.parent
    folder.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(":memory:")
    attach = f"ATTACH {_quoted(database)} AS ws (ROW_GROUP_SIZE {ROW_GROUP_SIZE})"
    try:
        connection.execute(attach)
    except duckdb.Error as error:
        connection.close()
        raise _locked(error, database) from error
    for statement in _hardening(folder, memory_megabytes):
        connection.execute(statement)
    return DuckDriver(connection)


def _hardening(folder: Path, memory_megabytes: int) -> list[str]:
    return [
        "USE ws",
        "SET GLOBAL TimeZone = 'UTC'",
        f"SET memory_limit = '{memory_megabytes}MB'",
        f"SET temp_directory = {_quoted(folder / 'temporary')}",
        f"SET max_temp_directory_size = '{4 * memory_megabytes}MB'",
        "SET checkpoint_threshold = '128MB'",
        "SET GLOBAL python_enable_replacements = false",
        # Up to so many ids, rows are found by them instead of between the first and the last.
        "SET GLOBAL dynamic_or_filter_threshold = 1000",
        "SET autoinstall_known_extensions = false",
        "SET autoload_known_extensions = false",
        f"SET allowed_directories = [{_quoted(folder)}]",
        "SET enable_external_access = false",
        "SET lock_configuration = true",
    ]


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _locked(error: duckdb.Error, database: Path) -> Exception:
    if not isinstance(error, duckdb.IOException) or "set lock on file" not in str(error):
        return error
    holder = re.search(r"held in (.+?) \(PID (\d+)\)", str(error))
    who = f"process {holder[2]} ({holder[1]})" if holder else "another process"
    return StoreLocked(
        f"{database} is held by {who}. Stop it (for a hub: convo hub stop), then try again.",
        pid=int(holder[2]) if holder else None,
    )
