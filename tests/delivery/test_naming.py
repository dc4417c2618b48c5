"""A channel that names messages itself, and shows us our own before it answers the send."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from wire import ANN, CAPABILITIES, NOW, Office, Wire, check, open_office

from workspace.channels.base import (
    Event,
    InboundFile,
    Outbound,
    ReactionChanged,
    Received,
    Response,
    StatusChanged,
)
from workspace.models import (
    ActorKind,
    Address,
    AddressKind,
    DeliveryStatus,
    Direction,
    Message,
    Status,
)
from workspace.store import heads

D = DeliveryStatus
PHONE = "+4915112345"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


def echo(message: Outbound, name: str = "wamid.7", to: str = PHONE, **more: Any) -> Received:
    """The provider shows our own message under the name it gave it."""
    return Received(
        name, NOW, Address(AddressKind.PHONE, to), **{"text": message.text, "own": True, **more}
    )


def tell(office: Office, *events: Event) -> None:
    """Each in a payload of its own."""
    for event in events:
        raw = repr(event).encode()
        office.wire.parsed[raw] = [event]
        office.tell(raw)


def answer_after(office: Office, *events: Event, name: str = "wamid.7", **more: Any) -> None:
    """The next send is answered with `name`, and before that its echo and `events` come in."""

    def answer(message: Outbound) -> Response:
        tell(office, echo(message, name, **more), *events)
        return Response(200, name)

    office.wire.answers.append(answer)


def receipt(status: DeliveryStatus, name: str = "wamid.7") -> StatusChanged:
    return StatusChanged(name, NOW, status, detail="No such number." if status is D.FAILED else "")


def sent(office: Office) -> list[Message]:
    return [
        m
        for c in office.all()
        for m in office.services.inbox.messages(c.id).messages
        if m.direction is Direction.OUTBOUND
    ]


def names(office: Office) -> list[tuple[int, str]]:
    with office.services.store.read() as db:
        return db.execute(  # type: ignore[return-value]
            "SELECT id, provider_id FROM messages WHERE direction = 'outbound' ORDER BY id"
        )


def check_heads(office: Office) -> None:
    """What the list shows is what the messages say."""
    with office.services.store.read() as db:
        ids = [row[0] for row in db.execute("SELECT id FROM conversations")]
        for id, head in heads.load(db, ids).items():
            sql = "SELECT id, delivery_status, occurred_at FROM messages WHERE conversation_id = $1"
            shown = sorted(db.execute(sql, [id]), key=lambda row: (row[2], row[0]))
            assert (head.first_message_id, head.last_message_id) == (
                min(row[0] for row in shown),
                max(row[0] for row in shown),
            )
            newest = (head.preview_message_id, head.preview_delivery, head.last_activity_at)
            assert newest == shown[-1]
        people = {row[0] for row in db.execute("SELECT contact_id FROM conversations")}
        assert people == {row[0] for row in db.execute("SELECT id FROM contacts")}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = open_office(tmp_path / "workspace", lease_seconds=5.0, max_attempts=3)
    yield office
    check(office)
    check_heads(office)
    office.services.close()


def test_what_came_before_the_answer_is_erased_with_its_conversation(office: Office) -> None:
    conversation = office.hear(PHONE)

    def answer(message: Outbound) -> Response:
        tell(office, receipt(D.READ), ReactionChanged("wamid.7", NOW, "👍"))
        return Response(200, "wamid.7")

    office.wire.answers = [answer]
    message = office.send(conversation.id)
    office.step()
    assert office.status(message.id) is D.READ
    assert office.services.journal.count() == 3
    office.services.inbox.delete([conversation.id], ANN, None)
    assert office.services.journal.count() == 0


def test_the_echo_becomes_our_message(office: Office) -> None:
    conversation = office.hear(PHONE)
    answer_after(office)
    message = office.send(conversation.id)
    office.step()
    assert names(office) == [(message.id, "wamid.7")]
    assert office.status(message.id) is D.SENT
    (found,) = office.all()
    assert (found.status, found.preview.text) == (Status.REPLIED, "an answer")
    assert office.message(message.id).author == ANN
    tell(office, receipt(D.READ))
    assert office.status(message.id) is D.READ


@pytest.mark.parametrize(
    ("came", "status"),
    [
        ([D.DELIVERED], D.DELIVERED),
        ([D.READ, D.DELIVERED], D.READ),
        ([D.FAILED], D.FAILED),
    ],
)
def test_receipts_of_the_echo_are_ours(
    office: Office, came: list[DeliveryStatus], status: DeliveryStatus
) -> None:
    answer_after(office, *(receipt(each) for each in came))
    message = office.send(office.hear(PHONE).id)
    office.step()
    told = office.message(message.id)
    assert told.delivery_status is status
    (found,) = office.all()
    failed = status is D.FAILED
    assert told.failure == ("No such number." if failed else "")
    assert (found.failed, found.status) == (failed, Status.PENDING if failed else Status.REPLIED)


def test_a_receipt_that_came_before_the_echo_is_ours_too(office: Office) -> None:
    def answer(message: Outbound) -> Response:
        tell(office, receipt(D.DELIVERED), echo(message))
        return Response(200, "wamid.7")

    office.wire.answers = [answer]
    message = office.send(office.hear(PHONE).id)
    office.step()
    assert office.status(message.id) is D.DELIVERED


def test_reactions_and_files_of_the_echo(office: Office) -> None:
    """The customer's feelings stay, the provider's copy of our file goes."""
    file = InboundFile("photo.png", "image/png", PNG)
    answer_after(office, ReactionChanged("wamid.7", NOW, "👍"), files=(file,))
    conversation = office.hear(PHONE)
    upload = office.services.replies.upload("photo.png", BytesIO(PNG))
    message = office.services.replies.send(conversation.id, "look", [upload.id], ANN, None)
    office.step()
    told = office.message(message.id)
    assert [reaction.emoji for reaction in told.reactions] == ["👍"]
    assert [attached.id for attached in told.attachments] == office.services.files.ids()


def test_our_reaction_to_the_echo_and_its_files_to_come(office: Office) -> None:
    """A phone reacts to what it sent; its copy of a file is not fetched, as the file is here."""
    file = InboundFile("photo.png", "image/png", remote="media-7")
    said = ReactionChanged("wamid.7", NOW, "🎉", own=True)
    answer_after(office, said, files=(file,))
    message = office.send(office.hear(PHONE).id)
    office.step()
    [reaction] = office.message(message.id).reactions
    assert (reaction.emoji, reaction.actor_kind) == ("🎉", ActorKind.OPERATOR)
    with office.services.store.read() as db:
        assert db.execute("SELECT message_id FROM own_reactions") == [(message.id,)]
        assert db.execute("SELECT * FROM remote_files") == []


def test_our_message_keeps_its_place_in_the_log(office: Office) -> None:
    """What the customer wrote between queueing and echo is not answered by it."""
    conversation = office.hear(PHONE)
    message = office.send(conversation.id)

    def answer(outbound: Outbound) -> Response:
        office.wire.clock = NOW.replace(hour=10)
        office.hear(PHONE, "wait")
        tell(office, replace(echo(outbound), occurred_at=NOW.replace(hour=11)))
        return Response(200, "wamid.7")

    office.wire.answers = [answer]
    office.step()
    (found,) = office.all()
    assert (found.status, found.preview.text) == (Status.PENDING, "wait")
    assert names(office) == [(message.id, "wamid.7")]


def test_an_answer_after_the_lease_folds_as_well(office: Office) -> None:
    message = office.send(office.hear(PHONE).id)

    def answer(outbound: Outbound) -> Response:
        sender = office.services.delivery._senders[office.channel]
        sender._lease_over(message.id)
        assert office.status(message.id) is D.IN_DOUBT
        tell(office, echo(outbound))
        return Response(200, "wamid.7")

    office.wire.answers = [answer]
    office.step()
    assert [(m.id, m.delivery_status, m.failure) for m in sent(office)] == [
        (message.id, D.SENT, "")
    ]


# --- in a conversation of its own -------------------------------------------------------------


def test_an_echo_to_another_address_leaves_no_conversation_behind(office: Office) -> None:
    answer_after(office, to="+4915199999")
    conversation = office.hear(PHONE)
    message = office.send(conversation.id)
    office.step()
    assert [c.id for c in office.all()] == [conversation.id]
    assert names(office) == [(message.id, "wamid.7")]
    gone = aliases(office)
    assert list(gone.values()) == [conversation.id]
    assert office.services.inbox.conversation(next(iter(gone))).id == conversation.id
    assert_erasable(office, conversation.id)


def aliases(office: Office) -> dict[int, int]:
    with office.services.store.read() as db:
        return dict(db.execute("SELECT id, conversation_id FROM conversation_aliases"))


def assert_erasable(office: Office, conversation: int) -> None:
    """Deleting it leaves none of our words in the journal either."""
    office.services.inbox.delete([conversation], ANN, None)
    left = office.services.journal.read(0, 100)
    assert [entry.id for entry in left if b"an answer" in entry.raw] == []


def test_another_conversation_only_loses_the_echo(office: Office) -> None:
    other = office.hear("+4915199999", "of somebody else")
    conversation = office.hear(PHONE)
    answer_after(office, to="+4915199999")
    message = office.send(conversation.id)
    office.step()
    found = {c.id: c for c in office.all()}
    assert found.keys() == {other.id, conversation.id}
    assert found[other.id].status is Status.PENDING
    assert found[other.id].preview.text == "of somebody else"
    assert found[conversation.id].status is Status.REPLIED
    assert names(office) == [(message.id, "wamid.7")]
    check(office)
    check_heads(office)
    assert_erasable(office, conversation.id)
    assert [c.id for c in office.all()] == [other.id]


def mail(id: str, text: str, refs: tuple[str, ...] = (), **more: Any) -> Received:
    address = Address(AddressKind.EMAIL, "ada@example.org")
    words = {"text": text, "subject": "The engine", "thread_refs": refs, **more}
    return Received(id, NOW, address, **words)


def test_a_thread_begun_by_the_echo_becomes_part_of_ours(tmp_path: Path) -> None:
    """Even where the customer has answered it by then, and a later answer finds it."""
    can = replace(CAPABILITIES, threads=True, address=frozenset({AddressKind.EMAIL}))
    office = open_office(tmp_path, Wire(capabilities=can))
    started = office.services.replies.start_conversation(
        office.channel, "ada@example.org", "Ada", "hello Ada", "The engine", [], ANN, None
    )

    def answer(message: Outbound) -> Response:
        own = mail("<7@provider>", message.text, own=True)
        tell(office, own, mail("<8@ada>", "thank you", ("<7@provider>",), name="Ada"))
        return Response(200, "<7@provider>")

    office.wire.answers = [answer]
    office.step()
    tell(office, mail("<9@ada>", "and one more", ("<7@provider>",), name="Ada"))
    (found,) = office.all()
    assert (found.id, found.status, found.subject) == (started.id, Status.PENDING, "The engine")
    told = office.services.inbox.messages(found.id).messages
    assert sorted(m.text for m in told) == ["and one more", "hello Ada", "thank you"]
    check(office)
    check_heads(office)
    office.services.close()


def test_answers_to_the_providers_name_find_the_thread_without_an_echo(tmp_path: Path) -> None:
    can = replace(CAPABILITIES, threads=True, address=frozenset({AddressKind.EMAIL}))
    office = open_office(
        tmp_path, Wire(capabilities=can, answers=[lambda m: Response(200, "<7@provider>")])
    )
    started = office.services.replies.start_conversation(
        office.channel, "ada@example.org", "Ada", "hello Ada", "The engine", [], ANN, None
    )
    office.step()
    tell(office, mail("<8@ada>", "thank you", ("<7@provider>",)))
    assert [c.id for c in office.all()] == [started.id]
    office.services.close()


# --- what can't be ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["wamid.1", f"in-{PHONE}-hello"])
def test_the_name_of_another_message_says_nothing_of_this_one(
    office: Office, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    conversation = office.hear(PHONE)
    office.wire.answers = [lambda m: Response(200, "wamid.1"), lambda m: Response(200, name)]
    first, second = office.send(conversation.id, "one"), office.send(conversation.id, "two")
    third = office.send(conversation.id, "three")
    office.step()
    assert [office.status(m.id) for m in (first, second, third)] == [D.SENT, D.IN_DOUBT, D.SENT]
    assert "look there" in office.message(second.id).failure
    assert f"message {second.id} is in doubt" in caplog.text
    assert [outbound.text for outbound in office.wire.took] == ["one", "two", "three"]
    office.clock.advance(10_000)
    office.step()
    assert len(office.wire.took) == 3


def test_what_no_database_takes_is_in_doubt_and_holds_up_nothing(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    class Careless(Wire):
        def decode(self, response: Response):  # type: ignore[no-untyped-def]
            answer = super().decode(response)
            return replace(answer, detail=None) if response.text == "wamid.1" else answer

    office.services.delivery._senders[office.channel]._channel = Careless(
        answers=[lambda m: Response(200, "wamid.1")]
    )
    conversation = office.hear(PHONE)
    first, second = office.send(conversation.id, "one"), office.send(conversation.id, "two")
    office.step()
    assert [office.status(m.id) for m in (first, second)] == [D.IN_DOUBT, D.SENT]
    assert "can't be stored" in office.message(first.id).failure
    assert "can't be stored" in caplog.text
