"""`run_job`: one notebook, from its name to an exit code a scheduler can trust.

A schedule, cron or another program needs one command and honest exit codes. The kernel only plans
and reports; what it asks for is done by the hub, so that a killed kernel loses nothing.
"""

import json
import os
import re
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from pathlib import Path
from types import FrameType
from typing import Any

from workspace import process
from workspace.errors import (
    ConfigError,
    ConvoError,
    HubUnavailable,
    JobParameterError,
    NotFound,
    QueryLimit,
    StoreLocked,
)
from workspace.jobs import RUN
from workspace.jobs.parameters import Parameter, checked, declared

NOTEBOOKS = Path(__file__).parents[2] / "notebooks" / "jobs"
INJECTED = "injected-parameters"

TRY_AGAIN = {error.__name__ for error in (HubUnavailable, QueryLimit, StoreLocked)}
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Exit(IntEnum):
    """Exit codes of ``convo run``; 128 + n where signal n ended it, as a shell has it."""

    OK = 0
    FAILED = 1
    BAD_PARAMETERS = 2
    TRY_AGAIN = 75
    """Nothing is wrong with the job; the hub can't be reached (EX_TEMPFAIL of sysexits.h)."""


class Stopped(KeyboardInterrupt):
    """A signal asked the run to end. Its base is one that asyncio lets through at once."""

    def __init__(self, signal: int) -> None:
        self.signal = signal


@dataclass(frozen=True, slots=True)
class Job:
    name: str
    notebook: Path
    parameters: Mapping[str, Parameter]


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended."""

    exit: int
    outcome: str
    """completed, failed, timed out, kernel died or interrupted."""
    detail: str = ""
    """In a sentence, what went wrong; empty where nothing did."""


def run_job(
    name_or_path: str,
    values: Mapping[str, str],
    params_file: Path | None = None,
    folder: str | os.PathLike[str] | None = None,
    timeout: float | None = None,
) -> int:
    """Run a job of notebooks/jobs, or any notebook by its path; an `Exit`.

    `values` are texts as typed after ``--set``. `folder` is as in `workspace.connect`. `timeout` is
    in seconds, None for no limit. What the job prints goes to the terminal, what went wrong to
    stderr; the executed notebook is kept in the folder's `runs`.
    """
    try:
        job = find(name_or_path)
        parameters = checked(job.parameters, values, params_file)
        if timeout is not None and not timeout > 0:
            raise JobParameterError(f"The timeout must be more than 0 seconds, not {timeout:g}.")
        location = process.resolve(folder)
        process.connect(location)
    except ConvoError as error:
        _tell(error.message)
        return _refusal(error)
    kept = _new_file(_runs_folder(location), job.name)
    _tell(f"Running {job.name} on {location}{_listed(parameters)}")
    started = time.monotonic()
    ending = _executed(job, parameters, location, kept, timeout)
    _tell(_last_line(job, ending, time.monotonic() - started, kept))
    return ending.exit


# --- the job ----------------------------------------------------------------------------------


def find(name_or_path: str) -> Job:
    """The job by its name, or by the path of a notebook. Raises NotFound, JobParameterError."""
    by_path = name_or_path.endswith(".ipynb")
    known = {path.stem: path for path in sorted(NOTEBOOKS.glob("*.ipynb"))}
    notebook = Path(name_or_path).absolute() if by_path else known.get(name_or_path)
    if notebook is None or not notebook.is_file():
        raise NotFound(
            f"There is no job {name_or_path!r}. Known are: {', '.join(known)}; any other notebook "
            "runs by its path."
        )
    # It becomes part of a file's name and of idempotency keys, which travel in an HTTP header.
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", notebook.stem)[:100]
    return Job(name, notebook, declared(_cells(notebook)))


def _cells(notebook: Path) -> list[dict[str, Any]]:
    """The cells, read as plain JSON: loading Jupyter's reader would take a second."""
    try:
        cells: list[dict[str, Any]] = json.loads(notebook.read_text("utf-8"))["cells"]
        tags = [tag for cell in cells for tag in cell["metadata"].get("tags", [])]
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise JobParameterError(f"{notebook} is not a notebook of version 4.") from None
    if INJECTED in tags:
        raise JobParameterError(
            f"{notebook} was kept from a run and carries that run's parameters; "
            "run the job's own notebook."
        )
    return cells


def _runs_folder(location: process.Location) -> Path:
    """Where executed notebooks are kept; in the project for a hub elsewhere."""
    home = location.paths.folder if location.paths else process.project_folder() / "data"
    runs = home / "runs"
    runs.mkdir(mode=0o700, parents=True, exist_ok=True)
    return runs


def _new_file(folder: Path, name: str) -> Path:
    """A new empty file that only its owner reads: ``20260331T180000Z-archive_inactive.ipynb``."""
    stem = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{name}"
    number = 1
    while True:
        file = folder / (f"{stem}.ipynb" if number == 1 else f"{stem}-{number}.ipynb")
        try:
            os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            number += 1
        else:
            return file


# --- running it -------------------------------------------------------------------------------


def _executed(
    job: Job,
    parameters: Mapping[str, Any],
    location: process.Location,
    kept: Path,
    timeout: float | None,
) -> Ending:
    about = {"job": job.name, "run": kept.stem}
    environment = os.environ | {"CONVO_DATA": str(location), RUN: kept.stem}
    try:
        with _stoppable():
            from workspace.jobs import engine  # takes a second; a refusal need not wait for it

            engine.execute(
                job.notebook,
                kept,
                parameters,
                environment,
                about | {"outcome": "running"},
                _echo,
                timeout,
            )
        ending = Ending(Exit.OK, "completed")
    except Stopped as stopped:
        ending = Ending(128 + stopped.signal, "interrupted", "It was told to stop before its end.")
    except Exception as error:  # whatever it is, the run failed, and the kept notebook must say so
        ending = _failure(error, timeout)
        _tell("\n".join(filter(None, getattr(error, "__notes__", ()))))
    about |= {"outcome": ending.outcome, "detail": ending.detail}
    if kept.stat().st_size:
        engine.close(kept, about, _banner(ending))
    else:
        kept.unlink()  # papermill refused the notebook before it began
    return ending


def _failure(error: Exception, timeout: float | None) -> Ending:
    """By names: the errors come out of a kernel as text, or from modules too slow to import."""
    match type(error).__name__:
        case "PapermillExecutionError":
            return _cell_failure(getattr(error, "ename", ""), getattr(error, "evalue", ""))
        case "CellTimeoutError":
            return Ending(Exit.FAILED, "timed out", f"It took longer than {timeout:g} seconds.")
        case "DeadKernelError":
            return Ending(
                Exit.FAILED,
                "kernel died",
                "Its kernel ended in the middle of a cell: killed, or out of memory.",
            )
    return Ending(Exit.FAILED, "failed", f"{type(error).__name__}: {error}")


def _cell_failure(name: str, message: str) -> Ending:
    if name in TRY_AGAIN:
        return Ending(Exit.TRY_AGAIN, "failed", message)
    if name == JobParameterError.__name__:
        return Ending(Exit.BAD_PARAMETERS, "failed", message)
    return Ending(Exit.FAILED, "failed", f"{name}: {message}".removesuffix(": "))


def _refusal(error: ConvoError) -> Exit:
    """For what is wrong before anything has run."""
    if isinstance(error, JobParameterError | NotFound | ConfigError):
        return Exit.BAD_PARAMETERS
    return Exit.TRY_AGAIN if type(error).__name__ in TRY_AGAIN else Exit.FAILED


@contextmanager
def _stoppable() -> Iterator[None]:
    """Ctrl-C and `kill` end the kernel and keep the notebook, as far as it came."""

    def stop(number: int, _: FrameType | None) -> None:
        for each in before:  # the kernel is being ended: a second Ctrl-C must not leave it behind
            signal.signal(each, signal.SIG_IGN)
        raise Stopped(number)

    before = {each: signal.getsignal(each) for each in STOPPING}
    for each, handler in before.items():
        if handler is not signal.SIG_IGN:  # as nohup has set SIGHUP
            signal.signal(each, stop)
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


# --- what is said -----------------------------------------------------------------------------


def _echo(text: str) -> None:
    sys.stdout.write(_printable(text))
    sys.stdout.flush()


def _tell(line: str) -> None:
    if line:
        sys.stderr.write(_printable(line) + "\n")
        sys.stderr.flush()


def _printable(text: str) -> str:
    """Without colours and control characters: a stranger's text must not steer the terminal."""
    return _STEERING.sub("", text)


_STEERING = re.compile(r"\x1b\[[0-9;]*m|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def _listed(parameters: Mapping[str, Any]) -> str:
    shown = ", ".join(f"{name}={json.dumps(value)}" for name, value in parameters.items())
    return f" with {shown}" if shown else ""


def _last_line(job: Job, ending: Ending, seconds: float, kept: Path) -> str:
    said = f": {ending.detail}" if ending.detail else "."
    where = f"\nKept: {kept}" if kept.exists() else ""
    return f"{job.name}: {ending.outcome} after {seconds:.1f} s{said}{where}"


def _banner(ending: Ending) -> str:
    """For an ending that left no error in a cell; papermill marks the others."""
    if ending.outcome in ("completed", "failed"):
        return ""
    return f"**This run did not reach its end ({ending.outcome}).** {ending.detail}"
