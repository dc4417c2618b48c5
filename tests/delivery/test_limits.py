"""A provider that wants less for a while: all of its channel waits, in order, and nobody else."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from wire import (
    ANN,
    CAPABILITIES,
    Clock,
    Office,
    Wire,
    accept,
    longest,
    open_office,
    refuse,
    slow_rate,
)

from workspace.channels.base import Channel, Outbound, Response
from workspace.models import DeliveryStatus, FailureKind, Rate
from workspace.services import Services, World
from workspace.settings import Paths, Secrets
from workspace.testing import at_once

D = DeliveryStatus


def limited(seconds: float | None):  # type: ignore[no-untyped-def]
    return refuse(FailureKind.RATE_LIMITED, retry_after=seconds)


def texts(wire: Wire) -> list[str]:
    return [outbound.text for outbound in wire.took]


def three(office: Office) -> None:
    """Two messages to Ada, then one to Bob."""
    ada, bob = office.hear("+4915111111"), office.hear("+4915122222")
    office.send(ada.id, "first")
    office.send(ada.id, "second")
    office.send(bob.id, "to Bob")


def test_the_whole_channel_waits_and_goes_on_in_order(office: Office) -> None:
    office.wire.answers = [limited(120)]
    three(office)
    office.step()
    office.clock.advance(119.9)
    assert office.step() == 0
    assert texts(office.wire) == ["first"]
    office.clock.advance(0.1)
    office.step()
    assert texts(office.wire) == ["first", "first", "second", "to Bob"]


def test_refused_again_it_waits_again_and_longer(office: Office) -> None:
    office.wire.answers = [limited(None), limited(None)]
    three(office)
    for wait in (5, 10):
        office.step()
        office.clock.advance(wait - 0.1)
        assert office.step() == 0
        office.clock.advance(0.1)
    office.step()
    assert texts(office.wire) == ["first"] * 3 + ["second", "to Bob"]


def test_a_long_limit_fails_nobody(office: Office) -> None:
    """Not even after more refusals than there are attempts, and the waits grow."""
    office.wire.answers = [limited(None)] * 7
    three(office)
    for wait in (5, 10, 20, 40, 80, 160, 320):
        office.step()
        office.clock.advance(wait - 0.1)
        assert office.step() == 0
        office.clock.advance(0.1)
    office.step()
    assert sorted(texts(office.wire)[-3:]) == ["first", "second", "to Bob"]
    for row in office.all():
        assert {office.status(id) for id in office.ids(row.id)} <= {D.SENT, None}


def test_an_attempt_that_a_limit_turned_away_is_none(office: Office) -> None:
    office.wire.answers = [limited(60)] * 2 + [refuse(FailureKind.TRANSIENT)] * 3
    message = office.send(office.hear().id)
    for _ in range(5):
        office.step()
        office.clock.advance(1000)
    assert office.message(message.id).failure == "Answered 400. (given up after 3 attempts)"


def test_a_limit_that_is_about_one_alone_holds_up_the_others_for_a_while(office: Office) -> None:
    def of_ada(message: Outbound) -> Response:
        return limited(None)(message) if message.text == "first" else accept(message)

    office.wire.answers = [of_ada] * 20
    three(office)
    for _ in range(6):
        office.step()
        office.clock.advance(60)
    assert "to Bob" in texts(office.wire)
    assert "second" not in texts(office.wire)


def test_a_pause_outlives_the_hub(tmp_path: Path) -> None:
    office = open_office(tmp_path, Wire(answers=[limited(120)]))
    three(office)
    office.step()
    clock = office.clock
    office.services.close()
    clock.advance(60)
    wire = Wire()
    office = open_office(tmp_path, wire, clock)
    assert office.step() == 0
    clock.advance(60)
    office.step()
    assert texts(wire) == ["first", "second", "to Bob"]
    office.services.close()


def test_a_pause_and_a_rate_of_its_own_hold_together(tmp_path: Path) -> None:
    wire = Wire(
        capabilities=replace(CAPABILITIES, rate=slow_rate(6, burst=1)), answers=[limited(12)]
    )
    office = open_office(tmp_path, wire)
    three(office)
    for seconds, sent in ((0, 1), (11.9, 1), (0.2, 2), (9, 2), (1, 3)):
        office.clock.advance(seconds)
        office.step()
        assert len(wire.took) == sent
    office.services.close()


def test_other_channels_go_on(tmp_path: Path) -> None:
    wires = {"one": Wire(answers=[limited(120)]), "other": Wire()}

    def create(
        kind: str, options: Mapping[str, Any], secrets: Secrets, state_path: Path, channel_id: int
    ) -> Channel:
        return wires[kind]

    clock = Clock()
    services = Services.open(Paths(tmp_path), at_once.settings(), World(create, clock, longest))
    for kind in wires:
        id = services.accounts.add(kind, kind, {}).id
        for phone in ("+4915111111", "+4915122222"):
            services.replies.start_conversation(id, phone, "", phone, "", [], ANN, None)
    services.delivery.deliver_due()
    assert texts(wires["one"]) == ["+4915111111"]
    assert texts(wires["other"]) == ["+4915111111", "+4915122222"]
    services.close()


# --- one customer at a time -----------------------------------------------------------------------

PAIR = replace(CAPABILITIES, pair_rate=Rate(1, timedelta(seconds=6), 2))


def burst(office: Office) -> None:
    """Four messages to Ada, then two to Bob."""
    ada, bob = office.hear("+4915111111"), office.hear("+4915122222")
    for n in range(4):
        office.send(ada.id, f"Ada {n}")
    for n in range(2):
        office.send(bob.id, f"Bob {n}")


def test_too_many_to_one_customer_hold_up_nobody_else(tmp_path: Path) -> None:
    office = open_office(tmp_path / "workspace", Wire(PAIR))
    burst(office)
    office.step()
    assert texts(office.wire) == ["Ada 0", "Ada 1", "Bob 0", "Bob 1"]
    office.clock.advance(11.9)
    office.step()
    assert len(office.wire.took) == 4
    office.clock.advance(0.1)
    office.step()
    assert texts(office.wire)[4:] == ["Ada 2", "Ada 3"]
    office.services.close()


def test_a_provider_that_limits_one_pair_is_obeyed_for_it_alone(tmp_path: Path) -> None:
    office = open_office(tmp_path / "workspace", Wire(CAPABILITIES), max_attempts=3)
    office.wire.answers = [refuse(FailureKind.RATE_LIMITED, retry_after=30, pair=True)]
    three(office)
    office.step()
    assert texts(office.wire) == ["first", "to Bob"]
    office.clock.advance(29.9)
    assert office.step() == 0
    office.clock.advance(0.1)
    office.step()
    assert texts(office.wire)[2:] == ["first", "second"]
    office.services.close()


def test_it_is_not_held_against_the_channel_after_a_restart(tmp_path: Path) -> None:
    office = open_office(tmp_path / "workspace", Wire(CAPABILITIES))
    office.wire.answers = [refuse(FailureKind.RATE_LIMITED, retry_after=300, pair=True)]
    office.send(office.hear("+4915111111").id, "first")
    office.step()
    office.send(office.hear("+4915122222").id, "to Bob")
    office.services.close()
    again = open_office(tmp_path / "workspace", Wire(CAPABILITIES), office.clock)
    again.step()
    assert texts(again.wire) == ["to Bob"]
    again.services.close()
