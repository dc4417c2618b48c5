"""What operators have begun to write: one draft each in a conversation, kept until it is sent."""

from collections.abc import Sequence

from workspace.models import Actor, SavedDraft
from workspace.services import verbs
from workspace.services.said import check_text
from workspace.services.uploads import unsent
from workspace.store import Store, drafts, replies
from workspace.store.driver import Driver


class Drafts:
    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, conversation_id: int, actor: Actor) -> SavedDraft | None:
        """The actor's draft; None: there is none. Raises NotFound."""
        with self._store.read() as db:
            id, _ = verbs.place(db, conversation_id)
            return drafts.get(db, id, actor.name)

    def save(
        self,
        conversation_id: int,
        text: str,
        note: bool,
        upload_ids: Sequence[int],
        actor: Actor,
        reply_to: int | None = None,
    ) -> SavedDraft | None:
        """Keep the actor's draft in the place of the one before; an empty one is forgotten.

        Its files are kept with it for 30 days. `reply_to`: the message it quotes; one that is not
        in the conversation is left out. To save it twice is to save it once. Raises NotFound,
        TooLarge, InvalidRequest for a file named twice; Conflict for one that was sent.
        """
        check_text(text)

        def work(tx: Driver) -> SavedDraft | None:
            id, _ = verbs.place(tx, conversation_id)
            if not text.strip() and not upload_ids:
                drafts.drop(tx, id, actor.name)
                return None
            unsent(tx, upload_ids)
            here = reply_to is not None and replies.had(tx, id, reply_to) is not None
            quoted = reply_to if here else None
            drafts.put(tx, id, actor.name, text, note, upload_ids, quoted)
            return drafts.get(tx, id, actor.name)

        return self._store.write(work)
