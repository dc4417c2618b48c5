"""The state of a conversation, as it follows from its log.

The log is the messages and verbs in id order. The store keeps the resulting `State` beside it as a
cache; `replay` over the log must always give it back.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from workspace.models import ActorKind, EventKind, Origin, Status


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

    One that was taken back before it left is no entry of the log: all is as if it had never been.
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
    """Something an operator, the agent or the workspace did.

    `read_mark`: of MARKED_READ, up to which id; None: up to the verb itself. Of MARKED_UNREAD,
    after which id; None: a badge, and the mark stays.
    """

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

    `unread_after` matters for a verb that moves the read mark alone: how many inbound messages lie
    after it then.
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
    latest = _latest(state.last_inbound_at, entry.occurred_at)
    if entry.backfill:
        return replace(state, last_inbound_at=latest)
    return replace(
        state,
        last_inbound_at=latest,
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
            mark = read_mark(state.read_mark, entry)
            return replace(state, read_mark=mark, unread=unread_after, marked_unread=False)
        case EventKind.MARKED_UNREAD if entry.read_mark is not None:
            mark = read_mark(state.read_mark, entry)
            return replace(state, read_mark=mark, unread=unread_after, marked_unread=True)
        case EventKind.MARKED_UNREAD:
            return replace(state, marked_unread=True)
        case EventKind.AGENT_REPLIES_ON:
            return replace(state, agent_replies=True)
        case EventKind.AGENT_REPLIES_OFF:
            return replace(state, agent_replies=False)
        case (
            EventKind.BLOCKED
            | EventKind.UNBLOCKED
            | EventKind.OPTED_OUT
            | EventKind.OPTED_IN
            | EventKind.RENAMED
            | EventKind.MERGED
            | EventKind.UNMERGED
        ):
            return state  # about the contact, not about where the conversation stands
        case EventKind.SENT_AGAIN:  # a single send by a person, as in `_outbound`
            return replace(state, archived=False)
        case EventKind.MARKED_SENT:  # what it changes, the message says: it is accepted
            return state


def read_mark(mark: int, entry: Entry) -> int:
    """Where the read mark is after an entry: reading alone raises it, marking unread lowers it."""
    match entry:
        case Verb(id, EventKind.MARKED_READ, upto):
            return max(mark, id if upto is None else upto)
        case Verb(_, EventKind.MARKED_UNREAD, int(after)):
            return min(mark, after)
    return mark


def replay(log: Iterable[Entry]) -> State:
    """The state a whole log leads to. Entries in any order; the log order is by id."""
    state = State()
    arrived: list[int] = []
    for entry in sorted(log, key=lambda e: e.id):
        if isinstance(entry, Inbound) and not (entry.silent or entry.backfill):
            arrived.append(entry.id)
        read = bisect_right(arrived, read_mark(state.read_mark, entry))
        state = step(state, entry, unread_after=len(arrived) - read)
    return state


def accept(state: State, entry: Outbound) -> State:
    """The state once the provider took a message that is in the log already.

    Only the reply counts: what came between queueing and acceptance keeps its effect.
    """
    if not is_reply(entry.origin):
        return state
    return replace(state, last_reply_at=_latest(state.last_reply_at, entry.occurred_at))


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
