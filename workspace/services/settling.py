"""Every step of a send in the database: claimed, settled, in doubt. Each in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from workspace import rules
from workspace.channels.base import Failure, ReactionChanged, Sent, StatusChanged
from workspace.journal import Journal
from workspace.models import Capabilities, DeliveryStatus, FailureKind, Template
from workspace.rules import Draft, FileFacts, Refusal, Situation
from workspace.services import folding, outcomes, receipts
from workspace.services.arrivals import Quotes
from workspace.services.outcomes import OPEN, WAITING, Retry, in_doubt
from workspace.store import changes, heads, ingest, marketing, outbox, reactions, states
from workspace.store import threads as refs
from workspace.store.driver import Driver
from workspace.store.outbox import Queued, QueuedFile

NAMESAKE = (
    "The provider named it like another message of this channel, so nobody knows whether it was "
    "sent; look there."
)
SLOWEST = 125_000
"""Bytes a second that an upload is given the time for: what outlives its lease is shown as not
confirmed, and a large file on a slow line should not be.
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that is ours to send now: its row says `sending`, and until when."""

    message: Queued
    files: Sequence[QueuedFile]
    template: Template | None = None


def claim(
    tx: Driver,
    id: int,
    can: Capabilities,
    channel_now: datetime,
    lease_until: datetime,
    template: Template | None = None,
) -> Claim | None:
    """Mark a message as being sent, before the network hears of it. `lease_until`: when it should
    be through, were there no files to upload. `template`: the one it is sent with, as the provider
    has it now.

    None where there is nothing to send: it was cancelled, erased or has arrived; or it may not be
    sent any more, and has failed with the reason.
    """
    message = outbox.get(tx, id)
    if message is None or message.status not in WAITING:
        return None
    files = outbox.files(tx, id)
    refusal = refused(message, files, can, channel_now, template)
    if refusal is not None:
        _move(tx, message, _failed(message, refusal.kind, refusal.message))
        return None
    sending = replace(
        message,
        status=DeliveryStatus.SENDING,
        attempts=message.attempts + 1,
        lease_until=lease_until + _uploading(files),
        not_before=None,
    )
    _move(tx, message, sending)
    return Claim(sending, files, template)


def _uploading(files: Sequence[QueuedFile]) -> timedelta:
    return timedelta(seconds=sum(file.size for file in files) / SLOWEST)


def refused(
    message: Queued,
    files: Sequence[QueuedFile],
    can: Capabilities,
    channel_now: datetime,
    template: Template | None,
) -> Refusal | None:
    """Why a message may not be sent now; None: it may. `template`: what the channel has of it."""
    draft = _draft(message, files, can, template)
    return rules.can_send(can, draft, _situation(message, channel_now))


def _draft(
    message: Queued, files: Sequence[QueuedFile], can: Capabilities, template: Template | None
) -> Draft:
    """One of the business's own is the text it was when it was queued."""
    facts = [FileFacts(f.kind, f.name, f.mime, f.size) for f in files]
    if message.template is None or can.templates is None:
        return Draft(message.text, facts, quotes=message.quotes)
    return rules.template_draft(rules.template_use(template, message.template), facts)


def _situation(message: Queued, now: datetime) -> Situation:
    return Situation(
        now,
        message.last_inbound_at,
        message.opted_out,
        message.blocked,
        message.marketing_stopped,
    )


@dataclass(frozen=True, slots=True)
class Settled:
    """`message`: None where it was erased. `files`: of a copy of it, to be removed."""

    message: Queued | None
    files: Sequence[int] = ()


def settle(
    tx: Driver, id: int, outcome: Sent | Failure, retry: Retry, threads: bool, journal: Journal
) -> Settled:
    """What became of an attempt.

    A receipt may have been faster than the answer; then the receipt stands. So may have been the
    provider's copy of the message, under the name that only the answer tells; then it is folded
    into the message. `threads`: the channel has them.
    """
    message = outbox.get(tx, id)
    if message is None:
        return Settled(None)
    if isinstance(outcome, Sent):
        return _accepted(tx, message, outcome, threads, journal)
    if message.status in OPEN:
        after = _not_sent(message, outcome, retry)
        _move(tx, message, after)
        if after.failure_kind is FailureKind.MARKETING_STOPPED:
            marketing.choose(tx, after.conversation_id, True, retry.channel_now)
        return Settled(after)
    return Settled(message)


def _accepted(tx: Driver, message: Queued, sent: Sent, threads: bool, journal: Journal) -> Settled:
    after = _sent(message, sent)
    if after.provider_id == message.provider_id:
        _move(tx, message, after)
        return Settled(after)
    namesake = outbox.named(tx, message.channel_id, sent.provider_id)
    echo = outbox.get(tx, namesake) if namesake is not None else None
    if namesake is not None and (echo is None or not folding.is_echo(echo)):
        return _nameless(tx, message)
    files = folding.fold(tx, message, echo, threads, journal) if echo else ()
    after = folding.known_by(after, echo) if echo else after
    _move(tx, message, after)
    outbox.rename(tx, message.id, after.provider_id)
    if threads:  # answers refer to this name
        refs.add(tx, {(after.channel_id, after.provider_id): after.conversation_id})
    return Settled(_join_parked(tx, after, journal), files)


def _nameless(tx: Driver, message: Queued) -> Settled:
    """The provider gave the message the name of another one, so it says nothing of this one."""
    if message.status not in OPEN:
        return Settled(message)
    after = in_doubt(message, NAMESAKE)
    _move(tx, message, after)
    return Settled(after)


def _sent(message: Queued, sent: Sent) -> Queued:
    status = rules.advance(message.status, DeliveryStatus.SENT)
    if status is DeliveryStatus.FAILED:
        return replace(message, lease_until=None)
    return replace(
        message,
        provider_id=sent.provider_id,
        status=status,
        accepted=rules.accepted(status),
        failure_kind=None,
        failure=sent.detail,
        lease_until=None,
    )


def _not_sent(message: Queued, failure: Failure, retry: Retry) -> Queued:
    after = outcomes.not_sent(message, failure, retry)
    return replace(after, accepted=after.accepted and after.status is not DeliveryStatus.FAILED)


def _failed(message: Queued, kind: FailureKind, why: str) -> Queued:
    return replace(outcomes.failed(message, kind, why), accepted=False)


def doubt(tx: Driver, id: int, why: str) -> Settled:
    """An attempt ended without anybody knowing how."""
    message = outbox.get(tx, id)
    if message is None or message.status is not DeliveryStatus.SENDING:
        return Settled(message)
    after = in_doubt(message, why)
    _move(tx, message, after)
    return Settled(after)


def remark(tx: Driver, id: int, words: str) -> None:
    """Something is to be told of a message that is sent, such as that there is no copy of it."""
    message = outbox.get(tx, id)
    if message is not None and message.accepted:
        _move(tx, message, replace(message, failure=f"{message.failure} {words}".strip()))


def give_up(tx: Driver, id: int, why: str) -> None:
    """A message that can't be sent any more fails."""
    message = outbox.get(tx, id)
    if message is not None and message.status in WAITING:
        _move(tx, message, _failed(message, FailureKind.UNREACHABLE, why))


def confirm(tx: Driver, message: Queued) -> None:
    """A person knows that a message in doubt was sent."""
    sent = replace(
        message, status=DeliveryStatus.SENT, accepted=True, failure_kind=None, failure=""
    )
    _move(tx, message, sent)


def _join_parked(tx: Driver, message: Queued, journal: Journal) -> Queued:
    """What came before anyone knew the provider's name for the message."""
    parked = ingest.parked(tx, message.channel_id, [message.provider_id])
    receipts.note(journal, parked, message.conversation_id)
    known = ingest.known(tx, message.channel_id, [message.provider_id])[message.provider_id]
    for each in parked:
        event = receipts.signal(each).event
        match event:
            case StatusChanged():
                before, known = known, receipts.delivered(known, event)
                if receipts.stops(before, known):
                    marketing.choose(tx, message.conversation_id, True, event.occurred_at)
            case Quotes():
                by = ingest.known(tx, message.channel_id, [event.by]).get(event.by)
                if by is not None and by.conversation_id == message.conversation_id:
                    ingest.quote(tx, {by.id: message.id})
                    changes.record(tx, "conversation", by.conversation_id)
            case ReactionChanged():
                if event.own:
                    told = (message.channel_id, event.emoji, event.occurred_at)
                    reactions.made_elsewhere(tx, {message.id: told})
                else:
                    ingest.react(tx, {message.id: (event.emoji, event.occurred_at)})
                changes.record(tx, "conversation", message.conversation_id)
    ingest.unpark(tx, parked)
    assert known.delivery_status is not None
    after = replace(
        message,
        status=known.delivery_status,
        accepted=known.accepted,
        failure_kind=known.failure_kind,
        failure=known.failure,
    )
    if after != message:
        _move(tx, message, after)
    return after


def _move(tx: Driver, before: Queued, after: Queued) -> None:
    """Store a step of a send, and what follows from it for the conversation."""
    id = after.conversation_id
    outbox.save(tx, after)
    if after.accepted and not before.accepted:
        states.save(tx, {id: rules.accept(states.load(tx, [id])[id], after.entry())})
    elif before.accepted and not after.accepted:
        states.save(tx, {id: states.recompute(tx, id)})
    head = heads.load(tx, [id])[id]
    shown = replace(head)
    if head.preview_message_id == after.id:
        shown.preview_delivery = after.status
    if DeliveryStatus.FAILED in (before.status, after.status) or head.failed:
        shown.failed = heads.failing(tx, [id])[id]
    if shown != head:
        heads.save(tx, [shown])
    changes.record(tx, "conversation", id)
