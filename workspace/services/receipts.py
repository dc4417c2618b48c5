"""Receipts, bounces, reactions, quotations: they tell of a message, or wait for it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from pydantic import TypeAdapter

from workspace import rules
from workspace.channels.base import ReactionChanged, StatusChanged
from workspace.journal import Journal
from workspace.models import DeliveryStatus, Direction, FailureKind
from workspace.services.arrivals import Arrival, Key, Quotes, Signal
from workspace.services.batch import Batch
from workspace.store import ingest, outbox, reactions
from workspace.store.driver import Driver
from workspace.store.ingest import Known, Parked
from workspace.store.reactions import Own

_EVENT: TypeAdapter[StatusChanged | ReactionChanged | Quotes] = TypeAdapter(
    StatusChanged | ReactionChanged | Quotes
)


def waiting(tx: Driver, keys: Iterable[Key]) -> list[Parked]:
    """What was parked until one of these messages came."""
    wanted: dict[int, list[str]] = {}
    for channel_id, provider_id in keys:
        wanted.setdefault(channel_id, []).append(provider_id)
    return [p for channel_id, ids in wanted.items() for p in ingest.parked(tx, channel_id, ids)]


def name(tx: Driver, known: dict[Key, Known], signals: Iterable[Signal]) -> list[Key]:
    """Messages take the name that a receipt tells beside our own: the answer to their sending may
    never have come. The new names.
    """
    named = []
    for each in signals:
        message = known.get(each.own_key) if each.own_key else None
        if message is None or each.key in known or not message.delivery_status:
            continue
        outbox.rename(tx, message.id, each.event.provider_id)
        known[each.key] = replace(message, provider_id=each.event.provider_id)
        named.append(each.key)
    return named


def signal(parked: Parked) -> Signal:
    event = _EVENT.validate_json(parked.event)
    return Signal(parked.journal_id, parked.position, parked.channel_id, event)


def note(journal: Journal, parked: Iterable[Parked], conversation_id: int) -> None:
    """The payloads of what is joined carry something of the conversation: an erasure must find
    them. First the journal, see its `assign`. Quotations belong to the message that quotes.
    """
    told = [each.journal_id for each in parked if not isinstance(signal(each).event, Quotes)]
    if told:
        journal.assign({}, [(row, conversation_id) for row in told])


def echo(arrival: Arrival) -> Signal:
    """The provider shows us our own message: it has it. Settles what was in doubt."""
    event = StatusChanged(arrival.event.provider_id, arrival.occurred_at, DeliveryStatus.SENT)
    item = arrival.item
    return Signal(item.journal_id, arrival.position, item.channel_id, event)


def take(batch: Batch, signals: Sequence[Signal]) -> None:
    """Apply signals; park those whose message is unknown, drop those of erased messages."""
    for each in signals:
        message = batch.known.get(each.key)
        if message is not None:
            _apply(batch, each, message)
        elif (own := _reacted(batch, each)) and isinstance(each.event, StatusChanged):
            batch.belong(each.journal_id, own.conversation_id)
            batch.heard.setdefault(own.id, (own, []))[1].append(each.event)
            batch.touch(own.conversation_id)
        elif batch.entombed.isdisjoint(each.keys):
            batch.parked.append(_park(each))


def _park(signal: Signal) -> Parked:
    text = _EVENT.dump_json(signal.event).decode()
    event = signal.event
    return Parked(signal.channel_id, event.provider_id, signal.journal_id, signal.position, text)


def _apply(batch: Batch, signal: Signal, message: Known) -> None:
    if isinstance(signal.event, Quotes):
        _quote(batch, signal.channel_id, signal.event, message)
        return
    batch.belong(signal.journal_id, message.conversation_id)
    if isinstance(signal.event, ReactionChanged):
        _react(batch, signal.channel_id, signal.event, message)
    else:
        _deliver(batch, signal, signal.event, message)


def _quote(batch: Batch, channel_id: int, event: Quotes, message: Known) -> None:
    """A message that quotes one of another conversation shows nothing of it."""
    by = batch.known.get((channel_id, event.by))
    if by is not None and by.conversation_id == message.conversation_id:
        batch.quotes[by.id] = message.id
        batch.touch(by.conversation_id)


def _react(batch: Batch, channel_id: int, event: ReactionChanged, message: Known) -> None:
    emoji, at = event.emoji, event.occurred_at
    if event.own:
        own = batch.own_reactions.get(message.id)
        if own is None or at >= own[2]:
            batch.own_reactions[message.id] = (channel_id, emoji, at)
    else:
        before = batch.reactions.get(message.id)
        if before is None or at >= before[1]:
            batch.reactions[message.id] = (emoji, at)
    batch.touch(message.conversation_id)


def _reacted(batch: Batch, signal: Signal) -> Own | None:
    """The reaction of ours that a receipt is about."""
    found = batch.reacted.get(signal.key)
    return found or (batch.reacted.get(signal.own_key) if signal.own_key else None)


def reacted(tx: Driver, keys: Iterable[Key]) -> dict[Key, Own]:
    """The reactions of ours that have one of these names."""
    wanted: dict[int, list[str]] = {}
    for channel_id, name in keys:
        wanted.setdefault(channel_id, []).append(name)
    return {
        (channel_id, own.provider_id): own
        for channel_id, names in wanted.items()
        for own in reactions.named(tx, channel_id, names)
    }


def _deliver(batch: Batch, signal: Signal, event: StatusChanged, before: Known) -> None:
    if before.direction is not Direction.OUTBOUND or before.delivery_status is None:
        return
    after = delivered(before, event)
    if after is before:
        return
    batch.known[signal.key] = batch.delivered[after.id] = after
    id = after.conversation_id
    batch.touch(id)
    if stops(before, after):
        batch.marketing_stopped[id] = event.occurred_at
    if after.accepted and not before.accepted:
        batch.places.states[id] = rules.accept(batch.places.states[id], entry(after))
    if before.accepted and not after.accepted:
        batch.unsure_state.add(id)
    if DeliveryStatus.FAILED in (before.delivery_status, after.delivery_status):
        batch.unsure_failed.add(id)
    head = batch.places.heads[id]
    if head.preview_message_id == after.id:
        head.preview_delivery = after.delivery_status


def delivered(message: Known, event: StatusChanged) -> Known:
    """The message after a receipt; itself where the receipt says nothing new."""
    assert message.delivery_status is not None
    status = rules.advance(message.delivery_status, event.status)
    if status is message.delivery_status:
        return message
    failed = status is DeliveryStatus.FAILED
    return replace(
        message,
        delivery_status=status,
        accepted=rules.accepted(status),
        failure_kind=event.failure_kind if failed else None,
        failure=(event.detail or "The provider could not deliver it.") if failed else "",
    )


def stops(before: Known, after: Known) -> bool:
    """Whether it failed because the customer stopped marketing messages."""
    return after is not before and after.failure_kind is FailureKind.MARKETING_STOPPED


def entry(message: Known) -> rules.Outbound:
    """An outbound message as the rules see it."""
    assert message.origin is not None
    return rules.Outbound(
        message.id, message.occurred_at, message.origin, message.author_kind, message.accepted
    )
