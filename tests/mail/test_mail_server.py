"""The mail servers of the tests are themselves what they claim to be."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from workspace.testing import mailserver
from workspace.testing.mailserver import CUSTOMER, SUPPORT, MailServer, NotAvailable

pytestmark = pytest.mark.mail


def test_what_is_appended_is_read(server: MailServer) -> None:
    server.append(SUPPORT, b"Subject: a\r\n\r\n1\r\n", arrived=datetime(2020, 1, 1, tzinfo=UTC))
    server.append(SUPPORT, b"Subject: b\r\n\r\n2\r\n", "Shop")
    assert server.mails(SUPPORT) == [b"Subject: a\r\n\r\n1\r\n"]
    assert server.mails(SUPPORT, "Shop") == [b"Subject: b\r\n\r\n2\r\n"]
    assert server.mails(SUPPORT, "None") == []
    server.clear()
    assert server.mails(SUPPORT) == []


@pytest.mark.parametrize("how", ["renumber", "recreate"])
def test_uidvalidity_changes_and_the_mails_stay(server: MailServer, how: str) -> None:
    when = datetime(2020, 1, 1, 12, tzinfo=UTC)
    for n in range(3):
        server.append(SUPPORT, b"Subject: %d\r\n\r\n" % n, "Shop", when)
    before, mails = facts(server), server.mails(SUPPORT, "Shop")
    getattr(server, how)(SUPPORT, "Shop")
    assert facts(server) != before
    assert sorted(server.mails(SUPPORT, "Shop")) == sorted(mails)
    with server.login(SUPPORT) as client:
        client.select_folder("Shop")
        dates = client.fetch(client.search(), ["INTERNALDATE"])
    assert {each[b"INTERNALDATE"] for each in dates.values()} == {when}


def facts(server: MailServer) -> int:
    with server.login(SUPPORT) as client:
        return int(client.select_folder("Shop")[b"UIDVALIDITY"])


def test_mail_waits_for_a_server_that_was_killed(server: MailServer) -> None:
    server.kill()
    server.start()
    server.deliver("ada@elsewhere.test", CUSTOMER, b"Subject: after\r\n\r\nx\r\n")
    assert b"Subject: after" in server.wait_for_mails(CUSTOMER)[0]


def test_waiting_ends(server: MailServer) -> None:
    with pytest.raises(TimeoutError, match="holds 0 mails, not 1"):
        server.wait_for_mails(SUPPORT, seconds=0.2)


def test_two_at_once(server: MailServer) -> None:
    with mailserver.mail_server() as other:
        other.append(SUPPORT, b"Subject: other\r\n\r\n")
        assert server.mails(SUPPORT) == []
        folder = other.folder
    assert not folder.exists()


def test_without_the_programs_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(mailserver, "_SEARCH_PATH", str(tmp_path))
    with pytest.raises(NotAvailable, match="scripts/system-deps"), mailserver.mail_server():
        pass
