"""People who are reached elsewhere from now on."""

from collections.abc import Iterable, Sequence

from workspace.channels.base import IdentityChanged
from workspace.services.arrivals import Item
from workspace.store import changes, contacts, heads
from workspace.store.driver import Driver


def follow(tx: Driver, items: Sequence[Item], again: bool = False) -> list[tuple[int, int]]:
    """Give contacts the addresses they have moved to, before anything from there is placed.

    What belongs to somebody else already stays theirs, and of people nobody knows nothing is kept.
    `again`: the payloads were applied before, and who has moved on since is not called back.
    Gives which payload tells of the people of which conversation.
    """
    told = []
    for item in items:
        for event in item.events:
            if isinstance(event, IdentityChanged) and not item.threads:
                found = _follow(tx, item.channel_id, event, again)
                told += [(item.journal_id, id) for id in found]
    return told


def _follow(tx: Driver, channel_id: int, event: IdentityChanged, again: bool) -> Iterable[int]:
    known = contacts.by_address(tx, [event.before, *event.after])
    contact = known.get(event.before)
    if contact is None:
        return ()
    new = {address: contact.id for address in event.after if address not in known}
    contacts.identify(tx, new)
    if new:
        contacts.rename(tx, {contact.id: contact.name})
    own = [a for a in event.after if a in new or known[a].id == contact.id]
    if own and (new or not again):
        for id in heads.move(tx, channel_id, contact.id, own[0]):
            changes.record(tx, "conversation", id)
    return heads.of_contacts(tx, channel_id, [contact.id]).values()
