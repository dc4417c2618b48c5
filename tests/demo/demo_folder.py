"""A folder for demo data, and the present of its history."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from workspace.services import Services, demo
from workspace.settings import Paths
from workspace.testing import at_once

ANCHOR = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)
SIZE = demo.SIZE

Load = Callable[..., Services]


def opened(folder: Path) -> Services:
    return Services.open(Paths(folder), at_once.settings(demo=True))
