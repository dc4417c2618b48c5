"""Writing in the inbox: emoji, drafts, canned replies, notes, Undo."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.composing import (
    attach,
    expect_saved,
    start,
    take_back,
    tiles,
    tool,
    undo,
    wait_for,
)
from tests.browser.lab import SAVE, Inbox, Lab, inbox_of
from tests.browser.stage import Stage
from workspace import connect
from workspace.client import Workspace
from workspace.models import Actor, ActorKind, Direction
from workspace.testing.hub import kill_hub, not_to_be_started, running_hub


@pytest.fixture
def ana(hub: Stage) -> Iterator[Workspace]:
    with connect(hub.ws.info().folder, actor=Actor(ActorKind.OPERATOR, "Ana")) as ana:
        yield ana


@pytest.mark.slow
def test_emoji_by_keyboard_alone(inbox: Inbox, hub: Stage) -> None:
    hub.writes("Emil Emoji", "Hello")
    start(inbox, "Emil Emoji")
    keys = inbox.page.keyboard
    inbox.field.fill("Hello  there")
    for _ in range(6):
        inbox.field.press("ArrowLeft")
    tool(inbox, "Emoji").press("Enter")
    search = inbox.root.get_by_label("Search emoji")
    expect(search).to_be_focused()
    inbox.root.get_by_role("radio", name="Medium skin tone", exact=True).click()
    search.fill("waving hand")
    expect(inbox.root.get_by_role("gridcell")).to_have_count(1)
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(inbox.field).to_have_value("Hello 👋🏽 there")
    expect(inbox.field).to_be_focused()
    tool(inbox, "Emoji").press("Enter")
    recent = inbox.root.get_by_role("rowgroup", name="Recently used").get_by_role("gridcell")
    expect(recent).to_have_text(["👋🏽"])
    search.fill("there is none")
    expect(inbox.root.get_by_text("No emoji of this name")).to_be_visible()
    assert violations(inbox.page) == []
    keys.press("Escape")
    expect(inbox.field).to_be_focused()


@pytest.mark.slow
def test_one_may_be_faster_than_the_emoji(inbox: Inbox, hub: Stage) -> None:
    hub.writes("Erna Early", "Hello")
    start(inbox, "Erna Early")
    # In one go, so that nothing can have come from the kernel in between.
    inbox.root.evaluate("""root => {
      root.querySelector('[aria-label="Emoji"]').click();
      root.querySelector('.cw-emoji [data-tone="4"]').click();
      const search = root.querySelector(".cw-emoji-search");
      search.value = "waving hand";
      search.dispatchEvent(new Event("input"));
    }""")
    expect(inbox.root.get_by_role("gridcell")).to_have_text(["👋🏾"])
    inbox.root.get_by_label("Search emoji").press("Escape")


# --- drafts, canned replies, notes ----------------------------------------------------------------


@pytest.mark.slow
def test_a_draft_outlives_its_kernel(lab: Lab, hub: Stage) -> None:
    hub.writes("Dina Draft", "A question")
    hub.writes("Otto Else", "Another one")
    path = lab.notebook("drafts")
    with lab.run(path) as inbox:
        inbox.open("Dina Draft")
        inbox.field.fill("I began to wri")
        inbox.open("Otto Else")
        expect(inbox.field).to_have_value("")
        inbox.open("Dina Draft")
        expect(inbox.field).to_have_value("I began to wri")
        expect_saved(inbox)
    with lab.run(path) as inbox:
        inbox.open("Dina Draft")
        expect(inbox.field).to_have_value("I began to wri")
        inbox.send("I began to write")
        expect(inbox.field).to_have_value("")


@pytest.mark.slow
def test_pictures_of_a_draft_are_shown_again(lab: Lab, hub: Stage, photo: Path) -> None:
    hub.writes("Thea Thumb", "Show me", channel="WhatsApp")
    path = lab.notebook("thumbs")
    with lab.run(path) as inbox:
        start(inbox, "Thea Thumb")
        attach(inbox, "Photo", photo)
        expect(tiles(inbox)).to_have_count(1)
        expect(inbox.field).to_be_focused()
        expect(inbox.root.get_by_role("progressbar")).to_be_hidden()
        expect_saved(inbox)
    with lab.run(path) as inbox:
        start(inbox, "Thea Thumb")
        expect(tiles(inbox)).to_contain_text("mug.png")
        picture = tiles(inbox).locator("img")
        expect(picture).to_be_visible()
        assert (
            picture.evaluate("async (img) => { await img.decode(); return img.naturalWidth }")
            == 640
        )
        tool(inbox, "Remove mug.png").click()
        expect(tiles(inbox)).to_have_count(0)


@pytest.mark.slow
def test_what_is_written_while_the_hub_is_away_is_kept(lab: Lab, tmp_path: Path) -> None:
    with running_hub(tmp_path / "away") as ws:
        ws.load_demo(size=5, seed=3)
        folder = Path(ws.info().folder)
        row = next(row for row in ws.conversations() if row.channel_kind == "mail")
        before = len(ws.messages(row.id))
        with lab.run(lab.blank("away", inbox_of(str(folder)))) as inbox:
            start(inbox, row.contact_name)
            inbox.page.evaluate(SAVE)
            inbox.field.fill("Half")
            with not_to_be_started(folder):
                kill_hub(folder)
                expect(inbox.root.get_by_text("Reconnecting")).to_be_visible()
                inbox.field.fill("Half a thought")
                expect(inbox.root.get_by_text("Draft not saved yet")).to_be_visible()
                inbox.field.press("Enter")
                expect(inbox.root.get_by_role("alert")).to_contain_text("Nothing was sent")
                expect(inbox.field).to_have_value("Half a thought")
                inbox.page.reload()
                expect(inbox.field).to_have_value("Half a thought", timeout=30_000)
                expect(inbox.root.get_by_text("Draft not saved yet")).to_be_visible()
                inbox.field.press("Enter")
                expect(inbox.root.get_by_role("alert")).to_contain_text("Nothing was sent")
            expect(inbox.root.get_by_text("Reconnecting")).to_be_hidden(timeout=30_000)
            expect_saved(inbox)
            expect(inbox.field).to_have_value("Half a thought")
            draft = ws.draft(row.id)
            assert draft
            assert draft.text == "Half a thought"
            expect(inbox.root.get_by_role("alert")).to_be_hidden()
            inbox.field.press("Enter")
            expect(inbox.message("Half a thought")).to_be_visible()
            expect(inbox.field).to_have_value("")
        mine = [m for m in ws.messages(row.id) if m.text == "Half a thought"]
        assert len(mine) == 1
        assert len(ws.messages(row.id)) >= before + 1


def test_canned_replies(inbox: Inbox, hub: Stage) -> None:
    hub.ws.save_canned_reply("hello", "Hello {{first_name}}, thank you.")
    hub.ws.save_canned_reply("refund", "Your refund is on its way.")
    hub.writes("Cara Canned", "Hi")
    start(inbox, "Cara Canned")
    options = inbox.root.get_by_role("listbox", name="Canned replies").get_by_role("option")
    inbox.field.press_sequentially("3/4 /")
    expect(options).to_have_count(2)
    inbox.field.press("Escape")
    expect(options.first).to_be_hidden()
    inbox.field.fill("")
    inbox.field.press_sequentially("/he")
    expect(options).to_have_count(1)
    inbox.field.press("Enter")
    expect(inbox.field).to_have_value("Hello Cara, thank you.")

    tool(inbox, "Canned replies").click()
    tool(inbox, "Manage").click()
    dialog = inbox.root.get_by_role("dialog", name="Canned replies")
    expect(dialog.get_by_label("Text")).to_have_value("Hello Cara, thank you.")
    dialog.get_by_label("Shortcut").fill("thanks")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("listitem")).to_have_count(3)
    dialog.get_by_role("button", name="Delete refund").click()
    expect(dialog.get_by_role("listitem")).to_have_count(2)
    expect(dialog.get_by_role("button", name="Undo")).to_be_focused()
    dialog.get_by_role("button", name="Undo").click()
    expect(dialog.get_by_role("listitem")).to_have_count(3)
    expect(dialog.get_by_text("is deleted")).to_have_count(0)
    [kept] = [r for r in hub.ws.canned_replies() if r.shortcut == "refund"]
    assert kept.text == "Your refund is on its way."
    dialog.get_by_role("button", name="Delete refund").click()
    expect(dialog.get_by_role("listitem")).to_have_count(2)
    inbox.page.keyboard.press("Escape")
    expect(inbox.field).to_be_focused()
    assert [r.shortcut for r in hub.ws.canned_replies()] == ["hello", "thanks"]


def test_a_note_is_never_sent(inbox: Inbox, hub: Stage) -> None:
    hub.writes("Nadia Note", "Hello")
    start(inbox, "Nadia Note")
    box = inbox.root.locator(".cw-composer-box")
    reply = box.evaluate(COLOUR)
    inbox.log.press("m")
    field = inbox.root.get_by_label("Note text")
    expect(field).to_be_focused()
    expect(tool(inbox, "Add note")).to_be_visible()
    expect(box).not_to_have_css("background-color", reply)
    field.fill("She is a friend of the owner")
    field.press("Enter")
    note_bubble = inbox.message("a friend of the owner").locator(".cw-bubble")
    expect(box).to_have_css("background-color", note_bubble.evaluate(COLOUR))
    inbox.root.get_by_role("switch", name="Note").click()
    expect(box).to_have_css("background-color", reply)
    [note] = [m for m in hub.ws.messages(hub.named("Nadia Note").id) if m.text.startswith("She")]
    assert note.direction is Direction.NOTE


COLOUR = "node => getComputedStyle(node).backgroundColor"


# --- Undo, and who was faster ---------------------------------------------------------------------


@pytest.mark.usefixtures("held")
@pytest.mark.slow
def test_undo_brings_text_and_files_back(inbox: Inbox, hub: Stage, photo: Path) -> None:
    hub.writes("Ute Undo", "Well?", channel="WhatsApp")
    start(inbox, "Ute Undo")
    inbox.send("First")
    attach(inbox, "Photo", photo)
    expect(tiles(inbox)).to_have_count(1)
    inbox.send("Second")
    expect(inbox.message("Second")).to_be_visible()
    undo(inbox).click()
    expect(inbox.field).to_have_value("Second")
    expect(tiles(inbox)).to_have_count(1)
    expect(inbox.message("Second")).to_have_count(0)
    undo(inbox).click()
    expect(inbox.field).to_have_value("First\nSecond")
    expect(inbox.messages).to_have_count(1)
    inbox.field.press("Enter")
    [sent] = wait_for(hub, "Ute Undo", 1)
    assert (sent.text, len(sent.attachments)) == ("First\nSecond", 1)


@pytest.mark.slow
@pytest.mark.usefixtures("held")
def test_undo_under_the_message_brings_all_of_it_back(
    inbox: Inbox, hub: Stage, photo: Path, tmp_path: Path
) -> None:
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(b"%PDF-1.4")
    hub.writes("Uwe Under", "Well?", channel="Mail", subject="Well?")
    start(inbox, "Uwe Under")
    attach(inbox, "File", photo, paper)
    expect(tiles(inbox)).to_have_count(2)
    inbox.send("Both of them")
    expect(tiles(inbox)).to_have_count(0)
    take_back(inbox, "Both of them")
    expect(inbox.field).to_have_value("Both of them")
    expect(tiles(inbox)).to_have_count(2)
    expect(tiles(inbox).locator("img")).to_be_visible()
    expect(undo(inbox)).to_have_count(0)
    expect(inbox.message("Both of them")).to_have_count(0)
    inbox.field.press("Enter")
    [sent] = wait_for(hub, "Uwe Under", 1)
    assert [hub.ws.attachment(file.id) for file in sent.attachments] == [
        photo.read_bytes(),
        paper.read_bytes(),
    ]


@pytest.mark.slow
def test_somebody_else_was_faster(inbox: Inbox, hub: Stage, ana: Workspace) -> None:
    faster = hub.writes("Fritz Fast", "Anybody there?")
    start(inbox, "Fritz Fast")
    inbox.field.fill("Yes, I am")
    ana.send(faster.id, "Ana here")
    warning = inbox.root.locator(".cw-composer-warning")
    expect(warning).to_contain_text("Ana replied while you were writing")
    inbox.field.press("Enter")
    expect(inbox.field).to_have_value("Yes, I am")
    warning.get_by_role("button", name="Review").click()
    expect(warning).to_be_hidden()
    ana.send(faster.id, "Ana again")
    expect(warning).to_be_visible()
    warning.get_by_role("button", name="Send anyway").click()
    expect(inbox.field).to_have_value("")
    sent = wait_for(hub, "Fritz Fast", 3)
    assert [m.text for m in sent] == ["Ana here", "Ana again", "Yes, I am"]


# --- what the channel allows ----------------------------------------------------------------------


@pytest.mark.slow
def test_near_the_limit_it_is_counted(inbox: Inbox, hub: Stage) -> None:
    hub.writes("Lena Limit", "Tell me", channel="Telegram")
    start(inbox, "Lena Limit")
    inbox.field.fill("x" * 4090)
    expect(inbox.root.get_by_label("6 left")).to_be_visible()
    inbox.field.fill("x" * 4095 + "😀")  # two units of UTF-16
    expect(inbox.root.get_by_label("1 over the limit")).to_be_visible()
    expect(inbox.root.get_by_role("alert")).to_contain_text("Shorten it")


def test_a_closed_window_takes_a_template(inbox: Inbox, hub: Stage) -> None:
    hub.channel("Brief", plays="whatsapp", window_hours=2 / 3600)
    hub.writes("Wanda Window", "Quick!", channel="Brief")
    inbox.open("Wanda Window")
    expect(inbox.root.get_by_text("A template message is required outside the")).to_be_visible()
    expect(inbox.field).to_be_hidden()
    tool(inbox, "Choose a template").click()
    pane = inbox.root.get_by_role("group", name="Template")
    pane.get_by_role("listbox").get_by_role("option").first.click()
    for value in pane.get_by_role("textbox").all():
        value.fill("Wanda")
    pane.get_by_role("button", name="Send template").click()
    [sent] = wait_for(hub, "Wanda Window", 1)
    assert sent.template


@pytest.mark.slow
def test_what_was_previewed_is_what_is_sent(
    inbox: Inbox, hub: Stage, ana: Workspace, pictures: Path
) -> None:
    """Somebody else changes a template, then deletes it, while it is filled in."""
    ana.save_template("Thanks", "en", "Thank you, {{name}}!", {"name": "Ada"})
    hub.writes("Theo Thanks", "Well?", channel="Mail", subject="Well?")
    start(inbox, "Theo Thanks")
    tool(inbox, "Attach").click()
    inbox.root.get_by_role("menuitem", name="Template").click()
    pane = inbox.root.get_by_role("group", name="Template")
    pane.get_by_role("option").filter(has_text="Thanks").click()
    name, preview = pane.get_by_label(re.compile("^Name")), pane.locator(".cw-template-bubble")
    name.fill("Theo")
    expect(preview).to_have_text("Thank you, Theo!")
    send = pane.get_by_role("button", name="Send template")
    expect(send).to_be_enabled()
    ana.save_template("Thanks", "en", "No, {{name}}, for {{why}} alone.", {"why": "that"})
    expect(pane.get_by_role("alert").first).to_contain_text("This template was changed")
    expect(preview).to_have_text("No, Theo, for that alone.")
    expect(send).to_be_disabled()
    expect(name).to_have_value("Theo")
    expect(name).to_be_focused()
    inbox.page.screenshot(path=pictures / "template-changed.png")
    assert violations(inbox.page) == []
    pane.get_by_label(re.compile("^Why")).fill("the vase")
    expect(send).to_be_enabled()
    ana.delete_template("Thanks", "en")
    expect(pane.get_by_role("status")).to_contain_text("There is no template 'Thanks'")
    expect(send).to_be_disabled()
    inbox.page.screenshot(path=pictures / "template-deleted.png")
    assert violations(inbox.page) == []
    tool(inbox, "Close templates").click()


@pytest.mark.slow
def test_a_reply_that_is_too_late_leads_to_what_is_left(inbox: Inbox, hub: Stage) -> None:
    hub.channel("Brief", plays="whatsapp", window_hours=2 / 3600)
    hub.writes("Tina Too Late", "Quick!", channel="Brief")
    inbox.open("Tina Too Late")
    choose = tool(inbox, "Choose a template")
    choose.click()
    pane = inbox.root.get_by_role("group", name="Template")
    expect(pane).to_be_visible()
    inbox.message("Quick!").get_by_role("button", name="Message options").press("Enter")
    inbox.log.get_by_role("menuitem", name="Reply").press("Enter")
    expect(pane).to_have_count(0)
    expect(choose).to_be_focused()


def test_a_blocked_contact_is_not_written_to(inbox: Inbox, hub: Stage) -> None:
    row = hub.writes("Bodo Blocked", "Hello", channel="WhatsApp")
    start(inbox, "Bodo Blocked")
    inbox.field.fill("I began to wri")
    hub.ws.update_contact(row.contact_id, blocked=True)
    words = inbox.root.get_by_text("This contact is blocked; unblock the contact to write.")
    expect(words).to_be_visible()
    expect(inbox.field).to_be_hidden()
    expect(tool(inbox, "Choose a template")).to_have_count(0)
    tool(inbox, "Add note").click()
    expect(inbox.root.get_by_label("Note text")).to_be_focused()
    inbox.root.get_by_role("switch", name="Note").click()
    hub.ws.update_contact(row.contact_id, blocked=False)
    expect(words).to_be_hidden()
    expect(inbox.field).to_have_value("I began to wri")
    inbox.field.fill("")


@pytest.mark.slow
def test_a_channel_that_is_gone_takes_notes_alone(inbox: Inbox, hub: Stage) -> None:
    hub.writes("Gesa Gone", "Hello", channel="Leaving")
    start(inbox, "Gesa Gone")
    hub.ws.remove_channel(hub.channels.pop("Leaving"))
    expect(inbox.root.get_by_text("is no longer connected; connect it again")).to_be_visible()
    expect(inbox.field).to_be_hidden()
    tool(inbox, "Add note").click()
    inbox.root.get_by_label("Note text").fill("Write to her by mail")
    inbox.root.get_by_label("Note text").press("Enter")
    expect(inbox.message("Write to her by mail")).to_be_visible()
    expect(inbox.root.get_by_label("Note text")).to_have_value("")
