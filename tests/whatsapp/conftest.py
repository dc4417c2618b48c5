"""A workspace in which the secrets of a WhatsApp number, and of another app's, can be read."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from cloud import SECRETS

from workspace.services import Services
from workspace.settings import Paths
from workspace.testing import at_once


@pytest.fixture
def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    for name, value in {**SECRETS, "WA_OTHER_SECRET": "of-another-app"}.items():
        monkeypatch.setenv(name, value)
    with closing(Services.open(Paths(tmp_path / "ws"), at_once.settings())) as services:
        yield services
