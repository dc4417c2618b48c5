"""The people outside, and their addresses."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from workspace import models
from workspace.models import Address, AddressKind
from workspace.rules import fold
from workspace.store.driver import Driver
from workspace.store.sql import query


@dataclass(frozen=True, slots=True)
class Contact:
    """What receiving needs to know of one."""

    id: int
    name: str
    blocked: bool


@dataclass(frozen=True, slots=True)
class NewContact:
    id: int
    name: str
    address: Address
    created_at: datetime


def by_address(db: Driver, addresses: Iterable[Address]) -> dict[Address, Contact]:
    """The contacts who have these addresses; unknown addresses are absent."""
    wanted = list(addresses)
    if not wanted:
        return {}
    rows = db.execute(
        query("contacts.by_address"), [[a.kind.value for a in wanted], [a.value for a in wanted]]
    )
    return {Address(AddressKind(kind), value): Contact(*rest) for kind, value, *rest in rows}


def add(tx: Driver, contacts: Iterable[NewContact]) -> None:
    new = list(contacts)
    if not new:
        return
    ids = [c.id for c in new]
    texts = [fold(f"{c.name} {c.address.value}") for c in new]
    tx.execute(
        query("contacts.add"), [ids, [c.name for c in new], texts, [c.created_at for c in new]]
    )
    identify(tx, {c.address: c.id for c in new})


def identify(tx: Driver, addresses: Mapping[Address, int]) -> None:
    """Addresses, new to everybody, with the contacts they belong to. `rename` makes them found."""
    if addresses:
        kinds, values = [a.kind.value for a in addresses], [a.value for a in addresses]
        tx.execute(query("contacts.identify"), [kinds, values, list(addresses.values())])


def rename(tx: Driver, names: Mapping[int, str]) -> None:
    """Give contacts names, by id."""
    if not names:
        return
    words = {id: [name] for id, name in names.items()}
    for id, address in tx.execute(query("contacts.addresses"), [list(names)]):
        words[id].append(address)
    texts = [fold(" ".join(w)) for w in words.values()]
    tx.execute(query("contacts.rename"), [list(words), list(names.values()), texts])


def get(db: Driver, id: int) -> models.Contact | None:
    """A contact and what is known of them; None: there is none."""
    rows = db.execute(query("contacts.get"), [id])
    if not rows:
        return None
    id, name, blocked, opted_out, first, last, count = rows[0]
    found = db.execute(query("contacts.identities"), [id])
    addresses = tuple(Address(AddressKind(kind), value) for kind, value in found)
    return models.Contact(id, name, addresses, blocked, opted_out, first, last, count)


def conversations(db: Driver, id: int) -> dict[int, int]:
    """The conversations of a contact: id -> channel id."""
    return dict(db.execute(query("contacts.conversations"), [id]))


def set_flags(tx: Driver, id: int, *, blocked: bool, opted_out: bool) -> None:
    tx.execute(query("contacts.set_flags"), [id, blocked, opted_out])


def drop_strangers(tx: Driver, ids: Iterable[int]) -> None:
    """Forget those of the contacts who have no conversation (any more)."""
    wanted = list(ids)
    if wanted:
        tx.execute(query("contacts.drop_identities_of_strangers"), [wanted])
        tx.execute(query("contacts.drop_strangers"), [wanted])
