"""What one does with a message: its file, an answer that quotes it, a reaction."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import violations
from tests.browser.cloud import Number, number
from tests.browser.composing import expect_saved, start, tool
from tests.browser.lab import Inbox, Lab, inbox_of, replaced
from tests.browser.samples import PNG
from workspace.models import Status
from workspace.testing.cloud import Customer


@pytest.fixture(scope="module")
def whatsapp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Number]:
    with number(tmp_path_factory.mktemp("whatsapp") / "real") as found:
        yield found


@pytest.fixture(scope="module")
def its_page(lab: Lab, whatsapp: Number) -> Iterator[Page]:
    path = lab.blank("whatsapp", inbox_of(whatsapp.hub.ws.info().folder))
    with lab.open(path, timezone_id="Europe/Berlin") as page:
        yield page


@pytest.fixture
def inbox(its_page: Page) -> Inbox:
    return Inbox.run(its_page)


# --- a file that is on its way --------------------------------------------------------------------


def absent(inbox: Inbox) -> Locator:
    return inbox.log.locator(".cw-file-absent")


@pytest.mark.slow
def test_a_file_that_could_not_be_fetched_is_fetched_again(
    inbox: Inbox, whatsapp: Number, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workspace.services.fetching.SURE", 1)  # or it takes half a minute
    fern = Customer("4915112340001", "Fern File")
    cloud = whatsapp.cloud
    with whatsapp.server.lock:
        cloud.sends_file(fern, "image", "image/png", PNG, caption="Look at this")
        kept = cloud.files.copy()
        cloud.files.clear()  # it can't be had from the provider now
    whatsapp.passes()
    whatsapp.hub.until(lambda: _missing(whatsapp, "Fern File"))
    row = whatsapp.hub.named("Fern File")
    inbox.open("Fern File")
    again = absent(inbox).get_by_role("button", name="Try again")
    expect(absent(inbox)).to_contain_text("no longer has this file")
    inbox.page.screenshot(path=pictures / "file-missing.png")
    assert violations(inbox.page) == []
    again.press("Enter")
    expect(absent(inbox)).to_contain_text("no longer has this file")
    expect(again).not_to_have_attribute("aria-busy", "true")
    with whatsapp.server.lock:
        cloud.files.update(kept)
    again.focus()
    again.press("Enter")
    photo = inbox.log.get_by_role("button", name="Photo image.png")
    expect(photo.locator("img")).to_be_visible()
    expect(absent(inbox)).to_have_count(0)
    [file] = [f for m in whatsapp.hub.ws.messages(row.id) for f in m.attachments]
    with replaced(inbox.page, "navigator.clipboard.writeText", "async (text) => (copied = text)"):
        inbox.choose("Copy last action as Python")
        expect(inbox.toast).to_contain_text("Python copied")
    assert inbox.page.evaluate("copied") == f"ws.fetch_again({file.id})"
    expect(inbox.root.locator(".cw-row").filter(has_text="Fern File")).to_contain_text("Look at")


@pytest.mark.slow
def test_a_file_on_its_way_comes_by_itself_also_far_up(
    inbox: Inbox, whatsapp: Number, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    walt = Customer("4915112340002", "Walt Wait")
    fetching = whatsapp.hub.services.fetching
    monkeypatch.setattr(fetching, "fetch_due", lambda: 0)  # the provider is slow
    with whatsapp.server.lock:
        whatsapp.cloud.sends_file(walt, "image", "image/png", PNG)
    whatsapp.passes()
    whatsapp.writes(walt, *(f"Line {n}" for n in range(70)))
    whatsapp.hub.ws.mark_read(whatsapp.hub.named("Walt Wait").id)
    inbox.open("Walt Wait")
    inbox.log.evaluate("log => { log.scrollTop = 0 }")
    inbox.message("Line 0").scroll_into_view_if_needed()
    expect(absent(inbox)).to_contain_text("On its way")
    absent(inbox).scroll_into_view_if_needed()
    inbox.page.screenshot(path=pictures / "file-awaited.png")
    assert violations(inbox.page) == []
    monkeypatch.undo()
    fetching.worker.wake()
    expect(inbox.log.get_by_role("button", name="Photo image.png")).to_be_visible()


def _missing(whatsapp: Number, name: str) -> bool:
    messages = whatsapp.hub.ws.messages(whatsapp.hub.named(name).id)
    return any(file.missing for message in messages for file in message.attachments)


# --- an answer that quotes ------------------------------------------------------------------------


def quoted(inbox: Inbox) -> Locator:
    return inbox.root.get_by_role("group", name="Replying to")


def test_an_answer_quotes_a_message(inbox: Inbox, whatsapp: Number, pictures: Path) -> None:
    quinn = Customer("4915112340003", "Quinn Quote")
    row = whatsapp.writes(quinn, "Do you have it in blue?", "And in which sizes?")
    start(inbox, "Quinn Quote")
    inbox.message("in blue").hover()
    inbox.message("in blue").get_by_role("button", name="Message options").click()
    inbox.page.screenshot(path=pictures / "message-menu.png")
    inbox.log.get_by_role("menuitem", name="Reply").click()
    expect(quoted(inbox)).to_contain_text("Quinn Quote")
    expect(quoted(inbox)).to_contain_text("Do you have it in blue?")
    expect(inbox.field).to_be_focused()
    inbox.field.fill("Yes, we do")
    inbox.page.screenshot(path=pictures / "quoting.png")
    assert violations(inbox.page) == []
    inbox.field.press("Enter")
    shown = inbox.message("Yes, we do").get_by_role("button", name="Quotes Quinn Quote")
    expect(shown).to_contain_text("in blue")
    expect(quoted(inbox)).to_be_hidden()
    whatsapp.hub.until(lambda: len(whatsapp.cloud.sent) > 0)
    [sent] = whatsapp.cloud.sent.values()
    [first, *_] = whatsapp.hub.ws.messages(row.id)
    assert first.text == "Do you have it in blue?"
    with whatsapp.server.lock:
        whatsapp.cloud.writes(quinn, "Lovely", context={"id": sent.id, "from": sent.to})
    whatsapp.passes()
    answer = inbox.message("Lovely").get_by_role("button", name="Quotes You: Yes, we do")
    answer.press("Enter")
    expect(inbox.log.locator(".cw-lit")).to_contain_text("Yes, we do")
    inbox.page.screenshot(path=pictures / "quoted.png")
    assert violations(inbox.page) == []


@pytest.mark.slow
def test_by_keyboard_and_taken_off_again(inbox: Inbox, whatsapp: Number) -> None:
    kay = Customer("4915112340004", "Kay Key")
    whatsapp.writes(kay, "First", "Second", "Third")
    start(inbox, "Kay Key")
    keys = inbox.page.keyboard
    inbox.log.focus()
    keys.press("q")
    expect(quoted(inbox)).to_contain_text("Third")
    expect(inbox.field).to_be_focused()
    inbox.root.get_by_role("button", name="Don't quote it").click()
    expect(quoted(inbox)).to_be_hidden()
    inbox.log.focus()
    keys.press("Tab")
    keys.press("ArrowUp")
    expect(inbox.message("Second")).to_be_focused()
    keys.press("q")
    expect(quoted(inbox)).to_contain_text("Second")
    inbox.field.fill("About the second")
    expect_saved(inbox)
    again = Inbox.run(inbox.page)
    start(again, "Kay Key")
    expect(again.field).to_have_value("About the second")
    expect(quoted(again)).to_contain_text("Second")
    again.field.fill("")
    again.root.get_by_role("button", name="Don't quote it").click()


@pytest.mark.slow
def test_one_s_own_message_is_one_s_own_whenever_it_is_quoted(
    inbox: Inbox, whatsapp: Number
) -> None:
    """The draft of a conversation one comes back to is drawn before its state is there."""
    whatsapp.writes(Customer("4915112340007", "Otto Own"), "Well?")
    whatsapp.writes(Customer("4915112340008", "Ella Else"), "Hello")
    start(inbox, "Otto Own")
    inbox.send("Soon")
    has = re.compile("^(Sent|Delivered)$")
    expect(inbox.message("Soon").get_by_role("img", name=has)).to_be_visible()
    reply(inbox, "Soon")
    expect(quoted(inbox)).to_contain_text("You")
    inbox.field.fill("As I said")
    expect_saved(inbox)
    start(inbox, "Ella Else")
    start(inbox, "Otto Own")
    expect(quoted(inbox)).to_contain_text("You")
    inbox.field.fill("")
    inbox.root.get_by_role("button", name="Don't quote it").click()


def reply(inbox: Inbox, text: str) -> None:
    inbox.message(text).get_by_role("button", name="Message options").press("Enter")
    inbox.log.get_by_role("menuitem", name="Reply").press("Enter")


@pytest.mark.slow
def test_a_reply_takes_the_place_of_what_stands_there(inbox: Inbox, whatsapp: Number) -> None:
    """Of the templates; a recording is to be ended first."""
    whatsapp.writes(Customer("4915112340009", "Rhea Reply"), "In blue?")
    start(inbox, "Rhea Reply")
    pane = inbox.root.get_by_role("group", name="Template")
    tool(inbox, "Attach").click()
    inbox.root.get_by_role("menuitem", name="Template").click()
    expect(pane).to_be_visible()
    reply(inbox, "In blue?")
    expect(pane).to_have_count(0)
    expect(quoted(inbox)).to_contain_text("In blue?")
    expect(inbox.field).to_be_focused()
    inbox.root.get_by_role("button", name="Don't quote it").click()
    tool(inbox, "Record a voice message").click()
    expect(inbox.root.get_by_role("timer")).to_be_visible()
    reply(inbox, "In blue?")
    expect(inbox.toast).to_have_text("Finish or cancel the recording first")
    tool(inbox, "Cancel recording").click()
    expect(quoted(inbox)).to_be_hidden()


# --- reactions ------------------------------------------------------------------------------------


def reaction(inbox: Inbox, text: str) -> Locator:
    return inbox.message(text).get_by_role("group", name="Reactions")


def test_reacting_and_taking_it_back(inbox: Inbox, whatsapp: Number, pictures: Path) -> None:
    rita = Customer("4915112340005", "Rita React")
    row = whatsapp.writes(rita, "Thank you so much")
    [message] = whatsapp.hub.ws.messages(row.id)
    start(inbox, "Rita React")
    inbox.message("Thank you").focus()
    inbox.page.keyboard.press("Enter")
    inbox.log.get_by_role("menuitem", name="React").click()
    search = inbox.root.get_by_label("Search emoji")
    search.fill("heavy black heart")
    expect(inbox.root.get_by_role("gridcell").first).to_have_text("❤️")
    inbox.page.screenshot(path=pictures / "reacting.png")
    search.press("Enter")
    ours = reaction(inbox, "Thank you").get_by_role("button")
    expect(ours).to_contain_text("❤️")
    expect(ours).to_have_attribute("data-status", "sent")
    assert list(whatsapp.cloud.reactions.values()) == ["❤️"]
    [(provider_id, _)] = whatsapp.cloud.reactions.items()
    with whatsapp.server.lock:
        said = {"type": "reaction", "reaction": {"message_id": provider_id, "emoji": "🎉"}}
        whatsapp.cloud.writes(rita, **said)
    whatsapp.passes()
    expect(reaction(inbox, "Thank you").get_by_role("img")).to_have_text("🎉")
    inbox.page.screenshot(path=pictures / "reactions.png")
    assert violations(inbox.page) == []
    assert whatsapp.hub.ws.conversation(row.id).status is Status.PENDING
    ours.click()
    expect(ours).to_have_count(0)
    whatsapp.hub.until(lambda: whatsapp.cloud.reactions[provider_id] == "")
    with whatsapp.server.lock:
        whatsapp.cloud.refuse[rita.wa_id] = 131047
    whatsapp.hub.ws.react(message, "👍")
    whatsapp.hub.until(lambda: whatsapp.cloud.reactions[provider_id] == "👍")
    whatsapp.passes(timedelta(seconds=3))
    expect(inbox.message("Thank you")).to_contain_text("The reaction 👍 failed: A template message")
    inbox.page.screenshot(path=pictures / "reaction-failed.png")
    assert violations(inbox.page) == []


# --- what the customer sees of us -----------------------------------------------------------------


@pytest.mark.slow
def test_reading_and_typing_are_told(inbox: Inbox, whatsapp: Number) -> None:
    tess = Customer("4915112340006", "Tess Typing")
    row = whatsapp.writes(tess, "One", "Two")
    [_, two] = [message.id for message in whatsapp.hub.ws.messages(row.id)]
    whatsapp.cloud.seen.clear()
    start(inbox, "Tess Typing")
    whatsapp.hub.until(lambda: whatsapp.hub.ws.conversation(row.id).unread == 0)
    inbox.field.press_sequentially("I look it up")
    expect(inbox.field).to_have_value("I look it up")
    named = "SELECT provider_id FROM messages WHERE id = $1"
    with whatsapp.hub.services.store.read() as db:
        [[provider_id]] = db.execute(named, [two])
    # Nothing on the page tells it: it is what the customer sees.
    assert whatsapp.server.wait_for(lambda: len(whatsapp.cloud.seen) > 1)
    assert whatsapp.cloud.seen == [(provider_id, False), (provider_id, True)]
    inbox.field.fill("")
