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
    erased = [any(map(forgotten, _people(event))) for event in item.events]
    # Something must stay in its place: files go by the position of their event.
    nothing = Unsupported("", item.meta.received_at, "what does not count any more", True)
    kept = [
        nothing if gone or isinstance(event, TemplateChanged) else event
        for event, gone in zip(item.events, erased, strict=True)
    ]
    return replace(item, events=tuple(kept), of_erased=any(erased))


def _people(event: Event) -> tuple[Address, ...]:
    if isinstance(event, Received):
        sender = (event.sender,) if event.sender else ()
        return (event.address, *sender, *event.also)
    if isinstance(event, IdentityChanged):
        return (*event.before, *event.after)
    if isinstance(event, MarketingChosen | Unsupported):
        return event.addresses
    return ()
