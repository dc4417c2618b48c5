"""People who are reached elsewhere from now on."""

from collections.abc import Sequence

from workspace.channels.base import IdentityChanged
from workspace.services.arrivals import Item
from workspace.store import changes, contacts, heads
from workspace.store.driver import Driver


def follow(tx: Driver, items: Sequence[Item]) -> None:
    """Give contacts the addresses they have moved to, before anything from there is placed.

    What belongs to somebody else already stays theirs, and of people nobody knows nothing is kept.
    """
    for item in items:
        for event in item.events:
            if isinstance(event, IdentityChanged) and not item.threads:
                _follow(tx, item.channel_id, event)


def _follow(tx: Driver, channel_id: int, event: IdentityChanged) -> None:
    known = contacts.by_address(tx, [event.before, *event.after])
    contact = known.get(event.before)
    if contact is None:
        return
    new = {address: contact.id for address in event.after if address not in known}
    contacts.identify(tx, new)
    if new:
        contacts.rename(tx, {contact.id: contact.name})
    own = [a for a in event.after if a in new or known[a].id == contact.id]
    if own:
        for id in heads.move(tx, channel_id, contact.id, own[0]):
            changes.record(tx, "conversation", id)
