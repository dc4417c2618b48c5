"""A channel that keeps copies of what it sent: what becomes of the copy changes no send."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from wire import ANN, Office, Wire, check, open_office, refuse

from workspace.channels.base import Outbound, Request, Response
from workspace.models import DeliveryStatus, FailureKind, Status

D = DeliveryStatus


@dataclass
class Copying(Wire):
    keep: Callable[[str], str] = lambda text: ""
    kept: list[str] = field(default_factory=list)

    def keep_copy(self, request: Request) -> str:
        message: Outbound = request.payload
        self.kept.append(message.text)
        return self.keep(message.text)


@pytest.fixture
def wire() -> Copying:
    return Copying()


@pytest.fixture
def office(tmp_path: Path, wire: Copying) -> Iterator[Office]:
    office = open_office(tmp_path / "workspace", wire, lease_seconds=5.0, max_attempts=3)
    yield office
    check(office)
    office.services.close()


def test_a_copy_is_kept_of_what_was_sent_alone(office: Office, wire: Copying) -> None:
    conversation = office.hear()
    wire.answers = [refuse(FailureKind.INVALID), refuse(FailureKind.UNKNOWN_OUTCOME)]
    for text in ("refused", "doubtful", "sent"):
        office.send(conversation.id, text)
    office.step()
    assert wire.kept == ["sent"]


def test_the_message_is_settled_before_its_copy_is_kept(office: Office, wire: Copying) -> None:
    seen: list[tuple[DeliveryStatus | None, int]] = []
    message = office.send(office.hear().id)

    def look(text: str) -> str:
        seen.append((office.status(message.id), office.services.delivery.sending()))
        return ""

    wire.keep = look
    office.step()
    assert seen == [(D.SENT, 0)]


def test_why_there_is_no_copy_is_told_with_the_message(office: Office, wire: Copying) -> None:
    wire.keep = lambda text: "The mailbox is full."
    message = office.send(office.hear().id)
    office.step()
    told = office.message(message.id)
    assert (told.delivery_status, told.failure) == (D.SENT, "The mailbox is full.")
    assert office.all()[0].status is Status.REPLIED
    assert not office.all()[0].failed


def test_a_bug_in_keeping_copies_fails_nothing(
    office: Office, wire: Copying, caplog: pytest.LogCaptureFixture
) -> None:
    def fall_over(text: str) -> str:
        raise ZeroDivisionError

    wire.keep = fall_over
    message = office.send(office.hear().id)
    office.step()
    told = office.message(message.id)
    assert told.delivery_status is D.SENT
    assert told.failure.startswith("It was sent, but no copy of it was kept: ZeroDivisionError")
    assert "no copy was kept" in caplog.text


def test_no_copy_of_what_was_erased_meanwhile(office: Office, wire: Copying) -> None:
    conversation = office.hear()

    def erased(message: Outbound) -> Response:
        office.clock.advance(-10_000)  # the lease is over, so the deletion waits for nobody
        office.services.store.write(lambda tx: tx.execute("UPDATE messages SET lease_until = NULL"))
        office.services.inbox.delete([conversation.id], ANN, None)
        return Response(200, message.key)

    wire.answers = [erased]
    office.send(conversation.id)
    office.step()
    assert len(wire.took) == 1
    assert wire.kept == []
