"""A provider small enough to read at a glance: its payloads are the events themselves, pickled."""

import pickle
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from threading import Event as StopEvent
from typing import Any

from workspace.channels.base import (
    Event,
    InboundFile,
    Meta,
    Outbound,
    Payload,
    ReactionChanged,
    Received,
    Request,
    Response,
    Sent,
    StatusChanged,
)
from workspace.models import (
    Address,
    AddressKind,
    Capabilities,
    Check,
    DeliveryStatus,
    FailureKind,
    MediaKind,
    MediaRule,
    StartRule,
    TextLimit,
)

START = datetime(2026, 3, 1, 9, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def capabilities(threads: bool) -> Capabilities:
    return Capabilities(
        kind="mail" if threads else "sms",
        label="Line",
        address=frozenset({AddressKind.EMAIL if threads else AddressKind.PHONE}),
        can_start=StartRule.FREE,
        start_reason="",
        window=None,
        text_limit=TextLimit(1000),
        media={kind: MediaRule(frozenset(), 1_000_000) for kind in MediaKind},
        max_attachments=5,
        threads=threads,
        receipts=frozenset(),
        rate=None,
    )


class Line:
    """A payload "poison" makes `parse` raise, which a channel must not do.

    `fixed`: what a later version of its parser makes of payloads.
    """

    def __init__(self, threads: bool = False) -> None:
        self.capabilities = capabilities(threads)
        self.clock = START + timedelta(days=300)
        self._numbers = count(1)
        self.fixed: dict[bytes, list[Event]] = {}

    def parse(self, raw: bytes, meta: Meta) -> list[Event]:
        if raw in self.fixed:
            return self.fixed[raw]
        if raw == b"poison":
            raise ValueError("private words of a customer")
        events: list[Event] = pickle.loads(raw)
        return events

    def encode(self, message: Outbound) -> list[Request]:
        return [Request(message)]

    def decode(self, response: Response) -> Sent:
        return Sent(response.text)

    def new_key(self) -> str:
        return f"<out-{next(self._numbers)}@line>"

    def now(self) -> datetime:
        return self.clock

    def perform(self, request: Request) -> Response:
        return Response(200, request.payload.key)

    def find_sent(self, key: str) -> bool | None:
        return None

    def run(self, stop: StopEvent, cursor: str | None) -> Iterator[Payload]:
        yield from ()

    def test(self) -> list[Check]:
        return []

    def close(self) -> None:
        return None


def payload(
    *events: Event, received: datetime = START + timedelta(days=300), backfill: bool = False
) -> Payload:
    raw = pickle.dumps(list(events))
    return Payload(raw, Meta(received, backfill), "")


# --- events, briefly --------------------------------------------------------------------------


def said(id: str, by: str = "+491511", minutes: float = 0, **more: Any) -> Received:
    address = Address(AddressKind.PHONE, by)
    return Received(id, at(minutes), address, **{"name": "Ada", "text": f"text {id}", **more})


def mail(
    id: str, by: str = "ada@example.org", minutes: float = 0, refs: Sequence[str] = (), **more: Any
) -> Received:
    address = Address(AddressKind.EMAIL, by)
    words = {"name": by.split("@")[0], "text": f"text {id}", "subject": f"about {id}", **more}
    return Received(id, at(minutes), address, thread_refs=tuple(refs), **words)


def receipt(id: str, status: DeliveryStatus, minutes: float = 0) -> StatusChanged:
    failed = status is DeliveryStatus.FAILED
    kind = FailureKind.UNREACHABLE if failed else None
    return StatusChanged(id, at(minutes), status, kind, "No such number." if failed else "")


def reaction(id: str, emoji: str, minutes: float = 0) -> ReactionChanged:
    return ReactionChanged(id, at(minutes), emoji)


def file(name: str = "photo.png", data: bytes = b"\x89PNG\r\n\x1a\n" + b"0" * 20) -> InboundFile:
    return InboundFile(name, "text/html", data)
