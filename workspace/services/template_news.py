"""What providers say of their templates by webhook, kept as it comes in."""

from collections.abc import Iterator, Sequence

from workspace import rules
from workspace.channels.base import TemplateChanged
from workspace.services.arrivals import Item
from workspace.store import changes, templates
from workspace.store.driver import Driver
from workspace.store.templates import Told

STATUSES = frozenset({"APPROVED", "PENDING", "REJECTED", "PAUSED", "DISABLED"})
"""What a template is. Another word may tell what happened to it instead: it was REINSTATED or
DELETED, say. What it is now, the provider's list tells.
"""


def take(tx: Driver, items: Sequence[Item]) -> None:
    """Keep the news; where they don't tell all there is to know, the provider is asked."""
    changed = False
    for item, event in _told(items):
        at = rules.clamp(event.occurred_at, item.meta.received_at)
        news = Told(
            item.channel_id,
            event.name,
            event.language,
            at,
            event.status,
            event.reason,
            event.category,
        )
        kept = bool(event.status or event.category) and templates.told(
            tx, news, item.meta.received_at
        )
        changed = changed or kept
        if not kept or (event.status and event.status not in STATUSES):
            templates.stale(tx, item.channel_id)
    if changed:
        changes.record(tx, "templates")


def _told(items: Sequence[Item]) -> Iterator[tuple[Item, TemplateChanged]]:
    for item in items:
        for event in item.events:
            if isinstance(event, TemplateChanged):
                yield item, event
