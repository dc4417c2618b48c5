"""Reactions of the business to messages: what is shown of them, and their outbox."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from workspace.models import (
    Actor,
    Address,
    AddressKind,
    DeliveryStatus,
    Direction,
    FailureKind,
)
from workspace.store import ids, tombstones
from workspace.store.driver import Driver, Row
from workspace.store.sql import query


@dataclass(frozen=True, slots=True)
class Own:
    """A reaction of the business. Fields in the order of ``reactions.rows``."""

    id: int
    message_id: int
    channel_id: int
    conversation_id: int
    emoji: str
    """Empty: one is taken back."""
    occurred_at: datetime
    provider_id: str
    """Our name for it, then the provider's; empty: made elsewhere."""
    status: DeliveryStatus | None
    """None: made elsewhere."""
    attempts: int
    failure_kind: FailureKind | None = None
    failure: str = ""
    not_before: datetime | None = None
    lease_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """The message that is reacted to. Fields in the order of ``reactions.target``."""

    channel_id: int
    conversation_id: int
    provider_id: str
    direction: Direction
    address: Address
    last_inbound_at: datetime | None
    opted_out: bool
    blocked: bool


def target(db: Driver, message_id: int) -> Target | None:
    """None: there is no such message."""
    for row in db.execute(query("reactions.target"), [message_id]):
        channel_id, conversation_id, name, direction, kind, address, *rest = row
        to = Address(AddressKind(kind), address)
        return Target(channel_id, conversation_id, name or "", Direction(direction), to, *rest)
    return None


def put(
    tx: Driver, message_id: int, channel_id: int, emoji: str, by: Actor, at: datetime, name: str
) -> int:
    """Queue a reaction in the place of the one before; its id."""
    _bury(tx, [message_id], [at])
    [id] = ids.allocate(tx, 1)
    columns = [message_id, id, channel_id, emoji, by.kind.value, by.name, at, name]
    tx.execute(query("reactions.put"), columns)
    return id


def made_elsewhere(tx: Driver, told: Mapping[int, tuple[int, str, datetime]]) -> None:
    """What the business said to messages with another program: (channel, emoji, when), by id."""
    if told:
        channels, emojis, stamps = zip(*told.values(), strict=True)
        _bury(tx, list(told), stamps)
        columns: list[Sequence[object]] = [
            list(told),
            ids.allocate(tx, len(told)),
            list(channels),
            list(emojis),
            list(stamps),
        ]
        tx.execute(query("reactions.made_elsewhere"), columns)


def _bury(tx: Driver, message_ids: Sequence[int], stamps: Sequence[datetime]) -> None:
    """Late receipts of what gives way now must bounce: no erasure would find them."""
    names = tx.execute(query("reactions.replaced"), [list(message_ids), list(stamps)])
    tombstones.bury(tx, [(channel_id, name) for channel_id, name in names])


def get(db: Driver, id: int) -> Own | None:
    """None: it was replaced by another one, or erased."""
    found = _to(db, db.execute(query("reactions.message"), [id]))
    return found[0] if found else None


def of_message(db: Driver, message_id: int) -> Own | None:
    found = _to(db, [(message_id,)])
    return found[0] if found else None


def named(db: Driver, channel_id: int, names: Iterable[str]) -> list[Own]:
    """Those that the provider, or we, call by one of these names."""
    return _to(db, db.execute(query("reactions.named"), [channel_id, list(names)]))


def _to(db: Driver, messages: Iterable[Row]) -> list[Own]:
    ids = [row[0] for row in messages]
    return [_own(row) for row in db.execute(query("reactions.rows"), [ids])] if ids else []


def _own(row: Row) -> Own:
    (id, message_id, channel_id, conversation_id, emoji, at, name, status, attempts, kind,
     failure, not_before, lease_until) = row  # fmt: skip
    return Own(
        id,
        message_id,
        channel_id,
        conversation_id,
        emoji,
        at,
        name or "",
        DeliveryStatus(status) if status else None,
        attempts,
        FailureKind(kind) if kind else None,
        failure,
        not_before,
        lease_until,
    )


def save(tx: Driver, own: Own) -> None:
    """Write back where its sending stands."""
    columns = [
        own.id,
        own.provider_id,
        own.status,
        own.attempts,
        own.not_before,
        own.lease_until,
        own.failure_kind,
        own.failure,
    ]
    tx.execute(query("reactions.set"), columns)


def pending(db: Driver, channel_id: int) -> list[tuple[int, int, datetime | None]]:
    """(id, message, not before) of all that a channel still has to send, oldest first."""
    return [
        (row[0], row[1], row[2]) for row in db.execute(query("reactions.pending"), [channel_id])
    ]


def with_status(db: Driver, channel_id: int, status: DeliveryStatus) -> list[int]:
    rows = db.execute(query("reactions.with_status"), [channel_id, status.value])
    return [row[0] for row in rows]
