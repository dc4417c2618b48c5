"""Reading conversations, and the options of their menu."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi import Path as InPath
from fastapi.responses import FileResponse

from workspace.errors import InvalidRequest, NotFound
from workspace.hub import wire
from workspace.hub.context import By, Key, Needed
from workspace.hub.wire import ListQuery, MessagesQuery, VerbRequest, encoded
from workspace.models import (
    Actor,
    Attachment,
    Contents,
    Conversation,
    ConversationPage,
    MessagePage,
    Outcome,
)
from workspace.rules import SHOWN_IMAGES
from workspace.services import Services

router = APIRouter(prefix="/v1", tags=["Conversations"])
PathId = Annotated[wire.Id, InPath()]


class Verb(StrEnum):
    """What can be done to many conversations at once."""

    MARK_READ = "mark_read"
    MARK_UNREAD = "mark_unread"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    ARCHIVE = "archive"
    UNARCHIVE = "unarchive"
    DELETE = "delete"
    AGENT_REPLIES = "agent_replies"


SHOWN = SHOWN_IMAGES | {
    *("audio/ogg", "audio/mpeg", "audio/mp4", "audio/aac", "audio/amr", "audio/webm"),
    *("audio/wav", "audio/x-wav", "audio/flac"),
}
"""Types a browser may show by itself; anything else is a download of unnamed bytes."""


@router.get("/conversations", summary="One page of the list, newest activity first")
@encoded
def conversations(asked: Annotated[ListQuery, Query()], services: Needed) -> ConversationPage:
    """Filters combine. A bare date in `since` or `until` is a whole day in `zone`; `channel` is
    a name or an id. `query` is a SELECT over the v1 views that gives conversations.
    """
    return _page(asked, services)


@router.post("/conversations/list", summary="The same, for filters too long for an address")
@encoded
def list_conversations(asked: ListQuery, services: Needed) -> ConversationPage:
    return _page(asked, services)


def _page(asked: ListQuery, services: Services) -> ConversationPage:
    return services.inbox.conversations(asked.filter(), asked.cursor, asked.limit)


@router.get("/conversations/{id}", summary="One conversation")
@encoded
def conversation(id: PathId, services: Needed) -> Conversation:
    return services.inbox.conversation(id)


@router.get("/conversations/{id}/messages", summary="One page of its messages")
@encoded
def messages(id: PathId, asked: Annotated[MessagesQuery, Query()], services: Needed) -> MessagePage:
    """Up to `limit` messages, oldest first: the newest, or those older than the message `before`,
    newer than `after`, or with `around` in their middle.
    """
    return services.inbox.messages(
        id, asked.before, asked.limit, after=asked.after, around=asked.around
    )


@router.post("/conversations/contents", summary="What Delete would lose")
@encoded
def contents(asked: wire.ContentsRequest, services: Needed) -> Contents:
    return services.inbox.contents(asked.targets())


@router.post("/conversations/verbs/{verb}", summary="Act on conversations")
@encoded
def act(verb: Verb, asked: VerbRequest, services: Needed, by: By, key: Key) -> list[Outcome]:
    """`upto` (mark_read): the newest message seen. `before` (mark_unread): a place in the log, such
    as the `event_id` of a mark_read: what was unread just before it is so again. `on`
    (agent_replies): on or off.

    One unknown id refuses the whole request. With `where`, all or nothing is decided by whether as
    many match as are `expected`; then it is done in portions, and a repeated request goes on where
    the first one was. Delete erases; it can't be undone.
    """
    _fits(verb, asked)
    return _act(verb, asked, services, by, key)


def _fits(verb: Verb, asked: VerbRequest) -> None:
    if asked.upto is not None and verb is not Verb.MARK_READ:
        raise InvalidRequest("upto belongs to mark_read alone.")
    if asked.before is not None and verb is not Verb.MARK_UNREAD:
        raise InvalidRequest("before belongs to mark_unread alone.")
    if (asked.on is not None) != (verb is Verb.AGENT_REPLIES):
        raise InvalidRequest("agent_replies needs on: true or false; no other verb takes it.")


def _act(verb: Verb, asked: VerbRequest, services: Services, by: Actor, key: str) -> list[Outcome]:
    inbox, targets, reason = services.inbox, asked.targets(), asked.reason
    match verb:
        case Verb.MARK_READ:
            return inbox.mark_read(targets, by, key, upto=asked.upto, reason=reason)
        case Verb.MARK_UNREAD:
            return inbox.mark_unread(targets, by, key, before=asked.before, reason=reason)
        case Verb.RESOLVE:
            return inbox.resolve(targets, by, key, reason=reason)
        case Verb.REOPEN:
            return inbox.reopen(targets, by, key, reason=reason)
        case Verb.ARCHIVE:
            return inbox.archive(targets, by, key, reason=reason)
        case Verb.UNARCHIVE:
            return inbox.unarchive(targets, by, key, reason=reason)
        case Verb.DELETE:
            return inbox.delete(targets, by, key)
        case Verb.AGENT_REPLIES:
            return inbox.set_agent_replies(targets, bool(asked.on), by, key, reason=reason)


@router.get("/attachments/{id}", summary="The bytes of a file", response_class=FileResponse)
def attachment(id: PathId, services: Needed) -> FileResponse:
    """Pictures and audio under their own type, anything else as a download."""
    found, path = services.inbox.attachment(id)
    if not path.exists():
        raise NotFound(f"The file of attachment {id} is gone.")
    return _served(found, path)


@router.post("/attachments/{id}/fetch", summary="Fetch a file again that could not be fetched")
@encoded
def fetch(id: PathId, services: Needed) -> None:
    """It comes soon after, as a change of its conversation. 404 where there is nothing to fetch."""
    services.fetching.again(id)


def _served(found: Attachment, path: Path) -> FileResponse:
    shown = found.mime in SHOWN
    headers = {
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
    }
    return FileResponse(
        path,
        headers=headers,
        media_type=found.mime if shown else "application/octet-stream",
        filename=found.name or f"file-{found.id}",
        content_disposition_type="inline" if shown else "attachment",
    )
