"""SQL for data people, run: results, limits, and what they may not hold up."""

import threading
from pathlib import Path
from time import monotonic

import duckdb
import pyarrow as pa
import pytest

from workspace.errors import QueryFailed, QueryLimit, QueryRefused
from workspace.services import queries as module
from workspace.services.queries import Queries
from workspace.settings import Paths, Settings
from workspace.store import Store
from workspace.testing.builders import Builder, inbound, outbound, talk

ENDLESS = "WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t) SELECT count(*) FROM t"


@pytest.fixture
def queries(store: Store, paths: Paths) -> Queries:
    return Queries(store, paths)


def read(path: Path) -> pa.Table:
    with path.open("rb") as file:
        return pa.ipc.open_stream(file).read_all()


def rows(queries: Queries, sql: str, *params: object) -> list[dict[str, object]]:
    path = queries.run(sql, params)
    try:
        found: list[dict[str, object]] = read(path).to_pylist()
        return found
    finally:
        path.unlink()


# --- results -----------------------------------------------------------------------------------


def test_a_result_is_an_arrow_stream(queries: Queries, builder: Builder) -> None:
    builder.add([talk(inbound("Hello"), outbound("Hi"), name="Eva"), talk(inbound("Help"))])
    found = rows(
        queries, "SELECT direction, count(*) AS n FROM v1.messages GROUP BY ALL ORDER BY 1"
    )
    assert found == [{"direction": "inbound", "n": 2}, {"direction": "outbound", "n": 1}]


def test_an_empty_result_keeps_its_columns(queries: Queries) -> None:
    table = read(queries.run("SELECT message_id, occurred_at FROM v1.messages"))
    assert table.num_rows == 0
    assert table.schema.names == ["message_id", "occurred_at"]
    assert table.schema.field("occurred_at").type == pa.timestamp("us", "UTC")


def test_parameters_by_number(queries: Queries) -> None:
    [row] = rows(queries, "SELECT $1::integer + $2::integer AS sum, $3 AS text", 1, 2, "x'; --")
    assert row == {"sum": 3, "text": "x'; --"}


def test_a_result_is_readable_by_its_owner_alone(queries: Queries) -> None:
    assert queries.run("SELECT 1").stat().st_mode & 0o077 == 0


def test_every_type_travels(queries: Queries) -> None:
    sql = """SELECT 1::utinyint AS a, 1.5 AS b, DATE '2026-01-01' AS c, [1, 2] AS d, {'k': 1} AS e,
             NULL AS f, 'x'::blob AS g, TIME '01:00' AS h, uuid() AS i, MAP {'a': 1} AS j,
             sum(n) AS k, INTERVAL 1 DAY AS l FROM range(3) AS r(n)"""
    assert read(queries.run(sql)).num_rows == 1


# --- errors ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "error"),
    [
        ("DROP TABLE messages", QueryRefused),
        ("SELECT * FROM main.messages", QueryRefused),
        ("SELECT * FROM v1.nothing", QueryFailed),
        ("SELECT nothing FROM v1.messages", QueryFailed),
        ("SELECT no_such_function(1)", QueryFailed),
        ("SELECT CAST('a' || n AS integer) FROM range(9) AS r(n)", QueryFailed),
        ("SELECT $1", QueryFailed),
        ("SELECT error('mine')", QueryFailed),
    ],
)
def test_an_error_is_typed_and_leaves_nothing(
    queries: Queries, paths: Paths, sql: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        queries.run(sql)
    assert list(paths.spool.iterdir()) == []
    assert rows(queries, "SELECT 1 AS x") == [{"x": 1}]


@pytest.mark.parametrize("value", ["\ud800", object(), 2**200, {1, 2}])
def test_a_parameter_no_column_takes(queries: Queries, value: object) -> None:
    with pytest.raises(QueryFailed):
        queries.run("SELECT $1", [value])


def test_a_query_can_not_write_even_past_the_guard(store: Store) -> None:
    """The guard is one wall, the transaction another."""
    reader = store.new_reader()
    reader.execute("BEGIN TRANSACTION READ ONLY")
    with pytest.raises(duckdb.Error, match="read-only"):
        reader.execute("DELETE FROM main.meta")
    reader.close()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('{folder}/token')",
        "SELECT * FROM '{folder}/secrets.csv'",
        "COPY (SELECT 1) TO '{folder}/out.csv'",
        "ATTACH '{folder}/other.duckdb' AS other",
        "ATTACH '{folder}/journal.sqlite' AS journal (TYPE sqlite)",
        "INSTALL httpfs",
        "SELECT * FROM 'https://127.0.0.1:1/x.csv'",
        "SET enable_external_access = true",
        "SET allowed_directories = ['/']",
    ],
)
def test_nor_reach_out_past_the_guard(store: Store, paths: Paths, sql: str) -> None:
    """Files beside the database's own folder are closed to the engine itself."""
    (paths.folder / "token").write_text("secret")
    (paths.folder / "secrets.csv").write_text("a,b\n1,2\n")
    reader = store.new_reader()
    with pytest.raises(duckdb.Error):
        reader.execute(sql.format(folder=paths.folder))
    reader.close()


# --- limits ------------------------------------------------------------------------------------


@pytest.fixture
def hasty(store: Store, paths: Paths) -> Queries:
    store.settings = Settings(sql_seconds=0.2, sql_megabytes=1)
    return Queries(store, paths)


@pytest.mark.parametrize(
    "sql",
    [
        ENDLESS,
        "SELECT count(*) FROM range(10000000) AS a, range(10000000) AS b WHERE a.range < b.range",
        "SELECT 1 FROM range(100000000) AS a, range(1000) AS b WHERE hash(a.range + b.range) = 1",
        "SELECT max(md5(range::text)) FROM range(1000000000)",
    ],
)
def test_what_never_ends_is_ended(hasty: Queries, paths: Paths, sql: str) -> None:
    started = monotonic()
    with pytest.raises(QueryLimit, match=r"longer than 0\.2 seconds"):
        hasty.run(sql)
    assert monotonic() - started < 5
    assert list(paths.spool.iterdir()) == []


def test_a_result_has_a_size_limit(store: Store, paths: Paths) -> None:
    with pytest.raises(QueryLimit, match="larger than 5 MB"):
        Queries(store, paths).run("SELECT md5(range::text) AS x FROM range(100000000)")
    assert list(paths.spool.iterdir()) == []


def test_memory_has_a_limit_and_the_writer_goes_on(store: Store, queries: Queries) -> None:
    with pytest.raises(QueryLimit):
        queries.run("SELECT list(md5(range::text) || range) AS x FROM range(100000000)")
    Builder(store).add([talk(inbound("Still here"))])
    assert rows(queries, "SELECT text FROM v1.messages") == [{"text": "Still here"}]


def test_two_run_at_once_and_a_third_is_told(
    store: Store, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.01)
    store.settings = Settings(sql_seconds=2)
    queries = Queries(store, paths)
    ends: list[str] = []

    def endless() -> None:
        ended = "running already"
        while "running already" in ended:  # the one that asks below may have been first
            with pytest.raises(QueryLimit) as caught:
                queries.run(ENDLESS)
            ended = str(caught.value)
        ends.append(ended)

    threads = [threading.Thread(target=endless) for _ in range(2)]
    for thread in threads:
        thread.start()

    def ask_until_refused() -> None:
        while any(thread.is_alive() for thread in threads):
            queries.run("SELECT 1").unlink()

    with pytest.raises(QueryLimit, match="2 queries are running already"):
        ask_until_refused()
    for thread in threads:
        thread.join()
    assert len(ends) == 2
    assert rows(queries, "SELECT 1 AS x") == [{"x": 1}]


def test_while_paused_no_query_runs(queries: Queries, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.01)
    with queries.paused(), pytest.raises(QueryLimit):
        queries.run("SELECT 1")
    assert rows(queries, "SELECT 1 AS x") == [{"x": 1}]


# --- nobody waits for a reader -----------------------------------------------------------------


def test_an_unread_result_stops_neither_writer_nor_checkpoint(
    store: Store, queries: Queries, builder: Builder
) -> None:
    builder.add([talk(inbound(f"message {n}")) for n in range(200)])
    path = queries.run("SELECT * FROM v1.messages")
    with path.open("rb") as file:  # a client that reads a little and then idles
        assert file.read(10)
        builder.add([talk(inbound("later"))])
        # An open reader is in the way of a checkpoint only once something it saw was changed.
        store.write(lambda tx: tx.execute("UPDATE messages SET body = 'changed'"))
        store.checkpoint()
        builder.add([talk(inbound("later still"))])
    assert read(path).num_rows == 200


def test_writing_goes_on_while_a_query_runs(store: Store, paths: Paths) -> None:
    store.settings = Settings(sql_seconds=3)
    queries = Queries(store, paths)
    builder = Builder(store)
    failure: list[Exception] = []

    def endless() -> None:
        try:
            queries.run(f"SELECT (SELECT count(*) FROM v1.messages), ({ENDLESS})")
        except QueryLimit as error:
            failure.append(error)

    thread = threading.Thread(target=endless)
    thread.start()
    written = 0
    while thread.is_alive():
        builder.add([talk(inbound("during"))])
        written += 1
    thread.join()
    assert failure
    assert written > 3


def test_results_nobody_fetched_are_removed_at_the_next_start(
    store: Store, paths: Paths, queries: Queries
) -> None:
    left = queries.run("SELECT 1")
    Queries(store, paths)
    assert not left.exists()
