"""The command line against a real hub with demo conversations."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from convo import Convo

from workspace.cli import main
from workspace.client import Workspace
from workspace.testing.hub import running_hub, still_folder


@pytest.fixture(scope="session")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with running_hub(still_folder(tmp_path_factory.mktemp("cli") / "demo")) as ws:
        yield ws


@pytest.fixture
def folder(ws: Workspace) -> Path:
    return Path(ws.info().folder)


@pytest.fixture
def convo(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Convo:
    """Runs `convo ...` on the test's workspace; `code` is the exit code expected."""
    monkeypatch.setenv("CONVO_DATA", str(folder))

    def run(*words: Any, code: int = 0, input: str | None = None) -> Result:
        result = CliRunner().invoke(main, [str(word) for word in words], input=input)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        assert "Traceback" not in result.output
        return result

    return run
