"""Meta's host, as it breaks off or falls silent once it has read a request whole."""

import json
import socketserver
import threading
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from tests.mail.odd_server import OddServer, serving

ANSWERS = {
    "media": {"id": "4490709327384033"},
    "messages": {"messages": [{"id": "wamid.sent"}]},
}


@dataclass
class Odd:
    """`at`: media or messages; `how`: hang up or stall there, instead of the answer."""

    at: str = ""
    how: str = "hang up"
    port: int = 0
    asked: list[str] = field(default_factory=list)
    """What was read whole, by the end of its path."""
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class _Session(socketserver.StreamRequestHandler):
    server: OddServer

    def handle(self) -> None:
        odd = self.server.odd
        while asked := self.read():
            odd.asked.append(asked)
            if asked == odd.at and odd.how == "stall":
                odd.over.wait(20)
            if asked == odd.at:
                return
            body = json.dumps(ANSWERS[asked]).encode()
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    def read(self) -> str:
        """The end of the path of a request with its body; empty: there is none."""
        first = self.rfile.readline().decode()
        lines = iter(lambda: self.rfile.readline().decode().strip(), "")
        headers = {
            name.lower(): value for name, _, value in (line.partition(":") for line in lines)
        }
        self.rfile.read(int(headers.get("content-length", 0)))
        return first.partition(" HTTP/")[0].rpartition("/")[2]


def odd_graph(odd: Odd) -> AbstractContextManager[Odd]:
    return serving(odd, _Session, odd.over.set)
