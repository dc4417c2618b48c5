"""One attempt to send a message: the only place that talks to a provider to send."""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from workspace import faults
from workspace.channels.base import (
    Channel,
    Failure,
    FilledTemplate,
    KeepsCopies,
    Outbound,
    OutboundFile,
    React,
    Request,
    SendFailed,
    SendsSignals,
    Sent,
    Thread,
)
from workspace.errors import BrokenRecording
from workspace.media import rewrapped
from workspace.models import Address, AddressKind, Capabilities, FailureKind
from workspace.services.arrivals import cleaned_outcome
from workspace.services.settling import Claim
from workspace.services.words import words
from workspace.store.files import Files
from workspace.store.outbox import QueuedFile

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of it. `taken`: what the provider took, where it took everything."""

    outcome: Sent | Failure
    taken: Sequence[Request] = ()


def attempt(channel: Channel, claim: Claim, files: Files) -> Attempt:
    """Send; says what became of it, whatever happens. Never raises."""
    requests = _encode(channel, claim, files)
    if isinstance(requests, Failure):
        return Attempt(requests)
    faults.reach("before_perform")
    sent: Sent | None = None
    for n, request in enumerate(requests):
        answer = _perform(channel, request, claim.message.id)
        if isinstance(answer, Failure):
            return Attempt(answer if sent is None else _in_part(n, len(requests), answer))
        sent = sent or answer
    faults.reach("after_perform")
    if sent is None:
        return Attempt(Failure(FailureKind.INVALID, "The channel found nothing in it to send."))
    return Attempt(sent, requests)


def react(channel: Channel, signal: React, id: int) -> Sent | Failure:
    """Send a reaction; says what became of it, whatever happens. Never raises."""
    if not isinstance(channel, SendsSignals):
        return Failure(FailureKind.INVALID, "This channel takes no reactions.")
    try:
        request = channel.encode_signal(signal)
    except Exception:  # nothing has left yet, so this is a plain failure
        logger.exception("reaction %s can't be encoded", id)
        return Failure(FailureKind.INVALID, "This reaction can't be put into the channel's form.")
    faults.reach("before_perform")
    answer = _perform(channel, request, id)
    faults.reach("after_perform")
    return answer


def _encode(channel: Channel, claim: Claim, files: Files) -> Sequence[Request] | Failure:
    id = claim.message.id
    try:
        return channel.encode(_outbound(channel.capabilities, claim, files))
    except SendFailed as error:
        return error.failure
    except BrokenRecording as error:
        return Failure(FailureKind.MEDIA, error.message)
    except OSError as error:
        logger.warning("the files of message %s can't be read: %s", id, error.strerror)
        return Failure(FailureKind.MEDIA, "A file of this message can't be read any more.")
    except Exception:  # nothing has left yet, so this is a plain failure
        logger.exception("message %s can't be encoded", id)
        return Failure(FailureKind.INVALID, "This message can't be put into the channel's form.")


def _perform(channel: Channel, request: Request, id: int) -> Sent | Failure:
    try:
        return cleaned_outcome(channel.decode(channel.perform(request)))
    except SendFailed as error:
        return cleaned_outcome(error.failure)
    except Exception:  # it may have left: to send it again could mean to send it twice
        logger.exception("nobody knows what became of message %s", id)
        return Failure(FailureKind.UNKNOWN_OUTCOME, "Sending broke off; the provider may have it.")


def keep_copies(channel: Channel, id: int, taken: Sequence[Request]) -> str:
    """What a channel does once a send is settled; in words what failed. Never raises."""
    if not isinstance(channel, KeepsCopies):
        return ""
    try:
        return " ".join(filter(None, [channel.keep_copy(request) for request in taken]))
    except Exception as error:  # the message is sent all the same
        logger.exception("message %s is sent, but no copy was kept", id)
        return f"It was sent, but no copy of it was kept: {words(error)}"


def _in_part(n: int, of: int, failure: Failure) -> Failure:
    """Never tried again by itself: the customer would get the first parts twice."""
    detail = f"Only {n} of its {of} parts were sent: {failure.detail}"
    kind = failure.kind
    if kind in (FailureKind.TRANSIENT, FailureKind.RATE_LIMITED):
        kind = FailureKind.INVALID
    return Failure(kind, detail, failure.code)


def _outbound(takes: Capabilities, claim: Claim, files: Files) -> Outbound:
    message = claim.message
    headers = json.loads(message.reply_headers or "{}")
    to = message.address
    if "to" in headers:
        to = Address(AddressKind(headers["to"][0]), headers["to"][1])
    return Outbound(
        key=message.provider_id,
        to=to,
        to_name=message.contact_name,
        text=message.text,
        files=tuple(_file(takes, file, files) for file in claim.files),
        thread=Thread(
            headers.get("subject", ""),
            headers.get("in_reply_to", ""),
            tuple(headers.get("references", ())),
            tuple(headers.get("cc", ())),
        ),
        queued_at=message.occurred_at,
        template=(
            FilledTemplate(claim.template, message.template.values)
            if claim.template and not claim.template.own and message.template
            else None
        ),
        reply_to=message.quoted,
    )


def _file(takes: Capabilities, file: QueuedFile, files: Files) -> OutboundFile:
    """As the provider wants it; what is stored stays as it came."""
    data = files.path(file.id).read_bytes()
    rule = takes.media.get(file.kind)
    wanted = rule.rewrap.get(file.mime) if rule else None
    if wanted is None:
        return OutboundFile(file.kind, file.name, file.mime, data)
    name = f"{PurePath(file.name).stem}.{wanted.partition('/')[2]}"
    return OutboundFile(file.kind, name, wanted, rewrapped(data, file.mime, wanted))
