"""People who are reached elsewhere from now on.

A change of somebody nobody knows yet waits for them in `parked`, as a receipt waits for its
message, under the addresses that they leave: their first message may be late.
"""

from bisect import insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from pydantic import TypeAdapter

from workspace import rules
from workspace.channels.base import IdentityChanged, Unsupported
from workspace.models import Address
from workspace.rules.phones import same
from workspace.services.arrivals import Arrival, Item
from workspace.store import changes, contacts, heads, ingest
from workspace.store.driver import Driver
from workspace.store.ingest import Parked

_EVENT = TypeAdapter(IdentityChanged)


@dataclass(frozen=True, slots=True)
class Move:
    """A change that a payload tells, and its place there. The stamp is clamped to when it came."""

    journal_id: int
    position: int
    channel_id: int
    event: IdentityChanged

    @property
    def occurred_at(self) -> datetime:
        return self.event.occurred_at


@dataclass(frozen=True, slots=True)
class Followed:
    """`told`: which payload tells of the people of which conversation. `left`: the changes of
    people nobody knows.
    """

    told: Sequence[tuple[int, int]]
    left: Sequence[Move]


def moves(items: Iterable[Item]) -> list[Move]:
    """All changes that payloads tell, oldest first: one may begin where another one ended."""
    found = [
        Move(item.journal_id, position, item.channel_id, _clamped(item, event))
        for item in items
        for position, event in enumerate(item.events)
        if isinstance(event, IdentityChanged) and not item.threads
    ]
    return sorted(found, key=_stamp)


def _stamp(move: Move) -> datetime:
    return move.occurred_at


def _clamped(item: Item, event: IdentityChanged) -> IdentityChanged:
    return replace(event, occurred_at=rules.clamp(event.occurred_at, item.meta.received_at))


def follow(tx: Driver, moves: Sequence[Move], again: bool = False) -> Followed:
    """Give contacts the addresses they have moved to, and where they have moved to from there, as
    far as that has waited for them.

    What belongs to somebody else already stays theirs. `again`: the payloads were applied before,
    and who has moved on since is not called back.
    """
    told: list[tuple[int, int]] = []
    left, ahead = [], list(moves)
    for move in ahead:  # which grows while it is read, behind the one at hand
        found = _follow(tx, move, again)
        if found is None:
            left.append(move)
            continue
        conversations, new = found
        told += [(move.journal_id, id) for id in conversations]
        onwards = [
            m for m in _waiting(tx, move.channel_id, new) if m.occurred_at >= move.occurred_at
        ]
        ingest.unpark(tx, [_parked(each) for each in onwards])
        for each in onwards:
            insort(ahead, each, key=_stamp)
    return Followed(told, left)


def _follow(tx: Driver, move: Move, again: bool) -> tuple[Iterable[int], Iterable[Address]] | None:
    """The conversations of who has moved, and the addresses they had not before; None: nobody
    knows them.
    """
    channel_id, event = move.channel_id, move.event
    known = contacts.by_address(tx, [*event.before, *event.after])
    contact = next((known[each] for each in event.before if each in known), None)
    if contact is None:
        return None
    new = {address: contact.id for address in event.after if address not in known}
    contacts.identify(tx, new)
    if new:
        contacts.rename(tx, {contact.id: contact.name})
    own = [a for a in event.after if a in new or known[a].id == contact.id]
    if own and (new or not again):
        for id in heads.move(tx, channel_id, contact.id, own[0]):
            changes.record(tx, "conversation", id)
    return heads.of_contacts(tx, channel_id, [contact.id]).values(), new


# --- who has not come yet -----------------------------------------------------------------------


def waiting(tx: Driver, fresh: Iterable[Arrival]) -> list[Move]:
    """The changes that have waited for these people, each with those that begin where it ends."""
    asked: dict[int, set[Address]] = {}
    for arrival in fresh:
        if not arrival.item.threads:
            asked.setdefault(arrival.item.channel_id, set()).update(arrival.others)
    found: set[Move] = set()
    for channel_id, addresses in asked.items():
        while addresses:
            more = set(_waiting(tx, channel_id, addresses)) - found
            found |= more
            addresses = {address for move in more for address in move.event.after}
    return sorted(found, key=_stamp)


def settle(
    tx: Driver, followed: Followed, newcomers: "Newcomers", waited: Sequence[Move]
) -> list[tuple[int, int]]:
    """Once the batch is written: have those move who came with it, and let the others' changes
    wait. Which payload tells of the people of which conversation, of all that were followed.
    """
    then = follow(tx, newcomers.moves)
    taken = {*newcomers.moves} - {*then.left}
    ingest.unpark(tx, [_parked(move) for move in waited if move in taken])
    ingest.park(tx, [_parked(move) for move in followed.left if move not in taken])
    return [*followed.told, *then.told]


def _waiting(tx: Driver, channel_id: int, addresses: Iterable[Address]) -> list[Move]:
    names = {_name(address) for address in addresses}
    return [
        Move(p.journal_id, p.position, channel_id, _EVENT.validate_json(p.event))
        for p in ingest.parked_moves(tx, channel_id, names)
    ]


def _parked(move: Move) -> Parked:
    text = _EVENT.dump_json(move.event).decode()
    names = ingest.names(map(_name, move.event.before))
    return Parked(move.channel_id, names, move.journal_id, move.position, text)


def _name(address: Address) -> str:
    """What an address is called where messages are; none of those is of two lines."""
    one = _one(address)
    return f"{one.kind.value}\n{one.value}"


def spoken_of(tx: Driver, items: Iterable[Item]) -> list[tuple[int, int]]:
    """Which payload tells of the people of which conversation in words that nobody understood."""
    named: dict[int, list[tuple[int, Address]]] = {}
    for item in items:
        for event in item.events:
            if isinstance(event, Unsupported):
                about = [(item.journal_id, address) for address in event.addresses]
                named.setdefault(item.channel_id, []).extend(about)
    told = []
    for channel_id, about in named.items():
        known = contacts.by_address(tx, [address for _, address in about])
        theirs = heads.of_contacts(tx, channel_id, {contact.id for contact in known.values()})
        people = [(id, known[address].id) for id, address in about if address in known]
        told += [(id, theirs[person]) for id, person in people if person in theirs]
    return told


# --- who comes and moves in one batch ---------------------------------------------------------


@dataclass(slots=True)
class Newcomers:
    """People nobody knew who move within the batch that brings them, and their `moves`."""

    moves: list[Move] = field(default_factory=list)
    _person: dict[Address, Address] = field(default_factory=dict)
    """An address -> the one that stands for the person; both in one writing for all."""

    def others(self, address: Address) -> tuple[Address, ...]:
        """All addresses of the person in this batch; empty: it is no newcomer's who moves."""
        person = self._person.get(_one(address)) if self.moves else None
        return tuple(a for a, each in self._person.items() if each == person) if person else ()

    def write(self, addresses: Iterable[Address]) -> None:
        each = [_one(address) for address in addresses]
        person = next((self._person[a] for a in each if a in self._person), each[0])
        for address in each:
            self._person.setdefault(address, person)

    def move(self, move: Move, taken: Mapping[Address, object]) -> None:
        """Whoever writes only after that is somebody who has got the number since."""
        known = (self._person.get(_one(each)) for each in move.event.before)
        person = next((each for each in known if each), None)
        if person is None:
            return
        self.moves.append(move)
        for address in move.event.after:
            if address not in taken:
                self._person.setdefault(_one(address), person)


def newcomers(tx: Driver, left: Sequence[Move], fresh: Iterable[Arrival]) -> Newcomers:
    """Who of the people nobody knows wrote before they moved, in whatever order it is told.

    They are what they would be had each payload come by itself and in its time. `left`: also what
    has waited for them.
    """
    found = Newcomers()
    if not left:
        return found
    before = {_one(address) for move in left for address in move.event.before}
    taken = contacts.by_address(tx, {a for move in left for a in move.event.after})
    # Within one second, people write from where they were, move, and write from where they are.
    steps: list[tuple[datetime, int, Arrival | Move]] = [(m.occurred_at, 1, m) for m in left]
    for arrival in fresh:
        if not arrival.item.threads:
            earlier = not before.isdisjoint(map(_one, arrival.others))
            steps.append((arrival.occurred_at, 0 if earlier else 2, arrival))
    for _, _, step in sorted(steps, key=lambda step: step[:2]):
        if isinstance(step, Move):
            found.move(step, taken)
        else:
            found.write(step.others)
    return found


def _one(address: Address) -> Address:
    """One writing for all."""
    return min(same(address), key=lambda each: each.value)
