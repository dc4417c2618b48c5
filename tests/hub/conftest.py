"""One hub for the tests of the API, with demo conversations in it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from workspace import process
from workspace.client import Workspace
from workspace.settings import Paths
from workspace.testing.hub import running_hub, still_folder


@pytest.fixture(scope="session")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with running_hub(still_folder(tmp_path_factory.mktemp("hub") / "demo")) as ws:
        yield ws


@pytest.fixture(scope="session")
def paths(ws: Workspace) -> Paths:
    return Paths(Path(ws.info().folder))


@pytest.fixture(scope="session")
def http(ws: Workspace, paths: Paths) -> Iterator[httpx.Client]:
    """Plain HTTP with the right token, as a program in another language would speak it."""
    found = process.find(paths)
    assert found
    headers = {"Authorization": f"Bearer {found.token}"}
    with httpx.Client(base_url=found.url, headers=headers, trust_env=False) as client:
        yield client


@pytest.fixture
def signed() -> Callable[..., dict[str, str]]:
    """Headers of a write."""

    def make(**changed: str) -> dict[str, str]:
        headers = {"X-Convo-Actor": "tester", "Idempotency-Key": str(uuid4())}
        return headers | changed

    return make


@pytest.fixture
def some(ws: Workspace) -> Callable[..., Any]:
    """Conversations to work on."""

    def find(n: int, **filters: Any) -> list[int]:
        found = [row.id for row in ws.conversations(limit=n, **filters)]
        assert len(found) == n
        return found

    return find
