"""Servers that do what Dovecot never does: the channel still loses nothing."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from inflow import Inflow
from mail_samples import mail
from odd_imap import Odd, odd_imap

from workspace.channels import create
from workspace.channels.base import Channel
from workspace.channels.mail import receive
from workspace.errors import ConfigError
from workspace.settings import Paths, Secrets

Start = Callable[..., Inflow]
Make = Callable[..., Channel]


def numbered(n: int) -> bytes:
    return mail(f"From: ada@customer.test\nMessage-ID: <{n}@customer.test>\n\nmail {n}")


@pytest.fixture
def odd() -> Iterator[Odd]:
    with odd_imap(Odd()) as server:
        yield server


@pytest.fixture
def channel(odd: Odd, tmp_path: Path) -> Make:
    def make(**changes: Any) -> Channel:
        options = {
            "address": "support@example.test",
            "password": "env:P",
            "smtp_host": "localhost",
            **odd.options(),
            **changes,
        }
        return create("mail", options, Secrets(Paths(tmp_path), {"P": "x"}), tmp_path, 1)

    return make


def test_mail_told_of_in_the_packet_that_begins_idle(
    odd: Odd, channel: Make, inflow: Start
) -> None:
    """It lies in a buffer where no poll of the socket can see it."""
    odd.arriving = {1: numbered(1)}
    reader = inflow(channel())
    reader.idle()
    assert reader.next(seconds=5).raw == numbered(1)


@pytest.mark.parametrize("uidnext", [True, False])
@pytest.mark.slow
def test_a_server_without_idle_is_asked(
    odd: Odd, channel: Make, inflow: Start, uidnext: bool
) -> None:
    odd.idle, odd.uidnext = False, uidnext
    odd.mails = {4: numbered(4)}
    reader = inflow(channel(poll_seconds=1))
    reader.idle()
    odd.mails = {4: numbered(4), 9: numbered(9)}
    (payload,) = reader.mails(1)
    assert payload.raw == numbered(9)
    if not uidnext:
        odd.wait_for("UID SEARCH UID 10:*")
    odd.mails |= {12: numbered(12)}
    (payload,) = reader.mails(1)
    assert payload.raw == numbered(12)  # and not 9 again, which "10:*" names until 12 is there
    reader.stop()
    assert reader.nothing_more()


def test_a_mail_too_large_gives_its_head(odd: Odd, channel: Make, inflow: Start) -> None:
    reader = inflow(channel())
    reader.idle()
    odd.sizes = {2: receive.MAX_MAIL + 1}
    odd.mails = {1: numbered(1), 2: numbered(2), 3: numbered(3)}
    reader.stop()
    again = inflow(account := channel(), reader.cursor)
    one, two, three = again.mails(3)
    assert (one.raw, three.raw) == (numbered(1), numbered(3))
    (event,) = account.parse(two.raw, two.meta)
    assert event.provider_id == "<2@customer.test>"
    assert "too large to be fetched" in event.unsupported  # type: ignore[union-attr]


def test_a_mail_the_server_can_not_read_holds_up_no_other(
    odd: Odd, channel: Make, inflow: Start
) -> None:
    reader = inflow(channel())
    reader.idle()
    reader.stop()
    odd.mails = {n: numbered(n) for n in (1, 2, 3)}
    odd.broken = frozenset({2})
    again = inflow(account := channel(), reader.cursor)
    found = [again.next() for _ in range(3)]
    assert [p.raw for p in found] == [numbered(1), b"", numbered(3)]
    (event,) = account.parse(found[1].raw, found[1].meta)
    assert event.provider_id.startswith("sha256:")
    assert "could not hand out" in event.unsupported  # type: ignore[union-attr]


def test_large_mailboxes_are_searched_in_windows(odd: Odd, channel: Make, inflow: Start) -> None:
    reader = inflow(channel())
    reader.idle()
    reader.stop()
    odd.mails = {1: numbered(1), 45_000: numbered(45_000)}
    again = inflow(channel(), reader.cursor)
    assert len(again.mails(2)) == 2
    searches = [c for c in odd.commands if "SEARCH" in c]
    assert searches == [
        "UID SEARCH UID 1:20000",
        "UID SEARCH UID 20001:40000",
        "UID SEARCH UID 40001:45000",
    ]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("NO [AUTHENTICATIONFAILED] wrong", ConfigError),
        ("NO [UNAVAILABLE] database down", OSError),
        ("NO [LIMIT] too many connections", OSError),
    ],
)
def test_a_refused_login(
    odd: Odd, channel: Make, inflow: Start, answer: str, error: type[Exception]
) -> None:
    odd.login = answer
    reader = inflow(channel())
    assert reader.ended.wait(5)
    assert isinstance(reader.error, error)


def test_a_server_that_says_nothing(
    odd: Odd, channel: Make, inflow: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workspace.channels.mail.connect.CONNECT_SECONDS", 0.3)
    odd.silent = True
    reader = inflow(channel())
    assert reader.ended.wait(5)
    assert isinstance(reader.error, OSError)
    assert "did not answer in time" in str(reader.error)
