"""What messages say that a provider told us of, and saying it anew."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from workspace.store.driver import Driver
from workspace.store.sql import query


@dataclass(frozen=True, slots=True)
class Wording:
    """What is stored of a message that was not sent from here."""

    provider_id: str
    id: int
    conversation_id: int
    received_at: datetime
    """When the payload came that brought it."""
    body: str = field(repr=False)
    html: str = field(repr=False)
    unsupported: str
    files: int


@dataclass(frozen=True, slots=True)
class Amended:
    """What it says instead. `search_text` is folded, with the names of its files."""

    id: int
    body: str = field(repr=False)
    html: str = field(repr=False)
    unsupported: str
    search_text: str = field(repr=False)


def load(db: Driver, channel_id: int, provider_ids: Iterable[str]) -> dict[str, Wording]:
    """By the provider's ids; what is unknown or was sent from here is absent."""
    wanted = list(provider_ids)
    if not wanted:
        return {}
    rows = db.execute(query("receiving.words"), [channel_id, wanted])
    return {row[0]: Wording(*row) for row in rows}


def file_names(db: Driver, message_ids: Iterable[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for id, name in db.execute(query("receiving.file_names"), [list(message_ids)]):
        found.setdefault(id, []).append(name)
    return found


def save(tx: Driver, rows: Sequence[Amended]) -> None:
    if rows:
        columns = [
            [row.id for row in rows],
            [row.body for row in rows],
            [row.html for row in rows],
            [row.unsupported for row in rows],
            [row.search_text for row in rows],
        ]
        tx.execute(query("receiving.amend"), columns)
