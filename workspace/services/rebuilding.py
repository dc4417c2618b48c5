"""The head of a conversation computed anew, where adding message by message can't give it.

That is after two threads became one, after a mail arrived that is older than others of its thread,
and after a message went: it was taken back, or turned out to be another one's copy.
"""

import json
from collections.abc import Collection, Iterable
from typing import Any

from workspace.models import Address, AddressKind, DeliveryStatus, Direction
from workspace.store import contacts, heads, states
from workspace.store.contacts import NewContact
from workspace.store.driver import Driver
from workspace.store.heads import Head, Part
from workspace.store.ids import Ids


def rebuild(tx: Driver, ids: Ids, conversation_ids: Iterable[int]) -> None:
    """Compute and store head and contact of threads from their messages."""
    wanted = set(conversation_ids)
    if not wanted:
        return
    before = heads.load(tx, wanted)
    parts = heads.parts(tx, wanted)
    after = {id: _head(head, parts[id]) for id, head in before.items() if id in parts}
    heads.save(tx, after.values())
    _set_contacts(tx, ids, after, parts)


def show(tx: Driver, conversation_ids: Iterable[int]) -> None:
    """Compute and store what the list shows of conversations, after one of their messages went."""
    before = heads.load(tx, conversation_ids)
    parts = heads.parts(tx, before)
    heads.save(tx, [_shown(head, parts.get(id, [])) for id, head in before.items()])


def forget(tx: Driver, conversation_ids: Collection[int]) -> None:
    """Compute and store all that follows from the log, after messages of it were taken back."""
    show(tx, conversation_ids)
    states.save(tx, {id: states.recompute(tx, id) for id in conversation_ids})


def _head(head: Head, parts: list[Part]) -> Head:
    fresh = _shown(head, parts)
    fresh.subject = _headers(parts[0]).get("subject", head.subject)
    inbound = [p for p in parts if _external(p)]
    to = _headers(inbound[-1] if inbound else parts[0]).get("to")
    if to:
        fresh.address_kind, fresh.address = to
    return fresh


def _shown(head: Head, parts: list[Part]) -> Head:
    first = parts[0].shown.occurred_at if parts else head.created_at
    fresh = Head(
        id=head.id,
        channel_id=head.channel_id,
        contact_id=head.contact_id,
        address_kind=head.address_kind,
        address=head.address,
        subject=head.subject,
        created_at=first,
        last_activity_at=first,
    )
    for part in parts:
        heads.take(fresh, part.shown)
    outbound = [p.shown.delivery_status for p in parts if _sent(p)]
    fresh.failed = bool(outbound) and outbound[-1] is DeliveryStatus.FAILED
    return fresh


def _set_contacts(
    tx: Driver, ids: Ids, after: dict[int, Head], parts: dict[int, list[Part]]
) -> None:
    """The contact of a thread is its first external sender."""
    first: dict[int, tuple[Address, Part]] = {}
    for id, head in after.items():
        part = next((p for p in parts[id] if _external(p)), None)
        if part is not None:
            address = Address(AddressKind(head.address_kind), part.author_address)
            first[id] = (address, part)
    known = {
        address: c.id
        for address, c in contacts.by_address(tx, {a for a, _ in first.values()}).items()
    }
    new = []
    for address, part in first.values():
        if address not in known:
            known[address] = ids.next()
            shown = part.shown
            new.append(NewContact(known[address], shown.author_name, address, shown.occurred_at))
    contacts.add(tx, new)
    moved = {id: known[a] for id, (a, _) in first.items() if known[a] != after[id].contact_id}
    heads.set_contacts(tx, moved)
    contacts.drop_strangers(tx, {after[id].contact_id for id in moved})


def _external(part: Part) -> bool:
    return part.shown.direction is Direction.INBOUND and not part.shown.silent


def _sent(part: Part) -> bool:
    shown = part.shown
    cancelled = shown.delivery_status is DeliveryStatus.CANCELLED
    return shown.direction is Direction.OUTBOUND and not cancelled


def _headers(part: Part) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(part.reply_headers or "{}")
    return found
