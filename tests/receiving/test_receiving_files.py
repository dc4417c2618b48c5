"""Files that stay with their provider until they are fetched."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any, BinaryIO

import pytest
from desk import ANN, Desk
from line import START, Line, said

from workspace.channels.base import InboundFile, NotThere, Unreachable
from workspace.errors import ConfigError, FileGone, NotFound
from workspace.models import Attachment, MediaKind
from workspace.services import Services, World
from workspace.services.fetching import ATTEMPTS, SURE
from workspace.settings import Paths
from workspace.store import remote_files
from workspace.store.remote_files import NewRemoteFile
from workspace.testing import at_once

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


class Shelf(Line):
    """Keeps the files of its customers."""

    def __init__(self) -> None:
        super().__init__()
        self.files: dict[str, bytes | Exception] = {}
        self.asked: list[str] = []

    def fetch(self, remote: str, into: BinaryIO) -> None:
        self.asked.append(remote)
        found = self.files.get(remote, FileGone("It is gone."))
        into.write(b"half a ")
        if isinstance(found, Exception):
            raise found
        into.seek(0)
        into.truncate()
        into.write(found)


class Clock:
    def __init__(self) -> None:
        self.now = START + timedelta(days=301)  # after what `payload` says it was received

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def desk(tmp_path: Path, clock: Clock, shelf: Shelf) -> Iterator[Desk]:
    def create(kind: str, *_: Any) -> Line:
        return Line(threads=True) if kind == "threads" else shelf

    world = World(create, clock, lambda low, high: high)
    services = Services.open(Paths(tmp_path), at_once.settings(), world)
    desk = Desk(services, *(services.accounts.add(k, k, {}).id for k in ("contacts", "threads")))
    yield desk
    desk.check()
    services.close()


def photo(remote: str = "65463453", name: str = "mug.jpg", mime: str = "image/jpeg") -> InboundFile:
    return InboundFile(name, mime, remote=remote)


def the_file(desk: Desk) -> Attachment:
    [message] = desk.messages(desk.only().id)
    [file] = message.attachments
    return file


def stored(desk: Desk) -> bytes | None:
    _, path = desk.services.inbox.attachment(the_file(desk).id)
    return path.read_bytes() if path.exists() else None


def test_the_message_is_there_before_its_file(desk: Desk, shelf: Shelf) -> None:
    shelf.files["65463453"] = PNG
    desk.receive(said("1", text="Look", files=(photo(),)))
    file = the_file(desk)
    assert (file.kind, file.name, file.size, file.awaited) == (MediaKind.IMAGE, "mug.jpg", 0, True)
    assert shelf.asked == []
    assert desk.services.fetching.fetch_due() == 1
    file = the_file(desk)
    # What it is, is told by its bytes.
    assert (file.mime, file.size, file.awaited, file.missing) == ("image/png", len(PNG), False, "")
    assert stored(desk) == PNG
    assert desk.services.fetching.fetch_due() == 0


def test_what_belongs_to_no_file_wakes_nobody(desk: Desk, clock: Clock) -> None:
    lost = NewRemoteFile(2**40, desk.sms, "65463453", clock.now)
    desk.services.store.write(lambda tx: remote_files.add(tx, [lost]))
    assert desk.services.fetching.fetch_due() == 0
    with desk.services.store.read() as db:
        assert remote_files.next_due(db) is None


def test_the_list_tells_what_it_turned_out_to_be(desk: Desk, shelf: Shelf) -> None:
    shelf.files["65463453"] = PNG
    desk.receive(said("1", text="", files=(photo(mime="application/pdf"),)))
    assert desk.only().preview.media is MediaKind.DOCUMENT
    desk.services.fetching.fetch_due()
    assert desk.only().preview.media is MediaKind.IMAGE


@pytest.mark.parametrize(
    ("name", "mime"),
    [
        ("../../etc/passwd", "image/png"),
        ("a\x00b", "text/html; charset=x"),
        ("", ""),
        ("x" * 5000, "x" * 5000),
        ("a.png", "image/png\r\nX-Evil: 1"),
        ("a.png", "../../x"),
    ],
)
def test_what_strangers_call_it_does_no_harm(
    desk: Desk, shelf: Shelf, name: str, mime: str
) -> None:
    shelf.files["1"] = PNG
    desk.receive(said("1", files=(photo("1", name, mime),)))
    before = the_file(desk)
    assert before.name
    assert "/" not in before.name
    assert len(before.name) <= 200
    assert len(before.mime) < 120
    assert before.mime.isprintable()
    assert before.mime.count("/") == 1
    desk.services.fetching.fetch_due()
    assert stored(desk) == PNG


def test_one_that_is_gone_says_so_and_can_be_asked_for_again(desk: Desk, shelf: Shelf) -> None:
    desk.receive(said("1", files=(photo(),)))
    desk.services.fetching.fetch_due()
    file = the_file(desk)
    assert (file.awaited, file.missing) == (False, "It is gone.")
    assert stored(desk) is None
    assert desk.services.fetching.fetch_due() == 0
    shelf.files["65463453"] = PNG
    desk.services.fetching.again(file.id)
    assert the_file(desk).awaited
    assert desk.services.fetching.fetch_due() == 1
    assert stored(desk) == PNG
    with pytest.raises(NotFound):
        desk.services.fetching.again(file.id)
    with pytest.raises(NotFound):
        desk.services.fetching.again(2**62)


def test_what_time_may_heal_is_tried_again_for_about_a_day(
    desk: Desk, shelf: Shelf, clock: Clock
) -> None:
    shelf.files["65463453"] = Unreachable("WhatsApp can't be reached.")
    desk.receive(said("1", files=(photo(),)))
    began = clock.now
    while the_file(desk).awaited:
        assert desk.services.fetching.fetch_due() == 1
        assert desk.services.fetching.fetch_due() == 0
        clock.now += timedelta(hours=1)
    assert len(shelf.asked) == ATTEMPTS
    assert clock.now - began > timedelta(hours=20)
    assert the_file(desk).missing == "WhatsApp can't be reached."


def test_a_provider_that_has_no_such_file_is_believed_after_a_few_times(
    desk: Desk, shelf: Shelf, clock: Clock
) -> None:
    """It may say so of a permission that is missing for a moment."""
    shelf.files["65463453"] = NotThere("The provider has none.")
    desk.receive(said("1", files=(photo(),)))
    for _ in range(SURE - 1):
        assert desk.services.fetching.fetch_due() == 1
        assert the_file(desk).awaited
        clock.now += timedelta(hours=1)
    assert desk.services.fetching.fetch_due() == 1
    assert the_file(desk).missing == "The provider has none."
    clock.now += timedelta(days=1)
    assert desk.services.fetching.fetch_due() == 0


def test_what_a_person_must_mend_waits_for_the_person(
    desk: Desk, shelf: Shelf, clock: Clock
) -> None:
    shelf.files["65463453"] = ConfigError("The access token is not valid any more.")
    desk.receive(said("1", files=(photo(),)))
    for _ in range(2 * ATTEMPTS):
        desk.services.fetching.fetch_due()
        clock.now += timedelta(minutes=5)
    assert the_file(desk).awaited
    shelf.files["65463453"] = PNG
    desk.services.fetching.fetch_due()
    assert stored(desk) == PNG


def test_one_that_fails_holds_up_no_other(desk: Desk, shelf: Shelf) -> None:
    shelf.files |= {"1": RuntimeError("a bug"), "2": PNG}
    desk.receive(said("1", files=(photo("1"), photo("2"))))
    assert desk.services.fetching.fetch_due() == 2
    first, second = desk.messages(desk.only().id)[0].attachments
    assert (first.awaited, second.awaited) == (True, False)


def test_a_file_of_what_was_erased_leaves_nothing(desk: Desk, shelf: Shelf) -> None:
    desk.receive(said("1", files=(photo(),)))
    shelf.files["65463453"] = PNG
    fetch = shelf.fetch

    def erased_meanwhile(remote: str, into: BinaryIO) -> None:
        fetch(remote, into)
        desk.services.erase.delete([desk.only().id], ANN, None)

    shelf.fetch = erased_meanwhile  # type: ignore[method-assign]
    desk.services.fetching.fetch_due()
    assert desk.all() == []
    assert desk.sql("SELECT count(*) FROM remote_files") == [(0,)]
    assert desk.services.files.ids() == []
    assert not [*(desk.services.paths.files / "staging").iterdir()]


def test_what_a_removed_channel_kept_is_given_up(desk: Desk, shelf: Shelf) -> None:
    desk.receive(said("1", files=(photo(),)))
    desk.services.accounts.remove(desk.sms)
    desk.services.fetching.fetch_due()
    assert "removed" in the_file(desk).missing


def test_in_a_thread_it_comes_by_itself(desk: Desk, shelf: Shelf) -> None:
    shelf.files["65463453"] = PNG
    arrived = Event()
    desk.services.fetching.worker.start()
    place = desk.services.files.place

    def placed(files: Any) -> None:
        place(files)
        if files:
            arrived.set()

    desk.services.files.place = placed  # type: ignore[method-assign]
    try:
        desk.receive(said("1", files=(photo(),)))
        assert arrived.wait(10)
    finally:
        desk.services.fetching.worker.ask_to_stop()
        desk.services.fetching.worker.join()
    assert stored(desk) == PNG
