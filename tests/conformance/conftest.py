"""Every kind of channel, and the table of what was checked of which."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from itertools import zip_longest
from pathlib import Path

import pytest

from tests.conformance.desk import Desk, desk_of
from tests.conformance.kit import Kit, skip_lacking
from workspace.channels import REGISTRY

KITS: Mapping[str, Kit] = {
    repr(kit): kit
    for kind in sorted(REGISTRY)
    for kit in import_module(f"tests.conformance.of_{kind}").KITS
}
"""A kind without a file here fails at once: that is meant so."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--table", action="store_true", help="channel x check, at the end")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "check(words, needs): what the suite asks of every channel")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "kit" in metafunc.fixturenames:
        metafunc.parametrize("kit", KITS.values(), ids=KITS.keys())


@pytest.fixture(autouse=True)
def able(request: pytest.FixtureRequest) -> None:
    """Skips what this kind can't have, and says why."""
    mark = request.node.get_closest_marker("check")
    if mark and "kit" in request.fixturenames:
        for need in mark.args[1:]:
            skip_lacking(request.getfixturevalue("kit"), need)


@pytest.fixture
def desk(kit: Kit, tmp_path: Path) -> Iterator[Desk]:
    with desk_of(kit, tmp_path) as desk:
        yield desk


# --- the table ------------------------------------------------------------------------------------

_SIGNS = {"passed": "ok", "failed": "FAILS", "error": "FAILS", "skipped": "-"}
_GRAVER = ("passed", "skipped", "failed", "error")
"""The later say more. An error is what fails before a check or after it, in a fixture."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    mark = item.get_closest_marker("check")
    callspec = getattr(item, "callspec", None)
    if mark and callspec and "kit" in callspec.params:
        cell = (mark.args[0], repr(callspec.params["kit"]))
        report.user_properties.append(("check", cell))  # type: ignore[attr-defined]
    return report


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if not config.getoption("--table", default=False):
        return
    cells: dict[str, dict[str, str]] = {}
    why: dict[str, str] = {}
    for outcome in _GRAVER:
        for report in terminalreporter.stats.get(outcome, []):
            for name, cell in getattr(report, "user_properties", ()):
                if name == "check" and (report.when == "call" or outcome != "passed"):
                    check, kit = cell
                    cells.setdefault(check, {})[kit] = outcome
                    if outcome == "skipped":
                        why[f"{kit}: {check}"] = str(report.longrepr[2]).removeprefix("Skipped: ")
    terminalreporter.section("channel x check")
    for line in _table(cells):
        terminalreporter.line(line)
    for cell_, reason in why.items():
        terminalreporter.line(f"  - {cell_}: {reason}")


def _table(cells: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    kits = list(KITS)
    width = max(map(len, cells), default=0)
    yield "  ".join(["".ljust(width), *kits])
    for check, found in cells.items():
        signs = [_SIGNS.get(found.get(kit, ""), "") for kit in kits]
        padded = [s.ljust(len(kit)) for s, kit in zip_longest(signs, kits, fillvalue="")]
        yield "  ".join([check.ljust(width), *padded]).rstrip()
