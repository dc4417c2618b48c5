"""The copy among the sent mail, kept by a hub whose servers are slow or refuse it."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from odd_imap import Odd as OddImap
from odd_imap import odd_imap
from odd_smtp import Odd as OddSmtp
from odd_smtp import odd_smtp

from workspace.models import Actor, ActorKind, DeliveryStatus, Message
from workspace.services import Services
from workspace.services.filters import Filter
from workspace.settings import Paths
from workspace.testing import at_once

ANN = Actor(ActorKind.OPERATOR, "ann")


class Desk:
    """A workspace with one mail account on odd servers; only delivery runs."""

    def __init__(self, folder: Path, imap: OddImap, smtp: OddSmtp) -> None:
        self.imap, self.smtp = imap, smtp
        self.services = Services.open(Paths(folder), at_once.settings(lease_seconds=0.3))
        self._changed = threading.Condition()
        self.services.store.on_commit(self._look)
        options = {
            "address": "support@example.test",
            "password": "env:ODD_PASSWORD",
            **imap.options(),
            **smtp.options(),
            "save_sent": True,
        }
        self.channel = self.services.accounts.add("mail", "Support", options).id
        self.services.delivery.start()

    def _look(self, seq: int) -> None:
        with self._changed:
            self._changed.notify_all()

    def until(self, ready: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(ready, 20)

    def send(self, text: str) -> None:
        self.services.replies.start_conversation(
            self.channel, "ada@example.org", "Ada", text, "The engine", [], ANN, None
        )

    def sent(self) -> list[Message]:
        """Everything that was to be sent, oldest first."""
        inbox = self.services.inbox
        found = [
            m for c in inbox.conversations(Filter()).rows for m in inbox.messages(c.id).messages
        ]
        return sorted(found, key=lambda message: message.id)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("ODD_PASSWORD", "x")
    with odd_imap(OddImap()) as imap, odd_smtp(OddSmtp()) as smtp:
        desk = Desk(tmp_path / "desk", imap, smtp)
        yield desk
        if imap.held:
            imap.held.set()
        desk.services.close()


def test_a_slow_copy_is_kept_after_the_send_is_settled(desk: Desk) -> None:
    desk.imap.held = threading.Event()
    desk.send("hello")
    desk.imap.wait_for("APPEND")
    assert desk.services.delivery.sending() == 0  # no lease runs any more
    (message,) = desk.sent()
    assert (message.delivery_status, message.failure) == (DeliveryStatus.SENT, "")
    desk.send("the next one")
    desk.imap.held.set()
    desk.until(lambda: [m.delivery_status for m in desk.sent()] == [DeliveryStatus.SENT] * 2)
    desk.imap.until(lambda: len(desk.imap.appended) == 2)
    assert [b"hello" in raw for raw in desk.imap.appended] == [True, False]
    assert [m.failure for m in desk.sent()] == ["", ""]


def test_a_copy_that_is_refused_is_told_and_the_mail_stays_sent(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.imap.append = "NO [OVERQUOTA] the mailbox is full"
    desk.send("hello")
    desk.until(lambda: any(m.failure for m in desk.sent()))
    (message,) = desk.sent()
    assert message.delivery_status is DeliveryStatus.SENT
    assert "no copy of it was kept among the sent mail" in message.failure
    assert "the mailbox is full" in message.failure
    assert "was not copied" in caplog.text
    assert len(desk.smtp.mails) == 1
