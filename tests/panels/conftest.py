"""One hub with demo conversations."""

from collections.abc import Iterator

import pytest

from workspace.client import Workspace
from workspace.testing.hub import running_hub


@pytest.fixture(scope="session")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with running_hub(tmp_path_factory.mktemp("panels") / "demo") as ws:
        ws.load_demo(size=120, seed=3)
        yield ws
