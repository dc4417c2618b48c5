"""Nothing grave for axe-core in any state of the inbox, in the light and in the dark."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.composing import attach, start, tiles, tool, undo
from tests.browser.lab import Inbox, Lab, inbox_of
from tests.browser.stage import Stage
from workspace import connect
from workspace.models import Actor, ActorKind
from workspace.testing.hub import running_hub


# The dark one has less room for contrast; both in each run would take too long.
@pytest.fixture(params=[pytest.param("Light", marks=pytest.mark.slow), "Dark"])
def themed(request: pytest.FixtureRequest, inbox: Inbox) -> Iterator[Inbox]:
    inbox.theme(request.param)
    yield inbox
    inbox.theme("Light")


def fair(inbox: Inbox) -> None:
    assert violations(inbox.page) == []


def fair_while_open(inbox: Inbox, role: str, name: str) -> None:
    """A dialog or popover; then it is closed."""
    expect(inbox.page.get_by_role(role, name=name)).to_be_visible()  # type: ignore[arg-type]
    fair(inbox)
    inbox.page.keyboard.press("Escape")


@pytest.mark.slow
def test_the_list_and_what_opens_over_it(themed: Inbox, hub: Stage) -> None:
    for name in ("Axel Axe", "Alma Axe"):
        hub.writes(name, "Can everybody read this?")
    expect(themed.row("Axel Axe")).to_be_visible()
    fair(themed)
    for chip in ("status", "dates", "views"):
        themed.filter(chip).click()
        fair(themed)
        themed.page.keyboard.press("Escape")
    themed.root.get_by_role("button", name="Desktop notifications").click()
    fair(themed)
    themed.page.keyboard.press("Escape")
    for name in ("Axel Axe", "Alma Axe"):
        themed.row(name).locator(".cw-row-pick").click()
    expect(themed.root.get_by_role("toolbar", name="Selected conversations")).to_be_visible()
    fair(themed)
    themed.page.keyboard.press("e")
    expect(themed.toast).to_contain_text("2 conversations archived")
    fair(themed)
    themed.search.fill("nobody ever wrote this")
    expect(themed.root.get_by_text("Nothing found")).to_be_visible()
    fair(themed)


def test_a_conversation_and_what_opens_over_it(themed: Inbox, hub: Stage) -> None:
    hub.writes("Phila Photo", "Look at it", channel="WhatsApp", files=[{"media": "photo/mug/3"}])
    themed.open("Phila Photo")
    fair(themed)
    themed.view.get_by_role("button", name="Conversation options").click()
    fair(themed)
    themed.view.get_by_role("menuitem", name="Delete").click()
    fair_while_open(themed, "alertdialog", "Delete the conversation with Phila Photo?")
    themed.messages.get_by_role("button", name=re.compile("^Photo ")).first.click()
    fair_while_open(themed, "dialog", "Photo")
    themed.page.keyboard.press("?")
    fair_while_open(themed, "dialog", "Keyboard shortcuts")
    themed.log.focus()
    themed.page.keyboard.press("n")
    new = themed.page.get_by_role("dialog", name="New conversation")
    fair(themed)
    new.locator(".cw-new-channel", has_text="WhatsApp").click()
    new.locator(".cw-template-option:not(:disabled)").first.click()
    expect(new.get_by_label("Preview")).to_be_visible()
    fair_while_open(themed, "dialog", "New conversation")


def test_writing(themed: Inbox, hub: Stage, photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub.services.replies, "_undo", timedelta(seconds=30))
    hub.ws.save_canned_reply("hello", "Hello {{first_name}}, thank you.")
    hub.writes("Wilma Writes", "Well?", channel="WhatsApp")
    start(themed, "Wilma Writes")
    for name in ("Attach", "Emoji", "Canned replies"):
        tool(themed, name).click()
        fair(themed)
        themed.page.keyboard.press("Escape")
    tool(themed, "Canned replies").click()
    tool(themed, "Manage").click()
    fair_while_open(themed, "dialog", "Canned replies")
    tool(themed, "Record a voice message").click()
    expect(themed.root.get_by_role("timer")).to_be_visible()
    fair(themed)
    tool(themed, "Stop recording").click()
    expect(tool(themed, "Listen")).to_be_visible()
    fair(themed)
    tool(themed, "Discard recording").click()
    attach(themed, "Photo", photo)
    expect(tiles(themed).locator("img")).to_be_visible()
    themed.field.fill("This one")
    fair(themed)
    themed.field.press("Enter")
    expect(undo(themed)).to_be_visible()
    fair(themed)
    tool(themed, "Attach").click()
    themed.root.get_by_role("menuitem", name="Template").click()
    expect(themed.root.get_by_role("group", name="Template")).to_be_visible()
    fair(themed)


@pytest.mark.slow
def test_what_stands_in_the_way_of_writing(themed: Inbox, hub: Stage) -> None:
    faster = hub.writes("Willy Warned", "Anybody there?")
    start(themed, "Willy Warned")
    themed.field.fill("Yes, I am")
    with connect(hub.ws.info().folder, actor=Actor(ActorKind.OPERATOR, "Ana")) as ana:
        ana.send(faster.id, "Ana here")
    expect(themed.root.locator(".cw-composer-warning")).to_be_visible()
    fair(themed)
    themed.field.fill("")
    themed.root.get_by_role("switch", name="Note").click()
    fair(themed)
    hub.channel("Brief", plays="whatsapp", window_hours=2 / 3600)
    hub.writes("Wilma Window", "Quick!", channel="Brief")
    themed.open("Wilma Window")
    expect(themed.root.get_by_text("A template message is required outside the")).to_be_visible()
    fair(themed)


@pytest.mark.slow
def test_narrow(themed: Inbox, hub: Stage) -> None:
    hub.writes("Nils Narrow", "Hello")
    themed.page.set_viewport_size({"width": 760, "height": 900})
    try:
        fair(themed)
        themed.open("Nils Narrow")
        fair(themed)
        themed.head.get_by_role("button", name="Contact").click()
        expect(themed.root.get_by_role("complementary", name="Contact")).to_be_visible()
        fair(themed)
        themed.page.keyboard.press("Escape")
    finally:
        themed.page.set_viewport_size({"width": 1440, "height": 900})


@pytest.mark.slow
def test_without_a_channel(lab: Lab, tmp_path: Path) -> None:
    with (
        running_hub(tmp_path / "empty", demo=False) as ws,
        lab.run(lab.blank("none", inbox_of(ws.info().folder))) as inbox,
    ):
        expect(inbox.root.get_by_text("convo channel add mail")).to_be_visible()
        for theme in ("Light", "Dark"):
            inbox.theme(theme)
            fair(inbox)


HOLD = """() => {
  const { send } = WebSocket.prototype, held = [];
  WebSocket.prototype.send = function (data) {
    const words = typeof data === "string" ? data : new TextDecoder().decode(data);
    if (words.includes("comm_msg")) held.push(() => send.call(this, data));
    else send.call(this, data);
  };
  window.letGo = () => {
    WebSocket.prototype.send = send;
    for (const go of held.splice(0)) go();
  };
}"""
"""What panels ask their kernel waits until `letGo()`; cells run as ever."""


def test_while_it_loads(page: Page, hub: Stage) -> None:
    hub.writes("Lola Loads", "Are you there?")
    page.evaluate(HOLD)
    try:
        inbox = Inbox.run(page)
        expect(inbox.root.get_by_role("status", name="Loading")).to_be_visible()
        fair(inbox)
    finally:
        page.evaluate("letGo()")
    expect(inbox.row("Lola Loads")).to_be_visible()


def test_axe_does_find_what_is_wrong(inbox: Inbox) -> None:
    inbox.root.evaluate("inbox => inbox.append(document.createElement('img'))")
    [found] = violations(inbox.page)
    assert "image-alt (critical)" in found
