"""One change stream for all panels of a workspace in this kernel."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar
from weakref import WeakKeyDictionary

from workspace.client import Workspace
from workspace.client.pages import Channels
from workspace.errors import ConvoError
from workspace.models import Change

logger = logging.getLogger(__name__)

if TYPE_CHECKING:
    from widgets.panel import Panel

PACE = 0.25
"""Seconds between two refreshes: a burst of changes is shown four times a second."""

HEAL = 1.0
"""Seconds, at most, between two attempts to bring back a hub that died."""

SETTLING = 3.0
"""Seconds for which a first panel waits to know whether the hub can be heard; a host that is not
even refused takes longer."""

_MISSED = Change(seq=0, kind="reload")
_OF_CHANNELS = ("channels", "reload")


@dataclass(frozen=True, slots=True)
class News:
    """What changed since the last refresh, without content."""

    conversations: frozenset[int]
    deleted: frozenset[int]
    channels: bool
    views: bool
    templates: bool
    everything: bool
    """Changes may have been missed: read everything again."""
    inbound: frozenset[int]
    """Conversations in which a customer wrote."""

    def touches(self, conversation_id: str) -> bool:
        """Whether a conversation may look different now; False for no conversation ("")."""
        if not conversation_id:
            return False
        return self.everything or int(conversation_id) in self.conversations | self.deleted


def gather(changes: list[Change]) -> News:
    def ids(named: Iterable[Change]) -> frozenset[int]:
        return frozenset(c.conversation_id for c in named if c.conversation_id is not None)

    kinds = {change.kind for change in changes}
    return News(
        conversations=ids(c for c in changes if c.kind == "conversation"),
        deleted=ids(c for c in changes if c.kind == "deleted"),
        channels="channels" in kinds,
        views="views" in kinds,
        templates="templates" in kinds,
        everything="reload" in kinds,
        inbound=ids(c for c in changes if c.inbound),
    )


class Live:
    """Refreshes the shown panels of one workspace when it changes, at most every `PACE`.

    It follows the hub while any of them is shown: a cell that is run again leaves nothing behind.
    """

    _of: ClassVar[WeakKeyDictionary[Workspace, Live]] = WeakKeyDictionary()
    _making = threading.Lock()

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._panels: dict[Panel, None] = {}
        """In the order in which they were shown, which is that in which they hear of changes."""
        self._stream: _Stream | None = None

    @classmethod
    def of(cls, ws: Workspace) -> Live:
        """The one that all panels of this workspace share."""
        with cls._making:
            return cls._of.setdefault(ws, cls())

    @property
    def connected(self) -> bool:
        """False while the changes can't be heard, be it that nobody listens."""
        stream = self._stream
        return stream is not None and stream.connected is True

    def join(self, panel: Panel) -> None:
        """The panel is shown now: it hears of changes, and whether the hub is lost.

        It needs no hub, and waits for none: what is asked for next does, where it may.
        """
        with self._turn:
            self._panels[panel] = None
            if self._stream is None:
                self._stream = _Stream(panel.ws, lambda: self.shown)
            self._stream.tell_lost(panel)

    def leave(self, panel: Panel) -> None:
        """No browser shows the panel any more."""
        with self._turn:
            self._panels.pop(panel, None)
            if not self._panels and self._stream is not None:
                self._stream.stop()
                self._stream = None

    def channels(self, ws: Workspace) -> Channels:
        """Those of `ws`, whose panels these are; asked for once while they don't change, so that
        `now` is of then. While nothing is heard of changes, they are asked for each time.
        """
        stream = self._stream
        return stream.channels() if stream is not None else ws.channels()

    @property
    def shown(self) -> list[Panel]:
        """The panels that some browser shows."""
        return list(self._panels)


class _Stream:
    """One subscription, and the thread that refreshes panels after it."""

    def __init__(self, ws: Workspace, shown: Callable[[], list[Panel]]) -> None:
        self.connected: bool | None = None
        """None: not known yet."""
        self._ws = ws
        self._shown = shown
        self._changes: list[Change] = []
        self._channels: Channels | None = None
        self._forgot = 0
        """How often they were forgotten: an answer that was asked for before is not kept."""
        self._stopped = threading.Event()
        self._news = threading.Condition()
        self._watch = ws.watch(self._changed, self._state_changed, wait=False)
        threading.Thread(target=self._run, name="convo-panels", daemon=True).start()
        self._settle()

    def _settle(self) -> None:
        """What is read before the stream's first position may miss a change: it waits for that."""
        with self._news:
            if not self._news.wait_for(lambda: self.connected is not None, SETTLING):
                self._state_is(found=False)

    def tell_lost(self, panel: Panel) -> None:
        """Says so to a panel that came after the others were told."""
        with self._news:  # so that a hub that is back meanwhile is told after this
            if not self.connected:
                panel.connection(False)

    def channels(self) -> Channels:
        with self._news:
            known, forgot = self._channels, self._forgot
        if known is not None:
            return known
        found = self._ws.channels()
        with self._news:
            if self.connected and forgot == self._forgot:
                self._channels = found
        return found

    def _forget_channels(self) -> None:
        self._channels = None
        self._forgot += 1

    def stop(self) -> None:
        self._stopped.set()
        self._watch.stop()
        with self._news:
            self._news.notify()

    # --- called from the watch thread

    def _changed(self, change: Change) -> None:
        with self._news:
            self._changes.append(change)
            if change.kind in _OF_CHANNELS:
                self._forget_channels()
            self._news.notify()

    def _state_changed(self, state: str) -> None:
        with self._news:
            self._state_is(found=state == "live")

    def _state_is(self, *, found: bool) -> None:
        if found and self.connected is False:
            # A refresh may have failed for want of the hub: what it missed is not told again.
            self._changes.append(_MISSED)
        self.connected = found
        self._forget_channels()  # what changes while the hub is not heard is not told
        for panel in self._shown():  # at once: the panels' thread may be waiting for that very hub
            with _logged():
                panel.connection(found)
        self._news.notify_all()

    # --- the panels' thread

    def _run(self) -> None:
        while not self._stopped.is_set():
            changes = self._wait()
            if changes:
                self._tell(gather(changes))
            self._stopped.wait(PACE)
            if self.connected is False:
                self._heal()

    def _tell(self, news: News) -> None:
        for panel in (shown := self._shown()):
            with _logged():
                panel.refresh(news)
        for panel in shown:
            with _logged():
                panel.refresh_later(news)

    def _heal(self) -> None:
        """A hub that somebody stopped stays so until it is asked for something."""
        with suppress(ConvoError):  # it is tried again
            self._ws.revive()
        with self._news:
            self._news.wait_for(lambda: self.connected or self._stopped.is_set(), HEAL)

    def _wait(self) -> list[Change]:
        """What there is to tell, as soon as there is something; nothing at the end, or if the hub
        is lost.
        """
        with self._news:
            self._news.wait_for(
                lambda: self._changes or self.connected is False or self._stopped.is_set()
            )
            changes, self._changes = self._changes, []
            return changes


@contextmanager
def _logged() -> Iterator[None]:
    """One panel's trouble must not end the others' updates."""
    try:
        yield
    except Exception as error:
        # By its kind alone: an exception's text may quote a customer.
        logger.error("A panel could not be refreshed: %s", type(error).__name__)
