"""Takes conversations out of the database, row by row of every table that knows them."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workspace.models import Address, AddressKind
from workspace.rules.phones import same
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
    payloads: tuple[int, ...]
    """Those that tell of a number of theirs, and belong to no conversation yet."""


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
    people = [
        (channel_id, Address(AddressKind(kind), address))
        for channel_id, kind, address in tx.execute(query("erase.people"), wanted)
    ]
    remains = Remains(
        (*ids, *_column(tx, "merged", wanted)),
        _column(tx, "files", wanted),
        tuple(tombstones.hashed(salt, *name) for name in names),
        tuple(tombstones.person(salt, *each) for each in people),
        _forget_moves(tx, people),
    )
    strangers = _column(tx, "contacts", wanted)
    tombstones.add(tx, remains.hashes)
    columns = [[name[0] for name in names], [name[1] for name in names]]
    tx.execute(query("erase.drop_parked"), columns)
    for table in TABLES:
        tx.execute(query(f"erase.drop_{table}"), wanted)
    contacts.drop_strangers(tx, strangers)
    return remains


def _forget_moves(tx: Driver, people: Iterable[tuple[int, Address]]) -> tuple[int, ...]:
    """Drop what waits and names an address of these people, in whatever writing; its payloads."""
    gone = {(channel_id, each) for channel_id, address in people for each in same(address)}
    found = [
        (journal_id, position)
        for journal_id, position, channel_id, event in tx.execute(query("erase.parked_moves"))
        if not gone.isdisjoint((channel_id, each) for each in _named(json.loads(event)))
    ]
    places = [list(column) for column in zip(*found, strict=True)]
    if places:
        tx.execute(query("receiving.unpark"), places)
    return tuple(journal_id for journal_id, _ in found)


def _named(move: dict[str, Any]) -> Iterator[Address]:
    for each in (*move["before"], *move["after"]):
        yield Address(AddressKind(each["kind"]), each["value"])


def all_files(db: Driver) -> set[int]:
    return set(_column(db, "all_files", []))


def _column(db: Driver, block: str, params: list[list[int]]) -> tuple[int, ...]:
    return tuple(row[0] for row in db.execute(query(f"erase.{block}"), params))
