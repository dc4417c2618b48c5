"""What was done to conversations: the append-only part of the log beside the messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from workspace.models import Actor, EventKind
from workspace.store.driver import Driver
from workspace.store.ingest import STAMP


@dataclass(frozen=True, slots=True)
class NewEvent:
    """`read_mark`: as of `rules.Verb`."""

    id: int
    conversation_id: int
    kind: EventKind
    actor: Actor
    occurred_at: datetime
    reason: str = ""
    read_mark: int | None = None


def add(tx: Driver, events: Sequence[NewEvent]) -> None:
    """Log many at once."""
    if not events:
        return
    columns = {
        "id": [e.id for e in events],
        "conversation_id": [e.conversation_id for e in events],
        "kind": [e.kind.value for e in events],
        "actor_kind": [e.actor.kind.value for e in events],
        "actor_name": [e.actor.name for e in events],
        "occurred_at": pa.array([e.occurred_at for e in events], STAMP),
        "read_mark": pa.array([e.read_mark for e in events], pa.int64()),
        "reason": [e.reason for e in events],
    }
    tx.bulk_load("conversation_events", pa.table(columns))
