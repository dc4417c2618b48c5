"""What one sets to connect a mail account, checked before anything is tried."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from workspace.channels.mail import address
from workspace.channels.options import Options, is_loopback

SECURITY = ("tls", "starttls", "none")

_IMAP_PORTS = {"tls": 993, "starttls": 143, "none": 143}
_SMTP_PORTS = {"tls": 465, "starttls": 587, "none": 25}


@dataclass(frozen=True, slots=True)
class Server:
    host: str
    port: int
    security: str
    """tls (from the first byte), starttls, or none (only on this machine)."""
    username: str
    """Empty: no login."""


@dataclass(frozen=True, slots=True)
class MailOptions:
    """`password` is a reference (``env:NAME`` or ``secret:NAME``), never the password itself."""

    imap: Server
    smtp: Server
    password: str
    address: str
    name: str
    """The business's name in From; empty: the bare address."""
    aliases: tuple[str, ...]
    """Further addresses of our own, so that mail from them is known to be ours."""
    mailboxes: tuple[str, ...]
    sent_mailbox: str
    """Where copies of what is sent go; empty: the one the server calls so, else "Sent"."""
    save_sent: bool
    """False where the server itself keeps a copy, as Gmail does."""
    since: date | None
    """History from this day on is read, too; None: only what arrives from now on."""
    poll_seconds: int
    """Between two looks where the server can't push, and at mailboxes beside the first."""
    ca_file: str
    """A file with a further certificate authority to trust; empty: only the system's."""


def read(options: Mapping[str, Any]) -> MailOptions:
    """Raises ConfigError naming the option that is missing or wrong."""
    given = Options("Mail", options, KNOWN)
    own = _address(given, "address", given.text("address"))
    username = given.text("username", own)
    smtp_port = given.number("smtp_port", _SMTP_PORTS["starttls"])
    return MailOptions(
        imap=_server(given, "imap", "tls", _IMAP_PORTS, username),
        smtp=_server(
            given,
            "smtp",
            "tls" if smtp_port == _SMTP_PORTS["tls"] else "starttls",
            _SMTP_PORTS,
            given.text("smtp_username", username),
        ),
        password=given.reference("password"),
        address=own,
        name=given.text("name", ""),
        aliases=tuple(_address(given, "aliases", each) for each in given.texts("aliases", ())),
        mailboxes=_mailboxes(given),
        sent_mailbox=given.text("sent_mailbox", ""),
        save_sent=given.flag("save_sent", True),
        since=_date(given),
        poll_seconds=given.number("poll_seconds", 60, 1, 86_400),
        ca_file=given.text("ca_file", ""),
    )


KNOWN = (
    "address", "name", "aliases", "username", "password", "imap_host", "imap_port",
    "imap_security", "smtp_host", "smtp_port", "smtp_security", "smtp_username", "mailboxes",
    "sent_mailbox", "save_sent", "since", "poll_seconds", "ca_file",
)  # fmt: skip


def _server(
    given: Options, which: str, security: str, ports: Mapping[str, int], username: str
) -> Server:
    host = given.text(f"{which}_host")
    security = given.one_of(f"{which}_security", SECURITY, security)
    if security == "none" and not is_loopback(host):
        raise given.wrong(
            f"{which}_security",
            f"may be none only for a server on this machine, because {host} would get the "
            "password in clear text; use tls or starttls",
        )
    return Server(host, given.number(f"{which}_port", ports[security]), security, username)


def _address(given: Options, name: str, text: str) -> str:
    try:
        address.wire(text)
    except ValueError as error:
        raise given.wrong(name, f"is wrong: {str(error).rstrip('.')}") from None
    return address.normal(text)


def _mailboxes(given: Options) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(given.texts("mailboxes", ("INBOX",))))
    if not names:
        raise given.wrong("mailboxes", "must name at least one mailbox, such as INBOX")
    return names


def _date(given: Options) -> date | None:
    value = given.get("since")
    if value in (None, ""):
        return None
    try:
        return date.fromisoformat(value) if isinstance(value, str) else _as_date(value)
    except ValueError:
        raise given.wrong("since", "must be a date such as 2026-01-31") from None


def _as_date(value: object) -> date:
    # Not isinstance: a datetime is a date too, and its time would be lost.
    if type(value) is date:
        return value
    raise ValueError
