"""Internal notes: said among operators, never to the customer.

A note stands in the conversation and is its newest activity, so the list shows it and colleagues
see that something was said. It is no reply and no inbound: status, unread, the archive and the
messaging window are as they were.
"""

from workspace import rules
from workspace.errors import InvalidRequest, NotFound
from workspace.models import Actor, Direction, Message
from workspace.services import verbs
from workspace.services.accounts import Accounts
from workspace.services.said import check_text
from workspace.store import Store, changes, heads, idempotency, ids, ingest, messages
from workspace.store.driver import Driver
from workspace.store.heads import Shown
from workspace.store.ingest import NewMessage


class Notes:
    def __init__(self, store: Store, accounts: Accounts) -> None:
        self._store = store
        self._accounts = accounts

    def add(self, conversation_id: int, text: str, actor: Actor, key: str | None) -> Message:
        """Write a note. Raises NotFound, TooLarge, InvalidRequest for an empty one."""
        check_text(text)
        if not text.strip():
            raise InvalidRequest("The note is empty; write a text.")
        request = {"verb": "note", "to": conversation_id, "text": text}

        def work(tx: Driver) -> int:
            return idempotency.once(
                tx, key, request, int, lambda: self._add(tx, conversation_id, text, actor)
            )

        id = self._store.write(work)
        with self._store.read() as db:
            message = messages.get(db, id)
        if message is None:
            raise NotFound(f"The note {id} was deleted meanwhile.", id=str(id))
        return message

    def _add(self, tx: Driver, asked: int, text: str, actor: Actor) -> int:
        id, channel_id = verbs.place(tx, asked)
        head = heads.load(tx, [id])[id]
        [message_id] = ids.allocate(tx, 1)
        now = self._accounts.now(channel_id)
        now = max(now, head.preview_at or now)  # it is about what is there already
        note = NewMessage(
            id=message_id,
            conversation_id=id,
            channel_id=channel_id,
            direction=Direction.NOTE,
            provider_id=None,
            author_kind=actor.kind,
            author_name=actor.name,
            body=text,
            search_text=rules.fold(text),
            occurred_at=now,
            received_at=now,
        )
        ingest.messages(tx, [note])
        shown = Shown(message_id, now, Direction.NOTE, actor.name, text, None, None)
        heads.take(head, shown)
        heads.save(tx, [head])
        changes.record(tx, "conversation", id)
        return message_id
