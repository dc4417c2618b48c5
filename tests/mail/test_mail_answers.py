"""What an SMTP server's answer means for the message."""

from typing import Any

import pytest

from workspace.channels.base import Failure, Response, Sent
from workspace.channels.mail.send import decode
from workspace.models import FailureKind


def answer(stage: str, code: int, text: str = "", **data: Any) -> Sent | Failure:
    return decode(Response(code, text, {"stage": stage, **data}))


def test_accepted() -> None:
    assert answer("data", 250, "2.0.0 Ok", key="<k@x>", refused={}) == Sent("<k@x>")


def test_accepted_but_for_a_copy() -> None:
    refused = {"carol@customer.test": "5.1.1 unknown"}
    outcome = answer("data", 250, "Ok", key="<k@x>", refused=refused)
    assert outcome == Sent("<k@x>", "The copy to carol@customer.test was refused: 5.1.1 unknown.")


@pytest.mark.parametrize(
    ("stage", "code", "text", "kind"),
    [
        ("login", 535, "5.7.8 bad credentials", FailureKind.AUTH),
        ("login", 454, "4.7.0 try later", FailureKind.TRANSIENT),
        ("sender", 530, "5.7.0 authentication required", FailureKind.AUTH),
        ("sender", 553, "5.7.1 not owned by user", FailureKind.INVALID),
        ("recipient", 550, "5.1.1 user unknown", FailureKind.UNREACHABLE),
        ("recipient", 550, "5.7.1 blocked", FailureKind.INVALID),
        ("recipient", 450, "4.2.0 mailbox busy", FailureKind.TRANSIENT),
        ("recipient", 450, "4.7.1 greylisted", FailureKind.TRANSIENT),
        ("recipient", 450, "4.7.1 too much mail from you", FailureKind.RATE_LIMITED),
        ("data", 421, "4.7.0 too many messages", FailureKind.RATE_LIMITED),
        ("data", 451, "4.3.0 queue full", FailureKind.TRANSIENT),
        ("data", 552, "5.3.4 message size exceeds limit", FailureKind.MEDIA),
        ("size", 552, "at most 1000 bytes", FailureKind.MEDIA),
        ("data", 554, "5.7.1 looks like spam", FailureKind.INVALID),
        ("data", 500, "what?", FailureKind.INVALID),
    ],
)
def test_refused(stage: str, code: int, text: str, kind: FailureKind) -> None:
    outcome = answer(stage, code, text)
    assert isinstance(outcome, Failure)
    assert outcome.kind is kind
    assert text in outcome.detail
    assert outcome.code == str(code)


def test_greylisting_asks_for_minutes() -> None:
    outcome = answer("recipient", 451, "4.7.1 Greylisted, see you later")
    assert isinstance(outcome, Failure)
    assert outcome.retry_after == 300
