"""What a channel is: data, pure functions and few effects.

Deciding is kept apart from doing: `encode`, `decode` and `parse` are pure, so that third-party
judges and recorded payloads can test them without a network. Only `perform` talks to the provider
to send, only `run` talks to it to receive; `find_sent` and `test` only ask. A channel that must do
more after a send is a `KeepsCopies`, too, and one whose provider keeps templates an
`OffersTemplates`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event as StopEvent
from typing import Any, BinaryIO, Protocol, runtime_checkable

from workspace.models import (
    Address,
    Capabilities,
    Check,
    DeliveryStatus,
    FailureKind,
    MediaKind,
    Template,
)

# --- outbound ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OutboundFile:
    kind: MediaKind
    name: str
    mime: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Thread:
    """What a threaded channel needs to continue a thread; empty fields start one."""

    subject: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FilledTemplate:
    """`values` by the keys of the template's variables; a header's file is the message's own."""

    template: Template
    values: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Outbound:
    """A message to send. `key` names it at the provider, where we may choose the name."""

    key: str
    to: Address
    to_name: str = field(repr=False)
    text: str = field(repr=False)
    files: tuple[OutboundFile, ...]
    thread: Thread
    queued_at: datetime
    template: FilledTemplate | None = None
    """What to send instead of `text`, which then is what it says when filled in."""
    reply_to: str = ""
    """The provider's id of the message that this one quotes; empty: none."""


@dataclass(frozen=True, slots=True)
class React:
    """An emoji of ours on the customer's message `provider_id`; an empty one takes it back."""

    to: Address
    provider_id: str
    emoji: str
    key: str = ""
    """Our name for the reaction at the provider, where we may choose it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An operator has read up to the customer's message `provider_id`, or is `typing` an answer."""

    to: Address
    provider_id: str
    typing: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """One provider call. `payload` is the channel's own; only its `perform` reads it."""

    payload: Any = field(repr=False)


@dataclass(frozen=True, slots=True)
class Response:
    """The provider's answer in its own terms: a code (HTTP status, SMTP reply) and a text."""

    code: int
    text: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sent:
    provider_id: str
    detail: str = ""
    """In words, what else there is to know, such as a copy that was refused; usually empty."""


@dataclass(frozen=True, slots=True)
class Failure:
    """`retry_after` is in seconds; None leaves the wait to the backoff."""

    kind: FailureKind
    detail: str
    code: str = ""
    retry_after: float | None = None
    pair: bool = False
    """RATE_LIMITED is meant for messages to this customer alone."""


class SendFailed(Exception):
    """No answer came; `failure` says whether the provider may have the message."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.detail)
        self.failure = failure


class Unreachable(ConnectionError):
    """The server can't be reached, or broke off: time may heal it. `strerror` is a sentence."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.strerror = sentence


class NotThere(Unreachable):
    """The provider says it has nothing of this name; some say so of a missing permission, too."""


# --- inbound ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class InboundFile:
    name: str
    mime: str
    """As the sender claims; the store sniffs the bytes."""
    data: bytes = field(default=b"", repr=False)
    content_id: str = ""
    inline: bool = False
    remote: str = ""
    """The provider's name for the bytes, to be fetched later; empty: `data` has them."""


@dataclass(frozen=True, slots=True)
class Received:
    """A message. `occurred_at` is the provider's stamp, not yet clamped to when it was received."""

    provider_id: str
    occurred_at: datetime
    address: Address
    """The other side: where a reply goes. For `own` messages: whom it went to."""
    name: str = ""
    """Of the person outside, also where the message is `own`."""
    text: str = ""
    html: str = field(default="", repr=False)
    subject: str = ""
    files: tuple[InboundFile, ...] = ()
    thread_refs: tuple[str, ...] = ()
    """Message-IDs it refers to, oldest first; ties it to a thread. Empty without threads."""
    sender: Address | None = None
    """Who wrote it, where that differs from `address` (Reply-To); None: the same."""
    also: tuple[Address, ...] = ()
    """Further addresses of the same person, such as a business-scoped user id."""
    cc: tuple[str, ...] = ()
    own: bool = False
    """The business itself wrote it: an echo of a send, or sent with another program."""
    author: str = ""
    """Which operator wrote an `own` message, where the provider tells; empty: not known."""
    automatic: bool = False
    unsupported: str = ""
    """In words, what could not be shown (a location, a poll); the message still counts."""
    reply_to: str = ""
    """The provider's id of the message that it quotes; empty: none."""


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """A receipt or bounce for the message the provider calls `provider_id`."""

    provider_id: str
    occurred_at: datetime
    status: DeliveryStatus
    failure_kind: FailureKind | None = None
    detail: str = ""
    key: str = ""
    """Our own name for the message, where the provider tells it: it settles a send in doubt."""


@dataclass(frozen=True, slots=True)
class ReactionChanged:
    """A reaction to the message `provider_id`; an empty `emoji` takes it back."""

    provider_id: str
    occurred_at: datetime
    emoji: str
    own: bool = False
    """The business reacted, with another program; else the customer did."""


@dataclass(frozen=True, slots=True)
class TemplateChanged:
    """The provider thinks otherwise of a template now. `provider_id` is the template's."""

    provider_id: str
    occurred_at: datetime
    name: str
    language: str
    status: str = ""
    """The provider's word; empty: as it was."""
    reason: str = ""
    """In words, why it was not approved."""
    category: str = ""
    """Empty: as it was."""


@dataclass(frozen=True, slots=True)
class IdentityChanged:
    """A person is reached elsewhere from now on. `provider_id` is that of the message saying so."""

    provider_id: str
    occurred_at: datetime
    before: tuple[Address, ...]
    """All addresses that it names; the customer may be known by any of them."""
    after: tuple[Address, ...]


@dataclass(frozen=True, slots=True)
class MarketingChosen:
    """A customer wants no marketing messages of this channel any more, or wants them again."""

    provider_id: str
    """Empty: it is no message."""
    occurred_at: datetime
    addresses: tuple[Address, ...]
    """All addresses of the person that it tells."""
    stopped: bool


@dataclass(frozen=True, slots=True)
class Unsupported:
    """Something without a message in it that this version does not know; kept in the journal."""

    provider_id: str
    occurred_at: datetime
    what: str
    understood: bool = False
    """It says nothing that would have to be kept. What was not understood is told by the doctor."""
    addresses: tuple[Address, ...] = ()
    """All addresses of the person it is about, where it tells: it is erased with them."""


Event = (
    Received
    | StatusChanged
    | ReactionChanged
    | TemplateChanged
    | IdentityChanged
    | MarketingChosen
    | Unsupported
)


@dataclass(frozen=True, slots=True)
class Meta:
    """What the hub knows of a payload beside its bytes; stored with it in the journal."""

    received_at: datetime
    backfill: bool = False
    """History: stored as read, never reopens, unarchives or alerts."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """Channel-specific JSON values, such as a mail's INTERNALDATE and UID."""
    stray: bool = False
    """Nothing in it concerns any channel; the one that was addressed keeps it and says so."""


@dataclass(frozen=True, slots=True)
class Payload:
    """One raw thing the provider gave, with the cursor to go on from once it is in the journal."""

    raw: bytes = field(repr=False)
    meta: Meta
    cursor: str


class Channel(Protocol):
    """One configured account.

    `run` is a plain generator in one thread of its own; the hub appends what it yields to the
    journal together with the cursor and only then asks for the next. It ends when `stop` is set,
    and raises `errors.ConvoError` for what a person must fix and OSError for what time may heal;
    the hub restarts it with backoff and shows the reason.
    """

    capabilities: Capabilities

    def encode(self, message: Outbound) -> list[Request]: ...

    def decode(self, response: Response) -> Sent | Failure: ...

    def parse(self, raw: bytes, meta: Meta) -> list[Event]:
        """Pure and total: what it does not know becomes `Unsupported`, it never raises."""
        ...

    def new_key(self) -> str:
        """The name for a new outbound message, such as a Message-ID; unique for ever."""
        ...

    def now(self) -> datetime:
        """The channel's clock; the machine's, except for a simulator."""
        ...

    def perform(self, request: Request) -> Response:
        """Send. Raises `SendFailed` when no answer came."""
        ...

    def find_sent(self, key: str) -> bool | None:
        """Whether the provider has the message `key`; None: it can't be known. Settles in_doubt."""
        ...

    def run(self, stop: StopEvent, cursor: str | None) -> Iterator[Payload]: ...

    def test(self) -> list[Check]: ...

    def close(self) -> None: ...


@runtime_checkable
class KeepsCopies(Protocol):
    """A channel that puts a copy of what it sent elsewhere, such as mail into a mailbox.

    `keep_copy` is called once the send is settled, so it may take its time, though the channel's
    next message waits for it. Whatever becomes of the copy, the message is sent.
    """

    def keep_copy(self, request: Request) -> str:
        """Why there is no copy, in words; empty: there is one, or none is wanted."""
        ...


@runtime_checkable
class OffersTemplates(Protocol):
    """A channel whose provider keeps templates."""

    def templates(self) -> list[Template]:
        """All it has, also those that can't be sent now. Raises ConvoError."""
        ...


@runtime_checkable
class SendsSignals(Protocol):
    """A channel that takes our reactions and read receipts."""

    def encode_signal(self, signal: React | Seen) -> Request:
        """Pure. `perform` sends it, and `decode` tells what became of it: a Failure, or the name of
        the reaction, which is empty where the provider gives none.
        """
        ...


@runtime_checkable
class FetchesFiles(Protocol):
    """A channel whose customers' files are fetched after their message."""

    def fetch(self, remote: str, into: BinaryIO) -> None:
        """Write the file that `InboundFile.remote` names.

        Raises FileGone where it will never come, NotThere where the provider says that it has none,
        ConfigError for what a person must mend, and OSError for what time may heal; `into` then
        holds anything.
        """
        ...


@runtime_checkable
class HasWebhook(Protocol):
    """A channel whose provider calls us. All is pure but for reading the secrets.

    A provider may know one address only for several channels, as Meta does for the numbers of an
    app: what comes there goes to each channel of the kind that verifies it and is concerned.
    """

    def may_be_signed(self, headers: Mapping[str, str]) -> bool:
        """Whether there is a signature to verify; asked before the body is read.

        True where a provider signs elsewhere than in the headers. Total: it never raises.
        """
        ...

    def verify(self, headers: Mapping[str, str], raw: bytes) -> bool:
        """Whether the provider signed these bytes. `headers` by lower-case names."""
        ...

    def concerns(self, raw: bytes) -> bool:
        """Whether anything in a payload is about this channel's account. Total: it never raises."""
        ...

    def challenge(self, query: Mapping[str, str]) -> str | None:
        """What to answer a GET by which the provider tries out the address; None: refuse."""
        ...
