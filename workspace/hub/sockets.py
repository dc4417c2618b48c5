"""Sockets that a server listens on."""

import socket

from workspace.errors import ConfigError

_BACKLOG = 2048


def bound(host: str, port: int) -> socket.socket:
    """Listening at an address of this machine; port 0: any free one. Raises ConfigError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol must be named: asyncio sets TCP_NODELAY only where it reads IPPROTO_TCP, and each
    # answer would wait 40 ms for the client's delayed acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(_BACKLOG)  # only then nobody else can bind it, too
    except OSError as error:
        listener.close()
        place = f"Port {port}" if host == "127.0.0.1" else f"The address {host}, port {port},"
        raise ConfigError(f"{place} can't be used ({error.strerror}); name another.") from error
    return listener
