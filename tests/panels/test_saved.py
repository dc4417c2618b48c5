"""The inbox notebook, run without a browser: what is kept of it names nobody."""

import subprocess
import sys
from pathlib import Path

import nbformat
import papermill
import pytest

from tests.conftest import ROOT
from tests.private import said_by_customers
from workspace.client import Workspace

NOTEBOOK = ROOT / "notebooks" / "inbox.ipynb"


@pytest.fixture
def names(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names, addresses, subjects and texts in the workspace that the notebook opens."""
    monkeypatch.setenv("CONVO_DATA", ws.info().folder)
    return said_by_customers(ws)


def test_after_papermill(names: list[str], tmp_path: Path) -> None:
    kept = tmp_path / "kept.ipynb"
    papermill.execute_notebook(str(NOTEBOOK), str(kept), progress_bar=False)
    nobody(kept, names)


@pytest.mark.parametrize("form", ["notebook", pytest.param("html", marks=pytest.mark.slow)])
def test_after_nbconvert(form: str, names: list[str], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "nbconvert", "--to", form, "--execute", str(NOTEBOOK)]
    subprocess.run([*command, "--output-dir", str(tmp_path)], check=True, capture_output=True)
    [kept] = tmp_path.iterdir()
    nobody(kept, names)


def nobody(kept: Path, names: list[str]) -> None:
    text = kept.read_text("utf-8")
    assert "conversations; matches" in text
    if kept.suffix == ".ipynb":
        assert "Inbox()" in text
        assert "widgets" in nbformat.read(kept, as_version=4).metadata
    assert not [name for name in names if name in text]
