"""Customers who want no marketing messages any more, or want them again."""

from collections.abc import Iterator, Sequence

from workspace import rules
from workspace.channels.base import MarketingChosen
from workspace.services.arrivals import Item
from workspace.store import contacts, heads, marketing
from workspace.store.driver import Driver


def take(tx: Driver, items: Sequence[Item]) -> list[tuple[int, int]]:
    """Keep the newest choice of each customer; of people who have no conversation on the channel
    nothing is kept. Gives which payload tells of the people of which conversation.
    """
    told = []
    for item, event in _told(items):
        known = contacts.by_address(tx, event.addresses)
        contact = next((known[a] for a in event.addresses if a in known), None)
        if contact is None:
            continue
        at = rules.clamp(event.occurred_at, item.meta.received_at)
        for conversation_id in heads.of_contacts(tx, item.channel_id, [contact.id]).values():
            marketing.choose(tx, conversation_id, event.stopped, at)
            told.append((item.journal_id, conversation_id))
    return told


def _told(items: Sequence[Item]) -> Iterator[tuple[Item, MarketingChosen]]:
    for item in items:
        for event in item.events:
            if isinstance(event, MarketingChosen) and not item.threads:
                yield item, event
