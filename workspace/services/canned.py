"""Canned replies, shared by all operators of the workspace."""

from workspace import rules
from workspace.errors import InvalidRequest, NotFound, TooLarge
from workspace.models import CannedReply
from workspace.store import Store, canned, idempotency
from workspace.store.driver import Driver

MAX_CANNED = 10_000
"""Characters of one; what a channel takes is checked when it is sent."""


class Canned:
    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> list[CannedReply]:
        """By their shortcuts."""
        with self._store.read() as db:
            return canned.all(db)

    def save(self, shortcut: str, text: str) -> CannedReply:
        """Keep a text under a shortcut, in the place of what it stood for before.

        To save it twice is to save it once. Raises InvalidRequest, TooLarge.
        """
        short = rules.shortcut(shortcut)
        if not text.strip():
            raise InvalidRequest("The canned reply is empty; write a text.")
        if len(text) > MAX_CANNED:
            raise TooLarge(
                f"The text has {len(text):,} characters; a canned reply has at most "
                f"{MAX_CANNED:,}.",
                limit=MAX_CANNED,
            )
        return self._store.write(lambda tx: canned.put(tx, short, text))

    def delete(self, shortcut: str, key: str | None) -> None:
        """Forget one. Raises NotFound."""
        short = rules.shortcut(shortcut)
        request = {"verb": "delete_canned_reply", "shortcut": short}

        def work(tx: Driver) -> bool:
            if not canned.drop(tx, short):
                raise NotFound(f"There is no canned reply {short!r}.", shortcut=short)
            return True

        self._store.write(lambda tx: idempotency.once(tx, key, request, bool, lambda: work(tx)))
