"""One change stream for all panels of a workspace in this kernel."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar
from weakref import WeakKeyDictionary, WeakSet, finalize

from workspace.client import Watch, Workspace
from workspace.models import Change

if TYPE_CHECKING:
    from widgets.panel import Panel

PACE = 0.25
"""Seconds between two refreshes: a burst of changes is shown four times a second."""


@dataclass(frozen=True, slots=True)
class News:
    """What changed since the last refresh, without content."""

    conversations: frozenset[int]
    deleted: frozenset[int]
    channels: bool
    everything: bool
    """Changes may have been missed: read everything again."""

    def touches(self, conversation_id: str) -> bool:
        """Whether a conversation may look different now; False for no conversation ("")."""
        if not conversation_id:
            return False
        return self.everything or int(conversation_id) in self.conversations | self.deleted


def gather(changes: list[Change]) -> News:
    def ids(kind: str) -> frozenset[int]:
        named = (c.conversation_id for c in changes if c.kind == kind)
        return frozenset(id for id in named if id is not None)

    kinds = {change.kind for change in changes}
    return News(ids("conversation"), ids("deleted"), "channels" in kinds, "reload" in kinds)


class Live:
    """Collects the changes of one workspace and refreshes its panels, at most every `PACE`."""

    _of: ClassVar[WeakKeyDictionary[Workspace, Live]] = WeakKeyDictionary()
    _making = threading.Lock()

    def __init__(self) -> None:
        self.connected = True
        self._panels: WeakSet[Panel] = WeakSet()
        self._changes: list[Change] = []
        self._reported = True
        self._stopped = False
        self._news = threading.Condition()
        threading.Thread(target=self._run, name="convo-panels", daemon=True).start()

    @classmethod
    def of(cls, ws: Workspace) -> Live:
        """The one of this workspace. Raises HubUnavailable, Unauthorized."""
        with cls._making:
            if ws not in cls._of:
                live = cls()
                watch = ws.watch(live._changed, live._state_changed)
                finalize(ws, live._stop, watch)
                cls._of[ws] = live
            return cls._of[ws]

    def join(self, panel: Panel) -> None:
        with self._news:
            self._panels.add(panel)

    # --- called from the watch thread

    def _changed(self, change: Change) -> None:
        with self._news:
            self._changes.append(change)
            self._news.notify()

    def _state_changed(self, state: str) -> None:
        with self._news:
            self.connected = state == "live"
            self._reported = False
            self._news.notify()

    def _stop(self, watch: Watch) -> None:
        watch.stop()
        with self._news:
            self._stopped = True
            self._news.notify()

    # --- the panels' thread

    def _run(self) -> None:
        pause = threading.Event()
        while (waiting := self._wait()) is not None:
            changes, panels, report = waiting
            for panel in panels:
                if report:
                    panel.connection(self.connected)
                if changes:
                    panel.refresh(gather(changes))
            pause.wait(PACE)

    def _wait(self) -> tuple[list[Change], list[Panel], bool] | None:
        """What there is to tell, as soon as there is something; None at the end."""
        with self._news:
            self._news.wait_for(lambda: self._changes or not self._reported or self._stopped)
            if self._stopped:
                return None
            changes, self._changes = self._changes, []
            report, self._reported = not self._reported, True
            return changes, [panel for panel in self._panels if panel.shown], report
