"""Options are checked before anything is connected, and say which one is wrong."""

from pathlib import Path
from typing import Any

import pytest

from workspace.channels import create
from workspace.channels.mail.options import read
from workspace.errors import ConfigError
from workspace.settings import Paths, Secrets

GOOD: dict[str, Any] = {
    "address": "support@Example.test",
    "password": "env:MAIL_PASSWORD",
    "imap_host": "imap.example.test",
    "smtp_host": "smtp.example.test",
}


def test_little_is_needed() -> None:
    options = read(GOOD)
    assert options.address == "support@example.test"
    assert (options.imap.port, options.imap.security) == (993, "tls")
    assert (options.smtp.port, options.smtp.security) == (587, "starttls")
    assert options.imap.username == options.smtp.username == "support@example.test"
    assert options.mailboxes == ("INBOX",)
    assert options.since is None
    assert options.save_sent


def test_text_from_a_command_line_will_do() -> None:
    options = read(
        GOOD
        | {
            "imap_port": "1993",
            "smtp_port": "465",
            "mailboxes": "INBOX, Shop",
            "aliases": "sales@example.test",
            "save_sent": "false",
            "since": "2026-01-31",
        }
    )
    assert options.imap.port == 1993
    assert (options.smtp.port, options.smtp.security) == (465, "tls")
    assert options.mailboxes == ("INBOX", "Shop")
    assert options.aliases == ("sales@example.test",)
    assert not options.save_sent
    assert str(options.since) == "2026-01-31"


@pytest.mark.parametrize(
    ("changes", "option"),
    [
        ({"imap_host": ""}, "imap_host"),
        ({"imap_host": None}, "imap_host"),
        ({"imap_host": 7}, "imap_host"),
        ({"smtp_host": "a\r\nb"}, "smtp_host"),
        ({"imap_port": 0}, "imap_port"),
        ({"imap_port": "none"}, "imap_port"),
        ({"imap_port": True}, "imap_port"),
        ({"imap_security": "ssl"}, "imap_security"),
        ({"smtp_security": "none"}, "smtp_security"),
        ({"address": "nobody"}, "address"),
        ({"aliases": ["nobody"]}, "aliases"),
        ({"aliases": [1]}, "aliases"),
        ({"mailboxes": []}, "mailboxes"),
        ({"since": "yesterday"}, "since"),
        ({"since": 2026}, "since"),
        ({"poll_seconds": 0}, "poll_seconds"),
        ({"save_sent": "maybe"}, "save_sent"),
        ({"imap_hots": "x"}, "imap_hots"),
        ({"password": ""}, "password"),
        ({"password": None}, "password"),
        ({"password": "hunter2"}, "password"),
        ({"password": "env:"}, "password"),
    ],
)
def test_what_is_wrong_is_named(changes: dict[str, Any], option: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(GOOD | changes)
    assert option in caught.value.message
    assert caught.value.detail["option"] == option
    assert "hunter2" not in repr(caught.value)


def test_clear_text_only_on_this_machine() -> None:
    local = {"imap_host": "127.0.0.1", "imap_security": "none"}
    assert read(GOOD | local).imap.port == 143


def test_the_password_is_read_when_needed_and_never_kept(tmp_path: Path) -> None:
    secrets = Secrets(Paths(tmp_path), {})
    channel = create("mail", GOOD, secrets, tmp_path, 1)
    (check,) = channel.test()
    assert not check.ok
    assert "MAIL_PASSWORD is not set" in check.detail


def test_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="There is no channel kind 'fax'"):
        create("fax", {}, Secrets(Paths(tmp_path)), tmp_path, 1)
