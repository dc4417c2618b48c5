"""One raw mail as an event. Pure and total: whatever bytes arrive, a message comes out.

The raw bytes stay in the journal, so that a later and better parser can read them again.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import Message
from email.parser import BytesParser
from hashlib import sha256
from typing import Any

from workspace.channels.base import Event, Meta, Received, StatusChanged, Unsupported
from workspace.channels.mail import body, bounce, headers
from workspace.channels.mail.address import UNKNOWN, Own, email
from workspace.channels.mail.headers import Mailbox
from workspace.models import Address, DeliveryStatus
from workspace.settings import MAX_TEXT

_MAX_PARTICIPANTS = 100


def parse(raw: bytes, meta: Meta, own: Own) -> list[Event]:
    """`meta.data` is what `receive` put there; without a "uid" the payload carries no mail."""
    if not raw and meta.data and "uid" not in meta.data:
        return []
    try:
        return [_event(_message(raw), raw, meta, own)]
    except Exception as error:
        # The last line of defence: the standard library's parser raises new things on new
        # garbage, and no customer's mail may be lost to that. The person reading it is told.
        return [_as_it_came(raw, meta, error)]


# The library's modern policy parses every Content-Type by a grammar, in quadratic time: seconds
# for one hostile header. The old one is linear but for parameters, and short headers have few.
_LONG_HEADER = re.compile(
    rb"^(content-(?:type|disposition):(?:[^\r\n]|\r?\n[ \t]){4000})(?:[^\r\n]|\r?\n[ \t])+",
    re.IGNORECASE | re.MULTILINE,
)
_TANGLED = 200_000_000
"""Lines times multiparts: the library looks at each line once for every multipart around it."""


def _message(raw: bytes) -> Message:
    """The parsed mail; where its parts can't be told apart, the head with all the rest as text."""
    # Some stores put a blank line before the headers.
    raw = _LONG_HEADER.sub(rb"\1", raw.lstrip(b"\r\n"))
    parts = len(
        re.findall(rb"^content-type:[ \t\r\n]*multipart/", raw, re.IGNORECASE | re.MULTILINE)
    )
    try:
        if parts * raw.count(b"\n") < _TANGLED:
            return _with_boundary(message_from_bytes(raw, policy=policy.compat32))
    except RecursionError:
        pass  # parts nested deeper than the library can go
    return BytesParser(policy=policy.compat32).parsebytes(raw, headersonly=True)


_DELIMITER = re.compile(r"^--([^\s-][^\r\n]{0,68}[^\s])[ \t]*\r?$", re.MULTILINE)


def _with_boundary(message: Message) -> Message:
    """A multipart whose header lost its boundary, put together by the one its body shows."""
    text = message.get_payload()
    if message.get_content_maintype() != "multipart" or not isinstance(text, str):
        return message
    found = _DELIMITER.search(text)
    if found and f"\n--{found[1]}" in text[found.end() :]:
        head = f'Content-Type: multipart/mixed; boundary="{found[1]}"\n\n'
        data = (head + text).encode("utf-8", "surrogateescape")
        parts = message_from_bytes(data, policy=policy.compat32).get_payload()
        if isinstance(parts, list):
            message.set_payload(parts)
    return message


def _event(message: Message, raw: bytes, meta: Meta, own: Own) -> Event:
    provider_id = headers.message_id(message) or _fallback_id(raw, meta.data)
    report = bounce.read(message)
    if report is not None and report.original:
        when = occurred_at(meta)
        if report.failed is None:
            return Unsupported(provider_id, when, report.note, understood=True)
        kind, words = report.failed
        return StatusChanged(report.original, when, DeliveryStatus.FAILED, kind, words)
    return _received(message, provider_id, meta, own)


def _received(message: Message, provider_id: str, meta: Meta, own: Own) -> Received:
    content = body.read(message)
    people = _people(message, own)
    return Received(
        provider_id=provider_id,
        occurred_at=occurred_at(meta),
        address=people.address,
        name=people.name,
        text=content.text,
        html=content.html,
        subject=headers.text(message, "subject"),
        files=content.files,
        thread_refs=headers.references(message),
        sender=people.sender,
        cc=people.cc,
        own=people.own,
        automatic=automatic(message),
        unsupported=_omitted(content, meta.data),
    )


def _omitted(content: body.Body, data: Mapping[str, Any]) -> str:
    if size := data.get("too_large"):
        return (
            f"This mail is {size / 1_000_000:.0f} MB, too large to be fetched; only its head was. "
            "Open it with a mail program."
        )
    if data.get("unreadable"):
        return "The mail server could not hand out this mail. Open it with a mail program."
    if content.omitted:
        return f"This mail has {content.omitted} further parts, which are not shown."
    return ""


def _fallback_id(raw: bytes, data: Mapping[str, Any]) -> str:
    if data.get("unreadable"):
        # Nothing of the mail is known, so nothing but its place tells it from another one.
        raw = f"{data.get('mailbox')}/{data.get('uidvalidity')}/{data.get('uid')}".encode()
    return f"sha256:{sha256(raw).hexdigest()}"


def occurred_at(meta: Meta) -> datetime:
    """When the mail server received it (INTERNALDATE); the Date header is the sender's to forge.

    It counts in whole seconds. New mail came at some moment of that second: it counts as late as
    can be, so that a reply written in the same second, unaware of it, does not pass for an answer.
    """
    try:
        at = datetime.fromisoformat(str(meta.data.get("internaldate")))
        at = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return meta.received_at
    if meta.backfill or at > meta.received_at:
        return at
    return min(at.replace(microsecond=999_999), meta.received_at)


# --- who ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _People:
    address: Address
    name: str
    sender: Address | None
    cc: tuple[str, ...]
    own: bool


def _people(message: Message, own: Own) -> _People:
    author = _author(message)
    answers = [m for m in headers.mailboxes(message, "reply-to") if m.address not in own]
    to = headers.mailboxes(message, "to") + headers.mailboxes(message, "cc")
    others = [m for m in to if m.address not in own]
    # A web form writes in our own name and puts the customer into Reply-To.
    ours = author.address in own and not answers
    other = (others or [author])[0] if ours else (answers or [author])[0]
    # The contact is who wrote, also where the answer goes elsewhere.
    writer = other if ours or author.address in own else author
    known = {other.address.lower()}
    cc = (*answers[1:], *others)
    return _People(
        address=email(other.address),
        name=writer.name or other.name,
        sender=None if _same(writer, other) else email(writer.address),
        cc=tuple(_once((m.address for m in cc), known))[:_MAX_PARTICIPANTS],
        own=ours,
    )


def _author(message: Message) -> Mailbox:
    for name in ("from", "sender", "return-path", "envelope-from", "x-envelope-from"):
        if found := headers.mailboxes(message, name):
            return found[0]
    # A local program's mail, "From: cron", can be told apart even if not answered.
    words = headers.text(message, "from", 80).strip("<> ")
    return Mailbox(words or "Unknown sender", UNKNOWN)


def _same(a: Mailbox, b: Mailbox) -> bool:
    return a.address.lower() == b.address.lower()


def _once(addresses: Any, known: set[str]) -> list[str]:
    found = []
    for address in addresses:
        if address.lower() not in known:
            known.add(address.lower())
            found.append(address)
    return found


# --- machines -------------------------------------------------------------------------------------

_PRESENT = ("list-id", "x-auto-response-suppress", "x-autoreply", "x-autorespond", "x-loop")


def automatic(message: Message) -> bool:
    """Whether a machine wrote it: RFC 3834 and the signs older and other programs leave."""
    submitted = headers.raw(message, "auto-submitted").strip().lower()
    if submitted and not submitted.startswith("no"):
        return True
    if headers.raw(message, "precedence").strip().lower() in ("bulk", "list", "junk", "auto_reply"):
        return True
    if any(headers.raw(message, name) for name in _PRESENT):
        return True
    if any(path.strip() == "<>" for path in headers.raw_all(message, "return-path")):
        return True
    author = f"{_author(message).address} {headers.raw(message, 'from')}".lower()
    return re.search(r"mailer[-_ ]daemon", author) is not None


# --- the last resort ------------------------------------------------------------------------------


def _as_it_came(raw: bytes, meta: Meta, error: Exception) -> Received:
    head = re.search(rb"(?im)^message-id:\s*(<[\x21-\x7e]{1,498}>)", raw[:100_000])
    return Received(
        provider_id=head[1].decode("ascii") if head else _fallback_id(raw, meta.data),
        occurred_at=occurred_at(meta),
        address=email(UNKNOWN),
        name="Unknown sender",
        text=headers.decode_bytes(raw[:MAX_TEXT], None),
        automatic=True,
        unsupported=f"This mail could not be read ({type(error).__name__}): shown as it came.",
    )
