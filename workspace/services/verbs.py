"""The verbs that change where a conversation stands: many conversations, one transaction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from workspace.errors import InvalidRequest, NotFound
from workspace.models import Actor, EventKind, Outcome
from workspace.rules import State, Verb, step
from workspace.store import changes, conversations, events, ids, states
from workspace.store.driver import Driver
from workspace.store.events import NewEvent

MAX_CONVERSATIONS = 10_000
"""Conversations of one request; more would keep others waiting for the writer."""

MAX_REASON = 1_000

CHANGES: Mapping[EventKind, Callable[[State], bool]] = {
    EventKind.RESOLVED: lambda state: not state.resolved,
    EventKind.REOPENED: lambda state: state.resolved,
    EventKind.ARCHIVED: lambda state: not state.archived,
    EventKind.UNARCHIVED: lambda state: state.archived,
    EventKind.MARKED_READ: lambda state: state.unread_badge > 0,
    EventKind.MARKED_UNREAD: lambda state: state.unread_badge == 0,
    EventKind.AGENT_REPLIES_ON: lambda state: not state.agent_replies,
    EventKind.AGENT_REPLIES_OFF: lambda state: state.agent_replies,
}
"""Whether a verb changes anything. What changes nothing is not logged."""


@dataclass(frozen=True, slots=True)
class Act:
    """One verb on some conversations. `upto`: of MARKED_READ, the newest message seen. `before`: of
    MARKED_UNREAD, a place in the log: what was unread just before it is so again.

    `gone_ok`: those that were deleted meanwhile are left out, instead of nothing being done.
    """

    kind: EventKind
    actor: Actor
    reason: str = ""
    upto: int | None = None
    before: int | None = None
    ids: tuple[int, ...] = ()
    gone_ok: bool = False

    def request(self) -> dict[str, object]:
        """What makes it differ from another request."""
        return {
            "verb": self.kind.value,
            "ids": list(self.ids),
            "reason": self.reason,
            "upto": self.upto,
            "before": self.before,
        }


def check(ids: Sequence[int], reason: str = "") -> None:
    """Raise InvalidRequest where a request is too large."""
    if len(ids) > MAX_CONVERSATIONS:
        raise InvalidRequest(
            f"These are {len(ids):,} conversations; one request takes at most "
            f"{MAX_CONVERSATIONS:,}. Ask in several requests.",
            limit=MAX_CONVERSATIONS,
        )
    if len(reason) > MAX_REASON:
        raise InvalidRequest(f"The reason is longer than {MAX_REASON:,} characters; shorten it.")
    try:
        reason.encode()
    except UnicodeEncodeError:
        raise InvalidRequest("The reason holds half a character; write it anew.") from None


def apply(
    tx: Driver,
    act: Act,
    now: Callable[[int], datetime],
    past: Mapping[int, datetime] | None = None,
) -> list[Outcome]:
    """Do it; one outcome for each conversation, in the order asked.

    All or none, unless `act.gone_ok`: raises NotFound.

    `now` is the clock of a channel, by its id. `past`: when it was done, by conversation id, where
    it is told afterwards.
    """
    found = known(tx, act.ids, gone_ok=act.gone_ok)
    channels = dict(found.values())
    before = states.load(tx, channels)
    marks = _marks(tx, act, before)
    unread = states.unread_after(tx, marks) if marks else {}
    changed = [id for id in channels if _changes(act, before[id], unread.get(id, 0))]
    log = [
        _event(act, event_id, id, past[id] if past else now(channels[id]), marks.get(id))
        for event_id, id in zip(ids.allocate(tx, len(changed)), changed, strict=True)
    ]
    after = {
        event.conversation_id: step(
            before[event.conversation_id],
            Verb(event.id, event.kind, event.read_mark),
            unread_after=unread.get(event.conversation_id, 0),
        )
        for event in log
    }
    events.add(tx, log)
    states.save(tx, after)
    changes.record_many(tx, "conversation", [(id, False) for id in changed])
    lines = {event.conversation_id: event.id for event in log}
    return [Outcome(id, id in lines, lines.get(id)) for id in channels]


def known(db: Driver, asked: Sequence[int], *, gone_ok: bool = False) -> dict[int, tuple[int, int]]:
    """Asked id -> (conversation id, channel id), in the order asked.

    Raises NotFound naming an unknown one, unless `gone_ok`.
    """
    found = conversations.resolve(db, asked)
    for id in asked:
        if id not in found and not gone_ok:
            raise missing(id)
    return {id: found[id] for id in asked if id in found}


def place(db: Driver, id: int) -> tuple[int, int]:
    """(conversation, channel) of what may be a merged thread's old id. Raises NotFound."""
    return known(db, [id])[id]


def missing(id: int) -> NotFound:
    return NotFound(f"No conversation {id}; it may have been deleted.", id=str(id))


def _marks(tx: Driver, act: Act, before: Mapping[int, State]) -> dict[int, int]:
    """Where the read marks are to be, by conversation; empty where that follows from the verb."""
    if act.upto is not None:
        upto = min(act.upto, conversations.MAX_ID)
        return {id: max(upto, state.read_mark) for id, state in before.items()}
    if act.before is not None:
        then = states.read_marks(tx, before, min(act.before, conversations.MAX_ID))
        return {id: min(then[id], state.read_mark) for id, state in before.items()}
    return {}


def _changes(act: Act, state: State, unread_after: int) -> bool:
    if act.kind is EventKind.MARKED_READ and not state.marked_unread:
        return unread_after < state.unread
    if act.before is not None and unread_after > state.unread:
        return True
    return CHANGES[act.kind](state)


def _event(act: Act, id: int, conversation_id: int, at: datetime, mark: int | None) -> NewEvent:
    # A mark beyond the log would make messages read that nobody has written yet.
    mark = mark if mark is not None and mark < id else None
    return NewEvent(id, conversation_id, act.kind, act.actor, at, act.reason, mark)
