"""Find, start and stop the hub of a folder. Speaks to it only as any other program could.

A hub runs as a detached process of its own, so that interrupting or restarting a kernel leaves it
alone; it goes on until it is stopped.
"""

import fcntl
import http.client
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import TypeAdapter

from workspace import lock
from workspace.errors import (
    ConfigError,
    ConvoError,
    HubUnavailable,
    HubVersionError,
    Unauthorized,
    from_wire,
)
from workspace.lock import Holder
from workspace.models import HubInfo
from workspace.settings import API_VERSION, Paths
from workspace.version import VERSION

PATIENCE = 90.0
"""Seconds for a hub to start or stop; stopping waits for sends in flight, for `lease_seconds`."""

POLL = 0.02
LOG_LINES = 5
_INFO = TypeAdapter(HubInfo)


@dataclass(frozen=True, slots=True)
class Hub:
    """Where a hub answers, and the token it wants."""

    url: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Location:
    """What `connect` was asked for: a folder on this machine, or the address of a hub elsewhere."""

    paths: Paths | None = None
    url: str = ""
    demo: bool = False
    """Nobody named the folder: it is the demo's, made where it is missing."""

    def __str__(self) -> str:
        return str(self.paths.folder) if self.paths else self.url


# --- which workspace ------------------------------------------------------------------------------


def resolve(target: str | os.PathLike[str] | None = None) -> Location:
    """The argument, else $CONVO_DATA, else data/main if it exists, else data/demo.

    `data` lies in the project: the nearest folder upwards that has `data` beside `notebooks` or
    `pyproject.toml`. Raises ConfigError for a folder that does not exist.
    """
    named = os.fspath(target) if target else os.environ.get("CONVO_DATA", "")
    if named.startswith(("http://", "https://")):
        return Location(url=named.rstrip("/"))
    if named:
        return Location(_existing(Path(named).expanduser()))
    data = project_folder() / "data"
    if (data / "main").is_dir():
        return Location(Paths((data / "main").resolve()))
    return Location(Paths((data / "demo").resolve()), demo=True)


def project_folder() -> Path:
    """The project around the current folder; the current folder where there is none."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        marked = (folder / "notebooks").is_dir() or (folder / "pyproject.toml").is_file()
        if marked and (folder / "data").is_dir():
            return folder
    return here


def _existing(folder: Path) -> Paths:
    if not folder.is_dir():
        raise ConfigError(
            f"There is no folder {folder}. To make a new workspace there: convo init {folder}"
        )
    return Paths(folder.resolve())


def make_demo(folder: Path) -> Paths:
    """The folder, made as one for demo data if it is new."""
    return make(folder, "# Demo data: only simulated channels can be added.\ndemo = true\n")


def make(folder: Path, settings: str) -> Paths:
    """The workspace folder, made with this settings.toml if it is new."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    paths = Paths(folder.resolve())
    if not paths.settings.exists() and not paths.database.exists():
        paths.settings.write_text(settings, "utf-8")
    return paths


# --- finding and starting -------------------------------------------------------------------------


def connect(location: Location) -> Hub:
    """The hub of a location, started or replaced by this version's if that is needed and possible.

    Raises HubUnavailable, HubVersionError, Unauthorized.
    """
    if location.paths is None:
        return _remote(location.url)
    if location.demo:
        make_demo(location.paths.folder)
    hub, info = _reach(location.paths)
    if _same(info):
        return hub
    _may_restart(info)
    return _replaced(location.paths, info)


def _replaced(paths: Paths, old: HubInfo) -> Hub:
    with _starting(paths):
        held = lock.holder(paths)
        if held and held.pid == old.pid:  # else another process has replaced it already
            stop(paths)
        return _brought_up(paths)


def _reach(paths: Paths) -> tuple[Hub, HubInfo]:
    if hub := find(paths):
        try:
            return hub, handshake(hub)
        except HubUnavailable:
            pass  # it stops just now, or is slow: start() waits for the one or the other
    hub = start(paths)
    return hub, handshake(hub)


def find(paths: Paths) -> Hub | None:
    """The hub that holds the folder and says that it answers; None: nobody does, or not yet."""
    held = lock.holder(paths)
    return Hub(held.url, _token(paths)) if held and held.url else None


def start(paths: Paths) -> Hub:
    """Start the folder's hub, unless another process does so first; wait until it answers."""
    with _starting(paths):
        return _brought_up(paths)


def revive(paths: Paths) -> None:
    """Start the folder's hub again if it died; one that was stopped stays so."""
    if lock.died(paths):
        start(paths)


def _brought_up(paths: Paths) -> Hub:
    child: _Child | None = None
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        held = lock.holder(paths)
        if held and held.url and _answers(held):
            return Hub(held.url, _token(paths))
        if held is None and child is None:
            child = _Child(paths)
        elif held is None and child is not None:
            child.check()
        time.sleep(POLL)
    raise HubUnavailable(_silent(paths, "does not answer"))


@contextmanager
def _starting(paths: Paths) -> Iterator[None]:
    """One starter at a time: an OS lock on the folder itself, held while its hub comes up."""
    folder = os.open(paths.folder, os.O_RDONLY)
    try:
        deadline = time.monotonic() + PATIENCE
        while not lock.attempt(folder, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise HubUnavailable(f"Another process has been starting {paths.folder} for long.")
            time.sleep(POLL)
        yield
    finally:
        os.close(folder)


class _Child:
    """A hub process just started."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        file = os.open(paths.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            self._from = os.fstat(file).st_size
            # -P: a file in the current folder must not pass for a module.
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "workspace.hub", "--folder", str(paths.folder)],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                cwd=paths.folder,
                start_new_session=True,
            )
        finally:
            os.close(file)
        # A hub that ends before the program that started it must not stay behind as a zombie.
        threading.Thread(target=self._process.wait, name="convo-reaper", daemon=True).start()

    def check(self) -> None:
        """Raises HubUnavailable with the log's last lines if the process has ended."""
        # The lock is asked again: the process may have lost the race for it to another hub.
        if self._process.poll() is None or lock.holder(self._paths):
            return
        with self._paths.log.open("rb") as log:
            log.seek(self._from)
            lines = log.read().decode("utf-8", "replace").splitlines()
        told = "\n".join(lines[-LOG_LINES:])
        raise HubUnavailable(f"The hub of {self._paths.folder} did not start:\n{told}")


# --- stopping -------------------------------------------------------------------------------------


def stop(paths: Paths) -> bool:
    """Stop the folder's hub gracefully and wait until it has left. False: there was none."""
    if lock.holder(paths) is None:
        return False
    deadline = time.monotonic() + PATIENCE
    asked: Holder | None = None
    while held := lock.holder(paths):
        if asked and held.pid not in (None, asked.pid):
            break  # it has left, and somebody has started the next one
        if asked is None and (hub := find(paths)) and _ask_to_stop(hub):
            asked = held
        if time.monotonic() > deadline:
            raise HubUnavailable(_silent(paths, "does not stop"))
        time.sleep(POLL)
    return True


def _ask_to_stop(hub: Hub) -> bool:
    try:
        _request(hub, "POST", "/v1/stop")
    except (OSError, http.client.HTTPException):
        return False
    return True


def _silent(paths: Paths, what: str) -> str:
    held = lock.holder(paths) or Holder()
    who = f"process {held.pid}" if held.pid else "its process"
    return f"The hub of {paths.folder} ({who}) {what}; {paths.log} may say why."


# --- the handshake --------------------------------------------------------------------------------


def handshake(hub: Hub) -> HubInfo:
    """What the hub says of itself. Raises HubUnavailable, Unauthorized."""
    try:
        return _INFO.validate_json(_request(hub, "GET", "/v1/info"))
    except (OSError, http.client.HTTPException) as error:
        raise HubUnavailable(f"No hub answers at {hub.url}.") from error


def _same(info: HubInfo) -> bool:
    return info.version == VERSION and info.api == API_VERSION


def _may_restart(info: HubInfo) -> None:
    """Raises HubVersionError unless the hub is an older one with nothing to lose."""
    running = f"The hub of {info.folder} has version {info.version}, this is "
    if _order(info.version) > _order(VERSION):
        raise HubVersionError(
            f"{running}the older {VERSION}. Upgrade this environment, or restart "
            "the kernel if it was upgraded meanwhile."
        )
    if info.sending:
        raise HubVersionError(
            f"{running}{VERSION}, and it is sending {info.sending} messages. "
            "Try again when it has finished, or run: convo hub stop"
        )


def _order(version: str) -> tuple[int, ...]:
    parts = version.split("+")[0].split(".")
    return tuple(int("".join(filter(str.isdigit, part)) or 0) for part in parts)


def _remote(url: str) -> Hub:
    token = os.environ.get("CONVO_TOKEN", "")
    if not token:
        raise ConfigError(f"To reach {url}, set CONVO_TOKEN to the token in its folder.")
    hub = Hub(url, token)
    info = handshake(hub)
    if info.api != API_VERSION:
        raise HubVersionError(
            f"The hub at {url} speaks version {info.api} of the API, this client {API_VERSION}; "
            "install the same version on both sides."
        )
    return hub


def _token(paths: Paths) -> str:
    try:
        return paths.token.read_text("ascii").strip()
    except OSError as error:
        raise Unauthorized(
            f"The token {paths.token} can't be read ({error.strerror}). A workspace belongs to the "
            "user who started its hub; a lost token is made anew when the hub is started again."
        ) from error


def _answers(held: Holder) -> bool:
    assert held.url
    try:
        _request(Hub(held.url, ""), "GET", "/v1/health")
    except (OSError, http.client.HTTPException):
        return False
    return True


def _request(hub: Hub, method: str, path: str) -> bytes:
    """The body of the answer. Raises what the hub reports; OSError where there is none."""
    parts = urlsplit(hub.url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=10)
    try:
        headers = {"Authorization": f"Bearer {hub.token}", "Content-Length": "0"}
        connection.request(method, parts.path + path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
    finally:
        connection.close()
    if answer.status >= 400:
        raise reported(answer.status, body, hub.url)
    return body


def reported(status: int, body: bytes, url: str) -> ConvoError:
    """The error an answer carries."""
    try:
        told = json.loads(body)
        return from_wire(told["error"], told["message"], told["detail"])
    except (ValueError, KeyError, TypeError):
        return HubUnavailable(f"{url} answered {status} as no hub does; check the address.")
