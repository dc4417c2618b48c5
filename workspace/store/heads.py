"""Conversation rows without what follows from the log alone (that is `states`)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from workspace.models import Address, AddressKind, DeliveryStatus, Direction, MediaKind
from workspace.rules import State
from workspace.store.driver import Driver
from workspace.store.ingest import STAMP, table
from workspace.store.sql import query

PREVIEW = 200
"""Characters of the last message that the list needs."""

_COLUMNS = {
    "id": pa.int64(),
    "channel_id": pa.int64(),
    "contact_id": pa.int64(),
    "address_kind": pa.string(),
    "address": pa.string(),
    "subject": pa.string(),
    "created_at": STAMP,
    "last_activity_at": STAMP,
    "first_message_id": pa.int64(),
    "last_message_id": pa.int64(),
    "preview_message_id": pa.int64(),
    "preview_at": STAMP,
    "preview_text": pa.string(),
    "preview_direction": pa.string(),
    "preview_author": pa.string(),
    "preview_media": pa.string(),
    "preview_delivery": pa.string(),
    "failed": pa.bool_(),
}
_STATE_COLUMNS = {
    "status": pa.string(),
    "resolved": pa.bool_(),
    "archived": pa.bool_(),
    "agent_replies": pa.bool_(),
    "episode": pa.int32(),
    "read_mark": pa.int64(),
    "unread": pa.int32(),
    "marked_unread": pa.bool_(),
    "last_inbound_at": STAMP,
    "last_reply_at": STAMP,
}


@dataclass(slots=True)
class Head:
    """Fields as the columns of ``conversations``, in the order of heads.sql.

    Not frozen like other values: a batch changes the heads it works on once for each message.
    """

    id: int
    channel_id: int
    contact_id: int
    address_kind: str
    address: str
    subject: str
    created_at: datetime
    last_activity_at: datetime
    first_message_id: int | None = None
    last_message_id: int | None = None
    preview_message_id: int | None = None
    preview_at: datetime | None = None
    preview_text: str = ""
    preview_direction: str | None = None
    preview_author: str = ""
    preview_media: str | None = None
    preview_delivery: str | None = None
    failed: bool = False

    @property
    def to(self) -> Address:
        """Where a reply goes."""
        return Address(AddressKind(self.address_kind), self.address)


def load(db: Driver, ids: Iterable[int]) -> dict[int, Head]:
    """Heads by conversation id; unknown ids are absent."""
    wanted = list(ids)
    if not wanted:
        return {}
    return {row[0]: Head(*row) for row in db.execute(query("heads.load"), [wanted])}


def of_contacts(db: Driver, channel_id: int, contact_ids: Iterable[int]) -> dict[int, int]:
    """The conversation each contact has on a channel that keeps one per contact."""
    wanted = list(contact_ids)
    if not wanted:
        return {}
    return dict(db.execute(query("heads.of_contacts"), [channel_id, wanted]))


def move(tx: Driver, channel_id: int, contact_id: int, to: Address) -> list[int]:
    """Answers to a contact on a channel go elsewhere now; the conversations this changed."""
    rows = tx.execute(query("heads.move"), [channel_id, contact_id, to.kind.value, to.value])
    return [row[0] for row in rows]


def resolve(db: Driver, ids: Iterable[int]) -> dict[int, int]:
    """Where those of the conversations went that were merged into others."""
    return dict(db.execute(query("heads.resolve"), [list(ids)]))


def insert(tx: Driver, heads: Iterable[Head], states: Mapping[int, State]) -> None:
    """New conversations, each with its state."""
    rows = list(heads)
    if not rows:
        return
    new = table(rows, _COLUMNS)
    state = table([states[head.id] for head in rows], _STATE_COLUMNS)
    for field in state.schema:
        new = new.append_column(field, state[field.name])
    tx.bulk_load("conversations", new)


def save(tx: Driver, heads: Iterable[Head]) -> None:
    """Write heads back, but for the contact: `set_contacts`."""
    rows = list(heads)
    if rows:
        saved = [name for name in _COLUMNS if name not in ("channel_id", "contact_id")]
        tx.execute(query("heads.save"), [[getattr(h, name) for h in rows] for name in saved])


def set_contacts(tx: Driver, contacts: Mapping[int, int]) -> None:
    """The contact of conversations, by their ids."""
    if contacts:
        tx.execute(query("heads.set_contact"), [list(contacts), list(contacts.values())])


def failing(db: Driver, ids: Iterable[int]) -> dict[int, bool]:
    """Whether the newest outbound message of conversations failed."""
    wanted = list(ids)
    if not wanted:
        return {}
    rows = db.execute(query("heads.newest_outbound"), [wanted])
    return dict.fromkeys(wanted, False) | {
        id: status == DeliveryStatus.FAILED for id, status in rows
    }


@dataclass(frozen=True, slots=True)
class Shown:
    """What a head tells of one message."""

    id: int
    occurred_at: datetime
    direction: Direction
    author_name: str
    text: str
    media: MediaKind | None
    delivery_status: DeliveryStatus | None
    silent: bool = False


def take(head: Head, message: Shown) -> None:
    """The conversation has this message, too.

    `failed` is right only where the message is the newest of all, see `failing`.
    """
    at, id = message.occurred_at, message.id
    head.created_at = min(head.created_at, at)
    head.first_message_id = min(head.first_message_id or id, id)
    head.last_message_id = max(head.last_message_id or id, id)
    if message.silent:
        return
    head.last_activity_at = max(head.last_activity_at, at)
    if head.preview_at and (head.preview_at, head.preview_message_id or 0) > (at, id):
        return
    head.preview_message_id = id
    head.preview_at = at
    head.preview_text = preview(message.text)
    head.preview_direction = message.direction
    head.preview_author = message.author_name
    head.preview_media = message.media
    head.preview_delivery = message.delivery_status
    if message.direction is Direction.OUTBOUND:
        head.failed = message.delivery_status is DeliveryStatus.FAILED


@dataclass(frozen=True, slots=True)
class Span:
    """What the messages of a conversation span. Fields in the order of ``heads.spans``."""

    first_id: int
    last_id: int
    created_at: datetime
    last_activity_at: datetime
    """Of the newest that is not silent."""


def spans(db: Driver, ids: Iterable[int]) -> dict[int, Span]:
    """By conversation; one without messages is absent."""
    return {row[0]: Span(*row[1:]) for row in db.execute(query("heads.spans"), [list(ids)])}


def newest(db: Driver, ids: Iterable[int]) -> dict[int, Shown]:
    """The newest message of each conversation that is not silent."""
    found = {}
    for conversation_id, id, at, direction, author, text, media, delivery in db.execute(
        query("heads.newest"), [list(ids)]
    ):
        found[conversation_id] = Shown(
            id,
            at,
            Direction(direction),
            author,
            text,
            MediaKind(media) if media else None,
            DeliveryStatus(delivery) if delivery else None,
        )
    return found


@dataclass(frozen=True, slots=True)
class Letter:
    """A message of a thread. Fields in the order of ``heads.letters``."""

    author_name: str
    author_address: str
    occurred_at: datetime
    external: bool
    """From outside, and not silent."""
    reply_headers: str


def letters(db: Driver, ids: Iterable[int]) -> dict[int, list[Letter]]:
    """All messages of threads, each oldest first by (occurred_at, id)."""
    found: dict[int, list[Letter]] = {}
    for row in db.execute(query("heads.letters"), [list(ids)]):
        found.setdefault(row[0], []).append(Letter(*row[1:]))
    return found


def preview(text: str) -> str:
    """The beginning of a text, on one line."""
    return " ".join(text[: PREVIEW * 4].split())[:PREVIEW]
