"""Poison, crashes and full disks: nothing is lost, nothing comes twice, the rest goes on."""

import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from desk import ANN, Desk, open_desk
from line import START, Line, at, file, payload, said

from workspace.channels.base import Event, Meta, Payload, Unsupported
from workspace.errors import JournalMismatch
from workspace.models import Status
from workspace.services import payloads

POISON = Payload(b"poison", Meta(START), "")


def texts(desk: Desk) -> list[str]:
    return sorted(m.text for c in desk.all() for m in desk.messages(c.id))


# --- poison -----------------------------------------------------------------------------------


def test_a_payload_that_cant_be_parsed_is_set_aside(desk: Desk) -> None:
    desk.journal(payload(said("1")), POISON, payload(said("2")))
    assert desk.services.receiving.apply_pending() == 3
    assert texts(desk) == ["text 1", "text 2"]
    found = {c.name: c for c in desk.services.doctor.report()}
    assert (found["quarantine"].ok, found["quarantine"].detail) == (False, "1 payloads")
    assert "ValueError" in found["payload 2"].detail
    assert "private words" not in found["payload 2"].detail
    assert desk.services.journal.get(2) is not None


def test_what_leaves_the_quarantine_and_is_not_understood_is_counted(desk: Desk) -> None:
    odd = Unsupported("", START, "a hologram")
    desk.journal(POISON, payload(said("1"), odd))
    desk.services.receiving.apply_pending()
    line = desk.services.accounts.channel(desk.sms)
    assert isinstance(line, Line)
    line.fixed[POISON.raw] = [odd]
    assert desk.services.receiving.retry_quarantined() == 1
    for _ in range(2):
        found = {c.name: c for c in desk.services.doctor.report()}
        assert "2 times" in found["oddities of contacts"].detail
        desk.services.replays.replay(desk.sms, "", "", "UTC", 0)  # which counts nothing twice


class Tripping(Line):
    """Raises for poison what a machine in trouble raises."""

    def parse(self, raw: bytes, meta: Meta) -> list[Event]:
        if raw == b"poison":
            raise OSError(75, "Value too large for defined data type")
        return super().parse(raw, meta)


def test_whatever_a_parser_raises_its_payload_alone_is_set_aside(desk: Desk) -> None:
    desk.services.accounts._live[desk.sms] = Tripping()
    desk.journal(payload(said("1")), POISON, payload(said("2")))
    assert desk.services.receiving.apply_pending() == 3
    assert texts(desk) == ["text 1", "text 2"]
    [(_, error)] = desk.sql("SELECT journal_id, error FROM quarantine")
    assert error == "Value too large for defined data type"


class Breaking(Line):
    """Parses "bad" messages to something that can't be stored: a time without a zone."""

    def parse(self, raw: bytes, meta: Meta) -> list[Event]:
        return [naive(e) if "bad" in e.provider_id else e for e in super().parse(raw, meta)]


def naive(event: Event) -> Event:
    return replace(event, occurred_at=event.occurred_at.replace(tzinfo=None))


def test_a_payload_that_breaks_the_batch_is_found_by_halving(desk: Desk) -> None:
    desk.services.accounts._live[desk.sms] = Breaking()
    events = [said(f"bad {n}" if n in (3, 11) else str(n), minutes=n) for n in range(16)]
    desk.journal(*(payload(e) for e in events))
    assert desk.services.receiving.apply_pending() == 16
    assert len(texts(desk)) == 14
    assert desk.sql("SELECT journal_id FROM quarantine ORDER BY 1") == [(4,), (12,)]


def test_what_was_set_aside_is_applied_once_its_parser_is_mended(desk: Desk) -> None:
    desk.journal(POISON, payload(said("1")))
    desk.services.receiving.apply_pending()

    class Mended(Line):
        def parse(self, raw: bytes, meta: Meta) -> list[Event]:
            return [said("was poison")] if raw == b"poison" else super().parse(raw, meta)

    desk.services.accounts._live[desk.sms] = Mended()
    assert desk.services.receiving.retry_quarantined() == 1
    assert texts(desk) == ["text 1", "text was poison"]
    assert desk.sql("SELECT * FROM quarantine") == []
    desk.receive(said("2"))
    assert len(texts(desk)) == 3


def test_a_payload_of_a_removed_channel_is_still_applied(desk: Desk) -> None:
    desk.journal(payload(said("1")))
    desk.services.accounts.remove(desk.sms)
    desk.services.receiving.apply_pending()
    assert texts(desk) == ["text 1"]


# --- crashes ----------------------------------------------------------------------------------


def test_a_restart_goes_on_where_it_stopped(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    desk.receive(said("1"))
    desk.journal(payload(said("2", minutes=1)))
    desk.services.close()
    desk = open_desk(tmp_path)
    assert texts(desk) == ["text 1"]
    assert desk.services.receiving.apply_pending() == 1
    assert texts(desk) == ["text 1", "text 2"]
    desk.services.close()


def test_applying_it_all_again_changes_nothing(desk: Desk) -> None:
    desk.receive(said("1"), said("2", "+4922", files=(file(),)))
    first = desk.all()[0].id
    desk.services.inbox.resolve([first], ANN, None)
    before = desk.all()
    desk.services.receiving._position = 0
    assert desk.services.receiving.apply_pending() == 2
    assert desk.all() == before
    assert len(desk.services.files.ids()) == 1


def test_a_new_database_takes_everything_from_the_journal(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    desk.receive(said("1"), said("2", "+4922", 1))
    desk.services.close()
    shutil.rmtree(tmp_path / "db")
    shutil.rmtree(tmp_path / "files")
    desk = open_desk(tmp_path)
    desk.services.receiving.apply_pending()
    assert texts(desk) == ["text 1", "text 2"]
    desk.services.close()


def test_a_journal_of_another_workspace_is_refused(tmp_path: Path) -> None:
    for name in ("one", "two"):
        desk = open_desk(tmp_path / name)
        desk.receive(said("1"))
        desk.services.close()
    journal = tmp_path / "one" / "journal.sqlite"
    journal.write_bytes((tmp_path / "two" / "journal.sqlite").read_bytes())
    with pytest.raises(JournalMismatch, match="another journal"):
        open_desk(tmp_path / "one")
    open_desk(tmp_path / "two").services.close()  # what was refused holds no lock


def test_an_older_copy_of_the_journal_is_refused(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    desk.receive(said("1"))
    desk.services.close()
    older = (tmp_path / "journal.sqlite").read_bytes()
    desk = open_desk(tmp_path)
    desk.receive(said("2"))
    desk.services.close()
    (tmp_path / "journal.sqlite").write_bytes(older)
    with pytest.raises(JournalMismatch, match="ends at 1"):
        open_desk(tmp_path)


# --- a machine in trouble ---------------------------------------------------------------------


def test_files_that_cant_be_written_stop_the_batch_and_quarantine_nothing(desk: Desk) -> None:
    staging = desk.services.paths.files / "staging"
    staging.rmdir()
    staging.write_bytes(b"in the way")
    desk.journal(payload(said("1")), payload(said("2", files=(file(),))))
    with pytest.raises(OSError, match="staging"):
        desk.services.receiving.apply_pending()
    assert desk.all() == []
    staging.unlink()
    staging.mkdir()
    desk.services.receiving.apply_pending()
    assert texts(desk) == ["text 1", "text 2"]
    assert desk.sql("SELECT * FROM quarantine") == []


def test_a_batch_that_is_rolled_back_leaves_no_files(desk: Desk) -> None:
    bad = payload(said("bad", files=(file(),)))
    desk.services.accounts._live[desk.sms] = Breaking()
    desk.journal(payload(said("1", files=(file("a.png"),))), bad)
    desk.services.receiving.apply_pending()
    assert texts(desk) == ["text 1"]
    assert len(desk.services.files.ids()) == 1
    assert list((desk.services.paths.files / "staging").iterdir()) == []


# --- the thread -------------------------------------------------------------------------------


def test_the_applier_survives_trouble_and_says_so(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    staging = desk.services.paths.files / "staging"
    staging.rmdir()
    staging.write_bytes(b"in the way")
    applied = threading.Event()
    desk.services.store.on_commit(lambda seq: applied.set())
    desk.services.receiving.start()
    desk.journal(payload(said("1", files=(file(),))))
    desk.services.receiving.wake()
    wait_until(lambda: bool(desk.services.receiving.trouble))
    checks = {c.name: c for c in desk.services.doctor.report()}
    assert not checks["journal"].ok
    staging.unlink()
    staging.mkdir()
    assert applied.wait(20)
    desk.services.receiving.stop()
    assert texts(desk) == ["text 1"]
    assert desk.services.receiving.trouble == ""
    assert "can't apply" in caplog.text


def wait_until(condition: Callable[[], bool]) -> None:
    """For what has no event to wait for."""
    pause = threading.Event()
    for _ in range(2000):
        if condition():
            return
        pause.wait(0.01)
    raise AssertionError("it never came")


def test_drain_returns_once_all_is_applied(desk: Desk) -> None:
    desk.services.receiving.start()
    for n in range(50):
        desk.journal(payload(said(str(n), f"+49{n}", n)))
        desk.services.receiving.wake()
    desk.services.receiving.drain()
    assert len(texts(desk)) == 50
    desk.services.receiving.stop()


def test_many_producers_and_the_applier_at_once(desk: Desk) -> None:
    desk.services.receiving.start()

    def produce(k: int) -> None:
        for n in range(25):
            told = payload(said(f"{k}.{n}", f"+49{k}", n))
            desk.services.journal.append([payloads.record(desk.sms, told)])
            desk.services.receiving.wake()

    producers = [threading.Thread(target=produce, args=[k]) for k in range(8)]
    for each in producers:
        each.start()
    for each in producers:
        each.join()
    desk.services.receiving.drain()
    desk.services.receiving.stop()
    assert [(c.unread, c.status) for c in desk.all()] == [(25, Status.PENDING)] * 8
    assert {c.last_activity_at for c in desk.all()} == {at(24)}
