"""Sending through a real Postfix into real mailboxes, and through servers that fail midway."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

import pytest
from inflow import Channels, Inflow
from odd_smtp import Odd, odd_smtp

from workspace.channels import create
from workspace.channels.base import (
    Channel,
    Failure,
    KeepsCopies,
    Outbound,
    OutboundFile,
    Response,
    SendFailed,
    Sent,
    StatusChanged,
    Thread,
)
from workspace.models import Address, AddressKind, DeliveryStatus, FailureKind, MediaKind
from workspace.settings import Paths, Secrets
from workspace.testing.mailserver import (
    COLLEAGUE,
    CUSTOMER,
    LATER,
    NOBODY,
    REFUSED,
    SUPPORT,
    MailServer,
)


def outbound(channel: Channel, to: str = CUSTOMER, **changes: Any) -> Outbound:
    values: dict[str, Any] = {
        "key": channel.new_key(),
        "to": Address(AddressKind.EMAIL, to),
        "to_name": "Ada",
        "text": "It is mended.\n.\n.. with dots\n",
        "files": (),
        "thread": Thread("The engine"),
        "queued_at": datetime.now(UTC),
    }
    return Outbound(**(values | changes))


def perform(channel: Channel, message: Outbound) -> Sent | Failure:
    (request,) = channel.encode(message)
    return channel.decode(channel.perform(request))


def perform_and_copy(channel: Channel, message: Outbound) -> str:
    """Send, and keep a copy as delivery does; why there is none."""
    (request,) = channel.encode(message)
    assert isinstance(channel.decode(channel.perform(request)), Sent)
    assert isinstance(channel, KeepsCopies)
    return channel.keep_copy(request)


def read(raw: bytes) -> EmailMessage:
    return cast(EmailMessage, message_from_bytes(raw, policy=policy.default))


@pytest.mark.mail
class TestPostfix:
    def test_a_reply_reaches_the_customer(self, server: MailServer, channel: Channels) -> None:
        account = channel(name="Support, Ünited")
        thread = Thread("The engine", "<one@customer.test>", ("<one@customer.test>",))
        file = OutboundFile(MediaKind.DOCUMENT, "März.pdf", "application/pdf", b"%PDF-\x00")
        message = outbound(account, thread=thread, files=(file,))
        assert perform(account, message) == Sent(message.key)
        (raw,) = server.wait_for_mails(CUSTOMER)
        arrived = read(raw)
        assert arrived["Message-ID"] == message.key
        assert arrived["In-Reply-To"] == "<one@customer.test>"
        assert arrived["References"] == "<one@customer.test>"
        assert arrived["Subject"] == "Re: The engine"
        assert arrived["From"].addresses[0].display_name == "Support, Ünited"
        body = arrived.get_body()
        assert body is not None
        assert body.get_content().splitlines()[:3] == ["It is mended.", ".", ".. with dots"]
        (attachment,) = arrived.iter_attachments()
        assert attachment.get_filename() == "März.pdf"
        assert attachment.get_content() == b"%PDF-\x00"

    def test_a_copy_lies_among_the_sent(self, server: MailServer, channel: Channels) -> None:
        account = channel()
        message = outbound(account)
        assert account.find_sent(message.key) is None
        assert perform_and_copy(account, message) == ""
        (copy,) = server.mails(SUPPORT, "Sent")
        assert read(copy)["Message-ID"] == message.key
        assert account.find_sent(message.key) is True
        assert account.find_sent(account.new_key()) is None

    def test_the_copy_goes_where_the_option_says(
        self, server: MailServer, channel: Channels
    ) -> None:
        perform_and_copy(account := channel(sent_mailbox="Out"), outbound(account))
        assert len(server.mails(SUPPORT, "Out")) == 1
        assert server.mails(SUPPORT, "Sent") == []

    def test_no_copy_where_the_server_keeps_one(
        self, server: MailServer, channel: Channels
    ) -> None:
        account = channel(save_sent=False)
        assert perform_and_copy(account, outbound(account)) == ""
        server.wait_for_mails(CUSTOMER)
        assert server.mails(SUPPORT, "Sent") == []

    def test_a_copy_that_fails_fails_nothing(self, server: MailServer, channel: Channels) -> None:
        account = channel(imap_port=1)
        why = perform_and_copy(account, outbound(account))
        assert "no copy of it was kept" in why
        assert "Nothing listens at localhost:1" in why
        assert len(server.wait_for_mails(CUSTOMER)) == 1
        assert account.find_sent("<x@y>") is None

    def test_tls_from_the_start(self, server: MailServer, channel: Channels) -> None:
        account = channel(smtp_port=server.ports.smtps, smtp_security="tls")
        assert isinstance(perform(account, outbound(account)), Sent)
        assert len(server.wait_for_mails(CUSTOMER)) == 1

    def test_copies_reach_the_others(self, server: MailServer, channel: Channels) -> None:
        account = channel()
        perform(account, outbound(account, thread=Thread("x", cc=(COLLEAGUE,))))
        (raw,) = server.wait_for_mails(COLLEAGUE)
        assert read(raw)["Cc"] == COLLEAGUE
        server.wait_for_mails(CUSTOMER)

    def test_a_refused_copy_does_not_fail_the_reply(
        self, server: MailServer, channel: Channels
    ) -> None:
        account = channel()
        outcome = perform(account, outbound(account, thread=Thread("x", cc=(REFUSED, COLLEAGUE))))
        assert isinstance(outcome, Sent)
        assert f"The copy to {REFUSED} was refused: 5.1.1" in outcome.detail
        server.wait_for_mails(CUSTOMER)
        server.wait_for_mails(COLLEAGUE)

    def test_a_refused_customer_fails_it(self, server: MailServer, channel: Channels) -> None:
        account = channel()
        outcome = perform(account, outbound(account, REFUSED, thread=Thread("x", cc=(CUSTOMER,))))
        assert isinstance(outcome, Failure)
        assert outcome.kind is FailureKind.UNREACHABLE
        assert f"refused {REFUSED}: the address does not exist" in outcome.detail
        assert server.mails(CUSTOMER) == []
        assert server.mails(SUPPORT, "Sent") == []

    def test_greylisting(self, channel: Channels) -> None:
        outcome = perform(account := channel(), outbound(account, LATER))
        assert isinstance(outcome, Failure)
        assert outcome.kind is FailureKind.TRANSIENT
        assert outcome.retry_after == 300

    def test_a_real_bounce_names_the_mail_it_is_about(
        self, channel: Channels, inflow: Callable[..., Inflow]
    ) -> None:
        account = channel()
        reader = inflow(account)
        reader.idle()
        message = outbound(account, NOBODY)
        assert perform(account, message) == Sent(message.key)
        (payload,) = reader.mails(1)
        (event,) = account.parse(payload.raw, payload.meta)
        assert isinstance(event, StatusChanged)
        assert event.provider_id == message.key
        assert event.status is DeliveryStatus.FAILED
        assert event.failure_kind is FailureKind.UNREACHABLE
        assert f"could not be delivered to {NOBODY}: the address does not exist" in event.detail

    def test_a_domain_nobody_serves_bounces_too(
        self, channel: Channels, inflow: Callable[..., Inflow]
    ) -> None:
        reader = inflow(account := channel())
        reader.idle()
        message = outbound(account, "ada@nowhere.test")
        perform(account, message)
        (payload,) = reader.mails(1)
        (event,) = account.parse(payload.raw, payload.meta)
        assert event.provider_id == message.key
        assert "its domain does not exist" in event.detail  # type: ignore[union-attr]

    @pytest.mark.parametrize("password", ["wrong", "Größe"])
    def test_a_wrong_password(self, channel: Channels, password: str) -> None:
        account = channel(password=password)
        outcome = perform(account, outbound(account))
        assert isinstance(outcome, Failure)
        assert outcome.kind is FailureKind.AUTH
        assert "app password" in outcome.detail

    def test_an_address_that_is_not_ours(self, channel: Channels) -> None:
        account = channel(address="boss@example.test", username=SUPPORT)
        outcome = perform(account, outbound(account))
        assert isinstance(outcome, Failure)
        assert outcome.kind is FailureKind.INVALID
        assert "Check the option address" in outcome.detail

    def test_an_untrusted_certificate_is_not_sent_a_password(self, channel: Channels) -> None:
        account = channel(ca_file="")
        with pytest.raises(SendFailed) as caught:
            perform(account, outbound(account))
        assert caught.value.failure.kind is FailureKind.AUTH
        assert "certificate" in caught.value.failure.detail

    def test_a_server_that_is_down(self, server: MailServer, channel: Channels) -> None:
        account = channel()
        server.stop_postfix()
        try:
            with pytest.raises(SendFailed) as caught:
                perform(account, outbound(account))
        finally:
            server.start_postfix()
        assert caught.value.failure.kind is FailureKind.TRANSIENT
        assert "Nothing listens" in caught.value.failure.detail

    def test_sending_again_under_the_same_name_leaves_one_copy(
        self, server: MailServer, channel: Channels
    ) -> None:
        account = channel()
        message = outbound(account)
        perform_and_copy(account, message)
        perform_and_copy(account, message)
        assert len(server.mails(SUPPORT, "Sent")) == 1


class TestBreakingOff:
    """Until the mail's last line is written it is safe to try again; from then on it is not."""

    @pytest.fixture
    def odd(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[Odd]:
        monkeypatch.setattr("workspace.channels.mail.connect.CONNECT_SECONDS", 1)
        monkeypatch.setattr("workspace.channels.mail.connect.ANSWER_SECONDS", 1)
        monkeypatch.setattr("workspace.channels.mail.send.FINAL_SECONDS", 1)
        with odd_smtp(Odd()) as server:
            yield server

    @pytest.fixture
    def account(self, odd: Odd, tmp_path: Path) -> Channel:
        options = {
            "address": SUPPORT,
            "password": "env:P",
            "imap_host": "localhost",
            **odd.options(),
        }
        return create("mail", options, Secrets(Paths(tmp_path), {"P": "x"}), tmp_path, 1)

    @pytest.mark.parametrize("how", ["hang up", "stall"])
    @pytest.mark.parametrize("at", ["connect", "ehlo", "mail", "rcpt", "data"])
    @pytest.mark.slow
    def test_before_the_mail_is_written(
        self, odd: Odd, account: Channel, at: str, how: str
    ) -> None:
        odd.at, odd.how = at, how
        with pytest.raises(SendFailed) as caught:
            perform(account, outbound(account))
        assert caught.value.failure.kind is FailureKind.TRANSIENT
        assert odd.mails == []

    @pytest.mark.parametrize("how", ["hang up", "stall"])
    def test_after_the_mail_was_written(self, odd: Odd, account: Channel, how: str) -> None:
        odd.at, odd.how = "body", how
        with pytest.raises(SendFailed) as caught:
            perform(account, outbound(account))
        assert caught.value.failure.kind is FailureKind.UNKNOWN_OUTCOME
        assert "it may have been sent" in caught.value.failure.detail
        assert len(odd.mails) == 1

    def test_a_connection_lost_while_the_mail_is_written(self, odd: Odd, account: Channel) -> None:
        """Larger than what the system's buffers swallow: the end can't have been written."""
        odd.at, odd.how = "data", "354 go on"
        big = OutboundFile(MediaKind.DOCUMENT, "x", "application/zip", bytes(8_000_000))
        odd.limit = 30_000_000
        with pytest.raises(SendFailed) as caught:
            perform(account, outbound(account, files=(big,)))
        assert caught.value.failure.kind is FailureKind.TRANSIENT
        assert odd.mails == []

    def test_a_mail_over_the_servers_limit_is_not_even_begun(
        self, odd: Odd, account: Channel
    ) -> None:
        big = OutboundFile(MediaKind.DOCUMENT, "x", "application/zip", bytes(1_000_000))
        outcome = perform(account, outbound(account, files=(big,)))
        assert isinstance(outcome, Failure)
        assert outcome.kind is FailureKind.MEDIA
        assert odd.mails == []

    def test_an_accepted_mail_arrives_whole(self, odd: Odd, account: Channel) -> None:
        message = outbound(account, text=".\n..\nend")
        assert perform(account, message) == Sent(message.key)
        assert b"\r\n..\r\n...\r\nend\r\n" in odd.mails[0]

    def test_an_answer_is_judged_by_its_stage(self, odd: Odd, account: Channel) -> None:
        odd.at, odd.how = "rcpt", "550 5.1.1 no such user"
        (request,) = account.encode(outbound(account))
        response = account.perform(request)
        assert response == Response(
            550, "5.1.1 no such user", {"stage": "recipient", "recipient": CUSTOMER}
        )
