"""The inbox: the list, one conversation, and the options of its menu."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Protocol

from workspace.errors import InvalidRequest, NotFound
from workspace.models import (
    Actor,
    Attachment,
    Channel,
    Contents,
    Conversation,
    ConversationPage,
    EventKind,
    MessagePage,
    Outcome,
    Tab,
)
from workspace.rules import addresses
from workspace.services import paging, verbs
from workspace.services.erase import Erase
from workspace.services.filters import Filter, conditions
from workspace.services.verbs import Act
from workspace.store import Store, contacts, conversations, heads, idempotency, messages
from workspace.store.driver import Driver
from workspace.store.files import Files


class Channels(Protocol):
    """What the inbox asks of the configured accounts."""

    def list(self) -> Sequence[Channel]: ...

    def now(self, channel_id: int) -> datetime:
        """The channel's clock; the machine's, for a channel that is no longer configured."""
        ...


class Inbox:
    def __init__(self, store: Store, files: Files, channels: Channels, erase: Erase) -> None:
        self._store = store
        self._files = files
        self._channels = channels
        self._erase = erase

    # --- reading -----------------------------------------------------------------------------

    def conversations(
        self, wanted: Filter, cursor: str | None = None, limit: int = 50
    ) -> ConversationPage:
        """One page of a tab, newest activity first. Raises InvalidRequest, NotFound (a channel)."""
        after, limit = paging.place(cursor), paging.checked(limit)
        archived = wanted.tab == Tab.ARCHIVED
        with self._store.read() as db:
            on = conditions(db, wanted)
            found = conversations.page(
                db, on.where, archived=archived, after=after, limit=limit, count_all=on.narrowed
            )
            rows = conversations.get(db, found.ids, self._configured())
            if on.search:
                rows = conversations.with_hits(db, rows, on.search)
        return ConversationPage(tuple(rows), paging.cursor(found.end), found.counts, on.narrowed)

    def conversation(self, id: int) -> Conversation:
        """One conversation; a merged thread is found under its old id too. Raises NotFound."""
        with self._store.read() as db:
            rows = conversations.get(db, [_resolved(db, id)], self._configured())
        if not rows:
            raise _missing(id)
        return rows[0]

    def find(self, channel_id: int, address: str) -> Conversation | None:
        """The conversation with this address on a channel that keeps one per contact.

        None: there is none yet, or the channel opens a new thread each time. Raises NotFound for
        the channel, InvalidRequest for the address.
        """
        channel = self._configured().get(channel_id)
        if channel is None:
            raise NotFound(f"No channel {channel_id}; it may have been removed.")
        to = addresses.checked(address, channel.capabilities)
        if channel.capabilities.threads:
            return None
        with self._store.read() as db:
            contact = contacts.by_address(db, [to]).get(to)
            ids = heads.of_contacts(db, channel_id, [contact.id]) if contact else {}
            rows = conversations.get(db, list(ids.values()), self._configured())
        return rows[0] if rows else None

    def messages(
        self,
        id: int,
        before: int | None = None,
        limit: int = 50,
        *,
        after: int | None = None,
        around: int | None = None,
    ) -> MessagePage:
        """Up to `limit` messages, oldest first: the newest, or those older than the message
        `before`, newer than `after`, or with `around` in their middle. Raises NotFound.
        """
        limit = paging.checked(limit)
        if sum(each is not None for each in (before, after, around)) > 1:
            raise InvalidRequest("Give one of before, after and around.")
        with self._store.read() as db:
            found = _resolved(db, id)
            if after is not None:
                return messages.after(db, found, after, limit)
            if around is not None:
                return messages.around(db, found, around, limit)
            return messages.before(db, found, before, limit)

    def contents(self, ids: Sequence[int]) -> Contents:
        """What Delete would lose. Raises NotFound."""
        verbs.check(ids)
        with self._store.read() as db:
            found = {id for id, _ in verbs.known(db, ids).values()}
            return conversations.contents(db, list(found))

    def attachment(self, id: int) -> tuple[Attachment, Path]:
        """A file and where its bytes are. Raises NotFound."""
        with self._store.read() as db:
            return messages.attachment(db, id), self._files.path(id)

    def _configured(self) -> dict[int, Channel]:
        return {channel.id: channel for channel in self._channels.list()}

    # --- the options of the menu -------------------------------------------------------------
    # Each takes many ids and does all or none of them: NotFound names an unknown one. Asked twice
    # with one idempotency key, it happens once and answers the same.

    def mark_read(
        self,
        ids: Sequence[int],
        actor: Actor,
        key: str | None,
        upto: int | None = None,
        reason: str = "",
    ) -> list[Outcome]:
        """`upto` is the newest message seen: what came after it stays unread."""
        return self._do(Act(EventKind.MARKED_READ, tuple(ids), actor, reason, upto), key)

    def mark_unread(
        self, ids: Sequence[int], actor: Actor, key: str | None, reason: str = ""
    ) -> list[Outcome]:
        return self._do(Act(EventKind.MARKED_UNREAD, tuple(ids), actor, reason), key)

    def resolve(
        self, ids: Sequence[int], actor: Actor, key: str | None, reason: str = ""
    ) -> list[Outcome]:
        return self._do(Act(EventKind.RESOLVED, tuple(ids), actor, reason), key)

    def reopen(
        self, ids: Sequence[int], actor: Actor, key: str | None, reason: str = ""
    ) -> list[Outcome]:
        return self._do(Act(EventKind.REOPENED, tuple(ids), actor, reason), key)

    def archive(
        self, ids: Sequence[int], actor: Actor, key: str | None, reason: str = ""
    ) -> list[Outcome]:
        return self._do(Act(EventKind.ARCHIVED, tuple(ids), actor, reason), key)

    def unarchive(
        self, ids: Sequence[int], actor: Actor, key: str | None, reason: str = ""
    ) -> list[Outcome]:
        return self._do(Act(EventKind.UNARCHIVED, tuple(ids), actor, reason), key)

    def set_agent_replies(
        self, ids: Sequence[int], on: bool, actor: Actor, key: str | None, reason: str = ""
    ) -> list[Outcome]:
        """Whether the agent may answer by itself; kept even while no agent is set up."""
        kind = EventKind.AGENT_REPLIES_ON if on else EventKind.AGENT_REPLIES_OFF
        return self._do(Act(kind, tuple(ids), actor, reason), key)

    def delete(self, ids: Sequence[int], actor: Actor, key: str | None) -> list[Outcome]:
        """Erase conversations with all they hold, for good; see `erase`."""
        return self._erase.delete(ids, actor, key)

    def _do(self, act: Act, key: str | None) -> list[Outcome]:
        verbs.check(act.ids, act.reason)

        def work(tx: Driver) -> list[Outcome]:
            now = cache(self._channels.now)  # asked once a channel: a batch happens at one instant
            return idempotency.once(
                tx, key, act.request(), list[Outcome], lambda: verbs.apply(tx, act, now)
            )

        return self._store.write(work)


def _resolved(db: Driver, id: int) -> int:
    found = conversations.resolve(db, [id])
    if id not in found:
        raise _missing(id)
    return found[id][0]


def _missing(id: int) -> NotFound:
    return NotFound(f"No conversation {id}; it may have been deleted.", id=str(id))
