"""An operator puts an emoji to a customer's message, or takes it back."""

from collections.abc import Callable
from datetime import timedelta

from workspace import faults
from workspace.errors import CannotSend, InvalidRequest, NotFound
from workspace.models import Actor, DeliveryStatus, Message
from workspace.rules import is_emoji
from workspace.services import reacting
from workspace.services.accounts import Accounts
from workspace.store import Store, changes, idempotency, messages, reactions
from workspace.store.driver import Driver

Reacted = Callable[[int, int, int], None]
"""Told (channel, reaction, message) once a reaction is committed."""

_AGAIN = (DeliveryStatus.FAILED, DeliveryStatus.IN_DOUBT)


class Reactions:
    """`reacted` has it sent."""

    def __init__(self, store: Store, accounts: Accounts, reacted: Reacted) -> None:
        self._store = store
        self._accounts = accounts
        self._reacted = reacted

    def react(self, message_id: int, emoji: str, actor: Actor, key: str | None) -> Message:
        """Queue an emoji of the business, in the place of the one before; "" takes it back.

        The same once more is sent again only where it failed or is not confirmed. Raises NotFound,
        CannotSend; InvalidRequest for a text that is no emoji.
        """
        if emoji and not is_emoji(emoji):
            raise InvalidRequest("A reaction is one emoji, such as 👍; choose one.")
        request = {"verb": "react", "message": message_id, "emoji": emoji}

        def work(tx: Driver) -> int:
            return idempotency.once(
                tx, key, request, int, lambda: self._react(tx, message_id, emoji, actor)
            )

        self._store.write(work)
        with self._store.read() as db:
            own, message = reactions.of_message(db, message_id), messages.get(db, message_id)
        if message is None:
            raise _missing(message_id)
        if own is not None and own.status is DeliveryStatus.QUEUED:
            faults.reach("reaction_queued")
            self._reacted(own.channel_id, own.id, message_id)
        return message

    def _react(self, tx: Driver, message_id: int, emoji: str, actor: Actor) -> int:
        target = reactions.target(tx, message_id)
        if target is None:
            raise _missing(message_id)
        before = reactions.of_message(tx, message_id)
        same = before.emoji == emoji if before else emoji == ""
        if same and not (before and before.status in _AGAIN):
            return message_id
        channel = self._accounts.channel(target.channel_id)
        now = channel.now()
        refusal = reacting.refused(target, emoji, channel.capabilities, now)
        if refusal is not None:
            raise CannotSend(refusal.message, kind=refusal.kind.value, **refusal.detail)
        if before is not None:  # what is done later counts, even where the clocks say otherwise
            now = max(now, before.occurred_at + timedelta(microseconds=1))
        name = channel.new_key()
        reactions.put(tx, message_id, target.channel_id, emoji, actor, now, name)
        changes.record(tx, "conversation", target.conversation_id)
        return message_id


def _missing(id: int) -> NotFound:
    return NotFound(f"No message {id}; it may have been deleted.", id=str(id))
