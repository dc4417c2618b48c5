"""Panels shown while there is no hub: what they say, and what they hear once it is back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.panels.speaking import Browser, Refused, until
from widgets import Composer, ConversationList, Inbox
from workspace import process
from workspace.client import Workspace
from workspace.settings import Paths
from workspace.testing.hub import kill_hub, not_to_be_started, running_hub, still_folder


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Workspace]:
    with running_hub(still_folder(tmp_path / "own", size=5)) as ws:
        yield ws


def folder(ws: Workspace) -> Paths:
    paths = ws._transport.location.paths
    assert paths
    return paths


def appears(browser: Browser) -> None:
    """Asks as a page that shows the panel does, without waiting for the answer."""
    asked = {"ask": "ready", "args": {"view": "v", "to": "v"}, "call": "appears"}
    browser.panel._received(browser.panel, asked, [])


@pytest.mark.slow
def test_what_needs_no_hub_is_answered_while_it_is_away(own: Workspace) -> None:
    """A page loaded anew meanwhile gets what was written back, whoever waits for the hub."""
    id = str(own.conversations()[0].id)
    rows, composer = Browser(ConversationList(own)), Browser(Composer(own, conversation_id=id))
    paths = folder(own)
    with not_to_be_started(paths.folder):
        kill_hub(paths.folder)
        appears(rows)
        composer.ask(
            "save_draft", conversation_id=id, text="Half", note=False, uploads=[], version="1"
        )
        unsaved = composer.ask("unsaved", view="w")
        assert [draft["text"] for draft in unsaved["drafts"]] == ["Half"]
        assert unsaved["live"] is False
        assert set(rows.pushed("live")) == set(composer.pushed("live")) == {False}
        assert not rows._answers("appears"), "it waits for the hub, beside the others"
    until(rows, lambda: rows.pushed("live")[-1:] == [True])
    until(composer, lambda: composer.pushed("draft_saved"))
    draft = own.draft(int(id))
    assert draft
    assert draft.text == "Half"
    until(rows, lambda: rows.pushed("rows"))


@pytest.mark.slow
def test_a_hub_that_can_not_start_is_followed_once_it_can(own: Workspace) -> None:
    inbox = Inbox(own)
    notice, menu = Browser(inbox.notice), Browser(inbox.menu)
    rows, filters = Browser(inbox.list), Browser(inbox.filters)
    unread = own.conversations(limit=1).counts.all
    assert unread
    paths = folder(own)
    process.stop(paths)
    settings = paths.settings.read_text("utf-8")
    paths.settings.write_text("demo = 3\n", "utf-8")
    notice.ask("ready", view="v")
    for browser, asked in ((notice, "unread"), (filters, "ready"), (rows, "ready")):
        with pytest.raises(Refused, match="did not start"):
            browser.ask(asked, view="v", **({"to": "v"} if browser is rows else {}))
    assert notice.pushed("state")[-1]["live"] is False
    assert [entry["badge"] for entry in menu.ask("ready", view="v")] == [0, 0]

    paths.settings.write_text(settings, "utf-8")
    rows.ask("ready", view="v", to="v")  # Try again
    until(notice, lambda: notice.pushed("state")[-1]["live"])
    until(notice, lambda: notice.pushed("state")[-1]["unread"] == unread)
    until(menu, lambda: [e["badge"] for e in (menu.pushed("entries") or [[]])[-1]] == [unread, 0])
    until(filters, lambda: filters.pushed("live")[-1:] == [True] and filters.pushed("channels"))


def test_nothing_is_missed_between_a_first_look_and_the_stream(own: Workspace) -> None:
    """The first change after a panel was shown reaches it, however soon it comes."""
    row = own.conversations()[0]
    browser = Browser(ConversationList(own))
    browser.ask("ready", view="v", to="v")
    own.archive(row.id)
    until(browser, lambda: any(str(row.id) in rows["gone"] for rows in browser.pushed("rows")))
