"""Reactions of the business: queued, sent, settled and shown as messages are, and no replies."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from test_naming import tell
from wire import (
    ANN,
    CAPABILITIES,
    NOW,
    Office,
    Wire,
    break_off,
    check,
    open_office,
    refuse,
)

from workspace.channels.base import (
    Failure,
    React,
    ReactionChanged,
    Request,
    Response,
    Sent,
    StatusChanged,
)
from workspace.errors import CannotSend, InvalidRequest, NotFound
from workspace.models import (
    Actor,
    ActorKind,
    Capabilities,
    DeliveryStatus,
    FailureKind,
    Message,
    Reaction,
    Status,
)
from workspace.services.filters import Filter
from workspace.settings import Settings
from workspace.store import ingest, reactions

D = DeliveryStatus
CAN = replace(CAPABILITIES, reactions=True)


class Signalling(Wire):
    """A wire that takes reactions, too."""

    def __init__(self, can: Capabilities = CAN) -> None:
        super().__init__(can)

    def encode_signal(self, signal: React) -> Request:
        return Request(signal)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "workspace"


@pytest.fixture
def office(folder: Path) -> Iterator[Office]:
    office = open_office(folder, Signalling(), max_attempts=2)
    yield office
    check(office)
    office.services.close()


def hello(office: Office) -> int:
    return office.ids(office.hear().id)[0]


def react(office: Office, message: int, emoji: str, **more: Any) -> Message:
    return office.services.reactions.react(message, emoji, ANN, more.get("key"))


def own(office: Office, message: int) -> Reaction:
    [found] = office.message(message).reactions
    return found


def test_it_is_sent_once_and_answers_nothing(office: Office) -> None:
    id = hello(office)
    before = office.all()
    told = react(office, id, "👍")
    [queued] = told.reactions
    assert (queued.actor_kind, queued.actor_name) == (ActorKind.OPERATOR, "ann")
    assert queued.delivery_status is D.QUEUED
    office.step()
    [took] = office.wire.took
    assert took == React(before[0].address, "in-+4915112345-hello", "👍", "key-1")  # type: ignore[comparison-overlap]
    assert own(office, id).delivery_status is D.SENT
    assert office.all() == before
    assert before[0].status is Status.PENDING
    react(office, id, "👍")
    office.step()
    assert len(office.wire.took) == 1


def test_another_one_takes_its_place_and_may_go(office: Office) -> None:
    id = hello(office)
    react(office, id, "👍")
    react(office, id, "❤️")
    office.step()
    react(office, id, "")
    assert office.message(id).reactions == ()
    office.step()
    assert [took.emoji for took in office.wire.took] == ["❤️", ""]  # type: ignore[attr-defined]
    assert office.message(id).reactions == ()
    react(office, id, "")
    office.step()
    assert len(office.wire.took) == 2


def test_with_a_key_it_happens_once(office: Office) -> None:
    id = hello(office)
    react(office, id, "👍", key="k")
    office.step()
    react(office, id, "❤️")
    react(office, id, "👍", key="k")
    office.step()
    assert own(office, id).emoji == "❤️"


def test_what_fails_is_told_and_can_be_tried_again(office: Office) -> None:
    id = hello(office)
    office.wire.answers = [refuse(FailureKind.INVALID)]
    react(office, id, "👍")
    office.step()
    failed = own(office, id)
    assert (failed.delivery_status, failed.failure) == (D.FAILED, "Answered 400.")
    react(office, id, "👍")
    office.step()
    assert own(office, id).delivery_status is D.SENT
    office.wire.answers = [refuse(FailureKind.INVALID)]
    react(office, id, "")
    office.step()
    assert (own(office, id).emoji, own(office, id).delivery_status) == ("", D.FAILED)


def test_a_passing_failure_waits_and_holds_up_no_message(office: Office) -> None:
    id = hello(office)
    office.wire.answers = [refuse(FailureKind.TRANSIENT, retry_after=60)]
    react(office, id, "👍")
    office.step()
    assert own(office, id).delivery_status is D.RETRY
    sent = office.send(office.all()[0].id)
    office.step()
    assert office.status(sent.id) is D.SENT
    office.clock.advance(61)
    office.step()
    assert own(office, id).delivery_status is D.SENT


def test_it_is_read_as_it_is_kept(office: Office) -> None:
    """Under way and waiting, by each way to look for it."""
    id = hello(office)
    seen: list[reactions.Own] = []

    def look() -> reactions.Own:
        with office.services.store.read() as db:
            found = reactions.of_message(db, id)
            assert found is not None
            assert reactions.get(db, found.id) == found
            assert reactions.named(db, office.channel, [found.provider_id]) == [found]
        return found

    def answer(message: Any) -> Response:
        seen.append(look())
        return refuse(FailureKind.TRANSIENT, retry_after=60)(message)

    office.wire.answers = [answer, answer]
    react(office, id, "👍")
    office.step()
    seen.append(look())
    office.clock.advance(61)
    office.step()
    lease = timedelta(seconds=Settings().lease_seconds)
    assert [(each.status, each.lease_until, each.not_before) for each in seen] == [
        (D.SENDING, NOW + lease, None),
        (D.RETRY, None, NOW + timedelta(seconds=60)),
        (D.SENDING, NOW + timedelta(seconds=61) + lease, None),
    ]


@pytest.mark.parametrize("told", [D.SENT, D.FAILED])
def test_a_doubt_is_settled_by_a_receipt_and_never_by_sending(office: Office, told: D) -> None:
    id = hello(office)
    office.wire.answers = [break_off(FailureKind.UNKNOWN_OUTCOME)]
    react(office, id, "👍")
    office.step()
    assert own(office, id).delivery_status is D.IN_DOUBT
    office.clock.advance(10_000)
    office.step()
    assert len(office.wire.took) == 1
    detail = "Too late." if told is D.FAILED else ""
    kind = FailureKind.WINDOW_CLOSED if detail else None
    tell(office, StatusChanged("wamid.9", NOW, told, kind, detail, "key-1"))
    assert (own(office, id).delivery_status, own(office, id).failure) == (told, detail)


def test_a_receipt_may_be_faster_than_the_answer(office: Office) -> None:
    id = hello(office)

    def slow(message: Any) -> Response:
        tell(office, StatusChanged("wamid.9", NOW, D.FAILED, FailureKind.INVALID, "No such."))
        return Response(200, "wamid.9")

    office.wire.answers = [slow]
    react(office, id, "👍")
    office.step()
    assert (own(office, id).delivery_status, own(office, id).failure) == (D.FAILED, "No such.")
    office.services.inbox.delete([office.all()[0].id], ANN, None)
    assert office.services.journal.count() == 0  # the receipt is erased as well


def test_what_was_under_way_is_in_doubt_after_a_kill(folder: Path) -> None:
    office = open_office(folder, Signalling())
    first = hello(office)
    second = office.ids(office.hear(text="again").id)[-1]

    class Killed(BaseException):
        pass

    def die(message: Any) -> Response:
        raise Killed

    office.wire.answers = [die]
    react(office, first, "👍")
    react(office, second, "❤️")
    with pytest.raises(Killed):
        office.step()
    office.services.close()
    after = open_office(folder, Signalling())
    after.step()
    assert own(after, first).delivery_status is D.IN_DOUBT
    assert own(after, second).delivery_status is D.SENT
    assert [took.emoji for took in after.wire.took] == ["❤️"]  # type: ignore[attr-defined]
    after.services.close()


class Careless(Signalling):
    def __init__(self, outcome: Any) -> None:
        super().__init__()
        self.answers = [lambda _: Response(200, "odd")]
        self._outcome = outcome

    def decode(self, response: Response) -> Sent | Failure:
        odd: Sent | Failure = self._outcome
        return odd if response.text == "odd" else super().decode(response)


@pytest.mark.parametrize(
    ("odd", "status"),
    [(Sent("\ud800\0name"), D.SENT), (Failure(FailureKind.TRANSIENT, cast(str, None)), D.IN_DOUBT)],
)
def test_what_no_database_takes_holds_up_nothing(office: Office, odd: Any, status: D) -> None:
    office.services.delivery._senders[office.channel]._channel = Careless(odd)
    first, second = hello(office), office.ids(office.hear("+491522").id)[0]
    react(office, first, "👍")
    react(office, second, "👍")
    office.step()
    assert [own(office, each).delivery_status for each in (first, second)] == [status, D.SENT]


def test_both_sides_react_and_the_newest_of_each_counts(office: Office) -> None:
    id, name = hello(office), "in-+4915112345-hello"
    react(office, id, "👍")
    office.step()
    later = office.wire.clock = NOW + timedelta(seconds=9)
    tell(office, ReactionChanged(name, NOW, "😮"), ReactionChanged(name, later, "🎉", own=True))
    shown = office.message(id).reactions
    assert {(r.actor_kind, r.emoji) for r in shown} == {
        (ActorKind.CUSTOMER, "😮"),
        (ActorKind.OPERATOR, "🎉"),
    }
    tell(office, ReactionChanged(name, NOW, "🙈", own=True), ReactionChanged(name, later, ""))
    assert [(r.emoji, r.delivery_status) for r in office.message(id).reactions] == [("🎉", None)]


def test_what_can_not_be_is_said(office: Office) -> None:
    id = hello(office)
    for text in ("", "yes", "👍👍", "1"):
        if text:
            with pytest.raises(InvalidRequest, match="one emoji"):
                react(office, id, text)
    with pytest.raises(NotFound):
        react(office, 10**9, "👍")
    sent = office.send(office.all()[0].id)
    with pytest.raises(CannotSend, match="Only what the customer wrote"):
        react(office, sent.id, "👍")
    office.wire.capabilities = replace(CAN, window=timedelta(hours=24))
    office.wire.clock = NOW + timedelta(hours=24)
    with pytest.raises(CannotSend, match="outside the 24-hour"):
        react(office, id, "👍")
    office.wire.capabilities = CAPABILITIES
    with pytest.raises(CannotSend, match="takes no reactions"):
        react(office, id, "👍")


def test_erased_with_its_conversation(office: Office) -> None:
    id = hello(office)
    react(office, id, "👍")
    office.services.inbox.delete([office.all()[0].id], ANN, None)
    office.step()
    assert office.wire.took == []
    with office.services.store.read() as db:
        assert db.execute("SELECT count(*) FROM own_reactions") == [(0,)]


def left(office: Office) -> tuple[int, int]:
    """How many receipts wait for their message, and how many payloads there are."""
    with office.services.store.read() as db:
        return ingest.count_parked(db), office.services.journal.count()


def test_late_receipts_of_what_was_erased_leave_nothing(office: Office) -> None:
    first = hello(office)
    second = office.ids(office.hear(text="again").id)[-1]
    react(office, first, "👍")
    react(office, second, "👍")
    office.step()
    tell(office, StatusChanged("key-3", NOW, D.SENT, key="nobody's"))  # waits for its message
    office.services.inbox.delete([office.all()[0].id], ANN, None)
    tell(office, *(StatusChanged(f"key-{n}", NOW, D.READ) for n in (1, 2)))
    assert left(office) == (1, 1)


def test_late_receipts_of_one_that_was_replaced_leave_nothing(office: Office) -> None:
    """By another one of ours, and by one from another program."""
    id, name = hello(office), "in-+4915112345-hello"
    react(office, id, "👍")
    office.step()
    tell(office, StatusChanged("wamid.1", NOW, D.SENT, key="key-1"))
    react(office, id, "❤️")
    office.step()
    tell(office, StatusChanged("wamid.1", NOW, D.READ, key="key-1"))
    later = office.wire.clock = NOW + timedelta(seconds=9)
    tell(office, ReactionChanged(name, later, "🎉", own=True))
    tell(office, StatusChanged("key-2", later, D.READ))
    assert left(office)[0] == 0
    [shown] = office.message(id).reactions
    assert (shown.emoji, shown.delivery_status) == ("🎉", None)
    office.services.inbox.delete([office.all()[0].id], ANN, None)
    assert left(office) == (0, 0)


def test_what_stays_of_ours_is_known_by_its_name(office: Office) -> None:
    """One of another program that is older replaces nothing."""
    id, name = hello(office), "in-+4915112345-hello"
    office.wire.clock = NOW + timedelta(seconds=9)
    react(office, id, "👍")
    office.step()
    tell(office, ReactionChanged(name, NOW, "🎉", own=True))
    tell(office, StatusChanged("key-1", office.wire.clock, D.READ))
    assert (own(office, id).emoji, own(office, id).delivery_status) == ("👍", D.READ)


def test_a_removed_channel_gives_up(office: Office) -> None:
    id = hello(office)
    react(office, id, "👍")
    office.services.accounts.remove(office.channel)
    with office.services.store.read() as db:
        [row] = db.execute("SELECT emoji, actor_name, delivery_status, failure FROM v1.reactions")
    assert row[:3] == ("👍", "ann", "failed")
    assert "removed" in row[3]
    assert id


def test_the_agent_reacts_under_its_own_name(office: Office) -> None:
    id = hello(office)
    office.services.reactions.react(id, "👍", Actor(ActorKind.AGENT, "Robo"), None)
    assert own(office, id).actor_kind is ActorKind.AGENT
    assert office.services.inbox.conversations(Filter(unread=True)).total == 1
