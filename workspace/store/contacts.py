"""The people outside, and their addresses."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from workspace import models
from workspace.models import Address, AddressKind, Identity, MarketingChoice, MergedContact
from workspace.rules.contacts import Whole
from workspace.rules.phones import same
from workspace.store import marketing, parts
from workspace.store.driver import Driver
from workspace.store.sql import query
from workspace.store.where import Where


@dataclass(frozen=True, slots=True)
class Contact:
    """What receiving needs to know of one: by itself, whatever it is merged with."""

    id: int
    name: str
    blocked: bool
    """Also where what it is merged with is."""


@dataclass(frozen=True, slots=True)
class NewContact:
    id: int
    name: str
    address: Address
    created_at: datetime


def by_address(db: Driver, addresses: Iterable[Address]) -> dict[Address, Contact]:
    """The contacts who have these addresses, however their phone numbers are written.

    Of two who are told apart by nothing else, the one with the very writing. Unknown addresses are
    absent.
    """
    wanted = set(addresses)
    if not wanted:
        return {}
    every = list({each for address in wanted for each in same(address)})
    rows = db.execute(
        query("contacts.by_address"), [[a.kind.value for a in every], [a.value for a in every]]
    )
    known = {Address(AddressKind(kind), value): Contact(*rest) for kind, value, *rest in rows}
    found = {a: next((known[w] for w in same(a) if w in known), None) for a in wanted}
    return {address: contact for address, contact in found.items() if contact}


def add(tx: Driver, contacts: Iterable[NewContact]) -> None:
    new = list(contacts)
    if not new:
        return
    ids = [c.id for c in new]
    texts = [parts.found_by([c.name], [c.address]) for c in new]
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
    """Give contacts names by themselves, by id; what they are merged with may be shown by it."""
    if names:
        parts.rename(tx, names)


def find(db: Driver, words: Iterable[str], limit: int) -> list[int]:
    """Contacts whose names and addresses hold all folded words, who was active last first."""
    where = Where(2)
    text = query("contacts.find").replace("/* contact */", where.every("contact_word", words))
    return [row[0] for row in db.execute(text, [limit, *where.params])]


def get(db: Driver, ids: Collection[int]) -> dict[int, models.Contact]:
    """Contacts and what is known of them, by the ids asked for; unknown ids are absent.

    One that is merged into another one is shown as that.
    """
    wholes = parts.wholes(db, ids)
    every = list({id for whole in wholes.values() for id in whole.ids})
    if not every:
        return {}
    known = parts.addresses(db, every)
    reaches: dict[int, list[Reach]] = {}
    for id, *rest in db.execute(query("contacts.reached"), [every]):
        reaches.setdefault(id, []).append(Reach(*rest))
    chosen = marketing.of_contacts(db, every)
    return {id: _contact(whole, known, reaches, chosen) for id, whole in wholes.items()}


@dataclass(frozen=True, slots=True)
class Reach:
    """How a contact is reached, or that it is not. Fields in the order of ``contacts.reached``."""

    known_at: datetime
    kind: str | None
    channel_id: int | None
    first: datetime | None
    last: datetime | None
    conversations: int


def _contact(
    whole: Whole,
    known: Mapping[int, list[Address]],
    reaches: Mapping[int, list[Reach]],
    chosen: Iterable[MarketingChoice],
) -> models.Contact:
    own = [each for id in whole.ids for each in reaches[id]]
    identities = [
        Identity(address, id, _channels(address, reaches[id]))
        for id in whole.ids
        for address in known.get(id, ())
    ]
    return models.Contact(
        whole.id,
        whole.name,
        tuple(each.address for each in identities),
        whole.blocked,
        whole.opted_out,
        min(each.first or each.known_at for each in own),
        max(each.last or each.known_at for each in own),
        sum(each.conversations for each in own),
        tuple(identities),
        tuple(
            MergedContact(
                part.id,
                part.name,
                tuple(known.get(part.id, ())),
                part.merged.into,
                part.merged.at,
                part.merged.actor,
            )
            for part in whole.parts
            if part.merged
        ),
        tuple(each for each in chosen if each.contact_id in whole.ids),
    )


def _channels(address: Address, reaches: Iterable[Reach]) -> tuple[int, ...]:
    return tuple(
        each.channel_id
        for each in reaches
        if each.channel_id is not None and each.kind == address.kind
    )


def conversations(db: Driver, ids: Collection[int]) -> dict[int, int]:
    """The conversations of contacts by themselves: id -> channel id."""
    return dict(db.execute(query("contacts.conversations"), [list(ids)]))


def drop_strangers(tx: Driver, ids: Iterable[int]) -> None:
    """Forget those of the contacts who have no conversation (any more).

    Each by itself: one that is merged goes with its own last conversation, so that a merge changes
    nothing about what Delete forgets.
    """
    wanted = list(ids)
    gone = [row[0] for row in tx.execute(query("contacts.strangers"), [wanted])] if wanted else []
    if gone:
        marketing.forget(tx, gone)
        tx.execute(query("contacts.drop_identities"), [gone])
        tx.execute(query("contacts.drop"), [gone])
        parts.forget(tx, gone)
