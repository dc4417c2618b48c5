"""Real mail servers for tests: Dovecot and Postfix, private to one folder, on loopback.

Nothing of the machine's own mail setup is read or touched. Mail goes the real way: submission with
STARTTLS and login, a queue, delivery into a mailbox, bounces (DSN) for users who do not exist.
Postfix starts only as root.
"""

import os
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from imapclient import IMAPClient

from workspace.testing.mailconfig import (
    COLLEAGUE,
    CUSTOMER,
    DETACHED,
    LATER,
    NOBODY,
    REFUSED,
    SUPPORT,
    Ports,
    configure,
)

__all__ = [
    "COLLEAGUE",
    "CUSTOMER",
    "LATER",
    "NOBODY",
    "REFUSED",
    "SUPPORT",
    "MailServer",
    "NotAvailable",
    "Ports",
    "mail_server",
]

_SEARCH_PATH = f"{os.environ.get('PATH', os.defpath)}:/usr/local/sbin:/usr/sbin"


class NotAvailable(Exception):
    """Why the servers can't run here, in words fit for a skipped test."""


@dataclass(slots=True)
class MailServer:
    folder: Path
    ports: Ports
    password: str = "correct horse"
    _dovecot: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def ca_file(self) -> Path:
        return self.folder / "cert.pem"

    def options(self, user: str = SUPPORT, **changes: Any) -> dict[str, Any]:
        """Options of a mail channel for this user; the password is env:MAIL_PASSWORD."""
        return {
            "address": user,
            "password": "env:MAIL_PASSWORD",
            "imap_host": "localhost",
            "imap_port": self.ports.imaps,
            "smtp_host": "localhost",
            "smtp_port": self.ports.submission,
            "smtp_security": "starttls",
            "ca_file": str(self.ca_file),
            **changes,
        }

    # --- mailboxes ---

    @contextmanager
    def login(self, user: str) -> Iterator[IMAPClient]:
        with IMAPClient("127.0.0.1", self.ports.imap, ssl=False, timeout=20) as client:
            client.normalise_times = False
            client.login(user, self.password)
            yield client

    def append(
        self, user: str, raw: bytes, mailbox: str = "INBOX", arrived: datetime | None = None
    ) -> None:
        """Puts a mail into a mailbox, made if missing, as if it had arrived then."""
        with self.login(user) as client:
            _make(client, mailbox)
            client.append(mailbox, raw, msg_time=arrived or datetime.now(UTC))

    def mails(self, user: str, mailbox: str = "INBOX") -> list[bytes]:
        """Every mail of a mailbox, oldest first; none where there is no such mailbox."""
        with self.login(user) as client:
            return [raw for raw, _ in _contents(client, mailbox)]

    def wait_for_mails(
        self, user: str, count: int = 1, mailbox: str = "INBOX", seconds: float = 20
    ) -> list[bytes]:
        """All mails of a mailbox, once there are at least so many. Raises TimeoutError."""
        until = monotonic() + seconds
        with self.login(user) as client:
            while True:
                found = [raw for raw, _ in _contents(client, mailbox)]
                if len(found) >= count:
                    return found
                if monotonic() > until:
                    raise TimeoutError(f"{mailbox} of {user} holds {len(found)} mails, not {count}")
                sleep(0.05)  # Postfix tells no one when a delivery is done

    def renumber(self, user: str, mailbox: str = "INBOX") -> int:
        """Gives a mailbox another UIDVALIDITY, as a server move does; the new one."""
        box = self.folder / "mail" / user / "Maildir"
        box = box if mailbox == "INBOX" else box / f".{mailbox}"
        # Without its list of UIDs Dovecot numbers a mailbox anew. Renaming INBOX it does not allow.
        for file in [*box.glob("dovecot-uidlist"), *box.glob("dovecot.index*")]:
            file.unlink()
        with self.login(user) as client:
            return int(client.select_folder(mailbox, readonly=True)[b"UIDVALIDITY"])

    def clear(self) -> None:
        """Empties every mailbox; nobody may be logged in."""
        for box in (self.folder / "mail").iterdir():
            shutil.rmtree(box)

    def recreate(self, user: str, mailbox: str) -> None:
        """Deletes a mailbox (not INBOX) and makes it again with the same mails in reverse order."""
        with self.login(user) as client:
            kept = _contents(client, mailbox)
            client.unselect_folder()
            client.delete_folder(mailbox)
            client.create_folder(mailbox)
            for raw, arrived in reversed(kept):
                client.append(mailbox, raw, msg_time=arrived)

    # --- delivery ---

    def deliver(self, sender: str, recipient: str, raw: bytes) -> None:
        """Hands a mail to Postfix as a foreign server does."""
        with smtplib.SMTP("127.0.0.1", self.ports.inbound, "elsewhere.test", timeout=20) as client:
            client.sendmail(sender, [recipient], raw)

    # --- processes ---

    def start(self) -> None:
        self.start_dovecot()
        self.start_postfix()

    def start_dovecot(self) -> None:
        _wait_until_free(self.ports.imap, self.ports.imaps)
        command = [_program("dovecot"), "-F", "-c", str(self.folder / "dovecot.conf")]
        # A daemon keeps the streams it was given: a pipe would keep its reader waiting.
        self._dovecot = subprocess.Popen(command, **DETACHED)
        _wait_until_ready(self.ports.imap, self.folder / "dovecot.log")

    def stop_dovecot(self, kill: bool = False) -> None:
        """Stopped politely, Dovecot leaves connections open for ten more seconds."""
        if self._dovecot is not None:
            if kill:
                os.killpg(self._dovecot.pid, signal.SIGKILL)
            else:
                self._dovecot.terminate()
            self._dovecot.wait(20)
            self._dovecot = None
        _wait_until_free(self.ports.imap, self.ports.imaps)

    def start_postfix(self) -> None:
        _wait_until_free(self.ports.submission, self.ports.smtps, self.ports.inbound)
        self._postfix("start")
        _wait_until_ready(self.ports.submission, self.folder / "maillog")

    def stop_postfix(self, kill: bool = False) -> None:
        pid_file = self.folder / "queue" / "pid" / "master.pid"
        if not pid_file.exists():
            return
        if kill:
            os.killpg(int(pid_file.read_text()), signal.SIGKILL)
        else:
            self._postfix("stop")
        _wait_until_free(self.ports.submission, self.ports.smtps, self.ports.inbound)

    def _postfix(self, command: str) -> None:
        done = subprocess.run(
            [_program("postfix"), "-c", str(self.folder / "postfix"), command],
            **DETACHED,
            timeout=60,
        )
        if done.returncode != 0:
            raise RuntimeError(f"postfix {command} failed:\n{_tail(self.folder / 'maillog')}")

    def stop(self) -> None:
        try:
            self.stop_postfix()
        finally:
            self.stop_dovecot()

    def kill(self) -> None:
        self.stop_postfix(kill=True)
        self.stop_dovecot(kill=True)


@contextmanager
def mail_server(folder: Path | None = None) -> Iterator[MailServer]:
    """Both servers with empty mailboxes, stopped at the end. Raises NotAvailable.

    A folder of one's own must have a short path, for the servers' sockets, and be open to the
    servers' users; without one a temporary one is made and removed.
    """
    _check_available()
    made = None if folder else Path(tempfile.mkdtemp(prefix="mail-", dir="/tmp"))
    root = folder or made
    assert root is not None
    server = MailServer(root, Ports(*_free_ports(5)))
    try:
        configure(server.folder, server.ports, server.password)
        server.start()
        yield server
    finally:
        try:
            server.stop()
        finally:
            if made:
                shutil.rmtree(made, ignore_errors=True)


def _check_available() -> None:
    for name in ("dovecot", "postfix", "openssl"):
        _program(name)
    if not Path("/usr/lib/postfix/sbin/master").exists():
        raise NotAvailable("Postfix is not laid out as on Debian")
    if os.geteuid() != 0:
        raise NotAvailable("Postfix starts only as root")


def _program(name: str) -> str:
    found = shutil.which(name, path=_SEARCH_PATH)
    if found is None:
        raise NotAvailable(f"{name} is not installed (scripts/system-deps installs it on Debian)")
    return found


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [s.getsockname()[1] for s in sockets]
    for each in sockets:
        each.close()
    return ports


def _until(ready: Callable[[], bool], complaint: Callable[[], str], seconds: float = 20) -> None:
    until = monotonic() + seconds
    while not ready():
        if monotonic() > until:
            raise TimeoutError(complaint())
        sleep(0.02)


def _wait_until_free(*ports: int) -> None:
    """A server that finds its port taken gives up at once (Dovecot: exit status 89)."""
    _until(lambda: all(map(_can_bind, ports)), lambda: f"one of the ports {ports} stays in use")


def _can_bind(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def _wait_until_ready(port: int, log: Path) -> None:
    _until(lambda: _greets(port), lambda: f"no server at port {port}:\n{_tail(log)}")


def _greets(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            return bool(connection.recv(1))
    except OSError:
        return False


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-15:]) if log.exists() else ""


def _make(client: IMAPClient, mailbox: str) -> None:
    if not client.folder_exists(mailbox):
        client.create_folder(mailbox)


def _contents(client: IMAPClient, mailbox: str) -> list[tuple[bytes, datetime]]:
    if not client.folder_exists(mailbox):
        return []
    client.select_folder(mailbox, readonly=True)
    found = client.fetch(client.search("ALL"), ["BODY.PEEK[]", "INTERNALDATE"])
    return [(found[uid][b"BODY[]"], found[uid][b"INTERNALDATE"]) for uid in sorted(found)]
