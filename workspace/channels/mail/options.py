"""What one sets to connect a mail account, checked before anything is tried."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from ipaddress import ip_address
from typing import Any

from workspace.channels.mail import address
from workspace.errors import ConfigError

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
    unknown = sorted(set(options) - set(KNOWN))
    if unknown:
        raise ConfigError(
            f"Mail has no option {unknown[0]!r}; known are {', '.join(KNOWN)}.", option=unknown[0]
        )
    own = _address(options, "address")
    username = _text(options, "username", own)
    return MailOptions(
        imap=_server(options, "imap", "tls", _IMAP_PORTS, username),
        smtp=_server(
            options,
            "smtp",
            "tls" if _number(options, "smtp_port", 587) == _SMTP_PORTS["tls"] else "starttls",
            _SMTP_PORTS,
            _text(options, "smtp_username", username),
        ),
        password=_reference(options),
        address=own,
        name=_text(options, "name", ""),
        aliases=tuple(_address({"aliases": a}, "aliases") for a in _list(options, "aliases", ())),
        mailboxes=_mailboxes(options),
        sent_mailbox=_text(options, "sent_mailbox", ""),
        save_sent=_flag(options, "save_sent", True),
        since=_date(options),
        poll_seconds=_number(options, "poll_seconds", 60, 1, 86_400),
        ca_file=_text(options, "ca_file", ""),
    )


KNOWN = (
    "address", "name", "aliases", "username", "password", "imap_host", "imap_port",
    "imap_security", "smtp_host", "smtp_port", "smtp_security", "smtp_username", "mailboxes",
    "sent_mailbox", "save_sent", "since", "poll_seconds", "ca_file",
)  # fmt: skip


def _server(
    options: Mapping[str, Any], which: str, security: str, ports: Mapping[str, int], username: str
) -> Server:
    host = _text(options, f"{which}_host")
    security = _text(options, f"{which}_security", security)
    if security not in SECURITY:
        raise _wrong(f"{which}_security", f"must be one of {', '.join(SECURITY)}")
    if security == "none" and not is_loopback(host):
        raise _wrong(
            f"{which}_security",
            f"may be none only for a server on this machine, because {host} would get the "
            "password in clear text; use tls or starttls",
        )
    return Server(host, _number(options, f"{which}_port", ports[security]), security, username)


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _wrong(option: str, must: str) -> ConfigError:
    return ConfigError(f"Mail option {option} {must}.", option=option)


def _text(options: Mapping[str, Any], name: str, default: str | None = None) -> str:
    value = options.get(name, default)
    if value is None:
        raise _wrong(name, "is missing; set it")
    if not isinstance(value, str):
        raise _wrong(name, "must be text")
    if re.search(r"[\x00-\x1f\x7f]", value):
        raise _wrong(name, "must not contain line breaks or control characters")
    if default is None and not value.strip():
        raise _wrong(name, "is empty; set it")
    return value.strip()


def _number(
    options: Mapping[str, Any], name: str, default: int, low: int = 1, high: int = 65_535
) -> int:
    value = options.get(name, default)
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:9])
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise _wrong(name, f"must be a whole number from {low} to {high}")
    return value


def _flag(options: Mapping[str, Any], name: str, default: bool) -> bool:
    value = options.get(name, default)
    words = {"true": True, "yes": True, "false": False, "no": False}
    value = words.get(value.lower(), value) if isinstance(value, str) else value
    if not isinstance(value, bool):
        raise _wrong(name, "must be true or false")
    return value


def _list(options: Mapping[str, Any], name: str, default: tuple[str, ...]) -> tuple[str, ...]:
    value = options.get(name, default)
    if isinstance(value, str):
        value = [part.strip() for part in value.split(",") if part.strip()]
    if not isinstance(value, list | tuple) or not all(isinstance(v, str) for v in value):
        raise _wrong(name, "must be a list of texts")
    return tuple(_text({name: part}, name) for part in value)


def _address(options: Mapping[str, Any], name: str) -> str:
    text = _text(options, name)
    try:
        address.wire(text)
    except ValueError as error:
        raise _wrong(name, f"is wrong: {str(error).rstrip('.')}") from None
    return address.normal(text)


def _mailboxes(options: Mapping[str, Any]) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(_list(options, "mailboxes", ("INBOX",))))
    if not names:
        raise _wrong("mailboxes", "must name at least one mailbox, such as INBOX")
    return names


def _reference(options: Mapping[str, Any]) -> str:
    value = options.get("password")
    if isinstance(value, str) and re.fullmatch(r"(env|secret):\S+", value):
        return value
    # Whatever stands there may be the password itself: it must not appear in the message.
    raise _wrong(
        "password",
        "must say where the password is: env:NAME for an environment variable, or secret:NAME for "
        "a line of secrets.toml; the password itself is never stored",
    )


def _date(options: Mapping[str, Any]) -> date | None:
    value = options.get("since")
    if value in (None, ""):
        return None
    try:
        return date.fromisoformat(value) if isinstance(value, str) else _as_date(value)
    except ValueError:
        raise _wrong("since", "must be a date such as 2026-01-31") from None


def _as_date(value: object) -> date:
    # Not isinstance: a datetime is a date too, and its time would be lost.
    if type(value) is date:
        return value
    raise ValueError
