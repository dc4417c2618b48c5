"""An hour's work by keyboard alone, piece by piece."""

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.desk import Desk

SIZE = 50
WHATSAPP = range(33, 37)
PHOTOS, VOICE, RENAMED, DELETED, SOLVED = 35, 36, 37, 38, 39
SAID = {
    PHOTOS: "Two mugs, both broken",
    VOICE: "Listen to this squeak",
    RENAMED: "My surname has changed",
    DELETED: "Please forget me",
    SOLVED: "Never mind, solved",
}
OWN_LINE = "# typed by hand"
NEW = "Nora New"
REMINDER = (
    "Hello Nora, this is a reminder of your appointment on 5 March at 10:30.\n\n"
    "Answer STOP to get no more reminders"
)


def customer(n: int) -> str:
    return f"Customer {n:02}"


def come_in(desk: Desk) -> None:
    """A line into the cell, run it, and on into its inbox."""
    desk.press("ArrowDown")
    edit_cell(desk)
    desk.press("Control+End", "Enter")
    desk.type(OWN_LINE)
    desk.press("Escape", "Control+Enter")
    expect(desk.inbox.rows.first).to_be_visible()
    with desk.counted("into the inbox"):
        desk.goes_to(desk.inbox.root.get_by_role("button", name="Messages"))
        desk.press("Enter")
        expect(desk.list).to_be_focused()
    desk.look("in")


def edit_cell(desk: Desk) -> None:
    """JupyterLab loses what is typed before the cursor stands in the cell, and on a busy machine
    the Enter that should put it there: whoever sees that presses it again.
    """
    cursor = desk.page.locator(".jp-mod-active .cm-content")
    for _ in range(3):
        desk.press("Enter")
        try:
            expect(cursor).to_be_focused(timeout=5000)
        except AssertionError:
            desk.press("Escape")
        else:
            return
    raise AssertionError("The cell could not be edited.")


def answer(desk: Desk) -> None:
    """From the top: six answered and archived, six answered and resolved; it goes on by itself."""
    desk.press("j")
    desk.reads(customer(1))
    with desk.counted("answer and archive six"):
        for n in range(1, 7):
            desk.writes(f"Answer {n}")
            desk.archives(then=customer(n + 1))
    with desk.counted("answer and resolve six"):
        for n in range(7, 13):
            desk.writes(f"Answer {n}")
            desk.resolves(then=customer(n + 1))


def note(desk: Desk) -> None:
    with desk.counted("note four"):
        for n in range(13, 17):
            desk.reads(customer(n))
            desk.notes(f"Note on {n}")
            desk.press("j")
    # Whoever types at once writes to the one that is marked, not to the one before.
    desk.press("r")
    desk.type("Quick answer")
    desk.send(customer(17), "Quick answer")
    desk.resolves(then=customer(18))


def narrow(desk: Desk) -> None:
    """By the chips, kept as a view."""
    inbox = desk.inbox
    desk.press("/")
    desk.goes_to(inbox.filter("status"))
    desk.press("Enter")
    expect(desk.page.get_by_role("checkbox", name="Created")).to_be_focused()
    desk.look("filter")
    desk.press("Tab", "Space", "Escape")
    expect(inbox.filter("status")).to_have_text("Pending")
    expect(inbox.root.locator(".cw-list-count")).to_have_text("37 found")
    desk.goes_to(inbox.filter("unread"))
    desk.press("Space")
    expect(inbox.filter("unread")).to_have_attribute("aria-pressed", "true")
    expect(inbox.row(customer(18))).to_have_count(0)  # it is being read
    desk.press("Space")
    expect(inbox.row(customer(18))).to_be_visible()
    desk.goes_to(inbox.filter("views"), "Shift+Tab")
    desk.press("Enter", "Enter")
    desk.type("Waiting")
    desk.press("Enter")
    expect(inbox.filter("views")).to_have_text("Waiting")
    expect(inbox.filter("views")).to_be_focused()
    desk.leave()


def sweep(desk: Desk) -> None:
    """What needs no words."""
    desk.reads(customer(18))
    with desk.counted("resolve five, archive six"):
        for n in range(18, 23):
            desk.resolves(then=customer(n + 1))
        for n in range(23, 29):
            desk.archives(then=customer(n + 1))


def take_back(desk: Desk) -> None:
    inbox = desk.inbox
    desk.press("u")
    expect(inbox.row(customer(29)).locator(".cw-badge")).to_be_visible()
    desk.meant[customer(29)].unread = True
    desk.press("ArrowDown")
    desk.reads(customer(30))
    desk.archives(then=customer(31))
    desk.press("z")
    expect(inbox.row(customer(30))).to_be_visible()
    desk.meant[customer(30)].archived = False
    desk.meant[customer(30)].events.append("unarchived")
    # A send, from outside the field.
    sent(desk, "Wrong words")
    desk.leave()
    desk.look("sent")
    desk.press("z")
    expect(inbox.field).to_be_focused()
    expect(inbox.field).to_have_value("Wrong words")
    expect(inbox.message("Wrong words")).to_have_count(0)
    desk.press("Control+a")
    desk.type("Right words")
    desk.send(customer(31), "Right words")
    desk.press("j")
    desk.reads(customer(32))
    # Another one, from the empty field; with words in it, Ctrl+Z is the browser's.
    sent(desk, "Too soon")
    desk.press("Control+z")
    expect(inbox.field).to_have_value("Too soon")
    desk.press("Control+z")  # takes back no other one
    expect(inbox.field).to_have_value("Too soon")
    desk.leave()
    desk.meant[customer(32)].draft = "Too soon"


def sent(desk: Desk, words: str) -> None:
    """A reply whose writer stays in the field."""
    desk.press("r")
    expect(desk.inbox.field).to_be_focused()
    desk.type(words)
    desk.press("Enter")
    expect(desk.inbox.message(words)).to_be_visible()
    expect(desk.toast.get_by_role("button", name="Undo")).to_be_visible()


def compose(desk: Desk, folder: Path) -> None:
    inbox, tool = (
        desk.inbox,
        lambda name: desk.inbox.root.get_by_role("button", name=name, exact=True),
    )
    desk.press("j")
    desk.reads(customer(33))
    desk.press("r")
    desk.type("/he")
    expect(inbox.root.get_by_role("option", name="/hello")).to_be_visible()
    desk.press("Enter")
    expect(inbox.field).to_have_value("Hello Customer, thank you.")
    desk.type(" ")
    desk.goes_to(tool("Emoji"))
    desk.press("Enter")
    expect(inbox.root.get_by_label("Search emoji")).to_be_focused()
    desk.type("waving hand")
    expect(inbox.root.get_by_role("gridcell")).to_have_count(1)
    desk.look("emoji")
    desk.press("Enter")
    expect(inbox.field).to_be_focused()
    desk.press("Shift+Enter")
    desk.type("Until soon.")
    desk.send(customer(33), "Hello Customer, thank you. 👋\nUntil soon.")
    desk.press("j")
    desk.reads(customer(34))
    desk.press("r")
    desk.goes_to(tool("Attach"))
    path = folder / "invoice.txt"
    path.write_text("Two mugs")
    # Awaited before the menu is open: the browser is told without an answer that choosers are.
    with desk.page.expect_file_chooser() as chooser:
        desk.press("Enter", "ArrowDown")
        expect(inbox.root.get_by_role("menuitem", name="File")).to_be_focused()
        desk.press("Enter")
    chooser.value.set_files(path)
    expect(inbox.root.get_by_role("list", name="Attachments")).to_contain_text("invoice.txt")
    expect(inbox.field).to_be_focused()
    desk.type("Here it is")
    desk.send(customer(34), "Here it is")
    expect(inbox.message("Here it is")).to_contain_text("invoice.txt")


def see_and_hear(desk: Desk) -> None:
    inbox = desk.inbox
    desk.finds("both broken", customer(PHOTOS))
    photos = inbox.messages.get_by_role("button", name=re.compile("^Photo "))
    desk.goes_to(photos.first)
    desk.press("Enter")
    viewer = desk.page.get_by_role("dialog", name="Photo")
    expect(viewer).to_contain_text("1 of 2")
    desk.press("ArrowRight")
    expect(viewer).to_contain_text("2 of 2")
    desk.press("+")
    expect(viewer.locator("img")).to_have_css("transform", re.compile(r"matrix\(1\.4"))
    desk.look("photo")
    desk.press("Escape")
    expect(photos.first).to_be_focused()
    desk.leave()
    last_of_the_list(desk)
    desk.finds("squeak", customer(VOICE))
    desk.goes_to(inbox.messages.get_by_role("button", name="Play"))
    desk.press("Enter")
    desk.goes_to(inbox.messages.get_by_role("button", name="Pause"))
    desk.press("Space")
    expect(inbox.messages.get_by_role("button", name="Play")).to_be_focused()
    speed = inbox.messages.get_by_role("button", name=re.compile("^Speed"))
    desk.goes_to(speed)
    desk.press("Enter")
    expect(speed).to_have_text("1.5×")
    desk.leave()
    last_of_the_list(desk)


def last_of_the_list(desk: Desk) -> None:
    """Archived: nothing is left of what was found, and the search is at hand."""
    name = desk.name
    desk.press("e")
    expect(desk.inbox.root.get_by_text("Nothing found")).to_be_visible()
    desk.starts_over()
    desk.meant[name].archived = True
    desk.meant[name].events.append("archived")


def put_in_order(desk: Desk) -> None:
    """The contact's card, and the menu of options."""
    inbox, page = desk.inbox, desk.page
    desk.finds("surname", customer(RENAMED))
    card = inbox.root.get_by_role("complementary", name="Contact")
    desk.goes_to(card.get_by_role("button", name="Close the contact"), "F6")
    desk.goes_to(card.get_by_role("button", name="Rename"))
    desk.press("Enter")
    desk.type("Renate Renamed")
    desk.press("Enter")
    expect(inbox.heading).to_have_text("Renate Renamed")
    expect(card.get_by_role("button", name="Rename")).to_be_focused()
    desk.look("card")
    desk.leave()
    desk.press("Shift+R")
    expect(inbox.head).to_have_attribute("data-status", "resolved")
    desk.starts_over()
    desk.meant["Renate Renamed"].events = ["renamed", "resolved"]
    desk.meant["Renate Renamed"].resolved = True

    desk.finds("forget me", customer(DELETED))
    options = inbox.view.get_by_role("button", name="Conversation options")
    dialog = page.get_by_role(
        "alertdialog", name=f"Delete the conversation with {customer(DELETED)}?"
    )
    desk.goes_to(options, "Shift+Tab")
    desk.press("Enter", "End", "Enter")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    desk.look("delete")
    desk.press("Escape")
    expect(options).to_be_focused()
    desk.press("Enter", "End", "Enter")
    expect(dialog).to_contain_text("1 message")
    desk.press("Tab", "Enter")
    expect(inbox.view.get_by_text("Pick a conversation")).to_be_visible()
    desk.starts_over()

    desk.finds("solved", customer(SOLVED))
    desk.goes_to(options, "Shift+Tab")
    desk.press("Enter", "ArrowDown", "Enter")
    expect(inbox.head).to_have_attribute("data-status", "resolved")
    expect(desk.toast).to_contain_text("Conversation resolved")
    desk.press("z")
    expect(inbox.head).to_have_attribute("data-status", "pending")
    expect(inbox.row(customer(SOLVED))).to_be_visible()
    desk.meant[customer(SOLVED)].events = ["resolved", "reopened"]


def many_at_once(desk: Desk) -> None:
    inbox = desk.inbox
    desk.press("/", "Escape", "Escape")
    expect(desk.list).to_be_focused()
    expect(inbox.rows.nth(5)).to_be_visible()
    with desk.counted("archive six at once"):
        desk.press("End", "x", *["Shift+ArrowUp"] * 5)
        desk.look("selected")
        desk.press("e")
        expect(desk.toast).to_contain_text("6 conversations archived")
    expect(inbox.row(customer(45))).to_have_count(0)
    for n in range(45, 51):
        desk.meant[customer(n)].archived = True
        desk.meant[customer(n)].events = ["archived"]
    five = ("End", "x", *["Shift+ArrowUp"] * 4)
    desk.press(*five, "e")
    expect(desk.toast).to_contain_text("5 conversations archived")
    desk.goes_to(desk.toast.get_by_role("button", name="Undo"), "F6")
    desk.look("toast")
    desk.press("Enter")
    expect(desk.toast).to_contain_text("5 conversations unarchived")
    expect(desk.list).to_be_focused()
    expect(inbox.row(customer(44))).to_be_visible()
    desk.press(*five, "Shift+R")
    expect(desk.toast).to_contain_text("5 conversations resolved")
    for n in range(40, 45):
        desk.meant[customer(n)].resolved = True
        desk.meant[customer(n)].events = ["archived", "unarchived", "resolved"]


def start_one(desk: Desk) -> None:
    """A template to somebody new."""
    with desk.counted("start a conversation"):
        desk.press("n")
        new = desk.page.get_by_role("dialog", name="New conversation")
        expect(new.get_by_label("Customer name")).to_be_focused()
        desk.press("Shift+Tab")
        desk.goes_through(new.get_by_role("radio", name="WhatsApp"))
        desk.press("Tab")
        desk.type(NEW)
        desk.press("Tab")
        desk.type("+4915111110099")
        desk.press("Tab")
        desk.type("appointment english")
        expect(new.locator(".cw-template-option")).to_have_count(1)
        desk.press("Enter")
        for value in ("Nora", "5 March", "10:30"):
            desk.type(value)
            desk.press("Tab")
        desk.look("new")
        desk.press("Shift+Tab")
        expect(new.get_by_role("button", name="Send", exact=True)).to_be_enabled()
        desk.press("Enter")
    desk.reads(NEW)
    expect(desk.list).to_be_focused()
    desk.meant[NEW].sent.append(REMINDER)
    desk.meant[NEW].begun = True


def look_around(desk: Desk) -> None:
    """The help, the parts of the inbox, and out of the view again."""
    inbox = desk.inbox
    desk.press("?")
    expect(desk.page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    desk.look("help")
    desk.press("Escape")
    expect(desk.list).to_be_focused()
    for part in ("view", "composer"):
        desk.press("F6")
        expect(inbox.root.locator(f".cw-panel.cw-{part} :focus")).to_have_count(1)
    desk.press("Shift+F6", "Shift+F6")
    expect(desk.list).to_be_focused()
    desk.press("/")
    desk.goes_to(inbox.filter("views"))
    desk.press("Enter")
    desk.goes_to(desk.page.get_by_role("button", name="Leave this view"))
    desk.press("Enter")
    expect(inbox.filter("views")).to_have_accessible_name("Views")
    expect(inbox.row(NEW)).to_be_visible()
    desk.leave()


def save(desk: Desk) -> None:
    with desk.page.expect_response(lambda response: response.request.method == "PUT"):
        desk.press("Control+s")
