"""Tabs, search and filters over the conversation list."""

from dataclasses import asdict, dataclass
from typing import Any

import traitlets

from widgets import wire
from widgets.assets import script, style
from widgets.live import News
from widgets.panel import Panel, answers
from workspace.errors import InvalidRequest
from workspace.models import Status, Tab


@dataclass(frozen=True, slots=True)
class Filter:
    """Which conversations the list shows. Empty fields don't restrict."""

    tab: Tab = Tab.ALL
    status: tuple[Status, ...] = ()
    search: str = ""
    since: str = ""
    """First day of the last activity, as 2026-03-31 in `zone`."""
    until: str = ""
    """Last day, included."""
    channel: str = ""
    """A channel's id."""
    unread: bool = False
    zone: str = "UTC"
    """The browser's IANA time zone."""

    def query(self) -> dict[str, Any]:
        """Arguments for `Workspace.conversations`."""
        empty = {"since": self.since or None, "until": self.until or None}
        return {**asdict(self), **empty, "channel": self.channel or None}


@dataclass(frozen=True, slots=True)
class Totals:
    """Badges of the two tabs: unread conversations, or matches where `filtered`."""

    all: int
    archived: int
    filtered: bool


class Filters(Panel):
    """What to show. Link `filter` to a list's and the list's `totals` back, as `Inbox` does.

    Neither trait is synced: search text is customers' data.
    """

    _esm = script("filters")
    _css = style("filters")

    filter = traitlets.Instance(Filter, ())
    totals = traitlets.Instance(Totals, allow_none=True)
    """None: no list tells them, so they are counted here."""

    @answers("ready")
    def _ready(self) -> dict[str, Any]:
        return {**self._shown_totals(), "filter": asdict(self.filter), "channels": self._channels()}

    @answers("filter")
    def _choose(self, by: str, **values: Any) -> None:
        self._by = by
        try:
            self.filter = _filter(**values)
        finally:
            self._by = ""

    @traitlets.observe("filter")
    def _filter_changed(self, change: Any) -> None:
        self.push("filter", {"by": getattr(self, "_by", ""), "filter": asdict(change["new"])})
        if self.totals is None:
            self.push("totals", self._shown_totals())

    @traitlets.observe("totals")
    def _totals_changed(self, change: Any) -> None:
        self.push("totals", asdict(change["new"]))

    def changed(self, news: News) -> None:
        if news.channels or news.everything:
            self.push("channels", self._channels())
        if self.totals is None:
            self.push("totals", self._shown_totals())

    def _channels(self) -> list[dict[str, Any]]:
        return [wire.channel(channel) for channel in self.ws.channels()]

    def _shown_totals(self) -> dict[str, Any]:
        return asdict(self.totals or totals(self.ws.conversations(**self.filter.query(), limit=1)))


def totals(page: Any) -> Totals:
    return Totals(page.counts.all, page.counts.archived, page.filtered)


def _filter(**values: Any) -> Filter:
    """The browser's choice. Raises InvalidRequest."""
    try:
        status = tuple(Status(name) for name in values.pop("status"))
        return Filter(tab=Tab(values.pop("tab")), status=status, **values)
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidRequest("This is not a filter of the list.") from error
