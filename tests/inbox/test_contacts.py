"""Renaming, blocking and opting out the people outside."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from configured import Accounts
from post import Post, open_post

from workspace import rules
from workspace.errors import CannotSend, Conflict, InvalidRequest, NotFound
from workspace.models import (
    Actor,
    ActorKind,
    Address,
    AddressKind,
    EventKind,
    Status,
)
from workspace.rules import Inbound, Verb
from workspace.services.contacts import Contacts, Update
from workspace.services.filters import Filter
from workspace.services.inbox import Inbox
from workspace.store import Store, changes, states
from workspace.testing.builders import START, Builder, inbound, outbound, talk

ANA = Actor(ActorKind.OPERATOR, "ana")
NUMBER = "+4915112345678"
PHONE = Address(AddressKind.PHONE, NUMBER)
ABOUT_CONTACTS = [
    EventKind.BLOCKED,
    EventKind.UNBLOCKED,
    EventKind.OPTED_OUT,
    EventKind.OPTED_IN,
    EventKind.RENAMED,
    EventKind.MERGED,
    EventKind.UNMERGED,
]


@pytest.fixture
def contacts(store: Store, accounts: Accounts) -> Contacts:
    return Contacts(store, accounts)


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    post = open_post(tmp_path / "post")
    yield post
    post.services.close()


def two_conversations(builder: Builder) -> list[int]:
    """Of one contact, who has the same number on two channels."""
    lines = (inbound("Hello"), outbound("Hi"))
    made = builder.add([talk(*lines, name="Eva", address=NUMBER)])
    return made + builder.add(
        [talk(inbound("Again"), address=NUMBER, channel=builder.channel("other"))]
    )


def kinds(inbox: Inbox, id: int) -> list[EventKind]:
    return [event.kind for event in inbox.messages(id).events]


def test_a_contact_and_what_is_known(contacts: Contacts, inbox: Inbox, builder: Builder) -> None:
    ids = two_conversations(builder)
    rows = [inbox.conversation(id) for id in ids]
    found = contacts.contact(rows[0].contact_id)
    assert (found.name, found.addresses, found.conversations) == ("Eva", (PHONE,), 2)
    assert (found.blocked, found.opted_out) == (False, False)
    assert found.first_contact_at == min(row.created_at for row in rows)
    assert found.last_contact_at == max(row.last_activity_at for row in rows)
    assert "Eva" not in repr(found)


def test_a_new_name_is_everywhere(
    contacts: Contacts, inbox: Inbox, builder: Builder, store: Store
) -> None:
    ids = two_conversations(builder)
    contact = inbox.conversation(ids[0]).contact_id
    with store.read() as db:
        before = changes.last(db)
    after = contacts.update(contact, Update(name="  Eva \t Núñez "), ANA, None)
    assert after == contacts.contact(contact)
    assert after.name == "Eva Núñez"
    assert [inbox.conversation(id).contact_name for id in ids] == ["Eva Núñez"] * 2
    assert {row.id for row in inbox.conversations(Filter(search="nunez")).rows} == set(ids)
    assert {row.id for row in inbox.conversations(Filter(search="4915112")).rows} == set(ids)
    for id in ids:
        [event] = inbox.messages(id).events
        assert (event.kind, event.actor) == (EventKind.RENAMED, ANA)
    with store.read() as db:
        assert {change.conversation_id for change in changes.since(db, before, 10)} == set(ids)


def test_what_changes_nothing_is_not_logged(
    contacts: Contacts, inbox: Inbox, builder: Builder
) -> None:
    [id, _] = two_conversations(builder)
    contact = inbox.conversation(id).contact_id
    contacts.update(contact, Update(name="Eva", blocked=False, opted_out=False), ANA, None)
    assert kinds(inbox, id) == []
    for blocked, opted_out in ((True, True), (True, False), (False, False)):
        contacts.update(contact, Update(blocked=blocked, opted_out=opted_out), ANA, None)
    assert kinds(inbox, id) == [
        EventKind.BLOCKED,
        EventKind.OPTED_OUT,
        EventKind.OPTED_IN,
        EventKind.UNBLOCKED,
    ]


def test_the_log_keeps_its_state(
    contacts: Contacts, inbox: Inbox, builder: Builder, store: Store
) -> None:
    ids = two_conversations(builder)
    contact = inbox.conversation(ids[0]).contact_id
    before = [inbox.conversation(id).status for id in ids]
    contacts.update(contact, Update("New", blocked=True, opted_out=True), ANA, None)
    assert (
        [inbox.conversation(id).status for id in ids]
        == before
        == [
            Status.REPLIED,
            Status.PENDING,
        ]
    )
    with store.read() as db:
        assert {id: states.recompute(db, id) for id in ids} == states.load(db, ids)


@pytest.mark.parametrize("kind", ABOUT_CONTACTS)
def test_events_of_the_contact_move_no_state(kind: EventKind) -> None:
    log: list[rules.Entry] = [
        Inbound(1, START),
        Verb(2, EventKind.RESOLVED),
        Verb(4, EventKind.ARCHIVED),
    ]
    assert rules.replay(log) == rules.replay([*log, Verb(3, kind), Verb(5, kind)])
    assert rules.step(rules.State(), Verb(1, kind)) == rules.State()


def test_asked_twice_with_one_key(contacts: Contacts, inbox: Inbox, builder: Builder) -> None:
    [id, _] = two_conversations(builder)
    contact = inbox.conversation(id).contact_id
    assert contacts.update(contact, Update(blocked=True), ANA, "key-00000001").blocked
    contacts.update(contact, Update(blocked=False), ANA, None)
    now = contacts.update(contact, Update(blocked=True), ANA, "key-00000001")
    assert not now.blocked
    assert now == contacts.contact(contact)
    with pytest.raises(Conflict):
        contacts.update(contact, Update(blocked=False), ANA, "key-00000001")


@pytest.mark.parametrize(
    ("update", "words"),
    [
        (Update(), "Nothing is to change"),
        (Update(name="x" * 201), "longer than 200"),
        (Update(name="a\x00b"), "can't be shown"),
        (Update(name="a\x1b[2Jb"), "can't be shown"),
        (Update(name="\ud800"), "can't be shown"),
        (Update(name="a\u202eb"), "can't be shown"),
    ],
)
def test_what_is_no_change(
    contacts: Contacts, inbox: Inbox, builder: Builder, update: Update, words: str
) -> None:
    [id, _] = two_conversations(builder)
    contact = inbox.conversation(id).contact_id
    with pytest.raises(InvalidRequest, match=words):
        contacts.update(contact, update, ANA, None)
    assert kinds(inbox, id) == []


@pytest.mark.parametrize("id", [77, 0, -1, 2**70])
def test_an_unknown_contact(contacts: Contacts, id: int) -> None:
    with pytest.raises(NotFound, match=f"No contact {id}"):
        contacts.contact(id)
    with pytest.raises(NotFound):
        contacts.update(id, Update(blocked=True), ANA, None)


def test_who_is_blocked_is_not_heard_and_not_written_to(post: Post) -> None:
    services = post.services
    id = post.receive("Hello")
    contact = services.inbox.conversation(id).contact_id
    services.contacts.update(contact, Update(blocked=True), ANA, None)
    before = services.inbox.conversation(id)
    post.receive("Are you there?")
    after = services.inbox.conversation(id)
    assert (after.unread, after.status) == (before.unread, before.status)
    assert services.inbox.messages(id).messages[-1].text == "Are you there?"
    with pytest.raises(CannotSend, match="blocked"):
        send(services, id)
    services.contacts.update(contact, Update(blocked=False, opted_out=True), ANA, None)
    with pytest.raises(CannotSend):
        send(services, id)
    services.contacts.update(contact, Update(opted_out=False), ANA, None)
    send(services, id)


def send(services: Any, id: int) -> None:
    services.replies.send(id, "Hi", [], ANA, None)
