"""The page Templates of the side menu."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.axe import violations
from tests.browser.composing import start, tool
from tests.browser.lab import RUN_ALL, Inbox, Lab
from tests.browser.stage import Stage


@pytest.fixture
def board(inbox: Inbox, hub: Stage) -> Iterator[Locator]:
    hub.channel("WhatsApp", plays="whatsapp")
    hub.ws.sync_templates()
    entry(inbox, "Templates").click()
    board = inbox.root.get_by_role("region", name="Templates")
    expect(options(board).first).to_be_visible()
    channels = board.get_by_label("Channel")
    if channels.is_visible():  # of other tests
        channels.select_option(label="WhatsApp")
    yield board
    entry(inbox, "Messages").click()
    expect(board).to_be_hidden()
    for each in hub.ws.templates():
        if each.own:
            hub.ws.delete_template(each.name, each.language)


def entry(inbox: Inbox, name: str) -> Locator:
    return inbox.root.get_by_role("navigation", name="Workspace").get_by_role("button", name=name)


def options(board: Locator) -> Locator:
    return board.get_by_role("listbox").get_by_role("option")


def option(board: Locator, name: str, kind: str = "") -> Locator:
    found = options(board).filter(has=board.page.locator("strong", has_text=name))
    return found.filter(has_text=kind).first


def keep(hub: Stage, board: Locator, name: str, text: str) -> None:
    """One of the business's own, which the list of a channel leaves out."""
    hub.ws.save_template(name, "en", text)
    board.get_by_label("Channel").select_option(label="All channels")


def detail(board: Locator) -> Locator:
    return board.get_by_role("region", name="Template", exact=True)


def test_looking_for_one(inbox: Inbox, board: Locator, hub: Stage) -> None:
    expect(entry(inbox, "Templates")).to_have_attribute("aria-current", "page")
    expect(inbox.search).to_be_hidden()
    search = board.get_by_label("Search templates")
    search.fill("payment failed")
    expect(options(board)).to_have_count(2)
    board.get_by_label("Status").select_option("REJECTED")
    expect(options(board)).to_have_count(1)
    expect(option(board, "payment_failed")).to_contain_text("threatens the customer")
    expect(detail(board)).to_contain_text("threatens the customer")
    expect(detail(board)).to_contain_text("The text ends with a variable")
    expect(detail(board).locator(".cw-template-bubble")).to_contain_text("Ada, your payment")
    search.fill("nothing like it")
    expect(board.get_by_text("No template matches.")).to_be_visible()
    search.press("Escape")
    expect(options(board)).to_have_count(1)
    board.get_by_label("Status").select_option("")
    board.get_by_label("Language").select_option("es")
    expect(options(board)).to_have_count(3)


def test_by_keyboard_and_without_touching_what_is_hidden(
    inbox: Inbox, board: Locator, hub: Stage
) -> None:
    listed = board.get_by_role("listbox")
    expect(listed).to_be_focused()
    first = detail(board).get_by_role("heading", level=3)
    expect(first).to_have_text("appointment_reminder")
    listed.press("End")
    expect(first).to_have_text("welcome_voucher")
    listed.press("k")
    expect(first).to_have_text("summer_sale")
    listed.press("/")
    expect(board.get_by_label("Search templates")).to_be_focused()
    board.get_by_label("Search templates").press("Escape")
    expect(listed).to_be_focused()
    listed.press("n")
    expect(board.get_by_role("form", name="New template")).to_be_visible()
    expect(inbox.page.get_by_role("dialog")).to_have_count(0)
    board.get_by_label("Name").press("Escape")
    listed.press("Escape")
    expect(board).to_be_hidden()
    expect(entry(inbox, "Messages")).to_have_attribute("aria-current", "page")
    expect(inbox.search).to_be_visible()
    entry(inbox, "Templates").click()


def test_news_take_nothing_from_who_is_pressing(inbox: Inbox, board: Locator, hub: Stage) -> None:
    entry(inbox, "Messages").click()
    entry(inbox, "Templates").hover()
    inbox.page.mouse.down()
    told = inbox.root.get_by_role("button", name="Messages").get_attribute("aria-label")
    hub.writes("Ned News", "Are you there?")
    expect(inbox.root.get_by_role("button", name="Messages")).not_to_have_attribute(
        "aria-label", told or ""
    )
    inbox.page.mouse.up()
    expect(board).to_be_visible()


def test_the_menu_leads_in_and_not_out(inbox: Inbox, board: Locator) -> None:
    entry(inbox, "Templates").click()
    expect(board).to_be_visible()
    expect(entry(inbox, "Templates")).to_have_attribute("aria-current", "page")


@pytest.mark.slow
def test_the_keyboard_goes_back_to_the_messages_too(
    inbox: Inbox, board: Locator, hub: Stage
) -> None:
    hub.writes("Kit Keys", "Still there?")
    expect(inbox.root.locator(".cw-rows")).to_have_count(1)  # the first one brings the list
    press = inbox.page.keyboard.press
    press("Escape")
    listed = inbox.root.get_by_role("listbox", name="Conversations")
    expect(listed).to_be_focused()
    press("j")
    expect(inbox.heading).not_to_be_empty()
    press("/")
    expect(inbox.search).to_be_focused()


@pytest.mark.slow
def test_enter_and_escape_lead_in_and_out_at_any_width(inbox: Inbox, board: Locator) -> None:
    page, listed = inbox.page, board.get_by_role("listbox")
    back = board.get_by_role("button", name="Back to the templates")
    listed.press("Enter")
    expect(board.get_by_role("group", name="About this template")).to_be_focused()
    entry(inbox, "Messages").click()
    entry(inbox, "Templates").click()
    expect(listed).to_be_focused()
    listed.press("Enter")
    page.keyboard.press("Escape")
    expect(listed).to_be_focused()
    page.keyboard.press("Escape")
    expect(board).to_be_hidden()
    entry(inbox, "Templates").click()
    page.set_viewport_size({"width": 700, "height": 900})
    try:
        option(board, "hello").click()
        expect(listed).to_be_hidden()
        entry(inbox, "Messages").click()
        entry(inbox, "Templates").click()
        expect(back).to_be_focused()
        page.keyboard.press("Escape")
        expect(listed).to_be_focused()
        listed.press("Enter")
        expect(back).to_be_focused()
        back.press("Enter")
        expect(listed).to_be_focused()
    finally:
        page.set_viewport_size({"width": 1440, "height": 900})


@pytest.mark.slow
def test_what_somebody_else_kept_meanwhile_is_told(
    inbox: Inbox, board: Locator, hub: Stage, pictures: Path
) -> None:
    keep(hub, board, "Hours", "We are open until 6.")
    option(board, "Hours").click()
    detail(board).get_by_role("button", name="Edit").click()
    form = board.get_by_role("form", name="Edit template")
    form.get_by_label("Text").fill("We are open until 7.")
    hub.ws.save_template("Bye", "en", "Bye")  # of another one there is nothing to tell
    expect(option(board, "Bye")).to_be_visible()
    expect(form.get_by_role("alert")).to_have_count(0)
    hub.ws.save_template("Hours", "en", "We are open until 8.")
    expect(form.get_by_role("alert")).to_contain_text("Somebody else changed this meanwhile.")
    form.get_by_role("button", name="See what they wrote").click()
    theirs = inbox.page.get_by_role("dialog", name="As it is kept now")
    expect(theirs).to_contain_text("We are open until 8.")
    assert violations(inbox.page) == []
    inbox.root.screenshot(path=pictures / "templates-meanwhile-seen.png")
    theirs.get_by_role("button", name="Close").click()
    expect(form.get_by_label("Text")).to_have_value("We are open until 7.")
    inbox.root.screenshot(path=pictures / "templates-meanwhile.png")
    hub.ws.delete_template("Hours", "en")
    expect(form.get_by_role("alert")).to_contain_text("Somebody else deleted this meanwhile.")
    form.get_by_role("button", name="Save").click()
    expect(inbox.toast).to_contain_text("“Hours” is kept.")
    assert {t.body for t in hub.ws.templates() if t.own} == {"We are open until 7.", "Bye"}


@pytest.mark.slow
def test_what_can_t_be_deleted_is_told(inbox: Inbox, board: Locator, hub: Stage) -> None:
    keep(hub, board, "Gone", "Thank you!")
    option(board, "Gone").click()
    detail(board).get_by_role("button", name="Delete").click()
    hub.ws.delete_template("Gone", "en")
    inbox.page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    expect(inbox.toast).to_contain_text("You have no template 'Gone'")


def test_what_the_provider_decides_shows_by_itself(board: Locator, hub: Stage) -> None:
    simulator = hub.channel("WhatsApp")
    simulator.review("hello", "en", "PAUSED", "Too many blocked it.")
    expect(option(board, "hello")).to_contain_text("Too many blocked it.")
    expect(option(board, "hello")).to_contain_text("Paused")
    simulator.review("hello", "en", "LOCKED_FOR_NOW")
    expect(option(board, "hello")).to_contain_text("Locked for now")
    simulator.review("hello", "en", "APPROVED")
    expect(option(board, "hello")).to_contain_text("Approved")
    sync = board.get_by_role("button", name="Sync now")
    sync.focus()
    sync.press("Enter")
    expect(board.get_by_text("Synced now")).to_be_visible()
    expect(sync).to_have_attribute("aria-disabled", "false")
    expect(sync).to_be_focused()
    # A time that passes is no news: it is not said aloud.
    expect(board.get_by_role("status").filter(has_text="Synced")).to_have_count(0)


@pytest.mark.slow
def test_what_is_wrong_is_said_once_and_leaves_the_focus(board: Locator) -> None:
    board.get_by_role("button", name="New template").click()
    form = board.get_by_role("form", name="New template")
    form.get_by_label("Name").fill("Half done")
    text, alert = form.get_by_label("Text"), form.get_by_role("alert")
    text.fill("Hello {{1}} {{name}}!")
    expect(alert).to_contain_text("mixed")
    alert.evaluate(WATCHED)
    text.press_sequentially("?")
    expect(form.locator(".cw-template-bubble")).to_contain_text("!?")
    expect(alert).to_contain_text("mixed")
    assert alert.evaluate("alert => alert.changes") == 0
    save = form.get_by_role("button", name="Save")
    save.focus()
    save.press("Enter")
    board.page.wait_for_function("alert => alert.changes > 1", arg=alert.element_handle())
    expect(alert).to_contain_text("mixed")
    expect(save).to_have_attribute("aria-disabled", "false")
    expect(save).to_be_focused()
    form.get_by_role("button", name="Cancel").click()
    board.page.get_by_role("alertdialog").get_by_role("button", name="Discard").click()


WATCHED = """alert => {
  alert.changes = 0;
  const seen = new MutationObserver(() => (alert.changes += 1));
  seen.observe(alert, { childList: true, attributes: true });
}"""


def test_an_own_one_from_the_first_word_to_the_customer(
    inbox: Inbox, board: Locator, hub: Stage
) -> None:
    board.get_by_role("button", name="New template").click()
    form = board.get_by_role("form", name="New template")
    form.get_by_label("Name").fill("Thanks & bye")
    form.get_by_label("Language").fill("en")
    form.get_by_label("Text").fill("Thank you, {{1}} {{name}}!")
    expect(form.get_by_role("alert")).to_contain_text("mixed")
    form.get_by_label("Text").fill("Thank you, {{name}}! <b>Bye</b>")
    expect(form.get_by_role("alert")).to_be_hidden()
    form.get_by_label("Name", exact=True).last.fill("Ada")
    expect(form.locator(".cw-template-bubble")).to_contain_text("Thank you, Ada! <b>Bye</b>")
    form.get_by_label("Text").press("Control+Enter")
    expect(inbox.toast).to_contain_text("“Thanks & bye” is kept.")
    expect(option(board, "Thanks & bye")).to_contain_text("Your own")
    expect(inbox.toast.get_by_role("button", name="Copy as Python")).to_be_visible()
    [kept] = [each for each in hub.ws.templates() if each.own]
    assert (kept.body, kept.examples) == ("Thank you, {{name}}! <b>Bye</b>", {"name": "Ada"})
    detail(board).get_by_role("button", name="Edit").click()
    form = board.get_by_role("form", name="Edit template")
    form.get_by_label("Text").fill("Thank you, {{name}}. Bye!")
    form.get_by_role("button", name="Cancel").click()
    inbox.page.get_by_role("alertdialog").get_by_role("button", name="Cancel").click()
    form.get_by_role("button", name="Save").click()
    expect(detail(board).locator(".cw-template-bubble")).to_have_text("Thank you, Ada. Bye!")
    send_it(inbox, hub)
    entry(inbox, "Templates").click()
    option(board, "Thanks & bye").click()
    detail(board).get_by_role("button", name="Delete").click()
    inbox.page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    expect(option(board, "Thanks & bye")).to_have_count(0)
    assert not [each for each in hub.ws.templates() if each.own]


def send_it(inbox: Inbox, hub: Stage) -> None:
    """By SMS, as a text."""
    id = hub.writes("Tina Templated", "That was quick").id
    entry(inbox, "Messages").click()
    start(inbox, "Tina Templated")
    tool(inbox, "Attach").click()
    inbox.root.get_by_role("menuitem", name="Template").click()
    pane = inbox.root.get_by_role("group", name="Template", exact=True)
    pane.get_by_role("option").filter(has_text="Thanks & bye").click()
    pane.get_by_label("Name").fill("Tina")
    pane.get_by_role("button", name="Send template").click()
    expect(inbox.message("Thank you, Tina. Bye!")).to_be_visible()
    assert hub.ws.messages(id)[-1].template == "Thanks & bye"


@pytest.mark.parametrize("theme", ["Light", "Dark"])
@pytest.mark.slow
def test_it_is_fair_in_any_light_and_width(
    inbox: Inbox, board: Locator, pictures: Path, theme: str
) -> None:
    def picture(name: str) -> None:
        assert violations(inbox.page) == []
        inbox.root.screenshot(path=pictures / f"templates-{name}-{theme.lower()}.png")

    inbox.theme(theme)
    try:
        option(board, "order_update", "English").click()
        picture("approved")
        option(board, "payment_failed", "English").click()
        picture("rejected")
        board.get_by_role("button", name="New template").click()
        board.get_by_label("Name").fill("Opening hours")
        board.get_by_label("Text").fill("Hello {{name}}, we are open until {{until}} today.")
        expect(board.locator(".cw-editor .cw-template-bubble")).to_be_visible()
        picture("editor")
        inbox.page.set_viewport_size({"width": 760, "height": 900})
        picture("editor-narrow")
        board.get_by_role("button", name="Cancel").click()
        inbox.page.get_by_role("alertdialog").get_by_role("button", name="Discard").click()
        picture("narrow")
        option(board, "order_update", "German").click()
        picture("detail-narrow")
        board.get_by_role("button", name="Back to the templates").click()
        expect(board.get_by_role("listbox")).to_be_focused()
    finally:
        inbox.page.set_viewport_size({"width": 1440, "height": 900})
        inbox.theme("Light")


@pytest.mark.slow
def test_alone_in_a_cell(lab: Lab, hub: Stage) -> None:
    hub.channel("WhatsApp", plays="whatsapp")
    cell = f"""from widgets import Templates
from workspace import connect
Templates(connect({hub.ws.info().folder!r}))"""
    with lab.open(lab.blank("board", cell)) as page:
        page.evaluate(RUN_ALL)
        alone = page.locator(".cw-templates")
        expect(options(alone).first).to_be_visible()
        alone.get_by_role("listbox").press("End")
        expect(detail(alone).get_by_role("heading", level=3)).to_have_text("welcome_voucher")
