"""A whole workspace with one channel, where nothing moves by itself and the clock is the test's."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.conformance import wrecks
from tests.conformance.kit import NOW, Kit, answering
from workspace.channels.base import Channel, OffersTemplates, Outbound, Payload, Request, Response
from workspace.models import Actor, ActorKind, DeliveryStatus, Message, TemplateChoice
from workspace.services import Services, World, payloads
from workspace.services.filters import Filter
from workspace.settings import Paths
from workspace.testing import at_once

ANN = Actor(ActorKind.OPERATOR, "ann")


@dataclass
class Desk:
    """`answer` is what the provider does with each request of a message; `sent` are those messages
    that it was given, once each time.
    """

    kit: Kit
    channel: Channel
    services: Services
    id: int = 0
    now: datetime = NOW
    sent: list[Outbound] = field(default_factory=list)
    answer: Callable[[Outbound], Response] = field(init=False)
    _encoded: dict[int, tuple[Outbound, bool]] = field(default_factory=dict)
    """By the id of a request: its message, and whether it is the first of it."""

    def __post_init__(self) -> None:
        self.answer = self.kit.accepted
        encode = self.channel.encode

        def encoded(message: Outbound) -> list[Request]:
            requests = encode(message)
            for n, request in enumerate(requests):
                self._encoded[id(request)] = message, n == 0
            return requests

        def perform(request: Request) -> Response:
            message, first = self._encoded[id(request)]
            if first:
                self.sent.append(message)
            return self.answer(message)

        self.channel.encode = encoded  # type: ignore[method-assign]
        answering(self.channel, perform)

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def take(self, *raws: bytes) -> None:
        """Payloads arrive, all in one batch."""
        records = [payloads.record(self.id, Payload(raw, self.kit.meta, "")) for raw in raws]
        self.services.journal.append(records)
        self.services.receiving.apply_pending()
        assert self.sql("SELECT error FROM quarantine") == []

    def hear(self) -> int:
        """A customer writes; the conversation."""
        self.take(self.kit.said(0))
        [row] = self.services.inbox.conversations(Filter()).rows
        return row.id

    def send(
        self, conversation: int, text: str = "an answer", template: TemplateChoice | None = None
    ) -> Message:
        words = "" if template else text
        sent = self.services.replies.send(conversation, words, [], ANN, None, template=template)
        self.deliver()
        return sent

    def deliver(self) -> None:
        self.services.delivery.deliver_due()

    def sql(self, text: str, *params: Any) -> list[tuple[Any, ...]]:
        with self.services.store.read() as db:
            return db.execute(text, list(params))

    def texts(self) -> list[str]:
        return [row[0].strip() for row in self.sql("SELECT body FROM messages ORDER BY id")]

    def status(self, message: Message) -> DeliveryStatus:
        [(status,)] = self.sql("SELECT delivery_status FROM messages WHERE id = $1", message.id)
        return DeliveryStatus(status)


@contextmanager
def desk_of(kit: Kit, folder: Path) -> Iterator[Desk]:
    channel = kit.channel(folder)
    desks: list[Desk] = []

    def now() -> datetime:
        return desks[0].now if desks else NOW

    channel.now = now  # type: ignore[method-assign]
    if isinstance(channel, OffersTemplates) and channel.capabilities.templates:
        channel.templates = lambda: wrecks.offered(kit.template())  # type: ignore[method-assign]
    world = World(lambda *_: channel, now, lambda low, high: low)
    with closing(Services.open(Paths(folder / "ws"), at_once.settings(), world)) as services:
        id = services.accounts.add(kit.kind, "Line", dict(kit.options)).id
        desks.append(Desk(kit, channel, services, id))
        yield desks[0]
