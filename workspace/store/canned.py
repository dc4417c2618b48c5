"""Canned replies: texts under shortcuts."""

from workspace.models import CannedReply
from workspace.store import ids
from workspace.store.driver import Driver
from workspace.store.sql import query


def all(db: Driver) -> list[CannedReply]:
    """By their shortcuts."""
    return [CannedReply(*row) for row in db.execute(query("canned.all"))]


def put(tx: Driver, shortcut: str, text: str) -> CannedReply:
    """Keep a text; one that has the shortcut is changed, and keeps its id."""
    [id] = ids.allocate(tx, 1)
    tx.execute(query("canned.put"), [id, shortcut, text])
    return CannedReply(*tx.execute(query("canned.get"), [shortcut])[0])


def drop(tx: Driver, shortcut: str) -> bool:
    """Forget one. False: there was none."""
    return bool(tx.execute(query("canned.drop"), [shortcut]))
