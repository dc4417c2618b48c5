"""The whole inbox."""

from typing import Any

import ipywidgets
import traitlets

from widgets.assets import script, style
from widgets.composer import Composer
from widgets.contact_card import ContactCard
from widgets.conversation_list import ConversationList
from widgets.conversation_view import ConversationView
from widgets.filters import Filters
from widgets.new_conversation import NewConversation
from widgets.panel import Panel, answers
from workspace.client import Workspace


class Notice(Panel):
    """The line above an inbox: demo data, and a lost connection."""

    _esm = script("inbox")
    _css = style("inbox")

    @answers("ready")
    def _ready(self) -> dict[str, bool]:
        return self._state(self.live.connected)

    def connection(self, live: bool) -> None:
        self.push("state", self._state(live))

    def _state(self, live: bool) -> dict[str, bool]:
        return {"demo": self._demo, "live": live}

    def __init__(self, ws: Workspace) -> None:
        self._demo = ws.info().demo
        super().__init__(ws)


class Inbox(ipywidgets.VBox):
    """The panels beside each other, linked by their traits.

    `conversation_id` is the open conversation, or "". `height` is any CSS length.
    """

    conversation_id = traitlets.Unicode("")

    def __init__(self, ws: Workspace, *, height: str = "640px", conversation_id: str = "") -> None:
        self.new = NewConversation(ws)
        self.filters = Filters(ws)
        self.list = ConversationList(ws)
        self.view = ConversationView(ws)
        self.composer = Composer(ws)
        self.card = ContactCard(ws)
        body = _box(
            ipywidgets.HBox,
            "cw-body",
            _box(ipywidgets.VBox, "cw-left", self.new, self.filters, self.list),
            _box(ipywidgets.VBox, "cw-right", self.view, self.composer),
            self.card,
        )
        super().__init__([Notice(ws), body], layout={"height": height})
        self.add_class("cw-inbox")
        traitlets.dlink((self.filters, "filter"), (self.list, "filter"))
        traitlets.dlink((self.list, "totals"), (self.filters, "totals"))
        for panel, trait in (
            (self.list, "selected"),
            (self.view, "conversation_id"),
            (self.new, "conversation_id"),
        ):
            traitlets.link((self, "conversation_id"), (panel, trait))
        traitlets.dlink((self, "conversation_id"), (self.composer, "conversation_id"))
        traitlets.link((self, "conversation_id"), (self.card, "conversation_id"))
        self.conversation_id = str(conversation_id)

    def __repr__(self) -> str:
        return "Inbox()"


def _box(kind: Any, name: str, *children: Any) -> Any:
    box = kind(children)
    box.add_class(name)
    return box
