"""Change events: from a position, caught up after a break, with a sign of life in between."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from httpx_sse import EventSource, ServerSentEvent
from own_loop import in_a_loop

from workspace.client import Workspace
from workspace.hub.stream import Changes
from workspace.settings import Paths
from workspace.store import Store, changes

Some = Callable[..., list[int]]


@contextmanager
def stream(http: httpx.Client, after: int | None = None) -> Iterator[Iterator[ServerSentEvent]]:
    headers = {} if after is None else {"Last-Event-ID": str(after)}
    with http.stream("GET", "/v1/changes", headers=headers, timeout=20) as answer:
        assert answer.status_code == 200
        yield EventSource(answer).iter_sse()


def test_changes_come_from_now_on(http: httpx.Client, ws: Workspace, some: Some) -> None:
    (id,) = some(1)
    with stream(http) as events:
        start = next(events)
        assert start.event == "position"
        ws.archive(id)
        change = next(events)
        assert change.event == "change"
        assert change.json()["conversation_id"] == str(id)
        assert int(change.id) > int(start.id)


def test_a_reader_catches_up_after_a_break(http: httpx.Client, ws: Workspace, some: Some) -> None:
    (id,) = some(1)
    with stream(http) as events:
        position = int(next(events).id)
    ws.archive(id)
    ws.unarchive(id)
    with stream(http, position) as events:
        assert int(next(events).id) == position
        missed = [next(events), next(events)]
    assert [event.json()["conversation_id"] for event in missed] == [str(id)] * 2
    assert position < int(missed[0].id) < int(missed[1].id)


def test_a_position_of_another_database_asks_for_a_reload(http: httpx.Client) -> None:
    with stream(http, 2**60) as events:
        next(events)
        change = next(events)
    assert change.json()["kind"] == "reload"
    assert int(change.id) < 2**60


@pytest.mark.parametrize("position", ["-1", "x", "1.5", str(2**63)])
def test_what_is_no_position(http: httpx.Client, position: str) -> None:
    answer = http.get("/v1/changes", headers={"Last-Event-ID": position})
    assert (answer.status_code, answer.json()["error"]) == (422, "invalid_request")


def test_events_never_tell_content(http: httpx.Client, ws: Workspace, some: Some) -> None:
    (id,) = some(1)
    with stream(http) as events:
        next(events)
        ws.archive(id)
        assert set(next(events).json()) == {"seq", "kind", "conversation_id", "inbound"}


# --- without a server: time and ends ----------------------------------------------------------


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(Paths(tmp_path))
    yield store
    store.close()


def test_silence_is_broken_by_heartbeats(store: Store) -> None:
    async def hear() -> list[bytes]:
        stream = Changes(store, heartbeat=0.01)
        stream.begin()
        parts = stream.follow(None)
        return [await anext(parts) for _ in range(3)]

    position, *beats = in_a_loop(hear())
    assert position.startswith(b"id: 0\nevent: position\n")
    assert beats == [b": still here\n\n"] * 2


def test_an_open_stream_ends_with_the_hub(store: Store) -> None:
    async def hear() -> list[bytes]:
        stream = Changes(store)
        stream.begin()
        parts = stream.follow(None)
        await anext(parts)
        asyncio.get_running_loop().call_later(0.01, stream.end)
        return [part async for part in parts]

    assert in_a_loop(hear()) == []


def test_many_changes_come_in_order_and_once(store: Store) -> None:
    def record(n: int) -> None:
        store.write(
            lambda tx: changes.record_many(tx, "conversation", [(i, False) for i in range(n)])
        )

    async def hear() -> list[bytes]:
        stream = Changes(store)
        stream.begin()
        record(1_200)
        parts = stream.follow(0)
        text = await anext(parts)
        while text.count(b"event: change") < 1_201:
            text += await anext(parts)
            if text.count(b"event: change") == 1_200:
                await asyncio.to_thread(record, 1)
        return [line for line in text.splitlines() if line.startswith(b"id: ")]

    ids = [int(line[4:]) for line in in_a_loop(hear())]
    assert ids == sorted(set(ids))
    assert len(ids) == 1_202  # and the position


def test_a_commit_after_the_end_wakes_nobody(store: Store) -> None:
    async def live() -> None:
        stream = Changes(store)
        stream.begin()

    in_a_loop(live())
    store.write(lambda tx: changes.record(tx, "conversation", 1))  # the loop is closed
