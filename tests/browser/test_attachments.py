"""What goes with a reply, or instead of one: files, photos, sound."""

import hashlib
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from matplotlib.cbook import get_sample_data
from PIL import Image
from playwright.sync_api import expect

from tests.browser.composing import attach, ours, start, tiles, tool, wait_for
from tests.browser.lab import READY, Inbox, Lab, expect_kernel, replaced
from tests.browser.stage import Stage
from tests.media.recordings import heard
from workspace.channels.base import Outbound, Request, Response

MB = 1_000_000
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
STALLED = """const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (data) {
  if ((data.byteLength ?? data.length) < 1_000_000) send.call(this, data);
};"""
PASTE = """async ([field, bytes]) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(bytes)], "image.png", { type: "image/png" }));
  field.dispatchEvent(new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData: data }));
}"""  # noqa: E501

SPOOLS = """len([
    file for file in __import__("gc").get_objects()
    if type(file) is __import__("io").BufferedRandom and not file.closed
])"""
"""Files that can be written and read, open in the kernel: uploads on their way."""
HASTY = """() => {
  window.removed = false;
  new MutationObserver((_, watcher) => {
    const button = document.querySelector("[aria-label='Remove wrong.bin']");
    if (!button) return;
    watcher.disconnect();
    button.click();
    window.removed = true;
  }).observe(document.body, { childList: true, subtree: true });
}"""

AFTER_TWO_SECONDS = re.compile(r"^0:0[2-9]$")
LOUD = """() => [...document.querySelectorAll(".cw-level i")]
  .some((bar) => Number(bar.style.getPropertyValue("--cw-level")) > 0.2)"""
MICROPHONE = """() => {
  const { mediaDevices: devices } = navigator;
  const ask = devices.getUserMedia.bind(devices);
  const allowed = new Promise((resolve) => (window.allow = resolve));
  window.streams = [];
  devices.getUserMedia = async (wanted) => {
    const stream = await ask(wanted);
    streams.push(stream);
    await allowed;
    return stream;
  };
}"""
"""Each stream of the microphone is noted, and given once `allow()` is called."""
SILENT = """() => streams.length > 0 &&
  streams.every((stream) => stream.getTracks().every((track) => track.readyState === "ended"))"""

SIZE = "async (img) => { await img.decode(); return [img.naturalWidth, img.naturalHeight] }"


# --- files ----------------------------------------------------------------------------------------


@pytest.fixture
def portrait() -> Path:
    """A photograph, of those matplotlib brings along."""
    with get_sample_data("grace_hopper.jpg") as file:
        return Path(file.name)


def test_a_photo_by_the_menu(inbox: Inbox, hub: Stage, portrait: Path) -> None:
    hub.writes("Paul Photo", "Who is it?", channel="WhatsApp")
    start(inbox, "Paul Photo")
    attach(inbox, "Photo", portrait)
    expect(tiles(inbox).locator("img")).to_be_visible()
    inbox.send("This one")
    expect(tiles(inbox)).to_have_count(0)
    bubble = inbox.message("This one")
    shown = bubble.get_by_role("img", name="grace_hopper.jpg")
    expect(shown).to_be_visible()
    assert shown.evaluate(SIZE) == [512, 600]
    [sent] = wait_for(hub, "Paul Photo", 1)
    assert hub.ws.attachment(sent.attachments[0].id) == portrait.read_bytes()


@pytest.mark.slow
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


@pytest.mark.slow
def test_an_upload_can_be_cancelled(inbox: Inbox, hub: Stage, tmp_path: Path) -> None:
    hub.writes("Carl Cancel", "The file, please", channel="WhatsApp")
    start(inbox, "Carl Cancel")
    path = tmp_path / "wrong.bin"
    path.write_bytes(bytes(40 * MB))
    attach(inbox, "File", path)
    expect(inbox.root.get_by_role("progressbar", name="Upload of wrong.bin")).to_be_visible()
    tool(inbox, "Remove wrong.bin").click()
    expect(tiles(inbox)).to_have_count(0)
    expect_kernel(inbox.page, SPOOLS, 0)
    inbox.send("Later")
    [sent] = wait_for(hub, "Carl Cancel", 1)
    assert (sent.text, sent.attachments) == ("Later", ())


@pytest.mark.slow
def test_what_is_removed_at_once_leaves_nothing(inbox: Inbox, hub: Stage, tmp_path: Path) -> None:
    """Before the kernel has said under which name it takes the file."""
    hub.writes("Rita Removed", "The file, please", channel="WhatsApp")
    start(inbox, "Rita Removed")
    path = tmp_path / "wrong.bin"
    path.write_bytes(bytes(4 * MB))
    inbox.page.evaluate(HASTY)
    attach(inbox, "File", path)
    inbox.page.wait_for_function("removed")
    expect(tiles(inbox)).to_have_count(0)
    expect_kernel(inbox.page, SPOOLS, 0)


@pytest.mark.slow
def test_what_is_tried_again_leaves_nothing_of_the_first_time(
    inbox: Inbox, hub: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.writes("Tina Try", "The file, please", channel="WhatsApp")
    start(inbox, "Tina Try")
    path = tmp_path / "plan.bin"
    path.write_bytes(bytes(4 * MB))
    with monkeypatch.context() as less:
        less.setattr("workspace.services.uploads.MAX_UPLOAD", MB)
        attach(inbox, "File", path)
        expect(tiles(inbox)).to_contain_text("larger than")
    tool(inbox, "Try again").click()
    expect(tiles(inbox)).not_to_contain_text("larger than")
    expect(inbox.root.get_by_role("progressbar")).to_be_hidden()
    expect_kernel(inbox.page, SPOOLS, 0)
    inbox.send("There")
    [sent] = wait_for(hub, "Tina Try", 1)
    assert len(hub.ws.attachment(sent.attachments[0].id)) == 4 * MB


@pytest.mark.slow
def test_a_page_that_is_left_leaves_no_file_behind(lab: Lab, hub: Stage, tmp_path: Path) -> None:
    hub.writes("Lea Left", "The file, please", channel="WhatsApp")
    path = tmp_path / "plan.bin"
    path.write_bytes(bytes(4 * MB))
    with lab.run(lab.notebook("left"), init_script=STALLED) as inbox:
        start(inbox, "Lea Left")
        attach(inbox, "File", path)
        expect_kernel(inbox.page, SPOOLS, 1)
        inbox.page.reload()
        inbox.page.wait_for_function(READY, timeout=60_000)
        expect_kernel(inbox.page, SPOOLS, 0)


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


# --- sound ----------------------------------------------------------------------------------------


def test_a_voice_message_is_ogg_for_whatsapp(
    inbox: Inbox, hub: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stored as it was recorded, sent as the provider takes it, and to be heard in the inbox."""
    hub.writes("Vera Voice", "Call me", channel="WhatsApp")
    provider, took = hub.channel("WhatsApp"), list[Outbound]()
    perform = provider.perform

    def performed(request: Request) -> Response:
        if isinstance(request.payload, Outbound):  # or that somebody reads
            took.append(request.payload)
        return perform(request)

    monkeypatch.setattr(provider, "perform", performed)
    start(inbox, "Vera Voice")
    inbox.field.fill("Half a reply")
    tool(inbox, "Record a voice message").click()
    expect(inbox.root.get_by_role("timer")).to_have_text(AFTER_TWO_SECONDS)
    tool(inbox, "Stop recording").click()
    tool(inbox, "Listen").click()
    sound = inbox.root.locator(".cw-recorder audio").element_handle()
    inbox.page.wait_for_function("sound => !sound.paused && sound.currentTime > 0.2", arg=sound)
    tool(inbox, "Pause").click()
    assert sound.evaluate("sound => sound.paused")
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


@pytest.mark.slow
def test_a_recording_that_is_refused_stays(inbox: Inbox, hub: Stage) -> None:
    """With the reason, to be saved as a file, or sent once that is possible."""
    contact = hub.writes("Rolf Refused", "Call me", channel="WhatsApp").contact_id
    start(inbox, "Rolf Refused")
    record(inbox)
    hub.ws.update_contact(contact, blocked=True)
    tool(inbox, "Send voice message").click()
    expect(inbox.root.get_by_role("alert")).to_contain_text("unblock the contact")
    with inbox.page.expect_download() as download:
        inbox.root.get_by_role("link", name="Save recording").click()
    kept = Path(download.value.path())
    assert heard(kept.read_bytes())[0] > 1.5
    hub.ws.update_contact(contact, blocked=False)
    tool(inbox, "Send voice message").click()
    expect(inbox.field).to_be_visible()
    [sent] = wait_for(hub, "Rolf Refused", 1)
    assert hub.ws.attachment(sent.attachments[0].id) == kept.read_bytes()


@pytest.mark.parametrize("way", ["Cancel recording", "Discard recording", "Escape"])
@pytest.mark.slow
def test_a_recording_is_given_up(inbox: Inbox, hub: Stage, microphone: None, way: str) -> None:
    hub.writes("Gil Givenup", "Call me", channel="WhatsApp")
    start(inbox, "Gil Givenup")
    inbox.page.evaluate("allow()")
    record(inbox, stop=way == "Discard recording")
    if way == "Escape":
        inbox.page.keyboard.press("Escape")
    else:
        tool(inbox, way).click()
    expect(inbox.field).to_be_focused()
    inbox.page.wait_for_function(SILENT)
    inbox.send(f"No words by {way}")
    expect(inbox.message(f"No words by {way}")).to_be_visible()
    assert not any(message.attachments for message in ours(hub, "Gil Givenup"))


@pytest.mark.slow
def test_the_microphone_is_asked_for_once(inbox: Inbox, hub: Stage, microphone: None) -> None:
    hub.writes("Mia Microphone", "Call me", channel="WhatsApp")
    start(inbox, "Mia Microphone")
    tool(inbox, "Record a voice message").dblclick()
    inbox.page.evaluate("allow()")
    expect(inbox.root.get_by_role("timer")).to_have_text(AFTER_TWO_SECONDS)
    inbox.page.wait_for_function(LOUD)
    tool(inbox, "Stop recording").click()
    expect(tool(inbox, "Listen")).to_be_visible()
    assert inbox.page.evaluate("streams.length") == 1
    inbox.page.wait_for_function(SILENT)
    tool(inbox, "Discard recording").click()


@pytest.mark.slow
def test_who_left_before_the_microphone_was_there_is_not_recorded(
    inbox: Inbox, hub: Stage, microphone: None
) -> None:
    """To another conversation, or to another inbox."""
    hub.writes("Lou Leaves", "Call me", channel="WhatsApp")
    hub.writes("Olga Other", "Call me", channel="WhatsApp")
    start(inbox, "Lou Leaves")
    tool(inbox, "Record a voice message").click()
    start(inbox, "Olga Other")
    tool(inbox, "Record a voice message").click()
    anew = Inbox.run(inbox.page)
    anew.page.wait_for_function("streams.length === 2")
    anew.page.evaluate("allow()")
    anew.page.wait_for_function(SILENT)
    start(anew, "Lou Leaves")
    expect(anew.field).to_be_visible()


@pytest.fixture
def microphone(inbox: Inbox) -> Iterator[None]:
    inbox.page.evaluate(MICROPHONE)
    yield
    inbox.page.evaluate("delete navigator.mediaDevices.getUserMedia")


def record(inbox: Inbox, *, stop: bool = True) -> None:
    """Two seconds of sound, to be listened to."""
    tool(inbox, "Record a voice message").click()
    expect(inbox.root.get_by_role("timer")).to_have_text(AFTER_TWO_SECONDS)
    if stop:
        tool(inbox, "Stop recording").click()
        expect(tool(inbox, "Listen")).to_be_visible()


def test_why_nothing_can_be_recorded_is_said(inbox: Inbox, hub: Stage) -> None:
    hub.writes("Nora Nomic", "Call me", channel="WhatsApp")
    start(inbox, "Nora Nomic")
    for name, words in (("NotAllowedError", "allow it"), ("NotFoundError", "No microphone")):
        fails = f"() => Promise.reject(new DOMException('', '{name}'))"
        with replaced(inbox.page, "navigator.mediaDevices.getUserMedia", fails):
            tool(inbox, "Record a voice message").click()
            expect(inbox.root.get_by_role("alert")).to_contain_text(words)


@pytest.mark.slow
def test_a_page_that_is_not_secure_says_what_recording_needs(lab: Lab, hub: Stage) -> None:
    hub.writes("Ines Insecure", "Call me", channel="WhatsApp")
    insecure = "delete Navigator.prototype.mediaDevices"
    with lab.run(lab.notebook("insecure"), init_script=insecure) as inbox:
        start(inbox, "Ines Insecure")
        tool(inbox, "Record a voice message").click()
        words = "Recording needs a secure page; open JupyterLab over https or on localhost."
        expect(inbox.root.get_by_role("alert")).to_contain_text(words)
        expect(inbox.field).to_be_visible()


# --- the header of a template ---------------------------------------------------------------------


@pytest.mark.slow
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
