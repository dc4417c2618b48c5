"""What all tests share: sample data, system programs, and an honest account of what was skipped."""

import os
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from workspace.testing import browser

ROOT = Path(__file__).parent.parent
# Daemons live in sbin, which is not on everyone's PATH.
SEARCH_PATH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin"])

# Without byte code each kernel and each hub that a test starts would compile the project anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# No test may find the developer's own hub.
os.environ.pop("CONVO_DATA", None)


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Path]:
    """Finds a file or folder of the sample data kept beside the repository, or skips.

    ``CONVO_SHARED`` says where it is, if elsewhere. Nothing of it is copied into the project.
    """
    folder = Path(os.environ.get("CONVO_SHARED", ROOT.parent / "shared"))

    def find(name: str) -> Path:
        path = folder / name
        if not path.exists():
            pytest.skip(f"no sample data {name} (CONVO_SHARED names its folder)")
        return path

    return find


@pytest.fixture(scope="session")
def mail_corpus(shared: Callable[[str], Path]) -> list[Path]:
    """53 real messages of a public mailing list."""
    return sorted(path for path in shared("corpora/mail-list").rglob("*") if path.is_file())


@pytest.fixture(scope="session")
def email_files(shared: Callable[[str], Path]) -> list[Path]:
    """48 odd and broken MIME messages: the test data of Python's own email package."""
    return sorted(shared("specs/email-cpython").glob("msg_*.txt"))


@pytest.fixture(scope="session")
def program() -> Callable[..., str]:
    """Finds a system program by the first of its names that is installed, or skips."""

    def find(*names: str) -> str:
        for name in names:
            if path := shutil.which(name, path=SEARCH_PATH):
                return path
        pytest.skip(f"{names[0]} is not installed (scripts/system-deps installs it on Debian)")

    return find


@pytest.fixture(scope="session")
def chromium(program: Callable[..., str]) -> str:
    return program(*browser.NAMES)


@pytest.hookimpl(trylast=True)  # once it is known which are left out
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser tests go last: their driver keeps an event loop, and their hub its threads.

    Of their files those with many tests go first, so that no core idles at the end.
    """
    size = Counter(item.path for item in items if "browser" in item.path.parts)
    items.sort(key=lambda item: (item.path in size, -size[item.path]))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says once per reason what this run leaves unproven."""
    reasons = Counter(_reason(report) for report in terminalreporter.stats.get("skipped", []))
    deselected = len(terminalreporter.stats.get("deselected", []))
    if not reasons and not deselected:
        return
    terminalreporter.section("not tested in this run")
    for reason, count in reasons.most_common():
        terminalreporter.line(f"{count:5} skipped: {reason}")
    if deselected:
        terminalreporter.line(f"{deselected:5} not selected (`make test-all` runs everything)")


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    place = report.longrepr
    text = place[2] if isinstance(place, tuple) else str(place)
    return text.removeprefix("Skipped: ")
