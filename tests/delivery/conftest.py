from collections.abc import Iterator
from pathlib import Path

import pytest
from wire import Office, open_office

from workspace.store import states


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = open_office(tmp_path / "workspace", lease_seconds=5.0, max_attempts=3)
    yield office
    check(office)
    office.services.close()


def check(office: Office) -> None:
    """Kept states equal what follows from the log."""
    with office.services.store.read() as db:
        ids = [row[0] for row in db.execute("SELECT id FROM conversations")]
        for id, state in states.load(db, ids).items():
            assert state == states.recompute(db, id)
