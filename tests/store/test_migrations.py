"""Databases of earlier versions: they become what a new one is, with everything in them."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from workspace.settings import Paths
from workspace.store import Store, sql
from workspace.store.driver import Driver, connect

COLUMNS = """
SELECT table_name, column_name, data_type, is_nullable, column_default FROM duckdb_columns()
WHERE database_name = 'ws' AND schema_name = 'main'
"""


def catalog(db: Driver) -> list[tuple[Any, ...]]:
    columns = db.execute(f"{COLUMNS} ORDER BY ALL")
    constraints = db.execute(
        "SELECT table_name, constraint_text FROM duckdb_constraints() "
        "WHERE database_name = 'ws' ORDER BY ALL"
    )
    indexes = db.execute("SELECT index_name, sql FROM duckdb_indexes() ORDER BY ALL")
    return [*columns, *constraints, *indexes]


def test_migrations_lead_to_the_schema(tmp_path: Path) -> None:
    fresh = connect(tmp_path / "fresh" / "w.duckdb", 256)
    fresh.execute(sql.schema())
    migrated = connect(tmp_path / "migrated" / "w.duckdb", 256)
    for text in sql.migrations().values():
        migrated.execute(text)
    assert catalog(fresh) == catalog(migrated)
    fresh.close()
    migrated.close()


# --- with something in them ---------------------------------------------------------------------

BY_TYPE = {
    "BIGINT": 1,
    "INTEGER": 1,
    "BOOLEAN": True,
    "VARCHAR": "x",
    "TIMESTAMP WITH TIME ZONE": datetime(2026, 3, 31, tzinfo=UTC),
}
ALLOWED = {
    ("conversations", "status"): "pending",
    ("messages", "direction"): "outbound",
    ("messages", "author_kind"): "operator",
    ("messages", "origin"): "single",
    ("messages", "delivery_status"): "queued",
    ("attachments", "kind"): "image",
    ("own_reactions", "actor_kind"): "operator",
    ("own_reactions", "delivery_status"): "queued",
}
"""Where a column takes certain words alone."""

OPEN = """
import os, sys
from pathlib import Path
from workspace.settings import Paths
from workspace.store import Store
store = Store.open(Paths(Path(sys.argv[1])))
os._exit(0)
"""
"""Opens, and dies before anything of the log gets into the database file."""


def rows(db: Driver) -> dict[str, dict[str, Any]]:
    """Every table's only row, by columns; the migrations left out."""
    tables: dict[str, list[str]] = {}
    for table, column, *_ in db.execute(COLUMNS):
        tables.setdefault(table, []).append(column)
    return {
        table: dict(zip(columns, *db.execute(_all(table, columns)), strict=True))
        for table, columns in tables.items()
        if table != "migrations" and db.execute(_all(table, columns))
    }


def _all(table: str, columns: list[str]) -> str:
    return f"SELECT {', '.join(columns)} FROM {table}"


def of_version(folder: Path, number: int) -> dict[str, dict[str, Any]]:
    """A database as that version made it, with a row in each table."""
    db = connect(Paths(folder).database, 256)
    for version, text in sql.migrations().items():
        if version <= number:
            db.execute(text)
            db.execute(sql.query("migrations.applied"), [version])
    tables: dict[str, dict[str, Any]] = {}
    for table, column, kind, *_ in db.execute(COLUMNS):
        value = ALLOWED.get((table, column), BY_TYPE[kind])
        tables.setdefault(table, {})[column] = value
    del tables["migrations"]
    for table, row in tables.items():
        places = ", ".join(f"${n}" for n in range(1, len(row) + 1))
        db.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", [*row.values()])
    made = rows(db)
    db.close()
    assert made.keys() == tables.keys()
    return made


@pytest.mark.parametrize("version", [*sql.migrations()][:-1])
def test_nothing_is_lost_on_the_way(tmp_path: Path, version: int) -> None:
    before = of_version(tmp_path, version)
    subprocess.run([sys.executable, "-c", OPEN, str(tmp_path)], check=True)
    store = Store.open(Paths(tmp_path))
    with store.read() as db:
        after = rows(db)
    assert {
        table: {column: after[table][column] for column in row} for table, row in before.items()
    } == before
    store.write(lambda tx: tx.execute("UPDATE messages SET template = '{}', provider_id = 'y'"))
    store.close()


def test_a_change_of_number_that_waits_tells_all_addresses_it_leaves(tmp_path: Path) -> None:
    of_version(tmp_path, 10)
    db = connect(Paths(tmp_path).database, 256)
    left, to = ('{"kind":"phone","value":"+491511"}', '{"kind":"bsuid","value":"DE.2"}')
    db.execute("UPDATE parked SET event = $1", [f'{{"before":{left},"after":[{to}]}}'])
    db.execute(sql.migrations()[11])
    assert db.execute("SELECT event FROM parked") == [(f'{{"before":[{left}],"after":[{to}]}}',)]
    db.close()
