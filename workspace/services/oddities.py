"""What came and was not understood: counted by channel, so that somebody learns of it."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from workspace.channels.base import Unsupported
from workspace.services.arrivals import Item
from workspace.store import facts
from workspace.store.driver import Driver


@dataclass(frozen=True, slots=True)
class Oddities:
    """How many there were; the newest in words, and when it came."""

    count: int
    newest: str
    at: datetime


def take(tx: Driver, items: Sequence[Item]) -> None:
    """Count those of payloads that are applied for the first time, the quarantine's included."""
    for channel_id in {item.channel_id for item in items}:
        came = [
            (event.what, item.meta.received_at)
            for item in items
            for event in item.events
            if item.channel_id == channel_id
            and isinstance(event, Unsupported)
            and not event.understood
        ]
        if came:
            before = of(tx, channel_id)
            what, at = came[-1]
            found = Oddities(len(came) + (before.count if before else 0), what, at)
            facts.put(tx, _key(channel_id), json.dumps(asdict(found), default=datetime.isoformat))


def of(db: Driver, channel_id: int) -> Oddities | None:
    """None: all was understood."""
    kept = facts.get(db, _key(channel_id))
    if kept is None:
        return None
    fields = json.loads(kept)
    return Oddities(fields["count"], fields["newest"], datetime.fromisoformat(fields["at"]))


def _key(channel_id: int) -> str:
    return f"oddities.{channel_id}"
