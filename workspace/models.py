"""Values of the domain. Frozen, without behaviour beyond their own fields.

The same names are used in JSON, JavaScript and on screen; the views of the SQL schema `v1` have
longer ones where a column must speak for itself (`unread_count`). Ids are 64-bit integers allocated
by the hub's writer from one sequence for messages and events alike, so that comparing ids compares
log order; JSON carries them as strings because JavaScript numbers lose digits above 2**53. Times
are aware UTC datetimes. What customers say and are called is left out of a value's repr, since the
last line of a notebook cell is saved with the notebook.
"""

import re
from collections.abc import Iterator, Mapping
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
    """What a row of ``conversation_events`` records.

    The last five are about the contact, and stand in each of the contact's conversations.
    """

    RESOLVED = "resolved"
    REOPENED = "reopened"
    ARCHIVED = "archived"
    UNARCHIVED = "unarchived"
    MARKED_READ = "marked_read"
    MARKED_UNREAD = "marked_unread"
    AGENT_REPLIES_ON = "agent_replies_on"
    AGENT_REPLIES_OFF = "agent_replies_off"
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"
    OPTED_OUT = "opted_out"
    OPTED_IN = "opted_in"
    RENAMED = "renamed"
    SENT_AGAIN = "sent_again"
    MARKED_SENT = "marked_sent"


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


class ParameterFormat(StrEnum):
    """How a template names its variables: ``{{1}}`` or ``{{customer_name}}``."""

    POSITIONAL = "POSITIONAL"
    NAMED = "NAMED"


class VariablePlace(StrEnum):
    """The component of a template that a variable stands in."""

    HEADER = "header"
    BODY = "body"
    BUTTON = "button"


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
class TemplateRule:
    """What a channel with templates takes, in characters of the rendered text."""

    header_limit: int
    body_limit: int


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
    templates: TemplateRule | None = None
    """None: the channel has no templates."""


@dataclass(frozen=True, slots=True)
class Address:
    """One way to reach a contact. `value` is normalised: E.164 phone, lower-case mail domain."""

    kind: AddressKind
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Contact:
    """A person outside, and what is known of them over all their conversations."""

    id: Id
    name: str = field(repr=False)
    """Empty where none is known: show an address."""
    addresses: tuple[Address, ...]
    blocked: bool
    """What they write is stored and changes nothing; nothing can be sent to them."""
    opted_out: bool
    """They asked not to be written to: nothing can be sent to them."""
    first_contact_at: datetime
    last_contact_at: datetime
    """The last message of either side."""
    conversations: int
    """How many there are."""


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
    template: str = ""
    """Name of the template it was sent with; empty otherwise."""
    undo_until: datetime | None = None
    """Until when it is held back for Undo, by the machine's clock; None: it is not held."""


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
    total: int
    """Conversations on all pages of this tab."""


@dataclass(frozen=True, slots=True)
class SavedView:
    """A filter with a name, for everybody of the workspace."""

    name: str
    filter: Mapping[str, Any] = field(repr=False)
    """Arguments of `Workspace.conversations`; those that narrow nothing are left out."""
    actor: Actor
    """Who saved it last, at `saved_at`."""
    saved_at: datetime
    problem: str = ""
    """In words, why it may show less than it did; empty otherwise."""


@dataclass(frozen=True, slots=True)
class MessagePage:
    """Messages oldest first, the events of their time, and whether there are others."""

    messages: tuple[Message, ...]
    events: tuple[ConversationEvent, ...]
    more: bool
    """Older ones exist."""
    newer: bool = False
    """Newer ones exist."""


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the change sequence. Without content: fetch what it names.

    `kind`: ``conversation`` (row, messages or events of one conversation changed), ``deleted``,
    ``channels``, ``views`` (saved ones) or ``reload`` (the position asked for is too old: read
    everything again).
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


PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")
"""A variable in the text of a template."""


@dataclass(frozen=True, slots=True)
class TemplateHeader:
    """`format` is the provider's word: TEXT with a `text`, or IMAGE, VIDEO, DOCUMENT."""

    format: str = "TEXT"
    text: str = ""

    @property
    def media(self) -> MediaKind | None:
        """The file it asks for; None: none."""
        return _HEADER_MEDIA.get(self.format)


_HEADER_MEDIA = {kind.name: kind for kind in MediaKind if kind is not MediaKind.AUDIO}


@dataclass(frozen=True, slots=True)
class TemplateButton:
    """`type` is the provider's word: QUICK_REPLY, URL, PHONE_NUMBER, COPY_CODE, ..."""

    type: str
    text: str
    url: str = ""
    """Of URL; may end in a variable."""
    phone_number: str = ""

    @property
    def varies(self) -> bool:
        """It asks for a value: the end of its address, or the code to copy."""
        return self.type == "COPY_CODE" or bool(PLACEHOLDER.search(self.url))


@dataclass(frozen=True, slots=True)
class TemplateVariable:
    """What a template asks for. `key` is its name among the values; see `Template.variables`."""

    key: str
    name: str
    """As the provider knows it: the name or number in the braces; of a button: its place, from
    "0" on."""
    place: VariablePlace
    label: str
    """What to ask for, in words."""
    example: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """A message the provider has approved, or not, with places for values.

    Names of components, formats, categories and statuses are the provider's own words; ones not
    known here are kept as they are.
    """

    name: str
    language: str
    """As the provider writes it: en, en_US, pt_BR."""
    category: str
    """MARKETING, UTILITY, AUTHENTICATION, ..."""
    status: str
    """Only APPROVED can be sent."""
    body: str
    header: TemplateHeader | None = None
    footer: str = ""
    buttons: tuple[TemplateButton, ...] = ()
    parameter_format: ParameterFormat = ParameterFormat.POSITIONAL
    examples: Mapping[str, str] = field(default_factory=dict)
    """By the key of the variable."""
    reason: str = ""
    """In words, why it is not APPROVED; empty where nobody says."""

    @property
    def variables(self) -> tuple[TemplateVariable, ...]:
        """In the order of the components, each key once.

        The key is the name or number in the braces. The numbers of a header are its own, so their
        keys are ``header.1``; the value of a button has the key ``button.0``, by its place.
        """
        return tuple({variable.key: variable for variable in self._variables()}.values())

    def _variables(self) -> Iterator[TemplateVariable]:
        header = self.header.text if self.header and self.header.format == "TEXT" else ""
        for place, text in ((VariablePlace.HEADER, header), (VariablePlace.BODY, self.body)):
            for name in PLACEHOLDER.findall(text):
                key = self.key(place, name)
                label = f"Variable {name}" if name.isdecimal() else _in_words(name)
                yield self._variable(key, name, place, label)
        for n, button in enumerate(self.buttons):
            if button.varies:
                what = "code" if button.type == "COPY_CODE" else "end of the link"
                key = self.key(VariablePlace.BUTTON, str(n))
                yield self._variable(key, str(n), VariablePlace.BUTTON, f"{button.text}: {what}")

    def _variable(self, key: str, name: str, place: VariablePlace, label: str) -> TemplateVariable:
        return TemplateVariable(key, name, place, label, self.examples.get(key, ""))

    def key(self, place: VariablePlace, name: str) -> str:
        """The key of what stands as `name` in this component."""
        own = place is VariablePlace.HEADER and self.parameter_format is ParameterFormat.POSITIONAL
        return f"{place.value}.{name}" if own or place is VariablePlace.BUTTON else name


def _in_words(name: str) -> str:
    words = name.replace("_", " ").strip() or name
    return words[0].upper() + words[1:]


@dataclass(frozen=True, slots=True)
class TemplateChoice:
    """A template with the values to send it with, by the keys of its variables."""

    name: str
    language: str
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    header: Id | None = None
    """The upload its header asks for, where that is a photo, video or document."""


@dataclass(frozen=True, slots=True)
class TemplateUse:
    """A template as `rules.can_send` needs it."""

    name: str
    language: str
    status: str
    """The provider's word; only APPROVED can be sent."""
    variables: frozenset[str]
    """Keys of the variables the template asks for."""
    values: Mapping[str, str] = field(default_factory=dict)
    header: str = ""
    """Rendered; empty where it is a file or there is none."""
    body: str = ""
    """Rendered."""
    header_media: MediaKind | None = None
    """The file the header asks for."""
    reason: str = ""
    """In words, why it is not APPROVED."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file already stored by the hub, ready to be attached to one message."""

    id: Id
    kind: MediaKind
    name: str = field(repr=False)
    mime: str
    size: int


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """What an operator has begun to write in a conversation. `note`: it is to be a note."""

    text: str = field(repr=False)
    note: bool
    uploads: tuple[Upload, ...]
    """Its files that are still there to be sent."""
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class CannedReply:
    """A text kept for many answers, written by ``/shortcut``; see `rules.fill` for its variables.

    Not a provider's template: nobody but the operator who uses it approves it.
    """

    id: Id
    shortcut: str
    text: str


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
