"""What a provider hears of operators: the newest message that was read, and typing."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_reacting import Signalling
from wire import ANN, CAPABILITIES, NOW, Clock, Office, accept, check, open_office, refuse

from workspace.channels.base import Outbound, Response, Seen
from workspace.models import Actor, ActorKind, Address, AddressKind, FailureKind
from workspace.rules import typing_due
from workspace.services.contacts import Update

TYPING = timedelta(seconds=25)
CAN = replace(CAPABILITIES, read_receipts=True, typing=TYPING)
ADA = Address(AddressKind.PHONE, "+4915112345")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def office(tmp_path: Path, clock: Clock) -> Iterator[Office]:
    office = open_office(tmp_path / "workspace", Signalling(CAN), clock)
    yield office
    check(office)
    office.services.close()


def told(office: Office) -> list[Seen]:
    """What it has been told since the last time."""
    office.services.presence.tell_due()
    found = [each for each in office.wire.took if isinstance(each, Seen)]
    office.wire.took.clear()
    return found


def reads(office: Office, upto: int, actor: Actor = ANN) -> None:
    office.services.inbox.mark_read([office.all()[0].id], actor, None, upto=upto)


def test_the_newest_message_that_was_seen_is_told_once(office: Office) -> None:
    first = office.ids(office.hear(text="one").id)[-1]
    second = office.ids(office.hear(text="two").id)[-1]
    third = office.ids(office.hear(text="three").id)[-1]
    reads(office, first)
    reads(office, second)
    assert told(office) == [Seen(ADA, "in-+4915112345-two")]
    reads(office, second)
    assert told(office) == []
    reads(office, third)
    assert told(office) == [Seen(ADA, "in-+4915112345-three")]


def test_only_who_looked_is_told_of(office: Office) -> None:
    conversation = office.hear()
    office.services.inbox.mark_read([conversation.id], ANN, None)
    office.services.inbox.mark_unread([conversation.id], ANN, None)
    reads(office, office.ids(conversation.id)[-1], Actor(ActorKind.AGENT, "Robo"))
    assert told(office) == []


def test_what_was_left_unread_is_not_told(office: Office) -> None:
    conversation = office.hear()
    reads(office, office.ids(conversation.id)[-1])
    office.services.inbox.mark_unread([conversation.id], ANN, None)
    assert told(office) == []
    office.services.presence.typing(conversation.id)
    assert told(office) == []


def test_nobody_who_is_blocked_hears_of_it(office: Office) -> None:
    conversation = office.hear()
    reads(office, office.ids(conversation.id)[-1])
    office.services.contacts.update(conversation.contact_id, Update(blocked=True), ANN, None)
    assert told(office) == []


def test_a_channel_that_tells_nothing_is_told_nothing(office: Office) -> None:
    conversation = office.hear()
    office.wire.capabilities = CAPABILITIES
    reads(office, office.ids(conversation.id)[-1])
    office.services.presence.typing(conversation.id)
    assert told(office) == []


def test_typing_is_told_as_long_as_it_goes_on(office: Office, clock: Clock) -> None:
    conversation = office.hear()
    office.services.presence.typing(conversation.id)
    assert told(office) == []  # it would mark as read what nobody read
    reads(office, office.ids(conversation.id)[-1])
    told(office)
    for _ in range(3):
        office.services.presence.typing(conversation.id)
    assert told(office) == [Seen(ADA, "in-+4915112345-hello", typing=True)]
    clock.advance(19)
    office.services.presence.typing(conversation.id)
    assert told(office) == []
    clock.advance(1)
    office.services.presence.typing(conversation.id)
    assert len(told(office)) == 1
    office.wire.capabilities = replace(CAN, window=timedelta(hours=24))
    clock.advance(60)
    office.wire.clock = NOW + timedelta(hours=24)
    office.services.presence.typing(conversation.id)
    assert told(office) == []


def test_whatever_the_provider_says_nobody_is_kept(office: Office) -> None:
    first = office.ids(office.hear(text="one").id)[-1]
    office.wire.answers = [refuse(FailureKind.RATE_LIMITED)]
    reads(office, first)
    assert len(told(office)) == 1
    assert office.send(office.all()[0].id)
    assert office.step() > 0
    second = max(office.ids(office.hear(text="two").id))

    def broken(message: Outbound) -> Response:
        raise OSError("gone")

    office.wire.answers = [broken]
    reads(office, second)
    assert len(told(office)) == 1


def test_threads_tell_by_themselves(office: Office) -> None:
    conversation = office.hear()
    heard = threading.Event()

    def hears(message: Outbound) -> Response:
        heard.set()
        return accept(message)

    office.wire.answers = [hears]
    office.services.start()
    reads(office, office.ids(conversation.id)[-1])
    assert heard.wait(60)
    assert office.wire.took == [Seen(ADA, "in-+4915112345-hello")]  # type: ignore[comparison-overlap]


@given(st.floats(0, 100), st.floats(1, 60))
def test_typing_is_told_again_before_it_ends(passed: float, lasts: float) -> None:
    now, period = NOW + timedelta(seconds=passed), timedelta(seconds=lasts)
    assert typing_due(None, now, period)
    if typing_due(NOW, now, period):
        assert passed >= lasts * 0.79
    else:
        assert passed < lasts
