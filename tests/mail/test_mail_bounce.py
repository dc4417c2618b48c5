"""Delivery reports: the mail they are about fails, with the reason in words."""

from pathlib import Path

import pytest
from mail_samples import dsn, read

from workspace.channels.base import Received, StatusChanged, Unsupported
from workspace.models import DeliveryStatus, FailureKind


def test_a_bounce_fails_the_mail_it_is_about() -> None:
    event = read(dsn())
    assert isinstance(event, StatusChanged)
    assert event.provider_id == "<ours@example.test>"
    assert event.status is DeliveryStatus.FAILED
    assert event.failure_kind is FailureKind.UNREACHABLE
    assert event.detail == (
        "The mail could not be delivered to ada@customer.test: the address does not exist. "
        "(550 5.1.1 said the server)"
    )


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        ("5.1.1", FailureKind.UNREACHABLE, "the address does not exist"),
        ("5.2.2", FailureKind.UNREACHABLE, "the mailbox is full"),
        ("5.4.4", FailureKind.UNREACHABLE, "no server could be found for the domain"),
        ("4.4.7", FailureKind.UNREACHABLE, "could not be reached for too long"),
        ("5.3.4", FailureKind.MEDIA, "too large for the receiving server"),
        ("5.7.1", FailureKind.INVALID, "refused the mail by its rules"),
        ("5.0.0", FailureKind.UNREACHABLE, "the receiving server refused it"),
    ],
)
def test_reasons(status: str, kind: FailureKind, words: str) -> None:
    event = read(dsn(status=status))
    assert event.failure_kind is kind
    assert words in event.detail


@pytest.mark.parametrize(
    ("action", "words"), [("delayed", "is delayed"), ("delivered", "reached the server")]
)
def test_what_is_no_failure_says_what_it_is(action: str, words: str) -> None:
    event = read(dsn(action=action, status="4.4.1"))
    assert isinstance(event, Unsupported)
    assert words in event.what


def test_a_copy_that_bounces_does_not_fail_the_reply() -> None:
    event = read(dsn(recipient="carol@customer.test"))
    assert isinstance(event, Unsupported)
    assert "A copy of the mail could not be delivered to carol@customer.test" in event.what


def test_a_forwarded_address_that_bounces_does_fail_it() -> None:
    assert isinstance(read(dsn(recipient="ada@new-home.test")), StatusChanged)


def test_a_bounce_of_an_unknown_mail_is_shown() -> None:
    event = read(dsn(original=None))
    assert isinstance(event, Received)
    assert event.automatic
    assert event.text == "I'm sorry to have to inform you."
    assert "delivery-status.txt" in {file.name for file in event.files}


def test_a_bounce_may_name_the_mail_as_an_answer_does() -> None:
    raw = dsn(original=None).replace(b"Subject:", b"References: <ours@example.test>\r\nSubject:")
    assert read(raw).provider_id == "<ours@example.test>"


@pytest.mark.parametrize(
    ("file", "id"),
    [
        ("msg_16.txt", "<002001c144a6$8752e060$56104586@oxy.edu>"),
        ("msg_25.txt", "<01040616033903.00962@server>"),  # its boundary is lost
        ("msg_43.txt", "<edab.7804f5cb8070@python.org>"),
    ],
)
def test_real_bounces(email_files: list[Path], file: str, id: str) -> None:
    path = next(path for path in email_files if path.name == file)
    event = read(path.read_bytes())
    assert isinstance(event, StatusChanged)
    assert event.provider_id == id
