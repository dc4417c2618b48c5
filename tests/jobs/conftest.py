"""A demo workspace with a hub of its own, and notebooks made for one test."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from kept_runs import CONVO, Kept

from workspace import Workspace, connect
from workspace.testing.hub import running_hub

SIZE = 60


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a demo workspace in which nothing happens by itself; its hub runs."""
    with running_hub(tmp_path_factory.mktemp("jobs") / "demo {braces}") as ws:
        ws.load_demo(size=SIZE)
        for channel in ws.channels():
            ws.remove_channel(channel)  # customers who go on writing would change the counts
        yield Path(ws.info().folder)


@pytest.fixture
def ws(folder: Path) -> Iterator[Workspace]:
    with connect(folder) as found:
        yield found


@pytest.fixture
def notebook(tmp_path: Path) -> Callable[..., str]:
    """Makes a notebook of these code cells; its path."""

    def make(*cells: str, parameters: str = "", name: str = "made") -> str:
        made = nbformat.v4.new_notebook()
        made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
        made.metadata["language_info"] = {"name": "python"}
        if parameters:
            tagged = {"tags": ["parameters"]}
            made.cells.append(nbformat.v4.new_code_cell(parameters, metadata=tagged))
        made.cells += [nbformat.v4.new_code_cell(cell) for cell in cells]
        path = tmp_path / f"{name}.ipynb"
        nbformat.write(made, path)
        return str(path)

    return make


@pytest.fixture
def kept(folder: Path) -> Callable[[], list[Kept]]:
    """The notebooks kept since the test began, oldest first."""
    before = set((folder / "runs").glob("*"))

    def found() -> list[Kept]:
        new = sorted(set((folder / "runs").glob("*")) - before)
        return [Kept(path, path.read_text("utf-8")) for path in new]

    return found


@pytest.fixture
def convo(folder: Path) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Runs ``convo run`` as a shell would."""

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [*CONVO, "run", *arguments, "--folder", str(folder)]
        return subprocess.run(command, capture_output=True, text=True, timeout=100)

    return run
