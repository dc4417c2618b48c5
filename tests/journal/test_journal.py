"""The journal keeps what it acknowledged, in order, and forgets what it is told to."""

import resource
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from workspace.errors import JournalMismatch, JournalUnavailable
from workspace.journal import Journal, Record


def records(*raws: bytes, channel: int = 1, cursor: str = "") -> list[Record]:
    return [Record(channel, raw, {"n": n}, cursor) for n, raw in enumerate(raws)]


def test_gives_back_what_was_appended_in_order(journal: Journal) -> None:
    first = journal.append(records(b"a", b"b", cursor="7"))
    second = journal.append(records(b"c", channel=2))
    entries = journal.read(0, 10)
    assert [e.id for e in entries] == [*first, *second]
    assert [(e.channel_id, e.raw, e.meta) for e in entries] == [
        (1, b"a", {"n": 0}),
        (1, b"b", {"n": 1}),
        (2, b"c", {"n": 0}),
    ]
    assert [e.raw for e in journal.read(first[0], 1)] == [b"b"]
    assert journal.last() == second[0]


def test_keeps_a_cursor_a_channel_also_without_a_payload(journal: Journal, path: Path) -> None:
    assert journal.cursor(1) is None
    journal.append(records(b"a", cursor="7"))
    journal.append([Record(1, b"", {}, "8"), Record(2, b"", {}, "x")])
    journal.append(records(b"b"))
    journal.close()
    again = Journal(path)
    assert (again.cursor(1), again.cursor(2)) == ("8", "x")
    assert again.count() == 2
    again.close()


def test_many_threads_append_at_once(journal: Journal) -> None:
    ids: list[list[int]] = [[] for _ in range(8)]

    def work(n: int) -> None:
        for k in range(50):
            ids[n] += journal.append(records(f"{n}:{k}".encode(), b"x", channel=n, cursor=str(k)))

    threads = [threading.Thread(target=work, args=[n]) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    raws = {e.id: e.raw for e in journal.read(0, 1000)}
    assert len(raws) == 800
    for n in range(8):
        assert ids[n] == sorted(ids[n])
        assert [raws[id] for id in ids[n][::2]] == [f"{n}:{k}".encode() for k in range(50)]
        assert journal.cursor(n) == "49"


def test_one_callers_unfit_values_harm_nobody_else(journal: Journal) -> None:
    with pytest.raises(TypeError):
        journal.append([Record(1, b"a", {"bad": object()})])
    assert journal.append(records(b"b")) == [1]


def test_reads_large_payloads_in_portions(journal: Journal) -> None:
    journal.append(records(*[b"x" * 1000] * 10))
    assert len(journal.read(0, 100, max_bytes=3000)) == 3
    assert len(journal.read(0, 100, max_bytes=1)) == 1


def test_only_the_owner_can_read_its_files(journal: Journal, path: Path) -> None:
    journal.append(records(b"secret"))
    files = sorted(path.parent.iterdir())
    assert [f.name for f in files] == ["journal.sqlite", "journal.sqlite-shm", "journal.sqlite-wal"]
    assert {stat.S_IMODE(f.stat().st_mode) for f in files} == {0o600}


# --- durability -------------------------------------------------------------------------------

WRITER = """
import os, signal, sys
from pathlib import Path
from workspace.journal import Journal, Record
journal = Journal(Path(sys.argv[1]))
for n in range(100000):
    ids = journal.append([Record(1, b"x" * 100, {}, str(n))])
    print(ids[0], flush=True)
    if n == 25:
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_was_acknowledged_survives_kill_9(path: Path) -> None:
    run = subprocess.run([sys.executable, "-c", WRITER, path], capture_output=True, text=True)
    assert run.returncode == -9, run.stderr
    acknowledged = [int(line) for line in run.stdout.split()]
    journal = Journal(path)
    assert [e.id for e in journal.read(0, 1000)] == acknowledged
    assert journal.cursor(1) == "25"
    journal.close()


@contextmanager
def full_disk(bytes_left: int) -> Iterator[None]:
    """Files can't grow beyond this: what a full disk looks like to SQLite."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_left, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_acknowledges_nothing_and_loses_nothing(journal: Journal) -> None:
    journal.append(records(b"before", cursor="1"))
    with full_disk(100_000), pytest.raises(JournalUnavailable) as caught:
        journal.append(records(b"y" * 1_000_000, cursor="2"))
    assert "journal.sqlite" in str(caught.value)
    assert journal.cursor(1) == "1"
    assert [e.raw for e in journal.read(0, 10)] == [b"before"]
    journal.append(records(b"after", cursor="3"))
    assert [e.raw for e in journal.read(0, 10)] == [b"before", b"after"]


def test_a_journal_locked_by_another_program_is_told(
    journal: Journal, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal._writer.execute("PRAGMA busy_timeout = 10")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(JournalUnavailable, match="locked"):
        journal.append(records(b"a"))
    other.execute("ROLLBACK")
    other.close()
    assert journal.append(records(b"a")) == [1]


def test_a_folder_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(JournalUnavailable):
        Journal(tmp_path / "nowhere" / "journal.sqlite")


# --- belonging to a database ------------------------------------------------------------------


def test_knows_its_own_database(journal: Journal, path: Path, tmp_path: Path) -> None:
    journal.append(records(b"a", b"b"))
    journal.check(journal.uuid, 2)
    with pytest.raises(JournalMismatch, match="another journal"):
        journal.check("of another", 0)
    with pytest.raises(JournalMismatch, match="ends at 2"):
        journal.check(journal.uuid, 3)
    again = Journal(path)
    assert again.uuid == journal.uuid
    again.close()
    other = Journal(tmp_path / "other.sqlite")
    assert other.uuid != journal.uuid
    other.close()


def test_an_id_is_never_used_again(journal: Journal, path: Path) -> None:
    journal.append(records(b"a", b"b"))
    journal.assign({1: [5], 2: [5]}, [])
    journal.erase([5], [])
    journal.close()
    again = Journal(path)
    again.check(again.uuid, 2)
    assert again.append(records(b"c")) == [3]
    again.close()


# --- erasing ----------------------------------------------------------------------------------


def test_erases_the_payloads_of_a_conversation(journal: Journal) -> None:
    journal.append(records(b"a", b"b", b"c", b"quarantined"))
    journal.assign({1: [10], 2: [11], 3: [10]}, [])
    assert journal.erase([10], ["h1", "h2"]) == 2
    assert [e.raw for e in journal.read(0, 10)] == [b"b", b"quarantined"]
    assert journal.get(1) is None
    assert journal.tombstones() == {"h1", "h2"}


def test_an_erasure_is_complete_even_in_a_payload_of_several(journal: Journal) -> None:
    journal.append(records(b"of two conversations", b"of the other"))
    journal.assign({1: [10, 11], 2: [11]}, [])
    journal.erase([10], [])
    assert [e.raw for e in journal.read(0, 10)] == [b"of the other"]


def test_a_replayed_batch_replaces_what_a_crash_left(journal: Journal) -> None:
    journal.append(records(b"a", b"b"))
    journal.assign({1: [10], 2: [11]}, [])  # the transaction of these ids was lost
    journal.assign({1: [20], 2: [21]}, [])
    journal.assign({1: [20], 2: [21]}, [(1, 21)])
    assert journal.erase([10, 11], []) == 0
    assert journal.erase([21], []) == 2


def test_nothing_of_what_was_erased_is_left_on_the_disk(journal: Journal, path: Path) -> None:
    words = b"words of a customer " * 400  # long enough for overflow pages
    journal.append(records(words, b"kept", words))
    journal.append(records(b"kept too"))
    assert b"words of a customer" in b"".join(f.read_bytes() for f in path.parent.iterdir())
    journal.assign({1: [10], 2: [11], 3: [10]}, [])
    journal.erase([10], ["h"])
    left = b"".join(f.read_bytes() for f in path.parent.iterdir())
    assert b"kept too" in left
    assert b"words of" not in left


def test_copies_of_erased_messages_are_dropped_from_the_disk(journal: Journal, path: Path) -> None:
    journal.append(records(b"words again", b"kept"))
    journal.drop([1])
    assert [e.raw for e in journal.read(0, 10)] == [b"kept"]
    assert b"words again" not in b"".join(f.read_bytes() for f in path.parent.iterdir())


def test_what_belongs_to_somebody_is_not_dropped(journal: Journal) -> None:
    journal.append(records(b"of a conversation", b"of nobody"))
    journal.assign({1: [10]}, [])
    journal.drop([1, 2])
    assert [e.raw for e in journal.read(0, 10)] == [b"of a conversation"]


def left(path: Path) -> bytes:
    return b"".join(f.read_bytes() for f in path.parent.iterdir())


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Another program in the middle of a transaction that reads, as one that makes a copy."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN")
    other.execute("SELECT count(*) FROM payloads").fetchall()
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@pytest.mark.parametrize("how", ["drop", "erase"])
def test_an_open_reader_holds_up_no_erasure_only_its_end(
    journal: Journal, path: Path, how: str
) -> None:
    journal.append(records(b"words again", b"kept"))
    if how == "erase":
        journal.assign({1: [10]}, [])
    with reading(path):
        if how == "drop":
            journal.drop([1])
        else:
            assert journal.erase([10], ["h"]) == 1
        assert [e.raw for e in journal.read(0, 10)] == [b"kept"]
        assert journal.erasure_due
        assert not journal.finish_erasing()
        assert b"words again" in left(path)
        assert journal.append(records(b"goes on")) == [3]
    assert journal.finish_erasing()
    assert not journal.erasure_due
    assert b"words again" not in left(path)
    assert [e.raw for e in journal.read(0, 10)] == [b"kept", b"goes on"]


DIE = """
import os, signal, sys
from pathlib import Path
from workspace.journal import Journal
journal = Journal(Path(sys.argv[1]))
journal.drop([1])
assert journal.erasure_due
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_an_erasure_is_finished_by_the_next_life(path: Path) -> None:
    journal = Journal(path)
    journal.append(records(b"words again", b"kept"))
    journal.close()
    with reading(path):
        run = subprocess.run([sys.executable, "-c", DIE, path], capture_output=True, text=True)
        assert run.returncode == -9, run.stderr
        assert b"words again" in left(path)
    journal = Journal(path)
    assert not journal.erasure_due
    assert b"words again" not in left(path)
    journal.close()


def test_waiting_for_others_is_as_before_an_erasure(journal: Journal) -> None:
    before = journal._writer.execute("PRAGMA busy_timeout").fetchone()
    journal.append(records(b"a"))
    journal.drop([1])
    assert journal._writer.execute("PRAGMA busy_timeout").fetchone() == before != (0,)
