"""A batch of received payloads becomes rows, in one transaction.

What the batch needs is read by a few queries, computed in memory with the rules, and written by a
few statements: the cost of a transaction is then shared by hundreds of messages. Applying the same
payloads again changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from workspace import rules
from workspace.channels.base import StatusChanged
from workspace.models import DeliveryStatus, Direction, EventKind
from workspace.rules import State
from workspace.rules.phones import same
from workspace.services import (
    amending,
    identities,
    marketing,
    oddities,
    reacting,
    receipts,
    template_news,
)
from workspace.services.arrivals import (
    Arrival,
    Item,
    Key,
    Quotes,
    Signal,
    arrivals,
    quotes,
    signals,
)
from workspace.services.batch import Applied, Batch
from workspace.services.placing import Places
from workspace.store import heads, ingest, tombstones
from workspace.store.driver import Driver
from workspace.store.events import NewEvent
from workspace.store.heads import Shown
from workspace.store.ids import Ids
from workspace.store.ingest import Known, NewMessage


def apply(tx: Driver, items: Sequence[Item], again: bool = False) -> Applied:
    """Add everything the payloads hold to the database; what the journal must know of it.

    `again`: they were applied before, perhaps by another parser, or could not be; messages that are
    there already are amended.
    """
    if again:
        ingest.unpark_payloads(tx, [item.journal_id for item in items])
    else:
        oddities.take(tx, items)
    followed = identities.follow(tx, identities.moves(items), again)
    template_news.take(tx, items)
    heard = _hear(tx, items)
    waited = identities.waiting(tx, heard.fresh.values())
    left = [*followed.left, *waited]
    newcomers = identities.newcomers(tx, left, heard.fresh.values())
    batch = _begin(tx, items, heard, newcomers)
    told = _take(batch, heard)
    batch.write()
    moved = identities.settle(tx, followed, newcomers, waited)
    chose, spoken_of = marketing.take(tx, items), identities.spoken_of(tx, items)
    for journal_id, conversation_id in [*moved, *chose, *spoken_of]:
        batch.belong(journal_id, conversation_id)
    batch.applied.bounced = _bounced(batch, items, heard, told)
    if again:
        amending.amend(batch, [arrival for arrival in heard.came if arrival.key in heard.there])
    return batch.applied


@dataclass(frozen=True, slots=True)
class Heard:
    """What payloads say, and what of it is there already."""

    came: Sequence[Arrival]
    told: Sequence[Signal]
    there: frozenset[Key]
    """Messages that were stored before."""
    known: dict[Key, Known]
    """Those, ones that are called by another name now, and, as they come, the fresh ones."""
    named: Sequence[Key]
    entombed: set[Key]
    fresh: dict[Key, Arrival]
    """The messages to add: the first copy of each that is neither known nor erased."""


def _hear(tx: Driver, items: Sequence[Item]) -> Heard:
    came = [arrival for item in items for arrival in arrivals(item)]
    told = [signal for item in items for signal in signals(item)]
    told += [signal for arrival in came if (signal := quotes(arrival))]
    keys = {a.key for a in came}.union(*(s.keys for s in told))
    known = _known(tx, keys)
    there = frozenset(known)
    named = receipts.name(tx, known, told)
    entombed = tombstones.entombed(tx, keys - known.keys())
    told = [s for s in told if not (isinstance(s.event, Quotes) and _quoter(s) in entombed)]
    fresh = _fresh(came, known.keys() | entombed)
    return Heard(came, told, there, known, named, entombed, fresh)


def _begin(
    tx: Driver, items: Sequence[Item], heard: Heard, newcomers: identities.Newcomers
) -> Batch:
    ids = Ids(tx, 2 * len(heard.fresh) + 1)
    places = Places(tx, ids, list(heard.fresh.values()), newcomers)
    _follow(heard.known, places.merged)
    applied = Applied({item.journal_id: set() for item in items})
    batch = Batch(tx, ids, places, heard.known, heard.entombed, applied)
    for survivor in places.merged.values():
        batch.touch(survivor)
    return batch


def _take(batch: Batch, heard: Heard) -> Sequence[Signal]:
    """Add the messages, and then what is told of messages; that with what had waited for them."""
    tx, places, known = batch.tx, batch.places, batch.known
    batch.unparked = receipts.waiting(tx, [*heard.fresh, *heard.named])
    waited = [receipts.signal(parked) for parked in batch.unparked]
    known |= _known(tx, {_quoter(s) for s in waited if isinstance(s.event, Quotes)} - known.keys())
    echoes = _add_all(batch, heard.came, heard.fresh)
    told = [*waited, *echoes, *heard.told]
    receipted = {k for s in told if isinstance(s.event, StatusChanged) for k in s.keys}
    batch.reacted = receipts.reacted(tx, receipted - known.keys())
    homes = {own.conversation_id for own in batch.reacted.values()}
    places.load(homes | {known[s.key].conversation_id for s in told if s.key in known})
    receipts.take(batch, told)
    for own, answer in batch.heard.values():
        reacting.hear(tx, own, answer)
    return told


def _quoter(signal: Signal) -> Key:
    """The message that quotes another one."""
    assert isinstance(signal.event, Quotes)
    return signal.channel_id, signal.event.by


def _known(tx: Driver, keys: set[Key]) -> dict[Key, Known]:
    wanted: dict[int, list[str]] = {}
    for channel_id, provider_id in keys:
        wanted.setdefault(channel_id, []).append(provider_id)
    return {
        (channel_id, provider_id): message
        for channel_id, ids in wanted.items()
        for provider_id, message in ingest.known(tx, channel_id, ids).items()
    }


def _fresh(came: Sequence[Arrival], there: set[Key]) -> dict[Key, Arrival]:
    fresh: dict[Key, Arrival] = {}
    for arrival in came:
        if arrival.key not in there:
            fresh.setdefault(arrival.key, arrival)
    return fresh


def _follow(known: dict[Key, Known], merged: dict[int, int]) -> None:
    """What was known of threads that have become one since."""
    for key, message in known.items():
        if message.conversation_id in merged:
            survivor = merged[message.conversation_id]
            known[key] = replace(message, conversation_id=survivor)


def _bounced(
    batch: Batch, items: Sequence[Item], heard: Heard, told: Sequence[Signal]
) -> list[int]:
    """The payloads that speak of nothing but erased messages and people."""
    entombed = heard.entombed
    of_erased = {item.journal_id for item in items if item.of_erased}
    of_erased |= {a.item.journal_id for a in heard.came if a.key in entombed}
    of_erased |= {s.journal_id for s in told if not entombed.isdisjoint(s.keys)}
    waiting = {s.journal_id for s in told if entombed.isdisjoint(s.keys)}
    belongs = batch.applied.belongs
    return [id for id in belongs if id in of_erased - waiting and not belongs[id]]


# --- one message ------------------------------------------------------------------------------


def _add_all(batch: Batch, came: Sequence[Arrival], fresh: dict[Key, Arrival]) -> list[Signal]:
    """Add what is fresh; give back the echoes of messages that were there before."""
    echoes = []
    for arrival in came:
        if fresh.get(arrival.key) is arrival:
            _add(batch, arrival)
        elif arrival.key in batch.known:
            conversation_id = batch.known[arrival.key].conversation_id
            batch.applied.belongs[arrival.item.journal_id].add(conversation_id)
            if arrival.event.own:
                echoes.append(receipts.echo(arrival))
    return echoes


def _add(batch: Batch, arrival: Arrival) -> None:
    conversation_id = batch.places.conversation(arrival)
    message = _message(batch, arrival, conversation_id)
    batch.messages[message.id] = message
    batch.known[arrival.key] = _as_known(message)
    batch.applied.belongs[arrival.item.journal_id].add(conversation_id)
    before = batch.places.states[conversation_id]
    _log(batch, arrival, message, before)
    if arrival.item.threads:
        _tie(batch, arrival, message, before)
    else:
        _readdress(batch, arrival, message)
    _show(batch, arrival, message)
    batch.attach(arrival, message.id, conversation_id)
    quiet = message.silent or message.backfill
    batch.touch(conversation_id, message.direction is Direction.INBOUND and not quiet)


def _message(batch: Batch, arrival: Arrival, conversation_id: int) -> NewMessage:
    event, meta, author = arrival.event, arrival.item.meta, arrival.author
    return NewMessage(
        id=batch.ids.next(),
        conversation_id=conversation_id,
        channel_id=arrival.item.channel_id,
        direction=arrival.direction,
        provider_id=event.provider_id,
        author_kind=author.kind,
        author_name=author.name,
        author_address=arrival.other.value if arrival.item.threads and not event.own else "",
        origin=arrival.origin,
        body=event.text,
        html=event.html,
        search_text=arrival.search_text(),
        occurred_at=arrival.occurred_at,
        received_at=meta.received_at,
        automatic=event.automatic,
        silent=not event.own and batch.places.blocked(arrival),
        backfill=meta.backfill,
        unsupported=event.unsupported,
        reply_headers=arrival.reply_headers(),
        delivery_status=DeliveryStatus.SENT if event.own else None,
        accepted=event.own,
    )


def _as_known(message: NewMessage) -> Known:
    assert message.provider_id is not None
    return Known(
        message.provider_id,
        message.id,
        message.conversation_id,
        message.direction,
        message.origin,
        message.author_kind,
        message.occurred_at,
        message.delivery_status,
        message.accepted,
    )


def _log(batch: Batch, arrival: Arrival, message: NewMessage, before: State) -> None:
    """The message takes its place in the log; one that reopens leaves a line of its own."""
    after = rules.step(before, _entry(message))
    batch.places.states[message.conversation_id] = after
    if before.resolved and not after.resolved:
        # After the message in the log: the episode begins with what the customer wrote.
        id = batch.ids.next()
        at = message.received_at
        kind = EventKind.REOPENED
        batch.events.append(NewEvent(id, message.conversation_id, kind, arrival.author, at))


def _entry(message: NewMessage) -> rules.Entry:
    at = message.occurred_at
    if message.direction is Direction.INBOUND:
        return rules.Inbound(message.id, at, message.backfill, message.silent)
    assert message.origin is not None
    author, accepted = message.author_kind, message.accepted
    return rules.Outbound(message.id, at, message.origin, author, accepted, message.backfill)


def _tie(batch: Batch, arrival: Arrival, message: NewMessage, before: State) -> None:
    """Refs, contact and address of a thread, in its order of time; `rebuild` does the rest.

    The contact is the first external sender, `own` messages define it only until there is one;
    answers go to the newest.
    """
    id = message.conversation_id
    batch.refs |= {(message.channel_id, ref): id for ref in arrival.refs}
    head = batch.places.heads[id]
    if message.occurred_at < head.last_activity_at:
        batch.unsure_head.add(id)
    if message.direction is not Direction.INBOUND or message.silent:
        return
    if before.last_inbound_at is None:
        contact = batch.places.contact(arrival)
        if contact.id != head.contact_id:
            batch.new_contact[id] = contact.id
            batch.strangers.add(head.contact_id)
            head.contact_id = contact.id
    to = arrival.event.address
    head.address_kind, head.address = to.kind, to.value


def _readdress(batch: Batch, arrival: Arrival, message: NewMessage) -> None:
    """Who was known by a lesser address only is answered at the better one from now on, and whose
    number was written in another way, as the provider writes it.
    """
    head, to = batch.places.heads[message.conversation_id], arrival.event.address
    if head.to in (*arrival.event.also, *same(to)[1:]):
        head.address_kind, head.address = to.kind, to.value


def _show(batch: Batch, arrival: Arrival, message: NewMessage) -> None:
    head = batch.places.heads[message.conversation_id]
    if message.direction is Direction.OUTBOUND and head.failed:
        batch.unsure_failed.add(head.id)
    media, file = arrival.shown_file()
    shown = Shown(
        message.id,
        message.occurred_at,
        message.direction,
        message.author_name,
        message.body or file or message.unsupported,
        media,
        message.delivery_status,
        message.silent,
    )
    heads.take(head, shown)
