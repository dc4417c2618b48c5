"""The mail channel: what it can do, and its pure and its effectful half put together."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from threading import Event as StopEvent

from workspace.channels.base import Event, Failure, Meta, Outbound, Payload, Request, Response, Sent
from workspace.channels.mail import compose, send
from workspace.channels.mail.address import Own
from workspace.channels.mail.check import check
from workspace.channels.mail.options import MailOptions
from workspace.channels.mail.parse import parse
from workspace.channels.mail.receive import Receiver
from workspace.models import (
    AddressKind,
    Capabilities,
    Check,
    DeliveryStatus,
    MediaKind,
    MediaRule,
    Rate,
    StartRule,
    TextLimit,
)

CAPABILITIES = Capabilities(
    kind="mail",
    label="Mail",
    address=frozenset({AddressKind.EMAIL}),
    can_start=StartRule.FREE,
    start_reason="",
    window=None,
    text_limit=TextLimit(500_000),
    media={kind: MediaRule(frozenset(), 25_000_000) for kind in MediaKind},
    max_attachments=20,
    threads=True,
    receipts=frozenset({DeliveryStatus.SENT, DeliveryStatus.FAILED}),
    # Providers count mails an hour or a day; this keeps a burst from looking like abuse.
    rate=Rate(60, timedelta(minutes=1), burst=20),
)


class MailChannel:
    """One mail account: IMAP in, SMTP out. Implements `base.Channel` and `base.KeepsCopies`."""

    capabilities = CAPABILITIES

    def __init__(self, options: MailOptions, password: Callable[[], str]) -> None:
        self._options = options
        self._password = password
        self._own = Own((options.address, *options.aliases))
        self._receiver = Receiver(options, password, self.now)

    def encode(self, message: Outbound) -> list[Request]:
        """One SMTP request. Raises SendFailed for what no mail can carry."""
        own = self._options
        return [Request(compose.compose(message, own.address, own.name))]

    def decode(self, response: Response) -> Sent | Failure:
        return send.decode(response)

    def parse(self, raw: bytes, meta: Meta) -> list[Event]:
        return parse(raw, meta, self._own)

    def new_key(self) -> str:
        return compose.new_key(self._options.address)

    def now(self) -> datetime:
        return datetime.now(UTC)

    def perform(self, request: Request) -> Response:
        return send.send(request.payload, self._options, self._password)

    def keep_copy(self, request: Request) -> str:
        return send.keep_copy(request.payload, self._options, self._password)

    def find_sent(self, key: str) -> bool | None:
        return send.find_sent(key, self._options, self._password)

    def run(self, stop: StopEvent, cursor: str | None) -> Iterator[Payload]:
        return self._receiver.run(stop, cursor)

    def test(self) -> list[Check]:
        return check(self._options, self._password)

    def close(self) -> None:
        self._receiver.close()
