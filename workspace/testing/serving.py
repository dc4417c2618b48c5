"""An HTTP application on loopback, in a thread of its own."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import uvicorn
from starlette.types import ASGIApp

from workspace.hub.sockets import bound


class _Server(uvicorn.Server):
    """Signals belong to the test."""

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        return nullcontext()


@contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """The address of `app`, which answers until the end of the block."""
    listener = bound("127.0.0.1", 0)
    config = uvicorn.Config(
        app, http="h11", loop="asyncio", ws="none", lifespan="off", log_config=None,
        access_log=False, timeout_graceful_shutdown=1,
        timeout_keep_alive=75,  # longer than clients do, whose next request may meet the closing
    )  # fmt: skip
    server = _Server(config)
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
