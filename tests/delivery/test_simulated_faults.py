"""Delivery against the shipped simulator, whose provider keeps count of what it accepted."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from wire import ANN, Clock, Commits, longest

from workspace.channels import create
from workspace.channels.simulator import Simulator
from workspace.models import DeliveryStatus, Status
from workspace.services import Services, World
from workspace.services.filters import Filter
from workspace.settings import Paths
from workspace.testing import at_once

D = DeliveryStatus
ANCHOR = datetime(2026, 3, 1, 9, tzinfo=UTC)
FAULTS = {
    "unreachable": 0.1,
    "rate_limited": 0.15,
    "transient": 0.15,
    "timeout": 0.15,
    "lost": 0.15,
    "silent": 0.1,
    "duplicated_receipts": 0.3,
    "reordered_receipts": 0.3,
}
SENDS = 30


def opened(folder: Path, clock: Clock) -> Services:
    return Services.open(Paths(folder), at_once.settings(), World(create, clock, longest))


@pytest.fixture
def services(tmp_path: Path) -> Services:
    services = opened(tmp_path, Clock())
    options = {"clock": "frozen", "anchor": ANCHOR, "faults": FAULTS, "answer_after": 0}
    services.accounts.add("simulator", "sim", options)
    return services


def simulator(services: Services) -> Simulator:
    found = services.accounts.channel(services.accounts.ids()[0])
    assert isinstance(found, Simulator)
    return found


def test_whatever_goes_wrong_the_provider_never_gets_a_message_twice(
    services: Services, tmp_path: Path
) -> None:
    clock = Clock()
    services.close()
    services = opened(tmp_path, clock)
    (channel,) = services.accounts.ids()
    for n in range(SENDS):
        services.replies.start_conversation(
            channel, f"customer {n}", "", f"hello {n}", "", [], ANN, None
        )
    for _ in range(30):  # each refusal for the rate holds up all of them
        services.delivery.deliver_due()
        clock.advance(120)
    found = states(services)
    assert len(found) == SENDS
    accepted = {key: simulator(services).accepted(key) for key in found}
    assert max(accepted.values()) == 1
    for key, status in found.items():
        match status:
            case D.SENT:
                assert accepted[key] == 1
            case D.IN_DOUBT:
                assert simulator(services).find_sent(key) is not True
            case D.FAILED:
                assert accepted[key] == 0
            case _:
                raise AssertionError(f"{key} is still {status}")
    counted = Counter(found.values())
    assert counted[D.SENT] > 10
    assert counted[D.IN_DOUBT] > 0
    services.close()

    # A restart changes nothing about it.
    services = opened(tmp_path, clock)
    services.delivery.deliver_due()
    assert states(services) == found
    assert {key: simulator(services).accepted(key) for key in found} == accepted
    services.close()


def states(services: Services) -> dict[str, DeliveryStatus]:
    with services.store.read() as db:
        sql = "SELECT provider_id, delivery_status FROM messages WHERE direction = 'outbound'"
        return {key: DeliveryStatus(status) for key, status in db.execute(sql)}


def test_receipts_arrive_and_nobody_answers_twice(tmp_path: Path) -> None:
    services = opened(tmp_path, Clock())
    options = {"clock": "frozen", "anchor": ANCHOR, "answer_after": 1, "plays": "whatsapp"}
    id = services.accounts.add("simulator", "sim", options).id
    sim = services.accounts.channel(id)
    assert isinstance(sim, Simulator)
    sim.customer_writes(sim.world.person(0).address, "hello?", "Ada")
    services.receivers.start()
    services.receiving.start()
    changed = Commits(services)
    changed.wait(lambda: len(rows(services)) == 1)
    services.delivery.start()
    services.replies.send(rows(services)[0].id, "How can I help you?", [], ANN, None)
    changed.wait(lambda: rows(services)[0].status is Status.REPLIED)
    sim.advance(timedelta(minutes=10))
    changed.wait(lambda: rows(services)[0].status is Status.PENDING)
    messages = services.inbox.messages(rows(services)[0].id).messages
    assert [m.direction.value for m in messages] == ["inbound", "outbound", "inbound"]
    assert messages[1].delivery_status in (D.DELIVERED, D.READ)
    services.close()


def rows(services: Services):  # type: ignore[no-untyped-def]
    return services.inbox.conversations(Filter()).rows
