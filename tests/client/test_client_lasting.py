"""A client outlives its hub, its connections, and bad news."""

import gc
import select
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue

import pytest

from workspace import lock, process
from workspace.client import Workspace, connect
from workspace.errors import ConfigError, HubUnavailable, NotFound, Unauthorized
from workspace.models import Change
from workspace.process import Location
from workspace.settings import Paths
from workspace.testing.hub import kill_hub, running_hub, still_folder


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Workspace]:
    """A hub that the test may kill."""
    with running_hub(still_folder(tmp_path / "demo", 5)) as ws:
        yield ws


def folder(ws: Workspace) -> Path:
    paths = ws._transport.location.paths
    assert paths
    return paths.folder


# --- death and return -------------------------------------------------------------------------


def test_a_killed_hub_is_started_again_by_the_next_call(own: Workspace) -> None:
    before = [row.id for row in own.conversations()]
    kill_hub(folder(own))
    assert [row.id for row in own.conversations()] == before
    kill_hub(folder(own))
    assert own.mark_unread(before[0]).rows  # a write, too


CLOSED = r"demo was closed here; connect\(\) opens it again"


@pytest.mark.parametrize(
    "ask",
    [Workspace.info, Workspace.revive, lambda ws: ws.watch(print)],
    ids=["call", "revive", "watch"],
)
def test_a_closed_one_starts_no_hub(ask: Callable[[Workspace], object], own: Workspace) -> None:
    with connect(folder(own)) as closed:
        pass
    kill_hub(folder(own))
    with pytest.raises(HubUnavailable, match=CLOSED):
        ask(closed)
    assert not lock.holder(Paths(folder(own)))


def test_what_is_asked_while_it_closes_starts_no_hub(own: Workspace) -> None:
    closed = connect(folder(own))
    token = closed._transport._session.hub.token
    with socket.create_server(("127.0.0.1", 0)) as silent, ThreadPoolExecutor(1) as thread:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        closed._transport._session = closed._transport._open(process.Hub(url, token))
        asked = thread.submit(closed.info)
        near, _ = silent.accept()
        with near:
            assert near.recv(65_536).startswith(b"GET /v1/info")
            own.stop_hub()
            closed.close()
        with pytest.raises(HubUnavailable, match=CLOSED):
            asked.result(timeout=30)
    assert not lock.holder(Paths(folder(own)))


@pytest.mark.slow
def test_many_threads_start_it_once(own: Workspace) -> None:
    kill_hub(folder(own))
    with ThreadPoolExecutor(12) as threads:
        pids = list(threads.map(lambda _: own.info().pid, range(24)))
    assert len(set(pids)) == 1
    assert Paths(folder(own)).log.read_text().count(" starts for ") == 2


@pytest.mark.slow
def test_a_hub_that_dies_on_every_start_is_not_started_for_ever(own: Workspace) -> None:
    paths = Paths(folder(own))
    kill_hub(paths.folder)
    paths.settings.write_text("demo = 3\n")
    with pytest.raises(HubUnavailable, match="demo must be"):
        own.info()


def test_a_hub_elsewhere_is_not_started(own: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    hub = own._transport._session.hub
    monkeypatch.setenv("CONVO_TOKEN", hub.token)
    with connect(hub.url) as remote:
        assert remote.info().folder == str(folder(own))
        kill_hub(folder(own))
        with pytest.raises(HubUnavailable, match=hub.url):
            remote.conversations()
    assert lock.holder(Paths(folder(own))) is None


def test_a_write_repeated_after_a_broken_connection_is_one_deed(own: Workspace) -> None:
    """The hub did it, and the answer was lost on the way."""
    id = own.conversations(status="pending")[0].id
    real = process.find(Paths(folder(own)))
    assert real
    own._transport._session.client.close()
    with Breaking(real.url) as proxy:
        own._transport._session = own._transport._open(process.Hub(proxy.url, real.token))
        sent = own.send(id, "once, please")
        assert proxy.broken == 1
    texts = [message.text for message in own.messages(id, limit=500)]
    assert texts.count("once, please") == 1
    assert sent.text == "once, please"


@pytest.mark.slow
def test_a_channel_is_removed_once_though_the_answer_was_lost(own: Workspace) -> None:
    channel = own.channels()[0]
    real = process.find(Paths(folder(own)))
    assert real
    own._transport._session.client.close()
    with Breaking(real.url) as proxy:
        own._transport._session = own._transport._open(process.Hub(proxy.url, real.token))
        own.remove_channel(channel)
        assert proxy.broken == 1
    assert channel.id not in {one.id for one in own.channels()}
    with pytest.raises(NotFound):
        own.remove_channel(channel)


class Breaking:
    """A way to the hub that swallows the first answer and hangs up."""

    def __init__(self, url: str) -> None:
        self._to = ("127.0.0.1", int(url.rpartition(":")[2]))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.broken = 0
        self._thread = threading.Thread(target=self._serve)

    def _serve(self) -> None:
        near, _ = self._listener.accept()
        with near, socket.create_connection(self._to) as far:
            while far not in select.select([near, far], [], [])[0]:
                far.sendall(near.recv(65_536))
            assert far.recv(65_536).startswith(b"HTTP/1.1 200")
        self.broken += 1

    def __enter__(self) -> "Breaking":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        self._thread.join()


def test_a_result_that_breaks_off_is_no_result(own: Workspace) -> None:
    result = own.sql("SELECT range AS n, repeat('x', 100) AS t FROM range(300000)")
    kill_hub(folder(own))
    with pytest.raises(HubUnavailable, match="middle of a result"):
        result.arrow()


@pytest.mark.slow
def test_a_reader_outlives_its_result(own: Workspace) -> None:
    reader = own.sql("SELECT range AS n FROM range(500000)").reader()
    gc.collect()
    assert sum(batch.num_rows for batch in reader) == 500_000


# --- watching ---------------------------------------------------------------------------------


def about(id: int, changes: Queue[Change]) -> Change:
    """The next change of a conversation; channels come and go in between."""
    while (change := changes.get(timeout=30)).conversation_id != id:
        assert change.kind == "channels"
    return change


@pytest.mark.slow
def test_watching_goes_on_after_the_hub_was_killed(own: Workspace) -> None:
    changes: Queue[Change] = Queue()
    states: Queue[str] = Queue()
    id = own.conversations()[0].id
    watch = own.watch(changes.put, states.put)
    assert states.get(timeout=30) == "live"
    own.archive(id)
    first = about(id, changes)

    kill_hub(folder(own))
    assert states.get(timeout=30) == "reconnecting"
    assert lock.holder(Paths(folder(own))) is None, "watching must not start a stopped hub"
    own.unarchive(id)  # this does
    assert states.get(timeout=30) == "live"
    assert about(id, changes).seq > first.seq
    watch.stop()
    assert watch.state == "stopped"


def test_a_hub_that_died_is_revived_and_a_stopped_one_is_not(own: Workspace) -> None:
    paths = Paths(folder(own))
    kill_hub(paths.folder)
    own.revive()
    assert lock.holder(paths)
    process.stop(paths)
    own.revive()
    assert lock.holder(paths) is None


@pytest.mark.slow
def test_a_stopped_watch_is_silent(own: Workspace) -> None:
    changes: Queue[Change] = Queue()
    id = own.conversations()[0].id
    others = threading.enumerate()
    watch = own.watch(changes.put)
    watch.stop()
    own.archive(id)
    assert changes.empty()
    left = [t for t in threading.enumerate() if t.name == "convo-watch" and t not in others]
    assert not left


@pytest.mark.slow
def test_a_failing_callback_ends_nothing(own: Workspace, caplog: pytest.LogCaptureFixture) -> None:
    heard: Queue[Change] = Queue()
    id = own.conversations()[0].id

    def fail(change: Change) -> None:
        heard.put(change)
        raise ValueError("of the test")

    watch = own.watch(fail)
    own.archive(id)
    heard.get(timeout=30)
    own.unarchive(id)
    heard.get(timeout=30)
    watch.stop()
    assert "watching goes on" in caplog.text


@pytest.mark.slow
def test_a_watch_may_stop_itself(own: Workspace) -> None:
    stopped = threading.Event()
    watch = own.watch(lambda change: (watch.stop(), stopped.set())[0])
    own.archive(own.conversations()[0].id)
    assert stopped.wait(10)
    watch._thread.join(10)
    assert not watch._thread.is_alive()


# --- which workspace --------------------------------------------------------------------------


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "notebooks" / "jobs").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CONVO_DATA", raising=False)
    return tmp_path


def resolved(target: str | None = None) -> Path:
    paths = process.resolve(target).paths
    assert paths
    return paths.folder


@pytest.mark.parametrize("inside", [".", "notebooks", "notebooks/jobs", "data"])
def test_the_project_is_found_from_within(
    project: Path, monkeypatch: pytest.MonkeyPatch, inside: str
) -> None:
    monkeypatch.chdir(project / inside)
    assert resolved() == project / "data" / "demo"
    assert not (project / "data" / "demo").exists(), "looking makes nothing"
    (project / "data" / "main").mkdir()
    assert resolved() == project / "data" / "main"


def test_the_demo_is_made_when_nobody_named_a_folder(project: Path) -> None:
    (project / "data" / "demo").mkdir()
    try:
        with connect() as ws:
            assert ws.info().demo
    finally:
        process.stop(Paths(project / "data" / "demo"))


def test_the_environment_comes_before_the_project(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "data" / "main").mkdir()
    (project / "other").mkdir()
    monkeypatch.setenv("CONVO_DATA", "other")
    assert resolved() == project / "other"
    assert resolved("data/main") == project / "data" / "main"


def test_an_address_is_taken_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONVO_TOKEN", raising=False)
    location = process.resolve("http://127.0.0.1:9/")
    assert location == Location(url="http://127.0.0.1:9")
    with pytest.raises(ConfigError, match="CONVO_TOKEN"):
        process.connect(location)


def test_a_mistyped_folder_is_not_made(project: Path) -> None:
    with pytest.raises(ConfigError, match="convo init"):
        process.resolve("data/mian")
    assert not (project / "data" / "mian").exists()


# --- wrong token, dead hub --------------------------------------------------------------------


def test_a_wrong_token(own: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVO_TOKEN", "wrong")
    with pytest.raises(Unauthorized, match="token"):
        connect(own._transport.url)


def test_a_dead_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVO_TOKEN", "any")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(HubUnavailable, match=str(port)):
        connect(f"http://127.0.0.1:{port}")


def test_an_address_of_something_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVO_TOKEN", "any")
    with socket.create_server(("127.0.0.1", 0)) as other:

        def answer() -> None:
            near, _ = other.accept()
            with near:
                near.recv(65_536)
                near.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nhi")

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(HubUnavailable, match="404"):
            connect(f"http://127.0.0.1:{other.getsockname()[1]}")
        thread.join()
