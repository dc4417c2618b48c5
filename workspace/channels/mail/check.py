"""`convo channel test` for a mail account: each step by itself, and what to do where one fails."""

import smtplib
from collections.abc import Callable
from contextlib import suppress

from workspace.channels.base import Response
from workspace.channels.mail.connect import (
    ImapConnection,
    Password,
    imap,
    imap_errors,
    leave,
    smtp,
)
from workspace.channels.mail.options import MailOptions, Server
from workspace.channels.mail.send import decode, sent_mailbox
from workspace.errors import ConfigError
from workspace.models import Check


def check(options: MailOptions, password: Password) -> list[Check]:
    """Nothing is sent and nothing is changed."""
    secret = _attempt("password", lambda: _has_password(password))
    if not secret.ok:
        return [secret]
    return [secret, *_receiving(options, password), _sending(options, password)]


def _has_password(password: Password) -> str:
    password()
    return "The password was found."


def _attempt(name: str, action: Callable[[], str]) -> Check:
    try:
        return Check(name, True, action())
    except ConfigError as error:
        return Check(name, False, error.message)
    except OSError as error:
        return Check(name, False, str(error))


def _receiving(options: MailOptions, password: Password) -> list[Check]:
    clients: list[ImapConnection] = []

    def connect() -> str:
        clients.append(imap(options, password))
        return f"Logged in at {_place(options.imap)} as {options.imap.username}."

    found = [_attempt("receiving", connect)]
    for client in clients:
        try:
            found += [_mailbox(client, name, options) for name in options.mailboxes]
            found += [_live(client, options), _sent(client, options)]
        finally:
            leave(client)
    return found


def _mailbox(client: ImapConnection, name: str, options: MailOptions) -> Check:
    def look() -> str:
        with imap_errors(options.imap):
            if not client.folder_exists(name):
                names = ", ".join(sorted(str(folder[2]) for folder in client.list_folders()))
                raise ConfigError(f"There is no mailbox {name!r}; there are: {names}.")
            count = client.select_folder(name, readonly=True)[b"EXISTS"]
        return f"{name} holds {count:,} mails."

    return _attempt("mailbox", look)


def _live(client: ImapConnection, options: MailOptions) -> Check:
    if client.has_capability("IDLE"):
        return Check("new mail", True, "The server tells of new mail at once (IDLE).")
    seconds = options.poll_seconds
    return Check("new mail", True, f"The server has no IDLE; it is asked every {seconds} s.")


def _sent(client: ImapConnection, options: MailOptions) -> Check:
    def look() -> str:
        if not options.save_sent:
            return "The server keeps copies of sent mail by itself."
        with imap_errors(options.imap):
            name = sent_mailbox(client, options)
            exists = client.folder_exists(name)
        return f"Copies go to {name}." if exists else f"Copies go to {name}, which will be made."

    return _attempt("sent mail", look)


def _sending(options: MailOptions, password: Password) -> Check:
    def connect() -> str:
        try:
            client = smtp(options, password)
        except smtplib.SMTPResponseException as error:
            raise ConfigError(_refusal("login", error.smtp_code, error.smtp_error)) from None
        try:
            code, said = client.mail(options.address)
            if code == 250:
                # Many servers judge the sender only now. Without DATA nothing is sent.
                code, said = client.rcpt(options.address)
            if code >= 500:
                raise ConfigError(_refusal("sender", code, said))
            with suppress(OSError):
                client.rset()
                client.quit()
        finally:
            client.close()
        return f"{_place(options.smtp)} takes mail from {options.address}. Nothing was sent."

    return _attempt("sending", connect)


def _refusal(stage: str, code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return decode(Response(code, text, {"stage": stage})).detail


def _place(server: Server) -> str:
    return f"{server.host}:{server.port}"
