"""Rewriting the database file, so that deleted rows are gone from the disk."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from workspace.errors import StoreLocked
from workspace.settings import Paths
from workspace.store import Store, compact
from workspace.store import store as store_module
from workspace.store.compact import CompactionFailed
from workspace.store.driver import Driver
from workspace.testing.builders import Builder, inbound, talk

SECRET = "Rumpelstilzchen"


def on_disk(paths: Paths, text: str = SECRET) -> bool:
    return any(text.encode() in file.read_bytes() for file in paths.database_folder.glob("*.*"))


def fill(builder: Builder) -> None:
    builder.add([talk(inbound(f"message {n} of many")) for n in range(300)])


def count(store: Store, table: str = "messages") -> int:
    with store.read() as db:
        return int(db.execute(f"SELECT count(*) FROM {table}")[0][0])


def keep_secret(store: Store) -> None:
    store.write(lambda tx: tx.execute(f"INSERT INTO meta VALUES ('k', '{SECRET * 3}')"))
    store.checkpoint()
    store.write(lambda tx: tx.execute("DELETE FROM meta WHERE key = 'k'"))
    store.checkpoint()


def test_deleted_text_stays_in_the_file_until_compaction(
    store: Store, builder: Builder, paths: Paths
) -> None:
    fill(builder)
    keep_secret(store)
    assert on_disk(paths), "DuckDB erases by itself now: compaction may go"
    compact.compact(store)
    assert not on_disk(paths)
    assert count(store) == 300
    assert not (paths.database_folder / compact.NAME).exists()


def test_everything_goes_on_afterwards(paths: Paths) -> None:
    store = Store.open(paths)
    builder = Builder(store)
    fill(builder)
    [before] = store.write(lambda tx: tx.execute("SELECT nextval('ids')"))
    compact.compact(store)
    [after] = store.write(lambda tx: tx.execute("SELECT nextval('ids')"))
    assert after[0] > before[0], "ids are never used again"
    fill(builder)
    with store.read() as db:
        views = db.execute("SELECT count(*) FROM v1.columns WHERE column_comment IS NULL")
        assert views == [(0,)]
        assert db.execute("SELECT count(*) FROM v1.messages") == [(600,)]
    with pytest.raises(Exception, match=r"(?i)constraint"):
        store.write(lambda tx: tx.execute("INSERT INTO migrations VALUES (1, now())"))
    store.close()
    again = Store.open(paths)
    try:
        assert count(again) == 600
    finally:
        again.close()


def test_a_connection_of_another_thread_survives_and_harms_nothing(
    store: Store, builder: Builder, paths: Paths
) -> None:
    """Its old connection outlives the swap; ending, it must not take the new log with it."""
    fill(builder)
    go, ready = threading.Event(), threading.Event()
    seen: list[int] = []

    def reader() -> None:
        seen.append(count(store))
        ready.set()
        go.wait(30)
        seen.append(count(store))

    thread = threading.Thread(target=reader)
    thread.start()
    ready.wait(30)
    compact.compact(store)
    fill(builder)  # in the new write-ahead log
    go.set()
    thread.join(30)
    assert seen == [300, 600]
    copy = Store.open(crashed_copy(paths))
    try:
        assert count(copy) == 600, "what was committed after compaction is on the disk"
    finally:
        copy.close()


def crashed_copy(paths: Paths) -> Paths:
    """The folder as a power cut would leave it now."""
    copy = Paths(paths.folder / "copy")
    copy.database_folder.mkdir(parents=True)
    for file in paths.database_folder.iterdir():
        if file.is_file():
            (copy.database_folder / file.name).write_bytes(file.read_bytes())
    return copy


def test_readers_and_writers_during_compaction(store: Store, builder: Builder) -> None:
    fill(builder)
    stop = threading.Event()
    failures: list[BaseException] = []
    written: list[int] = []

    def busy(work: Callable[[], Any]) -> None:
        try:
            while not stop.is_set():
                work()
        except BaseException as error:
            failures.append(error)

    def write() -> None:
        written.extend(builder.add([talk(inbound("meanwhile"))]))

    threads = [
        threading.Thread(target=busy, args=[work])
        for work in (lambda: count(store), lambda: count(store, "v1.episodes"), write)
    ]
    for thread in threads:
        thread.start()
    for _ in range(3):
        compact.compact(store)
    stop.set()
    for thread in threads:
        thread.join(30)
    assert failures == []
    assert count(store) == 300 + len(written)


def test_again_and_again_without_a_write(store: Store, builder: Builder) -> None:
    fill(builder)
    for _ in range(4):
        compact.compact(store)
    assert count(store) == 300
    fill(builder)
    with store.read() as db:
        assert db.execute("SELECT count(DISTINCT id), count(*) FROM messages") == [(600, 600)]


@pytest.mark.parametrize(
    "damage",
    [
        "CREATE OR REPLACE SEQUENCE fresh.main.ids START 1",
        "DELETE FROM fresh.main.messages WHERE id = (SELECT max(id) FROM fresh.main.messages)",
        "UPDATE fresh.main.messages SET body = 'changed' WHERE body = 'message 7 of many'",
        "DROP INDEX fresh.main.messages_by_provider_id",
        "DROP VIEW fresh.v1.messages",
        "DROP TABLE fresh.main.tombstones",
    ],
)
@pytest.mark.slow
def test_a_copy_that_differs_is_not_taken(
    store: Store, builder: Builder, paths: Paths, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(builder)
    compare = compact._compare

    def damaged(db: Driver, used: dict[str, int]) -> None:
        db.execute(damage)
        compare(db, used)

    monkeypatch.setattr(compact, "_compare", damaged)
    with pytest.raises(CompactionFailed):
        compact.compact(store)
    assert count(store) == 300
    assert not (paths.database_folder / compact.NAME).exists()
    monkeypatch.undo()
    compact.compact(store)
    assert count(store) == 300


def test_a_copy_left_by_a_crash_is_removed(store: Store, paths: Paths) -> None:
    left = [
        paths.database_folder / compact.NAME,
        Path(f"{paths.database_folder / compact.NAME}.wal"),
    ]
    for file in left:
        file.write_text("half a copy")
    compact.clear(store)
    assert not any(file.exists() for file in left)
    left[0].write_text("half a copy")
    compact.compact(store)
    assert not left[0].exists()


def test_a_reader_that_does_not_end_is_waited_for_in_vain(
    store: Store, builder: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "PATIENCE", 0.05)
    fill(builder)
    with store.read(), pytest.raises(StoreLocked, match="reading"):
        compact.compact(store)
    fill(builder)
    compact.compact(store)
    assert count(store) == 600


def test_a_reader_may_go_on_reading_while_compaction_waits(store: Store, builder: Builder) -> None:
    fill(builder)
    thread = threading.Thread(target=compact.compact, args=[store])
    with store.read() as db:
        thread.start()
        while not store._replacing:  # now it waits for this reader
            assert thread.is_alive()
        with store.read() as inner:
            assert inner.execute("SELECT count(*) FROM messages") == [(300,)]
        assert db.execute("SELECT count(*) FROM messages") == [(300,)]
    thread.join(30)
    assert count(store) == 300
