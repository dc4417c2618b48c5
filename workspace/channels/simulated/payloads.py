"""The wire format of the simulated provider.

A payload is a JSON object with a list of events, as webhooks carry them:

    {"events": [
      {"type": "message", "id": "sim.1", "at": "2026-03-01T09:30:00+00:00",
       "contact": {"kind": "phone", "value": "+12015550100", "name": "Ada"},
       "text": "Hello", "files": [{"media": "photo/mug/3"}]},
      {"type": "receipt", "id": "sim.0", "at": "...", "status": "read"},
      {"type": "reaction", "id": "sim.0", "at": "...", "emoji": "🙏"}]}

A template that was reviewed has its name, language, status and reason in words:

    {"type": "template", "id": "sim.2", "at": "...", "name": "hello", "language": "en",
     "status": "PAUSED", "reason": "..."}

More of a message: html, subject, refs, own, author, automatic, unsupported, reply_to (the id of the
message that it quotes). A file is a `media` reference, or name, mime and data (base64); both may
have content_id and inline. A receipt with the status failed has reason: {"kind": "unreachable",
"text": "..."}. A reaction of the business itself has own.
"""

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from workspace.channels.base import (
    Event,
    InboundFile,
    Meta,
    ReactionChanged,
    Received,
    StatusChanged,
    TemplateChanged,
    Unsupported,
)
from workspace.channels.simulated.media import media
from workspace.models import Address, AddressKind, DeliveryStatus, FailureKind

Fields = dict[str, Any]


def message(id: str, at: datetime, address: Address, name: str, **more: Any) -> Fields:
    """A message event; what is empty in `more` is left out."""
    contact = {"kind": address.kind.value, "value": address.value, "name": name}
    head = {"type": "message", "id": id, "at": at.isoformat(), "contact": contact}
    return head | {name: value for name, value in more.items() if value}


def receipt(
    id: str,
    at: datetime,
    status: DeliveryStatus,
    reason: tuple[FailureKind, str] | None = None,
) -> Fields:
    event: Fields = {"type": "receipt", "id": id, "at": at.isoformat(), "status": status.value}
    if reason:
        event["reason"] = {"kind": reason[0].value, "text": reason[1]}
    return event


def reaction(id: str, at: datetime, emoji: str) -> Fields:
    return {"type": "reaction", "id": id, "at": at.isoformat(), "emoji": emoji}


def template(
    id: str, at: datetime, name: str, language: str, status: str, reason: str = ""
) -> Fields:
    told = {"name": name, "language": language, "status": status, "reason": reason}
    return {"type": "template", "id": id, "at": at.isoformat(), **told}


def dump(events: Iterable[Fields]) -> bytes:
    return json.dumps({"events": list(events)}, ensure_ascii=False).encode("utf-8")


def parse(raw: bytes, meta: Meta) -> list[Event]:
    """What a payload says. Total: what is not of this format becomes Unsupported."""
    try:
        content = json.loads(raw)
        events = content["events"]
        if not isinstance(events, list):
            raise TypeError("events is not a list")
    except (ValueError, TypeError, KeyError, RecursionError):
        return [Unsupported("", meta.received_at, "a payload that is not the simulator's")]
    return [_event(event, meta) for event in events]


def _event(event: Any, meta: Meta) -> Event:
    try:
        return _known(event)
    except (ValueError, TypeError, KeyError, OverflowError, binascii.Error):
        id = event.get("id") if isinstance(event, dict) else None
        what = event.get("type") if isinstance(event, dict) else None
        return Unsupported(
            id if isinstance(id, str) else "",
            meta.received_at,
            f"an event of the type {what!r:.60}" if isinstance(what, str) else "an unknown event",
        )


def _known(event: Mapping[str, Any]) -> Event:
    id, at = _text(event, "id"), _instant(event["at"])
    if not id:
        raise ValueError("no id")
    match event["type"]:
        case "message":
            return _message(id, at, event)
        case "receipt":
            reason = event.get("reason", {})
            kind, detail = _text(reason, "kind"), _text(reason, "text")
            status = DeliveryStatus(event["status"])
            return StatusChanged(id, at, status, FailureKind(kind) if kind else None, detail)
        case "reaction":
            own = event.get("own") is True
            return ReactionChanged(id, at, _text(event, "emoji"), own)
        case "template":
            names = ("name", "language", "status", "reason")
            return TemplateChanged(id, at, *(_text(event, name) for name in names))
        case other:
            raise ValueError(other)


def _message(id: str, at: datetime, event: Mapping[str, Any]) -> Received:
    contact = event["contact"]
    if not (address := _text(contact, "value")):
        raise ValueError("from nobody")
    return Received(
        provider_id=id,
        occurred_at=at,
        address=Address(AddressKind(contact["kind"]), address),
        name=_text(contact, "name"),
        text=_text(event, "text"),
        html=_text(event, "html"),
        subject=_text(event, "subject"),
        files=tuple(_file(file) for file in event.get("files", ())),
        thread_refs=tuple(_string(ref) for ref in event.get("refs", ())),
        own=event.get("own") is True,
        author=_text(event, "author"),
        automatic=event.get("automatic") is True,
        unsupported=_text(event, "unsupported"),
        reply_to=_text(event, "reply_to"),
    )


def _file(file: Mapping[str, Any]) -> InboundFile:
    content_id, inline = _text(file, "content_id"), file.get("inline") is True
    if "media" in file:
        found = media(_text(file, "media"))
        if found is None:
            raise ValueError("unknown media")
        return InboundFile(found.name, found.mime, found.data, content_id, inline)
    data = base64.b64decode(_text(file, "data"), validate=True)
    return InboundFile(_text(file, "name"), _text(file, "mime"), data, content_id, inline)


def _text(fields: Any, name: str) -> str:
    if not isinstance(fields, dict):
        raise TypeError("not an object")
    return _string(fields.get(name, ""))


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a string")
    return value


def _instant(value: Any) -> datetime:
    at = datetime.fromisoformat(_string(value))
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
