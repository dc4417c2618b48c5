"""The head of a conversation computed anew, where adding message by message can't give it.

That is after two threads became one, after a mail arrived that is older than others of its thread,
and after a message went: it was taken back, or turned out to be another one's copy.
"""

import json
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from workspace.models import Address, AddressKind
from workspace.store import contacts, heads, states
from workspace.store.contacts import NewContact
from workspace.store.driver import Driver
from workspace.store.heads import Head, Letter
from workspace.store.ids import Ids


def rebuild(tx: Driver, ids: Ids, conversation_ids: Iterable[int]) -> None:
    """Compute and store head and contact of threads from their messages."""
    wanted = set(conversation_ids)
    if not wanted:
        return
    letters = heads.letters(tx, wanted)
    after = {head.id: _head(head, letters[head.id]) for head in _shown(tx, letters)}
    heads.save(tx, after.values())
    _set_contacts(tx, ids, after, letters)


def show(tx: Driver, conversation_ids: Iterable[int]) -> None:
    """Compute and store what the list shows of conversations, after one of their messages went."""
    heads.save(tx, _shown(tx, conversation_ids))


def forget(tx: Driver, conversation_ids: Collection[int]) -> None:
    """Compute and store all that follows from the log, after messages of it were taken back.

    No provider took those, so of the state they can only have changed the archive.
    """
    show(tx, conversation_ids)
    before = states.load(tx, conversation_ids)
    archived = {id: states.archived(tx, id) for id in before}
    states.save(tx, {id: replace(s, archived=archived[id]) for id, s in before.items()})


def _head(head: Head, letters: list[Letter]) -> Head:
    inbound = [letter for letter in letters if letter.external]
    to = _headers(inbound[-1] if inbound else letters[0]).get("to")
    kind, address = to or (head.address_kind, head.address)
    subject = _headers(letters[0]).get("subject", head.subject)
    return replace(head, subject=subject, address_kind=kind, address=address)


def _shown(tx: Driver, conversation_ids: Iterable[int]) -> list[Head]:
    before = heads.load(tx, conversation_ids)
    spans, newest = heads.spans(tx, before), heads.newest(tx, before)
    failing = heads.failing(tx, before)
    after = []
    for id, head in before.items():
        span = spans.get(id)
        fresh = Head(
            id=id,
            channel_id=head.channel_id,
            contact_id=head.contact_id,
            address_kind=head.address_kind,
            address=head.address,
            subject=head.subject,
            created_at=span.created_at if span else head.created_at,
            last_activity_at=span.last_activity_at if span else head.created_at,
            first_message_id=span.first_id if span else None,
            last_message_id=span.last_id if span else None,
        )
        if id in newest:
            heads.take(fresh, newest[id])
        fresh.failed = failing[id]
        after.append(fresh)
    return after


def _set_contacts(
    tx: Driver, ids: Ids, after: dict[int, Head], letters: dict[int, list[Letter]]
) -> None:
    """The contact of a thread is its first external sender."""
    first: dict[int, tuple[Address, Letter]] = {}
    for id, head in after.items():
        letter = next((letter for letter in letters[id] if letter.external), None)
        if letter is not None:
            address = Address(AddressKind(head.address_kind), letter.author_address)
            first[id] = (address, letter)
    known = {
        address: c.id
        for address, c in contacts.by_address(tx, {a for a, _ in first.values()}).items()
    }
    new = []
    for address, letter in first.values():
        if address not in known:
            known[address] = ids.next()
            name, at = letter.author_name, letter.occurred_at
            new.append(NewContact(known[address], name, address, at))
    contacts.add(tx, new)
    moved = {id: known[a] for id, (a, _) in first.items() if known[a] != after[id].contact_id}
    heads.set_contacts(tx, moved)
    contacts.drop_strangers(tx, {after[id].contact_id for id in moved})


def _headers(letter: Letter) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(letter.reply_headers or "{}")
    return found
