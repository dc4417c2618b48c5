"""The rules of the domain. Pure: no clock, no store, no network.

The status of a conversation is a function of its log, the messages and verbs in id order. The
store keeps the resulting `State` beside the log as a cache; `replay` over the log must always give
it back.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from unicodedata import combining, normalize
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from workspace.errors import InvalidRequest
from workspace.models import (
    ActorKind,
    Capabilities,
    DeliveryStatus,
    EventKind,
    FailureKind,
    MediaKind,
    Origin,
    Status,
    TemplateUse,
    TextLimit,
    TextUnit,
)

# --- the log and the state it leads to --------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Inbound:
    """A customer's message. `occurred_at` is already clamped. `silent`: from a blocked contact."""

    id: int
    occurred_at: datetime
    backfill: bool = False
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Outbound:
    """A message of the business, at the place in the log where it was queued.

    `accepted`: the provider took it and it has not failed since.
    """

    id: int
    occurred_at: datetime
    origin: Origin
    author: ActorKind
    accepted: bool = False
    backfill: bool = False


@dataclass(frozen=True, slots=True)
class Verb:
    """Something an operator, the agent or the workspace did. `read_mark`: of MARKED_READ only."""

    id: int
    kind: EventKind
    read_mark: int | None = None


Entry = Inbound | Outbound | Verb

REPLIES = frozenset({Origin.SINGLE, Origin.AGENT, Origin.TEMPLATE})


@dataclass(frozen=True, slots=True)
class State:
    """Everything about a conversation that follows from its log."""

    resolved: bool = False
    archived: bool = False
    agent_replies: bool = False
    episode: int = 1
    read_mark: int = 0
    """Inbound messages with a greater id are unread."""
    unread: int = 0
    marked_unread: bool = False
    last_inbound_at: datetime | None = None
    last_reply_at: datetime | None = None

    @property
    def status(self) -> Status:
        if self.resolved:
            return Status.RESOLVED
        if self.last_inbound_at is None:
            return Status.CREATED
        # A reply queued at the very instant of the inbound can't be an answer to it; asking for
        # "later" also keeps the result independent of the order in which the two were stored.
        if self.last_reply_at is None or self.last_reply_at <= self.last_inbound_at:
            return Status.PENDING
        return Status.REPLIED

    @property
    def unread_badge(self) -> int:
        return max(self.unread, 1) if self.marked_unread else self.unread


def step(state: State, entry: Entry, *, unread_after: int = 0) -> State:
    """The state after one more log entry.

    `unread_after` matters for MARKED_READ alone: how many inbound messages lie after its read mark.
    """
    match entry:
        case Inbound():
            return _inbound(state, entry)
        case Outbound():
            return _outbound(state, entry)
        case Verb():
            return _verb(state, entry, unread_after)


def _inbound(state: State, entry: Inbound) -> State:
    if entry.silent:
        return state
    state = replace(state, last_inbound_at=_latest(state.last_inbound_at, entry.occurred_at))
    if entry.backfill:
        return state
    return replace(
        state,
        resolved=False,
        archived=False,
        unread=state.unread + 1,
        episode=state.episode + state.resolved,
    )


def _outbound(state: State, entry: Outbound) -> State:
    if is_reply(entry.origin) and entry.accepted:
        state = replace(state, last_reply_at=_latest(state.last_reply_at, entry.occurred_at))
    if unarchives(entry.origin, entry.author) and not entry.backfill:
        state = replace(state, archived=False)
    return state


def _verb(state: State, entry: Verb, unread_after: int) -> State:
    match entry.kind:
        case EventKind.RESOLVED:
            return replace(state, resolved=True)
        case EventKind.REOPENED:
            return replace(state, resolved=False)
        case EventKind.ARCHIVED:
            return replace(state, archived=True)
        case EventKind.UNARCHIVED:
            return replace(state, archived=False)
        case EventKind.MARKED_READ:
            mark = entry.id if entry.read_mark is None else entry.read_mark
            mark = max(mark, state.read_mark)
            return replace(state, read_mark=mark, unread=unread_after, marked_unread=False)
        case EventKind.MARKED_UNREAD:
            return replace(state, marked_unread=True)
        case EventKind.AGENT_REPLIES_ON:
            return replace(state, agent_replies=True)
        case EventKind.AGENT_REPLIES_OFF:
            return replace(state, agent_replies=False)


def replay(log: Iterable[Entry]) -> State:
    """The state a whole log leads to. Entries in any order; the log order is by id."""
    state = State()
    unread: list[int] = []
    for entry in sorted(log, key=lambda e: e.id):
        if isinstance(entry, Verb) and entry.kind is EventKind.MARKED_READ:
            mark = entry.id if entry.read_mark is None else entry.read_mark
            unread = [id for id in unread if id > max(mark, state.read_mark)]
        if isinstance(entry, Inbound) and not (entry.silent or entry.backfill):
            unread.append(entry.id)
        state = step(state, entry, unread_after=len(unread))
    return state


def is_reply(origin: Origin) -> bool:
    """Whether an accepted message of this origin answers the customer.

    Bulk and automatic mail never do: a campaign must not hide waiting customers.
    """
    return origin in REPLIES


def unarchives(origin: Origin, author: ActorKind) -> bool:
    """Only a single send by an operator brings a conversation back from the archive."""
    return author is ActorKind.OPERATOR and origin in (Origin.SINGLE, Origin.TEMPLATE)


def _latest(a: datetime | None, b: datetime) -> datetime:
    return b if a is None else max(a, b)


# --- episodes ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Episode:
    """From the first message, or from the customer's message that reopened, to the next Resolve."""

    number: int
    first_id: int
    """The log entry it begins with."""
    resolved_id: int | None
    """The last RESOLVED within it; None while it is open."""


def episodes(log: Iterable[Entry]) -> list[Episode]:
    """The episodes of a conversation, oldest first; an empty log has none."""
    found: list[Episode] = []
    state = State()
    for entry in sorted(log, key=lambda e: e.id):
        before, state = state, step(state, entry)
        if not found or state.episode > before.episode:
            found.append(Episode(state.episode, entry.id, None))
        if state.resolved != before.resolved:
            found[-1] = replace(found[-1], resolved_id=entry.id if state.resolved else None)
    return found


# --- delivery ---------------------------------------------------------------------------------

_RANK = {
    DeliveryStatus.QUEUED: 0,
    DeliveryStatus.RETRY: 0,
    DeliveryStatus.SENDING: 1,
    DeliveryStatus.IN_DOUBT: 2,
    DeliveryStatus.SENT: 3,
    DeliveryStatus.DELIVERED: 5,
    DeliveryStatus.READ: 6,
}
_FAILED_RANK = 4
"""A failure beats "sent" (the provider took it, the network did not) but no proof of delivery."""


def advance(current: DeliveryStatus, reported: DeliveryStatus) -> DeliveryStatus:
    """The delivery status after a receipt. Only forward, so receipts may come in any order."""
    if current is DeliveryStatus.CANCELLED:
        return current
    rank = {**_RANK, DeliveryStatus.FAILED: _FAILED_RANK}
    return reported if rank[reported] > rank[current] else current


def accepted(status: DeliveryStatus) -> bool:
    """Whether the provider took it and it has not failed since. in_doubt is not accepted."""
    return status in (DeliveryStatus.SENT, DeliveryStatus.DELIVERED, DeliveryStatus.READ)


# --- time -------------------------------------------------------------------------------------


def clamp(occurred_at: datetime, received_at: datetime) -> datetime:
    """A provider's stamp, never later than when the message was received."""
    return min(occurred_at, received_at)


def window_closes_at(window: timedelta | None, last_inbound_at: datetime | None) -> datetime | None:
    """When free text stops being allowed. None: no window, or the customer has not written yet."""
    if window is None or last_inbound_at is None:
        return None
    return last_inbound_at + window


def window_open(window: timedelta | None, last_inbound_at: datetime | None, now: datetime) -> bool:
    """Whether free text may be sent at `now` (the channel's clock); closed at the very end."""
    if window is None:
        return True
    closes = window_closes_at(window, last_inbound_at)
    return closes is not None and now < closes


def zone(name: str) -> ZoneInfo:
    """The IANA time zone `name`. Raises InvalidRequest."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidRequest(
            f"{name!r} is not a time zone; use an IANA name such as 'Europe/Berlin'."
        ) from error


def interval(
    since: str | date | None, until: str | date | None, tz: str
) -> tuple[datetime | None, datetime | None]:
    """A date filter as a half-open interval of instants, [since, until).

    A bare date means the whole day in `tz`, so that `until` includes that day; a datetime is an
    instant (in `tz` where it names no zone). None leaves the end open. Raises InvalidRequest.
    """
    at = zone(tz)
    first = _instant(since, at, "since", end=False)
    last = _instant(until, at, "until", end=True)
    if first is not None and last is not None and first >= last:
        raise InvalidRequest(f"The date range is empty: {since} is not before {until}.")
    return first, last


def _instant(value: str | date | None, tz: ZoneInfo, name: str, *, end: bool) -> datetime | None:
    if value is None or value == "":
        return None
    try:
        parsed = _parse(value)
        if isinstance(parsed, datetime):
            return parsed if parsed.tzinfo else parsed.replace(tzinfo=tz)
        day = parsed + timedelta(days=1) if end else parsed
        return datetime.combine(day, time(), tz)
    except (ValueError, OverflowError) as error:
        raise InvalidRequest(
            f"{name}={value!r} is not a date; write 2026-03-31, or 2026-03-31T18:00 for an instant."
        ) from error


def _parse(value: str | date) -> date:
    if not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        return datetime.fromisoformat(value)


# --- text -------------------------------------------------------------------------------------


def fold(text: str) -> str:
    """Text for searching: case folded, combining marks removed, words one space apart."""
    folded = normalize("NFKD", normalize("NFKD", text).casefold())
    plain = "".join(c for c in folded if not combining(c))
    return " ".join(plain.split())


def text_size(text: str, unit: TextUnit) -> int:
    match unit:
        case TextUnit.CHARS:
            return len(text)
        case TextUnit.BYTES:
            return len(text.encode())
        case TextUnit.UTF16:
            return len(text.encode("utf-16-le")) // 2


# --- what may be sent -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FileFacts:
    kind: MediaKind
    name: str
    mime: str
    size: int


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants to send."""

    text: str = ""
    files: Sequence[FileFacts] = ()
    template: TemplateUse | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """The conversation at the moment of sending; `now` is the channel's clock."""

    now: datetime
    last_inbound_at: datetime | None
    opted_out: bool = False
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    kind: FailureKind
    message: str
    """A whole sentence that says what to do."""
    detail: Mapping[str, int | str] = field(default_factory=dict)


def can_send(channel: Capabilities, draft: Draft, situation: Situation) -> Refusal | None:
    """Whether the channel would take the draft now; None: it would. The first reason wins."""
    return (
        _person(situation)
        or _template(channel, draft)
        or _window(channel, draft, situation)
        or _text(channel, draft)
        or _files(channel, draft.files)
    )


def _person(situation: Situation) -> Refusal | None:
    if situation.blocked:
        return Refusal(
            FailureKind.OPTED_OUT, "This contact is blocked; unblock the contact to write."
        )
    if situation.opted_out:
        return Refusal(
            FailureKind.OPTED_OUT,
            "This contact has opted out; wait until the contact writes and opts in again.",
        )
    return None


def _template(channel: Capabilities, draft: Draft) -> Refusal | None:
    template = draft.template
    if template is None:
        return None
    if template.status != "APPROVED":
        return Refusal(
            FailureKind.TEMPLATE,
            f"The template {template.name!r} is {template.status}; choose an APPROVED one.",
        )
    missing = sorted(v for v in template.variables if not template.values.get(v, "").strip())
    if missing:
        return Refusal(
            FailureKind.TEMPLATE,
            f"The template {template.name!r} needs a value for {', '.join(missing)}.",
        )
    unknown = sorted(set(template.values) - template.variables)
    if unknown:
        return Refusal(
            FailureKind.TEMPLATE,
            f"The template {template.name!r} has no variable {', '.join(unknown)}.",
        )
    return None


def _window(channel: Capabilities, draft: Draft, situation: Situation) -> Refusal | None:
    if draft.template or window_open(channel.window, situation.last_inbound_at, situation.now):
        return None
    assert channel.window is not None
    hours = round(channel.window.total_seconds() / 3600)
    return Refusal(
        FailureKind.WINDOW_CLOSED,
        f"A template message is required outside the {hours}-hour messaging window.",
    )


def _text(channel: Capabilities, draft: Draft) -> Refusal | None:
    if not draft.text.strip() and not draft.files and draft.template is None:
        return Refusal(FailureKind.INVALID, "The message is empty; write a text or attach a file.")
    limit = channel.text_limit
    captions = [channel.media[f.kind].caption_limit for f in draft.files if f.kind in channel.media]
    if draft.text and captions:
        # A text beside files travels as the caption of one of them, except where files have none.
        limit = TextLimit(min([limit.n, *(c for c in captions if c)]), limit.unit)
    size = text_size(draft.text, limit.unit)
    if size > limit.n:
        return Refusal(
            FailureKind.INVALID,
            f"The text is {size:,} {_UNITS[limit.unit]} long; {channel.label} takes at most "
            f"{limit.n:,}. Shorten it or send a file.",
            {"limit": limit.n, "size": size},
        )
    return None


_UNITS = {TextUnit.CHARS: "characters", TextUnit.BYTES: "bytes", TextUnit.UTF16: "UTF-16 units"}


def _files(channel: Capabilities, files: Sequence[FileFacts]) -> Refusal | None:
    if len(files) > channel.max_attachments:
        return Refusal(
            FailureKind.MEDIA,
            f"{channel.label} takes at most {channel.max_attachments} files a message; "
            f"send the {len(files)} files in several messages.",
        )
    for file in files:
        rule = channel.media.get(file.kind)
        if rule is None or (rule.mimes and file.mime not in rule.mimes):
            return Refusal(
                FailureKind.MEDIA,
                f"{channel.label} does not take {file.name!r} ({file.mime}); "
                f"it takes {_accepted_types(channel)}.",
            )
        if file.size > rule.max_bytes:
            return Refusal(
                FailureKind.MEDIA,
                f"{file.name!r} is {megabytes(file.size)}; {channel.label} takes at most "
                f"{megabytes(rule.max_bytes)} for this kind. Send a smaller file or a link.",
                {"limit": rule.max_bytes, "size": file.size},
            )
        if file.size == 0:
            return Refusal(FailureKind.MEDIA, f"{file.name!r} is empty; choose another file.")
    total = sum(f.size for f in files)
    most = max((rule.max_bytes for rule in channel.media.values()), default=0)
    if channel.threads and total > most:
        return Refusal(
            FailureKind.MEDIA,
            f"The files are {megabytes(total)} together; a mail takes at most {megabytes(most)}.",
            {"limit": most, "size": total},
        )
    return None


def _accepted_types(channel: Capabilities) -> str:
    if not channel.media:
        return "no files"
    if any(not rule.mimes for rule in channel.media.values()):
        return "other kinds of files"
    return ", ".join(sorted({m for rule in channel.media.values() for m in rule.mimes}))


def megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{size / 1000:.1f} kB"
