"""What a customer may be told of operators: up to which message their conversation was read."""

from dataclasses import dataclass
from datetime import datetime

from workspace.models import Address, AddressKind
from workspace.store.driver import Driver
from workspace.store.sql import query


@dataclass(frozen=True, slots=True)
class Newest:
    """The customer's newest message. Fields in the order of ``presence.newest``."""

    id: int
    provider_id: str
    read: bool
    """So is all before it, and nobody left it unread."""
    channel_id: int
    address: Address
    last_inbound_at: datetime | None
    blocked: bool
    opted_out: bool


def newest(db: Driver, conversation_id: int, *, read: bool) -> Newest | None:
    """None: there is none. `read`: the newest that was read, not the newest at all."""
    for row in db.execute(query("presence.newest"), [conversation_id, read]):
        id, name, seen, channel_id, kind, address, *rest = row
        return Newest(id, name, seen, channel_id, Address(AddressKind(kind), address), *rest)
    return None
