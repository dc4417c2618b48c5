"""python -m benchmarks: fill a workspace, measure it in process and over HTTP, write the tables."""

import argparse
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psutil

from benchmarks import ingest, report
from benchmarks.data import MESSAGES_EACH, Business
from benchmarks.measure import Timing
from benchmarks.operations import ACTOR, InProcess, OverHttp, Picks, Surface, reads, writes
from workspace import process
from workspace.services import Services
from workspace.settings import Paths, Settings
from workspace.testing.hub import running_hub

STANDARD = 100_000
IN_PROCESS, OVER_HTTP = "in process", "over HTTP"
Timings = dict[str, dict[str, Timing]]


def main() -> None:
    asked = _arguments()
    busy = os.getloadavg()[0]
    if busy > 1:
        print(f"Other programs are at work (load {busy:.1f}): the numbers will be too high.")
    with _folder() as paths:
        timings, facts = measure(paths, asked.messages // MESSAGES_EACH, asked.repeat)
    lines = [f"{report.machine()}, load before {busy:.1f}", ""]
    lines += report.table(timings, [IN_PROCESS, OVER_HTTP])
    lines += ["", *report.facts(facts)]
    print("\n".join(lines))
    if asked.messages == STANDARD:
        report.write(lines)
        print(f"\nWritten to {report.PAGE}.")


def measure(paths: Paths, size: int, repeat: int) -> tuple[Timings, dict[str, str]]:
    timings: Timings = {}
    facts = {"conversations": f"{size:,}", "messages": f"{size * MESSAGES_EACH:,}"}
    with closing(Services.open(paths, Settings.load(paths))) as services:
        business, picks = _filled(services, size, facts)
        _measure(timings, IN_PROCESS, InProcess(services), picks, repeat)
        for name, timing in ingest.receiving(services, business, repeat):
            _note(timings, IN_PROCESS, name, timing)
        facts |= ingest.burst(services, business)
    with running_hub(paths.folder) as ws:
        hub = psutil.Process(ws.info().pid)
        facts["memory of the hub, started"] = _megabytes(hub.memory_info().rss)
        _measure(timings, OVER_HTTP, OverHttp(ws), picks, repeat)
        facts["memory of the hub, after all this"] = _megabytes(hub.memory_info().rss)
    facts["database file"] = _megabytes(paths.database.stat().st_size)
    facts["journal (raw payloads)"] = _megabytes(paths.journal.stat().st_size)
    return timings, facts


def _measure(timings: Timings, surface: str, on: Surface, picks: Picks, repeat: int) -> None:
    for measured in (reads, writes):
        for name, timing in measured(on, picks, repeat):
            _note(timings, surface, name, timing)


def _note(timings: Timings, surface: str, name: str, timing: Timing) -> None:
    print(f"{surface:10}  {timing.p50:9.2f}  {timing.p95:9.2f}  {name}", flush=True)
    timings.setdefault(name, {})[surface] = timing


def _filled(services: Services, size: int, facts: dict[str, str]) -> tuple[Business, Picks]:
    """A simulated channel with a year behind it: some of it resolved, archived and unread."""
    silent = {"plays": "whatsapp", "window_hours": 0, "answer_after": 0}
    channel = services.accounts.add("simulator", "Benchmark", silent)
    business = Business(size, channel.id, datetime.now(UTC))
    facts["history received and applied"] = f"{ingest.load(services, business):,.0f} messages/s"
    with services.store.read() as db:
        picks = Picks([row[0] for row in db.execute("SELECT id FROM conversations ORDER BY id")])
    inbox, tenth = services.inbox, size // 10
    inbox.mark_read(picks.ids[3 * tenth :], ACTOR, None)
    inbox.resolve(picks.ids[5 * tenth :], ACTOR, None)
    inbox.archive(picks.take(tenth), ACTOR, None)
    return business, picks


# --- where it happens -------------------------------------------------------------------------


@contextmanager
def _folder() -> Iterator[Paths]:
    """A folder on the disk of the project: /tmp may be memory, which makes durable writes free."""
    folder = Path(tempfile.mkdtemp(prefix="benchmark-", dir=report.PROJECT / "data"))
    try:
        yield process.make_demo(folder)
    finally:
        shutil.rmtree(folder)


def _megabytes(size: int) -> str:
    return f"{size / 2**20:,.0f} MB"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--messages", type=int, default=STANDARD, help=f"at least {STANDARD}")
    parser.add_argument("--repeat", type=int, default=50, help="calls of each operation")
    asked = parser.parse_args()
    if asked.messages < STANDARD:
        parser.error("Writes take new conversations each; fewer messages have too few of them.")
    return asked


if __name__ == "__main__":
    main()
