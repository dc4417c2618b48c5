"""Conversations, the people in them, and what was said."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from workspace.models.kinds import (
    Actor,
    ActorKind,
    AddressKind,
    DeliveryStatus,
    Direction,
    EventKind,
    FailureKind,
    Id,
    MediaKind,
    Origin,
    Status,
)


@dataclass(frozen=True, slots=True)
class Address:
    """One way to reach a contact. `value` is normalised: E.164 phone, lower-case mail domain."""

    kind: AddressKind
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Identity:
    """An address of a contact, and where it is in use."""

    address: Address
    contact_id: Id
    """Whose it is: the contact's own, or that of one that was merged into it."""
    channel_ids: tuple[Id, ...]
    """The channels on which they have conversations by such an address."""


@dataclass(frozen=True, slots=True)
class MergedContact:
    """A contact that was merged into another one; `unmerge_contact` makes it one of its own."""

    id: Id
    name: str = field(repr=False)
    """By itself; empty where none is known."""
    addresses: tuple[Address, ...]
    into: Id
    """The contact it was merged into: the one that shows it, or another one merged into that."""
    merged_at: datetime
    actor: Actor
    """Who merged them."""


@dataclass(frozen=True, slots=True)
class MarketingChoice:
    """What a customer told a channel's provider about marketing messages of the business."""

    channel_id: Id
    contact_id: Id
    """Whose it is: the contact's own, or that of one that was merged into it."""
    stopped: bool
    """They want none, so that no MARKETING template can be sent; False: they want them again."""
    chosen_at: datetime


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
    identities: tuple[Identity, ...] = ()
    """The addresses again, each with its channels."""
    merged: tuple[MergedContact, ...] = ()
    """The contacts that were merged into it, oldest merge first."""
    marketing: tuple[MarketingChoice, ...] = ()
    """Where they ever stopped or resumed marketing messages, newest first."""


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
    marketing_stopped: bool = False
    """Whom it is with wants no marketing messages on its channel; see `MarketingChoice`."""
    contact_blocked: bool = False
    """Nothing can be sent to whom it is with; of a merged contact, because any part is blocked."""
    contact_opted_out: bool = False
    """The same for who asked not to be written to."""


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
    awaited: bool = False
    """Its bytes are still with the provider, and are being fetched; type and size are not sure."""
    missing: str = ""
    """In words, why its bytes are not here: they could not be fetched. Empty: nothing is wrong."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """A message that another one quotes, in short."""

    id: Id
    direction: Direction
    author: Actor
    text: str = field(repr=False)
    """Its beginning; empty where it is a file alone."""
    media: MediaKind | None = None
    """Of its first file; None: it has none."""
    file: str = field(default="", repr=False)
    """The name of that file."""


@dataclass(frozen=True, slots=True)
class Reaction:
    """An emoji to a message: the customer's (`actor_kind`), or that of the business."""

    actor_kind: ActorKind
    emoji: str
    """Empty: it is to be taken back, which has not worked yet."""
    actor_name: str = field(default="", repr=False)
    delivery_status: DeliveryStatus | None = None
    """Of what is sent from here; None for customers, and for what was done with another program."""
    failure: str = ""
    """The reason in words; empty where nothing failed."""


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
    reply_to: Quoted | None = None
    """The message that it quotes; None: it quotes none, or one that is not here."""


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
class Outcome:
    """What a verb did to one conversation. `changed` is False where it already was so."""

    conversation_id: Id
    changed: bool
    event_id: Id | None = field(default=None, compare=False)
    """Its line of the log; None where there is none: nothing changed, or all was deleted."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What some conversations hold, all told: what Delete would lose."""

    conversations: int
    messages: int
    files: int
