"""What goes wrong unexpectedly: told with a reference, logged without what customers said."""

import asyncio
import json
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from own_loop import in_a_loop
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from workspace.client import Workspace
from workspace.hub import log
from workspace.hub.failures import Guard
from workspace.settings import Paths

SECRET = "what Ada wrote about her illness"


@pytest.fixture
def paths_logged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Paths]:
    """A folder to which all logging of this process goes, for one test."""
    root = logging.getLogger()
    level = root.level
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    paths = Paths(tmp_path)
    log.configure(paths, foreground=False)
    logging.captureWarnings(False)
    yield paths
    for handler in root.handlers:
        handler.close()
    root.setLevel(level)


def ask(app: ASGIApp) -> httpx.Response:
    async def go() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://hub") as client:
            return await client.get("/")

    return in_a_loop(go())


async def broken(scope: Scope, receive: Receive, send: Send) -> None:
    try:
        raise KeyError(SECRET)
    except KeyError as error:
        raise ValueError(SECRET) from error


def test_an_unexpected_error_is_told_by_reference_alone(paths_logged: Paths) -> None:
    answer = ask(Guard(broken))
    told = answer.json()
    assert (answer.status_code, told["error"]) == (500, "error")
    assert SECRET not in answer.text
    logged = paths_logged.log.read_text()
    assert told["detail"]["reference"] in logged
    assert told["detail"]["reference"] in told["message"]
    assert SECRET not in logged
    assert "builtins.KeyError" in logged
    assert "builtins.ValueError" in logged
    assert "in broken" in logged, "the place must be there"


def test_a_thread_that_dies_is_logged_without_content(paths_logged: Paths) -> None:
    def die() -> None:
        raise RuntimeError(SECRET)

    thread = threading.Thread(target=die, name="store-writer")
    thread.start()
    thread.join()
    logged = paths_logged.log.read_text()
    assert "store-writer died" in logged
    assert "RuntimeError" in logged
    assert SECRET not in logged


def test_libraries_may_warn_but_not_chat(paths_logged: Paths) -> None:
    logging.getLogger("httpx").info("GET https://api.example/bot-token/send")
    logging.getLogger("workspace.x").info("said")
    logged = paths_logged.log.read_text()
    assert "bot-token" not in logged
    assert "said" in logged


def test_an_answer_under_way_breaks_off(paths_logged: Paths) -> None:
    async def half(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ValueError(SECRET)

    sent: list[str] = []

    async def go() -> None:
        async def send(message: object) -> None:
            sent.append(str(message))

        async def receive() -> dict[str, str]:
            return {"type": "http.disconnect"}

        await Guard(half)({"type": "http"}, receive, send)  # type: ignore[arg-type]

    in_a_loop(go())
    assert len(sent) == 1, "no second head after the first"


def test_what_the_end_of_the_hub_cuts_off_is_told() -> None:
    sent: list[Message] = []

    async def go() -> None:
        working = asyncio.Event()

        async def endless(scope: Scope, receive: Receive, send: Send) -> None:
            working.set()
            await asyncio.Event().wait()

        async def send(message: Message) -> None:
            sent.append(message)

        request = asyncio.create_task(Guard(endless)({"type": "http"}, nothing, send))
        await working.wait()
        request.cancel()
        await request

    async def nothing() -> Message:
        return {"type": "http.disconnect"}

    in_a_loop(go())
    head, body = sent
    told = json.loads(body["body"])
    assert (head["status"], told["error"]) == (503, "hub_unavailable")
    assert "may or may not have been done" in told["message"]


def test_hub_log_holds_nothing_of_customers(
    ws: Workspace, http: httpx.Client, paths: Paths, signed: Callable[..., dict[str, str]]
) -> None:
    found = ws.conversations(search="Customer 7")
    id = found[0].id
    http.get("/v1/conversations?search=Customer&limit=0")
    http.post("/v1/sql", json={"query": "SELECT 'Customer 7' + 1"})
    http.post(f"/v1/conversations/{id}/messages", json={"text": ["Customer"]}, headers=signed())
    ws.send(id, f"To {found[0].contact_name}")
    logged = paths.log.read_text()
    assert "Customer" not in logged
    assert found[0].address.value not in logged
