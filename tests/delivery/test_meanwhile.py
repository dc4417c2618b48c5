"""Two who answer at once: the second hears of the first, and nothing is sent twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from wire import ANN, Office

from workspace.channels.base import Received
from workspace.errors import AnsweredMeanwhile
from workspace.models import Actor, ActorKind, Address, AddressKind, Message

EVA = Actor(ActorKind.OPERATOR, "eva")
AGENT = Actor(ActorKind.AGENT, "")


def send(office: Office, id: int, actor: Actor, seen: int | None, text: str = "hi") -> Message:
    return office.services.replies.send(id, text, [], actor, None, seen)


@pytest.mark.parametrize(("other", "who"), [(EVA, "eva"), (AGENT, "The agent")])
def test_an_answer_of_somebody_else_is_told_and_nothing_sent(
    office: Office, other: Actor, who: str
) -> None:
    conversation = office.hear()
    [seen] = office.ids(conversation.id)
    theirs = send(office, conversation.id, other, seen, "theirs")
    with pytest.raises(AnsweredMeanwhile, match=f"{who} has answered meanwhile") as told:
        send(office, conversation.id, ANN, seen)
    assert told.value.detail == {
        "who": other.name,
        "kind": other.kind.value,
        "message_id": str(theirs.id),
    }
    assert office.ids(conversation.id) == [seen, theirs.id]
    send(office, conversation.id, ANN, theirs.id)
    send(office, conversation.id, EVA, None)
    assert len(office.ids(conversation.id)) == 4


def test_an_answer_from_another_device_counts(office: Office) -> None:
    conversation = office.hear()
    [seen] = office.ids(conversation.id)
    phone = Address(AddressKind.PHONE, conversation.address.value)
    office.wire.clock += timedelta(seconds=1)
    own = Received("own", office.wire.clock, phone, text="from the phone", own=True)
    office.wire.parsed[b"own"] = [own]
    office.tell(b"own")
    with pytest.raises(AnsweredMeanwhile, match="Somebody on another device"):
        send(office, conversation.id, ANN, seen)


def test_what_is_no_answer_does_not_count(office: Office) -> None:
    conversation = office.hear()
    [seen] = office.ids(conversation.id)
    send(office, conversation.id, ANN, seen, "my own first")
    office.hear(text="and another question")
    office.services.notes.add(conversation.id, "I look into it", EVA, None)
    withdrawn = send(office, conversation.id, EVA, None, "no")
    office.services.sends.cancel(withdrawn.id, EVA, None)
    elsewhere = office.hear("+4915199999")
    send(office, elsewhere.id, EVA, None)
    send(office, conversation.id, ANN, seen, "my own second")


def test_of_many_at_once_one_is_heard(office: Office) -> None:
    conversation = office.hear()
    [seen] = office.ids(conversation.id)

    def answer(n: int) -> bool:
        try:
            send(office, conversation.id, Actor(ActorKind.OPERATOR, f"operator {n}"), seen)
        except AnsweredMeanwhile:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        heard = list(threads.map(answer, range(8)))
    assert heard.count(True) == 1
    assert len(office.ids(conversation.id)) == 2
