"""The durable inbox: raw payloads, written to disk before a provider hears that we have them.

SQLite in WAL mode with synchronous=FULL, because a durable append costs a tenth of a millisecond
there and some milliseconds in DuckDB. Threads that append at the same time share one commit. A
payload's id is its position; the applier keeps the last position it applied in the database, in the
same transaction as what it applied, so that replay after a crash is exact.
"""

import json
import os
import re
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from workspace.errors import JournalMismatch, JournalUnavailable

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Record:
    """A payload to append; or only a channel's cursor (`raw` empty).

    `meta`: what is known of the payload beside its bytes, in JSON values. An empty `cursor` leaves
    the one before.
    """

    channel_id: int
    raw: bytes = field(repr=False)
    meta: Mapping[str, Any] = field(default_factory=dict)
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A payload in the journal."""

    id: int
    channel_id: int
    meta: Mapping[str, Any]
    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Span:
    """When payloads were received: from `since` until before `until`; None: no bound."""

    since: datetime | None = None
    until: datetime | None = None

    @property
    def texts(self) -> tuple[str, str]:
        """As rows have them; every year begins between the empty text and a letter."""
        since = self.since.astimezone(UTC).isoformat() if self.since else ""
        return since, self.until.astimezone(UTC).isoformat() if self.until else "A"


class _Append:
    """One caller's records, waiting for a commit."""

    def __init__(self, records: Iterable[Record]) -> None:
        # In JSON already here, so that one caller's unfit values can't fail the commit of another.
        self.records = [(record, json.dumps(dict(record.meta))) for record in records]
        self.turn = threading.Lock()  # released when it is done, or when it is its turn to lead
        self.turn.acquire()
        self.done = False
        self.ids: list[int] = []
        self.error: BaseException | None = None


class Journal:
    def __init__(self, path: Path) -> None:
        """Open the journal, making it where it is missing. Raises JournalUnavailable."""
        self.path = path
        self._gate = threading.Lock()  # guards the two below
        self._waiting: list[_Append] = []
        self._led = False
        self._write_lock = threading.Lock()
        self._read_lock = threading.Lock()
        with _typed(path):
            # SQLite gives its -wal and -shm files the mode of the file itself.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            self._writer = _connect(path)
            self._writer.executescript(_sql("schema"))
            self._writer.execute(_sql("name_it"), [uuid4().hex])
            self._reader = _connect(path)
        self.erasure_due = False
        """What was erased is still in the write-ahead log, because another program reads it."""
        self.uuid = self._one("uuid")
        """Kept beside the position in the database: it tells whose position that is."""
        with self._write_lock:
            self._truncate()  # an earlier life may have left something to be erased

    def close(self) -> None:
        """Give the files back. Nothing is lost without it."""
        with self._write_lock, self._read_lock:
            self._reader.close()
            self._writer.close()

    # --- appending --------------------------------------------------------------------------------

    def append(self, records: Iterable[Record]) -> list[int]:
        """Keep payloads and cursors, all or none; returns once they are on the disk.

        The ids of those that have raw bytes, ascending. Raises JournalUnavailable, and then nothing
        of them was kept: don't acknowledge, don't go on.
        """
        mine = _Append(records)
        with self._gate:
            self._waiting.append(mine)
            first, self._led = not self._led, True
        if not first:
            mine.turn.acquire()
        if not mine.done:
            self._lead()
        if mine.error is not None:
            raise mine.error
        return mine.ids

    def _lead(self) -> None:
        """Commit for all who wait, then hand the lead to one of those who came meanwhile.

        Faster than a committing thread for one caller, and as fast for many.
        """
        with self._gate:
            group, self._waiting = self._waiting, []
        try:
            self._commit(group)
        finally:
            with self._gate:
                self._led = bool(self._waiting)
                if self._waiting:
                    self._waiting[0].turn.release()
            for each in group:
                each.done = True
                each.turn.release()

    def _commit(self, group: list[_Append]) -> None:
        try:
            with self._write_lock, self._transaction() as db:
                for each in group:
                    each.ids = list(_insert(db, each))
        except BaseException as error:  # handed to everyone in the group
            for each in group:
                each.error = error

    def cursor(self, channel_id: int) -> str | None:
        """Where a channel goes on; None: at the beginning."""
        cursor: str | None = self._one("cursor", channel_id)
        return cursor

    # --- reading ----------------------------------------------------------------------------------

    def read(self, after: int, limit: int, max_bytes: int = 64_000_000) -> list[Entry]:
        """Payloads after position `after`, oldest first: at most `limit`, and about `max_bytes`.

        At least one where there is one, however large.
        """
        found: list[Entry] = []
        size = 0
        with self._read_lock, _typed(self.path):
            for row in self._reader.execute(_sql("read"), (after, limit)):
                found.append(_entry(row))
                size += len(found[-1].raw)
                if size >= max_bytes:
                    break
        return found

    def get(self, id: int) -> Entry | None:
        """One payload; None where it has been erased."""
        with self._read_lock, _typed(self.path):
            row = self._reader.execute(_sql("get"), (id,)).fetchone()
        return _entry(row) if row else None

    def last(self) -> int:
        """The newest position ever given; 0: none yet."""
        return int(self._one("last"))

    def count(self) -> int:
        return int(self._one("count"))

    def received(self, channel_id: int, span: Span, after: int, upto: int, limit: int) -> list[int]:
        """Positions of a channel's payloads from `after` (not with it) to `upto`, oldest first."""
        asked = (after, upto, channel_id, *span.texts, limit)
        with self._read_lock, _typed(self.path):
            return [row[0] for row in self._reader.execute(_sql("received"), asked)]

    def count_received(self, channel_id: int, span: Span, upto: int) -> int:
        return int(self._one("count_received", 0, upto, channel_id, *span.texts))

    def check(self, uuid: str, position: int) -> None:
        """Raise JournalMismatch unless a stored uuid and position can come from this journal."""
        if uuid != self.uuid:
            raise JournalMismatch(
                f"The database belongs to another journal than {self.path}. Put back the journal "
                "that was beside it; without it, what was received since can't be found again."
            )
        if position > self.last():
            raise JournalMismatch(
                f"The database has applied payload {position}, {self.path} ends at {self.last()}: "
                "the journal was replaced by an older copy. Put back the newest one.",
                position=position,
                last=self.last(),
            )

    # --- what belongs to whom, and erasing --------------------------------------------------------

    def assign(
        self, replaced: Mapping[int, Iterable[int]], added: Iterable[tuple[int, int]]
    ) -> None:
        """Note which conversations payloads belong to, before the batch that applies them commits.

        Before, because a crash in between then leaves a note that the replay of the same payloads
        replaces; the other way round it would leave a payload that no erasure finds. `replaced`:
        payload -> its conversations; `added`: single pairs for payloads applied earlier.
        """
        pairs = [(row, id) for row, ids in replaced.items() for id in ids]

        def work(db: sqlite3.Connection) -> None:
            db.executemany(_sql("unmap"), [(row,) for row in replaced])
            db.executemany(_sql("map"), [*pairs, *added])

        self._write(work)

    def share(self, conversation_id: int, other: int) -> None:
        """Note that all payloads of the conversation `other` carry something of this one, too.

        For a message that turned out to belong here, whose own payload nobody can tell any more.
        """
        self._write(lambda db: db.execute(_sql("share"), (conversation_id, other)))

    def drop(self, ids: Iterable[int]) -> None:
        """Erase payloads that speak of those who were erased before, and belong to nobody else.
        See `finish_erasing`.
        """
        rows = [(id,) for id in ids]

        def work(db: sqlite3.Connection) -> None:
            alone = [row for row in rows if db.execute(_sql("belongs"), row).fetchone() is None]
            self._drop(db, alone)

        if rows:
            self._write(work, truncate=True)

    def erase(
        self,
        conversation_ids: Iterable[int],
        hashes: Iterable[str],
        people: Iterable[str] = (),
        payloads: Iterable[int] = (),
    ) -> int:
        """Erase the payloads of conversations, and `payloads`, and keep tombstones; how many were
        erased.

        `people`: hashes of those who are to be forgotten as well, see `forgotten`. Give the ids of
        threads merged into them, too. A payload that also carries messages of other conversations
        goes as a whole: an erasure must be complete, and those messages are in the database, so all
        that is lost is applying that payload again after a fix of its parser. What no parser
        understood belongs to nobody yet and stays, as does what lies in quarantine: whoever applies
        it later asks `forgotten`. See `finish_erasing`.
        """
        ids = [(id,) for id in conversation_ids]

        def work(db: sqlite3.Connection) -> int:
            rows = {row for id in ids for row in db.execute(_sql("of_conversation"), id)}
            rows |= {(id,) for id in payloads}
            self._drop(db, list(rows))
            db.executemany(_sql("unmap_conversation"), ids)
            db.executemany(_sql("entomb"), [(hash,) for hash in hashes])
            db.executemany(_sql("forget_person"), [(hash,) for hash in people])
            return len(rows)

        return self._write(work, truncate=True)

    def _drop(self, db: sqlite3.Connection, rows: list[tuple[int]]) -> None:
        db.executemany(_sql("drop"), rows)
        db.executemany(_sql("unmap"), rows)

    def forgotten(self, person: str) -> int:
        """The newest payload there was when a person was erased, by their hash; 0: never."""
        return int(self._one("forgotten", person) or 0)

    def tombstones(self) -> set[str]:
        """Hashes of erased messages; a restored database may lack some."""
        with self._read_lock, _typed(self.path):
            return {row[0] for row in self._reader.execute(_sql("tombstones"))}

    # --- below ------------------------------------------------------------------------------------

    def _one(self, name: str, *params: Any) -> Any:
        with self._read_lock, _typed(self.path):
            row = self._reader.execute(_sql(name), params).fetchone()
        return row[0] if row else None

    def _write(self, work: Callable[[sqlite3.Connection], T], truncate: bool = False) -> T:
        with self._write_lock:
            with self._transaction() as db:
                result = work(db)
            if truncate:
                self._truncate()
        return result

    def finish_erasing(self) -> bool:
        """Have the disk forget what was erased while another program read the journal.

        Such a program keeps the write-ahead log from being emptied, and neither receiving nor an
        erasure waits for it: the rows are gone at once, their bytes when it has ended. False: it
        still reads.
        """
        with self._write_lock:
            if self.erasure_due:
                self._truncate()
            return not self.erasure_due

    def _truncate(self) -> None:
        """Empty the write-ahead log: it may still hold what was erased."""
        self.erasure_due = True
        with self._read_lock, _typed(self.path), _impatient(self._writer) as db:
            self.erasure_due = bool(db.execute(_sql("truncate")).fetchone()[0])

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with _typed(self.path):
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:  # a full disk has already rolled back
                    self._writer.execute("ROLLBACK")
                raise


@contextmanager
def _typed(path: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise JournalUnavailable(
            f"{path} can't be read or written: {error}. Nothing of it was acknowledged; "
            "the providers keep it. Make room or give access, and it goes on by itself."
        ) from error


@contextmanager
def _impatient(db: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Don't wait for other programs: whoever called does so with everybody else behind it."""
    (before,) = db.execute(_sql("patience")).fetchone()
    db.execute(_sql("no_patience"))
    try:
        yield db
    finally:
        db.execute(_sql("set_patience").format(milliseconds=before))


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    connection.executescript(_sql("pragmas"))
    return connection


def _insert(db: sqlite3.Connection, append: _Append) -> Iterator[int]:
    for record, meta in append.records:
        if record.raw:
            id = db.execute(_sql("append"), (record.channel_id, meta, record.raw)).lastrowid
            assert id is not None
            yield id
        if record.cursor:
            db.execute(_sql("keep_cursor"), (record.channel_id, record.cursor))


def _entry(row: tuple[int, int, str, bytes]) -> Entry:
    id, channel_id, meta, raw = row
    return Entry(id, channel_id, json.loads(meta), raw)


@cache
def _sql(name: str) -> str:
    text = (files("workspace") / "sql" / "journal.sql").read_text("utf-8")
    parts = re.split(r"^-- name: (\w+)\s*$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))[name].strip()
