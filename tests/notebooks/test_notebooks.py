"""The notebooks of the project: committed without outputs, and running from top to bottom."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from workspace import connect
from workspace.jobs.parameters import declared
from workspace.jobs.runner import NOTEBOOKS, Exit, run_job
from workspace.testing.hub import running_hub

FOLDER = NOTEBOOKS.parent
ALL = sorted(FOLDER.rglob("*.ipynb"))


def shown(path: Path) -> str:
    return str(path.relative_to(FOLDER))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a demo workspace; its hub runs."""
    with running_hub(tmp_path_factory.mktemp("notebooks") / "demo") as ws:
        ws.load_demo(size=60)
        yield Path(ws.info().folder)


@pytest.mark.parametrize("path", ALL, ids=shown)
def test_is_committed_without_outputs(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert "widgets" not in notebook.metadata
    assert notebook.metadata["kernelspec"]["name"] == "python3"
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=shown)
def test_a_job_explains_each_of_its_parameters(path: Path) -> None:
    parameters = declared(json.loads(path.read_text("utf-8"))["cells"])
    assert all(parameter.help for parameter in parameters.values())


def test_explore_runs_and_names_no_customer(folder: Path) -> None:
    assert run_job(str(FOLDER / "explore.ipynb"), {}, folder=folder) == Exit.OK
    [kept] = (folder / "runs").glob("*-explore.ipynb")
    text = kept.read_text("utf-8")
    assert images(json.loads(text)) == 2
    with connect(folder) as ws:
        names = ws.sql("SELECT contact_name, address FROM v1.conversations").df()
    assert not [name for name in names.to_numpy().ravel() if len(name) > 3 and name in text]


@pytest.mark.slow
def test_explore_runs_on_a_workspace_without_messages(tmp_path: Path) -> None:
    with running_hub(tmp_path / "empty", demo=False) as ws:
        folder = ws.info().folder
        assert run_job(str(FOLDER / "explore.ipynb"), {}, folder=folder) == Exit.OK
        assert run_job("archive_inactive", {"dry_run": "false"}, folder=folder) == Exit.OK


def images(notebook: dict[str, Any]) -> int:
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    outputs = [output for cell in cells for output in cell["outputs"]]
    return sum("image/png" in output.get("data", {}) for output in outputs)
