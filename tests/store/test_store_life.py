"""Closing a store, and replacing its file when that goes wrong."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from workspace.errors import StoreClosed, StoreLocked, StoreRefused
from workspace.settings import Paths
from workspace.store import Store, compact
from workspace.store.compact import CompactionFailed
from workspace.store.driver import Driver


def put(tx: Driver, key: str) -> None:
    tx.execute("INSERT INTO meta (key, value) VALUES ($1, 'x')", [key])


def keys(store: Store) -> set[str]:
    with store.read() as db:
        return {row[0] for row in db.execute("SELECT key FROM meta")}


# --- closing -----------------------------------------------------------------------------------


@pytest.fixture
def closed(paths: Paths) -> Store:
    store = Store.open(paths)
    store.close()
    return store


def test_to_close_again_does_nothing(closed: Store) -> None:
    closed.close()


def test_what_is_closed_says_so_at_once(closed: Store) -> None:
    for ask in (
        lambda: closed.write(lambda tx: put(tx, "late")),
        lambda: closed.replace(lambda tx: lambda: None),
        lambda: keys(closed),
        closed.checkpoint,
    ):
        with pytest.raises(StoreClosed, match="Open it again"):
            ask()


def test_closing_finishes_what_is_queued_and_refuses_the_rest(paths: Paths) -> None:
    store = Store.open(paths)
    entered, release = threading.Event(), threading.Event()

    def slow(tx: Driver) -> None:
        entered.set()
        assert release.wait(30)
        put(tx, "slow")

    threads = [threading.Thread(target=store.write, args=[slow])]
    threads[0].start()
    assert entered.wait(30)
    for n in range(3):
        threads.append(
            threading.Thread(target=store.write, args=[lambda tx, n=n: put(tx, f"queued {n}")])
        )
        threads[-1].start()
    while store._queue.qsize() < 3:
        pass
    closing = [threading.Thread(target=store.close) for _ in range(2)]
    for thread in closing:
        thread.start()
    while not store._closed:
        pass
    with pytest.raises(StoreClosed):
        store.write(lambda tx: put(tx, "late"))
    release.set()
    for thread in (*threads, *closing):
        thread.join(30)
        assert not thread.is_alive()
    again = Store.open(paths)
    assert {"slow", "queued 0", "queued 1", "queued 2"} <= keys(again)
    assert "late" not in keys(again)
    again.close()


def test_what_breaks_a_rule_of_the_database_is_told_without_its_values(store: Store) -> None:
    store.write(lambda tx: put(tx, "private words"))
    with pytest.raises(StoreRefused, match="constraint") as caught:
        store.write(lambda tx: put(tx, "private words"))
    assert "private words" not in str(caught.value)


# --- replacing ---------------------------------------------------------------------------------

HOLD = """
import sys
from pathlib import Path
from workspace.store.driver import connect
held = connect(Path(sys.argv[1]), 256)
print("held", flush=True)
sys.stdin.read()
held.close()
"""


@contextmanager
def held_by_another_process(database: Path) -> Iterator[Callable[[], None]]:
    """Gives what makes the other process take the file; at the end it lets go."""
    holders: list[subprocess.Popen[bytes]] = []

    def take() -> None:
        command = [sys.executable, "-c", HOLD, str(database)]
        holders.append(
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE),
        )
        assert holders[0].stdout is not None
        assert holders[0].stdout.readline() == b"held\n"

    try:
        yield take
    finally:
        for holder in holders:
            holder.communicate()


def test_a_swap_that_fails_leaves_the_old_file_in_use(store: Store) -> None:
    store.write(lambda tx: put(tx, "before"))
    other = Reader(store)

    def swap() -> None:
        raise OSError(28, "No space left on device")

    for fail in (lambda tx: swap(), lambda tx: swap):
        with pytest.raises(OSError, match="No space"):
            store.replace(fail)
        store.write(lambda tx, fail=fail: put(tx, f"after {id(fail)}"))
    assert len(keys(store)) == len(other.look())
    assert "before" in other.look()
    other.end()


class Reader:
    """Another thread, which keeps its connection."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._asked, self._told = threading.Semaphore(0), threading.Semaphore(0)
        self._found: set[str] = set()
        self._over = False
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        self.look()

    def _serve(self) -> None:
        while self._asked.acquire() and not self._over:
            self._found = keys(self._store)
            self._told.release()

    def look(self) -> set[str]:
        self._asked.release()
        assert self._told.acquire(timeout=30)
        return self._found

    def end(self) -> None:
        self._over = True
        self._asked.release()
        self._thread.join(30)


def test_a_file_that_cant_be_opened_again_is_tried_until_it_can(store: Store) -> None:
    """Between close and open another process takes it: as if somebody looked into the file."""
    store.write(lambda tx: put(tx, "before"))
    other = Reader(store)
    with held_by_another_process(store.database) as take:
        with pytest.raises(StoreLocked, match="held by process"):
            store.replace(lambda tx: take)
        for ask in (
            lambda: store.write(lambda tx: put(tx, "lost")),
            lambda: keys(store),
            store.new_reader,
            store.checkpoint,
        ):
            with pytest.raises(StoreLocked, match="held by process"):
                ask()
    store.write(lambda tx: put(tx, "after"))
    assert {"before", "after"} <= keys(store)
    assert {"before", "after"} <= other.look()
    assert "lost" not in keys(store)
    other.end()


def test_a_store_whose_file_is_away_can_be_closed(paths: Paths) -> None:
    store = Store.open(paths)
    store.write(lambda tx: put(tx, "before"))
    with held_by_another_process(store.database) as take:
        with pytest.raises(StoreLocked):
            store.replace(lambda tx: take)
        store.close()
    again = Store.open(paths)
    assert "before" in keys(again)
    again.close()


def test_a_copy_that_cant_be_opened_never_takes_the_databases_place(
    store: Store, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.write(lambda tx: put(tx, "before"))
    swap = compact._swap

    def damaged(store: Store, fresh: Path) -> None:
        fresh.write_bytes(b"a disk that forgot" + fresh.read_bytes()[18:])
        swap(store, fresh)

    monkeypatch.setattr(compact, "_swap", damaged)
    with pytest.raises(CompactionFailed, match="left as it was"):
        compact.compact(store)
    assert "before" in keys(store)
    assert not (paths.database_folder / compact.NAME).exists()
    store.write(lambda tx: put(tx, "after"))
    monkeypatch.undo()
    compact.compact(store)
    assert {"before", "after"} <= keys(store)
