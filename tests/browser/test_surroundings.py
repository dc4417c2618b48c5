"""The panels in other places and in trouble: alone, narrow, without channels, without a hub."""

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.lab import RUN_ALL, THEME, Inbox, Lab
from tests.browser.stage import Stage
from workspace.testing.hub import kill_hub, running_hub

ALONE = """import workspace
from IPython.display import display
from widgets import Composer, ConversationList, ConversationView, Filters
ws = workspace.connect()
filters, view, composer = Filters(ws), ConversationView(ws), Composer(ws)
rows = ConversationList(ws)
display(filters, rows, view, composer)
"""
OTHER = """import workspace
from widgets import Inbox
ws = workspace.connect({folder!r})
Inbox(ws)
"""


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


def test_a_narrow_page_shows_one_thing_at_a_time(lab: Lab, hub: Stage) -> None:
    hub.writes("Nora Narrow", "Hello")
    with lab.run(lab.notebook("narrow"), width=700) as inbox:
        inbox.open("Nora Narrow")
        expect(inbox.rows.first).to_be_hidden()
        inbox.view.get_by_role("button", name="Back to the list").click()
        expect(inbox.row("Nora Narrow")).to_be_visible()
        expect(inbox.heading).to_be_hidden()


def test_a_page_may_show_one_inbox_twice(lab: Lab, hub: Stage) -> None:
    hub.writes("Tina Twice", "Hello")
    with lab.open(lab.notebook("twice", "inbox")) as page:
        page.evaluate(RUN_ALL)
        both = page.locator(".cw-inbox")
        expect(both).to_have_count(2)
        both.nth(0).get_by_role("option").filter(has_text="Tina Twice").click()
        for n in range(2):
            expect(both.nth(n).get_by_role("heading", level=2)).to_have_text("Tina Twice")


def test_without_a_channel_it_says_how_to_connect_one(lab: Lab, tmp_path: Path) -> None:
    with running_hub(tmp_path / "empty", demo=False) as ws:
        path = lab.blank("empty", OTHER.format(folder=ws.info().folder))
        with lab.run(path) as inbox:
            hint = "Connect a channel to send and receive messages"
            expect(inbox.root.get_by_role("heading", name=hint)).to_be_visible()
            expect(inbox.root.get_by_text("convo channel add mail")).to_be_visible()
            expect(inbox.root.get_by_text("Demo data")).to_be_hidden()


def test_a_lost_hub_is_told_and_found_again(lab: Lab, tmp_path: Path) -> None:
    with running_hub(tmp_path / "lost") as ws:
        ws.load_demo(size=5, seed=3)
        folder = Path(ws.info().folder)
        with lab.run(lab.blank("lost", OTHER.format(folder=str(folder)))) as inbox:
            expect(inbox.rows).to_have_count(len(ws.conversations()))
            expect(inbox.root.get_by_text("Reconnecting")).to_be_hidden()
            kill_hub(folder)
            expect(inbox.root.get_by_text("Reconnecting")).to_be_visible()
            # Reading starts a local hub again.
            inbox.rows.first.click()
            expect(inbox.messages.first).to_be_visible(timeout=30_000)
            expect(inbox.root.get_by_text("Reconnecting")).to_be_hidden(timeout=30_000)


def test_both_themes_can_be_read(inbox: Inbox, hub: Stage, pictures: Path) -> None:
    """Contrast as WCAG AA wants it (4.5 to 1) for everything written."""
    hub.writes("Theo Theme", "Is this the right colour?", channel="WhatsApp",
               files=[{"media": "photo/mug/3"}])  # fmt: skip
    row = hub.named("Theo Theme")
    hub.ws.send(row.id, "It is.")
    inbox.open("Theo Theme")
    for theme in ("Light", "Dark", "Light"):
        inbox.page.evaluate(THEME, f"JupyterLab {theme}")
        expect(inbox.view).to_have_attribute("data-cw-theme", theme.lower())
        inbox.page.evaluate(SETTLED)
        inbox.page.screenshot(path=pictures / f"inbox-{theme.lower()}.png")
        assert inbox.page.evaluate(UNREADABLE) == []


SETTLED = "() => Promise.all(document.getAnimations().map(a => a.finished.catch(() => {})))"
UNREADABLE = (Path(__file__).parent / "contrast.js").read_text("utf-8")
