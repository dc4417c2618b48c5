"""Photos, sound, and what is quoted, in an open conversation."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.lab import Inbox
from tests.browser.samples import file, sound
from tests.browser.stage import Stage

# --- photos and sound ---------------------------------------------------------------------------


def test_looking_at_photos(inbox: Inbox, hub: Stage) -> None:
    for n in range(3):
        hub.writes("Phil Photo", f"Photo {n}", channel="WhatsApp",
                   files=[{"media": f"photo/mug/{n}"}])  # fmt: skip
    inbox.open("Phil Photo")
    inbox.message("Photo 1").get_by_role("button", name=re.compile("^Photo ")).click()
    viewer = inbox.page.get_by_role("dialog", name="Photo")
    expect(viewer).to_contain_text("2 of 3")
    expect(viewer).to_contain_text("Phil Photo")
    image = viewer.locator("img")
    expect(image).to_have_js_property("complete", True)
    keys = inbox.page.keyboard
    keys.press("ArrowRight")
    expect(viewer).to_contain_text("3 of 3")
    expect(viewer.get_by_role("button", name="Next photo")).to_be_hidden()
    for _ in range(2):
        keys.press("ArrowLeft")
    expect(viewer).to_contain_text("1 of 3")
    keys.press("+")
    expect(image).to_have_css("transform", re.compile(r"matrix\(1\.4, 0, 0, 1\.4"))
    keys.press("-")
    expect(image).to_have_css("transform", re.compile(r"matrix\(1, 0, 0, 1, 0, 0\)"))
    viewer.locator(".cw-viewer-stage").hover()
    inbox.page.mouse.wheel(0, -300)
    expect(image).to_have_css("transform", re.compile(r"matrix\(2\.7"))
    with inbox.page.expect_download() as download:
        viewer.get_by_role("button", name="Download").click()
    assert download.value.path().stat().st_size > 1000
    keys.press("Escape")
    expect(viewer).to_have_count(0)
    expect(inbox.message("Photo 1").locator(".cw-photo")).to_be_focused()


def test_hearing_voice_messages(inbox: Inbox, hub: Stage) -> None:
    for n in range(2):
        hub.writes("Vic Voice", f"Voice {n}", channel="WhatsApp",
                   files=[file(f"voice {n}.wav", "audio/wav", sound(20))])  # fmt: skip
    inbox.open("Vic Voice")
    inbox.page.evaluate(HEARD)
    first, second = (inbox.message(f"Voice {n}") for n in range(2))
    first.get_by_role("button", name="Play").click()
    expect(first.get_by_role("button", name="Pause")).to_be_visible()
    expect(first.locator(".cw-player-bars i")).to_have_count(40)
    second.get_by_role("button", name="Play").click()
    expect(second.get_by_role("button", name="Pause")).to_be_visible()
    expect(first.get_by_role("button", name="Play")).to_be_visible()
    place = second.get_by_role("slider")
    place.fill("0.5")
    expect(place).to_have_attribute("aria-valuetext", re.compile(r"^0:1\d of 0:20"))
    place.press(" ")
    expect(second.get_by_role("button", name="Play")).to_be_visible()
    for speed in ("1.5×", "2×"):
        second.locator(".cw-player-speed").click()
        expect(second.locator(".cw-player-speed")).to_have_text(speed)
        expect(first.locator(".cw-player-speed")).to_have_text(speed)
        assert rates(inbox) == [float(speed[:-1])] * 2
    again = Inbox.run(inbox.page)
    again.open("Vic Voice")
    expect(again.message("Voice 0").locator(".cw-player-speed")).to_have_text("2×")
    again.message("Voice 0").get_by_role("button", name="Play").click()
    expect(again.message("Voice 0").get_by_role("button", name="Pause")).to_be_visible()
    assert rates(inbox)[-1] == 2
    again.message("Voice 0").locator(".cw-player-speed").click()
    expect(again.message("Voice 0").locator(".cw-player-speed")).to_have_text("1×")
    assert rates(inbox)[-1] == 1


HEARD = """() => {
  window.heard = new Set();
  const { play } = HTMLMediaElement.prototype;
  HTMLMediaElement.prototype.play = function () { heard.add(this); return play.call(this); };
}"""
"""Remembers what was played: it is in no page."""


def rates(inbox: Inbox) -> list[float]:
    """How fast each sound plays that was begun."""
    found: list[float] = inbox.page.evaluate("() => [...heard].map(audio => audio.playbackRate)")
    return found


@pytest.mark.slow
def test_what_is_no_sound_is_a_file(inbox: Inbox, hub: Stage) -> None:
    hub.writes("Bruno Broken", "Listen", channel="WhatsApp",
               files=[file("broken.wav", "audio/wav", sound()[:12] + b"no more" * 99)])  # fmt: skip
    inbox.open("Bruno Broken")
    bubble = inbox.message("Listen")
    bubble.get_by_role("button", name="Play").click()  # nothing is fetched before
    expect(bubble.get_by_role("button", name="Download broken.wav")).to_be_visible()
    expect(bubble.get_by_role("button", name="Play")).to_have_count(0)


# --- quoted mail --------------------------------------------------------------------------------


OUTLOOK = """It has arrived, thank you.

________________________________
From: The Shop <shop@example.org>
Sent: Monday, November 16, 2026 10:00 AM
To: Quinn Quote <quinn@example.org>
Subject: Re: Your order

We sent it again today."""


def test_the_quote_of_a_text_is_folded(inbox: Inbox, hub: Stage) -> None:
    hub.writes("Quinn Quote", OUTLOOK, channel="Mail", subject="Order")
    inbox.open("Quinn Quote")
    expect(inbox.messages).to_contain_text("It has arrived")
    quoted = inbox.messages.get_by_text("We sent it again today.")
    expect(quoted).to_be_hidden()
    inbox.messages.get_by_text("•••").click()
    expect(quoted).to_be_visible()
    expect(inbox.messages.get_by_text("From: The Shop")).to_be_visible()


@pytest.mark.slow
def test_the_quote_of_an_html_mail_is_folded(inbox: Inbox, hub: Stage) -> None:
    html = (
        "<p>It has arrived.</p><div class='gmail_quote cw-panel'><div>On Monday, Ana wrote:</div>"
        "<blockquote class='gmail_quote'><p style='height: 300px'>We sent it again.</p>"
        "</blockquote></div>"
    )
    hub.writes("Hal Html", "It has arrived.", channel="Mail", subject="Order", html=html)
    inbox.open("Hal Html")
    mail = inbox.messages.frame_locator("iframe")
    expect(mail.get_by_text("It has arrived.")).to_be_visible()
    expect(mail.get_by_text("We sent it again.")).to_be_hidden()
    mail.locator("summary").click()
    expect(mail.get_by_text("We sent it again.")).to_be_visible()
    frame = inbox.messages.locator("iframe")
    inbox.page.wait_for_function("f => f.clientHeight > 300", arg=frame.element_handle())
