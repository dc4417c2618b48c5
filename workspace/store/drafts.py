"""What operators have begun to write, a draft each in a conversation."""

from collections.abc import Sequence

from workspace.models import MediaKind, SavedDraft, Upload
from workspace.store import messages
from workspace.store.driver import Driver
from workspace.store.sql import query


def get(db: Driver, conversation_id: int, operator: str) -> SavedDraft | None:
    """None: there is none."""
    key = [conversation_id, operator]
    for text, note, updated_at, reply_to in db.execute(query("drafts.get"), key):
        files = [
            Upload(id, MediaKind(kind), *rest)
            for id, kind, *rest in db.execute(query("drafts.uploads"), key)
        ]
        shown = messages.quoted(db, [] if reply_to is None else [reply_to])
        return SavedDraft(text, note, tuple(files), updated_at, shown.get(reply_to))
    return None


def put(
    tx: Driver,
    conversation_id: int,
    operator: str,
    text: str,
    note: bool,
    uploads: Sequence[int],
    reply_to: int | None,
) -> None:
    """Keep a draft in the place of the one before."""
    key = [conversation_id, operator]
    tx.execute(query("drafts.put"), [*key, text, note, reply_to])
    tx.execute(query("drafts.drop_uploads"), key)
    if uploads:
        places = list(range(len(uploads)))
        tx.execute(query("drafts.put_uploads"), [*key, list(uploads), places])
        tx.execute(query("drafts.belong"), [conversation_id, list(uploads)])


def drop(tx: Driver, conversation_id: int, operator: str) -> None:
    """Forget a draft; its files go as all do that nobody sends."""
    for block in ("drop", "drop_uploads"):
        tx.execute(query(f"drafts.{block}"), [conversation_id, operator])
