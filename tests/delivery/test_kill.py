"""kill -9 at the worst moments: nothing lost, nothing twice."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).parent / "dying.py"


def live(folder: Path, fault: str = "", *what: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "CONVO_FAULT": fault}
    command = [sys.executable, str(SCRIPT), str(folder), *what]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=100)


def outcome(folder: Path, *what: str) -> dict[str, Any]:
    run = live(folder, "", *what)
    assert run.returncode == 0, run.stderr
    found: dict[str, Any] = json.loads(run.stdout)
    return found


@pytest.mark.parametrize(
    ("fault", "status", "took"),
    [
        ("after_fetch", "sent", 1),
        ("after_append", "sent", 1),
        # It waits for Undo; the next life lets it go.
        ("held_for_undo", "sent", 1),
        # It never left, but nobody can know: it must not be sent by itself.
        ("before_perform", "in_doubt", 0),
        # It left; the provider is asked, and knows it.
        ("after_perform", "sent", 1),
    ],
)
def test_nothing_is_lost_and_nothing_comes_twice(
    tmp_path: Path, fault: str, status: str, took: int
) -> None:
    died = live(tmp_path, fault)
    assert died.returncode == -signal.SIGKILL, died.stderr
    found = outcome(tmp_path)
    assert found["texts"] == [f"mail {n}" for n in range(5)]
    assert len(found["took"]) == took
    assert found["status"] == status
    again = outcome(tmp_path)
    assert again == found


@pytest.mark.parametrize(
    ("fault", "status", "took"),
    [
        ("reaction_queued", "sent", 1),
        ("before_perform", "in_doubt", 0),
        # It left, but providers can't be asked about reactions: it is a person's to repeat.
        ("after_perform", "in_doubt", 1),
    ],
)
@pytest.mark.slow
def test_a_reaction_neither_gets_lost_nor_comes_twice(
    tmp_path: Path, fault: str, status: str, took: int
) -> None:
    died = live(tmp_path, fault, "react")
    assert died.returncode == -signal.SIGKILL, died.stderr
    found = outcome(tmp_path, "react")
    assert (found["status"], len(found["took"])) == (status, took)
    assert outcome(tmp_path, "react") == found


def test_without_a_fault_a_reaction_is_sent_once(tmp_path: Path) -> None:
    found = outcome(tmp_path, "react")
    assert (found["status"], len(found["took"])) == ("sent", 1)
    assert outcome(tmp_path, "react") == found


def test_without_a_fault_it_all_goes_through(tmp_path: Path) -> None:
    found = outcome(tmp_path)
    assert (len(found["texts"]), found["status"], len(found["took"])) == (5, "sent", 1)
