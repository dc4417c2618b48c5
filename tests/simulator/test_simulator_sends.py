"""What becomes of a message: receipts, answers, and everything that can go wrong."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from simulating import ANCHOR, STRANGER, Make, happened, outbound, send

from workspace.channels.base import (
    Event,
    Failure,
    ReactionChanged,
    Received,
    SendFailed,
    Sent,
    StatusChanged,
    Thread,
)
from workspace.channels.simulated.plays import PLAYS, known_by
from workspace.channels.simulator import Simulator
from workspace.models import Address, AddressKind, DeliveryStatus, FailureKind

OPEN = {"window_hours": 0, "start": "free"}
DAY = timedelta(days=1)


def events(simulator: Simulator, after: timedelta = DAY) -> list[Event]:
    """All that happens in the time after now, in order."""
    simulator.advance(after)
    return [e for p in happened(simulator) for e in simulator.parse(p.raw, p.meta)]


def statuses(found: list[Event]) -> list[DeliveryStatus]:
    return [e.status for e in found if isinstance(e, StatusChanged)]


def perform(simulator: Simulator, text: str = "Hello!", **more: Any) -> Sent | Failure:
    (request,) = simulator.encode(outbound(simulator, text, **more))
    return simulator.decode(simulator.perform(request))


# --- as it should be --------------------------------------------------------------------------


@pytest.mark.parametrize("playing", PLAYS)
def test_receipts_come_in_order_and_only_those_the_channel_has(make: Make, playing: str) -> None:
    simulator = make(plays=playing, answer_after=0, **OPEN)
    address = Address(known_by(simulator.capabilities), "12345")
    key = send(simulator, to=address)
    found = events(simulator)
    assert all(isinstance(e, StatusChanged) and e.provider_id == key for e in found)
    in_order = (DeliveryStatus.DELIVERED, DeliveryStatus.READ)
    assert statuses(found) == [s for s in in_order if s in simulator.capabilities.receipts]


def test_a_customer_answers_after_having_read(make: Make) -> None:
    simulator = make(plays="simulator", seed=2)
    send(simulator, "Is Thursday fine?")
    found = events(simulator)
    (answer,) = [e for e in found if isinstance(e, Received)]
    read = next(e for e in found if isinstance(e, StatusChanged) and e.status == "read")
    assert answer.address == STRANGER
    assert answer.text
    assert read.occurred_at <= answer.occurred_at < ANCHOR + timedelta(minutes=1)


def test_who_is_asked_for_a_photo_sends_one(make: Make) -> None:
    simulator = make(plays="simulator", seed=2)
    for _ in range(6):
        send(simulator, "Could you send a photo of it?")
    answers = [e for e in events(simulator) if isinstance(e, Received)]
    pictures = [file.data for e in answers for file in e.files]
    assert len(pictures) >= 3
    for data in pictures:
        with Image.open(BytesIO(data)) as image:
            assert image.size == (640, 480)


def test_customers_react_and_lose_interest(make: Make) -> None:
    simulator = make(plays="simulator")
    keys = {send(simulator, "Thank you") for _ in range(60)}
    found = events(simulator)
    reactions = [e for e in found if isinstance(e, ReactionChanged)]
    assert reactions
    assert {e.provider_id for e in reactions} <= keys
    assert 15 < sum(isinstance(e, Received) for e in found) < 45


def test_an_answer_by_mail_continues_the_thread(make: Make) -> None:
    simulator = make(plays="mail", seed=2)
    to = Address(AddressKind.EMAIL, "ada@mail.example")
    thread = Thread("Re: A lamp", "<b@x.example>", ("<a@x.example>", "<b@x.example>"))
    key = send(simulator, "Does it fit?", to=to, thread=thread)
    (answer,) = [e for e in events(simulator) if isinstance(e, Received)]
    assert answer.thread_refs == ("<a@x.example>", "<b@x.example>", key)
    assert answer.subject == "Re: A lamp"
    assert answer.provider_id.startswith("<")


def test_a_known_customer_answers_in_their_own_words(make: Make) -> None:
    simulator = make(plays="whatsapp", customers=150, **OPEN)
    spanish = next(
        n
        for n in range(150)
        if simulator.world.person(n).language == "es" and simulator.world.plan(n).end == "replied"
    )
    person = simulator.world.person(spanish)
    for _ in range(4):
        send(simulator, "Perfecto.", to=person.address)
    answers = [e for e in events(simulator) if isinstance(e, Received)]
    assert answers
    assert {e.name for e in answers} == {person.name}
    assert any(word in e.text for e in answers for word in ("racias", "Vale", "Perfecto", "Otra"))


# --- faults -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "kind"),
    [("unreachable", FailureKind.UNREACHABLE), ("window_closed", FailureKind.WINDOW_CLOSED)],
)
@pytest.mark.parametrize("playing", PLAYS)
def test_some_failures_come_after_the_provider_said_yes(
    make: Make, playing: str, fault: str, kind: FailureKind
) -> None:
    simulator = make(plays=playing, faults={fault: 1}, **OPEN)
    address = Address(known_by(simulator.capabilities), "12345")
    key = send(simulator, to=address)
    (failed,) = events(simulator)
    assert isinstance(failed, StatusChanged)
    assert (failed.provider_id, failed.status) == (key, DeliveryStatus.FAILED)
    assert failed.failure_kind is kind
    assert len(failed.detail.split()) > 3


def test_rate_limits_say_how_long_to_wait(make: Make) -> None:
    simulator = make(faults={"rate_limited": 1})
    failure = perform(simulator)
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.retry_after) == (FailureKind.RATE_LIMITED, 2.0)
    assert events(simulator) == []


def test_a_passing_fault_passes(make: Make) -> None:
    simulator = make(faults={"transient": 0.5}, seed=3)
    message = outbound(simulator)
    outcomes = []
    for _ in range(12):
        (request,) = simulator.encode(message)
        outcomes.append(simulator.decode(simulator.perform(request)))
    kinds = {type(o) for o in outcomes}
    assert kinds == {Sent, Failure}
    assert all(o.kind is FailureKind.TRANSIENT for o in outcomes if isinstance(o, Failure))


@pytest.mark.parametrize(
    ("fault", "found", "accepted", "receipts"),
    [("timeout", True, 1, True), ("lost", False, 0, False), ("silent", None, 1, False)],
)
def test_no_answer_means_not_confirmed_until_one_asks(
    make: Make, fault: str, found: bool | None, accepted: int, receipts: bool
) -> None:
    simulator = make(faults={fault: 1}, answer_after=0)
    message = outbound(simulator)
    with pytest.raises(SendFailed) as refused:
        simulator.perform(simulator.encode(message)[0])
    assert refused.value.failure.kind is FailureKind.UNKNOWN_OUTCOME
    for again in (simulator, make(faults={fault: 1}, answer_after=0)):
        assert again.find_sent(message.key) is found
        assert again.accepted(message.key) == accepted
    assert bool(events(simulator)) is receipts


def test_of_some_customers_the_provider_says_nothing_once(make: Make) -> None:
    simulator = make(plays="sms", customers=10, silent="4", answer_after=0)
    quiet = simulator.world.person(4).address
    message = outbound(simulator, to=quiet)
    with pytest.raises(SendFailed):
        simulator.perform(simulator.encode(message)[0])
    assert simulator.find_sent(message.key) is None
    assert isinstance(perform(simulator, to=quiet), Sent)


def test_nobody_knows_of_what_was_never_sent(make: Make) -> None:
    simulator = make()
    assert simulator.find_sent(simulator.new_key()) is False


def test_the_same_message_twice_is_two_messages(make: Make) -> None:
    simulator = make()
    key = send(simulator)
    assert simulator.accepted(key) == 1
    send(simulator, key=key)
    assert simulator.accepted(key) == 2


def test_receipts_can_come_twice_backwards_and_late(make: Make) -> None:
    simulator = make(record="a", faults={"duplicated_receipts": 1}, answer_after=0)
    send(simulator)
    assert len(statuses(events(simulator))) == 4
    simulator = make(record="b", faults={"reordered_receipts": 1}, answer_after=0)
    send(simulator)
    assert statuses(events(simulator)) == [DeliveryStatus.READ, DeliveryStatus.DELIVERED]
    simulator = make(record="c", faults={"late_receipts": 1}, answer_after=0)
    send(simulator)
    assert events(simulator, timedelta(minutes=59)) == []
    assert len(events(simulator, timedelta(hours=6))) == 2


def test_faults_meet_about_their_share(make: Make) -> None:
    simulator = make(faults="unreachable=0.2, rate_limited=0.1")
    outcomes = [perform(simulator) for _ in range(300)]
    limited = sum(isinstance(o, Failure) for o in outcomes)
    failed = statuses(events(simulator)).count(DeliveryStatus.FAILED)
    assert 15 < limited < 50
    assert 40 < failed < 85


# --- the provider's own rules -----------------------------------------------------------------


def test_outside_the_window_the_provider_takes_it_and_then_fails_it(make: Make) -> None:
    simulator = make(plays="whatsapp", answer_after=0)
    ada = Address(AddressKind.PHONE, "+12015550123")
    simulator.customer_writes(ada, "Hello")
    assert len(happened(simulator)) == 1
    simulator.advance(timedelta(hours=23, minutes=59))
    inside = send(simulator, to=ada)
    simulator.advance(timedelta(minutes=1))
    outside = send(simulator, to=ada)
    failed = [
        e
        for e in events(simulator)
        if isinstance(e, StatusChanged) and e.status is DeliveryStatus.FAILED
    ]
    assert [(e.provider_id, e.failure_kind) for e in failed] == [
        (outside, FailureKind.WINDOW_CLOSED)
    ]
    assert inside != outside
    assert "131047" in failed[0].detail


@pytest.mark.parametrize("playing", ["telegram", "instagram"])
def test_nobody_can_be_written_to_who_has_not_written(make: Make, playing: str) -> None:
    simulator = make(plays=playing)
    ada = Address(known_by(simulator.capabilities), "4711")
    refused = perform(simulator, to=ada)
    assert isinstance(refused, Failure)
    assert refused.kind is FailureKind.UNREACHABLE
    simulator.customer_writes(ada, "Hello")
    assert len(happened(simulator)) == 1
    assert isinstance(perform(simulator, to=ada), Sent)


@pytest.mark.parametrize(
    ("playing", "text"),
    [
        ("whatsapp", "a" * 4097),
        ("instagram", "é" * 501),
        ("telegram", "😀" * 2049),
        ("sms", "a" * 1601),
    ],
)
def test_a_text_over_the_limit_is_refused_and_one_at_it_is_not(
    make: Make, playing: str, text: str
) -> None:
    simulator = make(plays=playing, **OPEN)
    to = Address(known_by(simulator.capabilities), "4711")
    refused = perform(simulator, text, to=to)
    assert isinstance(refused, Failure)
    assert refused.kind is FailureKind.INVALID
    assert isinstance(perform(simulator, text[:-1], to=to), Sent)


def test_what_was_accepted_is_on_the_disk_before_the_hub_hears_of_it(make: Make) -> None:
    key = send(make(plays="simulator"))
    other = make(plays="simulator")  # as if the first had been killed
    assert other.accepted(key) == 1
    found = events(other)
    assert statuses(found) == [DeliveryStatus.DELIVERED, DeliveryStatus.READ]
