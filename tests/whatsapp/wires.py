"""Connections to a listener that say what no client would."""

import socket

from workspace.hub.webhooks import Listener

HALF_A_HEAD = b"POST /webhooks/1 HTTP/1.1\r\nHost: x\r\n"
NO_BODY = HALF_A_HEAD + b"X-Hub-Signature-256: sha256=00\r\nContent-Length: 99\r\n\r\n"


def wire(listener: Listener) -> socket.socket:
    host, port = listener.url.split("/")[2].split(":")
    return socket.create_connection((host, int(port)), timeout=30)


def head(to: object, length: int, **headers: str) -> bytes:
    """Of a POST; its body may follow."""
    lines = [f"POST /webhooks/{to} HTTP/1.1", "Host: x", f"Content-Length: {length}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


def answer(wire: socket.socket) -> str:
    """The head of the next answer, in lower case; the answers have no body."""
    said = b""
    while not said.endswith(b"\r\n\r\n"):
        got = wire.recv(1)
        assert got, said
        said += got
    return said.decode().lower()


def hang_up(wire: socket.socket) -> None:
    """Returns once the listener has noticed."""
    wire.shutdown(socket.SHUT_WR)
    while wire.recv(4096):
        pass
    wire.close()
