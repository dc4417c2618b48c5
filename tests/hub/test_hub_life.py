"""From start to end: one hub a folder, found by its lock, stopped in order, killed without loss."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psutil
import pytest
from httpx_sse import EventSource

from workspace import connect, lock, process
from workspace.client import Workspace
from workspace.errors import HubUnavailable, HubVersionError, QueryLimit, StoreLocked
from workspace.lock import FolderLock, Holder
from workspace.models import Status
from workspace.process import Location
from workspace.services.queries import AT_ONCE
from workspace.settings import Paths
from workspace.testing.hub import kill_hub, running_hub, still_folder

BURST = 2_000
ENDLESS = "WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t) SELECT count(*) FROM t"

CONNECT = """
import sys
from workspace import process
print(process.connect(process.resolve(sys.argv[1])).url)
"""


@pytest.fixture
def paths(tmp_path: Path) -> Iterator[Paths]:
    paths = process.make_demo(tmp_path / "demo")
    yield paths
    process.stop(paths)


def hub_command(paths: Paths, *more: str) -> list[str]:
    return [sys.executable, "-m", "workspace.hub", "--folder", str(paths.folder), *more]


# --- one hub ----------------------------------------------------------------------------------


def test_connects_at_once_start_one_hub(paths: Paths) -> None:
    command = [sys.executable, "-c", CONNECT, str(paths.folder)]
    racers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(5)]
    urls = [racer.communicate(timeout=60)[0].strip() for racer in racers]
    assert [racer.returncode for racer in racers] == [0] * 5
    assert len(set(urls)) == 1
    assert urls[0].startswith("http://127.0.0.1:")
    assert paths.log.read_text().count(" starts for ") == 1


@pytest.mark.slow
def test_threads_at_once_start_one_hub(paths: Paths) -> None:
    urls: list[str] = []
    threads = [
        threading.Thread(target=lambda: urls.append(process.connect(Location(paths)).url))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(urls) == 8
    assert len(set(urls)) == 1


def test_a_second_hub_is_refused_and_told_who_holds_the_folder(paths: Paths) -> None:
    first = process.start(paths)
    held = lock.holder(paths)
    assert held
    second = subprocess.run(
        hub_command(paths), capture_output=True, text=True, timeout=60, check=False
    )
    assert second.returncode == 75
    assert str(held.pid) in second.stderr
    assert first.url in second.stderr
    assert process.find(paths) == first


def test_the_hub_is_detached(paths: Paths) -> None:
    """Interrupting a kernel signals its process group, ending it closes its terminal."""
    process.start(paths)
    held = lock.holder(paths)
    assert held
    assert held.pid
    assert os.getsid(held.pid) == held.pid != os.getsid(0)
    hub = psutil.Process(held.pid)
    assert not [f for f in hub.open_files() if f.path.startswith("/dev/tty")]


def test_connecting_again_finds_the_same_hub(paths: Paths) -> None:
    first = process.connect(Location(paths))
    assert process.connect(Location(paths)) == first


# --- the end ----------------------------------------------------------------------------------


@pytest.mark.slow
def test_stop_waits_until_the_folder_is_free(paths: Paths) -> None:
    hub = process.start(paths)
    assert process.stop(paths)
    assert lock.holder(paths) is None
    with pytest.raises(HubUnavailable, match="No hub answers"):
        process.handshake(hub)
    assert not process.stop(paths)
    assert "stopped" in paths.log.read_text().splitlines()[-1]


def test_stopping_is_over_when_the_next_hub_holds_the_folder(paths: Paths) -> None:
    process.start(paths)
    with paths.lock.open("rb+") as file, ThreadPoolExecutor(2) as pool:
        taken = pool.submit(fcntl.flock, file, fcntl.LOCK_EX)
        stopping = pool.submit(process.stop, paths)
        taken.result(60)
        file.write(json.dumps({"pid": os.getpid()}).encode())
        file.flush()
        assert stopping.result(10)


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_gracefully(paths: Paths, name: signal.Signals) -> None:
    with subprocess.Popen(
        hub_command(paths, "--foreground"), stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stderr
        for line in running.stderr:
            if "answering at" in line:
                running.send_signal(name)
        assert running.wait(timeout=60) == 0
    assert lock.holder(paths) is None
    assert "stopped" in paths.log.read_text().splitlines()[-1]


@pytest.mark.slow
def test_stopping_with_a_stream_open(paths: Paths) -> None:
    hub = process.start(paths)
    headers = {"Authorization": f"Bearer {hub.token}"}
    with httpx.stream("GET", f"{hub.url}/v1/changes", headers=headers, timeout=30) as answer:
        events = EventSource(answer).iter_sse()
        assert next(events).event == "position"
        stopping = threading.Thread(target=process.stop, args=[paths])
        stopping.start()
        assert list(events) == []  # it ends, properly
    stopping.join(timeout=10)
    assert not stopping.is_alive()
    assert "Cancel" not in paths.log.read_text()


@pytest.mark.slow
def test_stopping_amid_a_burst_spoils_nothing(paths: Paths) -> None:
    """What is received and not yet applied stays in the journal, and is no worse for it."""
    news = threading.Event()
    with connect(paths.folder) as ws:
        watch = ws.watch(lambda change: news.set() if change.inbound else None)
        burst = {"pace": 0.0001, "messages": BURST, "answer_after": 0}
        ws.add_channel("simulator", "Burst", burst)
        assert news.wait(30)
        ws.stop_hub()
        assert arrived(ws) < BURST, "it was stopped too late to show anything"
        while arrived(ws) < BURST:
            assert news.wait(30)
            news.clear()
        watch.stop()
        assert {check.name: check.ok for check in ws.doctor()}["quarantine"]
    assert "ERROR" not in paths.log.read_text()


def arrived(ws: Workspace) -> int:
    return int(ws.sql("SELECT count(*) AS n FROM v1.messages").df()["n"][0])


@pytest.mark.slow
def test_queries_that_never_end_hold_up_nothing_and_end_with_the_hub(tmp_path: Path) -> None:
    paths = Paths(still_folder(tmp_path / "demo"))
    with running_hub(paths.folder) as ws, ThreadPoolExecutor(AT_ONCE) as pool:
        hub = psutil.Process(ws.info().pid)
        endless = [pool.submit(ws.sql, ENDLESS) for _ in range(AT_ONCE)]
        with pytest.raises(QueryLimit, match=f"{AT_ONCE} queries are running already"):
            ask_for_ever(ws)
        assert ws.conversations(query="SELECT id FROM v1.conversations").total > 3
        for row in ws.conversations(search="order", status="pending", limit=3):
            ws.send(row.id, "On its way.")
            ws.resolve(row.id)  # what they read is out of date now: no checkpoint goes past that
            assert ws.conversation(row.id).status is Status.RESOLVED
        assert not any(query.done() for query in endless)

        ws.stop_hub()
        for query in endless:
            with pytest.raises(HubUnavailable, match="stopped while this query ran"):
                query.result()
        hub.wait(30)
        assert not paths.database.with_name("workspace.duckdb.wal").exists()
        assert len(ws.conversations(status="resolved")) > 3
    assert "ERROR" not in paths.log.read_text()


def ask_for_ever(ws: Workspace) -> None:
    while True:
        ws.sql("SELECT 1")


def test_a_killed_hub_leaves_nothing_in_the_way(paths: Paths) -> None:
    first = process.start(paths)
    pid = kill_hub(paths.folder)
    assert paths.lock.read_text(), "what it left says it still runs; the lock knows better"
    assert lock.holder(paths) is None
    second = process.connect(Location(paths))
    held = lock.holder(paths)
    assert held
    assert held.pid != pid
    assert second.token == first.token


# --- what goes wrong at the start -------------------------------------------------------------


def test_a_hub_that_cannot_start_says_why(paths: Paths) -> None:
    paths.settings.write_text("demo = 3\n")
    with pytest.raises(HubUnavailable, match="demo must be"):
        process.start(paths)
    assert lock.holder(paths) is None


@pytest.mark.slow
def test_another_program_that_holds_the_database_is_named(paths: Paths) -> None:
    paths.database_folder.mkdir()
    hold = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(paths.database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(HubUnavailable, match=f"held by process {holder.pid}"):
            process.start(paths)
        holder.communicate("\n")


@pytest.mark.slow
def test_a_used_port_is_named(paths: Paths) -> None:
    hub = process.start(paths)
    port = hub.url.rpartition(":")[2]
    other = process.make_demo(paths.folder.parent / "other")
    refused = subprocess.run(
        hub_command(other, "--port", port, "--foreground"),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert refused.returncode == 1
    assert f"Port {port} can't be used" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_start_is_given_up_after_a_while(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody holds the folder and never answers."""
    monkeypatch.setattr(process, "PATIENCE", 0.1)
    with FolderLock(paths) as held:
        held.tell(Holder(os.getpid(), version="x"))
        with pytest.raises(HubUnavailable, match=str(os.getpid())):
            process.start(paths)


def test_the_lock_names_its_holder(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "PATIENCE", 0.05)
    with FolderLock(paths) as held:
        held.tell(Holder(4321, 80, "http://127.0.0.1:80", "1"))
        with pytest.raises(StoreLocked, match=r"process 4321 at http://127\.0\.0\.1:80"):
            FolderLock(paths)
    assert lock.holder(paths) is None


# --- versions ---------------------------------------------------------------------------------


@pytest.mark.slow
def test_an_older_idle_hub_is_replaced(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    first = process.start(paths)
    monkeypatch.setattr(process, "VERSION", "99.0.0")
    # The new hub is this same old program, so the one handshake after the restart is all there is.
    second = process.connect(Location(paths))
    assert second.url != first.url
    assert paths.log.read_text().count("stopped") == 1


@pytest.mark.slow
def test_a_newer_hub_is_left_alone(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    process.start(paths)
    monkeypatch.setattr(process, "VERSION", "0.0.1")
    with pytest.raises(HubVersionError, match=r"older 0\.0\.1"):
        process.connect(Location(paths))


@pytest.mark.parametrize(
    ("older", "newer"), [("0.1.0", "0.2.0"), ("0.9", "0.10"), ("1.0", "1.0.1"), ("1.2rc1", "2")]
)
def test_versions_are_compared_as_numbers(older: str, newer: str) -> None:
    assert process._order(older) < process._order(newer)


@pytest.mark.slow
def test_a_sending_hub_is_not_restarted(paths: Paths) -> None:
    hub = process.start(paths)
    info = process.handshake(hub)
    busy = type(info)("0.0.1", 0, 1, info.folder, True, 3, False)
    with pytest.raises(HubVersionError, match="sending 3 messages"):
        process._may_restart(busy)
