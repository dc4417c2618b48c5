"""Who holds a workspace folder: an OS lock that its hub keeps for its whole life.

The lock alone decides. What the file says (pid, port, url, version) is believed only while the lock
is held, so that what a killed hub left behind misleads nobody. The file is never unlinked: two
processes could then hold locks on two files of one name.
"""

import fcntl
import json
import os
import time
from dataclasses import asdict, dataclass
from types import TracebackType
from typing import Self

from workspace.errors import StoreLocked, Unauthorized
from workspace.settings import Paths

PATIENCE = 2.0
"""Seconds a hub goes on trying: whoever asks for the holder holds the lock for an instant."""


@dataclass(frozen=True, slots=True)
class Holder:
    """The hub that holds a folder. `url` is None while it starts or stops."""

    pid: int | None = None
    port: int | None = None
    url: str | None = None
    version: str = ""


class FolderLock:
    """The lock, held from creation to `release`. Raises StoreLocked naming the holder."""

    def __init__(self, paths: Paths) -> None:
        self._file = os.open(paths.lock, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            self._acquire(paths)
        except BaseException:
            os.close(self._file)
            raise

    def _acquire(self, paths: Paths) -> None:
        deadline = time.monotonic() + PATIENCE
        while not attempt(self._file, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise _held(paths)
            time.sleep(0.01)

    def tell(self, holder: Holder) -> None:
        """Let others know who holds the lock, and where it answers."""
        text = json.dumps(asdict(holder)).encode()
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, text, 0)

    def release(self) -> None:
        os.ftruncate(self._file, 0)
        os.close(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.release()


def holder(paths: Paths) -> Holder | None:
    """Who holds the folder now; None: nobody. Raises Unauthorized for another user's folder."""
    try:
        file = os.open(paths.lock, os.O_RDONLY)
    except FileNotFoundError:
        return None
    except PermissionError as error:
        raise Unauthorized(
            f"The workspace {paths.folder} belongs to another user of this machine."
        ) from error
    try:
        return None if attempt(file, fcntl.LOCK_SH) else _read(file)
    finally:
        os.close(file)


def died(paths: Paths) -> bool:
    """Whether the last holder ended without releasing the folder, and nobody holds it since."""
    return holder(paths) is None and paths.lock.exists() and paths.lock.stat().st_size > 0


def _read(file: int) -> Holder:
    text = os.pread(file, 4096, 0)
    try:
        return Holder(**json.loads(text))
    except (ValueError, TypeError):
        return Holder()  # just being written


def _held(paths: Paths) -> StoreLocked:
    found = holder(paths) or Holder()
    who = f"process {found.pid}" if found.pid else "another process"
    where = f" at {found.url}" if found.url else ""
    return StoreLocked(
        f"The folder {paths.folder} already has a hub: {who}{where}. "
        "Stop it with `convo hub stop`, or use it: a client finds it by the folder.",
        pid=found.pid,
    )


def attempt(file: int, kind: int) -> bool:
    """Take a lock on an open file without waiting. False: somebody else has it."""
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
