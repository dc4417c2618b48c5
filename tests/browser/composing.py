"""What a person does in the composer, and what became of it."""

import threading
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.lab import Inbox
from tests.browser.stage import Stage
from workspace.models import Direction, Message


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
    return inbox.toast.get_by_role("button", name="Undo")


def take_back(inbox: Inbox, text: str) -> None:
    """By the Undo under the message."""
    inbox.message(text).get_by_role("button", name="Undo").click()


def expect_saved(inbox: Inbox) -> None:
    """The workspace has the draft: it says so once nobody writes."""
    inbox.log.focus()
    expect(inbox.root.locator(".cw-composer").get_by_text("Draft", exact=True)).to_be_visible()


def late(
    monkeypatch: pytest.MonkeyPatch, owner: object, verb: str, trouble: Exception | None = None
) -> tuple[threading.Event, threading.Event]:
    """The hub's next call of a verb waits, once reached, to go on; then it fails with `trouble`."""
    real = getattr(owner, verb)
    reached, go_on = threading.Event(), threading.Event()

    def called(*args: Any, **how: Any) -> Any:
        if not reached.is_set():
            reached.set()
            go_on.wait(60)
            if trouble:
                raise trouble
        return real(*args, **how)

    monkeypatch.setattr(owner, verb, called)
    return reached, go_on


def ours(hub: Stage, name: str) -> list[Message]:
    """What was sent to a customer, oldest first."""
    messages = hub.ws.messages(hub.named(name).id)
    return [m for m in messages if m.direction is Direction.OUTBOUND]


def wait_for(hub: Stage, name: str, count: int) -> list[Message]:
    hub.until(lambda: len(ours(hub, name)) >= count)
    return ours(hub, name)
