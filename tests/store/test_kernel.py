"""The store's machinery: one writer, many readers, idempotency, changes."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from workspace.errors import Conflict, StoreLocked, StoreTooNew
from workspace.models import Change
from workspace.settings import Paths, Settings
from workspace.store import Priority, Store, changes, idempotency, ids
from workspace.store.driver import Driver, connect


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path)


@pytest.fixture
def opened(paths: Paths):
    store = Store.open(paths)
    yield store
    store.close()


def put(tx: Driver, key: str, value: str = "x") -> None:
    tx.execute("INSERT INTO meta (key, value) VALUES ($1, $2)", [key, value])


def keys(store: Store) -> list[str]:
    with store.read() as db:
        return [row[0] for row in db.execute("SELECT key FROM meta ORDER BY key")]


# --- writing -----------------------------------------------------------------------------------


def test_what_raises_is_rolled_back_and_raised(opened: Store) -> None:
    def work(tx: Driver) -> None:
        put(tx, "half")
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        opened.write(work)
    assert "half" not in keys(opened)
    opened.write(lambda tx: put(tx, "whole"))
    assert "whole" in keys(opened)


def test_a_failed_commit_leaves_the_writer_usable(opened: Store) -> None:
    opened.write(lambda tx: put(tx, "a"))
    with pytest.raises(Exception, match=r"(?i)constraint"):
        opened.write(lambda tx: put(tx, "a"))
    opened.write(lambda tx: put(tx, "b"))
    assert {"a", "b"} <= set(keys(opened))


def test_many_threads_write_and_read_at_once(opened: Store) -> None:
    def work(n: int) -> None:
        for i in range(20):
            opened.write(lambda tx, i=i: put(tx, f"{n}-{i}"))
            assert f"{n}-{i}" in keys(opened)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum("-" in key for key in keys(opened)) == 80


def test_verbs_go_before_batches(opened: Store) -> None:
    entered, release, order = threading.Event(), threading.Event(), []

    def first(tx: Driver) -> None:
        entered.set()
        release.wait()

    def ask(name: str, priority: Priority) -> threading.Thread:
        thread = threading.Thread(
            target=lambda: opened.write(lambda tx: order.append(name), priority)
        )
        thread.start()
        return thread

    blocker = threading.Thread(target=lambda: opened.write(first))
    blocker.start()
    entered.wait()
    queued = [ask("batch", Priority.BATCH)]
    while opened._queue.qsize() < 1:
        pass
    queued.append(ask("verb", Priority.VERB))
    while opened._queue.qsize() < 2:
        pass
    release.set()
    for thread in [blocker, *queued]:
        thread.join()
    assert order == ["verb", "batch"]


def test_ids_are_never_given_twice(paths: Paths) -> None:
    store = Store.open(paths)
    first = store.write(lambda tx: ids.allocate(tx, 3))
    store.close()
    store = Store.open(paths)
    second = store.write(lambda tx: ids.allocate(tx, 3))
    store.close()
    assert first == sorted(first)
    assert max(first) < min(second)


# --- files -------------------------------------------------------------------------------------

HOLD = """
import sys
from pathlib import Path
from workspace.settings import Paths
from workspace.store import Store
Store.open(Paths(Path(sys.argv[1])))
print("open", flush=True)
sys.stdin.read()
"""


def test_a_locked_file_names_its_holder(paths: Paths) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(paths.folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"open\n"
        with pytest.raises(StoreLocked, match=f"process {holder.pid} "):
            Store.open(paths)
    finally:
        holder.communicate()


def test_a_newer_schema_is_refused_and_left_alone(paths: Paths) -> None:
    Store.open(paths).close()
    raw = connect(paths.database, 256)
    raw.execute("INSERT INTO migrations VALUES (9999, now())")
    raw.close()
    for _ in range(2):
        with pytest.raises(StoreTooNew, match="schema 9999"):
            Store.open(paths)


def test_opening_again_keeps_everything(paths: Paths) -> None:
    store = Store.open(paths)
    store.write(lambda tx: put(tx, "kept"))
    store.close()
    store = Store.open(paths)
    assert "kept" in keys(store)
    store.close()


def test_the_file_can_be_replaced_under_open_readers(opened: Store, tmp_path: Path) -> None:
    opened.write(lambda tx: put(tx, "before"))
    assert "before" in keys(opened)
    swapped = []
    opened.replace(lambda tx: lambda: swapped.append(True))
    assert swapped
    assert "before" in keys(opened)
    opened.write(lambda tx: put(tx, "after"))
    assert "after" in keys(opened)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_text('/etc/hostname')",
        "COPY meta TO '/tmp/out.csv'",
        "ATTACH '/tmp/other.duckdb'",
        "SET enable_external_access = true",
        "SET memory_limit = '1TB'",
        "INSTALL httpfs",
    ],
)
def test_the_engine_reaches_nothing_outside_its_folder(opened: Store, statement: str) -> None:
    with opened.read() as db, pytest.raises(Exception, match=r"(?i)permission|configuration"):
        db.execute(statement)


def test_the_memory_limit_is_the_settings(paths: Paths) -> None:
    store = Store.open(paths, Settings(memory_megabytes=300))
    with store.read() as db:
        limit = db.execute("SELECT current_setting('memory_limit')")[0][0]
    store.close()
    assert limit == "286.1 MiB"


# --- idempotency -------------------------------------------------------------------------------


def test_one_key_does_the_work_once(opened: Store) -> None:
    def ask(answer: int) -> list[int]:
        return opened.write(
            lambda tx: idempotency.once(tx, "k", {"ids": [1]}, list[int], lambda: [answer])
        )

    assert ask(1) == [1]
    assert ask(2) == [1]


def test_one_key_for_two_requests_is_a_conflict(opened: Store) -> None:
    opened.write(lambda tx: idempotency.once(tx, "k", {"ids": [1]}, int, lambda: 1))
    with pytest.raises(Conflict, match="another request"):
        opened.write(lambda tx: idempotency.once(tx, "k", {"ids": [2]}, int, lambda: 1))


def test_work_that_raises_keeps_no_key(opened: Store) -> None:
    def fail() -> int:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        opened.write(lambda tx: idempotency.once(tx, "k", {}, int, fail))
    assert opened.write(lambda tx: idempotency.once(tx, "k", {}, int, lambda: 5)) == 5


# --- changes -----------------------------------------------------------------------------------


def test_listeners_hear_of_commits_that_recorded_a_change(opened: Store) -> None:
    heard: list[int] = []
    opened.on_commit(heard.append)
    opened.write(lambda tx: put(tx, "silent"))
    opened.write(lambda tx: changes.record(tx, "conversation", 7, inbound=True))
    with opened.read() as db:
        assert heard == [changes.last(db)]
        assert changes.since(db, 0) == [Change(heard[0], "conversation", 7, True)]
        assert changes.since(db, heard[0]) == []


def test_a_position_from_elsewhere_asks_for_a_reload(
    opened: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for id in range(5):
        opened.write(lambda tx, id=id: changes.record(tx, "conversation", id))
    with opened.read() as db:
        last = changes.last(db)
        assert changes.since(db, last + 1) == [Change(last, "reload")]
    monkeypatch.setattr(changes, "KEPT", 2)
    opened.write(changes.trim)
    with opened.read() as db:
        assert [change.seq for change in changes.since(db, last - 2)] == [last - 1, last]
        assert changes.since(db, 0) == [Change(last, "reload")]
