"""Everybody works on one workspace at once, and each gets what they asked for."""

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import start_new_kernel
from kept_runs import CONVO

from tests.browser.stage import Stage, stage
from workspace import Workspace
from workspace.services.queries import AT_ONCE
from workspace.testing.hub import running_hub

BURST = 1_000
ROWS = 200_000
PATIENCE = 90

# What an analyst's notebook does: looks around, and triages.
TRIAGE = """
from workspace import connect
ws = connect({folder!r})
for turn in range(15):
    rows = ws.conversations(search="", limit=20).rows[{first}::2]
    for row in rows[:3]:
        assert ws.messages(row.id).rows
        ws.mark_read(row.id)
        ws.mark_unread(row.id)
    assert len(ws.sql("SELECT count(*) FROM v1.messages").df()) == 1
print("done")
"""


OPEN = "('queued', 'sending', 'retry')"


@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with running_hub(tmp_path_factory.mktemp("at-once") / "demo") as found:
        found.load_demo(size=60)
        until(found, lambda: not deliveries(found, f"delivery_status IN {OPEN}"))
        yield found


@contextmanager
def kernel() -> Iterator[BlockingKernelClient]:
    manager, client = start_new_kernel()
    try:
        yield client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def until(ws: Workspace, condition: Callable[[], bool]) -> None:
    """Waits for something to be true; looks again after every change."""
    news = threading.Event()
    watching = ws.watch(lambda _: news.set())
    try:
        while not condition():
            assert news.wait(PATIENCE), f"nothing happened for {PATIENCE} s"
            news.clear()
    finally:
        watching.stop()


def troubles(ws: Workspace) -> set[str]:
    return {check.name for check in ws.doctor() if not check.ok}


def deliveries(ws: Workspace, condition: str) -> set[int]:
    """The outbound messages that meet a condition."""
    found = ws.sql(f"SELECT message_id FROM v1.deliveries WHERE {condition}")
    return set(found.df()["message_id"])


def in_doubt(ws: Workspace) -> set[int]:
    return deliveries(ws, "delivery_status = 'in_doubt'")


def burst(ws: Workspace) -> int:
    """A channel on which a thousand messages arrive as fast as they can; its id."""
    talkative = {"pace": 0.001, "messages": BURST, "answer_after": 0}
    return ws.add_channel("simulator", "Burst", talkative).id


def arrived(ws: Workspace, channel: int) -> int:
    counted = ws.sql(
        "SELECT count(*) AS n, count(DISTINCT message_id) AS ids FROM v1.messages "
        "WHERE channel_id = $1 AND direction = 'inbound'",
        [channel],
    ).df()
    assert counted["n"][0] == counted["ids"][0]
    return int(counted["n"][0])


def idle_reader(ws: Workspace) -> "tuple[pa.RecordBatchReader, int]":
    """A large result of which little is read for now, and how many rows that was."""
    reader = ws.sql(f"SELECT m.* FROM v1.messages AS m, range({ROWS}) LIMIT {ROWS}").reader()
    return reader, reader.read_next_batch().num_rows


def rest(reader: "pa.RecordBatchReader") -> int:
    return sum(batch.num_rows for batch in reader)


@pytest.mark.slow
def test_two_kernels_a_command_a_job_and_a_burst(ws: Workspace) -> None:
    folder = ws.info().folder
    doubted = in_doubt(ws)
    assert doubted, "a demo has a message whose fate is unknown"
    with kernel() as first, kernel() as second:
        idle, rows = idle_reader(ws)
        channel = burst(ws)
        asked = [
            client.execute(TRIAGE.format(folder=folder, first=n))
            for n, client in enumerate((first, second))
        ]
        wanted = ("--set", "older_than_days=2", "--set", "dry_run=false")
        job = start("run", "archive_inactive", *wanted, "--folder", folder)
        listing = start("list", "--folder", folder)
        until(ws, lambda: arrived(ws, channel) >= BURST)
        for client, id in zip((first, second), asked, strict=True):
            answered = answer(client, id)
            assert answered["status"] == "ok", answered
        for process in (job, listing):
            _, said = process.communicate(timeout=PATIENCE)
            assert process.returncode == 0, said
        rows += rest(idle)
    assert rows == ROWS
    assert arrived(ws, channel) == BURST
    ws.remove_channel(channel)
    assert in_doubt(ws) == doubted
    assert troubles(ws) == {"not confirmed"}
    assert "ERROR" not in (Path(folder) / "hub.log").read_text("utf-8")


def test_an_idle_reader_stops_neither_receiving_nor_checkpoints(tmp_path: Path) -> None:
    """The hub runs in this process, so that a checkpoint can be had at will."""
    with stage(tmp_path / "demo") as hub:
        hub.writes("Ira Idle", "Hello")
        readers = [idle_reader(hub.ws) for _ in range(AT_ONCE)]
        channel = burst(hub.ws)
        until(hub.ws, lambda: arrived(hub.ws, channel) >= BURST)
        for change in (hub.ws.resolve, hub.ws.reopen):
            # What the readers read has changed, which no checkpoint goes past while they hold it.
            assert change(hub.named("Ira Idle")).changed == 1
            assert logged(hub) > 0
            hub.services.store.checkpoint()
            assert logged(hub) == 0
        assert [rows + rest(reader) for reader, rows in readers] == [ROWS] * AT_ONCE


def logged(hub: Stage) -> int:
    """Bytes of what is written but not yet in the database file itself."""
    path = hub.services.store.database.with_name("workspace.duckdb.wal")
    return path.stat().st_size if path.exists() else 0


def answer(client: BlockingKernelClient, id: str) -> dict[str, Any]:
    """What became of a cell; the kernel's answers to its handshake come first."""
    while True:
        reply = client.get_shell_msg(timeout=PATIENCE)
        if reply["parent_header"]["msg_id"] == id:
            content: dict[str, Any] = reply["content"]
            return content


def start(*arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [*CONVO, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
