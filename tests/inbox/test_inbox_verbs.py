"""The options of the menu: what they change, log and tell."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from configured import Accounts
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workspace.errors import Conflict, InvalidRequest, NotFound
from workspace.models import Actor, ActorKind, DeliveryStatus, EventKind, Outcome, Status, Tab
from workspace.rules import State
from workspace.services import verbs
from workspace.services.filters import Filter
from workspace.services.inbox import Inbox
from workspace.store import Store, changes, states
from workspace.testing.builders import ANA, Builder, did, inbound, note, outbound, talk

EVA = Actor(ActorKind.OPERATOR, "eva")


def log(inbox: Inbox, id: int) -> list[EventKind]:
    return [event.kind for event in inbox.messages(id).events]


def logged(store: Store) -> int:
    with store.read() as db:
        return int(db.execute("SELECT count(*) FROM conversation_events")[0][0])


def do(inbox: Inbox, kind: EventKind, ids: list[int], **more: Any) -> list[Outcome]:
    verb: dict[EventKind, Callable[..., list[Outcome]]] = {
        EventKind.RESOLVED: inbox.resolve,
        EventKind.REOPENED: inbox.reopen,
        EventKind.ARCHIVED: inbox.archive,
        EventKind.UNARCHIVED: inbox.unarchive,
        EventKind.MARKED_READ: inbox.mark_read,
        EventKind.MARKED_UNREAD: inbox.mark_unread,
        EventKind.AGENT_REPLIES_ON: lambda i, a, k, **m: inbox.set_agent_replies(
            i, True, a, k, **m
        ),
        EventKind.AGENT_REPLIES_OFF: lambda i, a, k, **m: inbox.set_agent_replies(
            i, False, a, k, **m
        ),
    }
    return verb[kind](ids, EVA, None, **more)


def test_each_verb_changes_once_and_is_logged(inbox: Inbox, builder: Builder) -> None:
    [id] = builder.add([talk(inbound("x"))])
    expected = {
        EventKind.RESOLVED: lambda c: c.status is Status.RESOLVED,
        EventKind.REOPENED: lambda c: c.status is Status.PENDING,
        EventKind.ARCHIVED: lambda c: c.archived,
        EventKind.UNARCHIVED: lambda c: not c.archived,
        EventKind.MARKED_READ: lambda c: c.unread == 0,
        EventKind.MARKED_UNREAD: lambda c: c.unread == 1,
        EventKind.AGENT_REPLIES_ON: lambda c: c.agent_replies,
        EventKind.AGENT_REPLIES_OFF: lambda c: not c.agent_replies,
    }
    for kind, holds in expected.items():
        assert do(inbox, kind, [id]) == [Outcome(id, True)], kind
        assert holds(inbox.conversation(id)), kind
        assert do(inbox, kind, [id]) == [Outcome(id, False)], "it already was so"
    assert log(inbox, id) == list(expected)


def test_an_event_tells_who_when_and_why(
    inbox: Inbox, builder: Builder, accounts: Accounts
) -> None:
    [id] = builder.add([talk(inbound("x"))])
    inbox.resolve([id], EVA, None, reason="refunded")
    [event] = inbox.messages(id).events
    assert (event.actor, event.reason) == (EVA, "refunded")
    assert event.occurred_at == accounts.time, "by the channel's clock"


def test_archive_moves_to_the_other_tab(inbox: Inbox, builder: Builder) -> None:
    [id] = builder.add([talk(inbound("x"))])
    inbox.archive([id], EVA, None)
    assert inbox.conversations(Filter()).rows == ()
    assert [c.id for c in inbox.conversations(Filter(tab=Tab.ARCHIVED)).rows] == [id]


def test_one_unknown_id_and_nothing_is_done(inbox: Inbox, builder: Builder, store: Store) -> None:
    made = builder.add([talk(inbound("x")) for _ in range(3)])
    for kind in verbs.CHANGES:
        with pytest.raises(NotFound, match="424242") as caught:
            do(inbox, kind, [*made, 424242])
        assert caught.value.detail == {"id": "424242"}
    assert logged(store) == 0
    assert not any(row.archived for row in inbox.conversations(Filter()).rows)


def test_no_ids_is_no_error(inbox: Inbox) -> None:
    assert do(inbox, EventKind.RESOLVED, []) == []


def test_an_id_twice_counts_once(inbox: Inbox, builder: Builder) -> None:
    [id] = builder.add([talk(inbound("x"))])
    assert do(inbox, EventKind.RESOLVED, [id, id]) == [Outcome(id, True)]
    assert log(inbox, id) == [EventKind.RESOLVED]


def test_outcomes_are_in_the_order_asked(inbox: Inbox, builder: Builder) -> None:
    made = builder.add([talk(inbound("x")), talk(inbound("x"), did(EventKind.RESOLVED))])
    assert do(inbox, EventKind.RESOLVED, made[::-1]) == [
        Outcome(made[1], False),
        Outcome(made[0], True),
    ]


def test_too_much_at_once(inbox: Inbox) -> None:
    with pytest.raises(InvalidRequest, match="10,000"):
        inbox.resolve(list(range(10_001)), EVA, None)
    with pytest.raises(InvalidRequest, match="reason"):
        inbox.resolve([1], EVA, None, reason="x" * 1_001)
    with pytest.raises(InvalidRequest, match="half a character"):
        inbox.resolve([1], EVA, None, reason="\ud800")


@pytest.mark.parametrize("id", [0, -1, 2**63, 2**80])
def test_ids_that_can_not_be(inbox: Inbox, id: int) -> None:
    for call in (inbox.conversation, inbox.messages, inbox.attachment):
        with pytest.raises(NotFound):
            call(id)
    with pytest.raises(NotFound):
        inbox.contents([id])
    with pytest.raises(NotFound):
        inbox.resolve([id], EVA, None)


# --- once --------------------------------------------------------------------------------------


def test_a_key_makes_a_verb_happen_once(inbox: Inbox, builder: Builder, store: Store) -> None:
    [id] = builder.add([talk(inbound("x"))])
    first = inbox.resolve([id], EVA, "key-1")
    inbox.reopen([id], EVA, "key-2")
    assert inbox.resolve([id], EVA, "key-1") == first == [Outcome(id, True)]
    assert inbox.conversation(id).status is Status.PENDING, "not resolved again"
    assert logged(store) == 2
    for other in (
        lambda: inbox.archive([id], EVA, "key-1"),
        lambda: inbox.resolve([id, id + 1], EVA, "key-1"),
        lambda: inbox.resolve([id], EVA, "key-1", reason="other"),
    ):
        with pytest.raises(Conflict):
            other()


def test_a_failed_request_leaves_its_key_unused(inbox: Inbox, builder: Builder) -> None:
    [id] = builder.add([talk(inbound("x"))])
    with pytest.raises(NotFound):
        inbox.resolve([424242], EVA, "key-1")
    assert inbox.resolve([id], EVA, "key-1") == [Outcome(id, True)]


# --- the read mark -----------------------------------------------------------------------------


def test_mark_read_up_to_what_was_seen(inbox: Inbox, builder: Builder) -> None:
    [id] = builder.add([talk(inbound("a"), inbound("b"), inbound("c", silent=True), inbound("d"))])
    seen = [m.id for m in inbox.messages(id).messages]
    assert inbox.conversation(id).unread == 3
    assert inbox.mark_read([id], EVA, None, upto=seen[0]) == [Outcome(id, True)]
    assert inbox.conversation(id).unread == 2
    assert inbox.mark_read([id], EVA, None, upto=seen[0]) == [Outcome(id, False)]
    assert inbox.mark_read([id], EVA, None, upto=seen[1]) == [Outcome(id, True)]
    assert inbox.conversation(id).unread == 1
    assert inbox.mark_read([id], EVA, None) == [Outcome(id, True)]
    assert inbox.conversation(id).unread == 0


def test_a_mark_never_reaches_into_the_future(inbox: Inbox, builder: Builder, store: Store) -> None:
    [id] = builder.add([talk(inbound("a"))])
    inbox.mark_read([id], EVA, None, upto=2**70)
    with store.read() as db:
        [(mark, last)] = db.execute(
            "SELECT read_mark, (SELECT max(id) FROM conversation_events) FROM conversations"
        )
    assert mark == last


def test_mark_unread_gives_back_what_was_unread(inbox: Inbox, builder: Builder) -> None:
    lines = inbound("old"), did(EventKind.MARKED_READ), inbound("a"), inbound("b"), inbound("c")
    made = builder.add([talk(*lines), talk(*lines[:3])])
    inbox.mark_unread(made, EVA, None)
    assert [inbox.conversation(id).unread for id in made] == [3, 1], "they were unread already"
    outcomes = inbox.mark_read(made, EVA, None)
    places = [outcome.event_id for outcome in outcomes]
    assert places == [inbox.messages(id).events[-1].id for id in made]
    before = min(place for place in places if place)
    assert inbox.mark_unread(made, EVA, None, before=before) == [Outcome(id, True) for id in made]
    assert [inbox.conversation(id).unread for id in made] == [3, 1]
    assert inbox.mark_unread(made, EVA, None, before=before) == [Outcome(id, False) for id in made]
    assert inbox.mark_unread(made[:1], EVA, None, before=2**70) == [Outcome(made[0], False)]
    assert inbox.mark_unread(made[:1], EVA, None, before=1) == [Outcome(made[0], True)]
    assert inbox.conversation(made[0]).unread == 4


def test_a_reminder_comes_back_as_one(inbox: Inbox, builder: Builder) -> None:
    [id] = builder.add([talk(inbound("a"), did(EventKind.MARKED_READ))])
    inbox.mark_unread([id], EVA, None)
    [done] = inbox.mark_read([id], EVA, None)
    inbox.mark_unread([id], EVA, None, before=done.event_id)
    assert inbox.conversation(id).unread == 1
    [again] = inbox.mark_read([id], EVA, None, upto=1)
    assert again.changed
    assert inbox.conversation(id).unread == 0


def test_mark_read_takes_mark_unread_back(inbox: Inbox, builder: Builder) -> None:
    [id] = builder.add([talk(inbound("a"), did(EventKind.MARKED_READ))])
    first = inbox.messages(id).messages[0].id
    inbox.mark_unread([id], EVA, None)
    assert inbox.conversation(id).unread == 1
    assert inbox.mark_read([id], EVA, None, upto=first) == [Outcome(id, True)]
    assert inbox.conversation(id).unread == 0


# --- changes -----------------------------------------------------------------------------------


def test_a_change_is_told_for_what_changed_alone(
    inbox: Inbox, builder: Builder, store: Store
) -> None:
    made = builder.add([talk(inbound("x")), talk(inbound("x"), did(EventKind.ARCHIVED))])
    with store.read() as db:
        before = changes.last(db)
    told: list[int] = []
    arrived = threading.Event()
    store.on_commit(lambda seq: (told.append(seq), arrived.set()))  # type: ignore[func-returns-value]
    inbox.archive(made, EVA, None)
    assert arrived.wait(5)
    with store.read() as db:
        new = changes.since(db, before)
        assert told == [changes.last(db)]
    assert [(c.kind, c.conversation_id, c.inbound) for c in new] == [
        ("conversation", made[0], False)
    ]
    inbox.archive(made, EVA, None)
    assert len(told) == 1, "nothing changed, nothing told"


# --- stored state and log agree ----------------------------------------------------------------

LINE = st.one_of(
    st.builds(inbound, st.just("in"), backfill=st.booleans(), silent=st.booleans()),
    st.builds(
        outbound,
        st.just("out"),
        delivery=st.sampled_from([DeliveryStatus.SENT, DeliveryStatus.CANCELLED]),
    ),
    st.builds(note, st.just("note")),
    st.builds(did, st.sampled_from(EventKind), actor=st.just(ANA)),
)
PLACED = {EventKind.MARKED_READ: "upto", EventKind.MARKED_UNREAD: "before"}
ACT = st.tuples(st.sampled_from(list(verbs.CHANGES)), st.booleans(), st.none() | st.integers(0, 12))


def standing(store: Store, ids: list[int]) -> list[State]:
    """The states, but for how far the read mark got: that alone changes nothing for anybody."""
    with store.read() as db:
        found = states.load(db, ids)
    return [replace(found[id], read_mark=0) for id in ids]


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)
@given(talks=st.lists(st.lists(LINE, max_size=8), min_size=2, max_size=2), acts=st.lists(ACT))
def test_any_sequence_leaves_state_and_log_equal(
    inbox: Inbox, builder: Builder, store: Store, talks: Any, acts: Any
) -> None:
    made = builder.add([talk(*lines) for lines in talks])
    for kind, both, upto in acts:
        more = {}
        if kind in PLACED and upto is not None:
            more = {PLACED[kind]: made[0] + upto}
        before = standing(store, made)
        outcomes = do(inbox, kind, made if both else made[:1], **more)
        after = standing(store, made)
        for outcome, old, new in zip(outcomes, before, after, strict=False):
            assert outcome.changed == (old != new), (kind, old, new)
    with store.read() as db:
        for id, cached in states.load(db, made).items():
            fresh = states.recompute(db, id)
            assert cached == fresh
            assert inbox.conversation(id).status is fresh.status


def test_ten_thousand_at_once(inbox: Inbox, builder: Builder, store: Store) -> None:
    made = builder.add([talk(inbound("x")) for _ in range(10_000)])
    outcomes = inbox.resolve(made, EVA, str(uuid4()))
    assert outcomes == [Outcome(id, True) for id in made]
    assert logged(store) == 10_000
    assert inbox.conversations(Filter(status=(Status.RESOLVED,))).counts.all == 10_000
