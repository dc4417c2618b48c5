"""What is written and not sent: notes, drafts, canned replies."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from workspace.hub.context import By, Key, Needed
from workspace.hub.routes.conversations import PathId
from workspace.hub.wire import CannedRequest, DraftRequest, NoteRequest, Word, encoded
from workspace.models import CannedReply, Message, SavedDraft

router = APIRouter(prefix="/v1", tags=["Writing"])


@router.post("/conversations/{id}/notes", summary="Write an internal note")
@encoded
def note(id: PathId, asked: NoteRequest, services: Needed, by: By, key: Key) -> Message:
    """Never sent; changes neither status nor unread nor archived."""
    return services.notes.add(id, asked.text, by, key)


@router.get("/conversations/{id}/draft", summary="What the actor has begun to write")
@encoded
def draft(id: PathId, services: Needed, by: By) -> SavedDraft | None:
    """null: nothing."""
    return services.drafts.get(id, by)


@router.put("/conversations/{id}/draft", summary="Keep what the actor has begun to write")
@encoded
def save_draft(id: PathId, asked: DraftRequest, services: Needed, by: By) -> SavedDraft | None:
    """In the place of the one before; without text and uploads it is forgotten."""
    return services.drafts.save(id, asked.text, asked.note, asked.uploads, by, asked.reply_to)


@router.get("/canned_replies", summary="All canned replies, by shortcut")
@encoded
def canned_replies(services: Needed) -> list[CannedReply]:
    return services.canned.all()


@router.put("/canned_replies", summary="Keep a canned reply")
@encoded
def save_canned_reply(asked: CannedRequest, services: Needed, by: By) -> CannedReply:
    """In the place of the one that has the shortcut."""
    return services.canned.save(asked.shortcut, asked.text)


@router.delete("/canned_replies", summary="Forget a canned reply", status_code=204)
def delete_canned_reply(
    shortcut: Annotated[Word, Query()], services: Needed, by: By, key: Key
) -> Response:
    services.canned.delete(shortcut, key)
    return Response(status_code=204)


@router.post(
    "/conversations/{id}/typing", summary="Tell that an operator is typing", status_code=204
)
def typing(id: PathId, services: Needed) -> Response:
    """The customer sees it for a while, where the channel shows it. Best effort."""
    services.presence.typing(id)
    return Response(status_code=204)
