"""Files of customers that are still with their provider."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from workspace.store.driver import Driver
from workspace.store.files import Staged
from workspace.store.sql import query


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """`remote` is the provider's name for it; `name` the file's own."""

    attachment_id: int
    channel_id: int
    remote: str = field(repr=False)
    attempts: int = 0
    name: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class NewRemoteFile:
    """To be fetched from `since` on."""

    attachment_id: int
    channel_id: int
    remote: str = field(repr=False)
    since: datetime


def add(tx: Driver, files: Sequence[NewRemoteFile]) -> None:
    if files:
        columns = [
            [file.attachment_id for file in files],
            [file.channel_id for file in files],
            [file.remote for file in files],
            [file.since for file in files],
        ]
        tx.execute(query("remote_files.add"), columns)


def due(db: Driver, now: datetime, limit: int) -> list[RemoteFile]:
    """What is to be fetched by now, the longest due first."""
    return [RemoteFile(*row) for row in db.execute(query("remote_files.due"), [now, limit])]


def next_due(db: Driver) -> datetime | None:
    """When something is to be fetched next; None: nothing is."""
    at: datetime | None = db.execute(query("remote_files.next"))[0][0]
    return at


def place(db: Driver, attachment_id: int) -> tuple[int, int] | None:
    """The message and the conversation of a file; None: it was erased."""
    rows = db.execute(query("remote_files.place"), [attachment_id])
    return (rows[0][0], rows[0][1]) if rows else None


def failed(tx: Driver, file: RemoteFile, again_at: datetime | None, why: str) -> None:
    """It could not be fetched. `again_at`: when it is tried again; None: not by itself."""
    columns = [file.attachment_id, file.attempts + 1, again_at, why]
    tx.execute(query("remote_files.set"), columns)


def again(tx: Driver, attachment_id: int, now: datetime) -> bool:
    """It is to be fetched after all. False: there is nothing to fetch."""
    return bool(tx.execute(query("remote_files.again"), [attachment_id, now]))


def arrived(tx: Driver, file: RemoteFile, staged: Staged, message_id: int, home: int) -> None:
    """Its bytes are here. `home`: its conversation."""
    facts = [file.attachment_id, staged.kind.value, staged.mime, staged.size]
    tx.execute(query("remote_files.arrived"), facts)
    tx.execute(query("remote_files.drop"), [file.attachment_id])
    tx.execute(query("remote_files.preview"), [home, message_id, staged.kind.value])
