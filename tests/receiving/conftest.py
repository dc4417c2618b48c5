from collections.abc import Iterator
from pathlib import Path

import pytest
from desk import Desk, open_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = open_desk(tmp_path / "workspace")
    yield desk
    desk.check()
    desk.services.close()
