"""Everybody works on one workspace at once, and each gets what they asked for."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import start_new_kernel
from kept_runs import CONVO

from workspace import Workspace
from workspace.models import Change
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


@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with running_hub(tmp_path_factory.mktemp("at-once") / "demo") as found:
        found.load_demo(size=60)
        yield found


@contextmanager
def kernel() -> Iterator[BlockingKernelClient]:
    manager, client = start_new_kernel()
    try:
        yield client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def troubles(ws: Workspace) -> set[str]:
    return {check.name for check in ws.doctor() if not check.ok}


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


def wait_for_burst(ws: Workspace, channel: int, news: threading.Event) -> None:
    while arrived(ws, channel) < BURST:
        assert news.wait(PATIENCE), f"{arrived(ws, channel)} of {BURST} after {PATIENCE} s of calm"
        news.clear()


def test_two_kernels_a_command_a_job_and_a_burst(ws: Workspace) -> None:
    folder = ws.info().folder
    news = threading.Event()

    def hear(change: Change) -> None:
        news.set()

    with kernel() as first, kernel() as second:
        watching = ws.watch(hear)
        idle = ws.sql(f"SELECT m.* FROM v1.messages AS m, range({ROWS}) LIMIT {ROWS}").reader()
        rows = idle.read_next_batch().num_rows  # the rest is left lying for now
        channel = burst(ws)
        asked = [
            client.execute(TRIAGE.format(folder=folder, first=n))
            for n, client in enumerate((first, second))
        ]
        wanted = ("--set", "older_than_days=2", "--set", "dry_run=false")
        job = start("run", "archive_inactive", *wanted, "--folder", folder)
        listing = start("list", "--folder", folder)
        wait_for_burst(ws, channel, news)
        for client, id in zip((first, second), asked, strict=True):
            answered = answer(client, id)
            assert answered["status"] == "ok", answered
        for process in (job, listing):
            _, said = process.communicate(timeout=PATIENCE)
            assert process.returncode == 0, said
        rows += sum(batch.num_rows for batch in idle)
        watching.stop()
    assert rows == ROWS
    assert arrived(ws, channel) == BURST
    assert troubles(ws) <= {"not confirmed"}  # a demo has a message whose fate is unknown
    assert "ERROR" not in (Path(folder) / "hub.log").read_text("utf-8")


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
