"""The applier: it turns what the journal holds into conversations, batch by batch, in order.

It may die at any point: the position of the last applied payload is committed with what was
applied, so a restart goes on exactly there.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from io import BytesIO

from workspace.channels.base import Channel, Event, InboundFile, Meta, Received
from workspace.errors import JournalUnavailable, StoreUnavailable
from workspace.journal import Entry, Journal, Span
from workspace.models import Address, Replayed
from workspace.rules.phones import same
from workspace.services import oddities, payloads, replaying
from workspace.services.applying import apply
from workspace.services.arrivals import Item, cleaned
from workspace.services.backoff import Backoff
from workspace.services.batch import Applied
from workspace.services.patience import Patience
from workspace.services.words import words
from workspace.store import Priority, Store, facts, ingest, tombstones, wording
from workspace.store.driver import Driver
from workspace.store.files import Awaited, Files, Staged, awaited

logger = logging.getLogger(__name__)

BATCH = 500
"""Payloads of one transaction: verbs wait for one at most. Twice as many gain a tenth in speed."""

RETRIED = 50
"""Payloads in quarantine that one round of housekeeping tries again, at most."""

PORTION = 64_000_000
"""Bytes of payloads from the quarantine that are held in memory at once."""

REPLAYED = 4 * BATCH
"""Payloads that one call of `replay` reads again, at most."""

POSITION = "journal_position"

_MACHINE = (OSError, MemoryError, JournalUnavailable, StoreUnavailable)
"""Errors that say nothing about a payload: wait and try it again."""


class _Unparsed(Exception):
    """A parser raised `error`."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


@dataclass(frozen=True, slots=True)
class Broken:
    """A payload that can't be applied, and why in words."""

    journal_id: int
    channel_id: int
    error: str


@dataclass(slots=True)
class Attempt:
    """What applying some payloads came to. `again`: they were in quarantine, or are replayed."""

    again: bool = False
    messages: int = 0
    amended: int = 0
    receipts: int = 0
    broken: int = 0

    def count(self, applied: Applied, broken: int) -> None:
        self.messages += applied.messages
        self.amended += applied.amended
        self.receipts += applied.receipts
        self.broken += broken


class Receiving:
    """`channel` gives the channel of an id, of which only `parse` and `capabilities` are used."""

    def __init__(
        self,
        store: Store,
        journal: Journal,
        files: Files,
        channel: Callable[[int], Channel],
        clock: Callable[[], datetime],
        applied: Callable[[], None] = lambda: None,
    ) -> None:
        """`applied` is called after each batch."""
        self._applied = applied
        self._store = store
        self._journal = journal
        self._files = files
        self._channel = channel
        self._applying = threading.Lock()
        self._news = threading.Event()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._backoff = Backoff(0.5, 30)
        self._patience = Patience(clock)
        self.trouble = ""
        """Why nothing is applied at present, in words; it is safe in the journal meanwhile."""
        with store.read() as db:
            self._position = int(facts.get(db, POSITION) or 0)

    # --- the thread ---------------------------------------------------------------------------

    def start(self) -> None:
        """Apply in a thread of its own from now on."""
        self._stop.clear()
        self._news.set()
        self._thread = threading.Thread(target=self._serve, name="applier", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish the batch at hand. The rest stays in the journal."""
        self._stop.set()
        self._news.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def wake(self) -> None:
        """There is something new in the journal."""
        self._news.set()

    def _serve(self) -> None:
        work: Callable[[], int] = self._begin
        failures = 0
        while not self._stop.is_set():
            self._news.wait()
            self._news.clear()
            try:
                work()
                work = self.apply_pending
                self.trouble, failures = "", 0
            except Exception as error:  # whatever it is, the applier must not die
                failures += 1
                self.trouble = words(error)
                logger.exception("can't apply what was received; it is tried again")
                self._stop.wait(self._backoff.delay(failures, at_least=0.1))
                self._news.set()

    def _begin(self) -> int:
        self.retry_quarantined()
        self._store.write(ingest.forget_parked, Priority.BATCH)
        return self.apply_pending()

    # --- applying -----------------------------------------------------------------------------

    def drain(self) -> None:
        """Return once everything that is in the journal now is applied."""
        self.apply_pending(self._journal.last())

    def apply_pending(self, until: int | None = None) -> int:
        """Apply what waits, up to position `until`; how many payloads that were."""
        count = 0
        while not self._asked_to_stop():
            with self._applying:
                if until is not None and self._position >= until:
                    break
                entries = self._journal.read(self._position, BATCH)
                if entries:
                    self._apply(entries, Attempt())
            if not entries:
                break
            count += len(entries)
        return count

    def _asked_to_stop(self) -> bool:
        """Only the thread ends before everything is applied."""
        return self._stop.is_set() and threading.current_thread() is self._thread

    def behind(self) -> int:
        """How many payloads wait, at most."""
        return max(0, self._journal.last() - self._position)

    def retry_quarantined(self) -> int:
        """Try again what could not be applied: a newer version may know how. How many it did."""
        return self._retry(self._quarantined())

    def retry_some(self) -> int:
        """The same for a few of those whose time has come: what they lacked may be there now."""
        return self._retry(self._patience.due(self._quarantined())[:RETRIED])

    def _quarantined(self) -> list[int]:
        with self._store.read() as db:
            return [each.journal_id for each in ingest.quarantined(db)]

    def _retry(self, ids: Sequence[int]) -> int:
        for part in self._portions(ids):
            if self._asked_to_stop():
                break
            with self._applying:
                self._apply(part, Attempt(again=True))
        self._patience.tried(ids)
        return len(ids) - len(set(ids) & set(self._quarantined()))

    def kept(self, channel_id: int, span: Span) -> int:
        """How many payloads of a channel `replay` would read again in all."""
        return self._journal.count_received(channel_id, span, self._position)

    def replay(self, channel_id: int, span: Span, after: int) -> Replayed:
        """Apply payloads of a channel once more, from position `after` on: at most REPLAYED.

        What a payload said before stays, what it says now comes on top, and messages are amended;
        doing it again changes nothing.
        """
        ids = self._journal.received(channel_id, span, after, self._position, REPLAYED)
        before = set(self._quarantined()) & set(ids)
        attempt = Attempt(again=True)
        for part in self._portions(ids):
            with self._applying:
                self._apply(part, attempt)
        return Replayed(
            payloads=len(ids),
            messages=attempt.messages,
            amended=attempt.amended,
            receipts=attempt.receipts,
            cleared=len(before - set(self._quarantined())),
            broken=attempt.broken,
            after=ids[-1] if len(ids) == REPLAYED else None,
        )

    def _portions(self, ids: Iterable[int]) -> Iterator[list[Entry]]:
        """Payloads as batches that fit into memory; those erased meanwhile are left out."""
        part: list[Entry] = []
        size = 0
        for entry in filter(None, map(self._journal.get, ids)):
            part.append(entry)
            size += len(entry.raw)
            if len(part) == BATCH or size >= PORTION:
                yield part
                part, size = [], 0
        if part:
            yield part

    def _apply(self, entries: Sequence[Entry], attempt: Attempt) -> None:
        staged: list[Staged] = []
        try:
            prepared = [self._prepare(entry, staged, attempt) for entry in entries]
            self._write_parts(prepared, attempt)
        finally:
            self._files.discard(staged)

    def _prepare(self, entry: Entry, staged: list[Staged], attempt: Attempt) -> Item | Broken:
        """Parse a payload and write its files to the disk, outside the writer."""
        try:
            channel = self._channel(entry.channel_id)
            meta = payloads.meta(entry)
            events = _parsed(channel, entry.raw, meta)
            files = self._stage(entry.channel_id, events, staged, attempt.again)
        except _MACHINE:
            raise
        except Exception as error:  # parse is total; one that is not must not stop the others
            logger.exception("payload %s can't be parsed", entry.id)
            why = error.error if isinstance(error, _Unparsed) else error
            return Broken(entry.id, entry.channel_id, words(why))
        threads = channel.capabilities.threads
        return Item(entry.id, entry.channel_id, threads, meta, events, files)

    def _stage(
        self, channel_id: int, events: Sequence[Event], staged: list[Staged], again: bool
    ) -> dict[int, tuple[Staged | Awaited, ...]]:
        """The files of new messages, by the position of their event; `staged` gets what is here."""
        with_files = {n: e for n, e in enumerate(events) if isinstance(e, Received) and e.files}
        if not with_files or self._known(channel_id, with_files.values(), again):
            return {}
        files = {}
        for n, event in with_files.items():
            files[n] = tuple(self._stage_one(file, staged) for file in event.files)
        return files

    def _stage_one(self, file: InboundFile, staged: list[Staged]) -> Staged | Awaited:
        if file.remote:
            return awaited(file.name, file.mime)
        staged.append(self._files.stage(BytesIO(file.data), file.name))
        return staged[-1]

    def _known(self, channel_id: int, messages: Iterable[Received], again: bool) -> bool:
        """A rescan of a mailbox must not write all its files again; what is read `again` may have
        some that nobody knew of.
        """
        names = {message.provider_id for message in messages}
        with self._store.read() as db:
            known = ingest.known(db, channel_id, names).keys()
            words = wording.load(db, channel_id, names) if again else {}
        return names <= known and all(words[name].files for name in names & words.keys())

    def _write_parts(self, part: list[Item | Broken], attempt: Attempt) -> None:
        """Write a batch; where a payload breaks it, find that one by halving, and go on."""
        if not part:
            return
        try:
            self._write(part, attempt)
        except _MACHINE:
            raise
        except Exception as error:
            first = part[0]
            if len(part) > 1:
                middle = len(part) // 2
                self._write_parts(part[:middle], attempt)
                self._write_parts(part[middle:], attempt)
            elif isinstance(first, Broken):
                raise  # not even the quarantine takes it: the database is at fault
            else:
                logger.exception("payload %s can't be applied", first.journal_id)
                found = Broken(first.journal_id, first.channel_id, words(error))
                self._write_parts([found], attempt)

    def _write(self, part: Sequence[Item | Broken], attempt: Attempt) -> None:
        items = [each for each in part if isinstance(each, Item)]
        broken = [each for each in part if isinstance(each, Broken)]
        position = max(self._position, part[-1].journal_id)
        placed: list[tuple[Staged, int]] = []

        def work(tx: Driver) -> Applied:
            wanted = self._lasting(tx, items) if attempt.again else items
            applied = apply(tx, wanted, attempt.again)
            if attempt.again:
                left = ingest.release(tx, [item.journal_id for item in items])
                oddities.take(tx, [item for item in wanted if item.journal_id in left])
            for each in broken:
                ingest.quarantine(tx, each.journal_id, each.channel_id, each.error)
            facts.put(tx, POSITION, str(position))
            self._files.place(applied.files)
            placed.extend(applied.files)
            self._note(applied, attempt.again)
            return applied

        try:
            applied = self._store.write(work, Priority.BATCH)
        except BaseException:
            self._files.displace(placed)
            raise
        self._position = position
        attempt.count(applied, len(broken))
        self._applied()

    def _lasting(self, tx: Driver, items: Sequence[Item]) -> list[Item]:
        """Asked within the writer, so that no erasure comes in between."""
        salt = tombstones.salt(tx)

        def forgotten(item: Item, address: Address) -> bool:
            people = [tombstones.person(salt, item.channel_id, each) for each in same(address)]
            return any(item.journal_id <= self._journal.forgotten(person) for person in people)

        return [replaying.lasting(item, partial(forgotten, item)) for item in items]

    def _note(self, applied: Applied, again: bool) -> None:
        """The journal must know what belongs to whom before the batch commits, see its `assign`.

        Whom a payload spoke of to an earlier parser, an erasure must find all the same.
        """
        if again:
            found = [(row, id) for row, ids in applied.belongs.items() for id in ids]
            self._journal.assign({}, [*found, *applied.joined])
        else:
            self._journal.assign(applied.belongs, applied.joined)
        self._journal.drop(applied.bounced)


def _parsed(channel: Channel, raw: bytes, meta: Meta) -> tuple[Event, ...]:
    """Parsing asks nothing of the machine: whatever it raises, the payload is at fault."""
    try:
        return tuple(cleaned(event) for event in channel.parse(raw, meta))
    except Exception as error:
        raise _Unparsed(error) from error
