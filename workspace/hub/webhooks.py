"""The listener for providers' webhooks: the only part of a hub that may be seen from outside.

It knows one address, ``/webhooks/{channel}``, and tells a stranger nothing: what is wrong is in the
log. A payload is acknowledged once it is in the journal, so that whatever dies afterwards, nothing
is lost; what is not acknowledged, the provider sends again.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta

import uvicorn
from anyio import CapacityLimiter, to_thread
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from workspace.errors import ConfigError, ConvoError, NotFound, Unauthorized
from workspace.hub.bodies import Bodies, Unread
from workspace.hub.connections import Prompt
from workspace.hub.sockets import bound
from workspace.models import Rate
from workspace.services.ratelimit import TokenBucket
from workspace.services.webhooks import Webhooks
from workspace.store.conversations import MAX_ID

logger = logging.getLogger(__name__)

MAX_HEADERS = 16_384
"""Bytes of all headers of a request."""

CONNECTIONS = 200
"""At once; more are refused, and come again."""

RATE = Rate(500, timedelta(seconds=1), burst=1_000)
"""Of what providers signed."""

STRANGERS = Rate(10, timedelta(seconds=1), burst=100)
"""Of anything else: beyond it, it is answered 429 and not even told in the log."""

WRITERS = 16
"""Payloads that wait for the disk at once; the journal commits them together."""


Work = Callable[[], str]
"""Done in a thread; what to answer."""


class Receiver:
    """`rate` bounds what providers signed, of all channels: beyond it, they are to come later.

    Whoever signs nothing has a bucket of their own, and so takes nothing of the providers' share.
    """

    def __init__(self, webhooks: Webhooks, rate: Rate) -> None:
        self._webhooks = webhooks
        self._signed = TokenBucket(rate)
        self._strangers = TokenBucket(STRANGERS)
        self._limiter = CapacityLimiter(WRITERS)
        self._bodies = Bodies()

    def app(self) -> Starlette:
        app = Starlette(
            routes=[
                Route("/webhooks/{channel}", self._verify, methods=["GET"]),
                Route("/webhooks/{channel}", self._take, methods=["POST"]),
            ],
            exception_handlers={Exception: _failed},
        )
        app.router.redirect_slashes = False
        return app

    async def _verify(self, request: Request) -> Response:
        """The provider tries out the address."""
        query = dict(request.query_params)
        id = _channel(request)
        if id is None:
            return self._refused(404)
        return await self._answered(id, lambda: self._webhooks.challenge(id, query))

    async def _take(self, request: Request) -> Response:
        # The server stops reading at this size as well, but not before it has read so much at once.
        if sum(len(name) + len(value) for name, value in request.headers.raw) > MAX_HEADERS:
            return _empty(431)
        if self._signed.wait():
            return _later()
        id = _channel(request)
        if id is None:
            return self._refused(404)
        headers = _headers(request)
        try:
            self._webhooks.expect(id, headers)
        except ConvoError as error:
            return self._refused_for(id, error)
        # What is answered up to here takes no memory: the server drops the rest of the request.
        return await self._read(request, id, headers)

    async def _read(self, request: Request, id: int, headers: Mapping[str, str]) -> Response:
        try:
            async with self._bodies.read(request.stream()) as raw:

                def keep() -> str:
                    self._webhooks.take(id, headers, raw)
                    return ""

                return await self._answered(id, keep)
        except Unread as error:
            return _later() if error.status == 429 else _empty(error.status)

    async def _answered(self, id: int, work: Work) -> Response:
        try:
            said = await to_thread.run_sync(work, limiter=self._limiter)
        except ConvoError as error:
            return self._refused_for(id, error)
        self._signed.take()
        return PlainTextResponse(said)

    def _refused_for(self, id: int, error: ConvoError) -> Response:
        why = f"a webhook of channel {id} was refused: {error.message}"
        return self._refused(_STATUS.get(type(error), 503), why)

    def _refused(self, status: int, why: str = "") -> Response:
        if self._strangers.wait():
            return _later()
        self._strangers.take()
        if why:
            logger.warning("%s", why)
        return _empty(status)


_STATUS: Mapping[type[ConvoError], int] = {NotFound: 404, Unauthorized: 403}
"""Anything else is our own trouble: the provider is to come again."""


def _channel(request: Request) -> int | None:
    """The id that the address names; None: it can be none."""
    id = request.path_params["channel"]
    if id.isascii() and id.isdigit() and len(id) < 20 and 0 < int(id) <= MAX_ID:
        return int(id)
    return None


def _headers(request: Request) -> dict[str, str]:
    """By lower-case names, as ASGI has them."""
    return dict(request.headers.items())


def _empty(status: int) -> Response:
    return Response(status_code=status)


def _later() -> Response:
    return Response(status_code=429, headers={"Retry-After": "1"})


async def _failed(request: Request, error: Exception) -> Response:
    logger.error("a webhook failed: %s", type(error).__name__)
    return _empty(503)


# --- listening ------------------------------------------------------------------------------------


class _Server(uvicorn.Server):
    """Signals belong to the hub's own server."""

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        return nullcontext()


class Listener:
    """Listens at `address`, in a thread of its own, until it is closed. Raises ConfigError."""

    def __init__(self, address: str, webhooks: Webhooks, rate: Rate = RATE) -> None:
        self._socket = bound(*parsed(address))
        host, port = self._socket.getsockname()[:2]
        self.url = f"http://{host}:{port}/webhooks/"
        config = uvicorn.Config(
            Receiver(webhooks, rate).app(),
            http=Prompt,
            loop="asyncio",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            limit_concurrency=CONNECTIONS,
            h11_max_incomplete_event_size=MAX_HEADERS,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=5,
        )
        self._server = _Server(config)
        self._thread = threading.Thread(target=self._serve, name="webhooks", daemon=True)
        self._thread.start()
        self._webhooks = webhooks
        webhooks.address = self.url
        logger.info("webhooks are taken at %s", self.url)

    def _serve(self) -> None:
        self._server.run(sockets=[self._socket])

    def close(self) -> None:
        """What was acknowledged is in the journal; requests under way are finished first."""
        self._webhooks.address = ""
        self._server.should_exit = True
        self._thread.join()


def parsed(address: str) -> tuple[str, int]:
    """Host and port of ``127.0.0.1:8443`` or ``[::1]:8443``. Raises ConfigError."""
    host, _, port = address.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not host or not (port.isascii() and port.isdigit() and int(port) < 65_536):
        raise ConfigError(f"{address!r} is no address for webhooks; write 127.0.0.1:8443.")
    return host, int(port)
