"""Many new rows at once, and what the store knows about the provider's ids."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyarrow as pa

from workspace.models import (
    ActorKind,
    DeliveryStatus,
    Direction,
    FailureKind,
    MediaKind,
    Origin,
)
from workspace.store.driver import Driver
from workspace.store.sql import query

STAMP = pa.timestamp("us", "UTC")


@dataclass(frozen=True, slots=True)
class NewMessage:
    """Fields as the columns of ``messages``."""

    id: int
    conversation_id: int
    channel_id: int
    direction: Direction
    provider_id: str | None
    author_kind: ActorKind
    occurred_at: datetime
    received_at: datetime
    author_name: str = ""
    author_address: str = ""
    origin: Origin | None = None
    body: str = field(default="", repr=False)
    html: str = field(default="", repr=False)
    search_text: str = field(default="", repr=False)
    automatic: bool = False
    silent: bool = False
    backfill: bool = False
    unsupported: str = ""
    reply_headers: str = field(default="", repr=False)
    delivery_status: DeliveryStatus | None = None
    accepted: bool = False
    failure_kind: FailureKind | None = None
    failure: str = ""
    template: str | None = field(default=None, repr=False)
    not_before: datetime | None = None
    reply_to: int | None = None


@dataclass(frozen=True, slots=True)
class NewAttachment:
    """Fields as the columns of ``attachments``; without a message: an upload."""

    id: int
    message_id: int | None
    conversation_id: int | None
    position: int
    kind: MediaKind
    name: str
    mime: str
    size: int
    created_at: datetime
    content_id: str = ""
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored about a message that the provider names."""

    provider_id: str
    id: int
    conversation_id: int
    direction: Direction
    origin: Origin | None
    author_kind: ActorKind
    occurred_at: datetime
    delivery_status: DeliveryStatus | None
    accepted: bool
    failure_kind: FailureKind | None = None
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Parked:
    """What came before the message it is about; `event` is JSON. A change of number has the `names`
    of a person for its `provider_id`.
    """

    channel_id: int
    provider_id: str
    journal_id: int
    position: int
    event: str


_MESSAGES = {
    "id": pa.int64(),
    "conversation_id": pa.int64(),
    "channel_id": pa.int64(),
    "direction": pa.string(),
    "provider_id": pa.string(),
    "author_kind": pa.string(),
    "author_name": pa.string(),
    "author_address": pa.string(),
    "origin": pa.string(),
    "body": pa.string(),
    "html": pa.string(),
    "search_text": pa.string(),
    "occurred_at": STAMP,
    "received_at": STAMP,
    "automatic": pa.bool_(),
    "silent": pa.bool_(),
    "backfill": pa.bool_(),
    "unsupported": pa.string(),
    "reply_headers": pa.string(),
    "delivery_status": pa.string(),
    "accepted": pa.bool_(),
    "failure_kind": pa.string(),
    "failure": pa.string(),
    "template": pa.string(),
    "not_before": STAMP,
    "reply_to": pa.int64(),
}
_ATTACHMENTS = {
    "id": pa.int64(),
    "message_id": pa.int64(),
    "conversation_id": pa.int64(),
    "position": pa.int32(),
    "kind": pa.string(),
    "name": pa.string(),
    "mime": pa.string(),
    "size": pa.int64(),
    "content_id": pa.string(),
    "inline": pa.bool_(),
    "created_at": STAMP,
}


def table(rows: Sequence[Any], columns: Mapping[str, pa.DataType]) -> pa.Table:
    """Objects as a table of those of their fields that `columns` names."""
    return pa.table(
        {name: pa.array([getattr(r, name) for r in rows], type) for name, type in columns.items()}
    )


def messages(tx: Driver, rows: Sequence[NewMessage]) -> None:
    if rows:
        tx.bulk_load("messages", table(rows, _MESSAGES))


def attachments(tx: Driver, rows: Sequence[NewAttachment]) -> None:
    if rows:
        tx.bulk_load("attachments", table(rows, _ATTACHMENTS))


def known(db: Driver, channel_id: int, provider_ids: Iterable[str]) -> dict[str, Known]:
    """Messages by the provider's ids; unknown ids are absent."""
    wanted = list(provider_ids)
    if not wanted:
        return {}
    rows = db.execute(query("receiving.known"), [channel_id, wanted])
    return {row[0]: _known(*row) for row in rows}


def _known(
    provider_id: str,
    id: int,
    conversation_id: int,
    direction: str,
    origin: str | None,
    author_kind: str,
    occurred_at: datetime,
    delivery_status: str | None,
    accepted: bool,
    failure_kind: str | None,
    failure: str,
) -> Known:
    return Known(
        provider_id,
        id,
        conversation_id,
        Direction(direction),
        Origin(origin) if origin else None,
        ActorKind(author_kind),
        occurred_at,
        DeliveryStatus(delivery_status) if delivery_status else None,
        accepted,
        FailureKind(failure_kind) if failure_kind else None,
        failure,
    )


def set_deliveries(tx: Driver, rows: Sequence[Known]) -> None:
    """Write back what receipts say; whatever waits for a retry no longer does."""
    if rows:
        columns = [
            [m.id for m in rows],
            [m.delivery_status for m in rows],
            [m.accepted for m in rows],
            [m.failure_kind for m in rows],
            [m.failure for m in rows],
        ]
        tx.execute(query("receiving.set_deliveries"), columns)


def react(tx: Driver, reactions: Mapping[int, tuple[str, datetime]]) -> None:
    """The customer's reaction to messages, by message id: (emoji, when). Empty: taken back."""
    if reactions:
        emojis, stamps = zip(*reactions.values(), strict=True)
        kinds = [ActorKind.CUSTOMER.value] * len(reactions)
        tx.execute(query("receiving.react"), [list(reactions), kinds, list(emojis), list(stamps)])


def quote(tx: Driver, quotes: Mapping[int, int]) -> None:
    """Which messages quote which, by their ids."""
    if quotes:
        tx.execute(query("receiving.quote"), [list(quotes), list(quotes.values())])


# --- waiting for their message ----------------------------------------------------------------


def parked(db: Driver, channel_id: int, provider_ids: Iterable[str]) -> list[Parked]:
    """What waits for these messages."""
    return _parked(db, "parked", channel_id, list(provider_ids))


def parked_moves(db: Driver, channel_id: int, names: Iterable[str]) -> list[Parked]:
    """The changes of number that wait for people of any of these names."""
    return _parked(db, "parked_moves", channel_id, list(names))


def _parked(db: Driver, block: str, channel_id: int, names: list[str]) -> list[Parked]:
    rows = db.execute(query(f"receiving.{block}"), [channel_id, names]) if names else []
    return [Parked(channel_id, *row) for row in rows]


def names(each: Iterable[str]) -> str:
    """What a change waits under, so that each of these names finds it."""
    return "\n\n".join(each)


def park(tx: Driver, rows: Sequence[Parked]) -> None:
    if rows:
        columns = [
            [p.channel_id for p in rows],
            [p.provider_id for p in rows],
            [p.journal_id for p in rows],
            [p.position for p in rows],
            [p.event for p in rows],
        ]
        tx.execute(query("receiving.park"), columns)


def unpark_payloads(tx: Driver, journal_ids: Iterable[int]) -> None:
    """Forget what waits from these payloads: they are about to be applied again."""
    tx.execute(query("receiving.unpark_payloads"), [list(journal_ids)])


def unpark(tx: Driver, rows: Sequence[Parked]) -> None:
    if rows:
        places = [[p.journal_id for p in rows], [p.position for p in rows]]
        tx.execute(query("receiving.unpark"), places)


def forget_parked(tx: Driver) -> None:
    """Drop what has waited for a month."""
    tx.execute(query("receiving.forget_parked"))


def count_parked(db: Driver) -> int:
    return int(db.execute(query("receiving.count_parked"))[0][0])


# --- quarantine -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A payload that could not be applied; it stays in the journal."""

    journal_id: int
    channel_id: int
    error: str
    created_at: datetime


def quarantine(tx: Driver, journal_id: int, channel_id: int, error: str) -> None:
    tx.execute(query("receiving.quarantine"), [journal_id, channel_id, error])


def quarantined(db: Driver) -> list[Quarantined]:
    return [Quarantined(*row) for row in db.execute(query("receiving.quarantined"))]


def release(tx: Driver, journal_ids: Iterable[int]) -> set[int]:
    """Payloads leave the quarantine; those of them that were in it."""
    return {row[0] for row in tx.execute(query("receiving.release"), [list(journal_ids)])}
