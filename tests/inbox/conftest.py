"""An inbox over a real store, journal and folder of files."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from configured import Accounts

from workspace.journal import Journal
from workspace.services.erase import Erase
from workspace.services.inbox import Inbox
from workspace.services.queries import Queries
from workspace.settings import Paths, Settings
from workspace.store import Store
from workspace.store.files import Files
from workspace.testing.builders import Builder


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path)


@pytest.fixture
def store(paths: Paths) -> Iterator[Store]:
    store = Store.open(paths, Settings(lease_seconds=5))
    yield store
    store.close()


@pytest.fixture
def journal(paths: Paths) -> Iterator[Journal]:
    journal = Journal(paths.journal)
    yield journal
    journal.close()


@pytest.fixture
def builder(store: Store) -> Builder:
    return Builder(store)


@pytest.fixture
def accounts() -> Accounts:
    return Accounts()


@pytest.fixture
def files(paths: Paths) -> Files:
    return Files(paths)


@pytest.fixture
def queries(store: Store, paths: Paths) -> Queries:
    return Queries(store, paths)


@pytest.fixture
def erase(store: Store, journal: Journal, files: Files, queries: Queries) -> Erase:
    erase = Erase(
        store,
        journal,
        files,
        drain=lambda: None,
        wait_idle=lambda ids, seconds: None,
        queries_paused=queries.paused,
    )
    erase.start()
    return erase


@pytest.fixture
def inbox(store: Store, files: Files, accounts: Accounts, erase: Erase, queries: Queries) -> Inbox:
    return Inbox(store, files, accounts, erase, queries, seen=lambda id: None)
