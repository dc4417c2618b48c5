"""Nothing is lost or doubled, wherever the hub stops reading or dies."""

from datetime import timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulating import ANCHOR, STRANGER, Idle, Make, happened, send

from workspace.channels.base import Payload
from workspace.channels.simulator import Simulator
from workspace.models import Address, AddressKind

OPTIONS: dict[str, Any] = {
    "clock": "frozen",
    "anchor": ANCHOR,
    "plays": "simulator",
    "customers": 6,
    "pace": 20,
    "seed": 5,
    "faults": {
        "unreachable": 0.1,
        "late_receipts": 0.2,
        "duplicated_receipts": 0.3,
        "reordered_receipts": 0.3,
    },
}
PEOPLE = [STRANGER, *(Address(AddressKind.LOCAL, f"customer-{n}") for n in range(1, 7))]

steps = st.lists(
    st.one_of(
        st.tuples(st.just("send"), st.integers(0, len(PEOPLE) - 1)),
        st.tuples(st.just("write"), st.integers(0, len(PEOPLE) - 1)),
        st.tuples(st.just("advance"), st.integers(1, 2000)),
        # Read some, and keep only some of it: the rest was lost on the way to the journal.
        st.tuples(st.just("read"), st.integers(0, 6)),
        st.tuples(st.just("stop"), st.integers(0, 6)),
        st.tuples(st.just("kill"), st.integers(0, 6)),
    ),
    max_size=15,
)


class Hub:
    """Reads a simulator as the hub does: what is in the journal is what counts."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.simulator = Simulator(OPTIONS, path)
        self.abandoned: list[Simulator] = []
        self.journal: list[Payload] = []
        self.keys = (f"key-{n}" for n in count())

    def read(self, some: int | None = None) -> None:
        cursor = self.journal[-1].cursor if self.journal else None
        for n, payload in enumerate(self.simulator.run(Idle(self.simulator), cursor)):
            if some is not None and n >= some:
                break
            self.journal.append(payload)

    def do(self, step: str, value: int) -> None:
        match step:
            case "send":
                send(self.simulator, "And now?", to=PEOPLE[value], key=next(self.keys))
            case "write":
                self.simulator.customer_writes(PEOPLE[value], f"Hello {value}")
            case "advance":
                self.simulator.advance(timedelta(seconds=value))
            case "read":
                self.read(value)
            case "stop" | "kill":
                self.read(value)
                (self.simulator.close if step == "stop" else self.abandon)()
                self.simulator = Simulator(OPTIONS, self.path)

    def abandon(self) -> None:
        """A killed process closes nothing."""
        self.abandoned.append(self.simulator)

    def close(self) -> None:
        for simulator in [self.simulator, *self.abandoned]:
            simulator.close()


def story(script: list[tuple[str, int]]) -> list[tuple[bytes, str]]:
    with TemporaryDirectory() as folder:
        hub = Hub(Path(folder) / "1.sqlite")
        for step, value in script:
            hub.do(step, value)
        hub.simulator.advance(timedelta(hours=9))
        hub.read()
        hub.close()
        return [(payload.raw, payload.cursor) for payload in hub.journal]


@given(steps)
@settings(max_examples=12, deadline=None)
@pytest.mark.slow
def test_stops_and_kills_change_nothing(script: list[tuple[str, int]]) -> None:
    undisturbed = [(s, v) for s, v in script if s in ("send", "write", "advance")]
    told = story(script)
    assert told == story(undisturbed)
    cursors = [cursor for _, cursor in told]
    assert len(cursors) == len(set(cursors))


def test_an_old_cursor_gives_everything_since(make: Make) -> None:
    simulator = make(pace=10)
    simulator.advance(timedelta(minutes=5))
    everything = happened(simulator)
    assert len(everything) == 30
    for place in (0, 7, 28):
        again = happened(simulator, everything[place].cursor)
        assert [p.raw for p in again] == [p.raw for p in everything[place + 1 :]]
    assert happened(simulator, everything[-1].cursor) == []


def test_names_are_new_after_a_restart(make: Make) -> None:
    names: set[str] = set()
    for _ in range(3):
        simulator = make(plays="mail")
        names |= {simulator.new_key() for _ in range(150)}
    assert len(names) == 450
    assert all(name.startswith("<") and name.endswith("@mail.example>") for name in names)


def test_another_pace_neither_repeats_nor_skips_a_message(make: Make) -> None:
    journal: list[Payload] = []
    for pace in (10, 25, 0, 5):
        simulator = make(pace=pace)
        for _ in range(3):
            simulator.advance(timedelta(seconds=60))
            journal += happened(simulator, journal[-1].cursor if journal else None)
        simulator.close()
    ids = [payload.cursor.partition(" ")[2] for payload in journal]
    assert ids == [f"t{n:09}" for n in range(len(ids))]
    assert 18 + 7 + 36 - 3 <= len(ids) <= 18 + 7 + 36 + 3
