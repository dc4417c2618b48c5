"""The list of conversations, and what can be done to many of them at once."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import uuid4

from workspace.client.arguments import Id, Ids, id_of, portions
from workspace.client.filters import Where, as_asked
from workspace.client.pages import Conversations, Outcomes
from workspace.client.transport import ENDLESS, WAIT, Call, Transport
from workspace.errors import InvalidRequest
from workspace.models import Contents, ConversationPage, Outcome, SavedView, Tab


class Listing:
    """A part of `Workspace`.

    Verbs take conversations by their ids; or all that match a filter: `where` has the arguments
    that list them, `expected` says how many there are. If another number matches by then, nothing
    is done and CountChanged tells.
    """

    _transport: Transport

    def conversations(
        self,
        tab: str = Tab.ALL,
        status: str | Iterable[str] = (),
        search: str = "",
        since: str | date | None = None,
        until: str | date | None = None,
        channel: Id | None = None,
        unread: bool = False,
        cursor: str | None = None,
        limit: int = 50,
        zone: str | None = None,
        contact: Id | None = None,
        ids: Ids | None = None,
        query: str = "",
    ) -> Conversations:
        """One page, newest activity first; filters combine.

        `since` and `until` are dates or datetimes over the last activity; a bare date is a whole
        day in `zone`, an IANA name; None: the zone of this machine, or UTC if it names none.
        `channel` is a name or an id. `ids`: only these, at most 100,000. `query`: only what the
        first column of a SELECT over the `v1` views names. `cursor`: of the page before.
        """
        where = {
            "tab": tab,
            "status": status,
            "search": search,
            "since": since,
            "until": until,
            "channel": channel,
            "unread": unread,
            "zone": zone,
            "contact": contact,
            "ids": ids,
            "query": query,
        }
        body = {**as_asked(where), "cursor": cursor, "limit": limit}
        page: ConversationPage = self._transport.call(
            ConversationPage, Call("POST", "/v1/conversations/list", body=body)
        )
        return Conversations(page)

    def contents(self, ids: Ids | None = None, *, where: Where | None = None) -> Contents:
        """What deleting these conversations would lose, all told."""
        found: list[Contents] = [
            self._transport.call(Contents, Call("POST", "/v1/conversations/contents", body=chosen))
            for chosen in _chosen(ids, where)
        ]
        return Contents(
            sum(part.conversations for part in found),
            sum(part.messages for part in found),
            sum(part.files for part in found),
        )

    # --- the options of the menu ------------------------------------------------------------------

    def mark_read(
        self,
        ids: Ids | None = None,
        upto: Id | None = None,
        *,
        where: Where | None = None,
        expected: int | None = None,
        key: str | None = None,
    ) -> Outcomes:
        """`upto`: the newest message that was seen; later ones stay unread. Default: all."""
        seen = {} if upto is None else {"upto": str(id_of(upto))}
        return self._act("mark_read", ids, where, expected, key, **seen)

    def mark_unread(
        self,
        ids: Ids | None = None,
        before: Id | None = None,
        *,
        where: Where | None = None,
        expected: int | None = None,
        key: str | None = None,
    ) -> Outcomes:
        """`before`: a place in the log, such as the `event_id` of an outcome of `mark_read`: what
        was unread just before it is so again. Default: a badge, as a reminder.
        """
        place = {} if before is None else {"before": str(id_of(before))}
        return self._act("mark_unread", ids, where, expected, key, **place)

    def resolve(
        self,
        ids: Ids | None = None,
        *,
        where: Where | None = None,
        expected: int | None = None,
        reason: str = "",
        key: str | None = None,
    ) -> Outcomes:
        return self._act("resolve", ids, where, expected, key, reason=reason)

    def reopen(
        self,
        ids: Ids | None = None,
        *,
        where: Where | None = None,
        expected: int | None = None,
        reason: str = "",
        key: str | None = None,
    ) -> Outcomes:
        return self._act("reopen", ids, where, expected, key, reason=reason)

    def archive(
        self,
        ids: Ids | None = None,
        *,
        where: Where | None = None,
        expected: int | None = None,
        reason: str = "",
        key: str | None = None,
    ) -> Outcomes:
        return self._act("archive", ids, where, expected, key, reason=reason)

    def unarchive(
        self,
        ids: Ids | None = None,
        *,
        where: Where | None = None,
        expected: int | None = None,
        reason: str = "",
        key: str | None = None,
    ) -> Outcomes:
        return self._act("unarchive", ids, where, expected, key, reason=reason)

    def delete(
        self,
        ids: Ids | None = None,
        *,
        where: Where | None = None,
        expected: int | None = None,
        key: str | None = None,
    ) -> Outcomes:
        """Erase conversations with all their messages and files. There is no way back."""
        return self._act("delete", ids, where, expected, key)

    def set_agent_replies(
        self,
        ids: Ids | None = None,
        on: bool | None = None,
        *,
        where: Where | None = None,
        expected: int | None = None,
        key: str | None = None,
    ) -> Outcomes:
        return self._act("agent_replies", ids, where, expected, key, on=on)

    def _act(
        self,
        verb: str,
        ids: Ids | None,
        where: Where | None,
        expected: int | None,
        key: str | None,
        **more: Any,
    ) -> Outcomes:
        key = key or str(uuid4())
        path = f"/v1/conversations/verbs/{verb}"
        if expected is not None:
            more["expected"] = expected
        done: list[Outcome] = []
        for number, chosen in enumerate(_chosen(ids, where)):
            signed = self._transport.signed(f"{key}-{number}")
            # However many match, the hub answers when it is done with all of them; and an erasure
            # waits for what is being sent.
            wait = WAIT if where is None and verb != "delete" else ENDLESS
            call = Call("POST", path, body=chosen | more, headers=signed, timeout=wait)
            done += self._transport.call(list[Outcome], call)
        return Outcomes(done)

    # --- saved views ------------------------------------------------------------------------------

    def views(self) -> list[SavedView]:
        """Filters with a name, by name. Open one with ``ws.conversations(**view.filter)``."""
        found: list[SavedView] = self._transport.get(list[SavedView], "/v1/views")
        return found

    def save_view(self, name: str, filter: Where) -> SavedView:
        """Keep a filter for everybody, in place of another one of this name. `filter` is a `where`.

        Raises InvalidRequest, and what listing by this filter raises.
        """
        body = {"name": name, "filter": as_asked(filter)}
        saved: SavedView = self._transport.put(SavedView, "/v1/views", body)
        return saved

    def delete_view(self, name: str, *, key: str | None = None) -> None:
        """Raises NotFound."""
        self._transport.delete("/v1/views", key, name=name)


def _chosen(ids: Ids | None, where: Where | None) -> list[dict[str, Any]]:
    """What requests say of the conversations they are about. Raises InvalidRequest."""
    if where is not None and ids is not None:
        raise InvalidRequest("Choose conversations by ids or by where, not by both.")
    if where is not None:
        return [{"where": as_asked(where)}]
    if ids is None:
        raise InvalidRequest("None is not an id; choose conversations by ids, or by where.")
    return [{"ids": portion} for portion in portions(ids)]
