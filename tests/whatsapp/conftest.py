"""A workspace in which the secrets of a WhatsApp number, and of another app's, can be read, and a
listener for its calls.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from cloud import OPTIONS, SECRETS

from workspace.hub.webhooks import Listener
from workspace.services import Services
from workspace.settings import Paths
from workspace.testing import at_once


@pytest.fixture
def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    for name, value in {**SECRETS, "WA_OTHER_SECRET": "of-another-app"}.items():
        monkeypatch.setenv(name, value)
    with closing(Services.open(Paths(tmp_path / "ws"), at_once.settings())) as services:
        yield services


@pytest.fixture
def channel(services: Services) -> int:
    return services.accounts.add("whatsapp", "Sales", OPTIONS).id


@pytest.fixture
def listener(services: Services) -> Iterator[Listener]:
    with closing(Listener("127.0.0.1:0", services.webhooks)) as listener:
        yield listener


@pytest.fixture
def post(listener: Listener, channel: int) -> Iterator[Callable[..., httpx.Response]]:
    with httpx.Client() as client:

        def send(content: bytes, to: object = channel, **headers: str) -> httpx.Response:
            return client.post(f"{listener.url}{to}", content=content, headers=headers)

        yield send
