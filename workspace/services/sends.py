"""What people decide about a send: Undo, Retry, Send again, Mark as sent.

One that is taken back leaves the log, and with it all that followed from it: preview, activity,
failed mark, and the archive it brought the conversation back from. Its row stays, as `cancelled`,
for whoever asks what was written; the inbox neither shows nor finds it, because the customer never
had it and the text is back with its writer.
"""

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from workspace import rules
from workspace.channels.base import Channel
from workspace.errors import CannotSend, Conflict, NotFound, TooLate
from workspace.models import Actor, Attachment, DeliveryStatus, EventKind, Message, Template
from workspace.services import rebuilding, settling
from workspace.services.accounts import Accounts
from workspace.services.delivery import Delivery
from workspace.services.templates import Templates
from workspace.store import (
    Store,
    changes,
    events,
    idempotency,
    ids,
    messages,
    outbox,
    states,
    threads,
    tombstones,
)
from workspace.store import replies as rows
from workspace.store.driver import Driver
from workspace.store.events import NewEvent
from workspace.store.outbox import Queued

log = logging.getLogger(__name__)


class Sends:
    """Asked twice with one idempotency key, each happens once."""

    def __init__(
        self, store: Store, accounts: Accounts, templates: Templates, delivery: Delivery
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._templates = templates
        self._delivery = delivery

    # --- Undo ---------------------------------------------------------------------------------

    def cancel(self, id: int, actor: Actor, key: str | None) -> Message:
        """Take back a message that nobody has tried to send yet.

        Gives it with its files, which are uploads again, to be sent with another message. Raises
        NotFound, TooLate; Conflict where it was taken back already.
        """
        request = _request("cancel", id)

        def work(tx: Driver) -> list[int]:
            return idempotency.once(tx, key, request, list[int], lambda: _take_back(tx, id))

        uploads = self._store.write(work)
        with self._store.read() as db:
            row, message = outbox.get(db, id), messages.get(db, id)
            files = rows.find(db, uploads)
        if row is None or message is None:
            raise _gone(id)
        self._delivery.taken_back(row.channel_id, id)
        log.info("%s %s took back message %s", actor.kind, actor.name, id)
        left = [files[upload] for upload in uploads if upload in files]
        attachments = tuple(Attachment(f.id, f.kind, f.name, f.mime, f.size) for f in left)
        return replace(message, attachments=attachments)

    # --- Retry, Send again, Mark as sent --------------------------------------------------------

    def send_again(self, id: int, actor: Actor, key: str | None) -> Message:
        """Queue a message that failed or is not confirmed once more, as of now.

        Raises NotFound, CannotSend; Conflict for a message in any other state.
        """
        verb = "send_again"
        template = None if self._decided(verb, id, key) else self._template(id)
        return self._decide(verb, id, key, lambda tx: self._again(tx, id, actor, template))

    def mark_sent(self, id: int, actor: Actor, key: str | None) -> Message:
        """Settle a message that is not confirmed: a person knows that it was sent.

        Raises NotFound; Conflict for a message in any other state.
        """
        return self._decide("mark_sent", id, key, lambda tx: self._sent(tx, id, actor))

    def _decided(self, verb: str, id: int, key: str | None) -> bool:
        """Whether it was done under this key already: that needs no provider any more."""
        if key is None:
            return False
        with self._store.read() as db:
            return idempotency.recall(db, key, _request(verb, id), int) is not None

    def _decide(self, verb: str, id: int, key: str | None, do: Callable[[Driver], int]) -> Message:
        request = _request(verb, id)
        self._store.write(lambda tx: idempotency.once(tx, key, request, int, lambda: do(tx)))
        with self._store.read() as db:
            row, message = outbox.get(db, id), messages.get(db, id)
        if row is None or message is None:
            raise _gone(id)
        if row.status is DeliveryStatus.QUEUED:
            self._delivery.queued(row.channel_id, id, row.conversation_id, message.undo_until)
        return message

    def _template(self, id: int) -> Template | None:
        """What the channel has of the message's template, asked before any transaction begins."""
        with self._store.read() as db:
            row, choice = outbox.get(db, id), outbox.template(db, id)
        if row is None or choice is None:
            return None
        return self._templates.find(row.channel_id, choice)

    def _again(self, tx: Driver, id: int, actor: Actor, template: Template | None) -> int:
        message = _in_state(tx, id, (DeliveryStatus.FAILED, DeliveryStatus.IN_DOUBT), "sent again")
        channel = self._accounts.channel(message.channel_id)
        can = channel.capabilities
        refusal = settling.refused(message, outbox.files(tx, id), can, channel.now(), template)
        if refusal is not None:
            raise CannotSend(refusal.message, kind=refusal.kind.value, **refusal.detail)
        again = _queued_now(tx, channel, message)
        outbox.queue_again(tx, again)
        if can.threads:
            threads.add(tx, {(again.channel_id, again.provider_id): again.conversation_id})
        rebuilding.show(tx, [message.conversation_id])
        self._record(tx, message, EventKind.SENT_AGAIN, actor)
        return id

    def _sent(self, tx: Driver, id: int, actor: Actor) -> int:
        message = _in_state(tx, id, (DeliveryStatus.IN_DOUBT,), "marked as sent")
        settling.confirm(tx, message)
        self._record(tx, message, EventKind.MARKED_SENT, actor)
        return id

    def _record(self, tx: Driver, message: Queued, kind: EventKind, actor: Actor) -> None:
        """Who decided it, as a line of the log."""
        [event_id] = ids.allocate(tx, 1)
        id, now = message.conversation_id, self._accounts.now(message.channel_id)
        events.add(tx, [NewEvent(event_id, id, kind, actor, now)])
        state = states.load(tx, [id])[id]
        states.save(tx, {id: rules.step(state, rules.Verb(event_id, kind))})
        changes.record(tx, "conversation", id)


def _request(verb: str, id: int) -> dict[str, Any]:
    return {"verb": verb, "message": id}


def _take_back(tx: Driver, id: int) -> list[int]:
    """The files it had."""
    message = _outbound(tx, id)
    if message.status is DeliveryStatus.CANCELLED:
        raise Conflict(f"The message {id} was taken back already.", id=str(id))
    if message.status is not DeliveryStatus.QUEUED or message.attempts:
        raise TooLate(
            "It is too late for Undo: the message no longer waits to be sent. Write another one to "
            "correct it.",
            id=str(id),
            status=message.status.value,
        )
    uploads = [file.id for file in outbox.files(tx, id)]
    rows.detach(tx, uploads)
    outbox.take_back(tx, id)
    rebuilding.forget(tx, [message.conversation_id])
    changes.record(tx, "conversation", message.conversation_id)
    return uploads


def _queued_now(tx: Driver, channel: Channel, message: Queued) -> Queued:
    """The message as of now, under the name it is to be sent by.

    What failed gets another name, so that late news of the first attempt says nothing of the
    second. What is in doubt keeps its name: if the provider has it after all, it can tell that the
    two are one, and its echo settles both.
    """
    now = channel.now()
    if message.last_inbound_at is not None:  # as in `Replies`: it answers what is there already
        now = max(now, message.last_inbound_at + timedelta(microseconds=1))
    if message.status is DeliveryStatus.IN_DOUBT:
        return replace(message, occurred_at=now)
    tombstones.bury(tx, [(message.channel_id, message.provider_id)])
    name = channel.new_key()
    headers = json.loads(message.reply_headers or "{}")
    return replace(
        message,
        occurred_at=now,
        provider_id=name,
        reply_headers=json.dumps(headers | {"message_id": name}) if headers else "",
    )


def _in_state(tx: Driver, id: int, wanted: tuple[DeliveryStatus, ...], what: str) -> Queued:
    """The message, if it is in one of these states. Raises NotFound, Conflict."""
    message = _outbound(tx, id)
    if message.status not in wanted:
        states = " or ".join(_IN_WORDS[status] for status in wanted)
        raise Conflict(
            f"Only a message that {states} can be {what}; read the conversation anew.",
            id=str(id),
            status=message.status.value,
        )
    return message


_IN_WORDS = {DeliveryStatus.FAILED: "failed", DeliveryStatus.IN_DOUBT: "is not confirmed"}


def _outbound(tx: Driver, id: int) -> Queued:
    message = outbox.get(tx, id)
    if message is None:
        raise NotFound(f"No message {id} to a customer; it may have been deleted.", id=str(id))
    return message


def _gone(id: int) -> NotFound:
    return NotFound(f"The message {id} was deleted meanwhile.", id=str(id))
