"""Files on their way from the browser to the hub, in pieces, through a temporary file.

One websocket message above 10 MiB closes the connection without a word, so a file comes in pieces,
each acknowledged by how much has arrived. No file is ever held in memory.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from tempfile import TemporaryFile
from typing import Any, BinaryIO
from uuid import uuid4

from widgets import wire
from widgets.panel import Panel, answers
from workspace.client import Workspace
from workspace.errors import InvalidRequest, NotFound, TooLarge
from workspace.models import Upload
from workspace.settings import MAX_UPLOAD


@dataclass
class _Spool:
    name: str
    size: int
    conversation: str
    """For which it is meant; "": none yet."""
    by: str
    """The view that sends it."""
    file: BinaryIO = field(default_factory=TemporaryFile)
    """Nameless where the system allows it: gone with this process, whatever happens to it."""
    received: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Uploads:
    """Safe to use from several threads."""

    def __init__(self) -> None:
        self._spools: dict[str, _Spool] = {}

    def start(self, name: str, size: int, conversation: str = "", by: str = "") -> str:
        """The id under which the pieces come, from the view `by`. Raises TooLarge."""
        if not isinstance(size, int) or not 0 <= size <= MAX_UPLOAD:
            raise TooLarge(f"{name} is larger than {MAX_UPLOAD:,} bytes, the most the hub takes.")
        id = uuid4().hex
        self._spools[id] = _Spool(name, size, conversation, by)
        return id

    def add(self, id: str, offset: int, data: bytes) -> int:
        """How much of the file is here now. A piece that is here already is left as it is."""
        with self._held(id) as spool:
            if offset > spool.received or spool.received + len(data) > spool.size:
                return spool.received
            if offset == spool.received:
                spool.file.write(data)
                spool.received += len(data)
            return spool.received

    def received(self, id: str) -> int:
        return self._get(id).received

    def finish(self, id: str, ws: Workspace) -> Upload:
        """Hand the file to the hub; it stays here until the hub has it."""
        with self._held(id) as spool:
            if spool.received != spool.size:
                raise InvalidRequest("The file has not arrived completely; attach it again.")
            stored = ws.upload(spool.name, spool.file, spool.conversation or None)
        self.cancel(id)
        return stored

    def cancel(self, id: str) -> None:
        """Forget it. A file that is just being read is closed with its last reader."""
        spool = self._spools.pop(id, None)
        if spool and spool.lock.acquire(blocking=False):
            spool.file.close()
            spool.lock.release()

    def leave(self, by: str) -> None:
        """Forget all that a view has not finished: it is gone."""
        for id in [id for id, spool in list(self._spools.items()) if spool.by == by]:
            self.cancel(id)

    @contextmanager
    def _held(self, id: str) -> Iterator[_Spool]:
        spool = self._get(id)
        with spool.lock:
            self._get(id)  # it may have been cancelled meanwhile
            yield spool
            if id not in self._spools:
                spool.file.close()

    def _get(self, id: str) -> _Spool:
        try:
            return self._spools[id]
        except KeyError:
            raise NotFound("The kernel knows nothing of this file; attach it again.") from None


class UploadPanel(Panel):
    """A panel that takes files; the browser's side is static/shared/uploads.js."""

    def __init__(self, ws: Workspace, **traits: Any) -> None:
        self._uploads = Uploads()
        self.stored: dict[int, Upload] = {}
        """What the hub has been given, by id."""
        super().__init__(ws, **traits)

    def _meant_for(self) -> str:
        """The conversation whose files these are to be; "": there is none yet."""
        return ""

    def _gone(self, view: str) -> None:
        super()._gone(view)
        self._uploads.leave(view)

    @answers("upload_start", local=True)
    def _upload_start(self, name: str, size: int, by: str = "") -> dict[str, str]:
        return {"upload": self._uploads.start(name, size, self._meant_for(), by)}

    @answers("upload_piece", local=True)
    def _upload_piece(self, upload: str, offset: int, data: bytes) -> dict[str, int]:
        return {"received": self._uploads.add(upload, offset, data)}

    @answers("upload_received", local=True)
    def _upload_received(self, upload: str) -> dict[str, int]:
        return {"received": self._uploads.received(upload)}

    @answers("upload_end", files=True)
    def _upload_end(self, upload: str) -> dict[str, Any]:
        stored = self._uploads.finish(upload, self.ws)
        self.stored[stored.id] = stored
        return wire.upload(stored)

    @answers("upload_cancel", local=True)
    def _upload_cancel(self, upload: str) -> None:
        self._uploads.cancel(upload)
