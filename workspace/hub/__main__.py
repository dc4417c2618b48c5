"""python -m workspace.hub: the life of a hub, from taking its folder to leaving it in order."""

import argparse
import asyncio
import logging
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from workspace.errors import ConvoError, StoreLocked
from workspace.hub import auth, log
from workspace.hub.app import create_app
from workspace.hub.context import Hub
from workspace.hub.sockets import bound
from workspace.hub.stream import Changes
from workspace.hub.webhooks import Listener
from workspace.lock import FolderLock, Holder
from workspace.services import Services
from workspace.settings import Paths, Settings
from workspace.version import VERSION

logger = logging.getLogger("workspace.hub")
GRACE = 15
"""Seconds that requests under way have to finish once the hub was asked to stop."""

QUERY_GRACE = 3
"""The same for SQL queries, so that there is time to say why they were ended."""

SIGNALS = (signal.SIGINT, signal.SIGTERM)
TRY_AGAIN = 75


class Server(uvicorn.Server):
    """Tells when it answers, and ends event streams and long queries while it waits for others."""

    def __init__(self, config: uvicorn.Config, lock: FolderLock, hub: Hub) -> None:
        super().__init__(config)
        self._lock = lock
        self._hub = hub

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        assert sockets
        port = sockets[0].getsockname()[1]
        url = f"http://127.0.0.1:{port}"
        self._lock.tell(Holder(os.getpid(), port, url, VERSION))
        logger.info("answering at %s", url)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        logger.info("stopping")
        self._lock.tell(Holder(os.getpid(), version=VERSION))
        self._hub.changes.end()
        queries = self._hub.services.queries
        asyncio.get_running_loop().call_later(QUERY_GRACE, queries.stop)
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        # uvicorn's own would raise the signal again at the end, before the services are closed. A
        # second signal, while they close, ends the process at once; nothing is lost by that either.
        before = {name: signal.signal(name, self.handle_exit) for name in SIGNALS}
        try:
            yield
        finally:
            for name, handler in before.items():
                signal.signal(name, handler)

    def stop(self) -> None:
        self.should_exit = True


def main() -> int:
    asked = _arguments()
    paths = Paths(asked.folder.resolve())
    paths.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with FolderLock(paths) as lock:
            log.configure(paths, foreground=asked.foreground)
            _live(paths, lock, asked.port, asked.webhooks)
    except ConvoError as error:
        logger.error("%s", error.message)
        return TRY_AGAIN if isinstance(error, StoreLocked) else 1
    except KeyboardInterrupt:
        return 0
    return 0


def _live(paths: Paths, lock: FolderLock, port: int, webhooks: str) -> None:
    lock.tell(Holder(os.getpid(), version=VERSION))
    logger.info("version %s starts for %s", VERSION, paths.folder)
    token = auth.token(paths)
    settings = Settings.load(paths)
    with (
        bound("127.0.0.1", port) as listener,
        _opened(paths, settings) as services,
        _webhooks(webhooks or settings.webhooks, services),
    ):
        changes = Changes(services.store)
        hub = Hub(paths, services, changes, stop=lambda: server.stop())
        server = Server(config(create_app(hub, token)), lock, hub)
        server.run(sockets=[listener])
    logger.info("stopped")


@contextmanager
def _opened(paths: Paths, settings: Settings) -> Iterator[Services]:
    services = Services.open(paths, settings)
    try:
        services.start()
        yield services
    finally:
        services.close()


@contextmanager
def _webhooks(address: str, services: Services) -> Iterator[None]:
    """Providers are listened to meanwhile, where an address is given."""
    if not address:
        yield
        return
    listener = Listener(address, services.webhooks)
    try:
        yield
    finally:
        listener.close()


def config(app: FastAPI) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http="h11",
        loop="asyncio",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,  # a query string may hold what somebody searched for
        server_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=GRACE,
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m workspace.hub", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="the workspace's folder")
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--webhooks", default="", help="host:port where providers may call")
    parser.add_argument("--foreground", action="store_true", help="log to stderr as well")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
