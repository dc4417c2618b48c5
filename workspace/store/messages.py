"""Rows of messages, events and files as models."""

from collections import defaultdict
from collections.abc import Collection, Sequence
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
    Quoted,
    Reaction,
)
from workspace.store import chosen
from workspace.store.driver import Driver
from workspace.store.sql import query

_EXCERPT = 300
"""Characters of a message that is quoted."""

Place = tuple[datetime, int]
"""Where a message stands among those of its conversation: (occurred_at, id)."""


def before(db: Driver, conversation_id: int, message_id: int | None, limit: int) -> MessagePage:
    """Up to `limit` messages before the message `message_id`; None: the newest ones.

    Pages that follow each other share no message and no event, and leave none out: an event belongs
    to the page of the last message that is not later than it. Raises NotFound where the message is
    not in the conversation; so do `after` and `around`.
    """
    end = None if message_id is None else place(db, conversation_id, message_id)
    found = _older(db, conversation_id, end, limit + 1)
    return _page(db, conversation_id, found[-limit:], more=len(found) > limit, then=end)


def after(db: Driver, conversation_id: int, message_id: int, limit: int) -> MessagePage:
    """Up to `limit` messages after the message `message_id`."""
    at, id = place(db, conversation_id, message_id)
    found = _newer(db, conversation_id, (at, id + 1), limit + 1)
    return _page(db, conversation_id, found[:limit], more=True, then=_next(found, limit))


def around(db: Driver, conversation_id: int, message_id: int, limit: int) -> MessagePage:
    """Up to `limit` messages, the message `message_id` in the middle of them."""
    middle = place(db, conversation_id, message_id)
    half = limit // 2
    above = _older(db, conversation_id, middle, half + 1)
    below = _newer(db, conversation_id, middle, limit - half + 1)
    shown = [*(above[-half:] if half else []), *below[: limit - half]]
    then = _next(below, limit - half)
    return _page(db, conversation_id, shown, more=len(above) > half, then=then)


def place(db: Driver, conversation_id: int, message_id: int) -> Place:
    """Where a message of a conversation stands. Raises NotFound."""
    rows = db.execute(query("messages.place"), [message_id, conversation_id])
    if not rows:
        raise NotFound(
            f"No message {message_id} in conversation {conversation_id}; it may have been deleted.",
            id=str(message_id),
        )
    return rows[0][0], message_id


def _older(db: Driver, conversation_id: int, end: Place | None, limit: int) -> list[Place]:
    """The last `limit` places before `end`, oldest first."""
    at, id = end or (None, None)
    rows = db.execute(query("messages.older"), [conversation_id, at, id, limit])
    return [(at, id) for id, at in reversed(rows)]


def _newer(db: Driver, conversation_id: int, start: Place, limit: int) -> list[Place]:
    """The first `limit` places from `start` on, oldest first."""
    rows = db.execute(query("messages.newer"), [conversation_id, *start, limit])
    return [(at, id) for id, at in rows]


def _next(found: Sequence[Place], limit: int) -> Place | None:
    """Where the page after one of `limit` messages begins."""
    return found[limit] if len(found) > limit else None


def _page(
    db: Driver, conversation_id: int, shown: Sequence[Place], *, more: bool, then: Place | None
) -> MessagePage:
    """`then`: where the page that follows begins; None: there is none."""
    if not shown and more:
        return MessagePage((), (), more, newer=False)  # what follows the last message
    messages = _messages(db, [id for _, id in shown])
    events = _events(db, conversation_id, shown[0][0] if more else None, then[0] if then else None)
    return MessagePage(tuple(messages), tuple(events), more, newer=then is not None)


def _messages(db: Driver, ids: Sequence[int]) -> list[Message]:
    """Messages by their ids, oldest first; unknown ids are left out."""
    if not ids:
        return []
    rows = db.execute(query("messages.rows"), [list(ids)])
    files: dict[int, list[Attachment]] = defaultdict(list)
    for message_id, *file in db.execute(query("messages.attachments"), [ids]):
        files[message_id].append(_attachment(file))
    reactions: dict[int, list[Reaction]] = defaultdict(list)
    for message_id, *reaction in db.execute(query("messages.reactions"), [ids]):
        reactions[message_id].append(_reaction(*reaction))
    shown = quoted(db, {row[-1] for row in rows if row[-1] is not None})
    return [
        _message(row, tuple(files[row[0]]), tuple(reactions[row[0]]), shown.get(row[-1]))
        for row in rows
    ]


def _reaction(
    kind: str, emoji: str, name: str, delivery: str | None, failure: str, at: datetime
) -> Reaction:
    status = DeliveryStatus(delivery) if delivery else None
    return Reaction(ActorKind(kind), emoji, name, status, failure)


def quoted(db: Driver, ids: Collection[int]) -> dict[int, Quoted]:
    """Messages in short, by their ids; unknown ids are absent."""
    if not ids:
        return {}
    rows = db.execute(query("messages.quoted"), [list(ids), _EXCERPT])
    return {
        id: Quoted(
            id,
            Direction(direction),
            Actor(ActorKind(kind), name),
            text,
            MediaKind(media) if media else None,
            file or "",
        )
        for id, direction, kind, name, text, media, file in rows
    }


def _message(
    row: Sequence[Any],
    files: tuple[Attachment, ...],
    reactions: tuple[Reaction, ...],
    reply_to: Quoted | None,
) -> Message:
    (id, conversation_id, direction, author_kind, author_name, body, html,
     occurred_at, received_at, origin, delivery, failure_kind, failure,
     automatic, unsupported, template, not_before, _) = row  # fmt: skip
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
        undo_until=not_before if delivery == DeliveryStatus.QUEUED else None,
        reply_to=reply_to,
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
    found = _messages(db, [id])
    return found[0] if found else None


def attachment(db: Driver, id: int) -> Attachment:
    """One file's row. Raises NotFound."""
    rows = db.execute(query("messages.attachment"), [id])
    if not rows:
        raise NotFound(f"No file {id}; it may have been deleted.", id=str(id))
    return _attachment(rows[0])


def _attachment(row: Sequence[Any]) -> Attachment:
    id, kind, name, mime, size, content_id, inline, awaited, failure = row
    missing = "" if awaited else failure or ""
    return Attachment(
        id, MediaKind(kind), name, mime, size, content_id, inline, bool(awaited), missing
    )
