"""The change sequence, on which panels and `Workspace.watch` live: it names, it never tells."""

from collections.abc import Iterable

from workspace.models import Change
from workspace.store.driver import Driver
from workspace.store.sql import query

KEPT = 100_000
"""Older changes are dropped; a client further behind is told to reload."""


def record(
    tx: Driver, kind: str, conversation_id: int | None = None, inbound: bool = False
) -> None:
    """Add one change to the transaction."""
    record_many(tx, kind, [(conversation_id, inbound)])


def record_many(tx: Driver, kind: str, changed: Iterable[tuple[int | None, bool]]) -> None:
    """Add a change for each (conversation id, whether a customer's message arrived)."""
    rows = list(changed)
    if not rows:
        return
    seqs = tx.execute(
        query("changes.record"), [kind, [row[0] for row in rows], [row[1] for row in rows]]
    )
    tx.recorded = max(seq for (seq,) in seqs)


def last(db: Driver) -> int:
    """The newest position; 0 before the first change."""
    return int(db.execute(query("changes.last"))[0][0])


def since(db: Driver, seq: int, limit: int = 1000) -> list[Change]:
    """Changes after position `seq`, oldest first; a single ``reload`` where some are gone.

    A position past the end (of another or a restored database) asks for a reload too.
    """
    oldest, newest = db.execute(query("changes.range"))[0]
    if seq > newest or (newest and seq < oldest - 1):
        return [Change(newest, "reload")]
    return [Change(*row) for row in db.execute(query("changes.since"), [seq, limit])]


def trim(tx: Driver) -> None:
    """Drop what is older than the last KEPT changes."""
    tx.execute(query("changes.trim"), [KEPT])
