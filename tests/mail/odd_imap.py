"""An IMAP server with the oddities Dovecot does not have. Speaks just what a channel asks."""

import re
import socketserver
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from tests.mail.odd_server import OddServer, serving


@dataclass
class Odd:
    """How the server behaves; a test changes it while the server runs."""

    mails: dict[int, bytes] = field(default_factory=dict)
    idle: bool = True
    uidnext: bool = True
    sizes: dict[int, int] = field(default_factory=dict)
    """UID -> the size it claims."""
    broken: frozenset[int] = frozenset()
    """UIDs that make a FETCH of their text fail, with all others asked for at once."""
    arriving: dict[int, bytes] = field(default_factory=dict)
    """Mails that arrive just before IDLE begins, told of in the same packet."""
    silent: bool = False
    """Never answers."""
    login: str = "OK logged in"
    append: str = "OK appended"
    held: threading.Event | None = None
    """An APPEND is answered only once this is set."""
    appended: list[bytes] = field(default_factory=list)
    port: int = 0
    commands: list[str] = field(default_factory=list)
    _told: threading.Condition = field(default_factory=threading.Condition)

    def tell(self, command: str) -> None:
        with self._told:
            self.commands.append(command)
            self._told.notify_all()

    def wait_for(self, command: str) -> None:
        """Waits until the channel has asked for this, or for what begins so."""
        self.until(lambda: any(each.startswith(command) for each in self.commands))

    def until(self, ready: Callable[[], bool]) -> None:
        """Waits until this is so, asked after each command."""
        with self._told:
            assert self._told.wait_for(ready, 10), self.commands

    def options(self) -> dict[str, object]:
        return {"imap_host": "127.0.0.1", "imap_port": self.port, "imap_security": "none"}


class _Session(socketserver.StreamRequestHandler):
    server: OddServer

    def handle(self) -> None:
        if self.server.odd.silent:
            self.rfile.read()
            return
        self.say(b"* OK hello")
        for line in self.rfile:
            tag, _, command = line.decode().strip().partition(" ")
            self.server.odd.tell(command)
            name = command.upper().removeprefix("UID ").split(" ")[0].lower()
            answer = getattr(self, f"do_{name}", None)
            said = answer(command) if answer else "OK"
            self.say(f"{tag} {said or 'OK'} done".encode())
            if name == "logout":
                return

    def say(self, *lines: bytes) -> None:
        self.wfile.write(b"".join(line + b"\r\n" for line in lines))

    def do_capability(self, _: str) -> None:
        self.say(b"* CAPABILITY IMAP4rev1" + b" IDLE" * self.server.odd.idle)

    def do_login(self, _: str) -> str:
        return self.server.odd.login

    def do_examine(self, _: str) -> None:
        odd = self.server.odd
        self.say(b"* %d EXISTS" % len(odd.mails), b"* OK [UIDVALIDITY 9]")
        if odd.uidnext:
            self.say(b"* OK [UIDNEXT %d]" % (max(odd.mails, default=0) + 1))

    def do_search(self, command: str) -> None:
        """As RFC 3501 has it, "n:*" names at least the last mail."""
        mails = self.server.odd.mails
        asked = re.search(r"(\d+)(?::(\d+|\*))?$", command)
        if asked is None:
            found = set(mails)
        else:
            first = int(asked[1])
            last = max(mails, default=0) if asked[2] == "*" else int(asked[2] or first)
            found = {uid for uid in mails if min(first, last) <= uid <= max(first, last)}
        self.say(b"* SEARCH " + b" ".join(b"%d" % uid for uid in sorted(found)))

    def do_fetch(self, command: str) -> str:
        odd = self.server.odd
        uids = [int(uid) for uid in command.split(" ")[2].split(",")]
        if "BODY" in command and odd.broken & set(uids):
            return "NO [SERVERBUG] can't read that"
        for uid in uids:
            self._fetch_one(uid, command)
        return "OK"

    def _fetch_one(self, uid: int, command: str) -> None:
        odd, raw = self.server.odd, self.server.odd.mails[uid]
        if "RFC822.SIZE" in command:
            size = odd.sizes.get(uid, len(raw))
            date = b'INTERNALDATE "01-Mar-2026 10:00:00 +0000"'
            self.say(b"* 1 FETCH (UID %d RFC822.SIZE %d %s)" % (uid, size, date))
        else:
            part = b"BODY[HEADER]" if "HEADER" in command else b"BODY[]"
            raw = raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if "HEADER" in command else raw
            self.say(b"* 1 FETCH (UID %d %s {%d}\r\n%s)" % (uid, part, len(raw), raw))

    def do_append(self, command: str) -> str:
        odd = self.server.odd
        self.say(b"+ go on")
        raw = self.rfile.read(int(command.rpartition("{")[2].rstrip("}")))
        self.rfile.readline()
        if odd.held:
            odd.held.wait(30)
        if odd.append.startswith("OK"):
            odd.appended.append(raw)
        return odd.append

    def do_idle(self, _: str) -> None:
        odd = self.server.odd
        news = b""
        if odd.arriving:
            odd.mails |= odd.arriving
            odd.arriving = {}
            news = b"\r\n* %d EXISTS" % len(odd.mails)
        self.say(b"+ idling" + news)  # one packet
        self.rfile.readline()


def odd_imap(odd: Odd) -> AbstractContextManager[Odd]:
    return serving(odd, _Session)
