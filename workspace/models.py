"""Values of the domain. Frozen, without behaviour beyond their own fields.

The same names are used in JSON, JavaScript and on screen; the views of the SQL schema `v1` have
longer ones where a column must speak for itself (`unread_count`). Ids are 64-bit integers allocated
by the hub's writer from one sequence for messages and events alike, so that comparing ids compares
log order; JSON carries them as strings because JavaScript numbers lose digits above 2**53. Times
are aware UTC datetimes. What customers say and are called is left out of a value's repr, since the
last line of a notebook cell is saved with the notebook.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import PlainSerializer

Id = Annotated[int, PlainSerializer(str, return_type=str, when_used="json")]


class Status(StrEnum):
    """Where a conversation stands. A pure function of the log, see `rules.State.status`."""

    CREATED = "created"
    PENDING = "pending"
    REPLIED = "replied"
    RESOLVED = "resolved"


class Tab(StrEnum):
    ALL = "all"
    ARCHIVED = "archived"


class Direction(StrEnum):
    INBOUND = "inbound"
    OUTBOUND = "outbound"
    NOTE = "note"


class ActorKind(StrEnum):
    """Who did something. ``system`` is the workspace itself."""

    CUSTOMER = "customer"
    OPERATOR = "operator"
    AGENT = "agent"
    SYSTEM = "system"


class Origin(StrEnum):
    """How an outbound message came about; only the first three can be a reply."""

    SINGLE = "single"
    AGENT = "agent"
    TEMPLATE = "template"
    BULK = "bulk"
    AUTOMATIC = "automatic"


class DeliveryStatus(StrEnum):
    """The state of an outbound message, which is its own outbox row.

    queued -> sending -> sent -> delivered -> read; retry waits for `not_before`; ``in_doubt`` means
    the provider may have it: it is never sent again by itself.
    """

    QUEUED = "queued"
    SENDING = "sending"
    RETRY = "retry"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    CANCELLED = "cancelled"
    IN_DOUBT = "in_doubt"


class FailureKind(StrEnum):
    """Why a send failed, by what to do next."""

    AUTH = "auth"
    TEMPLATE = "template"
    WINDOW_CLOSED = "window_closed"
    INVALID = "invalid"
    MEDIA = "media"
    UNREACHABLE = "unreachable"
    OPTED_OUT = "opted_out"
    RATE_LIMITED = "rate_limited"
    TRANSIENT = "transient"
    UNKNOWN_OUTCOME = "unknown_outcome"


class EventKind(StrEnum):
    """What a row of ``conversation_events`` records."""

    RESOLVED = "resolved"
    REOPENED = "reopened"
    ARCHIVED = "archived"
    UNARCHIVED = "unarchived"
    MARKED_READ = "marked_read"
    MARKED_UNREAD = "marked_unread"
    AGENT_REPLIES_ON = "agent_replies_on"
    AGENT_REPLIES_OFF = "agent_replies_off"


class AddressKind(StrEnum):
    """The kind of a contact's address. ``local`` is the simulator's own."""

    PHONE = "phone"
    EMAIL = "email"
    BSUID = "bsuid"
    IGSID = "igsid"
    TELEGRAM_CHAT = "telegram_chat"
    LOCAL = "local"


class MediaKind(StrEnum):
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    DOCUMENT = "document"


class StartRule(StrEnum):
    """Whether the business may write first."""

    FREE = "free"
    TEMPLATE_ONLY = "template_only"
    NEVER = "never"


class TextUnit(StrEnum):
    CHARS = "chars"
    BYTES = "bytes"
    UTF16 = "utf16"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the kind, and a name to show (an operator's user name)."""

    kind: ActorKind
    name: str = field(default="", repr=False)


SYSTEM = Actor(ActorKind.SYSTEM, "workspace")


@dataclass(frozen=True, slots=True)
class TextLimit:
    """At most `n` of `unit`."""

    n: int
    unit: TextUnit = TextUnit.CHARS


@dataclass(frozen=True, slots=True)
class MediaRule:
    """What one kind of attachment may be. An empty `mimes` allows any type."""

    mimes: frozenset[str]
    max_bytes: int
    caption_limit: int = 0
    rewrap: Mapping[str, str] = field(default_factory=dict)
    """Types that are taken, too, and sent as another: {from: to}, such as recorded sound."""


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `n` sends in any `per`; `burst` more may go at once."""

    n: int
    per: timedelta
    burst: int = 1


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can do; read by the composer, by `rules.can_send` and by the docs."""

    kind: str
    label: str
    address: frozenset[AddressKind]
    can_start: StartRule
    start_reason: str
    """Why a conversation can't be started; empty where it can."""
    window: timedelta | None
    """Time after a customer's message in which free text is allowed; None: always."""
    text_limit: TextLimit
    media: Mapping[MediaKind, MediaRule]
    max_attachments: int
    """Files one message may carry; 0: none."""
    threads: bool
    """True: a conversation per thread, with a subject (mail). False: one per contact."""
    receipts: frozenset[DeliveryStatus]
    rate: Rate | None


@dataclass(frozen=True, slots=True)
class Address:
    """One way to reach a contact. `value` is normalised: E.164 phone, lower-case mail domain."""

    kind: AddressKind
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Channel:
    """A configured account. `options` never holds a secret."""

    id: Id
    kind: str
    name: str
    capabilities: Capabilities
    options: Mapping[str, Any] = field(default_factory=dict)
    state: str = "connected"
    """connected, connecting or failing."""
    state_detail: str = ""
    """In words, why it is failing; empty otherwise."""


@dataclass(frozen=True, slots=True)
class Preview:
    """The last message of a conversation, as the list shows it."""

    text: str = field(repr=False)
    direction: Direction | None = None
    author: str = field(default="", repr=False)
    media: MediaKind | None = None
    delivery_status: DeliveryStatus | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """A row of the list, and the head of the view."""

    id: Id
    channel_id: Id
    channel_kind: str
    """How the channel looks: whatsapp, instagram, telegram, sms or mail; a simulated one looks
    like what it plays."""
    channel_name: str
    contact_id: Id
    contact_name: str = field(repr=False)
    """The name to show; the address where no name is known."""
    address: Address
    subject: str = field(repr=False)
    """Empty for channels without subjects."""
    status: Status
    archived: bool
    unread: int
    """Inbound messages after the read mark; at least 1 after Mark as unread."""
    agent_replies: bool
    episode: int
    preview: Preview
    failed: bool
    """The last outbound message failed."""
    created_at: datetime
    last_activity_at: datetime
    last_inbound_at: datetime | None
    window_closes_at: datetime | None
    """None: the channel has no window, or the customer has not written yet."""
    match: str = field(default="", repr=False)
    """With a search: a piece of text around the hit; empty where the name or address matched."""
    match_message_id: Id | None = None
    """With a search: the newest message that matched; None where the name or address matched."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a message. The bytes come from ``GET /v1/attachments/{id}``."""

    id: Id
    kind: MediaKind
    name: str = field(repr=False)
    mime: str
    """Sniffed from the bytes; the sender's claim is never trusted."""
    size: int
    """In bytes."""
    content_id: str = ""
    """The Content-ID an HTML mail refers to by ``cid:``; empty otherwise."""
    inline: bool = False
    """Shown inside the HTML body, not below it."""


@dataclass(frozen=True, slots=True)
class Reaction:
    actor_kind: ActorKind
    emoji: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message; outbound ones carry their delivery."""

    id: Id
    conversation_id: Id
    direction: Direction
    author: Actor
    text: str = field(repr=False)
    html: str = field(repr=False)
    """The raw HTML part of a mail; empty otherwise. Untrusted: sanitise before showing."""
    occurred_at: datetime
    received_at: datetime
    """When the hub stored it."""
    attachments: tuple[Attachment, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    origin: Origin | None = None
    delivery_status: DeliveryStatus | None = None
    """None for inbound messages and notes."""
    failure_kind: FailureKind | None = None
    failure: str = field(default="", repr=False)
    """The reason in words; empty where nothing failed."""
    automatic: bool = False
    """Sent by a machine: auto-replies, bounces, mailing robots."""
    unsupported: str = ""
    """What it was, when the channel sent something that can't be shown yet; empty otherwise."""


@dataclass(frozen=True, slots=True)
class ConversationEvent:
    """A line of the append-only log beside the messages."""

    id: Id
    conversation_id: Id
    kind: EventKind
    actor: Actor
    occurred_at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TabCounts:
    """Badges of the two tabs: unread conversations, or matches while a search or filter is on."""

    all: int
    archived: int


@dataclass(frozen=True, slots=True)
class ConversationPage:
    """One page, newest activity first. `cursor` fetches the next one; None at the end."""

    rows: tuple[Conversation, ...]
    cursor: str | None
    counts: TabCounts
    filtered: bool
    """True: `counts` are matches; False: unread conversations."""


@dataclass(frozen=True, slots=True)
class MessagePage:
    """Messages oldest first, the events between them, and whether older ones exist."""

    messages: tuple[Message, ...]
    events: tuple[ConversationEvent, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the change sequence. Without content: fetch what it names.

    `kind`: ``conversation`` (row, messages or events of one conversation changed), ``deleted``,
    ``channels`` or ``reload`` (the position asked for is too old: read everything again).
    """

    seq: int
    kind: str
    conversation_id: Id | None = None
    inbound: bool = False
    """A customer's message arrived."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a verb did to one conversation. `changed` is False where it already was so."""

    conversation_id: Id
    changed: bool


@dataclass(frozen=True, slots=True)
class Contents:
    """What some conversations hold, all told: what Delete would lose."""

    conversations: int
    messages: int
    files: int


@dataclass(frozen=True, slots=True)
class Check:
    """One finding of ``convo channel test`` or ``convo doctor``, in words."""

    name: str
    ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class TemplateUse:
    """A template as `rules.can_send` needs it."""

    name: str
    language: str
    status: str
    """The provider's word; only APPROVED can be sent."""
    variables: frozenset[str]
    """Names (or positions, as "1") the template asks for."""
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file already stored by the hub, ready to be attached to one message."""

    id: Id
    kind: MediaKind
    name: str = field(repr=False)
    mime: str
    size: int


@dataclass(frozen=True, slots=True)
class HubInfo:
    """The handshake, ``GET /v1/info``."""

    version: str
    api: int
    pid: int
    folder: str
    demo: bool
    sending: int
    """Sends in flight."""
    agent: bool
    """An agent is set up."""
