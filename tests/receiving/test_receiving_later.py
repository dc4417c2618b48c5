"""What can't be done at once and is done by housekeeping."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from desk import ANN, Desk, create
from line import START, Line, payload, receipt, said

from workspace.channels.base import Event, Meta, Payload
from workspace.models import DeliveryStatus as D
from workspace.services import Services, World, receiving
from workspace.settings import Paths, Settings

POISON = Payload(b"poison", Meta(START), "")


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self):  # type: ignore[no-untyped-def]
        return self.now

    def advance(self, **time: float) -> None:
        self.now += timedelta(**time)


class Counting(Line):
    """Counts how often it is asked; `mended`: it knows the poison now."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0
        self.mended = False

    def parse(self, raw: bytes, meta: Meta) -> list[Event]:
        self.asked += 1
        return (
            [said("was poison")] if self.mended and raw == b"poison" else super().parse(raw, meta)
        )


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    services = Services.open(Paths(tmp_path), Settings(), World(create, clock))
    desk = Desk(services, *(services.accounts.add(k, k, {}).id for k in ("contacts", "threads")))
    yield desk
    desk.check()
    services.close()


@pytest.fixture
def line(desk: Desk) -> Counting:
    line = Counting()
    desk.services.accounts._live[desk.sms] = line
    return line


def texts(desk: Desk) -> list[str]:
    return sorted(m.text for c in desk.all() for m in desk.messages(c.id))


# --- the quarantine ---------------------------------------------------------------------------


def test_housekeeping_tries_again_what_was_set_aside(desk: Desk, line: Counting) -> None:
    desk.journal(POISON, payload(said("1")))
    desk.services.receiving.apply_pending()
    line.mended = True
    desk.services.housekeeping.tidy()
    assert texts(desk) == ["text 1", "text was poison"]
    assert desk.sql("SELECT * FROM quarantine") == []


def test_poison_is_tried_less_and_less_often(desk: Desk, line: Counting, clock: Clock) -> None:
    desk.journal(POISON)
    desk.services.receiving.apply_pending()
    line.asked = 0
    for _ in range(6 * 24 * 7):  # a week of housekeeping
        desk.services.receiving.retry_some()
        clock.advance(minutes=10)
    # At 0, 10, 30, 70, 150, 310, 630 and 1270 minutes, then once a day.
    assert 13 <= line.asked <= 15
    line.mended = True
    clock.advance(days=1)
    desk.services.housekeeping.tidy()
    assert texts(desk) == ["text was poison"]


def test_a_round_tries_a_few_and_the_next_one_others(
    desk: Desk, line: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "RETRIED", 3)
    desk.journal(*[POISON] * 5, payload(said("1")))
    desk.services.receiving.apply_pending()
    for asked in (3, 2, 0):
        line.asked = 0
        desk.services.housekeeping.tidy()
        assert line.asked == asked
    line.asked = 0
    assert desk.services.receiving.retry_quarantined() == 0  # as at each start
    assert line.asked == 5


def test_large_payloads_are_tried_in_portions(
    desk: Desk, line: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "PORTION", 10)
    desk.journal(*[POISON] * 5)
    desk.services.receiving.apply_pending()
    entries = [desk.services.journal.get(id) for id in range(1, 6)]
    portions = list(desk.services.receiving._portions(range(1, 6)))
    assert portions == [entries[:2], entries[2:4], entries[4:]]
    line.mended = True
    assert desk.services.receiving.retry_quarantined() == 5


# --- what waits for its message -------------------------------------------------------------------


def test_housekeeping_forgets_what_has_waited_for_a_month(desk: Desk) -> None:
    desk.receive(receipt("old", D.READ), receipt("new", D.READ))
    aged = "UPDATE parked SET created_at = now() - to_days(if(provider_id = 'old', 31, 29))"
    desk.services.store.write(lambda tx: tx.execute(aged))
    desk.services.housekeeping.tidy()
    assert desk.sql("SELECT provider_id FROM parked") == [("new",)]


# --- what was erased --------------------------------------------------------------------------


def test_an_open_reader_of_the_journal_holds_up_neither_deletion_nor_reception(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    services, path = desk.services, desk.services.paths.journal
    desk.receive(said("secret words"), said("1", "+4922"))
    (gone,) = [c.id for c in desk.all() if c.preview.text == "text secret words"]
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM payloads").fetchall()
        services.inbox.delete([gone], ANN, None)
        # A copy of what was erased bounces, and what came with it is applied.
        desk.receive(said("secret words"), said("2", "+4922", 1))
        assert texts(desk) == ["text 1", "text 2"]
        services.housekeeping.tidy()
        found = {c.name: c for c in services.doctor.report()}
        assert not found["erasure"].ok
        assert "close that program" in found["erasure"].detail
        assert "open in another program" in caplog.text
        other.execute("ROLLBACK")
    services.housekeeping.tidy()
    assert "erasure" not in {c.name for c in services.doctor.report()}
    disk = b"".join(f.read_bytes() for f in path.parent.glob("journal.sqlite*"))
    assert b"text 1" in disk
    assert b"secret words" not in disk
