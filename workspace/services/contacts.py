"""The people outside: what is known of them, their name, Block and Opted out, and who is whom."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any, Protocol, TypeVar

from workspace.errors import Conflict, InvalidRequest, NotFound
from workspace.models import Actor, Contact, EventKind
from workspace.rules import names, search
from workspace.rules.contacts import Whole
from workspace.services.filters import checked_search
from workspace.store import Store, changes, contacts, events, idempotency, ids, parts
from workspace.store.conversations import MAX_ID
from workspace.store.driver import Driver
from workspace.store.events import NewEvent

T = TypeVar("T")


class Clocks(Protocol):
    def now(self, channel_id: int) -> datetime:
        """The channel's clock; the machine's, for a channel that is no longer configured."""
        ...


@dataclass(frozen=True, slots=True)
class Update:
    """What is to be true of a contact; None: as it is."""

    name: str | None = field(default=None, repr=False)
    blocked: bool | None = None
    opted_out: bool | None = None


class Contacts:
    """A contact that was merged into another one is known as that, under its old id, too."""

    def __init__(self, store: Store, clocks: Clocks) -> None:
        self._store = store
        self._clocks = clocks

    def contact(self, id: int) -> Contact:
        """Raises NotFound."""
        with self._store.read() as db:
            return get(db, id)

    def contacts(self, text: str, limit: int) -> list[Contact]:
        """Those whose name and addresses hold all words of `text`, who was active last first."""
        with self._store.read() as db:
            ids = contacts.find(db, search(checked_search(text)).contact, limit)
            found = contacts.get(db, ids)
        return [found[id] for id in ids]

    def update(self, id: int, wanted: Update, actor: Actor, key: str | None) -> Contact:
        """Make it so, and log each change in all conversations of the contact.

        Who is blocked is heard no more: what they write is stored and changes nothing. Gives the
        contact as it is now. Raises NotFound, InvalidRequest.
        """
        wanted = _checked(wanted)
        request = {
            "contact": id,
            "name": wanted.name,
            "blocked": wanted.blocked,
            "opted_out": wanted.opted_out,
        }

        def do(tx: Driver) -> int:
            update(tx, id, wanted, actor, self._clocks.now)
            return id

        return self._once(key, request, do)

    def merge(self, id: int, other: int, actor: Actor, key: str | None) -> Contact:
        """Make the contact `other` a part of the contact `id`, and log it in all conversations.

        Gives the contact with everything of both; where they are one already, as it is. Raises
        NotFound; InvalidRequest for a contact and itself.
        """
        if id == other:
            raise InvalidRequest("A contact can't be merged with itself; choose another one.")
        request = {"verb": "merge_contacts", "contact": id, "other": other}
        return self._once(key, request, lambda tx: merge(tx, id, other, actor, self._clocks.now))

    def unmerge(self, id: int, actor: Actor, key: str | None) -> Contact:
        """Make a contact that was merged into another one a contact of its own again.

        It takes along its addresses and conversations, what has arrived there since included, and
        what was merged into it before. Gives it. Raises NotFound, Conflict.
        """
        request = {"verb": "unmerge_contact", "contact": id}
        return self._once(key, request, lambda tx: unmerge(tx, id, actor, self._clocks.now))

    def _once(
        self, key: str | None, request: Mapping[str, Any], do: Callable[[Driver], int]
    ) -> Contact:
        def work(tx: Driver) -> Contact:
            # The id alone is kept with the key: Delete would not find a name there.
            return get(tx, idempotency.once(tx, key, request, int, lambda: do(tx)))

        return self._store.write(work)


Now = Callable[[int], datetime]
"""A channel's clock."""


def update(tx: Driver, id: int, wanted: Update, actor: Actor, now: Now) -> None:
    """What `Contacts.update` does, as part of a transaction."""
    before = _whole(tx, id)
    after = decided(before, wanted)
    if after.parts != before.parts:
        parts.save(tx, after)
    if kinds := differences(before, after):
        _log(tx, contacts.conversations(tx, before.ids), kinds, actor, now)


def merge(tx: Driver, id: int, other: int, actor: Actor, now: Now) -> int:
    """What `Contacts.merge` does, as part of a transaction; the id of what both are now."""
    into, gone = _whole(tx, id), _whole(tx, other)
    if into.id == gone.id:
        return into.id
    touched = contacts.conversations(tx, [*into.ids, *gone.ids])
    at = max(now(channel_id) for channel_id in set(touched.values()))
    parts.save(tx, into.merge(gone, at, actor))
    _log(tx, touched, [EventKind.MERGED], actor, now, _named(gone.id))
    return into.id


def unmerge(tx: Driver, id: int, actor: Actor, now: Now) -> int:
    """What `Contacts.unmerge` does, as part of a transaction; the same id."""
    whole = _whole(tx, id)
    if whole.id == id:
        merged = ", ".join(str(part.id) for part in whole.parts[1:])
        raise Conflict(
            f"The contact {id} is not merged into another one"
            + (f"; give one that was merged into it: {merged}." if merged else "."),
            id=str(id),
        )
    stays, parted = whole.unmerge(id)
    parts.save(tx, stays)
    parts.save(tx, parted)
    touched = contacts.conversations(tx, whole.ids)
    _log(tx, touched, [EventKind.UNMERGED], actor, now, _named(id))
    return id


def _named(id: int) -> str:
    """By its id: a name or address would outlive the contact in the log of the other one."""
    return f"contact {id}"


def _log(
    tx: Driver,
    touched: Mapping[int, int],
    kinds: list[EventKind],
    actor: Actor,
    now: Now,
    reason: str = "",
) -> None:
    now = cache(now)  # asked once a channel: it is one instant
    new = iter(ids.allocate(tx, len(touched) * len(kinds)))
    log = [
        NewEvent(next(new), conversation_id, kind, actor, now(channel_id), reason=reason)
        for conversation_id, channel_id in touched.items()
        for kind in kinds
    ]
    events.add(tx, log)
    changes.record_many(tx, "conversation", [(touch, False) for touch in touched])


def decided(whole: Whole, wanted: Update) -> Whole:
    """The contact as it is to be."""
    return whole.decide(
        whole.name if wanted.name is None else wanted.name,
        whole.blocked if wanted.blocked is None else wanted.blocked,
        whole.opted_out if wanted.opted_out is None else wanted.opted_out,
    )


def differences(before: Whole, after: Whole) -> list[EventKind]:
    """What happened, as it is logged: what the contact is shown as counts."""
    found = []
    if after.name != before.name:
        found.append(EventKind.RENAMED)
    if after.blocked != before.blocked:
        found.append(EventKind.BLOCKED if after.blocked else EventKind.UNBLOCKED)
    if after.opted_out != before.opted_out:
        found.append(EventKind.OPTED_OUT if after.opted_out else EventKind.OPTED_IN)
    return found


def _checked(wanted: Update) -> Update:
    if wanted == Update():
        raise InvalidRequest("Nothing is to change: give name, blocked or opted_out.")
    if wanted.name is None:
        return wanted
    return replace(wanted, name=names.name(wanted.name, "The name"))


def get(db: Driver, id: int) -> Contact:
    """Raises NotFound."""
    return _one(contacts.get, db, id)


def _whole(db: Driver, id: int) -> Whole:
    return _one(parts.wholes, db, id)


def _one(find: Callable[[Driver, list[int]], Mapping[int, T]], db: Driver, id: int) -> T:
    found = find(db, [id]) if 0 < id <= MAX_ID else {}
    if id not in found:
        raise NotFound(f"No contact {id}; it may have been deleted.", id=str(id))
    return found[id]
