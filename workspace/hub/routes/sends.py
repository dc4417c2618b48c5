"""What people decide about a send."""

from fastapi import APIRouter

from workspace.hub.context import By, Key, Needed
from workspace.hub.routes.conversations import PathId
from workspace.hub.wire import encoded
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
