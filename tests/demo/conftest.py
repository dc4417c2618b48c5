"""One demo, loaded once without threads; and a way to load others."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from demo_folder import ANCHOR, SIZE, Load, opened

from workspace.services import Services, demo


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """The default demo, everything delivered that is due. Only for reading."""
    services = opened(tmp_path_factory.mktemp("demo"))
    demo.load(services, SIZE, 1, ANCHOR)
    services.delivery.deliver_due()
    yield services
    services.close()


@pytest.fixture
def load(tmp_path: Path) -> Iterator[Load]:
    """Loads a demo into this test's folder, or another; again and again."""
    made: list[Services] = []

    def do(size: int, folder: str = "a", seed: int = 1) -> Services:
        for before in made:
            before.close()
        made[:] = [opened(tmp_path / folder)]
        demo.load(made[0], size, seed, ANCHOR)
        return made[0]

    yield do
    for services in made:
        services.close()
