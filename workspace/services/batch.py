"""What one batch of payloads is going to change, collected in memory and written at once."""

from collections.abc import Set
from dataclasses import dataclass, field, replace
from datetime import datetime

from workspace.channels.base import StatusChanged
from workspace.services.arrivals import Arrival, Key
from workspace.services.placing import Places
from workspace.services.rebuilding import rebuild
from workspace.store import (
    changes,
    contacts,
    events,
    heads,
    ingest,
    marketing,
    reactions,
    remote_files,
    states,
    threads,
)
from workspace.store.driver import Driver
from workspace.store.events import NewEvent
from workspace.store.files import Staged
from workspace.store.ids import Ids
from workspace.store.ingest import Known, NewAttachment, NewMessage, Parked
from workspace.store.reactions import Own
from workspace.store.remote_files import NewRemoteFile


@dataclass(slots=True)
class Applied:
    """What the journal must know of a batch, and which staged files have become attachments."""

    belongs: dict[int, set[int]]
    """Payload -> the conversations it carries something of."""
    joined: list[tuple[int, int]] = field(default_factory=list)
    """The same for payloads of earlier batches of which something was parked until now."""
    bounced: list[int] = field(default_factory=list)
    """Payloads that hold nothing but what is of erased messages and people."""
    files: list[tuple[Staged, int]] = field(default_factory=list)
    messages: int = 0
    """How many were added."""
    amended: int = 0
    """How many that were there say something else now."""
    receipts: int = 0
    """How many messages got further."""


@dataclass(slots=True)
class Batch:
    tx: Driver
    ids: Ids
    places: Places
    known: dict[Key, Known]
    """All messages the batch speaks of, those it adds included."""
    entombed: Set[Key]
    """Names of erased messages."""
    applied: Applied
    messages: dict[int, NewMessage] = field(default_factory=dict)
    attachments: list[NewAttachment] = field(default_factory=list)
    remote_files: list[NewRemoteFile] = field(default_factory=list)
    events: list[NewEvent] = field(default_factory=list)
    refs: dict[Key, int] = field(default_factory=dict)
    delivered: dict[int, Known] = field(default_factory=dict)
    """Messages whose delivery status changed."""
    reactions: dict[int, tuple[str, datetime]] = field(default_factory=dict)
    own_reactions: dict[int, tuple[int, str, datetime]] = field(default_factory=dict)
    """What the business said with another program: (channel, emoji, when)."""
    reacted: dict[Key, Own] = field(default_factory=dict)
    """Reactions sent from here that the batch speaks of."""
    heard: dict[int, tuple[Own, list[StatusChanged]]] = field(default_factory=dict)
    """What receipts say of them."""
    marketing_stopped: dict[int, datetime] = field(default_factory=dict)
    """Conversations whose customer wants no marketing messages, as a receipt says, since when."""
    quotes: dict[int, int] = field(default_factory=dict)
    """Message -> the one it quotes."""
    parked: list[Parked] = field(default_factory=list)
    unparked: list[Parked] = field(default_factory=list)
    new_contact: dict[int, int] = field(default_factory=dict)
    """Conversation -> its contact, where that changed."""
    strangers: set[int] = field(default_factory=set)
    """Contacts who may have lost their only conversation."""
    unsure_state: set[int] = field(default_factory=set)
    """Conversations whose state must be computed from the log."""
    unsure_failed: set[int] = field(default_factory=set)
    """Conversations whose newest outbound message must be looked up."""
    unsure_head: set[int] = field(default_factory=set)
    """Threads that got a mail older than others of theirs."""
    changed: dict[int, bool] = field(default_factory=dict)
    """Conversation -> whether a customer's message arrived."""

    def touch(self, conversation_id: int, inbound: bool = False) -> None:
        self.changed[conversation_id] = inbound or self.changed.get(conversation_id, False)

    def belong(self, journal_id: int, conversation_id: int) -> None:
        """A payload, of this batch or an earlier one, carries something of a conversation."""
        if journal_id in self.applied.belongs:
            self.applied.belongs[journal_id].add(conversation_id)
        else:
            self.applied.joined.append((journal_id, conversation_id))

    def attach(self, arrival: Arrival, message_id: int, conversation_id: int) -> None:
        """The files of a message."""
        since = arrival.item.meta.received_at
        for position, (staged, claim) in enumerate(
            zip(arrival.files, arrival.event.files, strict=True)
        ):
            id = self.ids.next()
            if isinstance(staged, Staged):
                self.applied.files.append((staged, id))
            else:
                file = NewRemoteFile(id, arrival.item.channel_id, claim.remote, since)
                self.remote_files.append(file)
            self.attachments.append(
                NewAttachment(
                    id,
                    message_id,
                    conversation_id,
                    position,
                    staged.kind,
                    staged.name,
                    staged.mime,
                    staged.size,
                    since,
                    claim.content_id,
                    claim.inline,
                )
            )

    def write(self) -> None:
        self.applied.messages = len(self.messages)
        self.applied.receipts = len(self.delivered.keys() - self.messages.keys())
        self._write_messages()
        self._write_conversations()
        self._write_contacts()
        rebuild(self.tx, self.ids, self.unsure_head)
        states.save(self.tx, {id: states.recompute(self.tx, id) for id in self.unsure_state})
        changes.record_many(self.tx, "conversation", self.changed.items())

    def _write_messages(self) -> None:
        for id in self.delivered.keys() & self.messages.keys():
            self.messages[id] = _with_delivery(self.messages[id], self.delivered.pop(id))
        for id in self.quotes.keys() & self.messages.keys():
            self.messages[id] = replace(self.messages[id], reply_to=self.quotes.pop(id))
        ingest.messages(self.tx, list(self.messages.values()))
        ingest.quote(self.tx, self.quotes)
        ingest.attachments(self.tx, self.attachments)
        remote_files.add(self.tx, self.remote_files)
        events.add(self.tx, self.events)
        ingest.set_deliveries(self.tx, list(self.delivered.values()))
        ingest.react(self.tx, self.reactions)
        reactions.made_elsewhere(self.tx, self.own_reactions)
        ingest.park(self.tx, self.parked)
        ingest.unpark(self.tx, self.unparked)
        threads.add(self.tx, self.refs)

    def _write_conversations(self) -> None:
        all_heads = self.places.heads
        for id, failed in heads.failing(self.tx, self.unsure_failed).items():
            all_heads[id].failed = failed
        new = self.places.new
        heads.insert(self.tx, [all_heads[id] for id in new], self.places.states)
        touched = self.changed.keys() - new
        heads.save(self.tx, [all_heads[id] for id in touched])
        heads.set_contacts(self.tx, {k: v for k, v in self.new_contact.items() if k not in new})
        states.save(self.tx, {id: self.places.states[id] for id in touched})

    def _write_contacts(self) -> None:
        contacts.add(self.tx, self.places.new_contacts)
        contacts.identify(self.tx, self.places.new_addresses)
        contacts.rename(self.tx, self.places.names)
        contacts.drop_strangers(self.tx, self.strangers)
        for id, since in self.marketing_stopped.items():
            marketing.choose(self.tx, id, True, since)


def _with_delivery(message: NewMessage, known: Known) -> NewMessage:
    return replace(
        message,
        delivery_status=known.delivery_status,
        accepted=known.accepted,
        failure_kind=known.failure_kind,
        failure=known.failure,
    )
