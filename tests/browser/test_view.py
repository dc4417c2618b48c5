"""An open conversation: reading it, and how sends fare."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.lab import RUN_ALL, Inbox, Lab, python
from tests.browser.samples import PNG, file
from tests.browser.stage import Stage
from workspace.channels.simulated.faults import Faults
from workspace.models import DeliveryStatus, Status

# --- reading ------------------------------------------------------------------------------------


@pytest.mark.slow
def test_what_is_new_is_divided_from_what_was_read(inbox: Inbox, hub: Stage) -> None:
    hub.ws.mark_read(hub.writes("Dina Divide", "Known already").id)
    hub.writes("Dina Divide", "News one", "News two")
    inbox.open("Dina Divide")
    line = inbox.log.locator(".cw-unread-line")
    expect(line).to_have_text("New")
    expect(line.locator("xpath=following-sibling::article")).to_have_count(2)
    expect(line.locator("xpath=following-sibling::article[1]")).to_contain_text("News one")
    # Once they are read it stays, until the conversation is opened anew.
    expect(inbox.head).to_have_attribute("data-unread", "0")
    expect(line).to_be_visible()


SLOW = """import threading
held, marks = threading.Event(), []
messages, mark_read = ws.messages, ws.mark_read
def later(id, *args, **more):
    if str(id) == "{id}":
        held.wait(30)
    return messages(id, *args, **more)
def noted(id, **more):
    marks.append((id, more["upto"]))
    return mark_read(id, **more)
ws.messages, ws.mark_read = later, noted
"""


@pytest.mark.slow
def test_what_one_only_steps_past_stays_unread(inbox: Inbox, hub: Stage) -> None:
    """The second of the one is over while the next, in which all is older, is still loading."""
    below = hub.writes("Bea Below", "One", "Two").id
    above = hub.writes("Abe Above", "Three").id
    python(inbox.page, SLOW.format(id=below))
    inbox.open("Abe Above")
    inbox.page.keyboard.press("j")
    inbox.page.wait_for_timeout(1500)
    python(inbox.page, "held.set()")
    expect(inbox.heading).to_have_text("Bea Below")
    hub.until(lambda: hub.ws.conversation(below).unread == 0)
    last = hub.ws.messages(below)[-1].id
    python(inbox.page, f"assert marks == [('{below}', '{last}')], marks")
    assert hub.ws.conversation(above).unread == 1


DEAF = """() => {
  window.deaf = new AbortController();
  window.addEventListener("scroll", (event) => event.stopImmediatePropagation(),
    { capture: true, signal: window.deaf.signal });
}"""


@pytest.mark.slow
def test_what_arrives_at_once_takes_no_scrolling_back(inbox: Inbox, hub: Stage) -> None:
    """The browser tells of scrolling with the next frame only; here, never."""
    hub.ws.mark_read(hub.writes("Una Up", *(f"Line {n}" for n in range(40))).id)
    inbox.open("Una Up")
    expect(inbox.message("Line 39")).to_be_in_viewport()
    inbox.page.evaluate(DEAF)
    try:
        inbox.log.evaluate("log => { log.scrollTop = 0 }")
        hub.writes("Una Up", "News")
        expect(inbox.view.get_by_role("button", name="1 new message")).to_be_visible()
        expect(inbox.message("Line 0")).to_be_in_viewport()
    finally:
        inbox.page.evaluate("window.deaf.abort()")


@pytest.mark.slow
def test_what_arrives_while_it_is_hidden_leaves_one_where_one_was(inbox: Inbox, hub: Stage) -> None:
    """At the end one is at the new end then; further up, where one was."""
    hub.ws.mark_read(hub.writes("Hella Hidden", *(f"Line {n}" for n in range(40))).id)
    inbox.open("Hella Hidden")
    for number, seen in ((1, "News 1"), (2, "Line 0")):
        if seen == "Line 0":
            inbox.log.evaluate("log => { log.scrollTop = 0 }")
            expect(inbox.view.get_by_role("button", name="Latest")).to_be_visible()
        inbox.root.evaluate("inbox => { inbox.style.display = 'none' }")
        hub.writes("Hella Hidden", f"News {number}", *(f"More {n}" for n in range(4)))
        expect(inbox.root.locator(".cw-log .cw-message")).to_have_count(40 + 5 * number)
        inbox.root.evaluate("inbox => { inbox.style.display = '' }")
        expect(inbox.message(seen)).to_be_in_viewport()


@pytest.mark.slow
def test_the_end_of_another_one_closes_nothing(inbox: Inbox, hub: Stage) -> None:
    other = hub.writes("Gus Gone", "Hello").id
    hub.writes("Kurt Kept", "Hello")
    inbox.open("Kurt Kept")
    python(inbox.page, f"inbox.view.push('gone', '{other}')")
    python(inbox.page, "inbox.view.push('trouble', {'message': 'After that'})")
    expect(inbox.view.get_by_role("alert")).to_have_text("After that")
    expect(inbox.heading).to_have_text("Kurt Kept")


# --- how sends fare -----------------------------------------------------------------------------


def test_a_send_is_taken_back(inbox: Inbox, hub: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub.services.replies, "_undo", timedelta(minutes=2))
    id = hub.writes("Ursel Undo", "Hello").id
    inbox.open("Ursel Undo")
    hub.ws.send(id, "Too early")
    sent = inbox.message("Too early")
    expect(sent).to_contain_text(re.compile(r"Sending in 1\d\d s"))
    sent.get_by_role("button", name="Undo").click()
    expect(sent).to_have_count(0)
    assert [message.text for message in hub.ws.messages(id)] == ["Hello"]


def test_retrying_what_failed(inbox: Inbox, hub: Stage) -> None:
    hub.channel("Nowhere", plays="sms", faults={"unreachable": 1})
    id = hub.writes("Rita Retry", "Hello", channel="Nowhere").id
    hub.ws.send(id, "Can you hear me?")
    hub.until(lambda: hub.ws.messages(id)[-1].delivery_status is DeliveryStatus.FAILED)
    inbox.open("Rita Retry")
    failed = inbox.message("Can you hear me?")
    expect(failed).to_contain_text("The handset is switched off")
    expect(failed.get_by_role("img", name=re.compile("^Failed: "))).to_be_visible()
    expect(inbox.row("Rita Retry").get_by_label("Delivery failed")).to_be_visible()
    mended(hub, "Nowhere")
    failed.get_by_role("button", name="Retry").click()
    expect(inbox.view.get_by_text("sent a message again")).to_be_visible()
    expect(failed.get_by_role("img", name=re.compile("^(Delivered|Read)$"))).to_be_visible()
    expect(failed).not_to_contain_text("switched off")
    expect(failed.locator(".cw-below").get_by_role("button")).to_have_count(0)
    expect(inbox.row("Rita Retry").get_by_label("Delivery failed")).to_have_count(0)


def mended(hub: Stage, channel: str) -> None:
    """From now on this provider does all it is asked for."""
    simulator = hub.channel(channel)
    simulator.options = replace(simulator.options, faults=Faults())


def doubtful(hub: Stage, name: str) -> int:
    hub.channel("Doubtful", plays="sms", faults={"silent": 1})
    id = hub.writes(name, "Hello", channel="Doubtful").id
    hub.ws.send(id, "Did it go?")
    hub.until(lambda: hub.ws.messages(id)[-1].delivery_status is DeliveryStatus.IN_DOUBT)
    return id


@pytest.mark.slow
def test_not_confirmed_is_for_a_person_to_settle(inbox: Inbox, hub: Stage) -> None:
    id = doubtful(hub, "Dora Doubt")
    inbox.open("Dora Doubt")
    sent = inbox.message("Did it go?")
    expect(sent).to_contain_text("Not confirmed: the provider may or may not have it.")
    sent.get_by_role("button", name="Send again").click()
    dialog = inbox.page.get_by_role("alertdialog")
    expect(dialog).to_contain_text("Dora Doubt gets this message twice")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    inbox.page.keyboard.press("Escape")
    assert hub.ws.messages(id)[-1].delivery_status is DeliveryStatus.IN_DOUBT
    sent.get_by_role("button", name="Mark as sent").click()
    expect(sent.get_by_role("img", name="Sent")).to_be_visible()
    expect(sent.locator(".cw-below").get_by_role("button")).to_have_count(0)
    expect(inbox.status("Dora Doubt")).to_have_text("Replied")


@pytest.mark.slow
def test_sending_again_what_is_not_confirmed(inbox: Inbox, hub: Stage) -> None:
    id = doubtful(hub, "Dirk Doubt")
    mended(hub, "Doubtful")
    inbox.open("Dirk Doubt")
    sent = inbox.message("Did it go?")
    sent.get_by_role("button", name="Send again").click()
    inbox.page.get_by_role("alertdialog").get_by_role("button", name="Send again").click()
    expect(sent.get_by_role("img", name=re.compile("^(Delivered|Read)$"))).to_be_visible()
    expect(sent.locator(".cw-below").get_by_role("button")).to_have_count(0)
    expect(inbox.view.get_by_text("sent a message again")).to_be_visible()
    assert [message.text for message in hub.ws.messages(id)] == ["Hello", "Did it go?"]


@pytest.mark.parametrize(
    ("fault", "words"), [("unreachable", "It failed"), ("silent", "It is not confirmed")]
)
@pytest.mark.slow
def test_the_menu_of_a_photo_that_is_not_there_says_why(
    inbox: Inbox, hub: Stage, fault: str, words: str
) -> None:
    channel, name = f"Chat {fault}", f"Phil {fault}"
    hub.channel(channel, plays="whatsapp", faults={fault: 1})
    id = hub.writes(name, "Hello", channel=channel).id
    hub.ws.send(id, "", [hub.ws.upload("pot.png", PNG)])
    ended = (DeliveryStatus.FAILED, DeliveryStatus.IN_DOUBT)
    hub.until(lambda: hub.ws.messages(id)[-1].delivery_status in ended)
    inbox.open(name)
    inbox.messages.last.get_by_role("button", name="Message options").press("Enter")
    item = inbox.log.get_by_role("menuitem")
    expect(item).to_have_text(words)
    expect(item).to_be_focused()
    expect(item).to_be_disabled()
    inbox.page.keyboard.press("Enter")
    expect(item).to_be_visible()
    inbox.page.keyboard.press("Escape")


def test_a_note_is_plainly_one(inbox: Inbox, hub: Stage) -> None:
    id = hub.writes("Nina Note", "Hello").id
    hub.ws.note(id, "She is a friend of the house")
    inbox.open("Nina Note")
    note = inbox.message("She is a friend")
    expect(note).to_contain_text("Internal note")
    colour = "node => getComputedStyle(node.querySelector('.cw-bubble')).backgroundColor"
    assert note.evaluate(colour) != inbox.message("Hello").evaluate(colour)


# --- options, keys, and what is said aloud ------------------------------------------------------


@pytest.mark.slow
def test_options_can_be_taken_back(inbox: Inbox, hub: Stage) -> None:
    id = hub.writes("Tom Toast", "Hello").id
    inbox.open("Tom Toast")
    expect(inbox.head).to_have_attribute("data-unread", "0")
    inbox.choose("Resolve")
    expect(inbox.toast).to_contain_text("Conversation resolved")
    inbox.toast.get_by_role("button", name="Undo").click()
    expect(inbox.status("Tom Toast")).to_have_text("Pending")
    inbox.choose("Archive")
    expect(inbox.toast).to_contain_text("Conversation archived")
    inbox.toast.get_by_role("button", name="Undo").click()
    expect(inbox.row("Tom Toast")).to_be_visible()
    inbox.choose("Mark as unread")
    expect(inbox.head).to_have_attribute("data-unread", "1")
    inbox.choose("Mark as read")
    expect(inbox.toast).to_contain_text("Conversation marked as read")
    inbox.toast.get_by_role("button", name="Undo").click()
    expect(inbox.row("Tom Toast").locator(".cw-badge")).to_have_text("1")
    assert not hub.ws.conversation(id).archived


@pytest.mark.slow
def test_undo_of_the_read_mark_leaves_what_arrived_meanwhile(inbox: Inbox, hub: Stage) -> None:
    name = "Rita Read"
    id = hub.writes(name, "One", "Two", "Three").id
    badge = inbox.row(name).locator(".cw-badge")
    expect(badge).to_have_text("3")
    bar = inbox.root.get_by_role("toolbar", name="Selected conversations")
    inbox.row(name).locator(".cw-row-pick").click()
    bar.get_by_role("button", name="Mark as read").click()
    expect(badge).to_have_count(0)
    inbox.toast.get_by_role("button", name="Undo").click()
    expect(badge).to_have_text("3")
    hub.ws.mark_read(id)
    expect(badge).to_have_count(0)
    inbox.row(name).locator(".cw-row-pick").click()
    bar.get_by_role("button", name="Mark as unread").click()
    expect(badge).to_have_text("1")
    hub.writes(name, "Four")
    inbox.toast.get_by_role("button", name="Undo").click()
    expect(inbox.toast).to_contain_text("marked as read")
    expect(badge).to_have_text("1")
    assert hub.ws.conversation(id).unread == 1


@pytest.mark.slow
def test_a_view_by_itself_takes_the_keys(lab: Lab, hub: Stage) -> None:
    id = hub.writes("Kay Keys", "Hello").id
    cell = f"""import workspace, widgets
widgets.ConversationView(workspace.connect(), conversation_id="{id}")"""
    clipboard = ["clipboard-read", "clipboard-write"]
    with lab.open(lab.blank("alone", cell), permissions=clipboard) as page:
        log = run_view(page)
        log.focus()
        page.keyboard.press("Shift+R")
        expect(page.get_by_text("resolved this conversation")).to_be_visible()
        page.keyboard.press("e")
        expect(page.locator(".cw-head").get_by_text("Archived")).to_be_visible()
        expect(page.locator(".cw-toast")).to_contain_text("Conversation archived")
        page.get_by_role("button", name="Conversation options").click()
        item = page.get_by_role("menuitem", name="Reopen")
        expect(item).to_have_attribute("title", "Reopen (Shift+R)")
        page.get_by_role("menuitem", name="Copy last action as Python").click()
        expect(page.locator(".cw-toast")).to_contain_text("Python copied")
        assert page.evaluate("() => navigator.clipboard.readText()") == f"ws.archive({id})"
        expect(page.locator(".cw-head-card")).to_be_hidden()
    hub.until(lambda: hub.ws.conversation(id).status is Status.RESOLVED)
    assert hub.ws.conversation(id).archived


@pytest.mark.slow
def test_what_only_a_composer_does_is_not_offered_without_one(lab: Lab, hub: Stage) -> None:
    hub.channel("Closed", plays="whatsapp", faults={"window_closed": 1})
    id = hub.writes("Willa Without", "Hello", channel="Closed").id
    hub.ws.send(id, "Can you hear me?")
    hub.until(lambda: hub.ws.messages(id)[-1].delivery_status is DeliveryStatus.FAILED)
    cell = f"""import workspace
from widgets import ConversationView, Inbox
ws = workspace.connect()
display(ConversationView(ws, conversation_id="{id}"))
for more in ([], ["composer"]):
    display(Inbox(ws, panels=["view", *more], conversation_id="{id}"))"""
    with lab.open(lab.blank("without", cell)) as page:
        page.evaluate(RUN_ALL)
        views = page.locator(".cw-view")
        expect(views).to_have_count(3)
        for n, view in enumerate(views.all()):
            view.scroll_into_view_if_needed()
            expect(view.get_by_role("button", name="Retry")).to_be_visible()
            choose = view.get_by_role("button", name="Choose a template")
            expect(choose).to_be_visible(visible=n == 2)
            view.get_by_role("log").press("q")
            said = page.get_by_text("Show the composer to reply")
            expect(said).to_have_count(min(n + 1, 2))
        expect(page.get_by_role("group", name="Replying to")).to_contain_text("Willa Without")


def run_view(page: Page) -> Locator:
    page.evaluate(RUN_ALL)
    log = page.get_by_role("log", name="Messages")
    expect(log.get_by_role("article").first).to_be_visible()
    return log


@pytest.mark.slow
def test_what_arrives_is_said(inbox: Inbox, hub: Stage) -> None:
    hub.writes("Sally Said", "Hello")
    inbox.open("Sally Said")
    said = inbox.view.locator(".cw-spoken")
    expect(said).to_be_empty()
    hub.writes("Sally Said", "Are you there?")
    expect(said).to_have_text("Sally Said: Are you there?")


def test_hostile_names_stay_names(inbox: Inbox, hub: Stage) -> None:
    name = "Eve\u202egpj.exe"
    hub.writes(name, "\u202eHello", channel="Telegram",
               files=[file("ph\u202eoto.png", "image/png", PNG)])  # fmt: skip
    inbox.row("Eve").click()
    expect(inbox.heading).to_have_text("Evegpj.exe")
    inbox.messages.get_by_role("button", name="Photo photo.png").click()
    viewer = inbox.page.get_by_role("dialog", name="Photo")
    expect(viewer.locator(".cw-viewer-name")).to_have_text("photo.png")
    expect(viewer.locator(".cw-viewer-about")).to_contain_text("Evegpj.exe")
    inbox.page.keyboard.press("Escape")
