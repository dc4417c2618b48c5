"""The table says of a check that broke in a fixture what it says of one that failed."""

import subprocess
import sys
from pathlib import Path

from tests.conformance.conftest import KITS

ROOT = Path(__file__).parent.parent.parent
CHECKS = """
import pytest

check = pytest.mark.check


@pytest.fixture
def broken():
    raise OSError("no provider")


@pytest.fixture
def unstoppable():
    yield
    raise OSError("it does not stop")


@check("passes")
def test_passes(kit): ...


@check("fails")
def test_fails(kit):
    assert not kit


@check("breaks before")
def test_breaks_before(kit, broken): ...


@check("breaks after")
def test_breaks_after(kit, unstoppable): ...
"""


def test_what_breaks_in_a_fixture_fails(tmp_path: Path) -> None:
    (tmp_path / "test_some.py").write_text(CHECKS)
    (tmp_path / "pytest.ini").write_text(f"[pytest]\npythonpath = {ROOT}\n")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.conformance.conftest", "--table", "-q",
         "-p", "no:cacheprovider", str(tmp_path)],
        capture_output=True, text=True, timeout=300, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    _, _, table = run.stdout.partition("channel x check")
    signs = {"passes": "ok", "fails": "FAILS", "breaks before": "FAILS", "breaks after": "FAILS"}
    for check, sign in signs.items():
        [row] = [line for line in table.splitlines() if line.startswith(f"{check} ")]
        assert row.removeprefix(check).split() == [sign] * len(KITS)
