"""The whole inbox."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import ipywidgets
import traitlets

from widgets.composer import Composer
from widgets.contact_card import ContactCard
from widgets.conversation_list import ConversationList
from widgets.conversation_view import ConversationView
from widgets.filters import Filters
from widgets.new_conversation import NewConversation
from widgets.notice import Notice
from widgets.panel import Panel
from widgets.sidebar import Sidebar
from widgets.template_board import Templates
from workspace.client import Workspace
from workspace.errors import InvalidRequest

PANELS: Mapping[str, type[Panel]] = {
    "menu": Sidebar,
    "new": NewConversation,
    "filters": Filters,
    "list": ConversationList,
    "view": ConversationView,
    "composer": Composer,
    "contact": ContactCard,
    "templates": Templates,
}
"""What an inbox may be made of, in the order in which it is read."""

_LENGTH = re.compile(
    r"\d*\.?\d+(px|em|rem|ex|ch|lh|rlh|cm|mm|in|pt|pc|%|[sld]?v(h|w|min|max|b|i))"
    r"|(calc|min|max|clamp)\([\w\s.,%+*/()-]+\)"
)


class Inbox(ipywidgets.VBox):
    """The panels beside each other, linked by their traits.

    `conversation_id` is the open conversation, or "". `height` is any CSS length. `panels` names
    the parts to show, of `PANELS`; None: all. `query` chooses the list's conversations, as
    `ConversationList` takes it. Each panel is an attribute by its name, such as `inbox.list`.
    Raises InvalidRequest.
    """

    conversation_id = traitlets.Unicode("")

    menu: Sidebar
    new: NewConversation
    filters: Filters
    list: ConversationList
    view: ConversationView
    composer: Composer
    contact: ContactCard
    templates: Templates

    def __init__(
        self,
        ws: Workspace,
        *,
        height: str = "640px",
        panels: Iterable[str] | None = None,
        conversation_id: str | int = "",
        query: Any = None,
    ) -> None:
        names = _chosen(panels)
        if query is not None and "list" not in names:
            raise InvalidRequest("`query` is for the list: add it to `panels`.")
        of_list = {} if query is None else {"query": query}
        self.notice = Notice(ws)
        self.panels = {
            name: PANELS[name](ws, **(of_list if name == "list" else {})) for name in names
        }
        for name, panel in self.panels.items():
            setattr(self, name, panel)
        super().__init__([self.notice, _body(self.panels)], layout={"height": _length(height)})
        self.add_class("cw-inbox")
        self._link()
        self.conversation_id = str(conversation_id)

    def _link(self) -> None:
        for panel in (self.notice, *self.panels.values()):
            for trait in ("conversation_id", "selected"):
                if panel.has_trait(trait):
                    traitlets.link((self, "conversation_id"), (panel, trait))
        if "menu" in self.panels:
            traitlets.dlink((self.notice, "unread"), (self.panels["menu"], "unread"))
            pages = [name for name in ("templates",) if name in self.panels]
            self.panels["menu"].pages = ("messages", *pages)
        if {"filters", "list"} <= set(self.panels):
            traitlets.dlink((self.filters, "filter"), (self.list, "filter"))
            traitlets.dlink((self.list, "totals"), (self.filters, "totals"))

    def __repr__(self) -> str:
        return "Inbox()"


def _chosen(panels: Iterable[str] | None) -> list[str]:
    """The names in reading order. Raises InvalidRequest, naming the right ones."""
    if panels is None:
        return list(PANELS)
    right = ", ".join(PANELS)
    if isinstance(panels, str):
        raise InvalidRequest(f"`panels` is a list of names: some of {right}.")
    wanted = list(panels)
    wrong = ", ".join(repr(name) for name in wanted if name not in PANELS)
    if wrong or not wanted:
        raise InvalidRequest(f"An inbox has no {wrong or 'panels then'}; it is made of {right}.")
    return [name for name in PANELS if name in wanted]


def _length(height: str) -> str:
    if not isinstance(height, str) or not _LENGTH.fullmatch(height.strip()):
        raise InvalidRequest('`height` is a CSS length, such as "640px" or "80vh".')
    return height.strip()


def _body(panels: Mapping[str, Panel]) -> Any:
    """The panels beside each other; some share a column."""

    def column(name: str, *parts: str) -> Iterable[Any]:
        shown = [panels[part] for part in parts if part in panels]
        return [_box(ipywidgets.VBox, name, *shown)] if shown else []

    return _box(
        ipywidgets.HBox,
        "cw-body",
        *column("cw-edge", "menu"),
        *column("cw-left", "new", "filters", "list"),
        *column("cw-right", "view", "composer"),
        *(panels[name] for name in ("contact", "templates") if name in panels),
    )


def _box(kind: Any, name: str, *children: Any) -> Any:
    box = kind(children)
    box.add_class(name)
    return box
