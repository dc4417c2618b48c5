"""Writing to customers."""

from tempfile import TemporaryFile
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool

from workspace.errors import TooLarge
from workspace.hub.context import By, HubNeeded, Key, Needed
from workspace.hub.routes.conversations import PathId
from workspace.hub.wire import Id, SendRequest, StartRequest, encoded
from workspace.models import Conversation, Message, TemplateChoice, Upload
from workspace.settings import MAX_UPLOAD

router = APIRouter(prefix="/v1", tags=["Writing"])


@router.post("/conversations/{id}/messages", summary="Send a message")
@encoded
def send(id: PathId, asked: SendRequest, services: Needed, by: By, key: Key) -> Message:
    """Queued at once; the delivery status tells the rest. `undo_until`: held back until then."""
    return services.replies.send(
        id, asked.text, asked.uploads, by, key, asked.seen, _choice(asked), asked.reply_to
    )


@router.post("/conversations", summary="Start a conversation")
@encoded
def start(asked: StartRequest, services: Needed, by: By, key: Key) -> Conversation:
    """Gives the existing one where the channel keeps one conversation per contact."""
    return services.replies.start_conversation(
        asked.channel,
        asked.address,
        asked.name,
        asked.text,
        asked.subject,
        asked.uploads,
        by,
        key,
        _choice(asked),
    )


def _choice(asked: SendRequest | StartRequest) -> TemplateChoice | None:
    return asked.template.choice() if asked.template else None


@router.post("/uploads", summary="Store a file to attach", response_model=Upload)
async def upload(
    request: Request,
    hub: HubNeeded,
    name: Annotated[str, Query(min_length=1, max_length=255)],
    conversation: Annotated[Id | None, Query()] = None,
) -> Upload:
    """The body is the file. It can then be named once, in the `uploads` of a message.

    `conversation`: for which it is meant, and with which it is deleted, sent or not.
    """
    with TemporaryFile(dir=hub.paths.spool) as file:
        size = 0
        async for part in request.stream():
            size += len(part)
            if size <= MAX_UPLOAD:
                file.write(part)
            elif size > 2 * MAX_UPLOAD:
                break
        if size > MAX_UPLOAD:
            raise TooLarge(
                f"The file is larger than {MAX_UPLOAD:,} bytes, the most the hub takes.",
                limit=MAX_UPLOAD,
            )
        file.seek(0)
        return await run_in_threadpool(hub.services.replies.upload, name, file, conversation)
