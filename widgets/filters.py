"""Tabs, search and filters over the conversation list."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import traitlets

from widgets import wire
from widgets.assets import loader
from widgets.deeds import wrote
from widgets.live import News
from widgets.panel import Did, Panel, answers
from workspace.client.as_code import python_of_call, python_of_view
from workspace.errors import InvalidRequest, NotFound
from workspace.models import SavedView, Status, Tab


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
    contact: str = ""
    """A contact's id."""
    ids: tuple[str, ...] | None = None
    query: str = ""
    """A SELECT over the v1 views that gives ids."""

    def args(self) -> dict[str, Any]:
        """Arguments for `Workspace.conversations`."""
        optional = ("since", "until", "channel", "contact")
        return {**asdict(self), **{name: getattr(self, name) or None for name in optional}}

    def narrowing(self) -> dict[str, Any]:
        """Those arguments that narrow something; the zone only where there is a date."""
        dated = bool(self.since or self.until)
        args = {name: value for name, value in self.args().items() if value or value == ()}
        return {
            name: value
            for name, value in args.items()
            if value != getattr(Filter(), name) and (name != "zone" or dated)
        }


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

    _esm = loader("filters")

    filter = traitlets.Instance(Filter, ())
    totals = traitlets.Instance(Totals, allow_none=True)
    """None: no list tells them, so they are counted here."""

    def __init__(self, ws: Any, **traits: Any) -> None:
        self._by = ""
        self._view = ""
        """The saved view that was opened; its filter may have been changed since."""
        super().__init__(ws, **traits)

    @answers("ready")
    def _ready(self) -> dict[str, Any]:
        return {
            "filter": asdict(self.filter),
            "channels": self._channels(),
            "views": self._views_state(),
        }

    @answers("totals")
    def _told_totals(self) -> dict[str, Any]:
        """By themselves: rows would wait for the counting, which a list may have done by now."""
        return self._shown_totals()

    @answers("filter")
    def _choose(self, by: str, **values: Any) -> None:
        self._by = by
        try:
            self.filter = _filter(values)
        finally:
            self._by = ""

    @traitlets.observe("filter")
    def _filter_changed(self, change: Any) -> None:
        self.push("filter", {"by": self._by, "filter": asdict(change["new"])})
        if self._view:
            self._push_views()
        if self.totals is None:
            self.push("totals", self._shown_totals())

    @traitlets.observe("totals")
    def _totals_changed(self, change: Any) -> None:
        self.push("totals", asdict(change["new"]))

    def changed(self, news: News) -> None:
        if news.channels or news.everything:
            self.push("channels", self._channels())
        if news.views or news.everything:
            self._push_views()
        if self.totals is None:
            self.push("totals", self._shown_totals())

    def _channels(self) -> list[dict[str, Any]]:
        return [wire.channel(channel) for channel in self.ws.channels()]

    def _shown_totals(self) -> dict[str, Any]:
        return asdict(self.totals or totals(self.ws.conversations(**self.filter.args(), limit=1)))

    # --- saved views

    @answers("view_open")
    def _open_view(self, name: str) -> None:
        """No name leaves the view, and what it showed."""
        if name:
            opened = _filter({**asdict(Filter(zone=self.filter.zone)), **self._saved(name).filter})
        else:
            opened = Filter(tab=self.filter.tab, zone=self.filter.zone)
        self._view = name
        self.filter = opened
        self._push_views()

    @answers("view_save")
    def _save_view(self, name: str) -> Did:
        shown = self.filter.narrowing()
        self.ws.save_view(name, shown)
        self._view = name
        self._push_views()
        return wrote(self.ws, None, python_of_view(name, shown))

    @answers("view_rename")
    def _rename_view(self, name: str, to: str) -> Did | None:
        if name == to:
            return None
        kept = self._saved(name).filter
        self.ws.save_view(to, kept)
        # Before the old one goes: news of that would leave it, and what it showed.
        self._view = to if self._view == name else self._view
        self.ws.delete_view(name)
        self._push_views()
        calls = python_of_view(to, kept), python_of_call("delete_view", name)
        return wrote(self.ws, None, "\n".join(calls))

    @answers("view_delete")
    def _delete_view(self, name: str) -> Did:
        """What brings it back."""
        lost = self._saved(name)
        self.ws.delete_view(name)
        self._push_views()
        back = {"name": lost.name, "filter": dict(lost.filter)}
        return wrote(self.ws, back, python_of_call("delete_view", name))

    @answers("view_restore")
    def _restore_view(self, name: str, filter: Mapping[str, Any]) -> Did:
        self.ws.save_view(name, filter)
        self._push_views()
        return wrote(self.ws, None, python_of_view(name, filter))

    def _saved(self, name: str) -> SavedView:
        for view in self.ws.views():
            if view.name == name:
                return view
        raise NotFound(f"There is no view called {name!r} any more.")

    def _push_views(self) -> None:
        self.push("views", self._views_state())

    def _views_state(self) -> dict[str, Any]:
        """All names; which one was opened, and whether its filter was changed since."""
        saved = {view.name: view.filter for view in self.ws.views()}
        if self._view not in saved:
            self._view = ""
        changed = bool(self._view) and not self._shows(saved[self._view])
        return {"views": sorted(saved, key=str.casefold), "on": self._view, "changed": changed}

    def _shows(self, saved: Mapping[str, Any]) -> bool:
        """Whether the list is narrowed as `saved` says; going to the other tab changes no view."""
        kept = _filter({**asdict(Filter()), **saved})
        return replace(kept, tab=self.filter.tab, zone=self.filter.zone) == self.filter


def totals(page: Any) -> Totals:
    return Totals(page.counts.all, page.counts.archived, page.filtered)


def _filter(values: Mapping[str, Any]) -> Filter:
    """The browser's choice, or a saved view's. Raises InvalidRequest."""
    given = {name: value for name, value in values.items() if value is not None}
    try:
        status = given.pop("status")
        statuses = tuple(Status(name) for name in ([status] if isinstance(status, str) else status))
        tab = Tab(given.pop("tab"))
        if "ids" in given:
            given["ids"] = tuple(map(str, given["ids"]))
        for name in ("channel", "contact", "since", "until"):
            given[name] = str(given.get(name, ""))
        return Filter(tab=tab, status=statuses, **given)
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidRequest("This is not a filter of the list.") from error
