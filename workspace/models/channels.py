"""What a channel can do, and a configured one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from workspace.models.kinds import AddressKind, DeliveryStatus, Id, MediaKind, StartRule, TextUnit


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
    """What a channel with templates takes, in characters of the rendered text.

    `target_limits`: of what a button opens or copies, by the type of the button.
    """

    header_limit: int
    body_limit: int
    target_limits: Mapping[str, int] = field(default_factory=dict)


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
    quotes: bool = False
    """A message can quote an earlier one of its conversation; threads quote by themselves."""
    reactions: bool = False
    """The business can put an emoji to a customer's message."""
    read_receipts: bool = False
    """The provider is told, and tells the customer, up to where an operator has read."""
    typing: timedelta | None = None
    """How long it shows the customer that an operator is typing; None: it does not."""
    pair_rate: Rate | None = None
    """Of sends to one customer; None: only `rate` counts. Its `burst` is borrowed from the time
    after it: no more go within the `burst * per / n` that they would have taken one by one.
    """


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
    """In words, why it is failing, or what it waits for; empty otherwise."""
    now: datetime = field(default_factory=lambda: datetime.now(UTC), compare=False)
    """The channel's clock when it was asked, aware UTC; a simulator has its own time."""


@dataclass(frozen=True, slots=True)
class Check:
    """One finding of ``convo channel test`` or ``convo doctor``, in words."""

    name: str
    ok: bool
    detail: str
