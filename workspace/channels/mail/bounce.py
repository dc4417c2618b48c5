"""Delivery reports (RFC 3464): which of our mails failed, and why, in words."""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message

from workspace.channels.mail import headers
from workspace.channels.mail.body import part_bytes
from workspace.models import FailureKind


@dataclass(frozen=True, slots=True)
class Report:
    """What a delivery report says. `failed` is None while nothing is given up."""

    original: str
    """The Message-ID of the mail it is about; empty where the report does not tell."""
    failed: tuple[FailureKind, str] | None
    note: str
    """In words, what it says when nothing failed."""


@dataclass(frozen=True, slots=True)
class _Recipient:
    address: str
    action: str
    status: str
    diagnostic: str


def read(message: Message) -> Report | None:
    """The report a mail is; None for any other mail."""
    if message.get_content_type() != "multipart/report":
        return None
    parts = _inner(message)
    blocks = [
        b for p in parts if p.get_content_type() == "message/delivery-status" for b in _inner(p)
    ]
    recipients = [_recipient(block) for block in blocks if headers.raw(block, "action")]
    if not recipients:
        return None
    returned = next((m for p in parts if (m := _returned(p)) is not None), None)
    return Report(
        _original(message, blocks, returned), _failed(recipients, returned), _note(recipients)
    )


def _inner(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [b for b in payload if isinstance(b, Message)] if isinstance(payload, list) else []


def _recipient(block: Message) -> _Recipient:
    address = headers.text(block, "final-recipient") or headers.text(block, "original-recipient")
    diagnostic = headers.text(block, "diagnostic-code", 400)
    return _Recipient(
        address=address.rpartition(";")[2].strip().strip("<>"),
        action=headers.text(block, "action").lower().partition(" ")[0],
        status=(re.findall(r"\d\.\d{1,3}\.\d{1,3}", headers.text(block, "status")) or [""])[0],
        diagnostic=diagnostic.partition(";")[2].strip() or diagnostic,
    )


def _returned(part: Message) -> Message | None:
    """The mail that came back, or its headers."""
    kind = part.get_content_type()
    payload = part.get_payload()
    if kind in ("message/rfc822", "message/global") and isinstance(payload, list) and payload:
        inner = payload[0]
        return inner if isinstance(inner, Message) else None
    if kind == "text/rfc822-headers":
        return message_from_bytes(part_bytes(part), policy=policy.compat32)
    return None


def _original(message: Message, blocks: list[Message], returned: Message | None) -> str:
    if returned is not None and (found := headers.message_id(returned)):
        return found
    for block in blocks:
        if found_ids := headers.ids(headers.raw(block, "x-original-message-id")):
            return found_ids[0]
    # Exchange and Gmail refer to it as an answer would.
    referred = headers.references(message)
    return referred[-1] if referred else ""


def _failed(
    recipients: list[_Recipient], returned: Message | None
) -> tuple[FailureKind, str] | None:
    failed = [r for r in recipients if r.action == "failed"]
    if not failed:
        return None
    addressed = _people(returned, "to")
    if addressed and not any(r.address.lower() in addressed for r in failed):
        # Forwarding may change addresses, so only a known Cc counts as no failure.
        copied = _people(returned, "cc")
        if all(r.address.lower() in copied for r in failed):
            return None
    first = next((r for r in failed if r.address.lower() in addressed), failed[0])
    return kind_of(first.status), _words(first)


def _people(message: Message | None, name: str) -> set[str]:
    if message is None:
        return set()
    return {m.address.lower() for m in headers.mailboxes(message, name)}


def _words(recipient: _Recipient) -> str:
    reason = reason_for(recipient.status, recipient.diagnostic)
    said = recipient.diagnostic or recipient.status
    who = recipient.address or "the recipient"
    return f"The mail could not be delivered to {who}: {reason}." + (f" ({said})" if said else "")


def _note(recipients: list[_Recipient]) -> str:
    first = recipients[0]
    who = first.address or "the recipient"
    match first.action:
        case "delayed":
            return (
                f"The mail to {who} is delayed; the mail servers go on trying. {first.diagnostic}"
            )
        case "failed":
            return f"A copy of the mail could not be delivered to {who}. {first.diagnostic}"
        case "delivered" | "relayed" | "expanded":
            return f"The mail reached the server of {who}."
        case _:
            return f"A delivery report about {who}."


# RFC 3463: the second number says what was the matter, the third the detail.
_REASONS = (
    ("1.1", "the address does not exist"),
    ("1.2", "its domain does not exist or takes no mail"),
    ("1.3", "the address is not valid"),
    ("1.6", "the mailbox has moved"),
    ("1.10", "its domain takes no mail"),
    ("1", "the address does not work"),
    ("2.1", "the mailbox is closed"),
    ("2.2", "the mailbox is full"),
    ("2.3", "the mail is too large for the mailbox"),
    ("3.4", "the mail is too large for the receiving server"),
    ("4.4", "no server could be found for the domain"),
    ("4.6", "the mail went round in a loop"),
    ("4.7", "the receiving server could not be reached for too long"),
    ("4", "the receiving server could not be reached"),
    ("7", "the receiving server refused the mail by its rules"),
    ("6", "the receiving server did not take the mail's content"),
)


def reason_for(status: str, said: str = "") -> str:
    """Why, in words, from an enhanced status code (RFC 3463) or else the server's own text."""
    subject = status.partition(".")[2]
    for code, words in _REASONS:
        if subject == code or subject.startswith(f"{code}."):
            return words
    if re.search(r"user unknown|unknown user|no such (user|mailbox)|does not exist", said, re.I):
        return "the address does not exist"
    return "the receiving server refused it"


def kind_of(status: str) -> FailureKind:
    """What to do about a permanent refusal with this enhanced status code."""
    subject = status.partition(".")[2]
    if subject in ("2.3", "3.4"):
        return FailureKind.MEDIA
    if subject.startswith(("6.", "7.")):
        return FailureKind.INVALID
    return FailureKind.UNREACHABLE
