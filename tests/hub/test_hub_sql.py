"""SQL over HTTP: typed refusals, an Arrow stream, and nothing left behind."""

import socket
from collections.abc import Callable

import httpx
import pyarrow as pa
import pytest

from workspace.settings import Paths

BIG = "SELECT range AS n, repeat('x', 100) AS t FROM range(300000)"
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


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("DELETE FROM v1.conversations", "query_refused"),
        ("ATTACH 'x.duckdb'", "query_refused"),
        ("SELECT * FROM messages", "query_refused"),
        ("SELECT * FROM read_text('/etc/passwd')", "query_refused"),
        ("SELECT 1; SELECT 2", "query_refused"),
        ("SELECT no_such_column FROM v1.messages", "query_failed"),
        ("SELECT 1 WHERE $1 = 1", "query_failed"),
        ("", "query_refused"),
    ],
)
def test_refusals_are_typed(ask: Ask, query: str, code: str) -> None:
    answer = ask(query)
    assert answer.json()["error"] == code, answer.text
