"""Whatever happens to a run: an exit code and a kept notebook that tell the truth."""

import os
import signal
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import papermill
import psutil
import pytest
from kept_runs import CONVO, Kept

from workspace.jobs import runner
from workspace.jobs.runner import Exit, run_job

Notebook = Callable[..., str]
KeptRuns = Callable[[], list[Kept]]

DIE = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
SLEEP = "import time; print('asleep', flush=True); time.sleep(60)"


@pytest.fixture
def generous() -> Iterator[None]:
    """New files are for everybody, unless a program sees to it."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("generous")
def test_values_reach_the_cells_with_their_types(
    notebook: Notebook, folder: Path, kept: KeptRuns, capsys: pytest.CaptureFixture[str]
) -> None:
    hostile = "+49\"'\\n{x}\n\té💥\\"
    path = notebook(
        "import os",
        "print(ascii((phone, days, share, on, limit)))",
        "print(os.environ['CONVO_DATA'], os.environ['CONVO_RUN'], os.getcwd())",
        parameters="phone: str = 'a=b#c'  # help\ndays: int = 1\nshare: float = 1.0\n"
        "on: bool = True\nlimit: int | None = 5",
    )
    values = {"phone": hostile, "days": "30", "share": "1e5", "on": "false"}
    assert run_job(path, values, folder=folder) == Exit.OK
    [run] = kept()
    assert run.printed.splitlines() == [
        ascii((hostile, 30, 1e5, False, 5)),
        f"{folder} {run.path.stem} {Path(path).parent}",
    ]
    assert run.about == {
        "job": "made", "run": run.path.stem, "outcome": "completed", "detail": "",
    }  # fmt: skip
    assert set(run.states) == {"completed"}
    assert stat.S_IMODE(run.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(run.path.parent.stat().st_mode) == 0o700
    shown = capsys.readouterr()
    assert run.printed in shown.out
    assert str(run.path) in shown.err
    assert "Unable to parse" not in shown.err


def test_runs_of_one_second_are_kept_apart(tmp_path: Path) -> None:
    files = {runner._new_file(tmp_path, "job") for _ in range(20)}
    assert len(files) == 20


def test_a_failing_cell(
    notebook: Notebook, folder: Path, kept: KeptRuns, capsys: pytest.CaptureFixture[str]
) -> None:
    path = notebook("print('begun')", "1 / 0", "print('never')")
    assert run_job(path, {}, folder=folder) == Exit.FAILED
    [run] = kept()
    assert run.states == ["completed", "failed", "pending"]
    assert run.printed == "begun\n"
    assert run.about["outcome"] == "failed"
    assert "ZeroDivisionError: division by zero" in capsys.readouterr().err


@pytest.mark.slow
def test_a_killed_kernel(notebook: Notebook, folder: Path, kept: KeptRuns) -> None:
    path = notebook("print('begun')", DIE, "print('never')")
    assert run_job(path, {}, folder=folder) == Exit.FAILED
    [run] = kept()
    assert run.states == ["completed", "failed", "pending"]
    assert run.about["outcome"] == "kernel died"
    assert "did not reach its end" in "".join(run.notebook["cells"][0]["source"])
    assert run.notebook["metadata"]["papermill"]["exception"] is True


@pytest.mark.slow
def test_a_run_that_takes_too_long(notebook: Notebook, folder: Path, kept: KeptRuns) -> None:
    # The limit is for the whole run: neither cell alone is over it.
    path = notebook("import time; time.sleep(2)", "time.sleep(2)", "print('never')")
    assert run_job(path, {}, folder=folder, timeout=3) == Exit.FAILED
    [run] = kept()
    assert run.states == ["completed", "failed", "pending"]
    assert run.about["outcome"] == "timed out"


def test_a_kernel_that_does_not_start(
    notebook: Notebook,
    folder: Path,
    kept: KeptRuns,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "ipykernel_launcher.py").write_text("raise SystemExit('no kernel today')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert run_job(notebook("1"), {}, folder=folder) == Exit.FAILED
    [run] = kept()
    assert run.states == ["pending"]
    assert run.notebook["metadata"]["papermill"]["exception"] is True
    assert "no kernel today" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("cell", "exit"),
    [
        ("import sys; sys.exit(0)", Exit.OK),
        ("input()", Exit.FAILED),
        ("from workspace.jobs import require; require('days', False, '1')", Exit.BAD_PARAMETERS),
        ("from workspace.errors import *; raise HubUnavailable('Gone.')", Exit.TRY_AGAIN),
    ],
)
def test_how_a_cell_ends_decides_the_exit_code(
    notebook: Notebook, folder: Path, kept: KeptRuns, cell: str, exit: Exit
) -> None:
    assert run_job(notebook(cell, "print('never')"), {}, folder=folder) == exit
    [run] = kept()
    assert run.states == ["completed" if exit == Exit.OK else "failed", "pending"]


def test_a_terminal_is_not_steered_by_what_a_cell_prints(
    capsys: pytest.CaptureFixture[str],
) -> None:
    runner._echo("\x1b[31mred\x1b[0m \x1b]0;title\x07 \x9b5A fin\r\n")
    assert capsys.readouterr().out == "red ]0;title 5A fin\r\n"


# --- refused before a kernel starts -----------------------------------------------------------


@pytest.mark.parametrize(
    ("job", "values", "complaint"),
    [
        ("archive_inactiv", {}, "Known are: archive_inactive"),
        ("../jobs/archive_inactive", {}, "There is no job"),
        ("/nowhere/x.ipynb", {}, "There is no job"),
        ("archive_inactive", {"older_then": "1"}, "no parameter 'older_then'"),
        ("archive_inactive", {"older_than_days": "1e3"}, "must be a whole number"),
        ("archive_inactive", {"dry_run": "no"}, "must be true or false"),
        ("archive_inactive", {"api_token": "hunter2"}, "looks like a secret"),
    ],
)
def test_what_does_not_fit_is_refused(
    folder: Path,
    kept: KeptRuns,
    capsys: pytest.CaptureFixture[str],
    job: str,
    values: dict[str, str],
    complaint: str,
) -> None:
    assert run_job(job, values, folder=folder) == Exit.BAD_PARAMETERS
    shown = capsys.readouterr()
    assert complaint in shown.err
    assert "hunter2" not in shown.err
    assert not kept()


def test_a_kept_notebook_is_not_run_again(
    notebook: Notebook, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = Path(notebook("days: int = 2"))
    made = nbformat.read(path, as_version=4)
    made.cells[0].metadata["tags"] = ["injected-parameters"]
    nbformat.write(made, path)
    assert run_job(str(path), {}, folder=folder) == Exit.BAD_PARAMETERS
    assert "run the job's own notebook" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"cells": [{"source": ""}]}', '{"worksheets": []}']
)
def test_what_is_no_notebook_is_refused(folder: Path, tmp_path: Path, text: str) -> None:
    path = tmp_path / "broken.ipynb"
    path.write_text(text)
    assert run_job(str(path), {}, folder=folder) == Exit.BAD_PARAMETERS


@pytest.mark.parametrize("timeout", [0, -1, float("nan")])
def test_a_timeout_of_nothing_is_refused(folder: Path, timeout: float) -> None:
    refused = run_job("archive_inactive", {}, folder=folder, timeout=timeout)
    assert refused == Exit.BAD_PARAMETERS


def test_a_name_fit_for_files_and_headers(notebook: Notebook) -> None:
    path = notebook("1", name="Архив; rm -rf\n" + "x" * 200)
    assert runner.find(path).name == "-rm--rf-" + "x" * 92


def test_no_such_folder_is_bad_usage(tmp_path: Path) -> None:
    absent = tmp_path / "absent"
    assert run_job("archive_inactive", {}, folder=absent) == Exit.BAD_PARAMETERS


def test_a_hub_that_can_not_be_reached_means_try_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVO_TOKEN", "x")
    assert run_job("archive_inactive", {}, folder="http://127.0.0.1:1") == Exit.TRY_AGAIN


def test_our_reading_of_parameters_agrees_with_papermill() -> None:
    for path in runner.NOTEBOOKS.glob("*.ipynb"):
        theirs = {
            name: (p["inferred_type_name"], p["default"], p["help"])
            for name, p in papermill.inspect_notebook(path).items()
        }
        ours = runner.find(path.stem).parameters
        assert theirs == {name: (p.type, p.default, p.help) for name, p in ours.items()}


# --- signals ----------------------------------------------------------------------------------


@pytest.fixture
def sleeping(notebook: Notebook, folder: Path, kept: KeptRuns) -> "subprocess.Popen[str]":
    """A run of which a cell has begun to sleep."""
    path = notebook(SLEEP, "print('never')")
    command = [*CONVO, "run", path, "--folder", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "asleep\n"
    return process


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_a_signal_ends_the_kernel_and_keeps_the_truth(
    sleeping: "subprocess.Popen[str]", kept: KeptRuns, number: signal.Signals
) -> None:
    [kernel] = psutil.Process(sleeping.pid).children()
    sleeping.send_signal(number)
    sleeping.communicate(timeout=30)
    assert sleeping.returncode == 128 + number
    assert not kernel.is_running()
    [run] = kept()
    assert run.about["outcome"] == "interrupted"
    assert run.states == ["failed", "pending"]


def test_a_killed_runner_leaves_no_kernel_and_no_lie(
    sleeping: "subprocess.Popen[str]", kept: KeptRuns
) -> None:
    [kernel] = psutil.Process(sleeping.pid).children()
    sleeping.kill()
    sleeping.communicate(timeout=30)
    kernel.wait(timeout=30)
    [run] = kept()
    assert run.about["outcome"] == "running"
    assert run.states == ["running", "pending"]


# --- the command ------------------------------------------------------------------------------


@pytest.mark.slow
def test_exit_codes_of_the_command(
    notebook: Notebook, convo: Callable[..., "subprocess.CompletedProcess[str]"], kept: KeptRuns
) -> None:
    path = notebook("assert days < 5, days", parameters="days: int = 1")
    assert convo(path).returncode == Exit.OK
    assert convo(path, "--set", "days=9").returncode == Exit.FAILED
    assert len(kept()) == 2
    refused = convo(path, "--set", "days=nine")
    assert refused.returncode == Exit.BAD_PARAMETERS
    assert refused.stderr == "days must be a whole number such as 30, not 'nine'.\n"
    assert len(kept()) == 2
