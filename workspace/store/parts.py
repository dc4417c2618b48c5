"""Which contacts are one, and what a contact is shown as and found by."""

from collections.abc import Collection, Iterable, Mapping

from workspace.models import Actor, ActorKind, Address, AddressKind
from workspace.rules import fold
from workspace.rules.contacts import ContactPart, Merged, Whole
from workspace.rules.phones import same
from workspace.store.driver import Driver
from workspace.store.sql import query


def merged(db: Driver, ids: Iterable[int]) -> list[Whole]:
    """Those of the contacts that are merged with others; each whole once."""
    wanted = list(ids)
    if not wanted:
        return []
    found: dict[int, list[ContactPart]] = {}
    for whole, id, name, blocked, out, into, at, kind, actor in db.execute(
        query("parts.find"), [wanted]
    ):
        how = Merged(into, at, Actor(ActorKind(kind), actor)) if into is not None else None
        found.setdefault(whole, []).append(ContactPart(id, name, blocked, out, how))
    return [Whole(parts) for parts in found.values()]


def wholes(db: Driver, ids: Collection[int]) -> dict[int, Whole]:
    """What each of the contacts is part of, be it of nothing but itself; unknown ids are absent."""
    found = {id: whole for whole in merged(db, ids) for id in whole.ids}
    single = [id for id in ids if id not in found]
    rows = db.execute(query("parts.single"), [single]) if single else []
    alone = {row[0]: Whole([ContactPart(*row)]) for row in rows}
    return alone | {id: found[id] for id in ids if id in found}


def save(tx: Driver, whole: Whole) -> None:
    """Keep that these contacts are one, or is whole, and show them all as it."""
    tx.execute(query("parts.drop"), [list(whole.ids)])
    if len(whole.parts) > 1:
        merges = [part.merged for part in whole.parts]
        columns = [
            [part.name for part in whole.parts],
            [part.blocked for part in whole.parts],
            [part.opted_out for part in whole.parts],
            [how.into if how else None for how in merges],
            [how.at if how else None for how in merges],
            [how.actor.kind.value if how else "" for how in merges],
            [how.actor.name if how else "" for how in merges],
        ]
        tx.execute(query("parts.add"), [list(whole.ids), whole.id, *columns])
    show(tx, [whole])


def show(tx: Driver, some: Iterable[Whole]) -> None:
    """Write down what contacts are shown as and found by."""
    rows = [(id, whole) for whole in some for id in whole.ids]
    if not rows:
        return
    ids = [id for id, _ in rows]
    known = addresses(tx, ids)
    texts = [
        found_by(
            [whole.name, *(part.name for part in whole.parts)],
            [address for id in whole.ids for address in known.get(id, ())],
        )
        for _, whole in rows
    ]
    columns = [
        [whole.name for _, whole in rows],
        [whole.blocked for _, whole in rows],
        [whole.opted_out for _, whole in rows],
    ]
    tx.execute(query("parts.show"), [ids, *columns, texts])


def rename(tx: Driver, names: Mapping[int, str]) -> None:
    """Give contacts other names by themselves, and have them found by all they have now."""
    changed = [whole.rename(names) for whole in _each(wholes(tx, names))]
    for whole in changed:
        if len(whole.parts) > 1:
            save(tx, whole)
    show(tx, [whole for whole in changed if len(whole.parts) == 1])


def forget(tx: Driver, gone: Collection[int]) -> None:
    """Contacts are no more, so they are parts of nothing."""
    for whole in merged(tx, gone):
        left = whole.without(gone)
        tx.execute(query("parts.drop"), [list(whole.ids)])
        if left:
            save(tx, left)


def addresses(db: Driver, ids: Iterable[int]) -> dict[int, list[Address]]:
    """By contact, each of those by itself."""
    found: dict[int, list[Address]] = {}
    for id, kind, value in db.execute(query("parts.addresses"), [list(ids)]):
        found.setdefault(id, []).append(Address(AddressKind(kind), value))
    return found


def found_by(names: Iterable[str], addresses: Iterable[Address]) -> str:
    """What a search looks into: a phone number by each of its writings."""
    writings = [each.value for address in addresses for each in same(address)]
    return fold(" ".join(dict.fromkeys([*names, *writings])))


def _each(found: Mapping[int, Whole]) -> list[Whole]:
    return list({whole.id: whole for whole in found.values()}.values())
