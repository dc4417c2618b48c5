"""Who the open conversation is with."""

import threading
from typing import Any

import traitlets

from widgets import wire
from widgets.assets import loader
from widgets.deeds import DoingPanel
from widgets.live import News
from widgets.panel import Did, answers
from workspace.errors import NotFound
from workspace.models import Contact, Conversation, Tab

OTHERS = 20
FOUND = 20


class ContactCard(DoingPanel):
    """The contact of the conversation `conversation_id` ("" shows none), and their other ones."""

    _esm = loader("contact_card")

    conversation_id = traitlets.Unicode("").tag(sync=True)

    def __init__(self, ws: Any, **traits: Any) -> None:
        self._shown: frozenset[int] = frozenset()
        self._turn = threading.RLock()
        super().__init__(ws, **traits)

    @answers("ready")
    def _ready(self, conversation_id: str) -> dict[str, Any] | None:
        return self._card(conversation_id) if conversation_id else None

    @answers("update")
    def _update(
        self,
        contact_id: str,
        name: str | None = None,
        blocked: bool | None = None,
        opted_out: bool | None = None,
    ) -> Did:
        wanted = {"name": name, "blocked": blocked, "opted_out": opted_out}
        change = {what: value for what, value in wanted.items() if value is not None}
        return self._did(self._deeds.to_contact(contact_id, change))

    @answers("contacts")
    def _contacts(self, contact_id: str, search: str) -> list[dict[str, Any]]:
        """Whom this contact could be merged with."""
        found = self.ws.contacts(search, FOUND + 1)
        return [wire.contact(each) for each in found if str(each.id) != contact_id][:FOUND]

    @answers("merge")
    def _merge(self, contact_id: str, other: str) -> Did:
        return self._did(self._deeds.merge(contact_id, other))

    @answers("unmerge")
    def _unmerge(self, contact_id: str) -> Did:
        return self._did(self._deeds.unmerge(contact_id))

    def _refresh_now(self) -> None:
        self._refresh()

    def changed(self, news: News) -> None:
        touched = news.conversations | news.deleted
        if news.touches(self.conversation_id) or touched & self._shown:
            self._refresh()

    def _refresh(self) -> None:
        if not self.conversation_id:
            return
        try:
            with self._turn:  # what was read first is told first
                self.push("card", self._card(self.conversation_id))
        except NotFound:  # deleted meanwhile, which the view tells
            self.push("card", None)

    def _card(self, conversation_id: str) -> dict[str, Any]:
        conversation = self.ws.conversation(conversation_id)
        contact = self.ws.contact(conversation)
        others = self._others(contact, conversation)
        self._shown = frozenset(other.id for other in others)
        return {
            "id": conversation_id,
            "conversation": wire.conversation(conversation),
            "contact": wire.contact(contact),
            "others": [wire.conversation(other) for other in others],
            "channels": [wire.channel(each) for each in self.live.channels(self.ws)],
            "me": self.ws.actor.name,
        }

    def _others(self, contact: Contact, conversation: Conversation) -> list[Conversation]:
        """The contact's other conversations, newest activity first."""
        if contact.conversations == 1:
            return []
        found = [
            row
            for tab in Tab
            for row in self.ws.conversations(tab, contact=contact.id, limit=OTHERS + 1)
            if row.id != conversation.id
        ]
        return sorted(found, key=lambda row: row.last_activity_at, reverse=True)[:OTHERS]
