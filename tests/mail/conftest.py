"""A mail channel on real servers."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from inflow import Channels, Inflow

from workspace.channels import create
from workspace.channels.base import Channel
from workspace.settings import Paths, Secrets
from workspace.testing.mailserver import MailServer, NotAvailable, mail_server


@pytest.fixture(scope="session")
def running_server() -> Iterator[MailServer]:
    try:
        with mail_server() as server:
            yield server
    except NotAvailable as reason:
        pytest.skip(str(reason))


@pytest.fixture
def server(running_server: MailServer) -> MailServer:
    """Dovecot and Postfix with empty mailboxes."""
    running_server.clear()
    return running_server


@pytest.fixture
def channel(server: MailServer, tmp_path: Path) -> Iterator[Channels]:
    """Makes a channel of support@example.test; keywords change its options."""
    made: list[Channel] = []

    def make(password: str = server.password, **changes: Any) -> Channel:
        secrets = Secrets(Paths(tmp_path), {"MAIL_PASSWORD": password})
        made.append(create("mail", server.options(**changes), secrets, tmp_path, 1))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def inflow() -> Iterator[Callable[..., Inflow]]:
    started: list[Inflow] = []

    def start(channel: Channel, cursor: str | None = None) -> Inflow:
        started.append(Inflow(channel, cursor))
        return started[-1]

    yield start
    for each in started:
        each.stop()
