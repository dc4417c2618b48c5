"""The people outside: what is known of them, their name, Block and Opted out."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Protocol

from workspace.errors import InvalidRequest, NotFound
from workspace.models import Actor, Contact, EventKind
from workspace.rules import names
from workspace.store import Store, changes, contacts, events, idempotency, ids
from workspace.store.conversations import MAX_ID
from workspace.store.driver import Driver
from workspace.store.events import NewEvent


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
    def __init__(self, store: Store, clocks: Clocks) -> None:
        self._store = store
        self._clocks = clocks

    def contact(self, id: int) -> Contact:
        """Raises NotFound."""
        with self._store.read() as db:
            return _get(db, id)

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

        def work(tx: Driver) -> Contact:
            # The id alone is kept with the key: Delete would not find a name there.
            idempotency.once(tx, key, request, int, lambda: do(tx))
            return _get(tx, id)

        return self._store.write(work)


def update(
    tx: Driver, id: int, wanted: Update, actor: Actor, now: Callable[[int], datetime]
) -> None:
    """What `Contacts.update` does, as part of a transaction. `now` gives a channel's clock."""
    before = _get(tx, id)
    after = applied(before, wanted)
    if after.name != before.name:
        contacts.rename(tx, {id: after.name})
    if (after.blocked, after.opted_out) != (before.blocked, before.opted_out):
        contacts.set_flags(tx, id, blocked=after.blocked, opted_out=after.opted_out)
    kinds = differences(before, after)
    if kinds:
        _log(tx, id, kinds, actor, cache(now))  # asked once a channel: it is one instant


def _log(
    tx: Driver, id: int, kinds: list[EventKind], actor: Actor, now: Callable[[int], datetime]
) -> None:
    touched = contacts.conversations(tx, id)
    new = iter(ids.allocate(tx, len(touched) * len(kinds)))
    log = [
        NewEvent(next(new), conversation_id, kind, actor, now(channel_id))
        for conversation_id, channel_id in touched.items()
        for kind in kinds
    ]
    events.add(tx, log)
    changes.record_many(tx, "conversation", [(touch, False) for touch in touched])


def applied(contact: Contact, wanted: Update) -> Contact:
    """The contact as it is to be."""
    return replace(
        contact,
        name=contact.name if wanted.name is None else wanted.name,
        blocked=contact.blocked if wanted.blocked is None else wanted.blocked,
        opted_out=contact.opted_out if wanted.opted_out is None else wanted.opted_out,
    )


def differences(before: Contact, after: Contact) -> list[EventKind]:
    """What happened, as it is logged."""
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


def _get(db: Driver, id: int) -> Contact:
    found = contacts.get(db, id) if 0 < id <= MAX_ID else None
    if found is None:
        raise NotFound(f"No contact {id}; it may have been deleted.", id=str(id))
    return found
