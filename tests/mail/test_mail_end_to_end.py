"""Real mail through a real hub: in, answered, bounced, and killed at the worst moments.

The hub is a process of its own; it finds the password in the folder's secrets file.
"""

import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar, cast

import duckdb
import psutil
import pytest
from mail_samples import PLAIN, mail

from workspace import process
from workspace.client import connect
from workspace.errors import HubUnavailable
from workspace.models import Conversation, DeliveryStatus, Direction, FailureKind, Status
from workspace.settings import Paths
from workspace.testing import at_once
from workspace.testing.hub import kill_hub
from workspace.testing.mailserver import CUSTOMER, NOBODY, SUPPORT, MailServer

pytestmark = [pytest.mark.mail, pytest.mark.timeout(240)]

T = TypeVar("T")


class Desk:
    """A hub on a folder of its own, with a mail channel, and a client of it."""

    def __init__(self, folder: Path, server: MailServer) -> None:
        self.paths = at_once.folder(folder, demo=False)
        self.server = server
        self.paths.secrets.touch(mode=0o600)
        self.paths.secrets.write_text(f'support = "{server.password}"\n')
        self.ws = connect(self.paths.folder)

    def add_channel(self, **changes: Any) -> None:
        options = self.server.options(password="secret:support", **changes)
        channel = self.ws.add_channel("mail", "Support", options)
        self.until(lambda: self.state() == "connected")
        assert [check for check in self.ws.test_channel(channel.id) if not check.ok] == []

    def state(self) -> str:
        (channel,) = self.ws.channels()
        return channel.state

    def until(self, ready: Callable[[], T], seconds: float = 60) -> T:
        """What `ready` says once that is true, asked after each change. Raises TimeoutError."""
        changed = threading.Event()
        watch = self.ws.watch(lambda _: changed.set())
        deadline = monotonic() + seconds
        try:
            while not (found := ready()):
                if monotonic() > deadline:
                    raise TimeoutError(f"not in time; the hub's log:\n{self.log()[-3000:]}")
                changed.wait(1)
                changed.clear()
            return found
        finally:
            watch.stop()

    def log(self) -> str:
        return self.paths.log.read_text()

    def count(self, what: str = "messages") -> int:
        (row,) = self.ws.sql(f"SELECT count(*) AS n FROM v1.{what}").arrow().to_pylist()
        return int(row["n"])

    def one(self) -> Conversation:
        """The only conversation."""
        (row,) = self.ws.conversations()
        return row

    def restart(self, kill: bool = False) -> None:
        if kill:
            kill_hub(self.paths.folder)
        else:
            process.stop(self.paths)
        self.ws.info()  # starts it again

    def close(self) -> None:
        self.ws.close()
        process.stop(self.paths)


@pytest.fixture
def desk(server: MailServer, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "desk", server)
    yield desk
    desk.close()


def numbered(n: int) -> bytes:
    return mail(
        f"From: Ada <{CUSTOMER}>\nTo: {SUPPORT}\nSubject: Case {n}\n"
        f"Message-ID: <{n}@customer.test>\n\nmail {n}"
    )


def read(raw: bytes) -> EmailMessage:
    return cast(EmailMessage, message_from_bytes(raw, policy=policy.default))


# --- a mailing list -------------------------------------------------------------------------------


def threads(files: list[Path]) -> set[frozenset[str]]:
    """The threads of a mailing list by its headers alone: what refers to each other, belongs."""
    joined: dict[str, set[str]] = {}
    own: set[str] = set()
    for file in files:
        head = re.sub(r"\n[ \t]+", " ", file.read_text("latin-1").split("\n\n")[0])
        lines = re.findall(r"(?im)^(message-id|references|in-reply-to):(.*)$", head)
        named = [(name.lower(), set(re.findall(r"<[^<>\s]+>", value))) for name, value in lines]
        own |= next(ids for name, ids in named if name == "message-id")
        ids = set().union(*(ids for _, ids in named))
        group = ids.union(*(joined.get(id, set()) for id in ids))
        joined |= dict.fromkeys(group, group)
    return {frozenset(group & own) for group in joined.values() if group & own}


def stored(paths: Paths) -> set[frozenset[str]]:
    """The Message-IDs of each conversation, out of the database of a hub that is not running."""
    with duckdb.connect(str(paths.database), read_only=True) as db:
        rows = db.execute("SELECT conversation_id, provider_id FROM messages").fetchall()
    found: dict[int, set[str]] = {}
    for conversation, id in rows:
        found.setdefault(conversation, set()).add(id)
    return {frozenset(ids) for ids in found.values()}


@pytest.mark.parametrize("history", [pytest.param(False, marks=pytest.mark.slow), True])
def test_a_mailing_list_is_read_once_and_grouped_as_its_headers_say(
    desk: Desk, mail_corpus: list[Path], history: bool
) -> None:
    """53 files, one of them a copy: also after a restart and after the server renumbered them."""

    def fill() -> None:
        with desk.server.login(SUPPORT) as client:
            for file in mail_corpus:
                client.append("INBOX", file.read_bytes(), msg_time=datetime.now(UTC))

    if history:
        fill()
        desk.add_channel(since="2009-01-01")
    else:
        desk.add_channel()
        fill()
    desk.until(lambda: desk.count() == 52)
    unread = sum(row.unread for row in desk.ws.conversations(limit=100))
    assert unread == (0 if history else 52)

    desk.restart()
    desk.server.append(SUPPORT, numbered(1))
    desk.until(lambda: desk.count() == 53)

    desk.server.renumber(SUPPORT)
    desk.server.append(SUPPORT, numbered(2))
    desk.until(lambda: desk.count() == 54)
    desk.restart()
    desk.server.append(SUPPORT, numbered(3))
    desk.until(lambda: desk.count() == 55)

    assert [check.detail for check in desk.ws.doctor() if not check.ok] == []
    process.stop(desk.paths)
    new = {frozenset({f"<{n}@customer.test>"}) for n in (1, 2, 3)}
    assert stored(desk.paths) == threads(mail_corpus) | new


# --- answering ------------------------------------------------------------------------------------


def test_a_reply_reaches_the_customer_and_their_answer_joins_the_thread(desk: Desk) -> None:
    desk.add_channel(name="Support")
    desk.server.deliver(CUSTOMER, SUPPORT, PLAIN.replace(b"ada@customer.test", CUSTOMER.encode()))
    desk.until(lambda: desk.count() == 1)
    assert desk.one().status is Status.PENDING
    sent = desk.ws.send(desk.one().id, "Have you tried coal?", files=[_file(desk, "März.txt")])
    desk.until(lambda: desk.one().status is Status.REPLIED)
    (raw,) = desk.server.wait_for_mails(CUSTOMER)
    arrived = read(raw)
    assert arrived["In-Reply-To"] == "<one@customer.test>"
    assert arrived["References"] == "<one@customer.test>"
    assert arrived["Subject"] == "Re: The engine"
    assert [part.get_filename() for part in arrived.iter_attachments()] == ["März.txt"]

    answer = mail(
        f"From: Ada <{CUSTOMER}>\nTo: {SUPPORT}\nSubject: Re: The engine\n"
        f"Message-ID: <four@customer.test>\nIn-Reply-To: {arrived['Message-ID']}\n\nIt runs!"
    )
    desk.server.deliver(CUSTOMER, SUPPORT, answer)
    desk.until(lambda: desk.count() == 3)
    assert desk.one().status is Status.PENDING
    texts = [message.text for message in desk.ws.messages(desk.one().id)]
    assert texts == ["It does not start.", "Have you tried coal?", "It runs!"]
    assert desk.ws.messages(desk.one().id)[1].id == sent.id


def _file(desk: Desk, name: str) -> Path:
    path = desk.paths.folder.parent / name
    path.write_text("Kohle\n")
    return path


def test_a_bounce_turns_the_message_to_failed_and_the_conversation_to_pending(desk: Desk) -> None:
    desk.add_channel()
    raw = mail(f"From: Nobody <{NOBODY}>\nMessage-ID: <n@customer.test>\n\nAnswer me.")
    desk.server.deliver(NOBODY, SUPPORT, raw)
    desk.until(lambda: desk.count() == 1)
    desk.ws.send(desk.one().id, "Gladly.")
    desk.until(lambda: desk.ws.messages(desk.one().id)[-1].failure)
    message = desk.ws.messages(desk.one().id)[-1]
    assert message.delivery_status is DeliveryStatus.FAILED
    assert message.failure_kind is FailureKind.UNREACHABLE
    assert f"could not be delivered to {NOBODY}: the address does not exist" in message.failure
    assert desk.one().status is Status.PENDING
    assert desk.one().failed
    assert desk.count() == 2  # the bounce itself is no message of the customer


def test_a_new_thread_to_someone_who_never_wrote(desk: Desk) -> None:
    desk.add_channel()
    (channel,) = desk.ws.channels()
    started = desk.ws.start_conversation(channel.id, CUSTOMER, "Ada", "Good news.", "Your order")
    (raw,) = desk.server.wait_for_mails(CUSTOMER)
    assert read(raw)["Subject"] == "Your order"
    assert read(raw)["In-Reply-To"] is None
    assert desk.ws.conversation(started.id).status is Status.CREATED


def test_what_is_sent_is_known_again_and_other_programs_are_seen(desk: Desk) -> None:
    """With the sent mailbox read as well: our own copy is no second message."""
    with desk.server.login(SUPPORT) as client:
        client.create_folder("Sent")
    desk.add_channel(mailboxes=["INBOX", "Sent"], poll_seconds=1)
    desk.server.append(SUPPORT, numbered(1))
    conversation = desk.until(lambda: desk.ws.conversations())[0]
    desk.ws.send(conversation.id, "From here.")
    desk.until(lambda: desk.one().status is Status.REPLIED)
    by_hand = mail(
        f"From: {SUPPORT}\nTo: {CUSTOMER}\nSubject: Re: Case 1\nMessage-ID: <phone@example.test>\n"
        "In-Reply-To: <1@customer.test>\n\nFrom my phone."
    )
    desk.server.append(SUPPORT, by_hand, "Sent")
    desk.until(lambda: desk.count() == 3)
    messages = desk.ws.messages(conversation.id)
    assert [(m.text, m.direction) for m in messages] == [
        ("mail 1", Direction.INBOUND),
        ("From here.", Direction.OUTBOUND),
        ("From my phone.", Direction.OUTBOUND),
    ]


# --- deleting -------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_deleted_conversation_does_not_come_back_by_a_rescan(desk: Desk) -> None:
    desk.add_channel()
    desk.server.append(SUPPORT, numbered(1))
    desk.until(lambda: desk.count() == 1)
    desk.ws.delete(desk.one().id)
    assert desk.count() == 0
    desk.server.renumber(SUPPORT)
    desk.restart()
    desk.server.append(SUPPORT, numbered(2))
    desk.until(lambda: desk.count() == 1)
    assert desk.one().subject == "Case 2"


# --- kill -9 --------------------------------------------------------------------------------------


@pytest.fixture
def fault() -> Iterator[Callable[[str], None]]:
    """Has the hubs started from now on kill themselves at that point."""

    def set(point: str) -> None:
        os.environ["CONVO_FAULT"] = point

    yield set
    os.environ.pop("CONVO_FAULT", None)


@pytest.mark.parametrize("point", ["after_fetch", "after_append"])
@pytest.mark.slow
def test_killed_while_receiving(desk: Desk, fault: Callable[[str], None], point: str) -> None:
    """Between fetch and journal, and between journal and database: nothing lost, nothing twice."""
    desk.add_channel()
    desk.server.append(SUPPORT, numbered(0))
    desk.until(lambda: desk.count() == 1)
    process.stop(desk.paths)
    for n in range(1, 5):
        desk.server.append(SUPPORT, numbered(n))
    fault(point)
    for _ in range(3):
        with suppress(HubUnavailable):  # it may die before it answers
            _until_gone(desk.ws.info().pid)
    fault("")
    desk.until(lambda: desk.count() == 5)
    desk.server.append(SUPPORT, numbered(5))
    desk.until(lambda: desk.count() == 6)
    assert desk.count("conversations") == 6


@pytest.mark.parametrize(
    "point", [pytest.param("before_perform", marks=pytest.mark.slow), "after_perform"]
)
def test_killed_while_sending(desk: Desk, fault: Callable[[str], None], point: str) -> None:
    """Before the mail left, or after: not confirmed, and never sent again."""
    desk.add_channel()
    desk.server.append(SUPPORT, numbered(1))
    conversation = desk.until(lambda: desk.ws.conversations())[0]
    process.stop(desk.paths)
    fault(point)
    pid = desk.ws.info().pid
    desk.ws.send(conversation.id, "Once only.")
    _until_gone(pid)
    fault("")
    process.stop(desk.paths)  # the client may have started another one that has the fault
    assert desk.ws.messages(conversation.id)[-1].delivery_status is DeliveryStatus.IN_DOUBT
    # A later mail passes the same queue: once it is there, a second copy would be, too.
    desk.ws.send(conversation.id, "The next one.")
    left = point == "after_perform"
    mails = desk.server.wait_for_mails(CUSTOMER, 2 if left else 1)
    texts = [str(read(raw).get_content()).strip() for raw in mails]
    assert texts == (["Once only.", "The next one."] if left else ["The next one."])
    assert sum(m.direction is Direction.OUTBOUND for m in desk.ws.messages(conversation.id)) == 2
    if left:  # it settles once it is among the sent mail, where a server may keep it by itself
        desk.server.append(SUPPORT, mails[0], "Sent")
        desk.restart()
        wanted = [DeliveryStatus.SENT, DeliveryStatus.SENT]
        desk.until(
            lambda: [m.delivery_status for m in desk.ws.messages(conversation.id)][-2:] == wanted
        )


def _until_gone(pid: int) -> None:
    """Waits for a process that is none of our children. Fails if it lives on."""
    with suppress(psutil.NoSuchProcess):
        psutil.Process(pid).wait(60)
