"""Files that were uploaded to be sent, and what an answer refers to."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from workspace.models import Actor, ActorKind, MediaKind
from workspace.store.driver import Driver
from workspace.store.sql import query


@dataclass(frozen=True, slots=True)
class UploadRow:
    id: int
    kind: MediaKind
    name: str
    mime: str
    size: int
    used: bool
    """It belongs to a message already."""


def find(db: Driver, ids: Sequence[int]) -> dict[int, UploadRow]:
    """Uploads by id; unknown ids are absent."""
    if not ids:
        return {}
    rows = db.execute(query("replies.uploads"), [list(ids)])
    return {id: UploadRow(id, MediaKind(kind), *rest) for id, kind, *rest in rows}


def attach(tx: Driver, message_id: int, conversation_id: int, ids: Sequence[int]) -> None:
    """The uploads become the files of a message, in this order."""
    if ids:
        places = list(range(len(ids)))
        tx.execute(query("replies.attach"), [message_id, conversation_id, list(ids), places])


def detach(tx: Driver, ids: Sequence[int]) -> None:
    """The files of a message become uploads again."""
    if ids:
        tx.execute(query("replies.detach"), [list(ids)])


def drop_stale(tx: Driver) -> list[int]:
    """Forget uploads that nobody sent for a day, nor keeps in a draft; their ids."""
    ids = [row[0] for row in tx.execute(query("replies.stale_uploads"))]
    if ids:
        tx.execute(query("replies.drop_attachments"), [ids])
    return ids


# --- answering --------------------------------------------------------------------------------


def barred(db: Driver, contact_id: int, channel_id: int) -> tuple[bool, bool, bool]:
    """Whether a contact opted out, is blocked, and stopped marketing messages on the channel."""
    opted_out, blocked, stopped = db.execute(query("replies.barred"), [contact_id, channel_id])[0]
    return opted_out, blocked, stopped


def answered_meanwhile(
    db: Driver, conversation_id: int, seen: int, writer: Actor
) -> tuple[int, Actor] | None:
    """The newest answer by somebody else than `writer` after the message `seen`, and its author."""
    params = [conversation_id, seen, writer.kind.value, writer.name]
    for id, kind, name in db.execute(query("replies.answered_meanwhile"), params):
        return id, Actor(ActorKind(kind), name)
    return None


def had(db: Driver, conversation_id: int, message_id: int) -> bool | None:
    """Whether the customer wrote or got a message; None: it is not in the conversation."""
    rows = db.execute(query("replies.had"), [conversation_id, message_id])
    return bool(rows[0][0]) if rows else None


def answered(db: Driver, conversation_id: int) -> dict[str, Any]:
    """The reply headers of the message that an answer refers to; empty: there is none."""
    rows = db.execute(query("replies.answered"), [conversation_id])
    found: dict[str, Any] = json.loads(rows[0][0]) if rows else {}
    return found
