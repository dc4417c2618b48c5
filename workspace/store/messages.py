"""Rows of messages, events and files as models."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from workspace.errors import NotFound
from workspace.models import (
    Actor,
    ActorKind,
    Attachment,
    ConversationEvent,
    DeliveryStatus,
    Direction,
    EventKind,
    FailureKind,
    MediaKind,
    Message,
    MessagePage,
    Origin,
    Reaction,
)
from workspace.store import chosen
from workspace.store.driver import Driver
from workspace.store.sql import query


def page(db: Driver, conversation_id: int, before: int | None, limit: int) -> MessagePage:
    """Up to `limit` messages before the message `before`, and the events of the same time.

    Messages are in the order (occurred_at, id); pages that follow each other share no message and
    no event, and leave none out. Raises NotFound where `before` is not in the conversation.
    """
    end = _place(db, conversation_id, before) if before is not None else None
    rows = db.execute(query("messages.page"), [conversation_id, end, before, limit + 1])
    more = len(rows) > limit
    messages = _messages(db, rows[:limit][::-1])
    start = messages[0].occurred_at if more else None
    return MessagePage(tuple(messages), tuple(_events(db, conversation_id, start, end)), more)


def _place(db: Driver, conversation_id: int, message_id: int) -> datetime:
    rows = db.execute(query("messages.place"), [message_id, conversation_id])
    if not rows:
        raise NotFound(
            f"No message {message_id} in conversation {conversation_id}; it may have been deleted.",
            id=str(message_id),
        )
    at: datetime = rows[0][0]
    return at


def _messages(db: Driver, rows: Sequence[tuple[Any, ...]]) -> list[Message]:
    ids = [row[0] for row in rows]
    if not ids:
        return []
    files: dict[int, list[Attachment]] = defaultdict(list)
    for message_id, *file in db.execute(query("messages.attachments"), [ids]):
        files[message_id].append(_attachment(file))
    reactions: dict[int, list[Reaction]] = defaultdict(list)
    for message_id, kind, emoji in db.execute(query("messages.reactions"), [ids]):
        reactions[message_id].append(Reaction(ActorKind(kind), emoji))
    return [_message(row, tuple(files[row[0]]), tuple(reactions[row[0]])) for row in rows]


def _message(
    row: Sequence[Any], files: tuple[Attachment, ...], reactions: tuple[Reaction, ...]
) -> Message:
    (id, conversation_id, direction, author_kind, author_name, body, html,
     occurred_at, received_at, origin, delivery, failure_kind, failure,
     automatic, unsupported, template) = row  # fmt: skip
    return Message(
        id=id,
        conversation_id=conversation_id,
        direction=Direction(direction),
        author=Actor(ActorKind(author_kind), author_name),
        text=body,
        html=html,
        occurred_at=occurred_at,
        received_at=received_at,
        attachments=files,
        reactions=reactions,
        origin=Origin(origin) if origin else None,
        delivery_status=DeliveryStatus(delivery) if delivery else None,
        failure_kind=FailureKind(failure_kind) if failure_kind else None,
        failure=failure,
        automatic=automatic,
        unsupported=unsupported,
        template=chosen.load(template).name if template else "",
    )


def _events(
    db: Driver, conversation_id: int, start: datetime | None, end: datetime | None
) -> list[ConversationEvent]:
    rows = db.execute(query("messages.events"), [conversation_id, start, end])
    return [
        ConversationEvent(id, of, EventKind(kind), Actor(ActorKind(by), name), at, reason)
        for id, of, kind, by, name, at, reason in rows
    ]


def get(db: Driver, id: int) -> Message | None:
    """One message by its id; None: there is none."""
    found = _messages(db, db.execute(query("messages.get"), [id]))
    return found[0] if found else None


def attachment(db: Driver, id: int) -> Attachment:
    """One file's row. Raises NotFound."""
    rows = db.execute(query("messages.attachment"), [id])
    if not rows:
        raise NotFound(f"No file {id}; it may have been deleted.", id=str(id))
    return _attachment(rows[0])


def _attachment(row: Sequence[Any]) -> Attachment:
    id, kind, name, mime, size, content_id, inline = row
    return Attachment(id, MediaKind(kind), name, mime, size, content_id, inline)
