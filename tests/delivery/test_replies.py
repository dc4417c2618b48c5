"""Writing: what is refused, what is queued, and what a second request with the same key does."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from wire import ANN, CAPABILITIES, NOW, Office, Wire, open_office

from workspace.errors import (
    CannotSend,
    CannotStart,
    Conflict,
    InvalidRequest,
    NotFound,
    TooLarge,
)
from workspace.models import (
    Actor,
    ActorKind,
    DeliveryStatus,
    EventKind,
    MediaKind,
    Origin,
    StartRule,
    Status,
)
from workspace.services import settling
from workspace.store import changes

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


def uploaded(office: Office, name: str = "sky.png", data: bytes = PNG) -> int:
    return office.services.replies.upload(name, BytesIO(data)).id


# --- send -------------------------------------------------------------------------------------


def test_one_key_is_one_message(office: Office) -> None:
    conversation = office.hear()
    first = office.send(conversation.id, "hello", key="k1")
    again = office.send(conversation.id, "hello", key="k1")
    assert again.id == first.id
    office.step()
    assert office.send(conversation.id, "hello", key="k1").delivery_status is DeliveryStatus.SENT
    with pytest.raises(Conflict):
        office.send(conversation.id, "something else", key="k1")
    office.step()
    assert len(office.wire.took) == 1


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("", CannotSend, "empty"),
        ("  \n", CannotSend, "empty"),
        ("x" * 101, CannotSend, "at most 100"),
        ("x" * 5_000_000, TooLarge, "at most 1,000,000"),
    ],
)
def test_a_text_that_cant_be_sent_is_refused_in_words(
    office: Office, text: str, error: type[Exception], words: str
) -> None:
    conversation = office.hear()
    with pytest.raises(error, match=words):
        office.send(conversation.id, text)
    office.step()
    assert office.wire.took == []
    assert office.all()[0] == conversation


def test_an_unknown_conversation_is_told(office: Office) -> None:
    with pytest.raises(NotFound, match="No conversation 77"):
        office.send(77)


def test_outside_the_window_nothing_is_queued(tmp_path: Path) -> None:
    wire = Wire(capabilities=replace(CAPABILITIES, window=timedelta(hours=24)))
    office = open_office(tmp_path, wire)
    conversation = office.hear()
    office.send(conversation.id)
    wire.clock = NOW + timedelta(hours=24)
    with pytest.raises(CannotSend, match="outside the 24-hour messaging window"):
        office.send(conversation.id, "too late")
    office.step()  # what was queued in time is too late by now
    assert wire.took == []
    assert office.all()[0].failed
    office.services.close()


def test_an_operators_single_send_unarchives_an_agents_does_not(office: Office) -> None:
    conversation = office.hear()
    office.services.inbox.archive([conversation.id], ANN, None)
    agent = Actor(ActorKind.AGENT, "helper")
    by_agent = office.services.replies.send(conversation.id, "from the agent", [], agent, None)
    assert office.all() == []
    by_operator = office.send(conversation.id)
    assert office.all()[0].archived is False
    assert (by_agent.origin, by_operator.origin) == (Origin.AGENT, Origin.SINGLE)


def test_a_reply_on_resolved_stays_resolved(office: Office) -> None:
    conversation = office.hear()
    office.services.inbox.resolve([conversation.id], ANN, None)
    office.send(conversation.id)
    office.step()
    assert office.all()[0].status is Status.RESOLVED


def test_an_answer_counts_even_where_the_clock_stands_still(office: Office) -> None:
    conversation = office.hear()
    office.send(conversation.id)  # at the very instant of the customer's message
    office.step()
    assert office.all()[0].status is Status.REPLIED


def test_an_old_failure_is_over_once_a_new_message_is_queued(office: Office) -> None:
    conversation = office.hear()
    message = office.send(conversation.id)
    office.step()
    office.receipt("key-1", DeliveryStatus.FAILED)
    assert office.all()[0].failed
    office.send(conversation.id, "another try")
    assert not office.all()[0].failed
    assert office.status(message.id) is DeliveryStatus.FAILED


# --- files ------------------------------------------------------------------------------------


def test_a_file_is_given_the_time_to_be_uploaded(office: Office) -> None:
    large = uploaded(office, "a.png", PNG.ljust(1000, b"."))
    message = office.services.replies.send(office.hear().id, "", [large], ANN, None)
    claim = office.services.store.write(
        lambda tx: settling.claim(tx, message.id, CAPABILITIES, NOW, NOW)
    )
    assert claim is not None
    assert claim.message.lease_until == NOW + timedelta(milliseconds=8)


def test_files_travel_with_their_message(office: Office) -> None:
    conversation = office.hear()
    first, second = uploaded(office, "a.png"), uploaded(office, "b.png", PNG + b"2")
    message = office.services.replies.send(conversation.id, "", [second, first], ANN, None)
    assert [f.name for f in message.attachments] == ["b.png", "a.png"]
    assert (office.all()[0].preview.text, office.all()[0].preview.media) == (
        "b.png",
        MediaKind.IMAGE,
    )
    office.step()
    assert [f.data for f in office.wire.took[0].files] == [PNG + b"2", PNG]
    assert office.wire.took[0].files[0].mime == "image/png"


def test_an_upload_is_used_once(office: Office) -> None:
    conversation = office.hear()
    upload = uploaded(office)
    with pytest.raises(InvalidRequest, match="named twice"):
        office.services.replies.send(conversation.id, "", [upload, upload], ANN, None)
    office.services.replies.send(conversation.id, "", [upload], ANN, None)
    with pytest.raises(Conflict, match="upload it again"):
        office.services.replies.send(conversation.id, "", [upload], ANN, None)
    with pytest.raises(NotFound, match="No upload 999"):
        office.services.replies.send(conversation.id, "", [999], ANN, None)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("big.png", PNG + b"0" * 2000, "Wire takes at most"),
        ("song.mp3", b"ID3\x03" + b"\0" * 40, "Wire does not take"),
        ("page.png", b"<!DOCTYPE html><html></html>", "text/html"),
    ],
)
def test_a_file_the_channel_does_not_take_is_refused(
    office: Office, name: str, data: bytes, words: str
) -> None:
    conversation = office.hear()
    with pytest.raises(CannotSend, match=words):
        office.services.replies.send(conversation.id, "", [uploaded(office, name, data)], ANN, None)


def test_an_empty_or_huge_upload_is_refused_and_leaves_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InvalidRequest, match="empty"):
        uploaded(office, data=b"")
    monkeypatch.setattr("workspace.services.uploads.MAX_UPLOAD", 1000)
    with pytest.raises(TooLarge, match="1,000 bytes"):
        uploaded(office, data=b"0" * 1001)
    assert [p for p in office.services.paths.files.rglob("*") if p.is_file()] == []


def test_uploads_nobody_sends_are_forgotten_after_a_day(office: Office) -> None:
    kept, stale = uploaded(office), uploaded(office)
    age = "UPDATE attachments SET created_at = now() - INTERVAL '25 hours' WHERE id = $1"
    office.services.store.write(lambda tx: tx.execute(age, [stale]))
    office.services.replies.clean_uploads()
    assert office.services.files.ids() == [kept]


def test_a_file_that_is_gone_fails_its_message_in_words(office: Office) -> None:
    conversation = office.hear()
    upload = uploaded(office)
    message = office.services.replies.send(conversation.id, "", [upload], ANN, None)
    office.services.files.path(upload).unlink()
    office.step()
    assert "can't be read any more" in office.message(message.id).failure


# --- starting ---------------------------------------------------------------------------------


def start(office: Office, address: str, text: str = "hello", name: str = "Ada"):  # type: ignore[no-untyped-def]
    return office.services.replies.start_conversation(
        office.channel, address, name, text, "", [], ANN, None
    )


def test_starts_a_conversation_with_a_stranger(office: Office) -> None:
    found = start(office, "+49 151 23456789")
    assert (found.contact_name, found.address.value, found.status) == (
        "Ada",
        "+4915123456789",
        Status.CREATED,
    )
    office.step()
    assert office.wire.took[0].to_name == "Ada"
    assert office.all()[0].status is Status.CREATED
    office.hear("+4915123456789")
    assert office.all()[0].status is Status.PENDING


def test_goes_on_in_the_conversation_there_is(office: Office) -> None:
    before = office.hear("+4915123456789")
    assert start(office, "+49 151 2345 6789", text="").id == before.id
    assert len(office.services.inbox.messages(before.id).messages) == 1
    assert start(office, "0049 151 23456789".replace("00", "+", 1)).id == before.id
    assert len(office.services.inbox.messages(before.id).messages) == 2
    assert office.all()[0].contact_name == "Ada"


def test_a_name_given_to_somebody_without_one_is_logged_wherever_they_are(office: Office) -> None:
    other = office.services.accounts.add("wire", "other", {}).id
    there = office.services.replies.start_conversation(
        other, "+4915123456789", "", "hello", "", [], ANN, None
    )
    store, inbox = office.services.store, office.services.inbox
    with store.read() as db:
        before = changes.last(db)
    here = start(office, "+4915123456789", name=" Ada  L. ")
    for id in (here.id, there.id):
        assert inbox.conversation(id).contact_name == "Ada L."
    [event] = inbox.messages(there.id).events
    assert (event.kind, event.actor) == (EventKind.RENAMED, ANN)
    with store.read() as db:
        assert there.id in {c.conversation_id for c in changes.since(db, before, 10)}


@pytest.mark.parametrize("name", ["a\x1b[2Jb", "a\u202eb", "\ud800", "x" * 201])
def test_a_name_that_cant_be_shown_is_refused(office: Office, name: str) -> None:
    with pytest.raises(InvalidRequest, match="name"):
        start(office, "+4915123456789", name=name)
    assert office.all() == []


def test_one_key_starts_one_conversation(office: Office) -> None:
    def ask(text: str) -> int:
        return office.services.replies.start_conversation(
            office.channel, "+4915123456789", "", text, "", [], ANN, "k1"
        ).id

    assert ask("hello") == ask("hello")
    assert len(office.services.inbox.messages(ask("hello")).messages) == 1
    with pytest.raises(Conflict):
        ask("other")


@pytest.mark.parametrize("address", ["", "0151 23456789", "+49", "ada@example.org", "+1\n2"])
def test_an_address_the_channel_cant_use_is_refused(office: Office, address: str) -> None:
    with pytest.raises(InvalidRequest):
        start(office, address)
    assert office.all() == []


def test_a_refused_start_leaves_nothing(office: Office) -> None:
    with pytest.raises(CannotSend):
        start(office, "+4915123456789", text="x" * 101)
    with office.services.store.read() as db:
        assert db.execute("SELECT count(*) FROM contacts") == [(0,)]


def test_a_channel_that_cant_start_says_why(tmp_path: Path) -> None:
    can = replace(
        CAPABILITIES, can_start=StartRule.NEVER, start_reason="The customer writes first."
    )
    office = open_office(tmp_path, Wire(capabilities=can))
    with pytest.raises(CannotStart, match="writes first"):
        start(office, "+4915123456789")
    office.services.close()
