"""Facts about the database file itself: journal_uuid, journal_position, salt; and oddities.ID, what
a channel was told and did not understand.
"""

from workspace.store.driver import Driver
from workspace.store.sql import query


def get(db: Driver, key: str) -> str | None:
    """None where it was never set."""
    rows = db.execute(query("facts.get"), [key])
    return rows[0][0] if rows else None


def put(tx: Driver, key: str, value: str) -> None:
    tx.execute(query("facts.put"), [key, value])


def drop(tx: Driver, key: str) -> None:
    tx.execute(query("facts.drop"), [key])
