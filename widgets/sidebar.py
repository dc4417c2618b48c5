"""The side menu of an inbox."""

from dataclasses import asdict, dataclass
from typing import Any

import traitlets

from widgets.assets import loader
from widgets.panel import Panel, answers


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the workspace. `icon` is one of static/shared/icons.js."""

    name: str
    label: str
    icon: str


ENTRIES = (Entry("messages", "Messages", "chat"), Entry("templates", "Templates", "template"))


class Sidebar(Panel):
    """The pages of the workspace, with what is unread; notifications and help."""

    _esm = loader("sidebar")

    unread = traitlets.Int(0)
    """Not synced: linked to `Notice.unread`, as `Inbox` does."""

    pages = traitlets.Tuple(("messages",))
    """Names of the pages there are. Not synced: `Inbox` says which panels it has."""

    @answers("ready", local=True)
    def _ready(self) -> list[dict[str, Any]]:
        badges = {"messages": self.unread}
        shown = [entry for entry in ENTRIES if entry.name in self.pages]
        return [{**asdict(entry), "badge": badges.get(entry.name, 0)} for entry in shown]

    @traitlets.observe("unread")
    def _unread_changed(self, _: Any) -> None:
        self.push("entries", self._ready())
