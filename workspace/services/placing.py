"""Which conversation a message belongs to.

Messaging channels keep one conversation per contact. Mail keeps one per thread: the mails that bear
or refer to each other's Message-IDs, however far the chain reaches. A subject alone never joins.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from workspace.models import Address
from workspace.rules import State
from workspace.rules.phones import same
from workspace.services.arrivals import Arrival
from workspace.services.identities import Newcomers
from workspace.services.rebuilding import rebuild
from workspace.store import contacts, heads, states, threads
from workspace.store.contacts import Contact, NewContact
from workspace.store.driver import Driver
from workspace.store.heads import Head
from workspace.store.ids import Ids


class Groups:
    """Sets of names that belong together (union-find)."""

    def __init__(self) -> None:
        self._up: dict[object, object] = {}

    def find(self, name: object) -> object:
        """The one name that stands for all that belong together with `name`."""
        path = []
        while (up := self._up.get(name, name)) != name:
            path.append(name)
            name = up
        for passed in path:
            self._up[passed] = name
        return name

    def join(self, a: object, b: object) -> None:
        self._up[self.find(a)] = self.find(b)


class Threads:
    """The threads that the new mails of one channel belong to.

    `conversation`: the existing conversation of each group; `merged`: (gone, survivor) of those
    that turned out to be one. The oldest survives.
    """

    def __init__(self, mails: Sequence[Arrival], stored: Mapping[str, int]) -> None:
        self._groups = Groups()
        for mail in mails:
            for ref in mail.refs:
                self._groups.join(ref, mail.event.provider_id)
        found: dict[object, set[int]] = {}
        # Refs of one conversation belong together even if no new mail names two of them.
        first: dict[int, str] = {}
        for ref, id in stored.items():
            self._groups.join(ref, first.setdefault(id, ref))
        for ref, id in stored.items():
            found.setdefault(self._groups.find(ref), set()).add(id)
        self.conversation = {group: min(ids) for group, ids in found.items()}
        self.merged = [(id, min(ids)) for ids in found.values() for id in sorted(ids)[1:]]

    def group(self, mail: Arrival) -> object:
        return self._groups.find(mail.event.provider_id)


class Places:
    """Finds or makes the conversations of a batch of new messages, and their contacts.

    Contacts are those by themselves: what is merged keeps its own addresses and conversations, so
    that each message comes to the side it was written to, and an unmerge has nothing to sort out.

    `heads` and `states` hold what the batch works on; `new` the ids made here.
    """

    def __init__(
        self, tx: Driver, ids: Ids, fresh: Sequence[Arrival], newcomers: Newcomers
    ) -> None:
        self._tx = tx
        self._ids = ids
        self._newcomers = newcomers
        self.heads: dict[int, Head] = {}
        self.states: dict[int, State] = {}
        self.new: set[int] = set()
        self.merged: dict[int, int] = {}
        """Threads that this batch found to be part of others: gone -> survivor."""
        self.new_contacts: list[NewContact] = []
        self.names: dict[int, str] = {}
        """Names of contacts who had none, or whose addresses are more than they were."""
        self.new_addresses: dict[Address, int] = {}
        """Further addresses of contacts, by the contact's id."""
        self._threads = self._find_threads(fresh)
        # Only now: threads that became one may have lost a contact.
        self.contacts = contacts.by_address(tx, {each for a in fresh for each in a.others})
        self._of_contact = self._find_conversations(fresh)
        self.load([*self._existing(fresh)])

    def _find_threads(self, fresh: Sequence[Arrival]) -> dict[int, Threads]:
        mails: dict[int, list[Arrival]] = {}
        for arrival in fresh:
            if arrival.item.threads:
                mails.setdefault(arrival.item.channel_id, []).append(arrival)
        found = {}
        for channel_id, each in mails.items():
            stored = threads.find(self._tx, channel_id, {ref for mail in each for ref in mail.refs})
            found[channel_id] = Threads(each, stored)
            self.merged |= dict(found[channel_id].merged)
        self._merge()
        return found

    def _merge(self) -> None:
        if not self.merged:
            return
        gone = heads.load(self._tx, self.merged)
        for id, survivor in self.merged.items():
            threads.merge(self._tx, id, survivor)
        survivors = set(self.merged.values())
        rebuild(self._tx, self._ids, survivors)
        contacts.drop_strangers(self._tx, {head.contact_id for head in gone.values()})
        states.save(self._tx, {id: states.recompute(self._tx, id) for id in survivors})

    def _find_conversations(self, fresh: Sequence[Arrival]) -> dict[tuple[int, int], int]:
        wanted: dict[int, set[int]] = {}
        for arrival in fresh:
            contact = self._find_contact(arrival)
            if contact and not arrival.item.threads:
                wanted.setdefault(arrival.item.channel_id, set()).add(contact.id)
        return {
            (channel_id, contact_id): id
            for channel_id, contact_ids in wanted.items()
            for contact_id, id in heads.of_contacts(self._tx, channel_id, contact_ids).items()
        }

    def _existing(self, fresh: Sequence[Arrival]) -> Iterable[int]:
        yield from self._of_contact.values()
        for each in self._threads.values():
            yield from each.conversation.values()

    def load(self, ids: Iterable[int]) -> None:
        """Take existing conversations into the batch."""
        missing = {id for id in ids if id not in self.heads}
        if not missing:
            return
        self.heads |= heads.load(self._tx, missing)
        self.states |= states.load(self._tx, missing)

    # --- one message ------------------------------------------------------------------------------

    def conversation(self, arrival: Arrival) -> int:
        """The conversation of a new message, made if there is none."""
        channel_id = arrival.item.channel_id
        if arrival.item.threads:
            each = self._threads[channel_id]
            group = each.group(arrival)
            found = each.conversation.get(group)
            if found is None:
                found = each.conversation[group] = self._make(arrival)
            elif self._find_contact(arrival):
                self.contact(arrival)  # they may have a name now
            return found
        contact = self.contact(arrival)
        found = self._of_contact.get((channel_id, contact.id))
        if found is None:
            found = self._of_contact[channel_id, contact.id] = self._make(arrival)
        return found

    def _make(self, arrival: Arrival) -> int:
        contact = self.contact(arrival)
        id = self._ids.next()
        to = arrival.event.address
        self.heads[id] = Head(
            id=id,
            channel_id=arrival.item.channel_id,
            contact_id=contact.id,
            address_kind=to.kind,
            address=to.value,
            subject=arrival.event.subject if arrival.item.threads else "",
            created_at=arrival.occurred_at,
            last_activity_at=arrival.occurred_at,
        )
        self.states[id] = State()
        self.new.add(id)
        return id

    def contact(self, arrival: Arrival) -> Contact:
        """The contact the message is from or to: made if unknown, named if nameless, and reached by
        all the addresses it tells.
        """
        name, found = arrival.event.name, self._find_contact(arrival)
        if found is None:
            found = Contact(self._ids.next(), name, blocked=False)
            made = NewContact(found.id, name, arrival.other, arrival.occurred_at)
            self.new_contacts.append(made)
            self.contacts[arrival.other] = found
        elif name and not found.name:
            found = replace(found, name=name)
            self.names[found.id] = name
            self.contacts |= {a: found for a, c in self.contacts.items() if c.id == found.id}
        for address in arrival.others:
            if self._known(address) is None:
                self.contacts[address] = found
                self.new_addresses[address] = found.id
                self.names[found.id] = found.name
        return found

    def _find_contact(self, arrival: Arrival) -> Contact | None:
        moved = [a for each in arrival.others for a in self._newcomers.others(each)]
        known = (self._known(address) for address in (*arrival.others, *moved))
        return next((contact for contact in known if contact), None)

    def _known(self, address: Address) -> Contact | None:
        """Who has this address, in whatever writing, also of those made here."""
        known = (self.contacts.get(each) for each in same(address))
        return next((contact for contact in known if contact), None)

    def blocked(self, arrival: Arrival) -> bool:
        """Whether the person outside is, by whichever of their addresses they are known by now."""
        known = (self._known(address) for address in arrival.others)
        return any(contact.blocked for contact in known if contact)
