"""Starting conversations in the dialog New, on a real JupyterLab in a real browser."""

import re
import threading
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.composing import expect_saved
from tests.browser.lab import RESTART, RUN_ALL, Inbox, Lab
from tests.browser.samples import PNG
from tests.browser.stage import Stage, address

WHATSAPP, MAIL = "WhatsApp", "Mail"


@pytest.fixture(autouse=True, scope="module")
def channels(hub: Stage) -> None:
    for name in ("WhatsApp", "Mail", "Instagram", "SMS", "Telegram"):
        hub.channel(name, plays=name.lower())


@pytest.fixture
def new(inbox: Inbox) -> Locator:
    """The dialog, opened with the button."""
    inbox.root.get_by_role("button", name="New", exact=True).click()
    return dialog(inbox.page)


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog", name="New conversation")


def through(new: Locator, channel: str) -> None:
    new.locator(".cw-new-channel", has_text=channel).click()
    expect(new.get_by_role("radio", name=channel)).to_be_checked()


def choose(new: Locator, name: str, language: str) -> None:
    new.get_by_label("Search templates").fill(f"{name} {language}")
    option(new, name).click()


def option(new: Locator, name: str) -> Locator:
    return new.locator(".cw-template-option", has_text=name)


def send(new: Locator) -> Locator:
    return new.get_by_role("button", name="Send", exact=True)


def test_a_whatsapp_template_with_variables(inbox: Inbox, hub: Stage, new: Locator) -> None:
    through(new, WHATSAPP)
    new.get_by_label("Customer name").fill("Nina New")
    new.get_by_label("Phone number").fill("+4915111110001")
    expect(new.get_by_text("+49 1511 1110001")).to_be_visible()
    choose(new, "order_update", "English")
    phone = new.get_by_label("Preview")
    expect(phone).to_contain_text("Nina New")
    expect(phone).to_contain_text("Hi Ada, your order A-1042")
    for label, value in (
        ("Header variable 1", "B-7"),
        ("Variable 1", "Nina"),
        ("Variable 2", "B-7"),
        ("Variable 3", "{{1}} tomorrow"),
    ):
        expect(send(new)).to_be_disabled()
        new.get_by_label(re.compile(f"^{label}")).fill(value)
    text = "Hi Nina, your order B-7 is on its way. It should reach you {{1}} tomorrow."
    expect(phone).to_contain_text(text)
    expect(new.get_by_text("Fill in “Track the parcel: end of the link”")).to_be_visible()
    new.get_by_label("Track the parcel").fill("B-7-x")
    new.get_by_label("Track the parcel").press("Enter")
    expect(new).to_have_count(0)
    expect(inbox.heading).to_have_text("Nina New")
    sent = inbox.message(text)
    expect(sent).to_contain_text("Order B-7")
    expect(sent.locator(".cw-writer")).to_have_text("You · Template order_update")
    expect(sent.get_by_label(re.compile("Delivered|Read"))).to_be_visible()
    [message] = hub.ws.messages(hub.named("Nina New"))
    assert message.template == "order_update"


@pytest.mark.slow
def test_values_the_channel_would_not_take(new: Locator) -> None:
    through(new, WHATSAPP)
    new.get_by_label("Phone number").fill("+4915111110002")
    choose(new, "welcome_voucher", "English")
    new.get_by_label(re.compile("^Variable 1")).fill("too     many")
    new.get_by_label(re.compile("^Variable 2")).fill("10%")
    new.get_by_label("Copy code").fill("WELCOME")
    expect(new.get_by_role("alert")).to_contain_text("write it on one line")
    expect(send(new)).to_be_disabled()
    new.get_by_label(re.compile("^Variable 1")).fill("Ada")
    expect(send(new)).to_be_enabled()


@pytest.mark.slow
def test_a_photo_in_the_header(inbox: Inbox, tmp_path: Path, new: Locator) -> None:
    picture = tmp_path / "pot.png"
    picture.write_bytes(PNG)
    through(new, WHATSAPP)
    new.get_by_label("Customer name").fill("Petra Photo")
    new.get_by_label("Phone number").fill("+4915111110003")
    choose(new, "photo_of_your_order", "English")
    expect(new.get_by_text("Attach the photo of the header.")).to_be_visible()
    new.locator("input[type=file]").set_input_files(picture)
    expect(new.get_by_label("Preview").get_by_role("img", name="Header photo")).to_be_visible()
    new.get_by_label(re.compile("^Variable 1")).fill("Petra")
    new.get_by_label(re.compile("^Variable 2")).fill("pot")
    send(new).click()
    sent = inbox.message("here is the photo of your finished pot")
    expect(sent.get_by_role("img").first).to_be_visible()


def test_a_template_that_is_not_approved_cant_be_picked(new: Locator) -> None:
    through(new, WHATSAPP)
    new.get_by_label("Search templates").fill("feedback")
    paused = option(new, "feedback_request")
    expect(paused).to_contain_text("Paused for 3 hours")
    expect(paused).to_be_disabled()
    paused.click(force=True)
    new.get_by_label("Search templates").press("ArrowDown")
    new.get_by_label("Search templates").press("Enter")
    expect(new.get_by_label("Search templates")).to_be_visible()
    new.get_by_label("Search templates").fill("no such thing")
    expect(new.get_by_text("No template matches.")).to_be_visible()


def test_one_language_at_a_time(new: Locator) -> None:
    through(new, WHATSAPP)
    new.get_by_label("Language").select_option(label="Spanish")
    expect(new.locator(".cw-template-option")).to_have_count(3)


def test_a_wrong_phone_number_is_told_as_one_types(new: Locator) -> None:
    through(new, "SMS")
    new.get_by_label("Phone number").press_sequentially("+49 1")
    expect(new.get_by_text("too long or too short for a phone number")).to_be_visible()
    expect(new.get_by_label("Phone number")).to_have_attribute("aria-invalid", "true")
    expect(new.get_by_text("Check the phone number.")).to_be_visible()
    new.get_by_label("Phone number").press_sequentially("511 1110004")
    expect(new.get_by_text("Write a message.")).to_be_visible()


def test_mail_with_a_subject_opens_a_new_thread(inbox: Inbox, hub: Stage, new: Locator) -> None:
    for subject in ("First matter", "Second matter"):
        through(new, MAIL)
        new.get_by_label("Customer name").fill("Mona Mail")
        new.get_by_label("Email").fill("mona@example.org")
        expect(new.get_by_text("Enter a subject.")).to_be_visible()
        new.get_by_label("Subject").fill(subject)
        new.get_by_label("Message").fill("Dear Mona,")
        new.get_by_label("Message").press("Shift+Enter")
        new.get_by_label("Message").press_sequentially("hello.")
        expect(new.get_by_label("Preview")).to_contain_text(subject)
        expect(send(new)).to_be_enabled()
        new.get_by_label("Message").press("Enter")
        expect(inbox.head).to_contain_text(subject)
        expect(inbox.message("hello.")).to_be_visible()
        inbox.root.get_by_role("button", name="New", exact=True).click()
    assert len([row for row in hub.rows() if row.contact_name == "Mona Mail"]) == 2


@pytest.mark.slow
def test_a_mail_by_a_template_of_our_own(
    inbox: Inbox, hub: Stage, pictures: Path, new: Locator
) -> None:
    through(new, MAIL)
    turn = new.get_by_role("button", name="Use a template")
    expect(new.get_by_label("Message")).to_be_visible()
    expect(turn).to_be_hidden()  # as long as there is none
    hub.ws.save_template("Welcome", "en", "Dear {{name}},\n\nwelcome!", {"name": "Ada"})
    through(new, WHATSAPP)
    expect(turn).to_be_hidden()
    through(new, MAIL)
    turn.click()
    expect(new.get_by_label("Message")).to_be_hidden()
    new.get_by_label("Customer name").fill("Wilma Welcome")
    new.get_by_label("Email").fill("wilma@example.com")
    new.get_by_label("Subject").fill("Hello")
    expect(new.get_by_label("Preview")).to_contain_text("Choose a template")
    option(new, "Welcome").click()
    expect(send(new)).to_be_disabled()
    new.get_by_label("Name", exact=False).last.fill("Wilma")
    expect(new.get_by_label("Preview")).to_contain_text("Dear Wilma,")
    inbox.page.screenshot(path=pictures / "new-own-template.png")
    new.get_by_role("button", name="Write a message instead").click()
    expect(new.get_by_text("Write a message.")).to_be_visible()
    turn.click()
    expect(new.get_by_label("Preview")).to_contain_text("Dear Wilma,")
    send(new).click()
    expect(new).to_have_count(0)
    expect(inbox.heading).to_have_text("Wilma Welcome")
    [message] = hub.ws.messages(hub.named("Wilma Welcome").id)
    assert (message.text, message.template) == ("Dear Wilma,\n\nwelcome!", "Welcome")
    again = reopened(inbox)
    through(again, MAIL)
    turn = again.get_by_role("button", name="Use a template")
    turn.click()
    option(again, "Welcome").click()
    again.get_by_label("Name", exact=False).last.fill("Wilma")
    hub.ws.delete_template("Welcome", "en")
    again.get_by_role("button", name="Change", exact=True).click()
    expect(again.get_by_text("This channel has no templates.")).to_be_visible()
    again.get_by_role("button", name="Write a message instead").click()
    expect(again.get_by_label("Message")).to_be_focused()
    expect(turn).to_be_hidden()


def test_an_existing_conversation_is_offered_and_opened(
    inbox: Inbox, hub: Stage, new: Locator
) -> None:
    hub.writes("Elsa Existing", "I wrote before", channel=WHATSAPP)
    number = address("Elsa Existing", hub.channel(WHATSAPP)).value
    through(new, WHATSAPP)
    new.get_by_label("Phone number").fill(number)
    expect(new.get_by_text("There is a conversation with this customer already.")).to_be_visible()
    card = new.locator(".cw-new-found-card")
    expect(card).to_contain_text("Elsa Existing")
    expect(card).to_contain_text("I wrote before")
    expect(card).to_contain_text("Pending")
    new.get_by_role("button", name="Open conversation").click()
    expect(new).to_have_count(0)
    expect(inbox.heading).to_have_text("Elsa Existing")


@pytest.mark.slow
def test_a_message_for_somebody_who_is_found_becomes_the_draft(
    inbox: Inbox, hub: Stage, new: Locator
) -> None:
    """Where it has none yet, also while it is open; else it is asked first."""
    hub.writes("Daphne Drafted", "I wrote before")
    number = address("Daphne Drafted", hub.channel("SMS")).value
    find_after_writing(new, number, "Dear Dina")
    expect(inbox.heading).to_have_text("Daphne Drafted")
    expect(inbox.field).to_have_value("Dear Dina")
    expect_saved(inbox)
    again = reopened(inbox)
    find_after_writing(again, number, "Dear Dina, again")
    asked = inbox.page.get_by_role("alertdialog", name="Open without this message?")
    expect(asked).to_contain_text("The draft that is there already stays.")
    asked.get_by_role("button", name="Cancel").click()
    expect(again.get_by_label("Message")).to_have_value("Dear Dina, again")
    again.get_by_role("button", name="Open conversation").click()
    asked.get_by_role("button", name="Discard and open").click()
    expect(again).to_have_count(0)
    expect(inbox.field).to_have_value("Dear Dina")
    inbox.send("Dear Dina")
    expect(inbox.field).to_have_value("")
    hub.until(lambda: hub.ws.draft(hub.named("Daphne Drafted").id) is None)
    find_after_writing(reopened(inbox), number, "One thing more")
    expect(inbox.field).to_have_value("One thing more")


def find_after_writing(new: Locator, number: str, text: str) -> None:
    through(new, "SMS")
    new.get_by_label("Message").fill(text)
    new.get_by_label("Phone number").fill(number)
    new.get_by_role("button", name="Open conversation").click()


def reopened(inbox: Inbox) -> Locator:
    inbox.root.get_by_role("button", name="New", exact=True).click()
    return dialog(inbox.page)


@pytest.mark.slow
def test_nobody_leaves_while_it_is_sent(
    inbox: Inbox, hub: Stage, new: Locator, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, start = threading.Event(), hub.services.replies.start_conversation
    monkeypatch.setattr(
        hub.services.replies, "start_conversation", lambda *a, **b: go.wait(20) and start(*a, **b)
    )
    through(new, "SMS")
    new.get_by_label("Phone number").fill("+4915111110007")
    new.get_by_label("Message").fill("On its way")
    expect(send(new)).to_be_enabled()
    new.get_by_label("Message").press("Enter")
    expect(new.get_by_role("button", name="Sending…")).to_be_disabled()
    expect(new.locator(".cw-new-columns")).to_have_js_property("inert", True)
    for name in ("Cancel", "Close"):
        expect(new.get_by_role("button", name=name)).to_be_disabled()
    for _ in range(3):
        inbox.page.keyboard.press("Escape")
    expect(new).to_be_visible()
    expect(inbox.page.get_by_role("alertdialog")).to_have_count(0)
    go.set()
    expect(new).to_have_count(0)
    expect(inbox.message("On its way")).to_be_visible()


@pytest.mark.slow
def test_what_fails_late_is_said_where_it_was_written(
    inbox: Inbox, hub: Stage, new: Locator
) -> None:
    """Another operator blocks the customer meanwhile."""
    row = hub.writes("Bo Blocked", "Hello", channel=MAIL)
    through(new, MAIL)
    new.get_by_label("Email").fill(address("Bo Blocked", hub.channel(MAIL)).value)
    new.get_by_label("Subject").fill("A matter")
    new.get_by_label("Message").fill("Dear Bo")
    expect(send(new)).to_be_enabled()
    hub.ws.update_contact(row.contact_id, blocked=True)
    new.get_by_label("Message").press("Enter")
    expect(new.locator(".cw-new-problem")).to_contain_text("unblock the contact")
    expect(new.get_by_label("Message")).to_be_focused()
    expect(new.get_by_label("Message")).to_have_value("Dear Bo")
    inbox.page.keyboard.press("Escape")
    asked = inbox.page.get_by_role("alertdialog", name="Discard this message?")
    asked.get_by_role("button", name="Discard").click()


@pytest.mark.slow
def test_what_could_not_be_checked_is_not_sent(lab: Lab, hub: Stage) -> None:
    with lab.run(lab.notebook("unchecked")) as inbox:
        inbox.root.get_by_role("button", name="New", exact=True).click()
        new = dialog(inbox.page)
        through(new, WHATSAPP)
        new.get_by_label("Customer name").fill("Ulla Unchecked")
        new.get_by_label("Phone number").fill("+4915111110019")
        expect(new.get_by_text("+49 1511 1110019")).to_be_visible()
        choose(new, "order_update", "English")
        inbox.page.evaluate(RESTART)
        expect(inbox.root).to_have_class(re.compile("jupyter-widgets-disconnected"))
        for label in ("Header variable 1", "Variable 1", "Variable 2", "Variable 3", "Track the"):
            new.get_by_label(re.compile(f"^{label}")).fill("B-7")
        expect(new.get_by_role("alert")).to_contain_text("run the cell again")
        expect(send(new)).to_be_disabled()


@pytest.mark.slow
def test_templates_are_as_they_are_now(inbox: Inbox, hub: Stage, new: Locator) -> None:
    """What is approved while the page is open shows when New is opened again, what is paused while
    it is chosen at once.
    """
    through(new, WHATSAPP)
    expect(option(new, "feedback_request")).to_contain_text("Paused")
    inbox.page.keyboard.press("Escape")
    provider = hub.channel(WHATSAPP)
    provider.review("feedback_request", "en", "APPROVED")
    again = reopened(inbox)
    expect(option(again, "feedback_request")).to_contain_text("Approved")
    choose(again, "feedback_request", "English")
    expect(again.get_by_label("Preview")).to_contain_text("how was your order")
    provider.review("feedback_request", "en", "PAUSED", "Paused for 3 hours")
    expect(again.get_by_role("alert")).to_contain_text("is PAUSED: Paused for 3 hours")
    expect(again.get_by_label("Preview")).to_contain_text("how was your order")


@pytest.mark.parametrize(
    ("channel", "why"),
    [
        ("Instagram", "On Instagram the customer writes first"),
        ("Telegram", "A Telegram bot can't write first; share the bot's link"),
    ],
)
def test_channels_that_can_t_begin_say_why(new: Locator, channel: str, why: str) -> None:
    through(new, channel)
    expect(new.get_by_text(why)).to_be_visible()
    expect(new.get_by_label("Customer name")).to_be_hidden()
    expect(send(new)).to_be_disabled()


@pytest.mark.slow
def test_a_wrong_mail_address_is_told_as_one_types(new: Locator) -> None:
    through(new, MAIL)
    new.get_by_label("Email").press_sequentially("mona@")
    expect(new.get_by_text("is not a mail address")).to_be_visible()
    expect(new.get_by_label("Email")).to_have_attribute("aria-invalid", "true")
    expect(new.get_by_text("Check the email.")).to_be_visible()
    new.get_by_label("Email").press_sequentially("example.org")
    expect(new.get_by_text("Enter a subject.")).to_be_visible()
    expect(new.get_by_label("Email")).not_to_have_attribute("aria-invalid", "true")


@pytest.mark.slow
def test_by_keyboard_alone(inbox: Inbox) -> None:
    page = inbox.page
    inbox.root.get_by_role("listbox").focus()
    page.keyboard.press("n")
    new = dialog(page)
    expect(new.get_by_label("Customer name")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    while not new.get_by_role("radio", name=WHATSAPP).is_checked():
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.type("Kay Keyboard")
    page.keyboard.press("Tab")
    page.keyboard.type("+4915111110005")
    page.keyboard.press("Tab")
    expect(new.get_by_label("Search templates")).to_be_focused()
    page.keyboard.type("appointment")
    expect(option(new, "appointment_reminder").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    for value in ("Kay", "5 March", "10:30"):
        page.keyboard.type(value)
        page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    expect(send(new)).to_be_enabled()
    page.keyboard.press("Enter")
    expect(inbox.heading).to_have_text("Kay Keyboard")
    expect(inbox.message("appointment on 5 March at 10:30")).to_be_visible()


@pytest.mark.slow
def test_escape_asks_only_where_something_would_be_lost(inbox: Inbox, new: Locator) -> None:
    page = inbox.page
    page.keyboard.press("Escape")
    expect(new).to_have_count(0)
    page.keyboard.press("n")
    new.get_by_label("Customer name").fill("Somebody")
    asked = page.get_by_role("alertdialog", name="Discard this message?")
    for _ in range(3):
        page.keyboard.press("Escape")
        expect(asked).to_be_visible()
        page.keyboard.press("Escape")
        expect(asked).to_have_count(0)
        expect(new.get_by_label("Customer name")).to_have_value("Somebody")
    page.keyboard.press("Escape")
    asked.get_by_role("button", name="Discard").click()
    expect(new).to_have_count(0)
    page.keyboard.press("n")
    expect(new.get_by_label("Customer name")).to_have_value("")
    page.keyboard.press("Escape")


@pytest.mark.slow
def test_alone_in_a_cell(lab: Lab, hub: Stage) -> None:
    cell = (
        "import workspace\nfrom widgets import NewConversation\n"
        "new = NewConversation(workspace.connect())\nnew"
    )
    with lab.open(lab.blank("new_alone", cell)) as page:
        page.evaluate(RUN_ALL)
        page.get_by_role("button", name="New", exact=True).click()
        new = dialog(page)
        through(new, "SMS")
        new.get_by_label("Customer name").fill("Alma Alone")
        new.get_by_label("Phone number").fill("+4915111110006")
        new.get_by_label("Message").fill("Hello Alma")
        send(new).click()
        expect(page.get_by_text("Sent to Alma Alone.")).to_be_visible()
    assert hub.named("Alma Alone").preview.text == "Hello Alma"
