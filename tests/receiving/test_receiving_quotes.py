"""A customer's message quotes another one, whichever comes first."""

from collections.abc import Iterator
from itertools import permutations
from pathlib import Path

import pytest
from desk import Desk, create
from line import mail, said

from workspace.models import Message
from workspace.services import Services, World
from workspace.settings import Paths, Settings


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    services = Services.open(Paths(tmp_path), Settings(undo_seconds=0), World(create))
    desk = Desk(services, *(services.accounts.add(k, k, {}).id for k in ("contacts", "threads")))
    yield desk
    desk.check()
    services.close()


def of(messages: list[Message], text: str) -> Message:
    [found] = [message for message in messages if message.text == text]
    return found


def test_it_shows_what_it_quotes_in_any_order(desk: Desk) -> None:
    events = [said("a"), said("b", minutes=1, reply_to="a"), said("c", minutes=2, reply_to="b")]
    for n, order in enumerate(permutations(events)):
        by = f"+4915{n:05}"
        names = {"": "", **{name: f"{name}{n}" for name in "abc"}}
        for event in order:
            more = {"reply_to": names[event.reply_to], "text": f"text {event.provider_id}"}
            minutes = "abc".index(event.provider_id)
            desk.receive(said(names[event.provider_id], by, minutes, **more))
    for conversation in desk.all():
        messages = desk.messages(conversation.id)
        first, second, third = (of(messages, f"text {name}") for name in "abc")
        assert first.reply_to is None
        assert second.reply_to is not None
        assert (second.reply_to.id, second.reply_to.text) == (first.id, "text a")
        assert third.reply_to is not None
        assert third.reply_to.id == second.id
    assert desk.sql("SELECT count(*) FROM parked") == [(0,)]
    [row] = desk.sql("SELECT count(*) FROM v1.messages WHERE reply_to IS NOT NULL")
    assert row == (12,)


def test_all_in_one_batch_twice(desk: Desk) -> None:
    for _ in range(2):
        desk.receive(said("b", minutes=1, reply_to="a"), said("a"))
    first, second = desk.messages(desk.only().id)
    assert second.reply_to is not None
    assert second.reply_to.id == first.id


def test_one_of_somebody_else_is_not_shown(desk: Desk) -> None:
    desk.receive(said("a", by="+491511"), said("b", by="+491522", reply_to="a"))
    assert not [m.reply_to for c in desk.all() for m in desk.messages(c.id) if m.reply_to]


def test_mail_has_its_thread(desk: Desk) -> None:
    desk.receive_mail(mail("<a@x>"), mail("<b@x>", minutes=1, refs=["<a@x>"], reply_to="<a@x>"))
    assert [m.reply_to for m in desk.messages(desk.only().id)] == [None, None]


def test_what_was_erased_is_quoted_by_nobody(desk: Desk) -> None:
    desk.receive(said("a"), said("b", minutes=1, reply_to="nowhere"))
    desk.services.inbox.delete([desk.only().id], desk.send(desk.only().id).author, None)
    desk.receive(said("b", minutes=1, reply_to="nowhere"))
    assert desk.all() == []
    assert desk.sql("SELECT * FROM parked") == []
    desk.receive(said("c", minutes=2, reply_to="a"))
    [message] = desk.messages(desk.only().id)
    assert message.reply_to is None
