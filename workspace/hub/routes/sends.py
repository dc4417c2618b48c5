"""What people decide about a message."""

from fastapi import APIRouter

from workspace.hub.context import By, Key, Needed
from workspace.hub.routes.conversations import PathId
from workspace.hub.wire import ReactRequest, encoded
from workspace.models import Message

router = APIRouter(prefix="/v1/messages", tags=["Sends"])


@router.post("/{id}/cancel", summary="Undo: take back a message that has not left")
@encoded
def cancel(id: PathId, services: Needed, by: By, key: Key) -> Message:
    """Its attachments are uploads again. 409 too_late once an attempt to send it was made."""
    return services.sends.cancel(id, by, key)


@router.post("/{id}/send_again", summary="Send a message again that failed or is not confirmed")
@encoded
def send_again(id: PathId, services: Needed, by: By, key: Key) -> Message:
    return services.sends.send_again(id, by, key)


@router.post("/{id}/mark_sent", summary="Mark as sent a message that is not confirmed")
@encoded
def mark_sent(id: PathId, services: Needed, by: By, key: Key) -> Message:
    return services.sends.mark_sent(id, by, key)


@router.post("/{id}/reaction", summary="Put an emoji to a customer's message, or take it back")
@encoded
def react(id: PathId, asked: ReactRequest, services: Needed, by: By, key: Key) -> Message:
    """Queued at once; `reactions` of the message tell the rest."""
    return services.reactions.react(id, asked.emoji, by, key)
