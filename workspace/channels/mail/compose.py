"""A message to send as the bytes of a mail. Pure; the same message always gives the same bytes.

Header lines are written here and not by the library, whose folding encodes a long Message-ID (which
cuts the thread) and, in some versions, splits names with commas into two addresses.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from email import policy
from email.header import Header
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256
from uuid import uuid4

from workspace.channels.base import Failure, Outbound, OutboundFile, SendFailed, Thread
from workspace.channels.mail import address, headers
from workspace.models import FailureKind

MAX_MESSAGE = 36_000_000
"""Bytes of a whole mail: 25 MB of files grow by a third in base64."""

_REFERENCES = 30
_POLICY = policy.SMTP.clone(cte_type="7bit")


@dataclass(frozen=True, slots=True)
class Envelope:
    """What an SMTP server is told, and the mail itself."""

    key: str
    sender: str
    to: str
    cc: tuple[str, ...]
    data: bytes = field(repr=False)


def new_key(own_address: str) -> str:
    """A Message-ID nobody else makes; without the machine's name, which is nobody's business."""
    return f"<{uuid4().hex}@{address.wire(own_address).partition('@')[2]}>"


def compose(message: Outbound, own_address: str, own_name: str) -> Envelope:
    """Raises SendFailed with the kind INVALID or MEDIA and a sentence where it can't be sent."""
    try:
        sender, to = address.wire(own_address), address.wire(message.to.value)
        cc = _copies(message.thread.cc, (sender, to))
        lines = [
            *_identity(message),
            _people("From", [(own_name, sender)]),
            _people("To", [(message.to_name, to)]),
            *([_people("Cc", [("", a) for a in cc])] if cc else []),
            _words("Subject", subject(message.thread)),
            *_thread(message.thread),
        ]
    except ValueError as error:
        raise SendFailed(Failure(FailureKind.INVALID, str(error))) from None
    data = "".join(f"{line}\r\n" for line in lines).encode("ascii") + _content(message)
    if len(data) > MAX_MESSAGE:
        raise SendFailed(
            Failure(
                FailureKind.MEDIA,
                f"The mail is {len(data) / 1_000_000:.1f} MB; mail takes at most "
                f"{MAX_MESSAGE / 1_000_000:.0f} MB. Send smaller files or a link.",
            )
        )
    return Envelope(message.key, sender, to, cc, data)


def _copies(cc: Iterable[str], known: tuple[str, ...]) -> tuple[str, ...]:
    wired = dict.fromkeys(address.wire(_one_line("Cc", each)) for each in cc)
    return tuple(a for a in wired if a.lower() not in {k.lower() for k in known})


def _identity(message: Outbound) -> list[str]:
    found = headers.ids(message.key)
    if found != [message.key]:
        raise ValueError("The message's own name is not a Message-ID; it must be like <name@host>.")
    return [f"Message-ID: {message.key}", f"Date: {format_datetime(message.queued_at)}"]


_ANSWERED = re.compile(r"\s*((re|aw|antw|sv|vs|rv|odp|res|ref)(\[\d+\]|\s*\(\d+\))?\s*:\s*)+", re.I)


def subject(thread: Thread) -> str:
    """The subject; of an answer with one "Re:", however many and in whichever language it had."""
    text = _one_line("Subject", thread.subject)
    if not thread.in_reply_to:
        return text
    bare = _ANSWERED.sub("", text, count=1) if _ANSWERED.match(text) else text
    return f"Re: {bare}".strip()


def _thread(thread: Thread) -> list[str]:
    answered = [i for i in headers.ids(_one_line("In-Reply-To", thread.in_reply_to)) if i.isascii()]
    chain = [i for ref in thread.references for i in headers.ids(_one_line("References", ref))]
    chain = [i for i in dict.fromkeys([*chain, *answered]) if i.isascii()]
    if answered and chain[-1] != answered[0]:
        chain = [i for i in chain if i != answered[0]] + answered[:1]
    if len(chain) > _REFERENCES:
        # The first names the thread, the last ones the place in it (RFC 5537 3.4.4 trims so).
        chain = chain[:1] + chain[1 - _REFERENCES :]
    lines = [f"In-Reply-To: {answered[0]}"] if answered else []
    return lines + ([f"References: {_folded(chain)}"] if chain else [])


def _folded(items: Iterable[str]) -> str:
    return "\r\n ".join(items)


def _people(name: str, people: list[tuple[str, str]]) -> str:
    return f"{name}: " + ",\r\n ".join(_person(name, who, where) for who, where in people)


def _person(header: str, name: str, where: str) -> str:
    name = " ".join(_one_line(header, name).split())[:200]
    if not name:
        return where
    if name.isascii() and name.isprintable() and len(name) < 60 and "=?" not in name:
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        plain = re.fullmatch(r"[A-Za-z0-9 !#$%&'*+/=?^_`{|}~-]+", name)
        shown = name if plain else f'"{quoted}"'
        return f"{shown} <{where}>"
    return f"{_encoded(header, name)}\r\n <{where}>"


def _words(name: str, value: str) -> str:
    if value.isascii() and value.isprintable() and len(value) < 900 and "=?" not in value:
        return f"{name}: {_header(name, value, 'us-ascii')}"
    return f"{name}: {_encoded(name, value)}"


def _encoded(name: str, value: str) -> str:
    """RFC 2047 encoded words, none longer than it allows, none splitting a letter."""
    return _header(name, headers.clean(value), "utf-8")


def _header(name: str, value: str, charset: str) -> str:
    return Header(value, charset, header_name=name).encode(linesep="\r\n")


def _one_line(name: str, value: str) -> str:
    """Refuses what would start a header of its own: someone is trying to add recipients or text."""
    if re.search(r"[\r\n\x00\v\f\x1c-\x1e\x85\u2028\u2029]", value):
        raise ValueError(f"{name} must not contain line breaks; write it on one line.")
    return value


# --- text and files -------------------------------------------------------------------------------


def _content(message: Outbound) -> bytes:
    """The MIME headers, the blank line and the body."""
    mime = EmailMessage(policy=_POLICY)
    mime.set_content(headers.clean(message.text) + "\n", charset="utf-8")
    for file in message.files:
        _attach(mime, file)
    if message.files:
        # The library's random boundary would make two encodings of one message differ.
        digest = sha256(message.key.encode() + b"".join(f.data for f in message.files)).hexdigest()
        mime.set_boundary(f"=_{digest[:40]}")
    return mime.as_bytes()


def _attach(mime: EmailMessage, file: OutboundFile) -> None:
    kind, _, subtype = file.mime.lower().partition("/")
    # A mail or a multipart may not be encoded in base64 under its own type (RFC 2046 5.2.1).
    if kind in ("message", "multipart") or not re.fullmatch(r"[a-z0-9!#$&^_.+-]+", kind + subtype):
        kind, subtype = "application", "octet-stream"
    if not subtype:
        kind, subtype = "application", "octet-stream"
    name = headers.line(file.name, 200) or "file"
    mime.add_attachment(file.data, kind, subtype, filename=name)
