"""A day at the inbox: WhatsApp's own channel, and a provider on loopback whose clock one sets."""

import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.composing import start, tool, wait_for
from tests.browser.lab import Inbox, Lab, inbox_of
from tests.browser.stage import Stage, stage
from tests.whatsapp.cloud import OPTIONS, SECRETS
from workspace.channels.base import Channel
from workspace.channels.whatsapp import options as whatsapp_options
from workspace.channels.whatsapp.channel import WhatsAppChannel
from workspace.channels.whatsapp.graph import Graph
from workspace.channels.whatsapp.options import WhatsAppSecrets
from workspace.errors import CannotSend
from workspace.hub.webhooks import Listener
from workspace.models import TemplateChoice
from workspace.services import World
from workspace.settings import Secrets
from workspace.testing.cloud import CloudServer, Customer, cloud_server

RESA = Customer("491771234567", "Resa Window")


class Day:
    """Meta's side of it, and the time that it, the channel and the hub go by."""

    def __init__(self, meta: CloudServer) -> None:
        self.meta = meta
        self._ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def passes(self, by: timedelta) -> None:
        """Time goes by, and what is due by then is told."""
        self._ahead += by
        with self.meta.lock:
            self.meta.cloud.now = self.now()
        self.meta.advance()

    def writes(self, text: str) -> None:
        self.passes(timedelta(seconds=1))
        self.meta.cloud.writes(RESA, text)
        self.meta.advance()

    def read(self) -> None:
        """The customer reads all that was delivered."""
        self.passes(timedelta(seconds=5))
        for id, sent in [*self.meta.cloud.sent.items()]:
            if sent.status == "delivered":
                self.meta.cloud.receipt(id, "read")
        self.meta.advance()

    def accepted(self, kind: str) -> list[dict[str, Any]]:
        """What was sent of a kind, oldest first, as Meta got it."""
        with self.meta.lock:
            bodies = [sent.body for sent in self.meta.cloud.sent.values()]
        return [body[kind] for body in bodies if body["type"] == kind]


@pytest.fixture
def day() -> Iterator[Day]:
    with cloud_server() as meta:
        yield Day(meta)


@pytest.fixture
def shop(day: Day, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A workspace with one WhatsApp number, whose webhooks come in over HTTP."""
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)

    def create(
        kind: str, options: Mapping[str, Any], secrets: Secrets, state: Path, id: int
    ) -> Channel:
        checked = whatsapp_options.read(options)
        own = WhatsAppSecrets(secrets, checked)
        return WhatsAppChannel(checked, own, Graph(checked, own.token), day.now)

    world = World(create=create, clock=day.now)
    with (
        stage(tmp_path / "shop", demo=False, world=world) as shop,
        closing(Listener("127.0.0.1:0", shop.services.webhooks)) as listener,
    ):
        options = {**OPTIONS, "base_url": day.meta.url}
        id = shop.ws.add_channel("whatsapp", "Shop", options).id
        day.meta.subscribe(f"{listener.url}{id}")
        yield shop


def mark(message: Locator) -> Locator:
    """How far a message of ours has got."""
    return message.locator(".cw-delivery")


def test_a_day(lab: Lab, day: Day, shop: Stage) -> None:
    with lab.run(lab.blank("day", inbox_of(shop.ws.info().folder))) as inbox:
        the_window_opens(inbox, day)
        a_text_and_a_voice_note_go_out(inbox, day, shop)
        a_day_passes(inbox, day)
        a_template_goes_out(inbox, day, shop)
        a_paused_one_is_refused(inbox, day, shop)
        a_late_failure_is_told(inbox, day)


def the_window_opens(inbox: Inbox, day: Day) -> None:
    day.writes("Hello, where is my lamp?")
    start(inbox, RESA.name)
    expect(inbox.status(RESA.name)).to_have_text("Pending")
    expect(inbox.root.get_by_text("Messaging window open for 24 h")).to_be_visible()


def a_text_and_a_voice_note_go_out(inbox: Inbox, day: Day, shop: Stage) -> None:
    inbox.send("It left this morning.")
    wait_for(shop, RESA.name, 1)
    tool(inbox, "Record a voice message").click()
    expect(inbox.root.get_by_role("timer")).to_have_text(re.compile("0:0[1-9]"))
    tool(inbox, "Stop recording").click()
    tool(inbox, "Send voice message").click()
    wait_for(shop, RESA.name, 2)
    shop.until(lambda: bool(day.accepted("audio")))
    [text], [voice] = day.accepted("text"), day.accepted("audio")
    assert text["body"] == "It left this morning."
    file = day.meta.cloud.files[voice["id"]]
    assert (file.mime, file.data[:4], voice["voice"]) == ("audio/ogg", b"OggS", True)
    expect(inbox.status(RESA.name)).to_have_text("Replied")
    day.passes(timedelta(seconds=3))
    expect(mark(inbox.message("It left this morning."))).to_have_attribute(
        "data-status", "delivered"
    )


def a_day_passes(inbox: Inbox, day: Day) -> None:
    day.passes(timedelta(hours=24))
    day.read()  # so that the page hears of something
    expect(mark(inbox.message("It left this morning."))).to_have_attribute("data-status", "read")
    words = "A template message is required outside the 24-hour messaging window."
    expect(inbox.root.get_by_text(words)).to_be_visible()
    expect(inbox.field).to_be_hidden()


def choose(inbox: Inbox, name: str) -> Locator:
    tool(inbox, "Choose a template").click()
    pane = inbox.root.get_by_role("group", name="Template")
    pane.get_by_label("Search templates").fill(f"{name} English")
    pane.get_by_role("listbox").get_by_role("option").first.click()
    for n, value in enumerate(pane.get_by_role("textbox").all(), 1):
        value.fill(f"value {n}")
    return pane


def a_template_goes_out(inbox: Inbox, day: Day, shop: Stage) -> None:
    choose(inbox, "order_update").get_by_role("button", name="Send template").click()
    sent = wait_for(shop, RESA.name, 3)[-1]
    assert sent.template == "order_update"
    shop.until(lambda: bool(day.accepted("template")))
    [template] = day.accepted("template")
    values = [p["text"] for c in template["components"] for p in c["parameters"]]
    assert values == [f"value {n}" for n in range(1, 6)]  # in its header, body and button
    day.passes(timedelta(seconds=3))
    bubble = inbox.messages.last
    expect(mark(bubble)).to_have_attribute("data-status", "delivered")
    day.read()
    expect(mark(bubble)).to_have_attribute("data-status", "read")
    expect(bubble).to_contain_text("value 2")


def a_paused_one_is_refused(inbox: Inbox, day: Day, shop: Stage) -> None:
    pane = choose(inbox, "order_update")
    status = "select status from v1.templates where name = 'order_update' and language = 'en'"
    day.meta.cloud.review("order_update", "en", "PAUSED")
    day.passes(timedelta(seconds=1))
    shop.until(lambda: list(shop.ws.sql(status).df()["status"]) == ["PAUSED"])
    expect(pane.get_by_role("status")).to_contain_text("PAUSED")
    expect(pane.get_by_role("button", name="Send template")).to_be_disabled()
    with pytest.raises(CannotSend, match="PAUSED"):
        shop.ws.send(shop.named(RESA.name).id, template=TemplateChoice("order_update", "en"))
    assert len(day.accepted("template")) == 1
    tool(inbox, "Close templates").click()


def a_late_failure_is_told(inbox: Inbox, day: Day) -> None:
    day.writes("Thank you! And the bulb?")
    expect(inbox.field).to_be_visible()
    day.meta.cloud.refuse[RESA.wa_id] = 131047
    expect(inbox.status(RESA.name)).to_have_text("Pending")
    before = len(day.meta.cloud.sent)
    inbox.send("It comes with it.")
    assert day.meta.wait_for(lambda: len(day.meta.cloud.sent) > before)
    expect(inbox.status(RESA.name)).to_have_text("Replied")
    day.passes(timedelta(seconds=3))
    expect(inbox.status(RESA.name)).to_have_text("Pending")
    failed = inbox.message("It comes with it.")
    expect(failed).to_contain_text(
        "A template message is required outside the 24-hour messaging window."
    )
    failed.get_by_role("button", name="Choose a template").click()
    expect(inbox.root.get_by_role("group", name="Template")).to_be_visible()
