"""One hub for the tests of the client that leave it running."""

from collections.abc import Iterator

import pytest

from workspace.client import Workspace
from workspace.testing.hub import running_hub, still_folder


@pytest.fixture(scope="session")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with running_hub(still_folder(tmp_path_factory.mktemp("client") / "demo")) as ws:
        yield ws
