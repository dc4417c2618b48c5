"""Takes conversations out of the database, row by row of every table that knows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from workspace.models import Address, AddressKind
from workspace.store import contacts, tombstones
from workspace.store.driver import Driver
from workspace.store.sql import query

# Children first: what finds the rows of a table must still be there.
TABLES = (
    "reactions",
    "own_reactions",
    "remote_files",
    "attachments",
    "messages",
    "drafts",
    "draft_uploads",
    "events",
    "thread_refs",
    "aliases",
    "conversations",
)


@dataclass(frozen=True, slots=True)
class Remains:
    """What must be erased outside the database, too."""

    conversation_ids: tuple[int, ...]
    """With the threads that were merged into them."""
    files: tuple[int, ...]
    hashes: tuple[str, ...]
    people: tuple[str, ...]
    """Hashes of all addresses of those who have no other conversation on the channel."""


def sending(db: Driver, ids: Sequence[int], now: datetime) -> datetime | None:
    """Until when the leases last of what is on its way out; None: nothing of theirs is."""
    until: datetime | None = db.execute(query("erase.sending"), [list(ids), now])[0][0]
    return until


def cancel(tx: Driver, ids: Sequence[int]) -> None:
    """Let nothing of the conversations be sent any more."""
    tx.execute(query("erase.cancel"), [list(ids)])


def erase(tx: Driver, ids: Sequence[int]) -> Remains:
    """Delete the rows of conversations, and contacts that had no other; leave tombstones."""
    wanted = [list(ids)]
    salt = tombstones.salt(tx)
    names = tx.execute(query("erase.provider_ids"), wanted)
    remains = Remains(
        (*ids, *_column(tx, "merged", wanted)),
        _column(tx, "files", wanted),
        tuple(tombstones.hashed(salt, *name) for name in names),
        tuple(
            tombstones.person(salt, channel_id, Address(AddressKind(kind), address))
            for channel_id, kind, address in tx.execute(query("erase.people"), wanted)
        ),
    )
    people = _column(tx, "contacts", wanted)
    tombstones.add(tx, remains.hashes)
    columns = [[name[0] for name in names], [name[1] for name in names]]
    tx.execute(query("erase.drop_parked"), columns)
    for table in TABLES:
        tx.execute(query(f"erase.drop_{table}"), wanted)
    contacts.drop_strangers(tx, people)
    return remains


def all_files(db: Driver) -> set[int]:
    return set(_column(db, "all_files", []))


def _column(db: Driver, block: str, params: list[list[int]]) -> tuple[int, ...]:
    return tuple(row[0] for row in db.execute(query(f"erase.{block}"), params))
