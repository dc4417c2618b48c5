"""python -m benchmarks.ui: what a person waits for in the panels, in a real JupyterLab.

A small and a large inbox, in one run. Each figure goes from the event in the browser to the frame
that shows its result, the kernel's and the hub's part included. At the end each target has its
verdict; the exit code is 1 when one is missed.
"""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks import data, ingest, report
from benchmarks.data import Business
from benchmarks.measure import Timing, percentile
from benchmarks.targets import FIRST_ROWS, NEWS, NEWS_BUSY, OPENING, verdicts
from tests.browser.lab import CHROMIUM, Inbox, Lab, running, server
from workspace import process
from workspace.client import Workspace
from workspace.services import Services
from workspace.settings import Paths, Settings
from workspace.testing.browser import chromium
from workspace.testing.hub import running_hub

SIZES = (1_000, 100_000)
REPEAT = 30
WARM_UP = 3
HERE = Path(__file__).parent
CONNECT = "import workspace\nfrom widgets import Inbox\nws = workspace.connect()"
SHOW = "Inbox(ws)"
COMPUTE = "while True:\n    pass"


def main() -> bool:
    """Whether every target is met."""
    busy = os.getloadavg()[0]
    if busy > 1:
        print(f"Other programs are at work (load {busy:.1f}): the numbers will be too high.")
    timings: dict[str, dict[str, Timing]] = {}
    nodes: dict[str, str] = {}
    with sync_playwright() as tool, closing(_browser(tool)) as browser:
        for size in SIZES:
            name = f"{size:,} conversations"
            for what, timing in measure(browser, size, nodes):
                print(f"{name:22}  {timing.p50:8.1f}  {timing.p95:8.1f}  {what}", flush=True)
                timings.setdefault(what, {})[name] = timing
    lines = [f"{report.machine()}, Chromium headless, load before {busy:.1f}", ""]
    lines += report.table(timings, [f"{size:,} conversations" for size in SIZES])
    judged = list(verdicts(timings))
    lines += ["", *report.facts(nodes), "", *report.judgement(judged)]
    report.write(lines, "ui benchmark")
    print("", *report.judgement(judged), "", f"Written to {report.PAGE}.", sep="\n")
    return all(verdict.met for verdict in judged)


def measure(browser: Browser, size: int, nodes: dict[str, str]) -> Iterator[tuple[str, Timing]]:
    with (
        _inbox_of(size) as (ws, folder, root),
        server(root, folder / "jupyter", folder) as url,
    ):
        lab = Lab(url, root, browser)
        with lab.open(_notebook(lab)) as page:
            page.evaluate((HERE / "ui.js").read_text("utf-8"))
            _run(page, 0)
            yield FIRST_ROWS, _first_rows(page)
            inbox = Inbox(page)
            yield OPENING, _opening(inbox)
            for rank, word in (("common", data.COMMON), ("less common", data.MIDDLE)):
                yield f"search for a {rank} word, after its last letter", _searching(inbox, word)
            inbox.rows.first.click()
            yield NEWS, _news(page, ws)
            _run(page, 2, ends=False)
            running(page).wait_for()
            yield NEWS_BUSY, _news(page, ws)
            nodes[f"elements of the inbox, {size:,} conversations"] = str(
                page.evaluate("() => bench.nodes()")
            )


def _run(page: Page, cell: int, *, ends: bool = True) -> None:
    """Runs a cell, to its end if it has one."""
    page.evaluate(
        """async ([cell, ends]) => {
          jupyterapp.shell.currentWidget.content.activeCellIndex = cell;
          const ran = jupyterapp.commands.execute("notebook:run-cell");
          if (ends) await ran;
        }""",
        [cell, ends],
    )


def _first_rows(page: Page) -> Timing:
    return _timing(lambda n: page.evaluate("() => bench.firstRows(1)"), 10)


def _opening(inbox: Inbox) -> Timing:
    def open_one(n: int) -> float:
        row = inbox.rows.nth(n % 6)
        name = row.locator(".cw-row-name").inner_text()
        inbox.page.evaluate("name => bench.armOpen(name)", name)
        row.click()
        return float(inbox.page.evaluate("() => bench.taken()"))

    return _timing(open_one, REPEAT)


def _searching(inbox: Inbox, word: str) -> Timing:
    def search(n: int) -> float:
        inbox.search.fill(word[:-1])
        inbox.page.evaluate("word => bench.armSearch(word)", word)
        inbox.search.press("End")
        inbox.search.press_sequentially(word[-1])
        taken = float(inbox.page.evaluate("() => bench.taken()"))
        inbox.search.fill("")
        inbox.rows.locator("mark").first.wait_for(state="detached")
        return taken

    return _timing(search, REPEAT)


def _news(page: Page, ws: Workspace) -> Timing:
    """Somebody else writes a note to the open conversation, the one that was active last."""
    [row] = ws.conversations(limit=1)

    def hear(n: int) -> float:
        words = f"Note {time.time_ns()}"
        page.evaluate("words => bench.armNews(words)", words)
        began = time.time() * 1000
        ws.note(row.id, words)
        return float(page.evaluate("() => bench.taken()")) - began

    return _timing(hear, REPEAT)


def _timing(once: Callable[[int], Any], times: int) -> Timing:
    taken = [float(once(n)) for n in range(WARM_UP + times)][WARM_UP:]
    return Timing(percentile(taken, 0.5), percentile(taken, 0.95))


# --- where it happens -------------------------------------------------------------------------


@contextmanager
def _inbox_of(size: int) -> Iterator[tuple[Workspace, Path, Path]]:
    """A workspace of so many conversations with its hub running, its folder, and one for notebooks.

    On the disk of the project: /tmp may be memory, which makes durable writes free.
    """
    folder = Path(tempfile.mkdtemp(prefix="benchmark-", dir=report.PROJECT / "data"))
    try:
        paths = process.make_demo(folder / "workspace")
        _fill(paths, size)
        (root := folder / "notebooks").mkdir()
        with running_hub(paths.folder) as ws:
            yield ws, paths.folder, root
    finally:
        shutil.rmtree(folder)


def _fill(paths: Paths, size: int) -> None:
    with closing(Services.open(paths, Settings.load(paths))) as services:
        silent = {"plays": "whatsapp", "window_hours": 0, "answer_after": 0}
        channel = services.accounts.add("simulator", "Benchmark", silent)
        ingest.load(services, Business(size, channel.id, datetime.now(UTC)))


def _notebook(lab: Lab) -> Path:
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(source) for source in (CONNECT, SHOW, COMPUTE)]
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    return lab.keep("bench", notebook)


def _browser(tool: Any) -> Browser:
    browser: Browser = tool.chromium.launch(executable_path=chromium(), args=CHROMIUM)
    return browser


if __name__ == "__main__":
    sys.exit(not main())
