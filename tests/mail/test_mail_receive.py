"""Receiving from a real Dovecot: live, after restarts, after the server renumbered everything."""

import json
import re
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import monotonic

import pytest
from inflow import Channels, Ended, Inflow
from mail_samples import PLAIN, mail

from workspace.channels.base import Payload, Received
from workspace.errors import ConfigError
from workspace.testing.mailserver import CUSTOMER, SUPPORT, MailServer

pytestmark = pytest.mark.mail

Start = Callable[..., Inflow]


def numbered(n: int) -> bytes:
    return mail(f"From: ada@customer.test\nMessage-ID: <{n}@customer.test>\n\nmail {n}")


def ids(payloads: list[Payload]) -> list[int]:
    found = [re.search(rb"Message-ID: <(\d+)@", payload.raw) for payload in payloads]
    return [int(match[1]) for match in found if match]


def test_from_now_on(server: MailServer, channel: Channels, inflow: Start) -> None:
    server.append(SUPPORT, numbered(1))
    reader = inflow(channel())
    reader.idle()
    server.append(SUPPORT, numbered(2))
    (payload,) = reader.mails(1)
    assert payload.raw == numbered(2)
    assert not payload.meta.backfill
    assert payload.meta.data["mailbox"] == "INBOX"
    assert payload.meta.data["uid"] == 2
    reader.stop()
    assert reader.nothing_more()
    assert reader.error is None


def test_new_mail_arrives_at_once(server: MailServer, channel: Channels, inflow: Start) -> None:
    """By IDLE: the next look at the mailbox would be in an hour."""
    reader = inflow(channel(poll_seconds=3_600))
    reader.idle()
    for n in range(20):
        server.deliver("ada@elsewhere.test", SUPPORT, numbered(n))
    # The server delivers several at once, in any order.
    assert sorted(ids(reader.mails(20))) == list(range(20))


def test_what_came_while_the_hub_was_down(
    server: MailServer, channel: Channels, inflow: Start
) -> None:
    """Also when nothing at all had come before: the first payload carries only the cursor."""
    first = inflow(channel())
    first.idle()
    cursor = first.stop()
    for n in range(3):
        server.append(SUPPORT, numbered(n))
    second = inflow(channel(), cursor)
    assert ids(second.mails(3)) == [0, 1, 2]
    cursor = second.stop()
    third = inflow(channel(), cursor)
    server.append(SUPPORT, numbered(3))
    assert ids(third.mails(1)) == [3]


def test_a_stop_in_the_middle_goes_on_from_there(
    server: MailServer, channel: Channels, inflow: Start
) -> None:
    started = inflow(channel(), None)
    started.idle()
    cursor = started.stop()
    for n in range(60):  # more than one batch
        server.append(SUPPORT, numbered(n))
    seen: list[Payload] = []
    for payload in channel().run(threading.Event(), cursor):
        seen.append(payload)
        if len(seen) == 7:
            break
    rest = inflow(channel(), seen[-1].cursor)
    assert ids(seen) + ids(rest.mails(53)) == list(range(60))


def test_history_since_a_day(server: MailServer, channel: Channels, inflow: Start) -> None:
    today = datetime.now(UTC)
    for n, days in ((1, 400), (2, 30), (3, 1)):
        server.append(SUPPORT, numbered(n), arrived=today - timedelta(days=days))
    since = (today - timedelta(days=100)).date()
    reader = inflow(channel(since=since.isoformat()))
    old = reader.mails(2)
    assert ids(old) == [2, 3]
    assert all(payload.meta.backfill for payload in old)
    server.append(SUPPORT, numbered(4), arrived=today - timedelta(days=10))
    (new,) = reader.mails(1)
    assert ids([new]) == [4]
    assert not new.meta.backfill  # it came now, however old its stamp


def test_internaldate_is_kept_as_an_instant(
    server: MailServer, channel: Channels, inflow: Start
) -> None:
    reader = inflow(account := channel())
    reader.idle()
    arrived = datetime(2026, 3, 1, 23, 30, 5, tzinfo=UTC)
    server.append(SUPPORT, PLAIN, arrived=arrived)
    (payload,) = reader.mails(1)
    assert datetime.fromisoformat(payload.meta.data["internaldate"]) == arrived
    (event,) = account.parse(payload.raw, payload.meta)
    assert event.occurred_at.replace(microsecond=0) == arrived


@pytest.mark.parametrize("how", ["renumber", "recreate"])
def test_a_changed_uidvalidity_gives_everything_again(
    server: MailServer, channel: Channels, inflow: Start, how: str
) -> None:
    """What was read before comes again and is dropped by its Message-ID; nothing is left out."""
    server.append(SUPPORT, numbered(0), "Shop", datetime(2020, 1, 1, tzinfo=UTC))
    first = inflow(channel(mailboxes="Shop"))
    first.idle()
    server.append(SUPPORT, numbered(1), "Shop")
    assert ids(first.mails(1)) == [1]
    cursor = first.stop()
    server.append(SUPPORT, numbered(2), "Shop")  # came while nobody looked
    getattr(server, how)(SUPPORT, "Shop")
    second = inflow(channel(mailboxes="Shop"), cursor)
    again = second.mails(2)
    assert sorted(ids(again)) == [1, 2]  # but not 0, which is older than the channel
    assert not any(payload.meta.backfill for payload in again)
    validity = json.loads(again[-1].cursor)["Shop"]["validity"]
    assert validity != json.loads(cursor or "")["Shop"]["validity"]


def test_a_uidvalidity_changed_under_a_reader(
    server: MailServer, channel: Channels, inflow: Start
) -> None:
    reader = inflow(channel())
    reader.idle()
    server.append(SUPPORT, numbered(1))
    reader.mails(1)
    server.renumber(SUPPORT)
    server.append(SUPPORT, numbered(2))
    found: set[int] = set()
    while 2 not in found:
        try:
            found |= set(ids(reader.mails(1)))
        except Ended:  # the server may also close the connection, and select no box for a moment
            assert isinstance(reader.error, OSError)
            reader = inflow(channel(), reader.cursor)


def test_a_restart_of_the_server(server: MailServer, channel: Channels, inflow: Start) -> None:
    reader = inflow(channel())
    reader.idle()
    server.stop_dovecot(kill=True)
    try:
        assert reader.ended.wait(20)
        assert isinstance(reader.error, OSError)  # time heals it: the hub tries again
        down = inflow(channel(), reader.cursor)
        assert down.ended.wait(20)
        assert "Nothing listens" in str(down.error)
    finally:
        server.start_dovecot()
    server.append(SUPPORT, numbered(1))
    assert ids(inflow(channel(), reader.cursor).mails(1)) == [1]


def test_several_mailboxes(server: MailServer, channel: Channels, inflow: Start) -> None:
    server.append(SUPPORT, numbered(0), "Shop")
    reader = inflow(channel(mailboxes=["INBOX", "Shop"], poll_seconds=1))
    reader.idle()
    reader.idle()
    server.append(SUPPORT, numbered(1), "Shop")
    server.append(SUPPORT, numbered(2))
    found = reader.mails(2)
    assert {p.meta.data["mailbox"]: ids([p])[0] for p in found} == {"Shop": 1, "INBOX": 2}


def test_stopping_takes_about_a_second(
    server: MailServer, channel: Channels, inflow: Start
) -> None:
    reader = inflow(channel())
    reader.idle()
    began = monotonic()
    reader.stop()
    assert monotonic() - began < 2.5
    assert reader.error is None


def test_closing_the_channel_ends_a_reader(
    server: MailServer, channel: Channels, inflow: Start
) -> None:
    reader = inflow(account := channel())
    reader.idle()
    account.close()
    assert reader.ended.wait(2.5)
    assert reader.error is None


def test_reading_leaves_mail_unread(server: MailServer, channel: Channels, inflow: Start) -> None:
    reader = inflow(channel())
    reader.idle()
    server.append(SUPPORT, numbered(1))
    reader.mails(1)
    with server.login(SUPPORT) as client:
        client.select_folder("INBOX")
        assert client.search("UNSEEN") == [1]


def test_a_wrong_password_needs_a_person(
    server: MailServer, channel: Channels, inflow: Start
) -> None:
    reader = inflow(channel(password="wrong"))
    assert reader.ended.wait(20)
    assert isinstance(reader.error, ConfigError)
    assert "refused the login of support@example.test" in reader.error.message
    assert "app password" in reader.error.message


@pytest.mark.parametrize("mailbox", ["Nowhere", "Größe & Co"])
def test_a_mailbox_that_is_not_there(
    server: MailServer, channel: Channels, inflow: Start, mailbox: str
) -> None:
    reader = inflow(channel(mailboxes=[mailbox]))
    assert reader.ended.wait(20)
    assert isinstance(reader.error, ConfigError)
    assert f"no mailbox {mailbox!r}" in reader.error.message
    assert "it has: INBOX" in reader.error.message


def test_a_password_beyond_ascii_is_sent_right(channel: Channels, inflow: Start) -> None:
    """LOGIN can't carry it; the server must get to judge it."""
    reader = inflow(channel(password="Größe"))
    assert reader.ended.wait(20)
    assert isinstance(reader.error, ConfigError)


def test_a_whole_mailing_list(
    server: MailServer, channel: Channels, inflow: Start, mail_corpus: list[Path]
) -> None:
    """53 files, one of them a copy of another."""
    with server.login(SUPPORT) as client:
        for file in mail_corpus:
            client.append("INBOX", file.read_bytes(), msg_time=datetime(2009, 11, 18, tzinfo=UTC))
    reader = inflow(account := channel(since=date(2009, 1, 1).isoformat()))
    payloads = reader.mails(53)
    events = [event for p in payloads for event in account.parse(p.raw, p.meta)]
    assert all(isinstance(event, Received) for event in events)
    assert len({event.provider_id for event in events}) == 52
    assert {event.occurred_at for event in events} == {datetime(2009, 11, 18, tzinfo=UTC)}
    sent = [file.read_bytes().replace(b"\r\n", b"\n") for file in mail_corpus]
    assert [p.raw.replace(b"\r\n", b"\n") for p in payloads] == sent


def test_mail_that_really_travelled(server: MailServer, channel: Channels, inflow: Start) -> None:
    reader = inflow(account := channel())
    reader.idle()
    server.deliver(CUSTOMER, SUPPORT, PLAIN)
    (payload,) = reader.mails(1)
    (event,) = account.parse(payload.raw, payload.meta)
    assert isinstance(event, Received)
    assert event.text == "It does not start."
    assert not event.automatic
    assert abs(event.occurred_at - datetime.now(UTC)) < timedelta(minutes=1)
