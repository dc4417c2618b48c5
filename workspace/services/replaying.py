"""What of an old payload still counts. Pure."""

from collections.abc import Callable
from dataclasses import replace

from workspace.channels.base import (
    Event,
    IdentityChanged,
    MarketingChosen,
    Received,
    TemplateChanged,
    Unsupported,
)
from workspace.models import Address
from workspace.services.arrivals import Item


def lasting(item: Item, forgotten: Callable[[Address], bool]) -> Item:
    """The payload without people who were erased since, whom no parser may bring back, and without
    what the provider thought of templates: it is asked for what it thinks now.
    """

    def kept(event: Event) -> Event:
        if isinstance(event, TemplateChanged) or any(map(forgotten, _people(event))):
            # Something must stay in its place: files go by the position of their event.
            return Unsupported("", item.meta.received_at, "what does not count any more")
        return event

    return replace(item, events=tuple(map(kept, item.events)))


def _people(event: Event) -> tuple[Address, ...]:
    if isinstance(event, Received):
        sender = (event.sender,) if event.sender else ()
        return (event.address, *sender, *event.also)
    if isinstance(event, IdentityChanged):
        return (event.before, *event.after)
    if isinstance(event, MarketingChosen):
        return event.addresses
    return ()
