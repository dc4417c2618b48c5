"""What SQL is let through, and what is not."""

from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from workspace.errors import QueryFailed, QueryRefused
from workspace.settings import Paths
from workspace.store import Store
from workspace.store.guard import MAX_QUERY, Guard

FINE = [
    "SELECT 1",
    "select 1;",
    "/* a comment */ SELECT 1 -- another",
    "(SELECT 1)",
    "VALUES (1), (2)",
    "FROM v1.conversations",
    "TABLE v1.messages",
    'SELECT * FROM "v1"."messages"',
    "SELECT * FROM V1.Messages",
    "SELECT * FROM v1.messages AS m JOIN v1.conversations USING (conversation_id)",
    "SELECT * FROM v1.messages AS m, LATERAL (SELECT m.text) AS t",
    "WITH a AS (SELECT 1 AS x), b AS (SELECT x FROM a) SELECT * FROM b",
    "WITH A AS (SELECT 1) SELECT * FROM a",
    "WITH a AS (SELECT 1) SELECT * FROM (SELECT * FROM a) WHERE EXISTS (SELECT 1 FROM a)",
    "WITH messages AS (SELECT * FROM v1.messages) SELECT * FROM messages",
    "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 9) SELECT * FROM t",
    "SELECT * FROM range(3)",
    "SELECT * FROM generate_series(1, 3) AS s(n), unnest([1, 2]) AS u(x)",
    "SELECT unnest([1, 2])",
    "SELECT list_transform([1, 2], lambda x: x + 1)",
    "SELECT row_number() OVER (PARTITION BY channel_id ORDER BY occurred_at) FROM v1.messages",
    "SELECT count(*) FILTER (WHERE archived) FROM v1.conversations GROUP BY CUBE (status, subject)",
    "SELECT COLUMNS('.*_id') FROM v1.messages",
    "SELECT * EXCLUDE (text) FROM v1.messages USING SAMPLE 10%",
    "SELECT * FROM v1.messages PIVOT (count(*) FOR direction IN ('inbound', 'outbound'))",
    "UNPIVOT v1.conversations ON unread_count, episode_count INTO NAME what VALUE n",
    "SELECT 1 UNION ALL SELECT 2 ORDER BY 1 LIMIT 1",
    "DESCRIBE v1.messages",
    "SUMMARIZE v1.messages",
    "DESCRIBE SELECT 1 AS x",
    "SELECT random(), uuid(), now()",
    "SELECT time_bucket(INTERVAL '1 day', occurred_at, 'Europe/Berlin') FROM v1.messages",
    "SELECT $1::integer + $2::integer",
    "SELECT $limit::integer",
    "SELECT json_extract('{}', '$.a'), regexp_extract('a', 'a')",
    "SELECT quantile_cont(first_reply_seconds, 0.9) FROM v1.episodes",
]

REFUSED = [
    # not a SELECT, or not one
    "INSERT INTO v1.messages VALUES (1)",
    "UPDATE conversations SET archived = true",
    "DELETE FROM main.messages",
    "CREATE TABLE x (a integer)",
    "CREATE TEMP TABLE x AS SELECT 1",
    "CREATE OR REPLACE VIEW v1.messages AS SELECT 1",
    "CREATE MACRO f(x) AS x",
    "DROP VIEW v1.messages",
    "ALTER TABLE messages ADD COLUMN x integer",
    "ATTACH 'other.duckdb' AS other",
    "DETACH ws",
    "USE memory",
    "COPY v1.messages TO 'out.csv'",
    "COPY (SELECT 1) TO 'out.parquet'",
    "COPY messages FROM 'in.csv'",
    "EXPORT DATABASE 'folder'",
    "IMPORT DATABASE 'folder'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "PRAGMA database_list",
    "PRAGMA table_info('messages')",
    "SET memory_limit = '100GB'",
    "RESET memory_limit",
    "CALL pragma_version()",
    "CHECKPOINT",
    "FORCE CHECKPOINT",
    "VACUUM",
    "BEGIN",
    "COMMIT",
    "ROLLBACK",
    "PREPARE p AS SELECT 1",
    "EXECUTE p",
    "EXPLAIN SELECT 1",
    "EXPLAIN ANALYZE SELECT * FROM messages",
    "MERGE INTO messages USING v1.messages AS m ON true WHEN MATCHED THEN DELETE",
    "PIVOT v1.messages ON direction USING count(*)",
    "SELECT 1; SELECT 2",
    "SELECT 1; DROP TABLE messages",
    "SELECT 1;;/**/; DELETE FROM messages",
    "",
    ";",
    "-- nothing",
    "SELECT 1\0; DROP TABLE messages",
    "SELECT '\ud800'",
    # private tables
    "SELECT * FROM messages",
    'SELECT * FROM "messages"',
    "SELECT * FROM main.messages",
    'SELECT * FROM "main"."messages"',
    "SELECT * FROM MAIN.MESSAGES",
    "SELECT * FROM ws.main.messages",
    "SELECT * FROM ws.v1.messages",
    "SELECT * FROM ws.messages",
    "TABLE tombstones",
    "FROM meta",
    "DESCRIBE messages",
    "SUMMARIZE main.messages",
    "SELECT * FROM v1.messages UNION ALL SELECT * FROM main.messages",
    "SELECT (SELECT body FROM main.messages LIMIT 1)",
    "SELECT 1 WHERE EXISTS (FROM meta)",
    "SELECT 1 WHERE 1 IN (SELECT id FROM main.messages)",
    "SELECT {'a': [(SELECT value FROM meta LIMIT 1)]}",
    "SELECT 1 ORDER BY (SELECT value FROM meta LIMIT 1)",
    "SELECT 1 LIMIT (SELECT count(*) FROM meta)",
    "SELECT count(*) FILTER (WHERE (SELECT count(*) FROM meta) > 0)",
    "SELECT sum(1) OVER (ORDER BY (SELECT count(*) FROM meta))",
    "SELECT * FROM v1.messages JOIN meta ON (SELECT count(*) FROM meta) > 0",
    "SELECT * FROM v1.messages WHERE text = ANY (SELECT value FROM meta)",
    "SELECT * FROM range((SELECT count(*) FROM meta))",
    "SELECT * FROM (VALUES ((SELECT value FROM meta LIMIT 1)))",
    "SELECT * FROM meta PIVOT (count(*) FOR key IN ('salt'))",
    "UNPIVOT meta ON key INTO NAME a VALUE b",
    "SELECT list_transform([1], lambda x: (SELECT value FROM meta LIMIT 1))",
    # a CTE's name reaches as far as the CTE does
    "WITH messages AS (SELECT * FROM messages) SELECT * FROM messages",
    "WITH a AS (SELECT * FROM meta), meta AS (SELECT 1) SELECT * FROM a",
    "(WITH meta AS (SELECT 7) SELECT * FROM meta) UNION ALL SELECT value FROM meta",
    "SELECT * FROM (WITH meta AS (SELECT 7) SELECT * FROM meta), meta",
    "SELECT (WITH meta AS (SELECT 7) SELECT * FROM meta), value FROM meta",
    "WITH meta AS (SELECT 7) SELECT * FROM main.meta",
    "WITH m\u00eata AS (SELECT 7) SELECT * FROM meta",
    "WITH RECURSIVE meta AS (SELECT value FROM meta UNION ALL SELECT '') SELECT * FROM meta",
    "WITH meta AS (SELECT 1) SELECT * FROM meta AT (VERSION => 1)",
    "SELECT * FROM v1.messages AT (VERSION => 1)",
    # files and the network
    "SELECT * FROM 'secrets.toml'",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM 'v1.messages'",
    'SELECT * FROM "data.parquet"',
    "SELECT * FROM 'https://example.org/x.parquet'",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM READ_CSV_AUTO('/etc/passwd')",
    "SELECT * FROM read_text('token')",
    "SELECT * FROM read_blob('token')",
    "SELECT * FROM read_json('x.json')",
    "SELECT * FROM read_parquet(['x.parquet'])",
    "SELECT * FROM parquet_metadata('x.parquet')",
    "SELECT * FROM sniff_csv('x.csv')",
    "SELECT * FROM glob('**')",
    "SELECT * FROM main.glob('**')",
    "SELECT * FROM read_duckdb('workspace.duckdb')",
    "SELECT * FROM v1.messages, LATERAL read_text(text)",
    "SELECT * FROM \"read_text\"('token')",
    # the catalog and the server
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM pg_catalog.pg_tables",
    "SELECT * FROM pg_class",
    "SELECT * FROM sqlite_master",
    "SELECT * FROM duckdb_tables",
    "SELECT * FROM duckdb_tables()",
    "SELECT * FROM duckdb_settings()",
    "SELECT * FROM duckdb_secrets()",
    "SELECT * FROM duckdb_views()",
    "SELECT * FROM duckdb_logs",
    "SELECT * FROM pragma_table_info('messages')",
    "SELECT * FROM pragma_storage_info('messages')",
    "SELECT * FROM query('SELECT * FROM main.messages')",
    "SELECT * FROM query_table('messages')",
    "SELECT * FROM histogram(messages, body)",
    "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT * FROM meta'))",
    "SELECT * FROM checkpoint('ws')",
    "SELECT * FROM seq_scan('messages')",
    "SELECT * FROM pandas_scan(1)",
    "SHOW TABLES",
    "SHOW ALL TABLES",
    "SHOW DATABASES",
    "SHOW TABLES FROM v1",
    "DESCRIBE",
    # functions that tell or change something
    "SELECT current_setting('temp_directory')",
    "SELECT Current_Setting('temp_directory')",
    "SELECT main.current_setting('temp_directory')",
    "SELECT getenv('HOME')",
    "SELECT getvariable('x')",
    "SELECT nextval('ids')",
    "SELECT currval('ids')",
    "SELECT setseed(0.5)",
    "SELECT write_log('x')",
    "SELECT sleep_ms(1000)",
    "SELECT pg_sleep(1000)",
    "SELECT length(repeat('x', 900000000))",
    "SELECT lpad('x', n, 'y') FROM (SELECT 900000000 AS n)",
    "SELECT list_resize([1], 100000000)",
    "SELECT json_serialize_plan('SELECT * FROM meta')",
    "SELECT pg_get_viewdef(1)",
    "SELECT sum(nextval('ids')) OVER () FROM range(3)",
    "SELECT list_transform([1], lambda x: nextval('ids'))",
    "SELECT * FROM range(nextval('ids'))",
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = Store.open(Paths(tmp_path_factory.mktemp("guard")))
    store.write(lambda tx: tx.execute(f"INSERT INTO meta VALUES ('secret', '{SECRET}')"))
    yield store
    store.close()


@pytest.fixture(scope="module")
def guard(store: Store) -> Guard:
    with store.read() as db:
        return Guard(db)


def check(store: Store, guard: Guard, sql: str) -> None:
    with store.read() as db:
        guard.check(db, sql)


def test_what_reads_the_views_is_let_through(store: Store, guard: Guard) -> None:
    for sql in FINE:
        check(store, guard, sql)


@pytest.mark.parametrize("sql", REFUSED)
def test_anything_else_is_refused(store: Store, guard: Guard, sql: str) -> None:
    with pytest.raises(QueryRefused):
        check(store, guard, sql)


@pytest.mark.parametrize("sql", ["SELEC 1", "SELECT FROM", "SELECT (1", "x" * 50, "SELECT 'a"])
def test_what_is_no_sql_fails_with_the_words_of_duckdb(
    store: Store, guard: Guard, sql: str
) -> None:
    with pytest.raises(QueryFailed, match="not SQL"):
        check(store, guard, sql)


def test_a_monstrous_query_is_refused_in_time(store: Store, guard: Guard) -> None:
    with pytest.raises(QueryRefused, match="longer"):
        check(store, guard, "SELECT " + "1," * MAX_QUERY + "1")
    for deep in ("[" * 900 + "1" + "]" * 900, "1" + " + 1" * 5_000, "f(" * 900 + ")" * 900):
        with pytest.raises((QueryRefused, QueryFailed)):
            check(store, guard, f"SELECT {deep}")


def test_a_refusal_says_where_to_look(store: Store, guard: Guard) -> None:
    with pytest.raises(QueryRefused, match=r"'main.messages'.*v1\.columns"):
        check(store, guard, "SELECT * FROM main.messages")


# --- whatever nesting: what is let through never sees a private table ---------------------------

SECRET = "a private row"
NAMES = st.sampled_from(["meta", "a"])


def nested(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Queries of two columns around others, with CTEs that are called like a private table."""
    return st.one_of(
        st.builds("WITH {} AS ({}) {}".format, NAMES, inner, inner),
        st.builds("WITH {} AS ({}), {} AS ({}) {}".format, NAMES, inner, NAMES, inner, inner),
        st.builds("({}) UNION ALL ({})".format, inner, inner),
        st.builds("SELECT * FROM ({}) AS s".format, inner),
        st.builds("SELECT l.* FROM ({}) AS l, ({}) AS r".format, inner, inner),
        st.builds("SELECT (SELECT max(key) FROM ({}) AS s), '' AS value".format, inner),
        st.builds("SELECT * FROM ({}) AS s WHERE EXISTS ({})".format, inner, inner),
        st.builds(
            "WITH RECURSIVE {} AS (({}) UNION ({})) SELECT * FROM {}".format,
            *(NAMES, inner, inner, NAMES),
        ),
    )


QUERIES = st.recursive(
    st.just("SELECT 'k' AS key, 'v' AS value")
    | st.builds("SELECT key, value FROM {}".format, NAMES),
    nested,
    max_leaves=6,
)


@settings(max_examples=300)
@given(sql=QUERIES)
def test_no_nesting_uncovers_a_private_row(store: Store, guard: Guard, sql: str) -> None:
    reader = store.new_reader()
    try:
        guard.check(reader, sql)
        found = reader.execute(sql)
    except (QueryRefused, QueryFailed, duckdb.Error):
        reject()
    finally:
        reader.close()
    assert SECRET not in str(found)
