"""Mails as they come, made here: each shows one thing."""

from datetime import UTC, datetime
from textwrap import dedent
from typing import Any

from workspace.channels.base import Meta
from workspace.channels.mail.address import Own
from workspace.channels.mail.parse import parse

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
OWN = Own(["support@example.test", "sales@example.test"])


def read(raw: bytes, **data: Any) -> Any:
    """The one event of a mail that arrived on 2026-02-28."""
    facts = {"mailbox": "INBOX", "uidvalidity": 1, "uid": 7, **data}
    facts.setdefault("internaldate", "2026-02-28T10:00:00+01:00")
    events = parse(raw, Meta(NOW, data=facts), OWN)
    assert len(events) == 1
    return events[0]


def mail(text: str, **bytes_for: bytes) -> bytes:
    """A mail from indented text, with CRLF; {name} stands for bytes that are no ASCII."""
    raw = dedent(text).lstrip("\n").replace("\n", "\r\n").encode()
    for name, value in bytes_for.items():
        raw = raw.replace(b"{" + name.encode() + b"}", value)
    return raw


PLAIN = mail("""
    From: Ada Lovelace <ada@customer.test>
    To: Support <support@example.test>, bob@customer.test
    Cc: Carol <carol@customer.test>, ADA@customer.test, sales+eu@example.test
    Subject: The engine
    Message-ID: <one@customer.test>
    Date: Mon, 1 Jan 1990 00:00:00 +0000

    It does not start.
    """)

REPLY = mail("""
    From: Ada Lovelace <ada@customer.test>
    To: support@example.test
    Subject: Re: The engine
    Message-ID: <three@customer.test>
    In-Reply-To: <two@example.test>
    References: <one@customer.test>
     <two@example.test>

    Now it does.
    """)

ALTERNATIVE = mail("""
    From: shop@customer.test
    To: support@example.test
    Message-ID: <alt@customer.test>
    Content-Type: multipart/mixed; boundary=outer

    --outer
    Content-Type: multipart/alternative; boundary=inner

    --inner
    Content-Type: text/plain; charset=utf-8

    The plain words.
    --inner
    Content-Type: multipart/related; boundary=rel

    --rel
    Content-Type: text/html; charset=utf-8

    <p>The <b>HTML</b> words. <img src="cid:pic@customer.test"></p>
    --rel
    Content-Type: image/png; name="pic.png"
    Content-ID: <pic@customer.test>
    Content-Transfer-Encoding: base64

    iVBORw0KGgo=
    --rel--
    --inner--
    --outer
    Content-Type: application/pdf
    Content-Disposition: attachment; filename*=utf-8''Rechnung%20M%C3%A4rz.pdf
    Content-Transfer-Encoding: base64

    JVBERi0=
    --outer
    Content-Type: text/plain
    Content-Disposition: attachment; filename="notes.txt"

    attached, not said
    --outer--
    """)

DSN = """
    Return-Path: <>
    From: MAILER-DAEMON@mx.customer.test (Mail Delivery System)
    To: support@example.test
    Subject: Undelivered Mail Returned to Sender
    Auto-Submitted: auto-replied
    Message-ID: <bounce@mx.customer.test>
    Content-Type: multipart/report; report-type=delivery-status; boundary=b

    --b
    Content-Type: text/plain

    I'm sorry to have to inform you.
    --b
    Content-Type: message/delivery-status

    Reporting-MTA: dns; mx.customer.test

    Final-Recipient: rfc822; {recipient}
    Action: {action}
    Status: {status}
    Diagnostic-Code: smtp; 550 {status} said the server

    --b
    {returned}
    --b--
    """

RETURNED = "Content-Type: message/rfc822\n\nTo: {to}\nCc: {cc}\nMessage-ID: {id}\n\nHello"


def dsn(
    recipient: str = "ada@customer.test",
    action: str = "failed",
    status: str = "5.1.1",
    original: str | None = "<ours@example.test>",
    to: str = "ada@customer.test",
    cc: str = "carol@customer.test",
) -> bytes:
    """A delivery report; `original` None: the report does not say which mail it is about."""
    returned = "Content-Type: text/rfc822-headers\n\nSubject: lost"
    if original is not None:
        returned = RETURNED.format(to=to, cc=cc, id=original)
    head = mail(DSN).decode()
    filled = head.format(recipient=recipient, action=action, status=status, returned=returned)
    return filled.replace("\r\n", "\n").replace("\n", "\r\n").encode()
