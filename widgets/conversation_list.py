"""The list of conversations."""

import threading
from typing import Any

import traitlets

from widgets import wire
from widgets.assets import script, style
from widgets.filters import Filter, Totals, totals
from widgets.live import News
from widgets.panel import Panel, answers
from workspace.models import Tab

PAGE = 50
MOST = 500
"""Rows the hub gives at once."""


class ConversationList(Panel):
    """Conversations that match `filter`, newest activity first. `selected`: an id, or ""."""

    _esm = script("conversation_list")
    _css = style("conversation_list")

    selected = traitlets.Unicode("").tag(sync=True)
    filter = traitlets.Instance(Filter, ())
    totals = traitlets.Instance(Totals, allow_none=True)

    def __init__(self, ws: Any, **traits: Any) -> None:
        # The rows as the views have them; handlers and the live thread take turns.
        self._rows: dict[str, dict[str, Any]] = {}
        self._cursor: str | None = None
        self._turn = threading.RLock()
        self._scope = ws.info().folder
        super().__init__(ws, **traits)

    @answers("ready")
    def _ready(self) -> dict[str, Any]:
        with self._turn:
            self._load(len(self._rows))
            return self._patch(list(self._rows), fresh=True)

    @answers("more")
    def _more(self) -> None:
        """The next page. Pushed, not answered: every view of this panel shows the same rows."""
        with self._turn:
            if self._cursor is None:
                return
            page = self.ws.conversations(**self.filter.query(), cursor=self._cursor, limit=PAGE)
            new = {str(row.id): wire.conversation(row) for row in page}
            self._rows |= new
            self._cursor = page.cursor
            self.push("rows", self._patch(list(new)))

    @traitlets.observe("filter")
    def _filter_changed(self, _: Any) -> None:
        with self._turn:
            self._load(PAGE)
            self.push("rows", self._patch(list(self._rows), fresh=True))

    def changed(self, news: News) -> None:
        """Reads again what is shown, and tells the views only what is different."""
        with self._turn:
            before = self._rows
            self._load(len(before))
            self.push(
                "rows", self._patch([id for id, row in self._rows.items() if before.get(id) != row])
            )

    def _load(self, wanted: int) -> None:
        """The first `wanted` rows, a page at least."""
        rows: dict[str, dict[str, Any]] = {}
        cursor = None
        while True:
            limit = min(max(PAGE, wanted - len(rows)), MOST)
            page = self.ws.conversations(**self.filter.query(), cursor=cursor, limit=limit)
            rows |= {str(row.id): wire.conversation(row) for row in page}
            cursor = page.cursor
            if cursor is None or len(rows) >= wanted:
                break
        self._rows, self._cursor = rows, cursor
        self.totals = totals(page)

    def _patch(self, changed: list[str], *, fresh: bool = False) -> dict[str, Any]:
        """`order` holds all ids, `rows` the new and changed ones; `fresh` replaces everything."""
        filtered = self.totals is not None and self.totals.filtered
        return {
            "fresh": fresh,
            "order": list(self._rows),
            "rows": [self._rows[id] for id in changed],
            "end": self._cursor is None,
            "channels": None if self._rows else len(self.ws.channels()),
            "context": {
                "search": self.filter.search,
                "filtered": filtered,
                "tab": Tab(self.filter.tab).value,
                "me": self.ws.actor.name,
                "scope": self._scope,
            },
        }
