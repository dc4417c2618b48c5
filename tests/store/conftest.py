"""A store of its own for each test, and a quick way to fill it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from workspace.settings import Paths, Settings
from workspace.store import Store
from workspace.testing.builders import Builder


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path)


@pytest.fixture
def settings() -> Settings:
    return Settings(sql_seconds=5, sql_megabytes=5, memory_megabytes=300)


@pytest.fixture
def store(paths: Paths, settings: Settings) -> Iterator[Store]:
    store = Store.open(paths, settings)
    yield store
    store.close()


@pytest.fixture
def builder(store: Store) -> Builder:
    return Builder(store)
