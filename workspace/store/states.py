"""The state of conversations (rules.State) as the store caches it, and the log it follows from."""

from collections.abc import Iterable, Mapping

from workspace import rules
from workspace.models import ActorKind, Direction, EventKind, Origin
from workspace.rules import State
from workspace.store.driver import Driver
from workspace.store.sql import query


def load(tx: Driver, ids: Iterable[int]) -> dict[int, State]:
    """Cached states by conversation id; unknown ids are absent."""
    rows = tx.execute(query("states.load"), [list(ids)])
    return {row[0]: State(*row[1:]) for row in rows}


def save(tx: Driver, states: Mapping[int, State]) -> None:
    """Write states back, with the status that follows from each."""
    if not states:
        return
    s = list(states.values())
    tx.execute(
        query("states.save"),
        [
            list(states),
            [x.status.value for x in s],
            [x.resolved for x in s],
            [x.archived for x in s],
            [x.agent_replies for x in s],
            [x.episode for x in s],
            [x.read_mark for x in s],
            [x.unread for x in s],
            [x.marked_unread for x in s],
            [x.last_inbound_at for x in s],
            [x.last_reply_at for x in s],
        ],
    )


def log(tx: Driver, conversation_id: int, since: int = 0) -> list[rules.Entry]:
    """The log of one conversation, oldest first; from the entry `since` on."""
    entries: list[rules.Entry] = []
    for id, direction, at, origin, author, accepted, backfill, silent in tx.execute(
        query("states.messages"), [conversation_id, since]
    ):
        if direction == Direction.INBOUND:
            entries.append(rules.Inbound(id, at, backfill, silent))
        elif direction == Direction.OUTBOUND:
            entries.append(
                rules.Outbound(id, at, Origin(origin), ActorKind(author), accepted, backfill)
            )
    for id, kind, read_mark in tx.execute(query("states.verbs"), [conversation_id, since]):
        entries.append(rules.Verb(id, EventKind(kind), read_mark))
    return sorted(entries, key=lambda entry: entry.id)


def recompute(tx: Driver, conversation_id: int) -> State:
    """The state that follows from the log, whatever the cache says."""
    return rules.replay(log(tx, conversation_id))


def archived(tx: Driver, conversation_id: int) -> bool:
    """Whether the log has it archived; what came before the last Archive says nothing of that."""
    [[since]] = tx.execute(query("states.last_archived"), [conversation_id])
    return since is not None and rules.replay(log(tx, conversation_id, since)).archived


def read_marks(tx: Driver, ids: Iterable[int], before: int) -> dict[int, int]:
    """Where the read mark of conversations was just before a place in the log."""
    marks = dict.fromkeys(ids, 0)
    for id, entry, kind, mark in tx.execute(query("states.reading"), [list(marks), before]):
        marks[id] = rules.read_mark(marks[id], rules.Verb(entry, EventKind(kind), mark))
    return marks


def unread_after(tx: Driver, marks: Mapping[int, int]) -> dict[int, int]:
    """How many inbound messages lie after each mark (conversation id -> message id)."""
    rows = tx.execute(query("states.unread_after"), [list(marks), list(marks.values())])
    return dict.fromkeys(marks, 0) | dict(rows)
