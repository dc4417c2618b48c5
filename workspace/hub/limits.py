"""How much one request may carry."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from workspace.errors import TooLarge
from workspace.hub.failures import wire

MAX_BODY = 8_000_000
"""Bytes of a JSON body. Uploads are streamed and have their own limit."""

DRAINED = 64_000_000
"""Bytes of a refused body that are still taken in: closed earlier, a client loses the answer."""

STREAMED = "/v1/uploads"


class BodyLimit:
    """Reads each JSON body whole, so that the limit is known before any work begins."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] == STREAMED or _bodiless(scope):
            await self.app(scope, receive, send)
            return
        body = await _read(receive)
        if body is None:
            error = TooLarge(
                f"The request is larger than {MAX_BODY:,} bytes; send it in portions, files as "
                "uploads.",
                limit=MAX_BODY,
            )
            await wire(error)(scope, receive, send)
        else:
            await self.app(scope, _replay(body, receive), send)


def _bodiless(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    return headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers


async def _read(receive: Receive) -> Message | None:
    """The whole body as one message; None when it is too large."""
    parts: list[bytes] = []
    size = 0
    while size <= DRAINED:
        message = await receive()
        if message["type"] == "http.disconnect":
            return message
        part = message.get("body", b"")
        size += len(part)
        if size <= MAX_BODY:
            parts.append(part)
        if not message.get("more_body"):
            break
    if size > MAX_BODY:
        return None
    return {"type": "http.request", "body": b"".join(parts), "more_body": False}


def _replay(body: Message, receive: Receive) -> Receive:
    waiting = [body]

    async def replayed() -> Message:
        return waiting.pop() if waiting else await receive()

    return replayed
