"""Whose time rules, and when something happens."""

import threading
import time
from datetime import UTC, datetime, timedelta

from simulating import ANCHOR, STRANGER, Clock, Make, happened, send

from workspace.channels.base import Payload, Received
from workspace.channels.simulator import Simulator

WAIT = 20


def test_a_frozen_clock_stands_until_advanced_and_is_kept(make: Make) -> None:
    simulator = make()
    assert simulator.now() == ANCHOR
    assert simulator.advance(timedelta(hours=2)) == ANCHOR + timedelta(hours=2)
    simulator.close()
    assert make().now() == ANCHOR + timedelta(hours=2)


def test_a_live_clock_is_the_machines_plus_what_was_advanced(make: Make) -> None:
    clock = Clock(datetime(2026, 5, 1, tzinfo=UTC))
    simulator = make(clock, clock="live")
    assert simulator.now() == clock.at
    simulator.advance(timedelta(days=1))
    clock.forward(minutes=5)
    assert simulator.now() == clock.at + timedelta(days=1)
    simulator.close()
    assert make(clock, clock="live").now() == clock.at + timedelta(days=1)


def test_an_anchored_clock_starts_at_the_anchor_and_runs(make: Make) -> None:
    clock = Clock(datetime(2026, 5, 1, tzinfo=UTC))
    simulator = make(clock, clock="anchored")
    clock.forward(seconds=90)
    assert simulator.now() == ANCHOR + timedelta(seconds=90)
    simulator.close()
    clock.forward(days=1)
    assert make(clock, clock="anchored").now() == ANCHOR + timedelta(days=1, seconds=90)


def test_without_an_anchor_the_world_begins_when_it_is_first_opened(make: Make) -> None:
    clock = Clock()
    make(clock, clock="live", anchor=ANCHOR).close()
    clock.forward(days=3)
    assert make(clock, clock="live").world.anchor == ANCHOR


def test_nothing_happens_before_its_time(make: Make) -> None:
    simulator = make(plays="simulator")
    send(simulator)
    assert happened(simulator) == []
    simulator.advance(timedelta(seconds=10))
    payloads = happened(simulator)
    assert payloads
    for payload in payloads:
        for event in simulator.parse(payload.raw, payload.meta):
            assert ANCHOR < event.occurred_at <= simulator.now()


def test_customers_write_at_their_pace_and_no_more_than_they_may(make: Make) -> None:
    simulator = make(pace=40, messages=12, customers=4)
    simulator.advance(timedelta(minutes=4))
    first = happened(simulator)
    assert len(first) == 6
    simulator.advance(timedelta(days=1))
    rest = happened(simulator, first[-1].cursor)
    assert len(rest) == 6
    events = [e for p in first + rest for e in simulator.parse(p.raw, p.meta)]
    assert all(isinstance(e, Received) and (e.text or e.files or e.unsupported) for e in events)


def test_a_night_without_the_hub_brings_no_flood(make: Make) -> None:
    clock = Clock()
    simulator = make(clock, clock="live", pace=40)
    clock.forward(seconds=100)
    evening = happened(simulator)
    simulator.close()
    clock.forward(hours=9)
    simulator = make(clock, clock="live", pace=40)
    assert happened(simulator, evening[-1].cursor) == []
    clock.forward(seconds=100)
    morning = happened(simulator, evening[-1].cursor)
    assert len(evening) == len(morning) == 2
    ids = [p.cursor.partition(" ")[2] for p in evening + morning]
    assert ids == [f"t{n:09}" for n in range(4)]


def test_a_short_break_is_caught_up(make: Make) -> None:
    clock = Clock()
    simulator = make(clock, clock="live", pace=10)
    clock.forward(seconds=35)
    before = happened(simulator)
    simulator.close()
    clock.forward(seconds=30)
    simulator = make(clock, clock="live", pace=10)
    assert len(before) + len(happened(simulator, before[-1].cursor)) == 6


def test_while_quiet_nothing_happens_and_nothing_is_made_up_for(make: Make) -> None:
    clock = Clock()
    simulator = make(clock, clock="live", pace=10)
    assert happened(simulator) == []
    simulator.quiet(True)
    clock.forward(seconds=600)
    simulator.quiet(False)
    assert happened(simulator) == []
    clock.forward(seconds=30)
    assert len(happened(simulator)) == 3


class Reader(threading.Thread):
    """Reads a simulator in a thread, as the hub does."""

    def __init__(self, simulator: Simulator) -> None:
        super().__init__(daemon=True)
        self.simulator = simulator
        self.stop = threading.Event()
        self.payloads: list[Payload] = []
        self.news = threading.Condition()

    def run(self) -> None:
        for payload in self.simulator.run(self.stop, None):
            with self.news:
                self.payloads.append(payload)
                self.news.notify_all()

    def wait_for(self, n: int) -> list[Payload]:
        with self.news:
            assert self.news.wait_for(lambda: len(self.payloads) >= n, WAIT)
            return self.payloads[:]


def test_a_waiting_reader_hears_of_a_message_at_once(make: Make) -> None:
    simulator = make(clock="live")
    reader = Reader(simulator)
    reader.start()
    id = simulator.customer_writes(STRANGER, "Anybody there?", "Ada")
    (payload,) = reader.wait_for(1)
    (event,) = simulator.parse(payload.raw, payload.meta)
    assert isinstance(event, Received)
    assert (event.provider_id, event.text, event.name) == (id, "Anybody there?", "Ada")
    simulator.advance(timedelta(hours=1))
    reader.stop.set()
    reader.join(WAIT)
    assert not reader.is_alive()


def test_advancing_wakes_a_reader_of_a_frozen_clock(make: Make) -> None:
    simulator = make(pace=30)
    reader = Reader(simulator)
    reader.start()
    simulator.advance(timedelta(seconds=90))
    assert len(reader.wait_for(3)) == 3
    simulator.close()
    reader.join(WAIT)
    assert not reader.is_alive()


def test_waiting_costs_no_processor_time(make: Make) -> None:
    simulator = make(clock="live")
    reader = Reader(simulator)
    reader.start()
    before = time.process_time()
    reader.join(1.2)
    assert reader.is_alive()
    assert time.process_time() - before < 0.3
    reader.stop.set()
    reader.join(WAIT)
