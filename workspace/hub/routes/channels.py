"""The configured accounts."""

from typing import Annotated

from fastapi import APIRouter, Query

from workspace.hub.context import Key, Needed
from workspace.hub.routes.conversations import PathId
from workspace.hub.wire import ChannelRequest, ReplayRequest, Word, encoded
from workspace.models import Channel, Check, Conversation, Replayed, Template

router = APIRouter(prefix="/v1/channels", tags=["Channels"])


@router.get("", summary="All channels, with their state")
@encoded
def channels(services: Needed) -> list[Channel]:
    return services.accounts.list()


@router.post("", summary="Add a channel")
@encoded
def add(asked: ChannelRequest, services: Needed) -> Channel:
    """Options name secrets as env:NAME or secret:NAME; a value itself is never stored."""
    return services.accounts.add(asked.kind, asked.name, asked.options)


@router.post("/test", summary="Try a channel's options without keeping them")
@encoded
def test_options(asked: ChannelRequest, services: Needed) -> list[Check]:
    return list(services.accounts.test_options(asked.kind, asked.options))


@router.post("/{id}/test", summary="Try a channel")
@encoded
def test(id: PathId, services: Needed) -> list[Check]:
    return list(services.accounts.test(id))


@router.get("/{id}/templates", summary="What can be chosen from, of all statuses")
@encoded
def templates(id: PathId, services: Needed) -> list[Template]:
    """What its provider keeps, of which only APPROVED ones can be sent; else the business's own."""
    return services.templates.of(id)


@router.get("/{id}/conversation", summary="The conversation with an address, if there is one")
@encoded
def find_conversation(
    id: PathId, address: Annotated[Word, Query()], services: Needed
) -> Conversation | None:
    """Null where there is none yet, or where every new message opens a thread of its own."""
    return services.inbox.find(id, address)


@router.get("/{id}/payloads", summary="How many payloads the journal keeps of a channel")
@encoded
def payloads(
    id: PathId,
    services: Needed,
    since: Annotated[Word | None, Query()] = None,
    until: Annotated[Word | None, Query()] = None,
    zone: Annotated[Word, Query()] = "UTC",
) -> int:
    """Those received in this time; a bare date is a whole day in `zone`."""
    return services.replays.count(id, since, until, zone)


@router.post("/{id}/replay", summary="Run payloads through the parser again")
@encoded
def replay(id: PathId, asked: ReplayRequest, services: Needed) -> Replayed:
    """A portion of them; `after` of the answer is what to ask for next, null at the end. Doing it
    twice changes nothing more: nothing is sent, and no status moves backwards.
    """
    return services.replays.replay(id, asked.since, asked.until, asked.zone, asked.after)


@router.delete("/{id}", summary="Remove a channel; its history stays readable")
@encoded
def remove(id: PathId, services: Needed, key: Key) -> Channel:
    return services.accounts.remove(id, key)
