"""What customers told providers about marketing messages."""

from collections.abc import Collection
from datetime import datetime

from workspace.models import MarketingChoice
from workspace.store import changes
from workspace.store.driver import Driver
from workspace.store.sql import query


def choose(tx: Driver, conversation_id: int, stopped: bool, at: datetime) -> None:
    """Keep what the customer of a conversation chose on its channel, unless something newer is."""
    tx.execute(query("marketing.choose"), [conversation_id, stopped, at])
    changes.record(tx, "conversation", conversation_id)


def of_contacts(db: Driver, ids: Collection[int]) -> list[MarketingChoice]:
    """What contacts chose, each by itself; newest first."""
    rows = db.execute(query("marketing.of_contacts"), [list(ids)])
    return [MarketingChoice(*row) for row in rows]


def forget(tx: Driver, ids: Collection[int]) -> None:
    tx.execute(query("marketing.drop"), [list(ids)])
