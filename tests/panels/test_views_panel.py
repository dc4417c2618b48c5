"""The kernel's side of saved views."""

from collections.abc import Iterator

import pytest

from tests.panels.speaking import Browser, Refused, until
from widgets import ConversationList, Filters
from widgets.filters import Filter
from workspace.client import Workspace
from workspace.models import Status, Tab


@pytest.fixture
def filters(ws: Workspace) -> Iterator[Browser]:
    yield Browser(Filters(ws))
    for view in ws.views():
        ws.delete_view(view.name)


def test_a_view_is_saved_opened_changed_and_renamed(ws: Workspace, filters: Browser) -> None:
    panel = filters.panel
    assert isinstance(panel, Filters)
    assert filters.ask("ready", view="v")["views"] == {"views": [], "on": "", "changed": False}
    panel.filter = Filter(status=(Status.PENDING,), search="refund", zone="Europe/Berlin")
    filters.ask("view_save", name="Refunds")
    assert filters.pushed("views")[-1] == {"views": ["Refunds"], "on": "Refunds", "changed": False}
    panel.filter = Filter(status=(Status.PENDING,), search="refund", tab=Tab.ARCHIVED)
    assert not filters.pushed("views")[-1]["changed"]
    panel.filter = Filter(search="refund", unread=True)
    assert filters.pushed("views")[-1]["changed"]
    filters.ask("view_rename", name="Refunds", to="Money back")
    assert filters.pushed("views")[-1] == {
        "views": ["Money back"],
        "on": "Money back",
        "changed": True,
    }
    filters.ask("view_open", name="Money back")
    assert panel.filter == Filter(status=(Status.PENDING,), search="refund")
    filters.ask("view_open", name="")
    assert panel.filter == Filter()
    with pytest.raises(Refused, match="no view"):
        filters.ask("view_open", name="Refunds")


def test_views_live_between_panels(ws: Workspace, filters: Browser) -> None:
    other = Browser(Filters(ws))
    other.ask("ready", view="w")
    filters.ask("view_save", name="Everything")
    until(other, lambda: [p["views"] for p in other.pushed("views")][-1:] == [["Everything"]])
    lost = filters.ask("view_delete", name="Everything")
    until(other, lambda: other.pushed("views")[-1]["views"] == [])
    filters.ask("view_restore", **lost)
    until(other, lambda: other.pushed("views")[-1]["views"] == ["Everything"])


def test_a_view_from_python_keeps_its_query(ws: Workspace, filters: Browser) -> None:
    panel = filters.panel
    assert isinstance(panel, Filters)
    query = "select id from v1.conversations where unread_count > 0"
    ws.save_view("By query", {"query": query, "status": "pending", "since": "2026-01-01"})
    filters.ask("view_open", name="By query")
    assert panel.filter.query == query
    assert panel.filter.status == (Status.PENDING,)
    browser = Browser(ConversationList(ws, query=query, filter=panel.filter))
    with pytest.raises(Refused, match="another list"):
        browser.ask("ready", view="v", to="v")
