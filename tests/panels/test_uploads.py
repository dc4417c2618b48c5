"""Files on their way from the browser to the hub, piece by piece."""

import tempfile
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.panels.speaking import PIECE, Browser, Refused
from widgets import Composer
from widgets.uploads import Uploads
from workspace.client import Workspace
from workspace.errors import InvalidRequest, NotFound, TooLarge
from workspace.settings import MAX_UPLOAD
from workspace.testing.hub import running_hub


@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with running_hub(tmp_path_factory.mktemp("uploads") / "main", demo=False) as ws:
        yield ws


@pytest.fixture
def spools() -> Uploads:
    return Uploads()


def test_sixty_megabytes_are_never_held_in_memory(ws: Workspace) -> None:
    """Each step holds a piece or two: browser to spool, spool to hub."""
    browser = Browser(Composer(ws))
    piece = bytes(PIECE)
    size = 40 * PIECE
    with memory() as most:
        id = browser.ask("upload_start", name="big.bin", size=size)["upload"]
        for at in range(0, size, PIECE):
            browser.ask("upload_piece", upload=id, offset=at, buffer=piece)
        assert browser.ask("upload_end", upload=id)["size"] == size
        assert most() < 20_000_000


@contextmanager
def memory() -> Iterator[Callable[[], int]]:
    """What Python has held at most, in bytes, since the block began."""
    tracemalloc.start()
    try:
        yield lambda: tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_lost_answer_does_no_harm(ws: Workspace, spools: Uploads) -> None:
    id = spools.start("a.txt", 6)
    assert spools.add(id, 0, b"abc") == 3
    assert spools.add(id, 0, b"abc") == 3  # asked again
    assert spools.add(id, 5, b"f") == 3  # one was lost before it
    assert spools.received(id) == 3
    with pytest.raises(InvalidRequest, match="not arrived completely"):
        spools.finish(id, ws)
    assert spools.add(id, 3, b"def") == 6
    stored = spools.finish(id, ws)
    assert (stored.name, stored.size) == ("a.txt", 6)
    with pytest.raises(NotFound, match="attach it again"):
        spools.received(id)


@pytest.mark.parametrize("size", [-1, MAX_UPLOAD + 1, 10**30, "6", None])
def test_a_size_that_can_t_be(spools: Uploads, size: object) -> None:
    with pytest.raises(TooLarge):
        spools.start("a.txt", size)  # type: ignore[arg-type]


def test_more_than_was_announced_is_not_taken(spools: Uploads) -> None:
    id = spools.start("a.txt", 2)
    assert spools.add(id, 0, b"abc") == 0
    spools.cancel(id)
    spools.cancel(id)
    with pytest.raises(NotFound):
        spools.add(id, 0, b"ab")


def test_a_spool_leaves_no_name(
    spools: Uploads, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file without a name can't be opened by anybody else, and nothing of it is left behind."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    id = spools.start("a.txt", 3)
    spools.add(id, 0, b"abc")
    assert list(tmp_path.iterdir()) == []
    spools.cancel(id)


def test_a_view_that_is_gone_leaves_no_file(ws: Workspace) -> None:
    """What its script still sends is refused; what another view sends goes on."""
    browser = Browser(Composer(ws))
    gone, other = (
        browser.ask("upload_start", name="a.txt", size=6, by=view)["upload"] for view in "vw"
    )
    for id in (gone, other):
        browser.ask("upload_piece", upload=id, offset=0, buffer=b"abc")
    bye = {"ask": "bye", "args": {"view": "v"}, "call": None}
    browser.panel._received(browser.panel, bye, [])
    with pytest.raises(Refused, match="attach it again"):
        browser.ask("upload_piece", upload=gone, offset=3, buffer=b"def")
    assert browser.ask("upload_piece", upload=other, offset=3, buffer=b"def") == {"received": 6}


def test_what_is_cancelled_while_it_is_read(spools: Uploads) -> None:
    """Its reader goes on to the end; who waited for it is told, and nobody waits for ever."""
    id = spools.start("a.txt", 3)
    with ThreadPoolExecutor(1) as beside:
        with spools._held(id) as spool:
            piece = beside.submit(spools.add, id, 0, b"abc")
            spools.cancel(id)
            assert not spool.file.closed
        assert spool.file.closed
        with pytest.raises(NotFound, match="attach it again"):
            piece.result()
