"""The list of conversations."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import traitlets

from widgets.assets import loader
from widgets.deeds import DoingPanel
from widgets.filters import Filter, Totals, totals
from widgets.live import News
from widgets.loaded import Loaded, Patch
from widgets.named import Ids
from widgets.panel import answers
from workspace.client.as_code import python_of, sql_of
from workspace.client.pages import Conversations
from workspace.errors import Conflict, InvalidRequest
from workspace.models import Tab

if TYPE_CHECKING:
    import pandas as pd

FIRST = 50
PAGE = 200
MOST = 500
"""Rows the hub gives at once."""

_JITTER = 5
"""Seconds of a difference between clocks that a slow answer alone may make."""


class ConversationList(DoingPanel):
    """Conversations that match `filter`, newest activity first.

    `query`, a SELECT over the v1 views whose first column gives ids, makes any query an inbox; so
    do `ids`: a DataFrame with a column `id`, a Series, a list. `selected` is the id of the open
    conversation, or "". `selection` are the ids of those that are ticked; while all that match
    are, `selects_all` is True and `selection` is empty: `to_df().id` names them.
    """

    _esm = loader("conversation_list")

    selected = traitlets.Unicode("").tag(sync=True)
    selection = Ids().tag(sync=True)
    selects_all = traitlets.Bool(False).tag(sync=True)
    filter = traitlets.Instance(Filter, ())
    query = traitlets.Unicode("")
    ids = Ids(None, allow_none=True)
    totals = traitlets.Instance(Totals, allow_none=True)

    def __init__(self, ws: Any, query: Any = "", ids: Any = None, **traits: Any) -> None:
        """A `query` that is no text is taken for `ids`."""
        if not isinstance(query, str):
            query, ids = "", query if ids is None else ids
        # The rows as the views have them. Who changes them also tells the views, before the next
        # one has its turn: told in another order, a view would lose rows.
        self._turn = threading.RLock()
        self._loaded = Loaded()
        self._total = 0
        self._number = 0
        self._narrowed: dict[str, Any] = {}
        """What the list of that number matches."""
        self._told: dict[str, Any] = {}
        self._ahead: dict[str, int] = {}
        """Seconds by which a channel's clock is ahead of this machine's; of those that are."""
        self._simulated = False
        self._scope = ws.info().folder
        super().__init__(ws, query=query, ids=ids, **traits)

    def to_df(self) -> pd.DataFrame:
        """The whole list as it is now: all its pages, not only those loaded."""
        import pandas as pd

        whole: pd.DataFrame = pd.concat([page.df() for page in self._pages()], ignore_index=True)
        return whole

    # --- what the views are told

    @answers("ready")
    def _ready(self, to: str = "") -> None:
        """The rows, for a view that begins. Pushed, as all that follows: in one order with it."""
        with self._turn:
            if len(self._views) > 1 and self._told:
                self._tell(Patch(list(self._loaded.rows.values()), fresh=True), to=to)
            else:
                self._tell(self._begin(), to=to)
                self._look_at_clocks()

    @answers("more")
    def _more(self) -> None:
        with self._turn:
            if self._loaded.cursor is not None:
                page = self._page(self._loaded.cursor, PAGE)
                self._tell(self._loaded.extend(page, page.cursor))

    @traitlets.observe("filter", "query", "ids")
    def _asked_anew(self, _: Any) -> None:
        if not self._told:
            return  # no view began yet
        with self._turn:
            self.selection, self.selects_all = (), False
            self._number += 1
            self._tell(self._begin())

    @traitlets.observe("selection")
    def _some_selected(self, change: Any) -> None:
        if change["new"]:
            self.selects_all = False

    @traitlets.observe("selects_all")
    def _all_selected(self, change: Any) -> None:
        if change["new"]:
            self.selection = ()

    def changed(self, news: News) -> None:
        """Asks for what changed alone, and tells the views only what is different."""
        ids = news.conversations | news.deleted
        with self._turn:
            # What else changes with a conversation a query alone knows.
            if news.everything or len(ids) > MOST or self.query:
                patch = self._reload()
            elif ids:
                patch = self._look_at(ids)
            else:
                patch = Patch()
            if gone := set(patch.gone).intersection(self.selection):
                self.selection = [id for id in self.selection if id not in gone]
            self._tell(patch)

    def changed_later(self, news: News) -> None:
        if news.channels or news.everything or (news.conversations and self._simulated):
            with self._turn:
                self._look_at_clocks()

    def _begin(self) -> Patch:
        self._narrowed = self._where()
        page = self._page(None, FIRST)
        self._loaded = Loaded()
        return Patch(self._loaded.extend(page, page.cursor).rows, fresh=True)

    def _reload(self) -> Patch:
        """All that is loaded; the hub gives it in pages."""
        wanted, cursor = max(len(self._loaded), FIRST), None
        found: list[Any] = []
        while len(found) < wanted:
            page = self._page(cursor, min(wanted - len(found), MOST))
            found += page
            cursor = page.cursor
            if cursor is None:
                break
        return self._loaded.replace(found, cursor)

    def _look_at(self, ids: frozenset[int]) -> Patch:
        where = self._where()
        if where["ids"] is not None:
            ids = ids.intersection(map(int, where["ids"]))
        found = self.ws.conversations(**where | {"ids": sorted(ids)}, limit=MOST) if ids else ()
        patch = self._loaded.update(ids, found)
        self._page(None, 1)
        return patch

    def _look_at_clocks(self) -> None:
        """A simulated channel has a time of its own, by which its windows close. It can be put
        forward without news, so it is asked for with those of conversations.
        """
        channels, now = self.ws.channels(), datetime.now(UTC)
        self._simulated = any(each.kind == "simulator" for each in channels)
        ahead = {str(each.id): round((each.now - now).total_seconds()) for each in channels}
        ahead = {id: seconds for id, seconds in ahead.items() if abs(seconds) > _JITTER}
        both = ahead.keys() | self._ahead.keys()
        if any(abs(ahead.get(id, 0) - self._ahead.get(id, 0)) > _JITTER for id in both):
            self._ahead = ahead
            self._tell(Patch())

    def _page(self, cursor: str | None, limit: int) -> Conversations:
        """A page of the list, whose counts are those of the tabs from now on."""
        page: Conversations = self.ws.conversations(**self._where(), cursor=cursor, limit=limit)
        self._total = page.total
        self.totals = totals(page)
        return page

    def _pages(self) -> Iterator[Conversations]:
        page = self.ws.conversations(**self._where(), limit=MOST)
        yield page
        while page.cursor:
            page = self.ws.conversations(**self._where(), cursor=page.cursor, limit=MOST)
            yield page

    def _where(self) -> dict[str, Any]:
        where = self.filter.args()
        if self.query and where["query"]:
            raise InvalidRequest("This list is a query's already; open that view in another list.")
        if self.ids is not None and where["ids"] is not None:
            where["ids"] = tuple(id for id in self.ids if id in set(where["ids"]))
        elif self.ids is not None:
            where["ids"] = self.ids
        return {**where, "query": self.query or where["query"]}

    def _tell(self, patch: Patch, *, to: str = "") -> None:
        """Pushes what is different, if anything is; in portions, for a message has its limit."""
        head = self._head()
        if not patch and head == self._told and not to:
            return
        self._told = head
        for at in range(0, max(len(patch.rows), 1), MOST):
            first = at == 0
            rows = {"rows": patch.rows[at : at + MOST], "gone": patch.gone if first else []}
            when = {"now": datetime.now(UTC).isoformat(), "to": to}
            self.push("rows", {**head, **rows, **when, "fresh": patch.fresh and first})

    def _head(self) -> dict[str, Any]:
        filtered = self.totals is not None and self.totals.filtered
        return {
            "end": self._loaded.cursor is None,
            "channels": None if self._loaded.rows else len(self.ws.channels()),
            "ahead": self._ahead,
            "context": {
                "list": self._number,
                "search": self.filter.search,
                "filtered": filtered,
                "total": self._total,
                "query": self._own(),
                "tab": Tab(self.filter.tab).value,
                "me": self.ws.actor.name,
                "scope": self._scope,
            },
        }

    def _own(self) -> str:
        """What narrows the list beside its filters; "": nothing does."""
        if self.ids is not None:
            return f"{len(self.ids):,} conversations named in Python"
        return self.query

    # --- verbs

    @answers("act", slow=True)
    def _act(
        self,
        verb: str,
        ids: Sequence[str] | None = None,
        expected: int | None = None,
        listing: int | None = None,
    ) -> Any:
        """To some, or to all that the list `listing` matches if they are as many as `expected`."""
        if ids is not None:
            return super()._act(verb, ids)
        done = self._deeds.to_all(verb, self._matching(listing), _count(expected))
        return self._did(done) if "deed" in done else done

    @answers("contents")
    def _contents(
        self,
        ids: Sequence[str] | None = None,
        expected: int | None = None,
        listing: int | None = None,
    ) -> dict[str, int]:
        if ids is not None:
            return super()._contents(ids)
        return self._lost(where=self._matching(listing))

    def _matching(self, listing: int | None) -> dict[str, Any]:
        """What a list matches that a view shows. Raises Conflict once there is another one."""
        with self._turn:
            if listing != self._number:
                raise Conflict(
                    "The list shows something else by now, so nothing was done. Look at it, then "
                    "choose again."
                )
            return self._narrowed

    # --- as code

    @answers("code")
    def _code(self, form: str) -> str:
        """The list as it is narrowed now, as Python or as SQL."""
        return sql_of(self._where()) if form == "sql" else python_of(self._where())


def _count(expected: Any) -> int:
    if not isinstance(expected, int) or isinstance(expected, bool) or expected < 0:
        raise InvalidRequest("A verb on all that match needs how many those are.")
    return expected
