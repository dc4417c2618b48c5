"""A provider that takes messages, and answers, hangs or breaks as a test tells it to."""

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from threading import Event as StopEvent
from typing import Any

from workspace.channels.base import (
    Channel,
    Event,
    Failure,
    Meta,
    Outbound,
    Payload,
    Received,
    Request,
    Response,
    SendFailed,
    Sent,
    StatusChanged,
)
from workspace.errors import ConvoError
from workspace.models import (
    Actor,
    ActorKind,
    Address,
    AddressKind,
    Capabilities,
    Check,
    Conversation,
    DeliveryStatus,
    FailureKind,
    MediaKind,
    MediaRule,
    Message,
    Rate,
    StartRule,
    Template,
    TemplateRule,
    TextLimit,
)
from workspace.services import Services, World, payloads
from workspace.services.filters import Filter
from workspace.settings import Paths, Secrets
from workspace.store import states
from workspace.testing import at_once

ANN = Actor(ActorKind.OPERATOR, "ann")
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
Answer = Callable[[Outbound], Response]
"""What the provider does with a message; it may raise SendFailed."""

CAPABILITIES = Capabilities(
    kind="whatsapp",
    label="Wire",
    address=frozenset({AddressKind.PHONE}),
    can_start=StartRule.FREE,
    start_reason="",
    window=None,
    text_limit=TextLimit(100),
    media={MediaKind.IMAGE: MediaRule(frozenset({"image/png"}), 1000)},
    max_attachments=2,
    threads=False,
    receipts=frozenset({DeliveryStatus.DELIVERED}),
    rate=None,
    templates=TemplateRule(header_limit=60, body_limit=1024),
)


@dataclass
class Wire:
    """`answers` are used up one by one; then everything is accepted."""

    capabilities: Capabilities = CAPABILITIES
    answers: list[Answer] = field(default_factory=list)
    took: list[Outbound] = field(default_factory=list)
    """What it was given, accepted or not."""
    found: dict[str, bool | None] = field(default_factory=dict)
    offers: list[Template] | ConvoError = field(default_factory=list)
    clock: datetime = NOW
    closed: bool = False
    payloads: list[Payload | BaseException] = field(default_factory=list)
    """What `run` yields or raises, one by one; then it waits to be stopped."""
    ran_from: list[str | None] = field(default_factory=list)
    _names: Iterator[int] = field(default_factory=lambda: count(1))
    parsed: dict[bytes, list[Event]] = field(default_factory=dict)
    stopping: threading.Event = field(default_factory=threading.Event)

    def encode(self, message: Outbound) -> list[Request]:
        return [Request(message)]

    def decode(self, response: Response) -> Sent | Failure:
        if response.code == 200:
            return Sent(response.text)
        return Failure(
            FailureKind(response.text),
            f"Answered {response.code}.",
            str(response.code),
            response.data.get("retry_after"),
            response.data.get("pair", False),
        )

    def parse(self, raw: bytes, meta: Meta) -> list[Event]:
        return self.parsed[raw]

    def new_key(self) -> str:
        return f"key-{next(self._names)}"

    def now(self) -> datetime:
        return self.clock

    def perform(self, request: Request) -> Response:
        message: Outbound = request.payload
        self.took.append(message)
        answer = self.answers.pop(0) if self.answers else accept
        return answer(message)

    def find_sent(self, key: str) -> bool | None:
        return self.found.get(key)

    def run(self, stop: StopEvent, cursor: str | None) -> Iterator[Payload]:
        self.ran_from.append(cursor)
        while self.payloads:
            next_one = self.payloads.pop(0)
            if isinstance(next_one, BaseException):
                raise next_one
            yield next_one
        while not stop.is_set() and not self.closed:
            stop.wait(0.01)

    def test(self) -> list[Check]:
        return [Check("wire", True, "It works.")]

    def templates(self) -> list[Template]:
        if isinstance(self.offers, ConvoError):
            raise self.offers
        return self.offers

    def close(self) -> None:
        self.closed = True


def accept(message: Outbound) -> Response:
    return Response(200, getattr(message, "key", ""))


def refuse(kind: FailureKind, **data: Any) -> Answer:
    return lambda message: Response(400, kind.value, data)


def break_off(kind: FailureKind) -> Answer:
    def answer(message: Outbound) -> Response:
        raise SendFailed(Failure(kind, "The line went dead."))

    return answer


def slow_rate(n: int, burst: int) -> Rate:
    return Rate(n, timedelta(seconds=60), burst)


# --- a workspace around it --------------------------------------------------------------------


class Clock:
    """The machine's clock, as a test sets it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def longest(low: float, high: float) -> float:
    """Instead of chance: always the longest wait."""
    return high


@dataclass
class Office:
    """A workspace with one wire, where nothing moves by itself."""

    services: Services
    wire: Wire
    channel: int
    clock: Clock

    def hear(self, phone: str = "+4915112345", text: str = "hello") -> Conversation:
        """A customer writes."""
        id = f"in-{phone}-{text}"
        raw = id.encode()
        told = Received(id, self.wire.clock, Address(AddressKind.PHONE, phone), text=text)
        self.wire.parsed[raw] = [told]
        self.tell(raw)
        (found,) = [c for c in self.all() if c.address.value == phone]
        return found

    def receipt(self, key: str, status: DeliveryStatus) -> None:
        raw = f"{key} {status}".encode()
        self.wire.parsed[raw] = [StatusChanged(key, self.wire.clock, status)]
        self.tell(raw)

    def tell(self, raw: bytes) -> None:
        content = Payload(raw, Meta(self.wire.clock), "")
        self.services.journal.append([payloads.record(self.channel, content)])
        self.services.receiving.apply_pending()

    def all(self) -> list[Conversation]:
        return list(self.services.inbox.conversations(Filter()).rows)

    def send(self, id: int, text: str = "an answer", key: str | None = None) -> Message:
        return self.services.replies.send(id, text, [], ANN, key)

    def step(self) -> int:
        return self.services.delivery.deliver_due()

    def message(self, id: int) -> Message:
        for conversation in self.all():
            for message in self.services.inbox.messages(conversation.id, None, 100).messages:
                if message.id == id:
                    return message
        raise AssertionError(f"no message {id}")

    def ids(self, conversation: int) -> list[int]:
        """The messages a conversation shows."""
        page = self.services.inbox.messages(conversation, None, 100)
        return [message.id for message in page.messages]

    def status(self, id: int) -> DeliveryStatus | None:
        return self.message(id).delivery_status


class Commits:
    """Waits until something is so, looking after each commit."""

    def __init__(self, services: Services) -> None:
        self._changed = threading.Condition()
        services.store.on_commit(self._look)

    def _look(self, seq: int) -> None:
        with self._changed:
            self._changed.notify_all()

    def wait(self, condition: Callable[[], bool]) -> None:
        with self._changed:
            # The channels' state changes before its commit is told: look again at times.
            for _ in range(300):
                if condition():
                    return
                self._changed.wait(0.1)
        raise AssertionError("it never came")


def open_office(
    folder: Path, wire: Wire | None = None, clock: Clock | None = None, **settings: Any
) -> Office:
    wire, clock = wire or Wire(), clock or Clock()

    def create(
        kind: str, options: Mapping[str, Any], secrets: Secrets, state_path: Path, channel_id: int
    ) -> Channel:
        return wire

    world = World(create, clock, longest)
    services = Services.open(Paths(folder), at_once.settings(**settings), world)
    found = services.accounts.list()
    channel = found[0].id if found else services.accounts.add("wire", "wire", {}).id
    return Office(services, wire, channel, clock)


def check(office: Office) -> None:
    """Kept states equal what follows from the log."""
    with office.services.store.read() as db:
        ids = [row[0] for row in db.execute("SELECT id FROM conversations")]
        for id, state in states.load(db, ids).items():
            assert state == states.recompute(db, id)
