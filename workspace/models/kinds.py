"""Kinds of things, and who acts."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated

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
    MARKETING_STOPPED = "marketing_stopped"
    RATE_LIMITED = "rate_limited"
    TRANSIENT = "transient"
    UNKNOWN_OUTCOME = "unknown_outcome"


class EventKind(StrEnum):
    """What a row of ``conversation_events`` records.

    `blocked` to `unmerged` are about the contact, and stand in each of the contact's
    conversations.
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
    MERGED = "merged"
    UNMERGED = "unmerged"
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
