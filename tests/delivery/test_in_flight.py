"""While a message is on its way: taking it back, deleting, closing."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from wire import ANN, Office, Wire, open_office

from workspace.channels.base import Outbound, Response
from workspace.models import DeliveryStatus
from workspace.services import settling

D = DeliveryStatus


class Gate:
    """An answer that waits to be let through."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.open = threading.Event()

    def __call__(self, message: Outbound) -> Response:
        self.reached.set()
        assert self.open.wait(30)
        return Response(200, message.key)


def test_delete_waits_for_the_send_in_flight_and_cancels_the_rest(office: Office) -> None:
    office.clock.now = datetime.now(UTC)  # a lease is compared with the machine's clock
    conversation = office.hear()
    gate = Gate()
    office.wire.answers = [gate]
    office.services.delivery.start()
    office.send(conversation.id, "in flight")
    assert gate.reached.wait(30)
    queued = office.send(conversation.id, "queued")
    assert office.services.delivery.sending() == 1
    assert not office.services.delivery.wait_idle([conversation.id], 0.05)
    assert office.services.delivery.wait_idle([conversation.id + 999], 0.05)
    cancelled, deleted = threading.Event(), threading.Event()

    def look(seq: int) -> None:
        cancelled.set()

    def delete() -> None:
        office.services.inbox.delete([conversation.id], ANN, None)
        deleted.set()

    office.services.store.on_commit(look)
    deleting = threading.Thread(target=delete)
    deleting.start()
    assert cancelled.wait(30)
    assert queued.id not in office.ids(conversation.id)
    assert not deleted.is_set()
    gate.open.set()
    deleting.join(30)
    assert deleted.is_set()
    assert office.all() == []
    assert [o.text for o in office.wire.took] == ["in flight"]


@pytest.fixture
def uploading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Office, Gate]]:
    """A large file on its way, which may take longer than an attempt without one."""
    monkeypatch.setattr(settling, "SLOWEST", 0.1)
    gate = Gate()
    office = open_office(tmp_path, Wire(answers=[gate]), lease_seconds=0.1)
    office.clock.now = datetime.now(UTC)
    photo = office.services.replies.upload("photo.png", BytesIO(b"\x89PNG\r\n\x1a\n" + b"0" * 20))
    office.services.replies.send(office.hear().id, "", [photo.id], ANN, None)
    office.services.delivery.start()
    assert gate.reached.wait(30)
    yield office, gate
    office.services.close()


def test_delete_waits_for_a_large_file(uploading: tuple[Office, Gate]) -> None:
    office, gate = uploading
    with ThreadPoolExecutor(1) as pool:
        ids = [row.id for row in office.all()]
        deleting = pool.submit(office.services.inbox.delete, ids, ANN, None)
        assert not wait([deleting], 0.5).done
        gate.open.set()
        deleting.result(30)
    assert office.all() == []


def test_removing_its_channel_waits_for_a_large_file(uploading: tuple[Office, Gate]) -> None:
    office, gate = uploading
    with ThreadPoolExecutor(1) as pool:
        removing = pool.submit(office.services.accounts.remove, office.channel)
        assert not wait([removing], 0.5).done
        gate.open.set()
        removing.result(30)
    [sent] = office.services.inbox.messages(office.all()[0].id, None, 100).messages[1:]
    assert sent.delivery_status is D.SENT


def test_a_thread_sends_as_soon_as_something_is_queued(office: Office) -> None:
    conversation = office.hear()
    sent = threading.Event()
    office.services.delivery.start()
    office.services.store.on_commit(
        lambda seq: sent.set() if office.wire.took else None  # the commit that settles it
    )
    message = office.send(conversation.id)
    assert sent.wait(30)
    office.services.delivery.stop()
    assert office.status(message.id) is D.SENT


def test_an_attempt_that_outlives_its_lease_is_in_doubt_until_it_answers(tmp_path: Path) -> None:
    gate = Gate()
    office = open_office(tmp_path, Wire(answers=[gate]), lease_seconds=0.2)
    conversation = office.hear()
    office.services.delivery.start()
    doubted = threading.Event()

    def look(seq: int) -> None:
        if gate.reached.is_set():
            doubted.set()

    message = office.send(conversation.id)
    assert gate.reached.wait(30)
    office.services.store.on_commit(look)
    assert doubted.wait(30)
    assert office.status(message.id) is D.IN_DOUBT
    gate.open.set()
    assert office.services.delivery.wait_idle([conversation.id], 30)
    assert office.status(message.id) is D.SENT
    office.services.close()


def test_closing_waits_for_the_send_in_flight(tmp_path: Path) -> None:
    gate = Gate()
    office = open_office(tmp_path, Wire(answers=[gate]))
    office.services.delivery.start()
    message = office.send(office.hear().id)
    assert gate.reached.wait(30)
    closing = threading.Thread(target=office.services.close)
    closing.start()
    gate.open.set()
    closing.join(30)
    assert not closing.is_alive()
    office = open_office(tmp_path)
    assert office.status(message.id) is D.SENT
    office.services.close()
