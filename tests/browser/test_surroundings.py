"""The panels in other places and in trouble: alone, narrow, without channels, without a hub."""

import re
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.axe import SETTLED
from tests.browser.lab import READY, RESTART, RUN_ALL, SAVE, Inbox, Lab, expect_kernel, inbox_of
from tests.browser.stage import Stage
from workspace.client import Workspace
from workspace.models import Actor, ActorKind, Conversation
from workspace.services import Services
from workspace.settings import Paths, Settings
from workspace.testing.hub import kill_hub, not_to_be_started, running_hub, still_folder

ALONE = """import workspace
from IPython.display import display
from widgets import Composer, ConversationList, ConversationView, Filters
ws = workspace.connect()
filters, view, composer = Filters(ws), ConversationView(ws), Composer(ws)
rows = ConversationList(ws)
display(filters, rows, view, composer)
"""
LIST = "from widgets import ConversationList\nConversationList(ws)"


@pytest.mark.slow
def test_each_panel_works_alone(lab: Lab, hub: Stage) -> None:
    found = hub.writes("Anna Alone", "All by myself")
    path = lab.blank(
        "alone", ALONE, f"view.conversation_id = composer.conversation_id = '{found.id}'"
    )
    with lab.open(path) as page:
        page.evaluate(RUN_ALL)
        expect(page.get_by_role("tab", name="All").locator(".cw-badge")).to_be_visible()
        expect(page.get_by_role("option").filter(has_text="Anna Alone")).to_be_visible()
        expect(page.get_by_role("log")).to_contain_text("All by myself")
        page.get_by_label("Reply", exact=True).fill("Not any more")
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_role("log")).to_contain_text("Not any more")


@pytest.mark.slow
def test_a_narrow_page_shows_one_thing_at_a_time(lab: Lab, hub: Stage) -> None:
    hub.writes("Nadia Narrow", "Hello")
    with lab.run(lab.notebook("narrow"), width=700) as inbox:
        expect(inbox.root.get_by_text("Demo data")).to_be_visible()
        inbox.open("Nadia Narrow")
        expect(inbox.rows.first).to_be_hidden()
        inbox.choose("Resolve")
        expect(inbox.toast).to_contain_text("Conversation resolved")
        toast = inbox.toast.bounding_box()
        field = inbox.root.locator(".cw-composer-box").bounding_box()
        assert toast
        assert field
        assert toast["y"] + toast["height"] <= field["y"]
        inbox.view.get_by_role("button", name="Back to the list").click()
        expect(inbox.row("Nadia Narrow")).to_be_visible()
        expect(inbox.heading).to_be_hidden()


@pytest.mark.slow
def test_a_page_may_show_one_inbox_twice(lab: Lab, hub: Stage) -> None:
    hub.writes("Tina Twice", "Hello")
    with lab.open(lab.notebook("twice", "inbox")) as page:
        page.evaluate(RUN_ALL)
        both = page.locator(".cw-inbox")
        expect(both).to_have_count(2)
        both.nth(0).get_by_role("option").filter(has_text="Tina Twice").click()
        for n in range(2):
            expect(both.nth(n).locator(".cw-view h2")).to_have_text("Tina Twice")


@pytest.mark.slow
def test_a_page_that_is_loaded_anew_leaves_no_views_behind(lab: Lab, hub: Stage) -> None:
    """Nor does one that is closed: its panels would ask the hub at every change, for nobody."""
    hub.writes("Ann Anew", "Hello")
    shown = "len(__import__('widgets.live').live.Live.of(ws).shown)"
    with lab.run(lab.notebook("anew")) as inbox:
        inbox.open("Ann Anew")
        expect_kernel(inbox.page, shown, 8)
        inbox.page.reload()
        inbox.page.wait_for_function(READY, timeout=60_000)
        expect_kernel(inbox.page, shown, 0)


def test_without_a_channel_it_says_how_to_connect_one(lab: Lab, tmp_path: Path) -> None:
    with running_hub(tmp_path / "empty", demo=False) as ws:
        path = lab.blank("empty", inbox_of(ws.info().folder))
        with lab.run(path) as inbox:
            hint = "Connect a channel to send and receive messages"
            expect(inbox.root.get_by_role("heading", name=hint)).to_be_visible()
            expect(inbox.root.get_by_text("convo channel add mail")).to_be_visible()
            expect(inbox.root.get_by_text("Demo data")).to_be_hidden()


@pytest.mark.slow
def test_a_lost_hub_is_told_and_comes_back_by_itself(lab: Lab, tmp_path: Path) -> None:
    with running_hub(tmp_path / "lost") as ws:
        ws.load_demo(size=5, seed=3)
        folder = Path(ws.info().folder)
        with lab.run(lab.blank("lost", inbox_of(str(folder)), LIST)) as inbox:
            alone = inbox.page.locator(".cw-list:not(.cw-inbox *)")
            chosen = open_for_text(ws)
            inbox.row(chosen.contact_name).click()
            expect(inbox.messages.first).to_be_visible()
            inbox.field.fill("Half a thought")
            expect(inbox.root.get_by_text("Reconnecting")).to_be_hidden()
            with not_to_be_started(folder):
                kill_hub(folder)
                expect(inbox.root.get_by_text("Reconnecting")).to_be_visible()
                expect(alone).to_have_attribute("data-live", "false")
                expect(inbox.field).to_have_value("Half a thought")
                resolve_unheard(folder, chosen)
            # Nothing is clicked: who shows the inbox wants it back.
            expect(inbox.root.get_by_text("Reconnecting")).to_be_hidden(timeout=30_000)
            expect(alone).to_have_attribute("data-live", "true")
            # What was done meanwhile is read again, in every panel.
            expect(inbox.status(chosen.contact_name)).to_have_text("Resolved")
            expect(inbox.head).to_have_attribute("data-status", "resolved")
            row = alone.locator(".cw-row", has_text=chosen.contact_name)
            expect(row).to_contain_text("Resolved")
            expect(inbox.log.get_by_text("Night shift resolved")).to_be_visible()
            ws.reopen(chosen.id)
            expect(inbox.status(chosen.contact_name)).not_to_have_text("Resolved")
            inbox.field.press_sequentially("s, and whole ones.")
            inbox.field.press("Enter")
            expect(inbox.message("Half a thoughts, and whole ones.")).to_be_visible()
            expect(inbox.root.get_by_role("alert")).to_have_count(0)


@pytest.mark.slow
def test_a_page_that_found_no_hub_comes_to_life_with_it(lab: Lab, tmp_path: Path) -> None:
    """Whatever failed when it was loaded: nobody has to load it again."""
    with running_hub(still_folder(tmp_path / "none", size=5)) as ws:
        paths = Paths(Path(ws.info().folder))
        settings = paths.settings.read_text("utf-8")
        with lab.run(lab.blank("none", inbox_of(str(paths.folder)))) as inbox:
            inbox.page.evaluate(SAVE)
            paths.settings.write_text("demo = 3\n", "utf-8")
            kill_hub(paths.folder)
            inbox.page.reload()
            expect(inbox.root.get_by_text("This could not be loaded")).to_be_visible(timeout=60_000)
            expect(inbox.root.locator(".cw-filters").get_by_role("alert")).to_be_visible()
            expect(inbox.root.get_by_text("Reconnecting")).to_be_visible()
            expect(inbox.root.get_by_role("button", name="Messages")).to_be_visible()
            paths.settings.write_text(settings, "utf-8")
            expect(inbox.root.get_by_text("Reconnecting")).to_be_hidden(timeout=30_000)
            expect(inbox.rows.first).to_be_visible()
            expect(inbox.root.get_by_role("alert")).to_have_count(0)
            unread = ws.conversations(limit=1).counts.all
            expect(inbox.page).to_have_title(re.compile(rf"^\({unread}\) "))


@pytest.mark.slow
def test_a_restarted_kernel_is_told_and_keeps_what_was_written(lab: Lab, hub: Stage) -> None:
    hub.writes("Rita Restart", "Are you there?")
    with lab.run(lab.notebook("restarted")) as inbox:
        inbox.open("Rita Restart")
        inbox.page.evaluate(RESTART)
        expect(inbox.root).to_have_class(re.compile("jupyter-widgets-disconnected"))
        told = inbox.root.evaluate("inbox => getComputedStyle(inbox, '::before').content")
        assert "Run the cell again" in told
        inbox.send("Yes, still")
        expect(inbox.view.get_by_role("alert")).to_contain_text("run the cell again")
        expect(inbox.field).to_have_value("Yes, still")
        again = Inbox.run(inbox.page)
        again.open("Rita Restart")
        again.send("Yes, again")
        expect(again.message("Yes, again")).to_be_visible()
        hub.writes("Rita Restart", "Good to know")
        expect(again.message("Good to know")).to_be_visible()


def resolve_unheard(folder: Path, conversation: Conversation) -> None:
    """Resolves it while no hub runs, so that no stream of changes tells of it."""
    paths = Paths(folder)
    with closing(Services.open(paths, Settings.load(paths))) as services:
        night = Actor(ActorKind.OPERATOR, "Night shift")
        services.inbox.resolve([conversation.id], night, key=None)


def open_for_text(ws: Workspace) -> Conversation:
    """A conversation that may be answered: mail has no messaging window."""
    return next(row for row in ws.conversations() if row.channel_kind == "mail")


@pytest.mark.slow
def test_both_themes_can_be_read(inbox: Inbox, hub: Stage, pictures: Path) -> None:
    """Contrast as WCAG AA wants it (4.5 to 1) for everything written."""
    hub.writes("Theo Theme", "Is this the right colour?", channel="WhatsApp",
               files=[{"media": "photo/mug/3"}])  # fmt: skip
    row = hub.named("Theo Theme")
    hub.ws.send(row.id, "It is.")
    inbox.open("Theo Theme")
    for theme in ("Light", "Dark", "Light"):
        inbox.theme(theme)
        inbox.page.evaluate(SETTLED)
        inbox.page.screenshot(path=pictures / f"inbox-{theme.lower()}.png")
        assert inbox.page.evaluate(UNREADABLE) == []


UNREADABLE = (Path(__file__).parent / "contrast.js").read_text("utf-8")
