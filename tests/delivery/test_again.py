"""Retry, Send again and Mark as sent: what a person decides about a send, and who it was."""

import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from wire import ANN, CAPABILITIES, NOW, Office, Wire, break_off, open_office, refuse

from workspace.channels.base import Outbound, Response
from workspace.errors import CannotSend, Conflict, NotFound
from workspace.models import Actor, ActorKind, DeliveryStatus, EventKind, FailureKind, Status
from workspace.services import settling

D = DeliveryStatus
EVA = Actor(ActorKind.OPERATOR, "eva")


def failed(office: Office) -> int:
    office.wire.answers = [refuse(FailureKind.INVALID)]
    message = office.send(office.hear().id)
    office.step()
    assert office.status(message.id) is D.FAILED
    return message.id


def in_doubt(office: Office) -> int:
    office.wire.answers = [break_off(FailureKind.UNKNOWN_OUTCOME)]
    message = office.send(office.hear().id)
    office.step()
    assert office.status(message.id) is D.IN_DOUBT
    return message.id


def log(office: Office) -> list[tuple[EventKind, str]]:
    [conversation] = office.all()
    events = office.services.inbox.messages(conversation.id).events
    return [(event.kind, event.actor.name) for event in events]


# --- send again -------------------------------------------------------------------------------


def test_a_failed_message_goes_again_under_another_name(office: Office) -> None:
    id = failed(office)
    message = office.services.sends.send_again(id, EVA, None)
    assert (message.id, message.delivery_status, message.failure) == (id, D.QUEUED, "")
    assert not office.all()[0].failed
    office.step()
    assert [o.key for o in office.wire.took] == ["key-1", "key-2"]
    assert office.status(id) is D.SENT
    assert (office.all()[0].status, log(office)) == (
        Status.REPLIED,
        [(EventKind.SENT_AGAIN, "eva")],
    )


def test_news_of_the_first_attempt_say_nothing_of_the_second(office: Office) -> None:
    message = office.send(office.hear().id)
    office.step()
    office.receipt("key-1", D.FAILED)  # the provider took it, the network did not
    office.services.sends.send_again(message.id, EVA, None)
    office.receipt("key-1", D.READ)
    assert office.status(message.id) is D.QUEUED
    office.step()
    office.receipt("key-1", D.FAILED)
    assert office.status(message.id) is D.SENT
    office.receipt("key-2", D.DELIVERED)
    assert office.status(message.id) is D.DELIVERED
    assert office.services.store.write(lambda tx: tx.execute("SELECT count(*) FROM parked")) == [
        (0,)
    ]


def test_one_in_doubt_goes_again_under_its_own_name(office: Office) -> None:
    id = in_doubt(office)
    office.services.sends.send_again(id, EVA, None)
    office.step()
    assert [o.key for o in office.wire.took] == ["key-1", "key-1"]
    assert office.status(id) is D.SENT


def test_an_echo_that_comes_in_time_spares_the_second_attempt(office: Office) -> None:
    id = in_doubt(office)
    office.services.sends.send_again(id, EVA, None)
    office.receipt("key-1", D.DELIVERED)
    office.step()
    assert (office.status(id), len(office.wire.took)) == (D.DELIVERED, 1)


def test_it_answers_what_the_customer_said_meanwhile(office: Office) -> None:
    id = failed(office)
    office.wire.clock = NOW + timedelta(hours=1)
    office.hear(text="are you there?")
    office.services.sends.send_again(id, EVA, None)
    office.step()
    [conversation] = office.all()
    assert conversation.status is Status.REPLIED
    assert conversation.preview.text == "an answer"
    assert office.ids(conversation.id)[-1] == id


def test_it_brings_the_conversation_back_from_the_archive(office: Office) -> None:
    id = failed(office)
    office.services.inbox.archive([office.all()[0].id], ANN, None)
    office.services.sends.send_again(id, EVA, None)
    assert len(office.all()) == 1


def test_it_is_tried_as_often_as_a_new_one(office: Office) -> None:
    office.wire.answers = [refuse(FailureKind.TRANSIENT)] * 5
    message = office.send(office.hear().id)
    for _ in range(3):
        office.step()
        office.clock.advance(1000)
    assert office.status(message.id) is D.FAILED
    office.services.sends.send_again(message.id, EVA, None)
    office.step()
    assert office.status(message.id) is D.RETRY


def test_what_cant_be_sent_now_is_refused_in_words(tmp_path: Path) -> None:
    wire = Wire(capabilities=replace(CAPABILITIES, window=timedelta(hours=24)))
    office = open_office(tmp_path, wire)
    id = failed(office)
    wire.clock = NOW + timedelta(hours=25)
    with pytest.raises(CannotSend, match="24-hour messaging window"):
        office.services.sends.send_again(id, EVA, None)
    assert (office.status(id), log(office)) == (D.FAILED, [])
    office.services.close()


def test_sent_again_while_the_first_attempt_still_hangs(office: Office) -> None:
    """Its lease is over, so a person may decide; the late answer settles it, or the second try."""
    hanging, answer = threading.Event(), threading.Event()

    def hang(message: Outbound) -> Response:
        hanging.set()
        assert answer.wait(30)
        return Response(400, FailureKind.INVALID.value)

    office.wire.answers = [hang]
    message = office.send(office.hear().id)
    thread = threading.Thread(target=office.step)
    thread.start()
    assert hanging.wait(30)
    office.services.store.write(lambda tx: settling.doubt(tx, message.id, "Too slow."))
    office.services.sends.send_again(message.id, EVA, None)
    answer.set()
    thread.join(30)
    office.step()
    assert (office.status(message.id), len(office.wire.took)) == (D.SENT, 2)


def test_the_choice_survives_a_restart(tmp_path: Path) -> None:
    wire = Wire()
    office = open_office(tmp_path / "again", wire)
    id = failed(office)
    office.services.sends.send_again(id, EVA, None)
    office.services.close()
    office = open_office(tmp_path / "again", wire)
    office.step()
    assert office.status(id) is D.SENT
    office.services.close()


# --- mark as sent -----------------------------------------------------------------------------


def test_a_person_settles_a_doubt(office: Office) -> None:
    id = in_doubt(office)
    message = office.services.sends.mark_sent(id, EVA, None)
    assert (message.delivery_status, message.failure) == (D.SENT, "")
    assert (office.all()[0].status, log(office)) == (
        Status.REPLIED,
        [(EventKind.MARKED_SENT, "eva")],
    )
    office.clock.advance(10_000)
    office.step()
    assert len(office.wire.took) == 1
    office.receipt("key-1", D.DELIVERED)
    assert office.status(id) is D.DELIVERED


# --- wrong states, unknown, twice -------------------------------------------------------------


def test_only_what_failed_or_is_in_doubt_can_be_decided(office: Office) -> None:
    conversation = office.hear()
    queued = office.send(conversation.id)
    sends = office.services.sends
    for wrong in (sends.send_again, sends.mark_sent):
        with pytest.raises(Conflict, match="read the conversation anew"):
            wrong(queued.id, EVA, None)
    office.step()
    for wrong in (sends.send_again, sends.mark_sent):
        with pytest.raises(Conflict):
            wrong(queued.id, EVA, None)
        with pytest.raises(NotFound, match="No message 77"):
            wrong(77, EVA, None)
    assert log(office) == []
    id = failed(office)
    with pytest.raises(Conflict, match="not confirmed can be marked"):
        sends.mark_sent(id, EVA, None)


def test_one_key_decides_once(office: Office) -> None:
    id = failed(office)
    sends = office.services.sends
    assert sends.send_again(id, EVA, "key-1").id == id
    office.step()
    assert sends.send_again(id, EVA, "key-1").delivery_status is D.SENT
    office.step()
    assert (len(office.wire.took), len(log(office))) == (2, 1)
    with pytest.raises(Conflict, match="another request"):
        sends.mark_sent(id, EVA, "key-1")


def test_what_was_sent_again_can_no_more_be_taken_back(office: Office) -> None:
    """The customer may have the first attempt: it must not vanish from the conversation."""
    id = in_doubt(office)
    office.services.sends.send_again(id, EVA, None)
    with pytest.raises(Conflict):
        office.services.sends.cancel(id, EVA, None)
