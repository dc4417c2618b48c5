"""An answer quotes a message of its conversation."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from test_naming import echo, tell
from wire import ANN, CAPABILITIES, NOW, Office, Wire, check, open_office, refuse

from workspace.channels.base import Outbound, ReactionChanged, Received, Response
from workspace.errors import CannotSend, NotFound
from workspace.models import Address, AddressKind, DeliveryStatus, FailureKind, Message

PHONE = "+4915112345"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    wire = Wire(replace(CAPABILITIES, quotes=True))
    office = open_office(tmp_path / "workspace", wire, max_attempts=3)
    yield office
    check(office)
    office.services.close()


def answer(office: Office, text: str, reply_to: int | None) -> Message:
    [conversation] = office.all()
    sent = office.services.replies.send(conversation.id, text, [], ANN, None, reply_to=reply_to)
    office.step()
    return office.message(sent.id)


def test_the_provider_hears_its_own_name_of_it(office: Office) -> None:
    [hello] = office.ids(office.hear().id)
    office.wire.answers.append(lambda message: Response(200, "wamid.1"))
    first = answer(office, "yes", hello)
    assert office.wire.took[-1].reply_to == "in-+4915112345-hello"
    assert first.reply_to is not None
    assert (first.reply_to.id, first.reply_to.text) == (hello, "hello")
    answer(office, "and more", first.id)
    assert office.wire.took[-1].reply_to == "wamid.1"


def test_what_the_customer_does_not_have_can_not_be_quoted(office: Office) -> None:
    [hello] = office.ids(office.hear().id)
    note = office.services.notes.add(office.all()[0].id, "aside", ANN, None)
    with pytest.raises(CannotSend, match="does not have"):
        answer(office, "to a note", note.id)
    office.wire.answers.append(refuse(FailureKind.INVALID))
    failed = answer(office, "lost", hello)
    with pytest.raises(CannotSend, match="does not have"):
        answer(office, "to what failed", failed.id)
    with pytest.raises(NotFound):
        answer(office, "to nothing", 10**9)
    office.hear("+4915199999")
    [other] = [c for c in office.all() if c.address.value == "+4915199999"]
    [one, _] = sorted(office.all(), key=lambda c: c.id)
    with pytest.raises(NotFound):
        office.services.replies.send(
            one.id, "elsewhere", [], ANN, None, reply_to=office.ids(other.id)[0]
        )


def test_a_channel_that_can_not_says_so(office: Office) -> None:
    [hello] = office.ids(office.hear().id)
    office.wire.capabilities = CAPABILITIES
    with pytest.raises(CannotSend, match="Wire can't quote a message"):
        answer(office, "yes", hello)


def test_sent_again_it_quotes_still(office: Office) -> None:
    [hello] = office.ids(office.hear().id)
    office.wire.answers.append(refuse(FailureKind.INVALID))
    failed = answer(office, "yes", hello)
    office.services.sends.send_again(failed.id, ANN, None)
    office.step()
    assert office.status(failed.id) is DeliveryStatus.SENT
    assert [took.reply_to for took in office.wire.took] == ["in-+4915112345-hello"] * 2


def test_news_that_was_faster_than_the_answer_is_kept(office: Office) -> None:
    """A reaction, and a message that quotes it, under the name that only the answer tells."""
    office.hear()

    def slow(message: Outbound) -> Response:
        quoting = Received(
            "in-2", NOW, Address(AddressKind.PHONE, PHONE), text="this one", reply_to="wamid.7"
        )
        tell(office, quoting, ReactionChanged("wamid.7", NOW, "👍"))
        return Response(200, "wamid.7")

    office.wire.answers.append(slow)
    sent = answer(office, "yes", None)
    assert [reaction.emoji for reaction in sent.reactions] == ["👍"]
    [quoting] = [m for m in map(office.message, office.ids(sent.conversation_id)) if m.reply_to]
    assert quoting.text == "this one"
    assert quoting.reply_to is not None
    assert quoting.reply_to.id == sent.id


def test_what_quotes_an_echo_quotes_the_message(office: Office) -> None:
    office.hear()

    def slow(message: Outbound) -> Response:
        quoting = Received(
            "in-2", NOW, Address(AddressKind.PHONE, PHONE), text="this one", reply_to="wamid.7"
        )
        tell(office, echo(message), quoting)
        return Response(200, "wamid.7")

    office.wire.answers.append(slow)
    sent = answer(office, "yes", None)
    [quoting] = [m for m in map(office.message, office.ids(sent.conversation_id)) if m.reply_to]
    assert quoting.reply_to is not None
    assert quoting.reply_to.id == sent.id


def test_a_draft_keeps_what_it_quotes(office: Office) -> None:
    conversation = office.hear()
    [hello] = office.ids(conversation.id)
    drafts = office.services.drafts
    kept = drafts.save(conversation.id, "yes", False, [], ANN, hello)
    assert kept is not None
    assert kept.reply_to is not None
    assert (kept.reply_to.id, kept.reply_to.text) == (hello, "hello")
    assert drafts.get(conversation.id, ANN) == kept
    unknown = drafts.save(conversation.id, "yes", False, [], ANN, 10**9)
    assert unknown is not None
    assert unknown.reply_to is None
