"""Rewrites the database file, so that what was deleted is gone from the disk.

DuckDB leaves deleted rows in the file; neither CHECKPOINT nor VACUUM removes them (measured). So
what is left is copied to a new file, compared with the old one, and takes its place in one rename.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from workspace.errors import ConvoError, StoreLocked
from workspace.store.driver import ROW_GROUP_SIZE, Driver, connect
from workspace.store.sql import query
from workspace.store.store import Store

NAME = "compacted.duckdb"


class CompactionFailed(ConvoError):
    """The copy differs from the database; the database was left as it is. Please report this."""

    code = "compaction_failed"


def compact(store: Store) -> None:
    """Replace the store's file by a copy without free space. Raises CompactionFailed, OSError."""
    fresh = store.database.with_name(NAME)

    def work(db: Driver) -> Callable[[], None]:
        _remove(fresh)
        with _no_half_copy(fresh):
            _copy(db, fresh)
        return swap

    def swap() -> None:
        with _no_half_copy(fresh):
            _swap(store, fresh)

    store.replace(work)


def clear(store: Store) -> None:
    """Remove a copy that a crash left: it may hold what has been deleted since."""
    _remove(store.database.with_name(NAME))


@contextmanager
def _no_half_copy(fresh: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        _remove(fresh)
        raise


def _copy(db: Driver, fresh: Path) -> None:
    path = str(fresh).replace("'", "''")
    db.execute(query("compact.open").format(path=path, size=ROW_GROUP_SIZE))
    try:
        used = _use_ids(db)
        db.execute(query("compact.copy"))
        _compare(db, used)
        db.execute(query("compact.write"))
    finally:
        db.execute(query("compact.detach"))


def _use_ids(db: Driver) -> dict[str, int]:
    """The value that each sequence gave last."""
    names = [name for (name,) in db.execute(query("compact.sequences"))]
    return {
        name: db.execute(query("compact.next_value").format(sequence=name))[0][0] for name in names
    }


def _compare(db: Driver, used: Mapping[str, int]) -> None:
    """Raise CompactionFailed unless both hold the same: objects, and rows by number and hash."""
    for block in ("tables", "columns", "constraints", "indexes", "views"):
        old, new = (db.execute(query(f"compact.{block}"), [name]) for name in ("ws", "fresh"))
        if old != new:
            raise CompactionFailed(f"The copy of the database has other {block}.")
    goes_on = {name: value - 1 for name, value in db.execute(query("compact.start_values"))}
    if goes_on != used:
        raise CompactionFailed("The copy of the database would give ids again.")
    for schema, table in db.execute(query("compact.tables"), ["ws"]):
        if _sum(db, "ws", schema, table) != _sum(db, "fresh", schema, table):
            raise CompactionFailed(f"The copy of the table {table} has other rows.")


def _sum(db: Driver, catalog: str, schema: str, table: str) -> list[tuple[Any, ...]]:
    return db.execute(query("compact.sum").format(table=f'"{catalog}"."{schema}"."{table}"'))


def _swap(store: Store, fresh: Path) -> None:
    database, log = store.database, _log(store.database)
    if log.exists():
        # Closing should have emptied it. It belongs to the old file: with the new one it would be
        # wrong, and without it the old one lacks something.
        raise CompactionFailed(f"{log} is still there; the database was not compacted.")
    _try_out(store, fresh)
    fresh.replace(database)
    folder = os.open(database.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _try_out(store: Store, fresh: Path) -> None:
    """Once it has taken the old one's place there is no way back: see that it can be opened."""
    try:
        tried = connect(fresh, store.settings.memory_megabytes)
        tried.leave()
        tried.close()
    except (duckdb.Error, StoreLocked) as error:
        raise CompactionFailed(
            "The copy of the database can't be opened; the database was left as it was."
        ) from error


def _remove(database: Path) -> None:
    database.unlink(missing_ok=True)
    _log(database).unlink(missing_ok=True)


def _log(database: Path) -> Path:
    return database.with_name(database.name + ".wal")
