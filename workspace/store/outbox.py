"""Outbound messages as an outbox: the row says whether a send is due, under way or done."""

from dataclasses import dataclass, field
from datetime import datetime

from workspace.models import (
    ActorKind,
    Address,
    AddressKind,
    DeliveryStatus,
    FailureKind,
    MediaKind,
    Origin,
    TemplateChoice,
)
from workspace.rules import Outbound
from workspace.store import chosen
from workspace.store.driver import Driver
from workspace.store.sql import query


@dataclass(frozen=True, slots=True)
class Queued:
    """A message to send. Fields in the order of ``delivery.get``, the address as one value."""

    id: int
    conversation_id: int
    channel_id: int
    provider_id: str
    origin: Origin
    author_kind: ActorKind
    occurred_at: datetime
    status: DeliveryStatus
    accepted: bool
    failure_kind: FailureKind | None
    failure: str
    attempts: int
    lease_until: datetime | None
    text: str = field(repr=False)
    reply_headers: str = field(repr=False)
    address: Address
    contact_name: str = field(repr=False)
    last_inbound_at: datetime | None
    opted_out: bool
    blocked: bool
    template: TemplateChoice | None
    reply_to: int | None = None
    """The message that it quotes; None: none."""
    quoted: str = ""
    """The provider's name of that message."""
    quotes: bool | None = None
    """Whether the customer has it; None: it quotes none."""
    marketing_stopped: bool = False
    not_before: datetime | None = None

    def entry(self) -> Outbound:
        """The message as the rules see it."""
        return Outbound(self.id, self.occurred_at, self.origin, self.author_kind, self.accepted)


@dataclass(frozen=True, slots=True)
class QueuedFile:
    id: int
    kind: MediaKind
    name: str
    mime: str
    size: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that is still to be sent. Fields in the order of ``delivery.pending``."""

    id: int
    conversation_id: int
    not_before: datetime | None
    failure_kind: FailureKind | None
    """Of the attempt before."""


def get(db: Driver, id: int) -> Queued | None:
    """An outbound message; None where it was erased."""
    rows = db.execute(query("delivery.get"), [id])
    if not rows:
        return None
    row = rows[0]
    return Queued(
        id=row[0],
        conversation_id=row[1],
        channel_id=row[2],
        provider_id=row[3],
        origin=Origin(row[4]),
        author_kind=ActorKind(row[5]),
        occurred_at=row[6],
        status=DeliveryStatus(row[7]),
        accepted=row[8],
        failure_kind=FailureKind(row[9]) if row[9] else None,
        failure=row[10],
        attempts=row[11],
        lease_until=row[12],
        text=row[13],
        reply_headers=row[14],
        address=Address(AddressKind(row[15]), row[16]),
        contact_name=row[17],
        last_inbound_at=row[18],
        opted_out=row[19],
        blocked=row[20],
        template=chosen.load(row[21]) if row[21] else None,
        reply_to=row[22],
        quoted=row[23] or "",
        quotes=bool(row[24]) if row[22] is not None else None,
        marketing_stopped=row[25],
    )


def files(db: Driver, message_id: int) -> list[QueuedFile]:
    rows = db.execute(query("delivery.files"), [message_id])
    return [QueuedFile(id, MediaKind(kind), *rest) for id, kind, *rest in rows]


def template(db: Driver, id: int) -> TemplateChoice | None:
    """What a message is sent with; None: no template."""
    rows = db.execute(query("delivery.template"), [id])
    return chosen.load(rows[0][0]) if rows and rows[0][0] else None


def pending(db: Driver, channel_id: int) -> list[Waiting]:
    """All that a channel still has to send, oldest first."""
    rows = db.execute(query("delivery.pending"), [channel_id])
    return [
        Waiting(id, conversation_id, not_before, FailureKind(kind) if kind else None)
        for id, conversation_id, not_before, kind in rows
    ]


def save(tx: Driver, message: Queued) -> None:
    """Write back where the send stands."""
    tx.execute(
        query("delivery.set"),
        [
            message.id,
            message.status.value,
            message.accepted,
            message.failure_kind,
            message.failure,
            message.attempts,
            message.not_before,
            message.lease_until,
        ],
    )


def take_back(tx: Driver, id: int) -> None:
    """The message is not to be sent, and not to be found."""
    tx.execute(query("delivery.take_back"), [id])


def queue_again(tx: Driver, message: Queued) -> None:
    """Let the message be sent once more.

    `attempts` begin anew; but what was tried has at least one, so that Undo is too late for it.
    """
    tx.execute(
        query("delivery.queue_again"),
        [message.id, message.provider_id, message.reply_headers, message.occurred_at],
    )


def rename(tx: Driver, id: int, provider_id: str) -> None:
    """The provider gave the message a name of its own."""
    tx.execute(query("delivery.rename"), [id, provider_id])


def named(db: Driver, channel_id: int, provider_id: str) -> int | None:
    """The message of any kind that has this name already."""
    rows = db.execute(query("delivery.named"), [channel_id, provider_id])
    return rows[0][0] if rows else None


def absorb(tx: Driver, id: int, copy: int) -> list[int]:
    """Delete a message that is `id` once more; reactions to it, and what quotes it,
    go to `id`.

    Gives the copy's files, whose bytes are to be removed once this is committed.
    """
    gone = [file.id for file in files(tx, copy)]
    for what in ("reactions", "own_reactions", "quotes", "drafts"):
        tx.execute(query(f"delivery.take_{what}"), [id, copy])
    for table in ("reactions", "own_reactions", "remote_files", "attachments", "messages"):
        tx.execute(query(f"delivery.drop_{table}"), [copy])
    return gone


def with_status(db: Driver, channel_id: int, status: DeliveryStatus) -> list[int]:
    """The messages of a channel in one state, oldest first."""
    return [row[0] for row in db.execute(query("delivery.with_status"), [channel_id, status.value])]


def count(db: Driver, status: DeliveryStatus) -> int:
    return int(db.execute(query("delivery.count"), [status.value])[0][0])
