"""Undo of a send: held back, taken back without a trace, and too late."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from wire import ANN, NOW, Clock, Office, Wire, check, open_office, refuse

from workspace.errors import Conflict, NotFound, TooLate
from workspace.models import (
    Actor,
    ActorKind,
    DeliveryStatus,
    FailureKind,
    Message,
    Origin,
    Status,
    Tab,
)
from workspace.services.filters import Filter

D = DeliveryStatus
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
HELD = 5.0


@pytest.fixture
def office(tmp_path: Path) -> Any:
    office = open_office(tmp_path / "workspace", undo_seconds=HELD, lease_seconds=5.0)
    yield office
    check(office)
    office.services.close()


def cancel(office: Office, message: Message, key: str | None = None) -> Message:
    return office.services.sends.cancel(message.id, ANN, key)


# --- held back --------------------------------------------------------------------------------


def test_an_operators_send_waits_and_then_leaves(office: Office) -> None:
    message = office.send(office.hear().id)
    assert message.undo_until == NOW + timedelta(seconds=HELD)
    assert (office.step(), office.wire.took) == (0, [])
    office.clock.advance(HELD)
    office.step()
    sent = office.message(message.id)
    assert (sent.delivery_status, sent.undo_until) == (D.SENT, None)


def test_what_the_agent_writes_never_waits(office: Office) -> None:
    agent = Actor(ActorKind.AGENT, "helper")
    conversation = office.hear()
    message = office.services.replies.send(conversation.id, "at once", [], agent, None)
    assert (message.origin, message.undo_until) == (Origin.AGENT, None)
    office.step()
    assert office.status(message.id) is D.SENT


def test_a_first_message_waits_too(office: Office) -> None:
    office.services.replies.start_conversation(
        office.channel, "+4915123456789", "Ada", "hello", "", [], ANN, None
    )
    assert office.step() == 0
    office.clock.advance(HELD)
    office.step()
    assert [o.text for o in office.wire.took] == ["hello"]


def test_a_hub_started_anew_waits_as_long(tmp_path: Path) -> None:
    wire, clock = Wire(), Clock()
    office = open_office(tmp_path / "again", wire, clock, undo_seconds=HELD)
    message = office.send(office.hear().id)
    office.services.close()
    clock.advance(HELD - 1)
    office = open_office(tmp_path / "again", wire, clock, undo_seconds=HELD)
    assert office.step() == 0
    clock.advance(1)
    office.step()
    assert (office.status(message.id), len(wire.took)) == (D.SENT, 1)
    office.services.close()


def test_one_message_waits_others_of_its_conversation_wait_behind_it(office: Office) -> None:
    ada, bob = office.hear("+4915111111"), office.hear("+4915122222")
    agent = Actor(ActorKind.AGENT, "helper")
    office.send(ada.id, "first")
    office.services.replies.send(ada.id, "second", [], agent, None)
    office.services.replies.send(bob.id, "to Bob", [], agent, None)
    office.step()
    assert [o.text for o in office.wire.took] == ["to Bob"]
    office.clock.advance(HELD)
    office.step()
    assert [o.text for o in office.wire.took] == ["to Bob", "first", "second"]


def test_a_customer_who_writes_meanwhile_is_still_waiting(office: Office) -> None:
    message = office.send(office.hear().id)
    office.wire.clock += timedelta(seconds=2)
    office.hear(text="one more thing")
    office.clock.advance(HELD)
    office.step()
    assert office.status(message.id) is D.SENT
    assert office.all()[0].status is Status.PENDING


# --- taken back -------------------------------------------------------------------------------


def test_what_is_taken_back_leaves_no_trace(office: Office) -> None:
    before = office.hear()
    message = cancel(office, office.send(before.id, "no, wait"))
    assert (message.text, message.delivery_status) == ("no, wait", D.CANCELLED)
    assert office.all() == [before]
    assert message.id not in office.ids(before.id)
    found = office.services.inbox.conversations(Filter(search="wait"))
    assert (found.rows, found.counts.all) == ((), 0)
    assert office.services.inbox.contents([before.id]).messages == 1
    office.clock.advance(HELD)
    office.step()
    assert office.wire.took == []


def test_what_was_behind_it_goes_on_at_once(office: Office) -> None:
    agent = Actor(ActorKind.AGENT, "helper")
    conversation = office.hear()
    message = office.send(conversation.id, "first")
    office.services.replies.send(conversation.id, "second", [], agent, None)
    cancel(office, message)
    office.step()
    assert [o.text for o in office.wire.took] == ["second"]


def test_its_files_are_uploads_again(office: Office) -> None:
    conversation = office.hear()
    uploads = [office.services.replies.upload(n, BytesIO(PNG)).id for n in ("b.png", "a.png")]
    send = office.services.replies.send
    message = cancel(office, send(conversation.id, "look", uploads, ANN, None))
    assert [(f.id, f.name) for f in message.attachments] == [
        (uploads[0], "b.png"),
        (uploads[1], "a.png"),
    ]
    again = send(conversation.id, "look here", [f.id for f in message.attachments], ANN, None)
    office.clock.advance(HELD)
    office.step()
    assert [f.name for f in office.message(again.id).attachments] == ["b.png", "a.png"]


def test_files_that_nobody_sends_again_go_with_the_conversation(office: Office) -> None:
    conversation = office.hear()
    upload = office.services.replies.upload("a.png", BytesIO(PNG)).id
    cancel(office, office.services.replies.send(conversation.id, "", [upload], ANN, None))
    office.services.inbox.delete([conversation.id], ANN, None)
    assert office.services.files.ids() == []


def test_an_archived_conversation_is_archived_again(office: Office) -> None:
    conversation = office.hear()
    office.services.inbox.archive([conversation.id], ANN, None)
    message = office.send(conversation.id)
    assert len(office.all()) == 1
    cancel(office, message)
    assert office.all() == []


@pytest.mark.parametrize("event", ["inbound", "send", "unarchive"])
def test_it_stays_where_something_else_brought_it(office: Office, event: str) -> None:
    conversation = office.hear()
    office.services.inbox.archive([conversation.id], ANN, None)
    message = office.send(conversation.id)
    if event == "inbound":
        office.hear(text="hello again")
    elif event == "send":
        office.send(conversation.id, "another")
    else:
        office.services.inbox.archive([conversation.id], ANN, None)
        office.services.inbox.unarchive([conversation.id], ANN, None)
    cancel(office, message)
    assert len(office.all()) == 1


def test_a_failed_mark_is_back(office: Office) -> None:
    office.wire.answers = [refuse(FailureKind.INVALID)]
    failed = office.send(office.hear().id)
    office.clock.advance(HELD)
    office.step()
    message = office.send(office.all()[0].id, "another try")
    assert not office.all()[0].failed
    cancel(office, message)
    assert office.all()[0].failed
    assert office.all()[0].preview.text == office.message(failed.id).text


@pytest.mark.parametrize("text", ["\n x" * 1000, "𝒙" * 900, "word " * 2000])
def test_a_long_preview_is_back(office: Office, text: str) -> None:
    before = office.hear(text=text)
    cancel(office, office.send(before.id, "no, wait"))
    assert office.all() == [before]


def test_a_preview_without_a_text_is_back(office: Office) -> None:
    id = office.hear().id
    upload = office.services.replies.upload("a.png", BytesIO(PNG)).id
    office.services.replies.send(id, "", [upload], Actor(ActorKind.AGENT, "helper"), None)
    [before] = office.all()
    cancel(office, office.send(id, "no, wait"))
    assert office.all() == [before]


def test_a_conversation_whose_only_message_is_taken_back_stays_for_its_text(
    office: Office,
) -> None:
    started = office.services.replies.start_conversation(
        office.channel, "+4915123456789", "Ada", "hello", "", [], ANN, None
    )
    [id] = office.ids(started.id)
    office.services.sends.cancel(id, ANN, None)
    (found,) = office.all()
    assert (found.status, found.preview.text, found.failed) == (Status.CREATED, "", False)
    assert found.last_activity_at == started.created_at
    office.send(started.id, "hello there")
    office.clock.advance(HELD)
    office.step()
    assert [o.text for o in office.wire.took] == ["hello there"]


# --- too late, unknown, twice -----------------------------------------------------------------


def test_too_late_once_it_left(office: Office) -> None:
    message = office.send(office.hear().id)
    office.clock.advance(HELD)
    office.step()
    with pytest.raises(TooLate, match="Write another one"):
        cancel(office, message)
    assert office.status(message.id) is D.SENT


def test_too_late_once_it_was_tried(office: Office) -> None:
    office.wire.answers = [refuse(FailureKind.TRANSIENT)]
    message = office.send(office.hear().id)
    office.clock.advance(HELD)
    office.step()
    with pytest.raises(TooLate):
        cancel(office, message)
    assert office.status(message.id) is D.RETRY


def test_one_key_takes_back_once(office: Office) -> None:
    conversation = office.hear()
    upload = office.services.replies.upload("a.png", BytesIO(PNG)).id
    message = office.services.replies.send(conversation.id, "hi", [upload], ANN, None)
    other = office.send(conversation.id, "other")
    first = cancel(office, message, "key-1")
    assert cancel(office, message, "key-1") == first
    with pytest.raises(Conflict, match="already"):
        cancel(office, message, "key-2")
    with pytest.raises(Conflict, match="another request"):
        cancel(office, other, "key-1")


def test_only_what_was_written_to_a_customer_can_be_taken_back(office: Office) -> None:
    conversation = office.hear()
    note = office.services.notes.add(conversation.id, "psst", ANN, None)
    [inbound, _] = office.ids(conversation.id)
    for id in (inbound, note.id, 2**62, 0):
        with pytest.raises(NotFound, match=f"No message {id}"):
            office.services.sends.cancel(id, ANN, None)


def test_a_send_repeated_after_undo_stays_taken_back(office: Office) -> None:
    conversation = office.hear()
    message = office.send(conversation.id, "hi", key="key-of-a-send")
    cancel(office, message)
    assert office.send(conversation.id, "hi", key="key-of-a-send").delivery_status is D.CANCELLED
    office.clock.advance(HELD)
    office.step()
    assert office.wire.took == []


def test_the_list_tells_it_at_once(office: Office) -> None:
    conversation = office.hear()
    message = office.send(conversation.id)
    told: list[int] = []
    office.services.store.on_commit(told.append)
    cancel(office, message)
    assert told
    assert office.services.inbox.conversations(Filter(tab=Tab.ALL)).rows[0].preview.text == "hello"
