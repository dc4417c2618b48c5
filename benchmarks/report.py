"""The tables in docs/performance.md, each between two markers."""

import os
import platform
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.measure import Timing
from benchmarks.targets import Verdict

PROJECT = Path(__file__).parent.parent
PAGE = PROJECT / "docs" / "performance.md"


def machine() -> str:
    """What the numbers were measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores ({_processor()}), "
        f"{memory:.0f} GB memory, {platform.system()}, Python {platform.python_version()}, "
        f"DuckDB {version('duckdb')}"
    )


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def table(timings: Mapping[str, Mapping[str, Timing]], surfaces: Iterable[str]) -> list[str]:
    """A row for each operation, two columns for each surface it was measured through."""
    surfaces = list(surfaces)
    heads = [f"{surface} {p}" for surface in surfaces for p in ("p50", "p95")]
    lines = [_row(["ms", *heads]), _row(["---", *["---:"] * len(heads)])]
    for name, by_surface in timings.items():
        cells = [cell for surface in surfaces for cell in _cells(by_surface.get(surface))]
        lines.append(_row([name, *cells]))
    return lines


def facts(values: Mapping[str, str]) -> list[str]:
    return [_row(["", ""]), _row(["---", "---:"]), *(_row([*pair]) for pair in values.items())]


def judgement(verdicts: Iterable[Verdict]) -> list[str]:
    """A row for each target."""
    rows = [_row([v.target, v.figure, "met" if v.met else "**missed**"]) for v in verdicts]
    return [_row(["target", "measured", ""]), _row(["---", "---:", "---"]), *rows]


def _cells(timing: Timing | None) -> list[str]:
    return ["", ""] if timing is None else [_number(timing.p50), _number(timing.p95)]


def _number(ms: float) -> str:
    return f"{ms:,.0f}" if ms >= 100 else f"{ms:.1f}" if ms >= 1 else f"{ms:.2f}"


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def write(lines: Iterable[str], name: str = "benchmark") -> None:
    """Put the lines in place of what stood between the markers of this name."""
    begin, end = f"<!-- {name} begins -->", f"<!-- {name} ends -->"
    before, _, rest = PAGE.read_text("utf-8").partition(begin)
    _, _, after = rest.partition(end)
    text = "\n".join(lines)
    PAGE.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}", "utf-8")
