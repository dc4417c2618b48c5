"""What is written reaches whom it was written to, as what it was meant, and once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.composing import (
    attach,
    expect_saved,
    late,
    ours,
    start,
    take_back,
    tiles,
    tool,
    undo,
    wait_for,
)
from tests.browser.lab import RUN_ALL, Inbox, Lab
from tests.browser.stage import Stage
from workspace import connect
from workspace.client import Workspace
from workspace.errors import StoreRefused, StoreUnavailable
from workspace.models import Actor, ActorKind, Address, AddressKind, Conversation

EXECUTE = """code => jupyterapp.shell.currentWidget.context.sessionContext.session.kernel
  .requestExecute({ code }).done"""

FULL = "The disk is full."
SETUP = """import workspace
from widgets import Inbox
ws = workspace.connect()
"""


def two_threads(hub: Stage, name: str) -> tuple[Conversation, Conversation]:
    """Of one customer."""
    customer = Address(AddressKind.EMAIL, f"{name.split()[0].lower()}@example.org")

    def found() -> list[Conversation]:
        return sorted((row for row in hub.rows() if row.contact_name == name), key=lambda r: r.id)

    for n, subject in enumerate(("First order", "Second order"), start=1):
        hub.channel("Mail", plays="mail").customer_writes(
            customer, f"About the {subject.lower()}", name, subject=subject
        )
        hub.until(lambda n=n: len(found()) == n)  # type: ignore[misc]
    first, second = found()
    return first, second


# --- the conversation that is shown ---------------------------------------------------------------


@pytest.mark.slow
def test_a_reply_goes_to_what_the_card_has_opened(inbox: Inbox, hub: Stage) -> None:
    first, second = two_threads(hub, "Clara Card")
    inbox.row("Clara Card").filter(has_text="Second order").click()
    card = inbox.root.get_by_role("complementary", name="Contact")
    card.get_by_role("listitem").filter(has_text="First order").get_by_role("button").click()
    expect(inbox.messages).to_contain_text("About the first order")
    inbox.send("About your first")
    hub.until(lambda: any(m.text == "About your first" for m in hub.ws.messages(first.id)))
    assert [m.text for m in hub.ws.messages(second.id)] == ["About the second order"]


def test_a_reply_goes_to_what_python_has_opened(inbox: Inbox, hub: Stage) -> None:
    pia = hub.writes("Pia Python", "By a cell")
    hub.writes("Lia List", "By the list")
    start(inbox, "Lia List")
    inbox.row("Pia Python").click()
    expect(inbox.heading).to_have_text("Pia Python")
    inbox.row("Lia List").click()
    expect(inbox.heading).to_have_text("Lia List")
    inbox.page.evaluate(EXECUTE, f"inbox.conversation_id = '{pia.id}'")
    expect(inbox.heading).to_have_text("Pia Python")
    inbox.send("To Pia")
    wait_for(hub, "Pia Python", 1)
    assert ours(hub, "Lia List") == []


# --- a note is no reply ---------------------------------------------------------------------------


@pytest.fixture
def note(inbox: Inbox) -> Locator:
    return inbox.root.get_by_label("Note text")


@pytest.fixture
def toast(inbox: Inbox) -> Locator:
    return inbox.root.locator(".cw-toast")


@pytest.mark.usefixtures("held")
@pytest.mark.slow
def test_undo_of_a_reply_leaves_the_note_a_note(
    inbox: Inbox, note: Locator, toast: Locator, hub: Stage
) -> None:
    hub.writes("Ulla Undo", "Well?")
    start(inbox, "Ulla Undo")
    inbox.send("Dear Ulla")
    expect(inbox.message("Dear Ulla")).to_be_visible()
    inbox.log.press("m")
    note.fill("Suspected fraud")
    undo(inbox).click()
    expect(toast).to_contain_text("The reply is back")
    expect(note).to_have_value("Suspected fraud")
    toast.get_by_role("button", name="Show reply").click()
    expect(inbox.field).to_have_value("Dear Ulla")
    expect(inbox.field).to_be_focused()
    inbox.log.press("m")
    expect(note).to_have_value("Suspected fraud")
    note.press("Enter")
    expect(inbox.message("Suspected fraud")).to_be_visible()
    inbox.log.press("r")
    inbox.field.press("Enter")
    assert [m.text for m in wait_for(hub, "Ulla Undo", 1)] == ["Dear Ulla"]


@pytest.mark.slow
def test_a_note_that_fails_stays_a_note(
    inbox: Inbox, note: Locator, hub: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.writes("Nele Note", "Hello")
    start(inbox, "Nele Note")
    reached, refuse = late(
        monkeypatch, hub.services.notes, "add", StoreRefused("The disk is full.")
    )
    inbox.log.press("m")
    note.fill("Suspected fraud")
    note.press("Enter")
    expect(note).to_have_value("")
    inbox.log.press("r")
    inbox.field.fill("Dear Nele")
    assert reached.wait(20)
    refuse.set()
    expect(inbox.root.get_by_role("alert")).to_contain_text("Note not added")
    expect(inbox.field).to_have_value("Dear Nele")
    inbox.field.press("Enter")
    assert [m.text for m in wait_for(hub, "Nele Note", 1)] == ["Dear Nele"]
    inbox.log.press("m")
    expect(note).to_have_value("Suspected fraud")
    note.fill("")


@pytest.mark.slow
def test_a_note_is_left_half_written(inbox: Inbox, note: Locator, hub: Stage) -> None:
    hub.writes("Hedi Half", "Hello")
    start(inbox, "Hedi Half")
    inbox.log.press("m")
    note.fill("Suspected fraud")
    note.press("Escape")
    inbox.page.keyboard.press("r")
    expect(inbox.field).to_be_focused()
    expect(inbox.field).to_have_value("")
    inbox.send("Dear Hedi")
    assert [m.text for m in wait_for(hub, "Hedi Half", 1)] == ["Dear Hedi"]
    inbox.log.press("m")
    expect(note).to_have_value("Suspected fraud")
    expect_saved(inbox)
    again = Inbox.run(inbox.page)
    again.open("Hedi Half")
    expect(note).to_have_value("Suspected fraud")
    note.fill("")


@pytest.mark.slow
def test_a_reply_that_waits_for_its_files_stays_one(
    inbox: Inbox, note: Locator, hub: Stage, tmp_path: Path
) -> None:
    hub.writes("Willi Wait", "The film, please", channel="WhatsApp")
    start(inbox, "Willi Wait")
    path = tmp_path / "film.bin"
    path.write_bytes(bytes(40_000_000))
    attach(inbox, "File", path)
    expect(tiles(inbox)).to_have_count(1)
    inbox.send("Here it is")
    waits = inbox.root.get_by_text("Sends as soon as the files have arrived")
    expect(waits).to_be_visible()
    inbox.log.press("m")
    expect(note).to_have_value("")
    note.fill("It was a large one")
    note.press("Enter")
    expect(inbox.message("It was a large one")).to_be_visible()
    [sent] = wait_for(hub, "Willi Wait", 1)
    assert (sent.text, len(sent.attachments)) == ("Here it is", 1)


# --- who has gone on is told ----------------------------------------------------------------------


@pytest.fixture
def ana(hub: Stage) -> Iterator[Workspace]:
    with connect(hub.ws.info().folder, actor=Actor(ActorKind.OPERATOR, "Ana")) as ana:
        yield ana


def test_a_send_that_fails_later_is_told(
    inbox: Inbox, toast: Locator, hub: Stage, ana: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    faster = hub.writes("Fiete Failed", "Anybody there?")
    hub.writes("Next One", "Me too")
    start(inbox, "Fiete Failed")
    reached, go_on = late(monkeypatch, hub.services.replies, "send")
    inbox.send("Yes, I am")
    assert reached.wait(20)
    inbox.row("Next One").click()
    ana.send(faster.id, "Ana here")
    go_on.set()
    expect(inbox.heading).to_have_text("Next One")
    expect(toast).to_contain_text("Not sent to Fiete Failed: ")
    expect(inbox.field).to_have_value("")
    toast.get_by_role("button", name="Open").click()
    expect(inbox.heading).to_have_text("Fiete Failed")
    expect(inbox.field).to_have_value("Yes, I am")
    expect(inbox.root.locator(".cw-composer-warning")).to_contain_text("Ana")
    inbox.field.fill("")
    assert [m.text for m in ours(hub, "Fiete Failed")] == ["Ana here"]


@pytest.mark.slow
def test_a_template_answers_for_its_own_conversation(
    inbox: Inbox, toast: Locator, hub: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("Tea Template", "Theo Template"):
        hub.writes(name, "Hello", channel="WhatsApp")
    start(inbox, "Tea Template")
    reached, refuse = late(
        monkeypatch, hub.services.replies, "send", StoreRefused("The disk is full.")
    )
    pane = choose_template(inbox)
    pane.get_by_role("button", name="Send template").click()
    inbox.row("Theo Template").click()
    assert reached.wait(20)
    refuse.set()
    expect(toast).to_contain_text("Not sent to Tea Template: The disk is full.")
    expect(inbox.heading).to_have_text("Theo Template")
    expect(choose_template(inbox)).not_to_contain_text("disk")
    start(inbox, "Tea Template")
    expect(inbox.root.get_by_role("alert")).to_contain_text("The disk is full.")
    assert ours(hub, "Tea Template") == ours(hub, "Theo Template") == []


@pytest.mark.slow
def test_who_sends_a_template_by_keyboard_stays_at_its_button(
    inbox: Inbox, hub: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.writes("Tara Template", "Hello", channel="WhatsApp")
    start(inbox, "Tara Template")
    reached, refuse = late(
        monkeypatch, hub.services.replies, "send", StoreRefused("The disk is full.")
    )
    pane = choose_template(inbox)
    button = pane.get_by_role("button", name="Send template")
    button.press("Enter")
    assert reached.wait(20)
    expect(button).to_be_disabled()
    expect(button).to_be_focused()
    refuse.set()
    expect(pane.get_by_role("status")).to_contain_text("The disk is full.")
    expect(button).to_be_enabled()
    expect(button).to_be_focused()
    assert ours(hub, "Tara Template") == []


def choose_template(inbox: Inbox) -> Locator:
    """One that is filled in."""
    tool(inbox, "Attach").click()
    inbox.root.get_by_role("menuitem", name="Template").click()
    pane = inbox.root.get_by_role("group", name="Template")
    pane.get_by_role("listbox").get_by_role("option").first.click()
    for value in pane.get_by_role("textbox").all():
        value.fill("Something")
    expect(pane.get_by_role("button", name="Send template")).to_be_enabled()
    return pane


# --- once -----------------------------------------------------------------------------------------


@pytest.fixture
def two(lab: Lab, hub: Stage) -> Iterator[tuple[Inbox, Inbox]]:
    """Both of one page."""
    with lab.open(lab.blank("two", f"{SETUP}Inbox(ws)", "Inbox(ws)")) as page:
        page.evaluate(RUN_ALL)
        roots = page.locator(".cw-inbox")
        expect(roots).to_have_count(2)
        yield Inbox(page, roots.nth(0)), Inbox(page, roots.nth(1))


@pytest.mark.slow
def test_what_was_sent_is_not_offered_elsewhere(two: tuple[Inbox, Inbox], hub: Stage) -> None:
    hub.writes("Otto Once", "Hello")
    hub.writes("Somebody Else", "Hello")
    first, second = two
    start(first, "Otto Once")
    first.field.fill("Only once")
    expect_saved(first)
    start(second, "Otto Once")
    expect(second.field).to_have_value("Only once")
    first.field.press("Enter")
    expect(second.message("Only once")).to_be_visible()
    expect(second.field).to_have_value("")

    first.field.fill("And once more")
    expect_saved(first)
    start(second, "Somebody Else")
    start(second, "Otto Once")
    expect(second.field).to_have_value("And once more")
    start(second, "Somebody Else")
    first.field.press("Enter")
    wait_for(hub, "Otto Once", 2)
    hub.until(lambda: hub.ws.draft(hub.named("Otto Once").id) is None)
    start(second, "Otto Once")
    expect(second.message("And once more")).to_be_visible()
    expect(second.field).to_have_value("")
    second.field.press("Enter")
    assert len(ours(hub, "Otto Once")) == 2


@pytest.mark.slow
@pytest.mark.usefixtures("held")
def test_what_is_taken_back_comes_back_once(two: tuple[Inbox, Inbox], hub: Stage) -> None:
    hub.writes("Bella Back", "Hello")
    first, second = two
    start(first, "Bella Back")
    start(second, "Bella Back")
    first.send("Too early")
    take_back(second, "Too early")
    expect(second.field).to_have_value("Too early")
    expect(first.message("Too early")).to_have_count(0)
    expect(first.field).to_have_value("")
    expect(undo(first)).to_have_count(0)


@pytest.mark.slow
@pytest.mark.usefixtures("held")
def test_without_a_composer_it_is_kept_as_a_draft(lab: Lab, hub: Stage) -> None:
    id = hub.writes("Kuno Kept", "Hello").id
    cell = f"{SETUP}Inbox(ws, panels=['list', 'view'], conversation_id='{id}')"
    with lab.open(lab.blank("no-composer", cell, "Inbox(ws)")) as page:
        page.evaluate(RUN_ALL)
        roots = page.locator(".cw-inbox")
        first, second = Inbox(page, roots.nth(0)), Inbox(page, roots.nth(1))
        hub.ws.send(id, "Too early")
        take_back(first, "Too early")
        expect(first.root.locator(".cw-toast")).to_contain_text("kept as your draft")
        start(second, "Kuno Kept")
        expect(second.field).to_have_value("Too early")
        second.field.fill("")


# --- trouble --------------------------------------------------------------------------------------


@pytest.mark.slow
def test_what_could_not_be_read_is_tried_again(
    inbox: Inbox, hub: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.writes("Toni Trouble", "Hello")
    hub.writes("Somebody Else", "Hello")
    start(inbox, "Somebody Else")

    def refuse(*_: object) -> None:
        raise StoreUnavailable("The disk is gone for a moment.")

    monkeypatch.setattr(hub.services.drafts, "get", refuse)
    inbox.open("Toni Trouble")
    alert = inbox.root.locator(".cw-composer").get_by_role("alert")
    expect(alert).to_contain_text("The disk is gone")
    inbox.send("Hello Toni")
    alert.get_by_role("button", name="Try again").click()
    expect(alert).to_contain_text("The disk is gone")
    expect(inbox.field).to_have_value("Hello Toni")
    monkeypatch.undo()
    inbox.field.press("Enter")
    [sent] = wait_for(hub, "Toni Trouble", 1)
    assert sent.text == "Hello Toni"
    expect(alert).to_be_hidden()
