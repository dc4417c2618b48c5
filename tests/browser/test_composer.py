"""Writing in the inbox: files, sound, emoji, drafts, canned replies, notes, Undo."""

import hashlib
import re
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from tests.browser.lab import SAVE, Inbox, Lab
from tests.browser.stage import Stage
from tests.media.recordings import heard
from workspace import connect
from workspace.client import Workspace
from workspace.models import Actor, ActorKind, Direction, Message
from workspace.testing.hub import kill_hub, not_to_be_started, running_hub

MB = 1_000_000
AWAY = """import workspace
from widgets import Inbox
ws = workspace.connect({folder!r})
Inbox(ws)
"""
DROP = """([field, files]) => {
  const data = new DataTransfer();
  for (const [name, type, size] of files) data.items.add(new File([new Uint8Array(size)], name, { type }));
  const event = (name) => new DragEvent(name, { bubbles: true, cancelable: true, dataTransfer: data });
  for (const name of ["dragover", "drop"]) field.dispatchEvent(event(name));
}"""  # noqa: E501
LOSSY = """window.lost = 0;
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (data) {
  const size = data.byteLength ?? data.length;
  if (size > 1_000_000 && window.lost === 0) window.lost = 1;
  else send.call(this, data);
};"""
PASTE = """async ([field, bytes]) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(bytes)], "image.png", { type: "image/png" }));
  field.dispatchEvent(new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData: data }));
}"""  # noqa: E501


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "mug.png"
    Image.new("RGB", (640, 480), "teal").save(path)
    return path


@pytest.fixture
def held(hub: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sends wait for Undo, as they do outside of tests."""
    monkeypatch.setattr(hub.services.replies, "_undo", timedelta(seconds=5))


@pytest.fixture
def ana(hub: Stage) -> Iterator[Workspace]:
    with connect(hub.ws.info().folder, actor=Actor(ActorKind.OPERATOR, "Ana")) as ana:
        yield ana


def start(inbox: Inbox, name: str) -> None:
    """Opens a conversation; the composer knows what there is to answer."""
    inbox.open(name)
    expect(inbox.field).to_have_attribute("placeholder", f"Reply to {name}")


def attach(inbox: Inbox, kind: str, *files: Path) -> None:
    inbox.root.get_by_role("button", name="Attach", exact=True).click()
    with inbox.page.expect_file_chooser() as chooser:
        inbox.root.get_by_role("menuitem", name=kind).click()
    chooser.value.set_files(files)


def tiles(inbox: Inbox) -> Locator:
    return inbox.root.get_by_role("list", name="Attachments").get_by_role("listitem")


def tool(inbox: Inbox, name: str) -> Locator:
    return inbox.root.get_by_role("button", name=name, exact=True)


def undo(inbox: Inbox) -> Locator:
    """In the toast; the message's bubble has one as well."""
    return inbox.root.locator(".cw-toast").get_by_role("button", name="Undo")


def take_back(inbox: Inbox, text: str) -> None:
    """By the Undo under the message."""
    inbox.message(text).get_by_role("button", name="Undo").click()


def expect_saved(inbox: Inbox) -> None:
    """The workspace has the draft: it says so once nobody writes."""
    inbox.log.focus()
    expect(inbox.root.locator(".cw-composer").get_by_text("Draft", exact=True)).to_be_visible()


def ours(hub: Stage, name: str) -> list[Message]:
    """What was sent to a customer, oldest first."""
    messages = hub.ws.messages(hub.named(name).id)
    return [m for m in messages if m.direction is Direction.OUTBOUND]


def wait_for(hub: Stage, name: str, count: int) -> list[Message]:
    hub.until(lambda: len(ours(hub, name)) >= count)
    return ours(hub, name)


# --- files ----------------------------------------------------------------------------------------


def test_a_photo_by_the_menu(inbox: Inbox, hub: Stage, photo: Path) -> None:
    hub.writes("Paul Photo", "Which colour?", channel="WhatsApp")
    start(inbox, "Paul Photo")
    attach(inbox, "Photo", photo)
    expect(tiles(inbox).locator("img")).to_be_visible()
    inbox.send("This one")
    expect(tiles(inbox)).to_have_count(0)
    bubble = inbox.message("This one")
    expect(bubble.get_by_role("img", name="mug.png")).to_be_visible()
    [sent] = wait_for(hub, "Paul Photo", 1)
    assert hub.ws.attachment(sent.attachments[0].id) == photo.read_bytes()


def test_files_by_dropping_go_in_order(inbox: Inbox, hub: Stage) -> None:
    hub.writes("Dora Drop", "Send me all of it", channel="Telegram")
    start(inbox, "Dora Drop")
    files = [["a.pdf", "application/pdf", 900], ["b.txt", "text/plain", 800]]
    inbox.log.evaluate("(log, files) => (" + DROP + ")([log, files])", files)
    expect(tiles(inbox)).to_have_count(2)
    expect(inbox.root.get_by_text("this goes as 2 messages, in this order")).to_be_visible()
    inbox.send("Both")
    sent = wait_for(hub, "Dora Drop", 2)
    assert [(m.text, m.attachments[0].name) for m in sent] == [("Both", "a.pdf"), ("", "b.txt")]


def test_an_image_by_pasting(inbox: Inbox, hub: Stage, photo: Path) -> None:
    hub.writes("Pia Paste", "Show me", channel="WhatsApp")
    start(inbox, "Pia Paste")
    given = list(photo.read_bytes())
    inbox.field.evaluate("(field, bytes) => (" + PASTE + ")([field, bytes])", given)
    expect(tiles(inbox)).to_contain_text("image.png")
    inbox.field.press("Enter")
    [sent] = wait_for(hub, "Pia Paste", 1)
    assert hub.ws.attachment(sent.attachments[0].id) == photo.read_bytes()


def test_what_the_channel_does_not_take_is_not_uploaded(inbox: Inbox, hub: Stage) -> None:
    hub.writes("Rosa Refused", "Send it", channel="WhatsApp")
    start(inbox, "Rosa Refused")
    before = hub.services.files.ids()
    files = [["huge.png", "image/png", 6 * MB], ["song.flac", "audio/flac", 500]]
    inbox.field.evaluate("(field, files) => (" + DROP + ")([field, files])", files)
    problem = inbox.root.get_by_role("alert")
    expect(problem).to_contain_text("'huge.png' is 6.0 MB; WhatsApp takes at most 5.0 MB")
    expect(problem).to_contain_text("WhatsApp does not take 'song.flac'")
    expect(tiles(inbox)).to_have_count(0)
    assert hub.services.files.ids() == before


@pytest.mark.slow
def test_sixty_megabytes_arrive_as_they_were(inbox: Inbox, hub: Stage, tmp_path: Path) -> None:
    hub.writes("Berta Big", "The plans, please", channel="WhatsApp")
    start(inbox, "Berta Big")
    path = tmp_path / "plans.bin"
    path.write_bytes(hashlib.sha256(b"plans").digest() * (60 * MB // 32))
    attach(inbox, "File", path)
    inbox.send("Here they are")
    expect(inbox.root.get_by_text("Sends as soon as the files have arrived")).to_be_visible()
    expect(inbox.message("Here they are")).to_be_visible(timeout=60_000)
    [sent] = wait_for(hub, "Berta Big", 1)
    stored = hub.ws.attachment(sent.attachments[0].id)
    assert hashlib.sha256(stored).digest() == hashlib.sha256(path.read_bytes()).digest()


def test_an_upload_can_be_cancelled(inbox: Inbox, hub: Stage, tmp_path: Path) -> None:
    hub.writes("Carl Cancel", "The file, please", channel="WhatsApp")
    start(inbox, "Carl Cancel")
    path = tmp_path / "wrong.bin"
    path.write_bytes(bytes(40 * MB))
    attach(inbox, "File", path)
    expect(inbox.root.get_by_role("progressbar", name="Upload of wrong.bin")).to_be_visible()
    tool(inbox, "Remove wrong.bin").click()
    expect(tiles(inbox)).to_have_count(0)
    inbox.send("Later")
    [sent] = wait_for(hub, "Carl Cancel", 1)
    assert (sent.text, sent.attachments) == ("Later", ())


@pytest.mark.slow
def test_a_piece_that_is_lost_is_sent_again(lab: Lab, hub: Stage, tmp_path: Path) -> None:
    """The connection drops one message on its way, as it does with those that are too large."""
    hub.writes("Lotte Lost", "The plans, please", channel="WhatsApp")
    path = tmp_path / "plans.bin"
    path.write_bytes(hashlib.sha256(b"lost").digest() * (4 * MB // 32))
    with lab.run(lab.notebook("lossy"), init_script=LOSSY) as inbox:
        start(inbox, "Lotte Lost")
        attach(inbox, "File", path)
        expect(tiles(inbox)).to_have_count(1)
        expect(inbox.root.get_by_role("progressbar")).to_be_hidden(timeout=60_000)
        assert inbox.page.evaluate("lost") == 1
        inbox.send("Here they are")
        [sent] = wait_for(hub, "Lotte Lost", 1)
        assert hub.ws.attachment(sent.attachments[0].id) == path.read_bytes()


# --- sound and emoji ------------------------------------------------------------------------------


def test_a_voice_message_is_ogg_for_whatsapp(
    inbox: Inbox, hub: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stored as it was recorded, sent as the provider takes it, and to be heard in the inbox."""
    hub.writes("Vera Voice", "Call me", channel="WhatsApp")
    provider, took = hub.channel("WhatsApp"), []
    perform = provider.perform
    monkeypatch.setattr(provider, "perform", lambda r: took.append(r.payload) or perform(r))
    start(inbox, "Vera Voice")
    inbox.field.fill("Half a reply")
    tool(inbox, "Record a voice message").click()
    expect(inbox.root.get_by_role("timer")).to_have_text("0:02")
    tool(inbox, "Stop recording").click()
    tool(inbox, "Listen").click()
    tool(inbox, "Send voice message").click()
    expect(inbox.field).to_have_value("Half a reply")
    player = inbox.messages.get_by_role("group", name=re.compile("^Audio voice message"))
    player.get_by_role("button", name="Play").click()
    expect(player.get_by_role("button", name="Pause")).to_be_visible()

    [sent] = wait_for(hub, "Vera Voice", 1)
    hub.until(lambda: bool(took))
    stored, [file] = hub.ws.attachment(sent.attachments[0].id), took[0].files
    assert sent.attachments[0].mime == "audio/webm"
    assert (file.mime, file.data[:4]) == ("audio/ogg", b"OggS")
    assert heard(file.data)[0] == pytest.approx(heard(stored)[0], abs=0.02)
    assert heard(file.data)[0] > 1.5


def test_why_nothing_can_be_recorded_is_said(inbox: Inbox, hub: Stage) -> None:
    hub.writes("Nora Nomic", "Call me", channel="WhatsApp")
    start(inbox, "Nora Nomic")
    fails = """name => { navigator.mediaDevices.getUserMedia = async () => {
      throw new DOMException("", name);
    } }"""
    for name, words in (("NotAllowedError", "allow it"), ("NotFoundError", "No microphone")):
        inbox.page.evaluate(fails, name)
        tool(inbox, "Record a voice message").click()
        expect(inbox.root.get_by_role("alert")).to_contain_text(words)
    inbox.page.evaluate("delete navigator.mediaDevices.getUserMedia")


def test_a_page_that_is_not_secure_says_what_recording_needs(lab: Lab, hub: Stage) -> None:
    hub.writes("Ines Insecure", "Call me", channel="WhatsApp")
    insecure = "delete Navigator.prototype.mediaDevices"
    with lab.run(lab.notebook("insecure"), init_script=insecure) as inbox:
        start(inbox, "Ines Insecure")
        tool(inbox, "Record a voice message").click()
        words = "Recording needs a secure page; open JupyterLab over https or on localhost."
        expect(inbox.root.get_by_role("alert")).to_contain_text(words)
        expect(inbox.field).to_be_visible()


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
    keys.press("Escape")
    expect(inbox.field).to_be_focused()


# --- drafts, canned replies, notes ----------------------------------------------------------------


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
        with lab.run(lab.blank("away", AWAY.format(folder=str(folder)))) as inbox:
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
    inbox.page.keyboard.press("Escape")
    expect(inbox.field).to_be_focused()
    assert [r.shortcut for r in hub.ws.canned_replies()] == ["hello", "thanks"]


def test_a_note_is_never_sent(inbox: Inbox, hub: Stage) -> None:
    hub.writes("Nadia Note", "Hello")
    start(inbox, "Nadia Note")
    inbox.log.press("m")
    field = inbox.root.get_by_label("Note text")
    expect(field).to_be_focused()
    expect(tool(inbox, "Add note")).to_be_visible()
    field.fill("She is a friend of the owner")
    field.press("Enter")
    expect(inbox.message("a friend of the owner")).to_be_visible()
    [note] = [m for m in hub.ws.messages(hub.named("Nadia Note").id) if m.text.startswith("She")]
    assert note.direction is Direction.NOTE


# --- Undo, and who was faster ---------------------------------------------------------------------


@pytest.mark.usefixtures("held")
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


def test_a_template_s_photo_comes_in_pieces(inbox: Inbox, hub: Stage, tmp_path: Path) -> None:
    """More than one websocket message takes, checked first, sent as it was."""
    hub.writes("Hanna Header", "Quick!", channel="WhatsApp")
    start(inbox, "Hanna Header")
    inbox.root.get_by_role("button", name="Attach", exact=True).click()
    inbox.root.get_by_role("menuitem", name="Template").click()
    pane = inbox.root.get_by_role("group", name="Template")
    pane.get_by_label("Search templates").fill("photo_of_your_order en")
    pane.get_by_role("listbox").get_by_role("option").first.click()
    large, picture = tmp_path / "large.png", tmp_path / "pot.png"
    large.write_bytes(bytes(6 * MB))
    picture.write_bytes(noise(1200))
    assert 3 * MB < picture.stat().st_size < 5 * MB
    pick = pane.locator("input[type=file]")
    before = hub.services.files.ids()
    pick.set_input_files(large)
    expect(pane.get_by_role("alert")).to_contain_text("WhatsApp takes at most 5.0 MB")
    assert hub.services.files.ids() == before
    pick.set_input_files(picture)
    expect(pane.get_by_role("alert")).to_be_hidden()
    expect(pane.locator(".cw-tile")).to_contain_text("pot.png")
    expect(pane.get_by_role("img", name="Header photo")).to_be_visible()
    for value in pane.get_by_role("textbox").all():
        value.fill("Hanna")
    pane.get_by_role("button", name="Send template").click()
    [sent] = wait_for(hub, "Hanna Header", 1)
    assert hub.ws.attachment(sent.attachments[0].id) == picture.read_bytes()


def noise(edge: int) -> bytes:
    """A picture that no compression makes smaller."""
    file = BytesIO()
    Image.frombytes("RGB", (edge, edge), Random(1).randbytes(3 * edge * edge)).save(file, "png")
    return file.getvalue()
