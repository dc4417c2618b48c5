"""Somebody who works in the inbox by keyboard alone, and what they mean to have done."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Locator, expect

from tests.browser.axe import violations
from tests.browser.lab import Inbox
from workspace.models import Status

WATCH = """() => {
  window.pointed = [];
  const names = ["pointerdown", "pointermove", "mousedown", "mousemove", "touchstart", "wheel"];
  for (const name of names) {
    addEventListener(name, ({ type }) => pointed.push(type), { capture: true });
  }
}"""


@dataclass
class Meant:
    """What is meant to have become of one conversation."""

    sent: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    """In their order, as the log names them."""
    archived: bool = False
    resolved: bool = False
    unread: bool = False
    draft: str = ""
    begun: bool = False
    """By us: the customer has not written."""

    @property
    def status(self) -> Status:
        if self.resolved:
            return Status.RESOLVED
        if self.begun:
            return Status.CREATED
        return Status.REPLIED if self.sent else Status.PENDING


class Desk:
    def __init__(self, inbox: Inbox, pictures: Path) -> None:
        self.inbox, self.page, self.pictures = inbox, inbox.page, pictures
        self.list = inbox.root.get_by_role("listbox", name="Conversations")
        self.note_field = inbox.root.get_by_label("Note text")
        self.toast = inbox.toast
        self.meant: defaultdict[str, Meant] = defaultdict(Meant)
        self.keys = self.letters = 0
        self.spent: dict[str, int] = {}
        self.page.evaluate(WATCH)

    # --- the keyboard

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
        self.keys += len(keys)

    def type(self, words: str) -> None:
        self.page.keyboard.type(words)
        self.letters += len(words)

    @contextmanager
    def counted(self, task: str) -> Iterator[None]:
        """How many keys a task takes, beside the words of a text."""
        before = self.keys
        yield
        self.spent[task] = self.keys - before

    def goes_to(self, there: Locator, key: str = "Tab") -> None:
        """Presses a key until the focus is there."""
        for _ in range(12):
            if there.evaluate("node => node === document.activeElement"):
                return
            self.press(key)
        expect(there).to_be_focused()

    def goes_through(self, radio: Locator) -> None:
        """By an arrow to the radio button of a group."""
        for _ in range(12):
            if radio.is_checked():
                return
            self.press("ArrowRight")
        expect(radio).to_be_checked()

    def look(self, name: str) -> None:
        """A new state: nothing grave for axe-core, and a picture for the eye."""
        assert violations(self.page) == []
        self.page.screenshot(path=self.pictures / f"keyboard-{name}.png")

    # --- what one does with a conversation

    @property
    def name(self) -> str:
        """Who the open conversation is with."""
        return self.inbox.heading.inner_text()

    def reads(self, name: str) -> None:
        expect(self.inbox.heading).to_have_text(name)
        expect(self.inbox.messages.first).to_be_visible()

    def finds(self, words: str, name: str) -> None:
        """Searches, and reads the one that is found."""
        self.press("/")
        self.type(words)
        expect(self.inbox.rows).to_have_count(1)
        expect(self.inbox.row(name)).to_be_visible()
        self.press("Enter")
        expect(self.list).to_be_focused()
        self.press("Enter")
        self.reads(name)
        expect(self.inbox.log).to_be_focused()

    def starts_over(self) -> None:
        """Nothing is left of what was found, and the search is at hand; then all of it again."""
        expect(self.inbox.root.get_by_text("Nothing found")).to_be_visible()
        expect(self.inbox.search).to_be_focused()
        self.press("Escape")
        expect(self.inbox.search).to_have_value("")
        expect(self.inbox.rows.first).to_be_visible()
        self.leave()

    def writes(self, words: str) -> None:
        """A reply, sent; back to the list."""
        name = self.name
        self.press("r")
        expect(self.inbox.field).to_be_focused()
        self.type(words)
        self.send(name, words)

    def send(self, name: str, words: str) -> None:
        self.press("Enter")
        expect(self.inbox.field).to_have_value("")
        expect(self.inbox.message(words.split("\n")[-1])).to_be_visible()
        self.leave()
        self.meant[name].sent.append(words)

    def notes(self, words: str) -> None:
        name = self.name
        self.press("m")
        expect(self.note_field).to_be_focused()
        self.type(words)
        self.press("Enter")
        expect(self.inbox.message(words)).to_be_visible()
        self.leave()
        self.meant[name].notes.append(words)

    def leave(self) -> None:
        self.press("Escape")
        expect(self.list).to_be_focused()

    def archives(self, then: str) -> None:
        """And goes on to the next one."""
        name = self.name
        self.press("e")
        self.reads(then)
        expect(self.inbox.row(name)).to_have_count(0)
        self.meant[name].archived = True
        self.meant[name].events.append("archived")

    def resolves(self, then: str) -> None:
        name = self.name
        self.press("Shift+R")
        self.reads(then)
        self.meant[name].resolved = True
        self.meant[name].events.append("resolved")
