"""An SMTP server that breaks off, or falls silent, at a chosen point."""

import socketserver
import threading
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from tests.mail.odd_server import OddServer, serving

ANSWERS = {
    "mail": b"250 ok",
    "rcpt": b"250 ok",
    "data": b"354 go on",
    "body": b"250 2.0.0 queued",
    "quit": b"221 bye",
}


@dataclass
class Odd:
    """`at`: connect, ehlo, mail, rcpt, data or body; what happens there instead of the answer."""

    at: str = ""
    how: str = "hang up"
    """hang up, stall, or the answer to give."""
    limit: int = 1_000_000
    port: int = 0
    mails: list[bytes] = field(default_factory=list)
    """What was taken over whole, answered or not."""
    over: threading.Event = field(default_factory=threading.Event)

    def options(self) -> dict[str, object]:
        return {
            "smtp_host": "127.0.0.1",
            "smtp_port": self.port,
            "smtp_security": "none",
            "smtp_username": "",
            "save_sent": False,
        }


class _Session(socketserver.StreamRequestHandler):
    server: OddServer

    def handle(self) -> None:
        if not self.step("connect", b"220 odd"):
            return
        for line in self.rfile:
            name = line.decode().strip().lower().split(" ")[0].partition(":")[0]
            answer = ANSWERS.get(name, b"250 ok")
            if name == "ehlo":
                answer = b"250-odd\r\n250 SIZE %d" % self.server.odd.limit
            if not self.step(name, answer):
                return
            if name == "data" and self.server.odd.at == "data":
                return  # gone in the middle of the mail
            if name == "data":
                self.server.odd.mails.append(self.body())
                if not self.step("body", ANSWERS["body"]):
                    return

    def body(self) -> bytes:
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line)
        return b"".join(lines)

    def step(self, name: str, answer: bytes) -> bool:
        odd = self.server.odd
        if name == odd.at and odd.how == "hang up":
            return False
        if name == odd.at and odd.how == "stall":
            odd.over.wait(20)
            return False
        self.wfile.write((odd.how.encode() if name == odd.at else answer) + b"\r\n")
        return True


def odd_smtp(odd: Odd) -> AbstractContextManager[Odd]:
    return serving(odd, _Session, odd.over.set)
