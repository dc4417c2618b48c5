"""A server on loopback that behaves as oddly as a test tells it to."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

Odd = TypeVar("Odd", bound=Any)


class OddServer(socketserver.ThreadingTCPServer):
    """`odd` is how it behaves; it is told its `port`."""

    allow_reuse_address = True
    daemon_threads = True
    odd: Any


@contextmanager
def serving(
    odd: Odd,
    session: type[socketserver.BaseRequestHandler],
    end: Callable[[], object] = lambda: None,
) -> Iterator[Odd]:
    """`end` lets go of sessions that wait."""
    with OddServer(("127.0.0.1", 0), session) as server:
        server.odd = odd
        odd.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield odd
        finally:
            end()
            server.shutdown()
            thread.join()
