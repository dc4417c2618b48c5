"""Receiving in threads: nothing is fetched again, and trouble is shown and outlived."""

import threading
from pathlib import Path

import pytest
from wire import NOW, Commits, Office, Wire, open_office

from workspace.channels.base import Meta, Payload, Received
from workspace.errors import ConfigError
from workspace.models import Address, AddressKind
from workspace.services.backoff import Backoff
from workspace.services.receivers import Receivers

LOST = ConnectionResetError(104, "Connection reset by peer")


def told(n: int, cursor: str = "") -> Payload:
    return Payload(f"raw {n}".encode(), Meta(NOW), cursor or str(n))


def wire(*payloads: Payload | BaseException) -> Wire:
    phone = Address(AddressKind.PHONE, "+4915112345")
    parsed = {f"raw {n}".encode(): [Received(f"id {n}", NOW, phone)] for n in range(9)}
    return Wire(payloads=list(payloads), parsed=parsed)  # type: ignore[arg-type]


def state(office: Office) -> tuple[str, str]:
    (channel,) = office.services.accounts.list()
    return channel.state, channel.state_detail


def count(office: Office) -> int:
    return sum(c.unread for c in office.all())


def test_what_a_channel_gives_becomes_conversations(tmp_path: Path) -> None:
    office = open_office(tmp_path, wire(told(1), told(2), Payload(b"", Meta(NOW), "c9")))
    commits = Commits(office.services)
    assert state(office) == ("connecting", "")
    office.services.start()
    commits.wait(lambda: count(office) == 2)
    assert state(office) == ("connected", "")
    office.services.close()

    office = open_office(tmp_path, wire(told(3, "c10")))
    commits = Commits(office.services)
    office.services.start()
    commits.wait(lambda: count(office) == 3)
    assert office.wire.ran_from == ["c9"]
    office.services.close()


def test_a_lost_connection_is_shown_and_made_again(tmp_path: Path) -> None:
    office = open_office(tmp_path, wire(told(1, "c1"), LOST, told(2, "c2")))
    commits = Commits(office.services)
    seen: list[tuple[str, str]] = []
    office.services.store.on_commit(lambda seq: seen.append(state(office)))
    office.services.start()
    commits.wait(lambda: count(office) == 2)
    commits.wait(lambda: state(office)[0] == "connected")
    assert ("failing", "Connection reset by peer") in seen
    assert office.wire.ran_from == [None, "c1"]
    office.services.close()


class Listening:
    """An office's receivers alone. `waits`: the longest they might have waited, each time."""

    def __init__(self, office: Office) -> None:
        self.waits: list[float] = []
        self.news = threading.Semaphore(0)
        self._office, services = office, office.services
        backoff = Backoff(1, 300, self._soon)
        self._receivers = Receivers(services.journal, services.accounts, self.news.release, backoff)
        self._receivers.start()

    def _soon(self, low: float, high: float) -> float:
        self.waits.append(high)
        return low

    def close(self) -> None:
        self._receivers.ask_to_stop()
        self._office.services.close()
        self._receivers.join()


def test_waits_grow_until_something_has_come(tmp_path: Path) -> None:
    office = open_office(tmp_path, wire(LOST, LOST, told(1), LOST, told(2)))
    listening = Listening(office)
    assert listening.news.acquire(timeout=10)
    assert listening.news.acquire(timeout=10)
    assert listening.waits == [1, 2, 1]
    listening.close()


def test_reception_outlives_a_database_that_takes_nothing(tmp_path: Path) -> None:
    office = open_office(tmp_path, wire(LOST, LOST, told(1)))
    office.services.store.close()
    listening = Listening(office)
    assert listening.news.acquire(timeout=10)
    listening.close()


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (ConfigError("The password is wrong; set it."), "The password is wrong; set it."),
        (ZeroDivisionError("words of a customer"), "ZeroDivisionError"),
    ],
)
def test_a_channel_that_cant_receive_says_why(
    tmp_path: Path, trouble: Exception, words: str
) -> None:
    office = open_office(tmp_path, wire(*[trouble] * 50))
    commits = Commits(office.services)
    office.services.start()
    commits.wait(lambda: state(office)[0] == "failing")
    assert words in state(office)[1]
    assert "words of a customer" not in state(office)[1]
    checks = {c.name: c for c in office.services.doctor.report()}
    assert not checks["channel wire"].ok
    office.services.close()


def test_a_removed_channel_is_not_listened_to_any_more(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    office = open_office(tmp_path, wire(told(1)))
    commits = Commits(office.services)
    office.services.start()
    commits.wait(lambda: count(office) == 1)
    office.services.accounts.remove(office.channel)
    assert office.wire.closed
    started = set(threading.enumerate()) - before
    assert not [t for t in started if t.name == f"receiver-{office.channel}"]
    office.services.close()


def test_a_channel_added_later_is_listened_to_at_once(tmp_path: Path) -> None:
    office = open_office(tmp_path, wire())
    office.services.accounts.remove(office.channel)
    commits = Commits(office.services)
    office.services.start()
    office.wire.closed = False
    office.wire.payloads.append(told(1))
    office.services.accounts.add("wire", "second", {})
    commits.wait(lambda: count(office) == 1)
    office.services.close()


def test_closing_leaves_no_thread_behind(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    office = open_office(tmp_path, wire(told(1)))
    office.services.start()
    office.services.close()
    assert set(threading.enumerate()) <= before
