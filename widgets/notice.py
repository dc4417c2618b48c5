"""The part of an inbox that always shows: what concerns all of it."""

from typing import Any

import traitlets

from widgets.assets import loader
from widgets.live import News
from widgets.panel import Panel, answers
from workspace.client import Workspace
from workspace.errors import NotFound
from workspace.models import Direction

MOST = 5
"""Customers named when many write at once; the others are counted."""


class Notice(Panel):
    """Says what is demo data, that the hub is lost, and that a customer wrote.

    The latter aloud, in the title of the browser's tab, and on the desktop where somebody asked for
    it. `conversation_id` is the open conversation; who clicks on a notification opens another.
    """

    _esm = loader("notice")

    conversation_id = traitlets.Unicode("").tag(sync=True)
    unread = traitlets.Int(0)
    """Conversations with something unread."""

    def __init__(self, ws: Workspace, **more: Any) -> None:
        info = ws.info()
        self._about = {"demo": info.demo, "scope": info.folder}
        super().__init__(ws, **more)

    @answers("ready", local=True)
    def _ready(self) -> dict[str, Any]:
        return self._state(self.live.connected)

    @answers("unread")
    def _counted(self) -> dict[str, Any]:
        """By itself, since the rows of the list would wait for it."""
        self._count()
        return self._state(self.live.connected)

    def connection(self, live: bool) -> None:
        self.push("state", self._state(live))

    def changed_later(self, news: News) -> None:
        self._count()
        self.push("state", self._state(self.live.connected))
        if arrived := self._arrived(sorted(news.inbound)):
            self.push("arrived", arrived)

    def _count(self) -> None:
        self.unread = self.ws.conversations(limit=1).counts.all

    def _state(self, live: bool) -> dict[str, Any]:
        return {**self._about, "live": live, "unread": self.unread}

    def _arrived(self, ids: list[int]) -> dict[str, Any] | None:
        """Who wrote what. Nobody, where a message made nothing unread: a blocked contact's."""
        messages = [message for id in ids[:MOST] if (message := self._newest(id))]
        if not messages:
            return None
        return {"messages": messages, "more": max(0, len(ids) - MOST)}

    def _newest(self, id: int) -> dict[str, Any] | None:
        try:
            row = self.ws.conversation(id)
        except NotFound:  # deleted since
            return None
        if row.unread == 0 or row.last_inbound_at is None:
            return None
        last = row.preview  # perhaps an answer already
        return {
            "id": str(id),
            "name": row.contact_name,
            "text": last.text if last.direction is Direction.INBOUND else "",
            "at": row.last_inbound_at.isoformat(),
        }
