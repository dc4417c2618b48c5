"""Files on their way into a message."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import BinaryIO

from workspace.errors import Conflict, InvalidRequest, NotFound
from workspace.models import Upload
from workspace.services import verbs
from workspace.settings import MAX_UPLOAD
from workspace.store import Store, ids, ingest
from workspace.store import replies as rows
from workspace.store.driver import Driver
from workspace.store.files import Files, Staged
from workspace.store.ingest import NewAttachment
from workspace.store.replies import UploadRow


class Uploads:
    def __init__(self, store: Store, files: Files) -> None:
        self._store = store
        self._files = files

    def upload(self, name: str, source: BinaryIO, conversation_id: int | None = None) -> Upload:
        """Keep a file to be sent; unsent it is forgotten after a day.

        One that is meant for a conversation is deleted with it. Raises TooLarge, InvalidRequest for
        an empty file, NotFound.
        """
        staged = self._files.stage(source, name, MAX_UPLOAD)
        try:
            if staged.size == 0:
                raise InvalidRequest(f"{staged.name!r} is empty; choose another file.")
            return self._store.write(lambda tx: self._keep(tx, staged, conversation_id))
        finally:
            self._files.discard([staged])

    def _keep(self, tx: Driver, staged: Staged, asked: int | None) -> Upload:
        home = None if asked is None else verbs.place(tx, asked)[0]
        id = ids.allocate(tx, 1)[0]
        row = NewAttachment(
            id=id,
            message_id=None,
            conversation_id=home,
            position=0,
            kind=staged.kind,
            name=staged.name,
            mime=staged.mime,
            size=staged.size,
            created_at=datetime.now(UTC),
        )
        ingest.attachments(tx, [row])
        self._files.place([(staged, id)])
        return Upload(id, staged.kind, staged.name, staged.mime, staged.size)

    def clean_uploads(self) -> None:
        """Forget files that were uploaded more than a day ago and never sent."""
        self._files.remove(self._store.write(rows.drop_stale))


def unsent(tx: Driver, wanted: Sequence[int]) -> list[UploadRow]:
    """Uploads that may go into a message now, each named once.

    Raises NotFound, InvalidRequest, Conflict for a used one.
    """
    found = rows.find(tx, wanted)
    for id in wanted:
        if wanted.count(id) > 1:
            raise InvalidRequest(f"The upload {id} is named twice; name each file once.")
        if id not in found:
            raise NotFound(f"No upload {id}; upload the file again.", id=str(id))
        if found[id].used:
            raise Conflict(f"The upload {id} belongs to a message already; upload it again.")
    return [found[id] for id in wanted]
