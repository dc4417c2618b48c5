"""A simulated channel in a folder of its own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from simulating import ANCHOR, Clock, Make

from workspace.channels.simulator import Simulator


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Opens the channel of this test; again and again, with the same record."""
    opened: list[Simulator] = []

    def open_it(machine: Clock | None = None, record: str = "1", **options: Any) -> Simulator:
        options = {"clock": "frozen", "anchor": ANCHOR, **options}
        path = tmp_path / f"{record}.sqlite"
        opened.append(
            Simulator(options, path, clock=machine) if machine else Simulator(options, path)
        )
        return opened[-1]

    yield open_it
    for simulator in opened:
        simulator.close()
