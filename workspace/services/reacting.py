"""Every step of sending a reaction in the database, as `settling` is for messages.

A reaction is no entry of the log: it changes neither status nor unread, archive or preview.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from workspace import rules
from workspace.channels.base import Failure, React, Sent, StatusChanged
from workspace.journal import Journal
from workspace.models import Capabilities, DeliveryStatus, FailureKind
from workspace.rules import Refusal, Situation
from workspace.services import receipts
from workspace.services.outcomes import OPEN, WAITING, Retry, failed, in_doubt, not_sent
from workspace.store import changes, ingest, reactions
from workspace.store.driver import Driver
from workspace.store.reactions import Own, Target


@dataclass(frozen=True, slots=True)
class Claim:
    """A reaction that is ours to send now."""

    own: Own
    signal: React


def claim(
    tx: Driver, id: int, can: Capabilities, channel_now: datetime, lease_until: datetime
) -> Claim | None:
    """Mark a reaction as being sent, before the network hears of it.

    None: there is nothing to send. It was replaced or erased, or may not be sent any more.
    """
    own = reactions.get(tx, id)
    target = reactions.target(tx, own.message_id) if own else None
    if own is None or target is None or own.status not in WAITING:
        return None
    refusal = refused(target, own.emoji, can, channel_now)
    if refusal is not None:
        _move(tx, failed(own, refusal.kind, refusal.message))
        return None
    sending = replace(
        own,
        status=DeliveryStatus.SENDING,
        attempts=own.attempts + 1,
        not_before=None,
        lease_until=lease_until,
    )
    _move(tx, sending)
    signal = React(target.address, target.provider_id, own.emoji, own.provider_id)
    return Claim(sending, signal)


def refused(target: Target, emoji: str, can: Capabilities, now: datetime) -> Refusal | None:
    situation = Situation(now, target.last_inbound_at, target.opted_out, target.blocked)
    return rules.can_react(can, emoji, target.direction, situation)


def settle(
    tx: Driver, id: int, outcome: Sent | Failure, retry: Retry, journal: Journal
) -> Own | None:
    """What became of an attempt; None: another reaction has taken its place, or it was erased."""
    own = reactions.get(tx, id)
    if own is None or own.status is None:
        return None
    if isinstance(outcome, Sent):
        return _accepted(tx, own, outcome.provider_id, journal)
    if own.status in OPEN:
        return _move(tx, not_sent(own, outcome, retry))
    return own


def _accepted(tx: Driver, own: Own, name: str, journal: Journal) -> Own:
    assert own.status is not None
    status = rules.advance(own.status, DeliveryStatus.SENT)
    failed = status is DeliveryStatus.FAILED
    named = replace(own, provider_id=name or own.provider_id, not_before=None, lease_until=None)
    sent = named if failed else replace(named, status=status, failure_kind=None, failure="")
    parked = ingest.parked(tx, own.channel_id, [sent.provider_id])
    receipts.note(journal, parked, own.conversation_id)
    for each in parked:
        event = receipts.signal(each).event
        if isinstance(event, StatusChanged):
            sent = told(sent, event)
    ingest.unpark(tx, parked)
    return _move(tx, sent)


def told(own: Own, event: StatusChanged) -> Own:
    """The reaction after a receipt."""
    if own.status is None:
        return own
    status = rules.advance(own.status, event.status)
    named = replace(own, provider_id=event.provider_id)
    if status is own.status:
        return named
    if status is DeliveryStatus.FAILED:
        kind = event.failure_kind or FailureKind.UNREACHABLE
        return failed(named, kind, event.detail)
    return replace(
        named, status=status, failure_kind=None, failure="", not_before=None, lease_until=None
    )


def hear(tx: Driver, own: Own, events: Sequence[StatusChanged]) -> None:
    """Store what receipts say of a reaction."""
    after = own
    for event in events:
        after = told(after, event)
    if after != own:
        reactions.save(tx, after)


def doubt(tx: Driver, id: int, why: str) -> Own | None:
    """An attempt ended without anybody knowing how; None: it was replaced or erased."""
    own = reactions.get(tx, id)
    if own is None or own.status is not DeliveryStatus.SENDING:
        return own
    return _move(tx, in_doubt(own, why))


def give_up(tx: Driver, id: int, why: str) -> None:
    """A reaction that can't be sent any more fails."""
    own = reactions.get(tx, id)
    if own is not None and own.status in WAITING:
        _move(tx, failed(own, FailureKind.UNREACHABLE, why))


def _move(tx: Driver, after: Own) -> Own:
    reactions.save(tx, after)
    changes.record(tx, "conversation", after.conversation_id)
    return after
