"""Handing a mail to the SMTP server, and keeping a copy among the sent ones."""

import re
import smtplib
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from logging import getLogger
from typing import Any

from imapclient import SEEN
from imapclient.exceptions import IMAPClientError
from imapclient.imapclient import SENT

from workspace.channels.base import Failure, Response, SendFailed, Sent
from workspace.channels.mail.bounce import kind_of, reason_for
from workspace.channels.mail.compose import Envelope
from workspace.channels.mail.connect import (
    ImapConnection,
    Password,
    explained,
    imap,
    imap_errors,
    leave,
    smtp,
)
from workspace.channels.mail.options import MailOptions
from workspace.errors import ConfigError
from workspace.models import FailureKind

log = getLogger(__name__)

FINAL_SECONDS = 50.0
"""How long the server may look at a whole mail (RFC 5321 says 10 minutes) before the outcome counts
as unknown; less than the lease of one attempt."""


def send(envelope: Envelope, options: MailOptions, password: Password) -> Response:
    """The server's answer. Raises SendFailed where there is none."""
    try:
        client = smtp(options, password)
    except smtplib.SMTPResponseException as error:
        return _answer("login", error.smtp_code, error.smtp_error)
    except ConfigError as error:
        raise SendFailed(Failure(FailureKind.AUTH, error.message)) from None
    except OSError as error:
        raise SendFailed(Failure(FailureKind.TRANSIENT, str(error))) from None
    try:
        return _transfer(client, envelope, options)
    finally:
        with suppress(OSError, smtplib.SMTPException):
            client.send(b"QUIT\r\n")  # its answer changes nothing
        client.close()


def _transfer(client: smtplib.SMTP, envelope: Envelope, options: MailOptions) -> Response:
    try:
        refusal, refused = _address(client, envelope)
        if refusal is not None:
            return refusal
        code, said = client.docmd("DATA")
        if code != 354:
            return _answer("data", code, said)
        client.send(_dotted(envelope.data))
    except OSError as error:
        # The mail's end was not written: no server can have taken it.
        words = str(explained(error, options.smtp))
        raise SendFailed(Failure(FailureKind.TRANSIENT, words)) from None
    try:
        client.send(b".\r\n")
        if client.sock is not None:
            client.sock.settimeout(FINAL_SECONDS)
        code, said = client.getreply()
    except OSError as error:
        words = (
            f"{explained(error, options.smtp)} The mail had been handed over whole: it may have "
            "been sent."
        )
        raise SendFailed(Failure(FailureKind.UNKNOWN_OUTCOME, words)) from None
    return _answer("data", code, said, key=envelope.key, refused=refused)


def _address(client: smtplib.SMTP, envelope: Envelope) -> tuple[Response | None, dict[str, str]]:
    """Tells sender and recipients; gives back what stops the mail, and which copies are refused."""
    limit = client.esmtp_features.get("size", "")
    if limit.isdigit() and 0 < int(limit) < len(envelope.data):
        return _answer("size", 552, f"at most {int(limit)} bytes", size=len(envelope.data)), {}
    size = [f"SIZE={len(envelope.data)}"] if limit else []
    code, said = client.mail(envelope.sender, size)
    if code != 250:
        return _answer("sender", code, said), {}
    code, said = client.rcpt(envelope.to)
    if code not in (250, 251):
        return _answer("recipient", code, said, recipient=envelope.to), {}
    refused = {}
    for copy in envelope.cc:
        code, said = client.rcpt(copy)
        if code == 421:
            return _answer("recipient", code, said, recipient=copy), {}
        if code not in (250, 251):
            refused[copy] = _words(said)
    return None, refused


def _answer(stage: str, code: int, said: bytes | str, **data: Any) -> Response:
    return Response(code, _words(said), {"stage": stage, **data})


def _words(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(text.split())[:400]


def _dotted(data: bytes) -> bytes:
    """The mail as DATA wants it: a line's leading dot doubled (RFC 5321 4.5.2), CRLF at the end."""
    data = re.sub(rb"(?m)^\.", b"..", data)
    return data if data.endswith(b"\r\n") else data + b"\r\n"


# --- what an answer means -------------------------------------------------------------------------

_ENHANCED = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")


def decode(response: Response) -> Sent | Failure:
    """Pure: the answer of an SMTP server as what became of the message."""
    stage = str(response.data.get("stage", ""))
    if response.code == 250 and stage == "data":
        return Sent(str(response.data["key"]), _missed(response.data.get("refused") or {}))
    enhanced = _ENHANCED.search(response.text)
    status = enhanced[1] if enhanced else ""
    kind, words = _failure(stage, response, status)
    # A greylisting server wants to see the mail again after some minutes, not seconds.
    retry_after = 300.0 if _GREY.search(response.text) else None
    return Failure(
        kind, f"{words} ({response.code} {response.text})", str(response.code), retry_after
    )


def _missed(refused: Mapping[str, str]) -> str:
    return " ".join(f"The copy to {who} was refused: {said}." for who, said in refused.items())


_GREY = re.compile(r"gr[ae]y-?list", re.IGNORECASE)

_SENDER = re.compile(r"sender address|not owned by|send ?as|authorized to send", re.IGNORECASE)
"""Many servers judge the sender only when they are told a recipient."""


def _failure(stage: str, response: Response, status: str) -> tuple[FailureKind, str]:
    code, text = response.code, response.text
    if stage == "login" or code in (530, 534, 535, 538):
        if 400 <= code < 500:
            return FailureKind.TRANSIENT, "The mail server can't check the login now."
        return FailureKind.AUTH, (
            "The mail server refused the login. Check user name and password; many providers want "
            "an app password."
        )
    if stage == "size" or status in ("5.3.4", "5.2.3") or (code == 552 and "size" in text.lower()):
        return FailureKind.MEDIA, "The mail is too large. Send smaller files or a link."
    if 400 <= code < 500:
        if _GREY.search(text):  # about this recipient alone: the others need not wait
            return FailureKind.TRANSIENT, "The mail server wants to see the mail again later."
        if status.startswith("4.7.") or re.search(r"\brate\b|too many|limit", text, re.IGNORECASE):
            return FailureKind.RATE_LIMITED, "The mail server wants fewer mails for now."
        return FailureKind.TRANSIENT, "The mail server can't take the mail now."
    if stage == "sender" or _SENDER.search(text):
        return FailureKind.INVALID, (
            "The mail server does not let this account send from its address. Check the option "
            "address."
        )
    if stage == "recipient":
        who = response.data.get("recipient", "the recipient")
        words = f"The mail server refused {who}: {reason_for(status, text)}."
        return kind_of(status), words
    return FailureKind.INVALID, "The mail server refused the mail by its rules."


# --- the copy among the sent ----------------------------------------------------------------------


def keep_copy(envelope: Envelope, options: MailOptions, password: Password) -> str:
    """Put a sent mail among the sent ones. In words why it is not there; empty: it is."""
    if not options.save_sent:
        return ""
    try:
        with imap_errors(options.imap):
            _append(envelope, options, password)
    except (OSError, ConfigError, IMAPClientError) as error:
        log.warning("a sent mail was not copied to the sent mailbox: %s", error)
        return f"It was sent, but no copy of it was kept among the sent mail: {error}"
    return ""


def _append(envelope: Envelope, options: MailOptions, password: Password) -> None:
    client = imap(options, password)
    try:
        mailbox = sent_mailbox(client, options)
        if not client.folder_exists(mailbox):
            client.create_folder(mailbox)
        if not _in_mailbox(client, mailbox, envelope.key):
            client.append(mailbox, envelope.data, [SEEN], datetime.now(UTC))
    finally:
        leave(client)


def sent_mailbox(client: ImapConnection, options: MailOptions) -> str:
    """By option, else the one the server marks or names so, else "Sent"."""
    return options.sent_mailbox or str(client.find_special_folder(SENT) or "Sent")


def _in_mailbox(client: ImapConnection, mailbox: str, key: str) -> bool:
    client.select_folder(mailbox, readonly=True)
    return bool(client.search(["HEADER", "Message-ID", key]))


def find_sent(key: str, options: MailOptions, password: Password) -> bool | None:
    """True when the mail is among the sent ones. Its absence proves nothing, so never False."""
    try:
        with imap_errors(options.imap):
            client = imap(options, password)
            try:
                mailbox = sent_mailbox(client, options)
                return True if _in_mailbox(client, mailbox, key) else None
            finally:
                leave(client)
    except (OSError, ConfigError, IMAPClientError) as error:
        log.warning("the sent mailbox could not be searched: %s", error)
        return None
