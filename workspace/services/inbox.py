"""The inbox: the list, one conversation, and the options of its menu."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from workspace.errors import InvalidRequest, NotFound
from workspace.faults import reach
from workspace.models import (
    Actor,
    ActorKind,
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
from workspace.services.filters import Conditions, Filter, conditions
from workspace.services.matching import Matching, Targets, portions
from workspace.services.queries import Queries
from workspace.services.verbs import Act
from workspace.store import Store, contacts, conversations, heads, idempotency, messages
from workspace.store.conversations import EVERY, Place
from workspace.store.driver import Driver
from workspace.store.files import Files


class Channels(Protocol):
    """What the inbox asks of the configured accounts."""

    def list(self) -> Sequence[Channel]: ...

    def now(self, channel_id: int) -> datetime:
        """The channel's clock; the machine's, for a channel that is no longer configured."""
        ...


Do = Callable[[Sequence[int], str | None, bool], list[Outcome]]
"""A verb on some ids with one idempotency key; the last says that ids may be gone."""


class Inbox:
    def __init__(
        self,
        store: Store,
        files: Files,
        channels: Channels,
        erase: Erase,
        queries: Queries,
        seen: Callable[[int], None],
    ) -> None:
        """`seen` hears of a conversation in which an operator has read."""
        self._store = store
        self._seen = seen
        self._files = files
        self._channels = channels
        self._erase = erase
        self._queries = queries

    # --- reading -----------------------------------------------------------------------------

    def conversations(
        self, wanted: Filter, cursor: str | None = None, limit: int = 50
    ) -> ConversationPage:
        """One page of a tab, newest activity first.

        Raises InvalidRequest, NotFound (a channel), and for its query what `Queries` raises.
        """
        after, limit = paging.place(cursor), paging.checked(limit)
        queried = self._queried(wanted)
        with self._store.read() as db:
            on = conditions(db, wanted, queried)
            found = _page(db, wanted, on, after, limit)
            rows = conversations.get(db, found.ids, self._configured())
            if on.search:
                rows = conversations.with_hits(db, rows, on.search)
        return ConversationPage(
            tuple(rows), paging.cursor(found.end), found.counts, on.narrowed, found.total
        )

    def matching(self, wanted: Filter) -> list[int]:
        """The ids on all pages of a tab. Raises as `conversations`."""
        queried = self._queried(wanted)
        with self._store.read() as db:
            return _page(db, wanted, conditions(db, wanted, queried), None, EVERY).ids

    def _queried(self, wanted: Filter) -> list[int] | None:
        return self._queries.conversations(wanted.query) if wanted.query.strip() else None

    def conversation(self, id: int) -> Conversation:
        """One conversation; a merged thread is found under its old id too. Raises NotFound."""
        with self._store.read() as db:
            rows = conversations.get(db, [verbs.place(db, id)[0]], self._configured())
        if not rows:
            raise verbs.missing(id)
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
            found, _ = verbs.place(db, id)
            if after is not None:
                return messages.after(db, found, after, limit)
            if around is not None:
                return messages.around(db, found, around, limit)
            return messages.before(db, found, before, limit)

    def contents(self, targets: Sequence[int] | Filter) -> Contents:
        """What Delete would lose, of some ids or of all that match. Raises NotFound."""
        if isinstance(targets, Filter):
            ids = self.matching(targets)
            with self._store.read() as db:
                return conversations.contents(db, ids)
        verbs.check(targets)
        with self._store.read() as db:
            found = {id for id, _ in verbs.known(db, targets).values()}
            return conversations.contents(db, list(found))

    def attachment(self, id: int) -> tuple[Attachment, Path]:
        """A file and where its bytes are. Raises NotFound."""
        with self._store.read() as db:
            return messages.attachment(db, id), self._files.path(id)

    def _configured(self) -> dict[int, Channel]:
        return {channel.id: channel for channel in self._channels.list()}

    # --- the options of the menu -------------------------------------------------------------
    # Each takes many ids and does all or none of them: NotFound names an unknown one. Or it takes a
    # Matching, which is done in portions. Asked twice with one idempotency key, it happens once and
    # answers the same.

    def mark_read(
        self,
        targets: Targets,
        actor: Actor,
        key: str | None,
        upto: int | None = None,
        reason: str = "",
    ) -> list[Outcome]:
        """`upto` is the newest message seen: what came after it stays unread. Then somebody has
        looked at it, which the provider may hear; without it nobody need have.
        """
        done = self._do(Act(EventKind.MARKED_READ, actor, reason, upto), targets, key)
        if upto is not None and actor.kind is ActorKind.OPERATOR:
            for outcome in done:
                if outcome.changed:
                    self._seen(outcome.conversation_id)
        return done

    def mark_unread(
        self,
        targets: Targets,
        actor: Actor,
        key: str | None,
        before: int | None = None,
        reason: str = "",
    ) -> list[Outcome]:
        """`before` is a place in the log: what was unread just before it is so again."""
        return self._do(Act(EventKind.MARKED_UNREAD, actor, reason, before=before), targets, key)

    def resolve(
        self, targets: Targets, actor: Actor, key: str | None, reason: str = ""
    ) -> list[Outcome]:
        return self._do(Act(EventKind.RESOLVED, actor, reason), targets, key)

    def reopen(
        self, targets: Targets, actor: Actor, key: str | None, reason: str = ""
    ) -> list[Outcome]:
        return self._do(Act(EventKind.REOPENED, actor, reason), targets, key)

    def archive(
        self, targets: Targets, actor: Actor, key: str | None, reason: str = ""
    ) -> list[Outcome]:
        return self._do(Act(EventKind.ARCHIVED, actor, reason), targets, key)

    def unarchive(
        self, targets: Targets, actor: Actor, key: str | None, reason: str = ""
    ) -> list[Outcome]:
        return self._do(Act(EventKind.UNARCHIVED, actor, reason), targets, key)

    def set_agent_replies(
        self, targets: Targets, on: bool, actor: Actor, key: str | None, reason: str = ""
    ) -> list[Outcome]:
        """Whether the agent may answer by itself; kept even while no agent is set up."""
        kind = EventKind.AGENT_REPLIES_ON if on else EventKind.AGENT_REPLIES_OFF
        return self._do(Act(kind, actor, reason), targets, key)

    def delete(self, targets: Targets, actor: Actor, key: str | None) -> list[Outcome]:
        """Erase conversations with all they hold, for good; see `erase`."""

        def erase(ids: Sequence[int], key: str | None, gone_ok: bool) -> list[Outcome]:
            return self._erase.delete(ids, actor, key, gone_ok=gone_ok)

        return self._each(targets, key, {"verb": "delete"}, erase)

    def _do(self, act: Act, targets: Targets, key: str | None) -> list[Outcome]:
        def once(ids: Sequence[int], key: str | None, gone_ok: bool) -> list[Outcome]:
            return self._once(replace(act, ids=tuple(ids), gone_ok=gone_ok), key)

        verbs.check((), act.reason)
        return self._each(targets, key, act.request(), once)

    def _once(self, act: Act, key: str | None) -> list[Outcome]:
        verbs.check(act.ids)

        def work(tx: Driver) -> list[Outcome]:
            now = cache(self._channels.now)  # asked once a channel: a batch happens at one instant
            return idempotency.once(
                tx, key, act.request(), list[Outcome], lambda: verbs.apply(tx, act, now)
            )

        return self._store.write(work)

    def _each(
        self, targets: Targets, key: str | None, request: Mapping[str, Any], do: Do
    ) -> list[Outcome]:
        """`do` it at once to ids, in portions to what matches."""
        if not isinstance(targets, Matching):
            return do(targets, key, False)
        ids = self._plan(targets, key, {**request, **targets.request()})
        outcomes: list[Outcome] = []
        for portion, portion_key in portions(ids, key):
            outcomes += do(portion, portion_key, True)
            reach("after_portion")
        return outcomes

    def _plan(self, wanted: Matching, key: str | None, request: Mapping[str, Any]) -> list[int]:
        """What matches, kept with the key: asked again after a crash, the rest of it is done.

        Raises CountChanged.
        """
        if key is not None:
            with self._store.read() as db:
                planned: list[int] | None = idempotency.recall(db, key, request, list[int])
            if planned is not None:
                return planned
        ids = wanted.checked(self.matching(wanted.where))
        return self._store.write(
            lambda tx: idempotency.once(tx, key, request, list[int], lambda: ids)
        )


def _page(
    db: Driver, wanted: Filter, on: Conditions, after: Place | None, limit: int
) -> conversations.Found:
    return conversations.page(
        db,
        on.where,
        archived=wanted.tab == Tab.ARCHIVED,
        after=after,
        limit=limit,
        count_all=on.narrowed,
    )
