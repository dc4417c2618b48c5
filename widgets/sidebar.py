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


ENTRIES = (Entry("messages", "Messages", "chat"),)


class Sidebar(Panel):
    """The pages of the workspace, with what is unread; notifications and help."""

    _esm = loader("sidebar")

    unread = traitlets.Int(0)
    """Not synced: linked to `Notice.unread`, as `Inbox` does."""

    @answers("ready", local=True)
    def _ready(self) -> list[dict[str, Any]]:
        badges = {"messages": self.unread}
        return [{**asdict(entry), "badge": badges.get(entry.name, 0)} for entry in ENTRIES]

    @traitlets.observe("unread")
    def _unread_changed(self, _: Any) -> None:
        self.push("entries", self._ready())
