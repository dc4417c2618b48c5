"""A real hub for a test: its own process, its own folder, its own database."""

import fcntl
import os
import signal
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from workspace import lock, process
from workspace.client import Workspace, connect
from workspace.models import EventKind
from workspace.services import Services
from workspace.settings import Paths, Settings
from workspace.testing import at_once
from workspace.testing.builders import Builder, Talk, did, inbound, outbound, talk

CHANNEL = "Desk"


@contextmanager
def running_hub(folder: Path, *, demo: bool = True) -> Iterator[Workspace]:
    """A client of a hub of its own in `folder`; the hub is stopped at the end."""
    paths = at_once.folder(folder, demo=demo)
    try:
        with connect(paths.folder) as ws:
            yield ws
    finally:
        process.stop(paths)


def kill_hub(folder: Path) -> int:
    """End a folder's hub as a power cut would, and wait until it is gone; its process id."""
    paths = Paths(folder.resolve())
    held = lock.holder(paths)
    assert held
    assert held.pid
    os.kill(held.pid, signal.SIGKILL)
    while lock.holder(paths):
        time.sleep(0.005)
    return held.pid


@contextmanager
def not_to_be_started(folder: Path) -> Iterator[None]:
    """Whoever starts the folder's hub waits until the end of the block, as for another starter."""
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def still_folder(folder: Path, size: int = 40) -> Path:
    """A folder of conversations in every status, in which nothing happens by itself.

    One simulated channel, CHANNEL, without a messaging window, whose customers never answer.
    """
    paths = at_once.folder(folder)
    with closing(Services.open(paths, Settings.load(paths))) as services:
        still = {"answer_after": 0, "window_hours": 0}
        channel = services.accounts.add("simulator", CHANNEL, still)
        Builder(services.store).add([_talk(n, channel.id) for n in range(size)])
    return paths.folder


def _talk(number: int, channel: int) -> Talk:
    hello, answer = inbound(f"Where is order {number}?"), outbound("On its way.")
    lines = (
        [hello],
        [hello, answer],
        [hello, answer, did(EventKind.RESOLVED)],
        [outbound("Your order has left.")],
        [hello, answer, did(EventKind.ARCHIVED)],
    )[number % 5]
    return talk(*lines, channel=channel, name=f"Customer {number}")
