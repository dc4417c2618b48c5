"""Opening a conversation: pages of messages with the events between them."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workspace.errors import InvalidRequest, NotFound
from workspace.models import (
    ActorKind,
    DeliveryStatus,
    Direction,
    EventKind,
    MediaKind,
    MessagePage,
    Origin,
    Reaction,
)
from workspace.services.inbox import Inbox
from workspace.settings import Paths
from workspace.testing.builders import START, Builder, did, inbound, note, outbound, talk

HOUR = timedelta(hours=1)


def texts(page: MessagePage) -> list[str]:
    return [message.text for message in page.messages]


def test_a_conversation_with_all_kinds_of_messages(inbox: Inbox, builder: Builder) -> None:
    [id] = builder.add(
        [
            talk(
                inbound("Photos", files=("a.jpg", "b.pdf"), reaction="👍"),
                note("Angry"),
                outbound("Sorry", origin=Origin.BULK, delivery=DeliveryStatus.FAILED),
            )
        ]
    )
    page = inbox.messages(id)
    asked, inner, answer = page.messages
    assert not page.more
    assert asked.direction is Direction.INBOUND
    assert asked.author.kind is ActorKind.CUSTOMER
    assert [(f.name, f.kind) for f in asked.attachments] == [
        ("a.jpg", MediaKind.IMAGE),
        ("b.pdf", MediaKind.DOCUMENT),
    ]
    assert asked.reactions == (Reaction(ActorKind.CUSTOMER, "👍"),)
    assert (asked.delivery_status, asked.origin) == (None, None)
    assert inner.direction is Direction.NOTE
    assert (answer.delivery_status, answer.origin) == (DeliveryStatus.FAILED, Origin.BULK)
    assert answer.conversation_id == id


def test_a_reaction_that_was_taken_back_is_gone(inbox: Inbox, builder: Builder, store: Any) -> None:
    [id] = builder.add([talk(inbound("x", reaction="👍"))])
    store.write(lambda tx: tx.execute("UPDATE reactions SET emoji = ''"))
    assert inbox.messages(id).messages[0].reactions == ()


def test_messages_are_in_the_order_they_were_written(inbox: Inbox, builder: Builder) -> None:
    """A late one was stored last, yet belongs before the others."""
    [id] = builder.add(
        [
            talk(
                inbound("second", START + HOUR),
                inbound("third", START + 2 * HOUR),
                inbound("first", START),
            )
        ]
    )
    assert texts(inbox.messages(id)) == ["first", "second", "third"]
    page = inbox.messages(id, limit=2)
    assert (texts(page), page.more) == (["second", "third"], True)
    before = inbox.messages(id, before=page.messages[0].id, limit=2)
    assert (texts(before), before.more) == (["first"], False)


def test_events_lie_between_messages(inbox: Inbox, builder: Builder) -> None:
    [id] = builder.add(
        [
            talk(
                inbound("one", START),
                did(EventKind.RESOLVED, START + HOUR),
                inbound("two", START + 2 * HOUR),
                did(EventKind.ARCHIVED, START + 3 * HOUR),
            )
        ]
    )
    newest = inbox.messages(id, limit=1)
    assert [e.kind for e in newest.events] == [EventKind.ARCHIVED]
    older = inbox.messages(id, before=newest.messages[0].id, limit=1)
    assert [e.kind for e in older.events] == [EventKind.RESOLVED]
    assert older.events[0].actor.name == "ana"


LINES = st.lists(
    st.tuples(st.sampled_from(["in", "out", "did"]), st.integers(0, 4)), min_size=1, max_size=15
)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None
)
@given(lines=LINES, limit=st.integers(1, 6))
def test_pages_hold_every_message_and_event_once(
    inbox: Inbox, builder: Builder, lines: list[tuple[str, int]], limit: int
) -> None:
    """Many of the same instant, and stored in any order."""
    make = {"in": inbound, "out": outbound, "did": lambda _, at: did(EventKind.RESOLVED, at)}
    talks = [talk(*(make[kind](f"{n}", START + at * HOUR) for n, (kind, at) in enumerate(lines)))]
    [id] = builder.add(talks)
    messages: list[Any] = []
    events: list[Any] = []
    before = None
    while True:
        page = inbox.messages(id, before, limit)
        messages = [*page.messages, *messages]
        events = [*page.events, *events]
        if not page.more:
            break
        assert len(page.messages) == limit
        before = page.messages[0].id
    expected = [(at, n) for n, (kind, at) in enumerate(lines) if kind != "did"]
    assert [m.text for m in messages] == [str(n) for _, n in sorted(expected)]
    assert len({e.id for e in events}) == len(events) == len(lines) - len(expected)
    assert [(e.occurred_at, e.id) for e in events] == sorted((e.occurred_at, e.id) for e in events)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None
)
@given(lines=LINES, limit=st.integers(1, 6), start=st.integers(0, 14))
def test_from_the_middle_both_ways(
    inbox: Inbox, builder: Builder, lines: list[tuple[str, int]], limit: int, start: int
) -> None:
    """Whatever ids and times say, pages around a message hold every message and event once."""
    make = {"in": inbound, "out": outbound, "did": lambda _, at: did(EventKind.RESOLVED, at)}
    talks = [talk(*(make[kind](f"{n}", START + at * HOUR) for n, (kind, at) in enumerate(lines)))]
    [id] = builder.add(talks)
    whole = inbox.messages(id)
    if not whole.messages:
        return
    target = whole.messages[start % len(whole.messages)]
    pages = [inbox.messages(id, around=target.id, limit=limit)]
    assert target in pages[0].messages
    while pages[0].more:
        pages.insert(0, inbox.messages(id, pages[0].messages[0].id, limit))
        assert pages[0].newer
    while pages[-1].newer:
        pages.append(inbox.messages(id, after=pages[-1].messages[-1].id, limit=limit))
        assert pages[-1].more
        assert pages[-1].messages
    assert [m for page in pages for m in page.messages] == list(whole.messages)
    assert [e for page in pages for e in page.events] == list(whole.events)
    assert all(len(page.messages) <= limit for page in pages)


def test_after_the_last_message_there_is_nothing(inbox: Inbox, builder: Builder) -> None:
    [id] = builder.add([talk(inbound("one"), did(EventKind.RESOLVED))])
    page = inbox.messages(id, after=inbox.messages(id).messages[0].id)
    assert page == MessagePage((), (), more=True, newer=False)


def test_one_place_at_a_time(inbox: Inbox, builder: Builder) -> None:
    [id] = builder.add([talk(inbound("one"))])
    with pytest.raises(InvalidRequest, match="one of before, after and around"):
        inbox.messages(id, 1, after=1)


def test_unknown_ids(inbox: Inbox, builder: Builder) -> None:
    mine, other = builder.add([talk(inbound("x")), talk(inbound("y"))])
    with pytest.raises(NotFound, match="conversation 77"):
        inbox.messages(77)
    elsewhere = inbox.messages(other).messages[0].id
    with pytest.raises(NotFound, match=f"message {elsewhere}"):
        inbox.messages(mine, before=elsewhere)
    with pytest.raises(NotFound, match=f"message {elsewhere}"):
        inbox.messages(mine, after=elsewhere)
    with pytest.raises(NotFound, match=f"message {elsewhere}"):
        inbox.messages(mine, around=elsewhere)
    with pytest.raises(NotFound, match="file 77"):
        inbox.attachment(77)


def test_an_attachment_and_where_it_is(inbox: Inbox, builder: Builder, paths: Paths) -> None:
    [id] = builder.add([talk(inbound("x", files=("a.jpg",)))])
    [file] = inbox.messages(id).messages[0].attachments
    found, path = inbox.attachment(file.id)
    assert found == file
    assert path == paths.attachment(file.id)
    assert paths.files in path.parents


def test_contents_tell_what_delete_would_lose(inbox: Inbox, builder: Builder) -> None:
    made = builder.add(
        [
            talk(inbound("x", files=("a.jpg", "b.jpg")), outbound("y"), note("z")),
            talk(inbound("x")),
            talk(inbound("not asked")),
        ]
    )
    found = inbox.contents([made[0], made[1], made[0]])
    assert (found.conversations, found.messages, found.files) == (2, 4, 2)
    with pytest.raises(NotFound, match="No conversation 77"):
        inbox.contents([made[0], 77])
