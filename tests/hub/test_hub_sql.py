"""SQL over HTTP: typed refusals, limits, an Arrow stream, and nothing left behind."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pyarrow as pa
import pytest

from workspace.client import Workspace
from workspace.errors import QueryLimit
from workspace.settings import Paths
from workspace.store.guard import MAX_QUERY
from workspace.testing.hub import running_hub, still_folder

BIG = "SELECT range AS n, repeat('x', 100) AS t FROM range(300000)"
ENDLESS = "WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t) SELECT count(*) FROM t"
ALL = (
    "SELECT (SELECT count(*) FROM v1.messages), (SELECT count(*) FROM v1.events), "
    "(SELECT count(*) FROM v1.conversations WHERE archived), "
    "(SELECT count(*) FROM v1.conversations WHERE status = 'resolved')"
)
Ask = Callable[..., httpx.Response]


@pytest.fixture
def ask(http: httpx.Client) -> Ask:
    def ask(query: str, *params: object) -> httpx.Response:
        body = {"query": query, "params": params}
        return http.post("/v1/sql", json=body, timeout=60)

    return ask


def test_a_result_is_an_arrow_stream(ask: Ask) -> None:
    answer = ask("SELECT count(*) AS n FROM v1.conversations WHERE unread_count >= $1", 0)
    assert answer.headers["Content-Type"] == "application/vnd.apache.arrow.stream"
    assert pa.ipc.open_stream(answer.content).read_all().to_pylist()[0]["n"] == 40


def test_nothing_stays_in_the_spool(ask: Ask, paths: Paths) -> None:
    assert ask("SELECT 1 AS one").is_success
    assert not list(paths.spool.iterdir())


def test_nothing_stays_when_the_client_goes_away(http: httpx.Client, paths: Paths) -> None:
    with http.stream("POST", "/v1/sql", json={"query": BIG}, timeout=60) as answer:
        assert int(answer.headers["Content-Length"]) > 10_000_000
        next(answer.iter_raw())
    assert not list(paths.spool.iterdir())


def test_an_idle_reader_stops_nobody(http: httpx.Client, ask: Ask, paths: Paths) -> None:
    body = b'{"query": "%s"}' % BIG.encode()
    head = (
        "POST /v1/sql HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: {http.headers['Authorization']}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    address = (http.base_url.host, http.base_url.port)
    with socket.create_connection(address) as first, socket.create_connection(address) as second:
        for idle in (first, second):
            idle.sendall(head.encode() + body)
            assert idle.recv(15) == b"HTTP/1.1 200 OK"
        # Both hold an unread result, as many as may run at once; others go on all the same.
        assert ask("SELECT 1 AS one").is_success
        assert not list(paths.spool.iterdir())


WRITES = [
    "INSERT INTO messages SELECT * FROM messages",
    "UPDATE v1.conversations SET status = 'resolved'",
    "UPDATE conversations SET archived = true",
    "DELETE FROM v1.conversations",
    "TRUNCATE messages",
    "DROP TABLE messages",
    "CREATE TABLE mine AS SELECT 1",
    "CREATE OR REPLACE VIEW v1.messages AS SELECT 1",
    "SELECT nextval('ids')",
    "SET memory_limit = '1TB'",
    "CHECKPOINT",
    "BEGIN",
]
ATTACHES = [
    "ATTACH 'x.duckdb'",
    "ATTACH ':memory:' AS mine",
    "DETACH ws",
    "INSTALL httpfs",
    "LOAD sqlite",
]
FILES = [
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM 'https://example.org/x.csv'",
    "SELECT (SELECT content FROM read_blob('../token'))",
    "SELECT * FROM glob('*')",
    "SELECT * FROM sqlite_scan('../journal.sqlite', 'payloads')",
    "COPY v1.messages TO 'out.csv'",
    "COPY messages FROM 'in.csv'",
    "EXPORT DATABASE 'out'",
    "SELECT getenv('HOME')",
]
PRIVATE = [
    "SELECT * FROM messages",
    "FROM main.messages",
    "SELECT * FROM ws.main.messages",
    "SELECT * FROM v1.messages WHERE EXISTS (SELECT 1 FROM main.contacts)",
    "WITH messages AS (SELECT * FROM messages) SELECT * FROM messages",
    "SELECT * FROM query_table('messages')",
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM duckdb_settings()",
    "SHOW TABLES",
    "SUMMARIZE messages",
]


@pytest.mark.parametrize("query", [*WRITES, *ATTACHES, *FILES, *PRIVATE])
def test_what_is_no_reading_of_the_views_is_refused(ask: Ask, ws: Workspace, query: str) -> None:
    before = ws.sql(ALL).arrow()
    told = refused(ask(query), 422, "query_refused")
    assert "can't be" in told or "Only a SELECT can be run here" in told
    assert ws.sql(ALL).arrow() == before


@pytest.mark.parametrize(
    ("query", "code", "words"),
    [
        ("SELECT 1; SELECT 2", "query_refused", "exactly one SELECT"),
        ("", "query_refused", "exactly one SELECT"),
        pytest.param("x" * (MAX_QUERY + 1), "too_large", f"{MAX_QUERY:,}", id="too long"),
        ("SELECT no_such_column FROM v1.messages", "query_failed", "no_such_column"),
        ("SELECT 1 WHERE $1 = 1", "query_failed", "parameter"),
        ("SELEKT 1", "query_failed", "not SQL"),
    ],
)
def test_refusals_are_typed(ask: Ask, query: str, code: str, words: str) -> None:
    answer = ask(query)
    assert words in refused(answer, answer.status_code, code)


def refused(answer: httpx.Response, status: int, code: str) -> str:
    """Its words."""
    told = answer.json()
    assert (answer.status_code, told["error"]) == (status, code), told
    return str(told["message"])


# --- what never ends ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A client of a hub that gives a query two seconds and a result two megabytes."""
    folder = still_folder(tmp_path_factory.mktemp("hasty") / "demo")
    with Paths(folder).settings.open("a") as settings:
        settings.write("sql_seconds = 2\nsql_megabytes = 2\n")
    with running_hub(folder) as ws:
        yield ws


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (ENDLESS, "longer than 2 seconds"),
        ("SELECT max(md5(range::text)) FROM range(100000000000)", "longer than 2 seconds"),
        ("SELECT md5(range::text) FROM range(100000000000)", "larger than 2 MB"),
    ],
)
@pytest.mark.slow
def test_what_never_ends_is_ended(hasty: Workspace, query: str, words: str) -> None:
    with pytest.raises(QueryLimit, match=words):
        hasty.sql(query)
    assert not list(Paths(Path(hasty.info().folder)).spool.iterdir())
