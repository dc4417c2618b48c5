"""Configuring channels: what may stand beside what, and where secrets may not stand."""

import threading
from pathlib import Path
from typing import Any

import pytest
from wire import ANN, NOW, Office, Wire, open_office

from workspace.channels.base import Channel
from workspace.errors import ConfigError, Conflict, InvalidRequest, NotFound
from workspace.services import Services
from workspace.settings import Paths
from workspace.testing import at_once


def real(folder: Path, **settings: Any) -> Services:
    """A workspace with the real kinds of channels."""
    return Services.open(Paths(folder), at_once.settings(**settings))


MAIL = {
    "address": "support@example.org",
    "imap_host": "localhost",
    "smtp_host": "localhost",
    "password": "env:MAIL_PASSWORD",
}


def test_a_channel_is_there_after_a_restart(tmp_path: Path) -> None:
    services = real(tmp_path)
    added = services.accounts.add("mail", "", MAIL)
    assert (added.name, added.kind, added.capabilities.threads) == (
        "support@example.org",
        "mail",
        True,
    )
    services.close()
    services = real(tmp_path)
    (found,) = services.accounts.list()
    assert (found.id, found.name, found.options) == (added.id, added.name, MAIL)
    services.close()


def test_who_is_told_of_a_change_finds_it_when_asking(tmp_path: Path) -> None:
    services = real(tmp_path)
    seen: list[list[str]] = []

    def told(_: int) -> None:
        """In the writer's thread, so that nothing goes on until this is answered."""
        seen.append([each.name for each in services.accounts.list()])

    services.store.on_commit(told)
    one = services.accounts.add("simulator", "One", {"plays": "sms"})
    assert seen[-1] == ["One"]
    services.accounts.remove(one.id)
    assert seen[-1] == []
    services.accounts.add("simulator", "One", {"plays": "sms"})
    assert seen[-1] == ["One"]
    services.close()


def test_names_are_unique_and_invented_where_none_is_given(tmp_path: Path) -> None:
    services = real(tmp_path)
    names = [services.accounts.add("simulator", "", {"plays": "sms"}).name for _ in range(3)]
    assert names == ["sms", "sms 2", "sms 3"]
    with pytest.raises(Conflict, match="choose another name"):
        services.accounts.add("simulator", "sms", {})
    for name in ("x" * 201, "a\x07b"):
        with pytest.raises(InvalidRequest, match="name"):
            services.accounts.add("simulator", name, {})
    services.close()


def test_a_removed_channel_keeps_its_history_and_may_come_back(office: Office) -> None:
    conversation = office.hear()
    office.services.journal.append([])
    removed = office.services.accounts.remove(office.channel)
    assert removed.id == office.channel
    assert office.services.accounts.list() == []
    assert office.wire.closed
    assert office.services.inbox.conversation(conversation.id).channel_name == "wire"
    for again in (office.services.accounts.channel, office.services.accounts.remove):
        with pytest.raises(NotFound, match="may have been removed"):
            again(office.channel)
    back = office.services.accounts.add("wire", "wire", {"size": 2})
    assert (back.id, back.options) == (office.channel, {"size": 2})
    office.hear(text="again")
    assert len(office.all()) == 1


def test_to_remove_again_with_the_same_key_is_the_same_deed(office: Office) -> None:
    accounts = office.services.accounts
    first = accounts.remove(office.channel, "key-of-a-client")
    assert accounts.remove(office.channel, "key-of-a-client") == first
    with pytest.raises(NotFound):
        accounts.remove(office.channel, "another-key")
    other = accounts.add("wire", "other", {}).id
    with pytest.raises(Conflict, match="another request"):
        accounts.remove(other, "key-of-a-client")
    accounts.add("wire", "wire", {})
    assert accounts.remove(office.channel, "key-of-a-client") == first
    assert {c.id for c in accounts.list()} == {office.channel, other}  # it is connected again


def test_a_removal_that_is_not_stored_changes_nothing(office: Office) -> None:
    office.services.store.write(lambda tx: tx.execute("ALTER TABLE channels RENAME TO gone"))
    with pytest.raises(Exception, match="channels"):
        office.services.accounts.remove(office.channel)
    office.services.store.write(lambda tx: tx.execute("ALTER TABLE gone RENAME TO channels"))
    assert [c.id for c in office.services.accounts.list()] == [office.channel]
    assert not office.wire.closed


def test_demo_and_real_channels_never_mix(tmp_path: Path) -> None:
    demo = real(tmp_path / "demo", demo=True)
    with pytest.raises(ConfigError, match="demo data"):
        demo.accounts.add("mail", "mail", MAIL)
    demo.accounts.add("simulator", "one", {})
    demo.close()

    services = real(tmp_path / "real")
    first = services.accounts.add("mail", "mail", MAIL)
    with pytest.raises(ConfigError, match="holds real channels"):
        services.accounts.add("simulator", "sim", {})
    services.accounts.remove(first.id)  # nothing was ever received on it
    services.accounts.add("simulator", "sim", {})
    services.accounts.add("simulator", "another", {})
    with pytest.raises(ConfigError, match="holds simulated channels"):
        services.accounts.add("mail", "other", MAIL)
    services.close()


@pytest.mark.parametrize(
    "options",
    [
        {"password": "hunter22"},
        {"smtp_password": "hunter22"},
        {"api_key": "hunter22"},
        {"access_token": "hunter22"},
        {"imap_host": "imaps://me:hunter22@example.org"},
        {"password": 'env:X" hunter22'},
    ],
)
def test_a_secret_among_the_options_is_refused_and_not_repeated(
    office: Office, options: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    for ask in (
        lambda: office.services.accounts.add("wire", "other", options),
        lambda: office.services.accounts.test_options("wire", options),
    ):
        with pytest.raises(ConfigError, match="holds a secret") as caught:
            ask()
        assert "hunter22" not in f"{caught.value} {caught.value.detail}"
    assert "hunter22" not in caplog.text
    assert len(office.services.accounts.list()) == 1


def test_wrong_options_leave_nothing(tmp_path: Path) -> None:
    services = real(tmp_path)
    with pytest.raises(ConfigError, match="no option 'sped'"):
        services.accounts.add("simulator", "sim", {"sped": 1})
    with pytest.raises(ConfigError, match="no channel kind 'fax'"):
        services.accounts.add("fax", "fax", {})
    assert services.accounts.list() == []
    with services.store.read() as db:
        assert db.execute("SELECT count(*) FROM channels") == [(0,)]
    services.close()


def test_a_channel_whose_options_went_wrong_does_not_keep_the_others_out(tmp_path: Path) -> None:
    services = real(tmp_path)
    broken = services.accounts.add("simulator", "broken", {})
    services.accounts.add("simulator", "fine", {})
    spoil = "UPDATE channels SET options = '{\"sped\": 1}' WHERE id = $1"
    services.store.write(lambda tx: tx.execute(spoil, [broken.id]))
    services.close()
    services = real(tmp_path)
    first, second = services.accounts.list()
    assert (first.state, second.state) == ("failing", "connecting")
    assert "no option 'sped'" in first.state_detail
    assert services.accounts.test(first.id)[0].detail == first.state_detail
    services.start()
    services.close()


def test_testing_options_keeps_nothing(tmp_path: Path) -> None:
    services = real(tmp_path)
    checks = services.accounts.test_options("simulator", {"plays": "sms"})
    assert [c.ok for c in checks] == [True]
    assert services.accounts.list() == []
    assert list(services.paths.simulator.iterdir()) == []
    services.close()


def test_a_test_that_breaks_is_a_finding(tmp_path: Path) -> None:
    class Dead(Wire):
        def test(self):  # type: ignore[no-untyped-def]
            raise ConnectionRefusedError(111, "Connection refused")

    office = open_office(tmp_path, Dead())
    (check,) = office.services.accounts.test(office.channel)
    assert (check.ok, check.detail) == (False, "Connection refused")
    office.services.close()


def test_adding_a_channel_holds_up_no_verb(tmp_path: Path) -> None:
    """A verb asks for the channel's clock in the writer's thread, which adding needs as well."""
    office = open_office(tmp_path)
    conversation = office.hear()
    create = office.services.accounts._create
    acted = threading.Event()

    def resolve() -> None:
        office.services.inbox.resolve([conversation.id], ANN, None)
        acted.set()

    def slow_create(*args: Any) -> Channel:
        threading.Thread(target=resolve, daemon=True).start()
        assert acted.wait(20)
        return create(*args)

    office.services.accounts._create = slow_create  # type: ignore[assignment]
    office.services.accounts.add("wire", "second", {})
    assert acted.is_set()
    office.services.close()


def test_a_channel_has_a_clock_of_its_own(office: Office) -> None:
    assert office.services.accounts.now(office.channel) == NOW
    assert office.services.accounts.now(999) > NOW
