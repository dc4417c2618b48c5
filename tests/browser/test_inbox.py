"""An operator's day in notebooks/inbox.ipynb, on a real JupyterLab in a real browser."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.lab import BUSY, CELLS, SAVE, Inbox, Lab, running
from tests.browser.stage import Stage
from workspace.models import Status


@pytest.mark.slow
def test_works_while_the_next_cell_is_busy(lab: Lab, hub: Stage) -> None:
    hub.writes("Lea Live", "Is anybody there?")
    hub.writes("Otto Other", "Something else")
    with lab.run(lab.notebook("busy", BUSY)) as inbox:
        inbox.open("Lea Live")
        expect(inbox.message("Is anybody there?")).to_be_visible()
        inbox.send("Yes, the kernel is busy, but we are not.")
        sent = inbox.message("we are not")
        expect(sent.get_by_label(re.compile("Sent|Delivered|Read"))).to_be_visible()
        hub.writes("Lea Live", "And here is more")
        expect(inbox.message("And here is more")).to_be_in_viewport()
        expect(inbox.rows.first).to_contain_text("And here is more")
        hub.writes("Otto Other", "Me too")
        expect(inbox.rows.first).to_contain_text("Me too")
        expect(inbox.row("Otto Other").locator(".cw-badge")).to_have_text("2")
        expect(running(inbox.page)).not_to_have_count(0)


def test_searching_names_and_messages(inbox: Inbox, hub: Stage) -> None:
    hub.writes("Zoë Müller-Sánchez", "The teapot is lovely")
    hub.writes("Tim Teller", "Do you sell TEAPOTS, too?")
    hub.ws.archive(hub.named("Tim Teller").id)
    inbox.search.fill("muller sanchez")
    expect(inbox.rows).to_have_count(1)
    expect(inbox.rows.locator("mark")).to_have_text(["Müller", "Sánchez"])
    inbox.search.fill("teapot")
    expect(inbox.rows.locator("mark")).to_have_text(["teapot"])
    expect(inbox.badge("All")).to_have_text("1")
    expect(inbox.badge("Archived")).to_have_text("1")
    inbox.tab("Archived").click()
    expect(inbox.rows.locator("mark")).to_have_text(["TEAPOT"])
    inbox.search.fill("nobody says this")
    expect(inbox.root.get_by_text("Nothing found")).to_be_visible()
    inbox.root.get_by_label("Clear the search").click()
    inbox.tab("All").click()
    expect(inbox.row("Zoë Müller-Sánchez")).to_be_visible()


@pytest.mark.slow
def test_a_hit_far_up_is_shown(inbox: Inbox, hub: Stage) -> None:
    hub.writes("Hilda Hit", "The word is periwinkle", *(f"Line {n}" for n in range(60)))
    inbox.search.fill("periwinkle")
    expect(inbox.row("Hilda Hit").locator("mark")).to_be_visible()
    inbox.open("Hilda Hit")
    expect(inbox.message("The word is periwinkle")).to_be_in_viewport()


@pytest.mark.slow
def test_a_window_that_closes_soon_is_marked(inbox: Inbox, hub: Stage) -> None:
    """Whether one owes the customer an answer or wants to add something."""
    hub.channel("Closing", plays="whatsapp", window_hours=2)
    id = hub.writes("Clo Closing", "Quick!", channel="Closing").id
    sign = inbox.row("Clo Closing").get_by_label(WINDOW)
    expect(sign).to_be_visible()
    answered(hub, "Clo Closing")
    expect(inbox.status("Clo Closing")).to_have_text("Replied")
    expect(sign).to_be_visible()
    hub.ws.resolve(id)
    expect(inbox.status("Clo Closing")).to_have_text("Resolved")
    expect(sign).to_have_count(0)


def test_a_window_closes_by_the_clock_of_its_channel(inbox: Inbox, hub: Stage) -> None:
    """In the list as beside the composer."""
    provider = hub.channel("Ahead", plays="whatsapp")
    hub.writes("Ada Ahead", "Hello", channel="Ahead")
    expect(inbox.row("Ada Ahead").get_by_label(re.compile("Messaging window"))).to_have_count(0)
    provider.advance(timedelta(hours=22))
    hub.ws.note(hub.named("Ada Ahead").id, "So that the page hears of something")
    expect(inbox.row("Ada Ahead").get_by_label(WINDOW)).to_be_visible()
    inbox.open("Ada Ahead")
    expect(
        inbox.root.get_by_text(re.compile("Messaging window open for (2 h|1 h 5)"))
    ).to_be_visible()


WINDOW = re.compile(r"^Messaging window closes in (2 h|1 h 5\d min)$")


def test_filtering_by_two_statuses(inbox: Inbox, hub: Stage) -> None:
    for name in ("Paula Pending", "Rita Resolved", "Rolf Replied"):
        hub.writes(name, "A question about filters")
    hub.ws.resolve(hub.named("Rita Resolved").id)
    answered(hub, "Rolf Replied")
    inbox.search.fill("about filters")
    expect(inbox.rows).to_have_count(3)
    inbox.filter("status").click()
    inbox.page.get_by_role("checkbox", name="Pending").check()
    expect(inbox.rows).to_have_count(1)
    inbox.page.get_by_role("checkbox", name="Resolved").check()
    expect(inbox.rows).to_have_count(2)
    inbox.page.keyboard.press("Escape")
    expect(inbox.filter("status")).to_have_text("2 statuses")
    expect(inbox.badge("All")).to_have_text("2")
    assert sorted(inbox.names()) == ["Paula Pending", "Rita Resolved"]
    inbox.filter("clear").click()
    expect(inbox.rows).to_have_count(3)


@pytest.mark.slow
def test_the_last_day_of_a_range_counts(inbox: Inbox, hub: Stage) -> None:
    """A message of 23:30 in the browser's zone belongs to that day, whatever UTC says."""
    late = datetime(2026, 3, 14, 22, 30, tzinfo=UTC)  # 23:30 in Berlin
    hub.channel("Archive", plays="sms", clock="frozen", anchor=late.isoformat())
    hub.writes("Dora Date", "Late on the 14th", channel="Archive")
    inbox.filter("dates").click()
    inbox.page.get_by_label("From", exact=True).fill("2026-03-10")
    inbox.page.get_by_label("To", exact=True).fill("2026-03-14")
    expect(inbox.rows).to_have_count(1)
    assert inbox.names() == ["Dora Date"]
    inbox.page.get_by_label("To", exact=True).fill("2026-03-13")
    expect(inbox.root.get_by_text("Nothing found")).to_be_visible()
    inbox.page.get_by_label("To", exact=True).fill("2026-03-09")
    expect(inbox.root.get_by_role("alert")).to_contain_text("empty")


def test_replying(inbox: Inbox, hub: Stage) -> None:
    waiting = hub.writes("Carla Customer", "Do you ship to Norway?")
    inbox.open("Carla Customer")
    inbox.field.fill("Yes,")
    inbox.field.press("Shift+Enter")
    inbox.field.press_sequentially("by sea.")
    inbox.field.press("Enter")
    expect(inbox.field).to_have_value("")
    bubble = inbox.message("by sea.")
    expect(bubble).to_have_count(1)
    expect(bubble.get_by_label(re.compile("Delivered|Read"))).to_be_visible()
    expect(inbox.status("Carla Customer")).to_have_text("Replied")
    expect(inbox.row("Carla Customer")).to_contain_text("You: Yes, by sea.")
    sent = [m for m in hub.ws.messages(waiting.id) if m.delivery_status]
    assert [message.text for message in sent] == ["Yes,\nby sea."]


def test_a_refused_reply_keeps_its_text(inbox: Inbox, hub: Stage) -> None:
    hub.writes("Lotte Long", "Tell me everything", channel="Telegram")
    inbox.open("Lotte Long")
    everything = "too long " * 1000
    inbox.send(everything)
    expect(inbox.root.get_by_role("alert")).to_contain_text("Shorten it")
    expect(inbox.field).to_have_value(everything.strip())
    expect(inbox.messages).to_have_count(1)


def test_a_closed_window_says_so(inbox: Inbox, hub: Stage) -> None:
    hub.channel("Short", plays="whatsapp", window_hours=2 / 3600)
    hub.writes("Willy Window", "Quick!", channel="Short")
    inbox.open("Willy Window")
    closed = inbox.root.get_by_text("A template message is required outside the")
    expect(closed).to_be_visible()
    expect(inbox.field).to_be_hidden()


@pytest.mark.slow
def test_each_option(inbox: Inbox, hub: Stage) -> None:
    hub.writes("Olga Option", "Hello")
    hub.writes("Nils Neighbour", "Hello")
    inbox.search.fill("Olga Option")
    inbox.open("Olga Option")
    expect(inbox.row("Olga Option").locator(".cw-badge")).to_have_count(0)
    expect(inbox.head).to_have_attribute("data-unread", "0")
    assert inbox.options() == ["Mark as unread", "Resolve", "Archive", "Delete"]

    inbox.choose("Mark as unread")
    expect(inbox.row("Olga Option").locator(".cw-badge")).to_have_text("1")
    expect(inbox.head).to_have_attribute("data-unread", "1")
    assert inbox.options()[0] == "Mark as read"
    inbox.choose("Mark as read")
    expect(inbox.row("Olga Option").locator(".cw-badge")).to_have_count(0)

    inbox.choose("Resolve")
    expect(inbox.status("Olga Option")).to_have_text("Resolved")
    expect(inbox.head.locator(".cw-pill")).to_have_text("Resolved")
    expect(inbox.view.get_by_text("resolved this conversation")).to_be_visible()
    inbox.choose("Reopen")
    expect(inbox.status("Olga Option")).to_have_text("Pending")

    inbox.choose("Archive")
    expect(inbox.row("Olga Option")).to_have_count(0)
    expect(inbox.badge("All")).to_have_text("0")
    expect(inbox.badge("Archived")).to_have_text("1")
    inbox.tab("Archived").click()
    expect(inbox.row("Olga Option")).to_be_visible()
    expect(inbox.head.get_by_text("Archived")).to_be_visible()
    inbox.choose("Unarchive")
    expect(inbox.row("Olga Option")).to_have_count(0)
    inbox.tab("All").click()
    expect(inbox.row("Olga Option")).to_be_visible()


def test_unread_badges_of_the_tabs(inbox: Inbox, hub: Stage) -> None:
    hub.ws.mark_read([row.id for row in hub.ws.conversations(unread=True, limit=200)])
    hub.writes("Una Unread", "Hello")
    expect(inbox.badge("All")).to_have_text("1")
    inbox.open("Una Unread")
    expect(inbox.badge("All")).to_be_hidden()
    expect(inbox.head).to_have_attribute("data-unread", "0")
    inbox.choose("Mark as unread")
    expect(inbox.badge("All")).to_have_text("1")
    # Longer than it takes to count as read: what one marks unread stays so, though it is in sight.
    inbox.page.wait_for_timeout(1500)
    expect(inbox.badge("All")).to_have_text("1")


def test_delete_asks_first(inbox: Inbox, hub: Stage) -> None:
    photo = {"media": "photo/mug/3"}
    hub.writes("Dana Delete", "See this", channel="WhatsApp", files=[photo])
    hub.writes("Dana Delete", "Well?", channel="WhatsApp")
    inbox.open("Dana Delete")
    inbox.choose("Delete")
    dialog = inbox.page.get_by_role("alertdialog")
    expect(dialog).to_contain_text("Delete the conversation with Dana Delete?")
    expect(dialog).to_contain_text("2 messages and 1 file")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    inbox.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(inbox.row("Dana Delete")).to_be_visible()
    delete(inbox)
    expect(inbox.row("Dana Delete")).to_have_count(0)
    assert not [row for row in hub.ws.conversations(limit=200) if row.contact_name == "Dana Delete"]


@pytest.mark.slow
def test_badges_follow_while_a_search_is_on(inbox: Inbox, hub: Stage) -> None:
    for name in ("Bea Button", "Ben Buckle", "Bob Ribbon"):
        hub.writes(name, "It is about the marmalade")
    hub.ws.archive([hub.named(name).id for name in ("Ben Buckle", "Bob Ribbon")])
    inbox.search.fill("marmalade")
    expect_badges(inbox, "1", "2")

    inbox.tab("Archived").click()
    inbox.open("Ben Buckle")
    inbox.choose("Unarchive")
    expect_badges(inbox, "2", "1")
    expect(inbox.rows).to_have_count(1)
    inbox.open("Bob Ribbon")
    delete(inbox)
    expect_badges(inbox, "2", "0")
    expect(inbox.rows).to_have_count(0)

    inbox.tab("All").click()
    expect(inbox.rows).to_have_count(2)
    inbox.open("Ben Buckle")
    delete(inbox)
    expect_badges(inbox, "1", "0")
    expect(inbox.rows).to_have_count(1)
    assert inbox.names() == ["Bea Button"]
    # As news of what somebody else does, too.
    hub.ws.archive(hub.named("Bea Button").id)
    expect_badges(inbox, "0", "1")
    hub.ws.delete(hub.named("Bea Button").id)
    expect_badges(inbox, "0", "0")


@pytest.mark.slow
def test_badges_of_what_is_unread_follow(inbox: Inbox, hub: Stage) -> None:
    hub.ws.mark_read([row.id for row in hub.rows() if row.unread])
    for name in ("Vera Vacuum", "Vito Nothing"):
        hub.writes(name, "Hello")
    hub.ws.archive(hub.named("Vito Nothing").id)
    expect_badges(inbox, "1", "1")
    hub.ws.unarchive(hub.named("Vito Nothing").id)
    expect_badges(inbox, "2", None)
    hub.ws.delete(hub.named("Vera Vacuum").id)
    expect_badges(inbox, "1", None)
    hub.ws.delete(hub.named("Vito Nothing").id)
    expect_badges(inbox, None, None)


def expect_badges(inbox: Inbox, all: str | None, archived: str | None) -> None:
    """What the badges say; None: there is none."""
    for tab, said in (("All", all), ("Archived", archived)):
        if said is None:
            expect(inbox.badge(tab)).to_be_hidden()
        else:
            expect(inbox.badge(tab)).to_have_text(said)


def delete(inbox: Inbox) -> None:
    """The open conversation."""
    inbox.choose("Delete")
    inbox.page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    expect(inbox.view.get_by_text("Pick a conversation")).to_be_visible()


@pytest.mark.slow
def test_agent_replies_is_kept_after_a_reload(lab: Lab, hub: Stage) -> None:
    hub.writes("Agnes Agent", "Hello")
    with lab.run(lab.notebook("agent")) as inbox:
        inbox.open("Agnes Agent")
        expect(inbox.view.get_by_text("No agent set up")).to_be_visible()
        expect(inbox.agent).to_have_attribute("aria-checked", "false")
        inbox.agent.click()
        expect(inbox.row("Agnes Agent").get_by_label("Agent replies")).to_be_visible()
        inbox.page.evaluate(SAVE)
        inbox.page.reload()
        expect(inbox.heading).to_have_text("Agnes Agent", timeout=30_000)
        expect(inbox.agent).to_have_attribute("aria-checked", "true")
    assert hub.named("Agnes Agent").agent_replies


@pytest.mark.slow
def test_keys_stay_in_the_panel(inbox: Inbox, hub: Stage) -> None:
    for name in ("Karl Key", "Kim Key"):
        hub.writes(name, "Hello")
    cells = inbox.page.evaluate(CELLS)
    inbox.open("Kim Key")
    for key in ("a", "b", "x", "d", "d", "z", "o", "c", "v", "Escape", "y", "j"):
        inbox.page.keyboard.press(key)
    expect(inbox.heading).to_have_text("Karl Key")
    inbox.page.keyboard.press("k")
    expect(inbox.heading).to_have_text("Kim Key")
    for key, label in (("m", "Note text"), ("r", "Reply")):
        inbox.page.keyboard.press(key)
        expect(inbox.root.get_by_label(label, exact=True)).to_be_focused()
        inbox.page.keyboard.press("Escape")
    inbox.page.keyboard.press("/")
    expect(inbox.search).to_be_focused()
    inbox.page.keyboard.type("dd axb")
    expect(inbox.search).to_have_value("dd axb")
    inbox.root.get_by_label("Clear the search").click()
    inbox.field.click()
    inbox.page.keyboard.type("dd axb hello")
    inbox.page.keyboard.press("Control+Enter")
    expect(inbox.field).to_have_value("")
    inbox.view.get_by_role("button", name="Conversation options").focus()
    for key in ("d", "d", "x", "Enter", "ArrowDown", "x", "Escape"):
        inbox.page.keyboard.press(key)
    assert inbox.page.evaluate(CELLS) == cells
    expect(inbox.root).to_be_visible()


def test_scrolling_brings_more(inbox: Inbox, hub: Stage) -> None:
    hub.crowd(120)
    hub.ws.mark_read(hub.writes("Rosa River", *(f"Line {n}" for n in range(130))).id)
    inbox = Inbox.run(inbox.page)
    assert inbox.loaded() == 50
    inbox.scroll_list("bottom")
    inbox.root.locator("[role=option][aria-posinset='51']").wait_for()
    assert inbox.loaded() > 100
    inbox.scroll_list("top")
    inbox.open("Rosa River")
    expect(inbox.message("Line 129")).to_be_in_viewport()
    expect(inbox.messages).to_have_count(50)
    before = inbox.message("Line 80").evaluate(TO_TOP)
    expect(inbox.messages).to_have_count(100)
    after = inbox.message("Line 80").bounding_box()
    assert after
    assert abs(after["y"] - before) <= 1


TO_TOP = """node => {
  node.scrollIntoView({ block: "start" });
  return node.getBoundingClientRect().y;
}"""


@pytest.mark.slow
def test_out_of_sight_it_reads_no_more_than_news(inbox: Inbox, hub: Stage) -> None:
    """In a tab behind another one a list has no height, so that its end seems to be in sight."""
    hub.crowd(120)
    inbox = Inbox.run(inbox.page)
    expect(inbox.row("Crowd 119")).to_be_visible()
    expect(inbox.root.get_by_role("listbox")).to_have_attribute("aria-busy", "false")
    before = inbox.loaded()
    inbox.root.evaluate(BEHIND, True)
    expect(inbox.root).to_be_hidden()
    for name in ("Hanna Hidden", "Hugo Behind", "Helga Away"):
        hub.writes(name, "Hello")
        inbox.page.wait_for_function(SAYS, arg=name)
    inbox.root.evaluate(BEHIND, False)
    expect(inbox.row("Helga Away")).to_be_visible()
    assert inbox.loaded() <= before + 3


# What JupyterLab does to a tab behind another one; here to the inbox alone, for others go on.
BEHIND = "(root, on) => root.classList.toggle('lm-mod-hidden', on)"
SAYS = "name => document.querySelector('.cw-inbox:not([data-earlier])').textContent.includes(name)"


def test_what_is_new_does_not_move_what_is_read(inbox: Inbox, hub: Stage) -> None:
    hub.ws.mark_read(hub.writes("Sina Scroll", *(f"Line {n}" for n in range(30))).id)
    inbox.open("Sina Scroll")
    inbox.message("Line 5").scroll_into_view_if_needed()
    before = inbox.message("Line 5").bounding_box()
    hub.writes("Sina Scroll", "One more")
    jump = inbox.view.get_by_role("button", name="1 new message")
    expect(jump).to_be_visible()
    assert inbox.message("Line 5").bounding_box() == before
    jump.click()
    expect(inbox.message("One more")).to_be_in_viewport()


def answered(hub: Stage, name: str) -> None:
    """Replies, and waits until the provider has it."""
    hub.ws.send(hub.named(name).id, "Here you are.")
    hub.until(lambda: hub.named(name).status is Status.REPLIED)
