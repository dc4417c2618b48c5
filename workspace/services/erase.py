"""Delete: erases conversations everywhere the workspace keeps anything of them.

In the order in which a crash does no harm: the journal's payloads, the rows (the writer commits
only after the journal did), the files. What a crash leaves is a conversation that can be deleted
again, or files without a row, which are removed at the next start.
"""

import logging
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from uuid import uuid4

from workspace.journal import Journal
from workspace.models import Actor, Outcome
from workspace.services import rebuilding, verbs
from workspace.store import (
    Store,
    changes,
    compact,
    conversations,
    erased,
    facts,
    idempotency,
    tombstones,
)
from workspace.store.driver import Driver
from workspace.store.files import Files

log = logging.getLogger(__name__)

Drain = Callable[[], object]
"""Applies everything that is in the journal."""

DUE = "compaction_due"
"""A fact, another one after each deletion: rows were deleted whose bytes are still in the file."""

WaitIdle = Callable[[Collection[int], float], object]
"""Returns when nothing of these conversations is being sent, or after so many seconds."""


Paused = Callable[[], AbstractContextManager[None]]
"""While it is entered, no query of a user runs."""


class Erase:
    def __init__(
        self,
        store: Store,
        journal: Journal,
        files: Files,
        drain: Drain,
        wait_idle: WaitIdle,
        queries_paused: Paused,
    ) -> None:
        self._store = store
        self._journal = journal
        self._files = files
        self._drain = drain
        self._wait_idle = wait_idle
        self._queries_paused = queries_paused

    def start(self) -> None:
        """When a workspace is opened, before anything is received or sent."""
        self._store.write(self._remember)
        compact.clear(self._store)
        self._clean()

    def _remember(self, tx: Driver) -> None:
        """Have a salt from the beginning, and what a restored database lacks of tombstones."""
        tombstones.salt(tx)
        tombstones.add(tx, tombstones.missing(tx, self._journal.tombstones()))

    def _clean(self) -> None:
        """Remove files without a row: a crash came between a commit and their removal."""
        with self._store.read() as db:
            known = erased.all_files(db)
        self._files.remove(id for id in self._files.ids() if id not in known)

    def delete(
        self, ids: Sequence[int], actor: Actor, key: str | None, *, gone_ok: bool = False
    ) -> list[Outcome]:
        """Erase conversations, all or none. Raises NotFound naming an unknown id, unless `gone_ok`.

        Waits for a send in flight up to its lease, which is minutes where a large file is on its
        way; what is queued is cancelled first, and stays cancelled if the erasure fails. The rows
        are gone from the file itself only after `compact`.
        """
        verbs.check(ids)
        self._drain()
        while True:
            done = self._store.write(partial(self._try, ids=ids, key=key, gone_ok=gone_ok))
            if isinstance(done, _Done):
                self._files.remove(done.files)
                log.info("%s %s deleted conversations %s", actor.kind, actor.name, list(ids))
                return done.outcomes
            self._wait_idle(done.conversations, done.seconds)

    def _try(
        self, tx: Driver, ids: Sequence[int], key: str | None, gone_ok: bool
    ) -> "_Done | _Busy":
        """Erase; or cancel what is queued, and say what to wait for."""
        found = conversations.resolve(tx, ids)
        targets = {id for id, _ in found.values()}
        complete = gone_ok or all(id in found for id in ids)
        now = datetime.now(UTC)
        until = erased.sending(tx, list(targets), now) if complete else None
        if until is not None:
            erased.cancel(tx, list(targets))
            rebuilding.forget(tx, targets)
            changes.record_many(tx, "conversation", [(id, False) for id in targets])
            return _Busy(targets, (until - now).total_seconds())
        files: list[int] = []

        def work() -> list[Outcome]:
            wanted = dict(verbs.known(tx, ids, gone_ok=gone_ok).values())
            remains = erased.erase(tx, list(wanted))
            files.extend(remains.files)
            facts.put(tx, DUE, uuid4().hex)
            changes.record_many(tx, "deleted", [(id, False) for id in wanted])
            self._journal.erase(
                remains.conversation_ids, remains.hashes, remains.people, remains.payloads
            )
            return [Outcome(id, True) for id in wanted]

        request = {"verb": "delete", "ids": list(ids)}
        return _Done(idempotency.once(tx, key, request, list[Outcome], work), files)

    # --- making it physical ------------------------------------------------------------------

    def due(self) -> bool:
        """Whether the file still holds bytes of what was deleted."""
        with self._store.read() as db:
            return facts.get(db, DUE) is not None

    def compact(self) -> None:
        """Rewrite the database file without what was deleted; nobody reads or writes meanwhile.

        Needs as much free space as the file has. Whatever goes wrong, the old file stays.
        """
        with self._store.read() as db:
            deletion = facts.get(db, DUE)
        with self._queries_paused():
            compact.compact(self._store)
        self._store.write(lambda tx: _settle(tx, deletion))


def _settle(tx: Driver, deletion: str | None) -> None:
    """Nothing is due any more, unless something was deleted meanwhile."""
    if facts.get(tx, DUE) == deletion:
        facts.drop(tx, DUE)


@dataclass(frozen=True, slots=True)
class _Busy:
    """Something of these conversations is being sent, for so long at most."""

    conversations: set[int]
    seconds: float


@dataclass(frozen=True, slots=True)
class _Done:
    outcomes: list[Outcome]
    files: list[int]
