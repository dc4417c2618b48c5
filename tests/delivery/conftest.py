from collections.abc import Iterator
from pathlib import Path

import pytest
from wire import Office, check, open_office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = open_office(tmp_path / "workspace", lease_seconds=5.0, max_attempts=3)
    yield office
    check(office)
    office.services.close()
