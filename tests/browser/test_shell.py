"""What is of the whole inbox: its parts, its keys, its voice, its number in the tab's title."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.lab import BUSY, CELLS, RUN_ALL, SAVE, Inbox, Lab, running
from tests.browser.stage import Stage
from tests.private import said_by_customers
from widgets.assets import find

FOCUSED = "() => document.activeElement.closest('.cw-panel')?.className ?? ''"
SOME = """import workspace
from widgets import Inbox
ws = workspace.connect()
Inbox(ws, panels={panels!r}, height="520px", conversation_id={id!r})
"""
GONE = "from IPython.display import clear_output\nclear_output()"
NOTES = """() => {
  window.notes = [];
  window.Notification = class {
    static permission = "default";
    static requestPermission() {
      this.permission = window.answer;
      return Promise.resolve(window.answer);
    }
    constructor(title, { body, tag }) {
      Object.assign(this, { title, body, tag, closed: false });
      notes.push(this);
    }
    close() { this.closed = true; }
  };
}"""
# Those of an idle and of a busy kernel; which of them shows is JupyterLab's matter.
ICONS = (
    "() => [...document.querySelectorAll('link.favicon, link[rel~=icon]')].map(icon => icon.href)"
)
LISTEN = """inbox => {
  window.heard = [];
  const live = "[role=status], [role=alert], [role=log], [aria-live]:not([aria-live=off])";
  new MutationObserver((changes) => {
    const nodes = changes.map(({ target }) => target.closest ? target : target.parentElement);
    const said = new Set(nodes.map((node) => node?.closest(live)).filter(Boolean));
    heard.push(...[...said].map((node) => node.textContent));
  }).observe(inbox, { subtree: true, childList: true, characterData: true });
}"""
TOLD = "() => notes.map(({ title, body }) => [title, body])"


def part(inbox: Inbox) -> str:
    """The panel that has the focus."""
    found = re.search(
        r"cw-(\w+)$", str(inbox.page.evaluate(FOCUSED)).replace("cw-panel", "").strip()
    )
    return found[1] if found else ""


# --- parts ------------------------------------------------------------------------------------


@pytest.mark.slow
def test_any_choice_of_parts_fills_the_inbox(lab: Lab, hub: Stage) -> None:
    choices = [["list"], ["view", "composer"], ["menu", "list"], ["filters", "list", "view"]]
    found = hub.writes("Paco Part", "Part of it")
    cells = [SOME.format(panels=panels, id=str(found.id)) for panels in choices]
    with lab.open(lab.blank("some", *cells)) as page:
        page.evaluate(RUN_ALL)
        expect(page.locator(".cw-inbox")).to_have_count(len(choices))
        for inbox, panels in zip(page.locator(".cw-inbox").all(), choices, strict=True):
            inbox.scroll_into_view_if_needed()
            shown = inbox.locator(".cw-body .cw-panel")
            expect(shown).to_have_count(len(panels))
            expect(inbox.get_by_text("Part of it").first).to_be_visible()
            box, last = inbox.bounding_box(), shown.last.bounding_box()
            assert box
            assert last
            assert box["height"] == 520
            assert abs(box["x"] + box["width"] - last["x"] - last["width"]) < 3
            assert abs(box["y"] + box["height"] - last["y"] - last["height"]) < 3


@pytest.fixture
def size(page: Page) -> Iterator[Callable[[int], None]]:
    """Makes the page so many pixels wide, until the test is over."""
    before = page.viewport_size
    assert before
    yield lambda width: page.set_viewport_size({"width": width, "height": before["height"]})
    page.set_viewport_size(before)


def test_the_menu_folds_for_want_of_room_and_by_hand(
    inbox: Inbox, hub: Stage, size: Callable[[int], None]
) -> None:
    menu = inbox.root.get_by_role("navigation", name="Workspace")
    hub.writes("Uma Unread", "Count me")
    expect(menu.get_by_role("button", name=re.compile(r"Messages, \d+ unread"))).to_be_visible()
    label = menu.locator(".cw-sidebar-label").first
    size(1440)
    expect(label).to_be_hidden()
    size(1920)
    expect(label).to_be_visible()
    inbox.root.get_by_role("button", name="Fold the menu", exact=True).click()
    expect(label).to_be_hidden()
    again = Inbox.run(inbox.page)
    expect(again.root.locator(".cw-sidebar-label").first).to_be_hidden()
    size(1440)
    again.root.get_by_role("button", name="Unfold the menu").click()
    expect(again.root.locator(".cw-sidebar-label").first).to_be_visible()
    size(1100)
    expect(again.root.locator(".cw-sidebar-label").first).to_be_hidden()


def test_narrowing_leaves_open_what_is_read(
    inbox: Inbox, hub: Stage, size: Callable[[int], None]
) -> None:
    hub.writes("Nora Narrow", "Read me through")
    inbox.row("Nora Narrow").click()
    expect(inbox.heading).to_have_text("Nora Narrow")
    expect(inbox.root.get_by_role("listbox")).to_be_focused()
    size(760)
    expect(inbox.root.get_by_role("listbox")).to_be_hidden()
    expect(inbox.log).to_be_focused()
    expect(inbox.heading).to_have_text("Nora Narrow")


# --- the title --------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_title_counts_what_is_unread_once(lab: Lab, hub: Stage) -> None:
    with lab.open(lab.notebook("titled", "inbox", GONE)) as page:
        plain, icons = page.title(), page.evaluate(ICONS)
        page.evaluate(RUN_ALL)
        expect(page.locator(".cw-inbox")).to_have_count(2)
        hub.writes("Tia Title", "One more")
        unread = hub.ws.conversations(limit=1).counts.all
        expect(page).to_have_title(f"({unread}) {plain}")
        assert icons
        assert page.evaluate(ICONS) == icons
        # JupyterLab, or another extension, writes its own again.
        page.evaluate("title => { document.title = title }", "other.ipynb")
        expect(page).to_have_title(f"({unread}) other.ipynb")
        hub.ws.mark_read([row.id for row in hub.rows()])
        expect(page).to_have_title("other.ipynb")
        hub.writes("Tia Title", "And another")
        expect(page).to_have_title("(1) other.ipynb")
        page.evaluate("() => jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
        expect(page.locator(".cw-inbox")).to_have_count(0)
        expect(page).to_have_title("other.ipynb")


# --- notifications ----------------------------------------------------------------------------


@pytest.fixture
def desktop(inbox: Inbox) -> Iterator[Inbox]:
    """An inbox whose browser keeps its notifications for the test to see; nothing is chosen yet."""
    inbox.page.evaluate(NOTES)
    yield inbox
    inbox.page.evaluate("() => localStorage.clear()")


def bell(inbox: Inbox) -> None:
    inbox.root.get_by_role("button", name=re.compile("notifications (are|has)")).click()


@pytest.mark.slow
def test_notifications_say_no_more_than_asked_for(desktop: Inbox, hub: Stage) -> None:
    page = desktop.page
    page.evaluate("() => { answer = 'granted' }")
    hub.writes("Nia Note", "Before anybody asked")
    expect(desktop.row("Nia Note")).to_be_visible()
    bell(desktop)
    page.get_by_role("checkbox", name="Desktop notifications").check()
    page.keyboard.press("Escape")
    expect(desktop.root.get_by_role("button", name="notifications are on")).to_be_visible()
    hub.writes("Nia Note", "My secret")
    page.wait_for_function("() => notes.length === 1")
    assert page.evaluate(TOLD) == [["New message", ""]]
    bell(desktop)
    page.get_by_role("checkbox", name="Show names and text").check()
    page.keyboard.press("Escape")
    hub.writes("Nia Note", "For all to see")
    page.wait_for_function("() => notes.length === 2")
    assert page.evaluate(TOLD)[-1] == ["Nia Note", "For all to see"]
    assert len(set(page.evaluate("() => notes.map(note => note.tag)"))) == 1
    page.evaluate("() => notes.at(-1).onclick()")
    expect(desktop.heading).to_have_text("Nia Note")
    assert page.evaluate("() => notes.at(-1).closed")
    # What one looks at needs no sign.
    hub.writes("Nia Note", "I see you reading")
    expect(desktop.message("I see you reading")).to_be_visible()
    hub.writes("Ned Next", "And me?")
    page.wait_for_function("() => notes.length === 3")
    assert page.evaluate(TOLD)[-1] == ["Ned Next", "And me?"]


@pytest.mark.slow
def test_a_notification_leads_out_of_another_page(desktop: Inbox, hub: Stage) -> None:
    page = desktop.page
    page.evaluate("() => { answer = 'granted' }")
    hub.writes("Paul Page", "Hello")
    desktop.open("Paul Page")
    bell(desktop)
    page.get_by_role("checkbox", name="Desktop notifications").check()
    page.keyboard.press("Escape")
    desktop.root.get_by_role("button", name="Templates").click()
    expect(desktop.log).to_be_hidden()
    # Open, but behind the page: nobody looks at it.
    hub.writes("Paul Page", "Are you there?")
    page.wait_for_function("() => notes.length === 1")
    page.evaluate("() => notes.at(-1).onclick()")
    expect(desktop.message("Are you there?")).to_be_visible()
    desktop.root.get_by_role("button", name="Templates").click()
    hub.writes("Paul Page", "Or not?")
    page.wait_for_function("() => notes.length === 2")
    desktop.root.get_by_role("button", name=re.compile("^Messages")).click()
    page.wait_for_function("() => notes.at(-1).closed")


def test_blocked_notifications_say_how_to_allow_them(desktop: Inbox) -> None:
    desktop.page.evaluate("() => { answer = 'denied' }")
    bell(desktop)
    desktop.page.get_by_role("checkbox", name="Desktop notifications").click()
    expect(desktop.root.get_by_text("Allow notifications in the settings")).to_be_visible()
    expect(desktop.page.get_by_role("checkbox", name="Desktop notifications")).not_to_be_checked()
    desktop.page.keyboard.press("Escape")
    expect(desktop.root.get_by_role("button", name="are blocked by the browser")).to_have_count(1)


# --- the keyboard -----------------------------------------------------------------------------


def test_help_lists_every_key(inbox: Inbox, hub: Stage) -> None:
    hub.writes("Hetty Help", "Hello")
    inbox.row("Hetty Help").click()
    inbox.page.keyboard.press("?")
    dialog = inbox.page.get_by_role("dialog", name="Keyboard shortcuts")
    labels = re.findall(r'label: "([^"]+)"', find("keys.js").read_text("utf-8"))
    assert {"Next conversation", "Undo", "New line"} <= set(labels)
    named = dialog.get_by_role("listitem").locator("> span:first-child")
    expect(named.first).to_be_visible()
    assert sorted(named.all_text_contents()) == sorted(labels)
    inbox.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert part(inbox) == "list"


@pytest.mark.slow
def test_tooltips_name_the_key(inbox: Inbox, hub: Stage) -> None:
    def named(*tips: str) -> None:
        for tip in tips:
            expect(inbox.root.get_by_title(tip, exact=True)).to_be_visible()

    hub.writes("Tilly Tip", "Hello")
    inbox.open("Tilly Tip")
    expect(inbox.head).to_have_attribute("data-unread", "0")
    named("New conversation (N)", "Search (/)", "Internal note (M)", "Keyboard shortcuts (?)")
    options = inbox.view.get_by_role("button", name="Conversation options")
    options.click()
    named("Mark as unread (U)", "Resolve (Shift+R)", "Archive (E)")
    inbox.view.get_by_role("menuitem", name="Resolve").click()
    named("Undo (Z)")
    options.click()
    named("Reopen (Shift+R)")
    inbox.page.keyboard.press("Escape")
    inbox.row("Tilly Tip").locator(".cw-row-pick").click()
    named("Archive (E)", "Mark as unread (U)")


def test_focus_goes_in_by_enter_out_by_escape_and_around_by_f6(inbox: Inbox, hub: Stage) -> None:
    hub.writes("Fay Focus", "Read me")
    press = inbox.page.keyboard.press
    inbox.row("Fay Focus").click()
    contact = inbox.head.get_by_role("button", name="Contact")
    if contact.get_attribute("aria-expanded") == "false":  # it stays as it was left
        contact.click()
    inbox.row("Fay Focus").click()
    press("Enter")
    expect(inbox.log).to_be_focused()
    press("Escape")
    expect(inbox.root.get_by_role("listbox")).to_be_focused()
    inbox.field.focus()
    inbox.page.keyboard.type("half a thought")
    press("Escape")
    expect(inbox.root.get_by_role("listbox")).to_be_focused()
    expect(inbox.field).to_have_value("half a thought")
    seen: list[str] = []
    for _ in range(6):
        press("F6")
        seen.append(part(inbox))
    assert seen == ["view", "composer", "card", "sidebar", "filters", "list"]
    press("Shift+F6")
    assert part(inbox) == "filters"


@pytest.mark.slow
def test_focus_outlives_what_had_it(inbox: Inbox, hub: Stage) -> None:
    gone = hub.writes("Gil Gone", "Soon deleted")
    inbox.open("Gil Gone")
    inbox.view.get_by_role("button", name="Conversation options").focus()
    hub.ws.delete(gone.id)
    expect(inbox.view.get_by_text("Pick a conversation")).to_be_visible()
    expect(inbox.root.get_by_role("listbox")).to_be_focused()


@pytest.mark.slow
def test_no_key_reaches_the_notebook_but_those_with_ctrl(inbox: Inbox, hub: Stage) -> None:
    hub.writes("Kit Key", "Hello")
    cells = inbox.page.evaluate(CELLS)
    inbox.open("Kit Key")
    spots = [".cw-rows", ".cw-log", "[data-page=messages]", ".cw-sidebar-tools button", ".cw-tab"]
    for spot in spots:
        for key in "abcdfghilmopqstvwxyzABDMYZ0123456789,.;-+":
            inbox.root.locator(spot).first.focus()
            inbox.page.keyboard.press(key)
        for key in ("Backspace", "Shift+M", "Shift+ArrowUp", "Shift+ArrowDown", "Enter", "A"):
            inbox.root.locator(spot).first.focus()
            inbox.page.keyboard.press(f"Control+{key}")
    assert inbox.page.evaluate(CELLS) == cells
    inbox.root.locator(".cw-rows").focus()
    with inbox.page.expect_response(lambda response: response.request.method == "PUT"):
        inbox.page.evaluate(
            "() => jupyterapp.shell.currentWidget.content.model.setMetadata('kept', 1)"
        )
        inbox.page.keyboard.press("Control+s")


@pytest.mark.slow
def test_caps_lock_changes_no_key(inbox: Inbox, hub: Stage) -> None:
    hub.writes("Cora Caps", "Hello")
    inbox.open("Cora Caps")
    inbox.page.keyboard.press("R")  # a capital letter without Shift
    expect(inbox.field).to_be_focused()
    inbox.page.keyboard.press("Escape")
    inbox.page.keyboard.press("X")
    expect(inbox.root.get_by_text("1 selected")).to_be_visible()
    inbox.page.keyboard.press("X")
    expect(inbox.status("Cora Caps")).to_have_text("Pending")
    inbox.log.evaluate(SMALL_WITH_SHIFT, "r")
    expect(inbox.status("Cora Caps")).to_have_text("Resolved")
    inbox.field.fill("")
    inbox.field.press("Control+Z")
    expect(inbox.status("Cora Caps")).to_have_text("Pending")


SMALL_WITH_SHIFT = """(node, key) => {
  node.dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey: true, bubbles: true }));
}"""


# --- said aloud, and live ---------------------------------------------------------------------


def test_a_new_message_is_said_aloud_once(inbox: Inbox, hub: Stage) -> None:
    inbox.root.evaluate(LISTEN)
    spoken = inbox.root.locator(".cw-notice [role=status]")
    for name in ("Valerie Voice", "Victor Voice"):
        hub.writes(name, "Do you hear me?")
        expect(spoken).to_have_text(f"New message from {name}")
    heard = [text for text in inbox.page.evaluate("() => heard") if "Valerie" in text]
    assert heard == ["New message from Valerie Voice"]
    assert inbox.root.locator(".cw-panel.cw-notice [aria-live=polite]").count() == 1
    for name in ("Conversation list", "Conversation", "Search and filters"):
        expect(inbox.root.get_by_role("region", name=name, exact=True)).to_have_count(1)
    expect(inbox.page.get_by_role("region", name="Inbox", exact=True).first).to_be_visible()


@pytest.mark.slow
def test_news_reach_every_notebook_also_while_it_computes(
    inbox: Inbox, lab: Lab, hub: Stage
) -> None:
    """Two kernels side by side, one of them busy all the time."""
    hub.writes("Nora News", "First")
    with lab.run(lab.notebook("at-work", BUSY)) as busy:
        for each in (inbox, busy):
            each.open("Nora News")
        hub.writes("Nora News", "Second to none")
        for each in (inbox, busy):
            expect(each.message("Second to none")).to_be_visible()
            expect(each.row("Nora News")).to_contain_text("Second to none")
        expect(running(busy.page)).not_to_have_count(0)


@pytest.mark.slow
def test_a_saved_notebook_names_nobody(lab: Lab, hub: Stage) -> None:
    """Saved with the state of its panels, while somebody works in it."""
    hub.writes("Prisca Private", "Nobody else is to know of this rash", channel="Mail",
               subject="A matter of my skin")  # fmt: skip
    path = lab.notebook("kept")
    with lab.run(path) as inbox:
        inbox.search.fill("nobody else is to know")
        inbox.open("Prisca Private")
        inbox.field.fill("A draft of my own")
        inbox.page.evaluate(SAVE)
        expect(inbox.page.locator(".jp-mod-dirty")).to_have_count(0)
    kept = path.read_text("utf-8")
    assert "ConversationListModel" in kept or "AnyModel" in kept, "the panels were not saved"
    private = [*said_by_customers(hub.ws), "A draft of my own", "nobody else is to know"]
    assert "Nobody else is to know of this rash" in private
    assert not [text for text in private if text in kept]
