"""`convo channel test` says what works, and what to do about what does not."""

import threading
from typing import Any

import pytest
from inflow import Channels

from workspace.errors import ConfigError
from workspace.models import Check
from workspace.testing.mailserver import SUPPORT, MailServer

pytestmark = pytest.mark.mail


def failed(checks: list[Check]) -> dict[str, str]:
    return {check.name: check.detail for check in checks if not check.ok}


def test_all_is_well(server: MailServer, channel: Channels) -> None:
    server.append(SUPPORT, b"Subject: x\r\n\r\n")
    checks = channel().test()
    assert failed(checks) == {}
    assert [check.name for check in checks] == [
        "password",
        "receiving",
        "mailbox",
        "new mail",
        "sent mail",
        "sending",
    ]
    details = " ".join(check.detail for check in checks)
    assert "INBOX holds 1 mails." in details
    assert "IDLE" in details
    assert "Copies go to Sent, which will be made." in details
    assert f"takes mail from {SUPPORT}. Nothing was sent." in details
    assert len(server.mails(SUPPORT)) == 1
    assert server.password not in repr(checks)


def test_starttls(server: MailServer, channel: Channels) -> None:
    account = channel(imap_port=server.ports.imap, imap_security="starttls")
    assert failed(account.test()) == {}


@pytest.mark.parametrize(
    ("changes", "name", "words"),
    [
        ({"imap_host": "no-such-host.invalid"}, "receiving", "can't be found"),
        ({"imap_port": 1}, "receiving", "Nothing listens at localhost:1"),
        ({"mailboxes": ["INBOX", "Shop"]}, "mailbox", "no mailbox 'Shop'; there are: INBOX"),
        ({"ca_file": ""}, "receiving", "is not trusted"),
        ({"ca_file": ""}, "sending", "set the option ca_file"),
        ({"ca_file": "/no/such/file"}, "receiving", "is no file with a PEM certificate"),
        ({"smtp_port": 1}, "sending", "Nothing listens at localhost:1"),
        ({"address": "boss@example.test", "username": SUPPORT}, "sending", "option address"),
    ],
)
def test_what_is_wrong(channel: Channels, changes: dict[str, Any], name: str, words: str) -> None:
    found = failed(channel(**changes).test())
    assert words in found[name]


def test_a_wrong_password(channel: Channels) -> None:
    found = failed(channel(password="hunter2").test())
    assert set(found) == {"receiving", "sending"}
    assert "app password" in found["receiving"]
    assert "app password" in found["sending"]
    assert "hunter2" not in repr(found)


def test_tls_asked_of_a_port_without(server: MailServer, channel: Channels) -> None:
    found = failed(channel(imap_port=server.ports.imap, smtp_security="tls").test())
    assert "does not speak TLS on this port" in found["receiving"]
    assert "does not speak TLS on this port" in found["sending"]


def test_starttls_asked_of_a_port_with_tls(
    server: MailServer, channel: Channels, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server waits for TLS to begin, so both sides wait."""
    monkeypatch.setattr("workspace.channels.mail.connect.CONNECT_SECONDS", 1)
    found = failed(channel(smtp_port=server.ports.smtps).test())
    assert "security option" in found["sending"]


def test_no_password_reaches_a_log(channel: Channels, caplog: pytest.LogCaptureFixture) -> None:
    """Not even when everything is logged, imaplib's own conversation included."""
    caplog.set_level("DEBUG")
    account = channel(password="hunter2")
    account.test()
    with pytest.raises(ConfigError):
        next(iter(account.run(threading.Event(), None)))
    assert "hunter2" not in caplog.text
