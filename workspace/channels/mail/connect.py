"""Connections to the IMAP and the SMTP server, and what went wrong with them in words.

A person must fix what raises ConfigError (password, certificate, port); time may heal what raises
Unreachable.
"""

import base64
import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from workspace.channels.base import Unreachable
from workspace.channels.mail.options import MailOptions, Server
from workspace.errors import ConfigError

CONNECT_SECONDS = 15.0
ANSWER_SECONDS = 30.0
"""How long a server may think about one command."""

Password = Callable[[], str]
"""Looks the password up when it is needed, so that nobody has to keep it."""


def tls(options: MailOptions) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if options.ca_file:
        try:
            context.load_verify_locations(options.ca_file)
        except (OSError, ssl.SSLError):
            raise ConfigError(
                f"Mail option ca_file: {options.ca_file} is no file with a PEM certificate.",
                option="ca_file",
            ) from None
    return context


# --- IMAP -----------------------------------------------------------------------------------------


class ImapConnection(IMAPClient):  # type: ignore[misc]  # imapclient ships no types
    """IMAPClient, which while idle looks only at the socket, made to look at what was read as well.

    A server may send "+ idling" and "* 5 EXISTS" in one packet; the second line then waits in a
    buffer where poll() does not see it, and the mail would lie there until the next one came.
    """

    def _poll_socket(self, sock: Any, timeout: float | None = None) -> Any:
        own_buffer = getattr(self._imap, "_readbuf", None)  # imaplib's, from Python 3.14 on
        try:
            if own_buffer if own_buffer is not None else self._imap.file.peek(1):
                return [True]
        except (OSError, ValueError):
            pass  # nothing buffered: a non-blocking socket says so by an error
        return super()._poll_socket(sock, timeout)


def imap(options: MailOptions, password: Password) -> ImapConnection:
    """A connection that is logged in. Raises ConfigError or Unreachable."""
    server = options.imap
    with imap_errors(server):
        client = _imap_connected(server, tls(options))
        try:
            _imap_login(client, server, password())
        except BaseException:
            client.shutdown()
            raise
    return client


def _imap_connected(server: Server, context: ssl.SSLContext) -> ImapConnection:
    client = ImapConnection(
        server.host,
        server.port,
        ssl=server.security == "tls",
        ssl_context=context if server.security == "tls" else None,
        timeout=SocketTimeout(CONNECT_SECONDS, ANSWER_SECONDS),
    )
    client.normalise_times = False
    keep_alive(client.socket())
    if server.security == "starttls":
        try:
            client.starttls(context)
        except BaseException:
            client.shutdown()
            raise
    return client


def keep_alive(sock: socket.socket) -> None:
    """Notices within minutes that the other end is gone without a word, as by a network change."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 20), ("TCP_KEEPCNT", 4)):
        if hasattr(socket, name):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def _imap_login(client: ImapConnection, server: Server, password: str) -> None:
    try:
        if server.username.isascii() and password.isascii():
            client.login(server.username, password)
        else:
            # LOGIN takes ASCII alone.
            client.plain_login(server.username, password)
    except LoginError as error:
        if isinstance(error.__context__, IMAPClientAbortError):
            raise Unreachable(f"{_place(server)} closed the connection at login.") from None
        said = _said(error)
        if re.search(r"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG)\]|too many|try again", said, re.I):
            raise Unreachable(f"{_place(server)} can't log in now: {said}") from None
        raise ConfigError(
            f"{_place(server)} refused the login of {server.username}: {said}. Check user name and "
            "password; many providers want an app password here, made in the account's security "
            "settings."
        ) from None


def leave(client: ImapConnection) -> None:
    """Logs out where that still works, and closes the connection in any case."""
    try:
        client.logout()
    except (OSError, IMAPClientError):
        with suppress(OSError, IMAPClientError):
            client.shutdown()


@contextmanager
def imap_errors(server: Server) -> Iterator[None]:
    """Turns what imaplib raises into Unreachable or ConfigError."""
    try:
        yield
    except IMAPClientAbortError as error:
        raise Unreachable(f"{_place(server)} closed the connection: {_said(error)}") from None
    except IMAPClientError as error:
        raise Unreachable(f"{_place(server)} refused a command: {_said(error)}") from None
    except OSError as error:
        raise explained(error, server) from None


def _said(error: Exception) -> str:
    """A server's words, without Python's quoting of bytes."""
    text = str(error)
    return re.sub(r"b'(.*)'$", r"\1", text).rstrip(". ")[:300]


# --- SMTP -----------------------------------------------------------------------------------------


def smtp(options: MailOptions, password: Password) -> smtplib.SMTP:
    """A connection that is logged in.

    Raises smtplib.SMTPResponseException for what the server answered, ConfigError and Unreachable
    for the rest.
    """
    server = options.smtp
    try:
        client = _smtp_connected(server, tls(options), options.address.rpartition("@")[2])
        try:
            if server.username:
                _smtp_login(client, server.username, password())
        except BaseException:
            client.close()
            raise
    except smtplib.SMTPResponseException:
        raise
    except smtplib.SMTPNotSupportedError as error:
        raise ConfigError(_unsupported(server, str(error))) from None
    except OSError as error:  # SMTPServerDisconnected, too, is one
        raise explained(error, server) from None
    return client


def _smtp_connected(server: Server, context: ssl.SSLContext, hello: str) -> smtplib.SMTP:
    hello = hello if hello.isascii() else hello.encode("idna").decode()
    if server.security == "tls":
        client: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, hello, timeout=CONNECT_SECONDS, context=context
        )
    else:
        client = smtplib.SMTP(server.host, server.port, hello, timeout=CONNECT_SECONDS)
    try:
        if client.sock is not None:
            client.sock.settimeout(ANSWER_SECONDS)
        client.ehlo_or_helo_if_needed()
        if server.security == "starttls":
            client.starttls(context=context)
            client.ehlo()
    except BaseException:
        client.close()
        raise
    return client


def _smtp_login(client: smtplib.SMTP, username: str, password: str) -> None:
    if username.isascii() and password.isascii():
        client.login(username, password)
        return
    # smtplib encodes in ASCII alone.
    token = base64.b64encode(f"\0{username}\0{password}".encode()).decode()
    code, said = client.docmd("AUTH", f"PLAIN {token}")
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, said)


def _unsupported(server: Server, said: str) -> str:
    if "STARTTLS" in said:
        return (
            f"{_place(server)} offers no STARTTLS; set smtp_security to tls (usually port 465), or "
            "correct smtp_port."
        )
    return (
        f"{_place(server)} offers no login ({said.rstrip('.')}); a server that needs none takes "
        'the option smtp_username = "".'
    )


# --- in words -------------------------------------------------------------------------------------


def explained(error: OSError, server: Server) -> ConfigError | Unreachable:
    """The error as a sentence that says what to do; ConfigError where waiting can't help."""
    place = _place(server)
    match error:
        case Unreachable():
            return error
        case ssl.SSLCertVerificationError():
            return ConfigError(
                f"The certificate of {place} is not trusted: {error.verify_message}. Use the host "
                "name the certificate is made for; for a private authority set the option ca_file."
            )
        case ssl.SSLError() if error.reason in _NO_TLS:
            return ConfigError(
                f"{place} does not speak TLS on this port. Set the security option to starttls, or "
                "the port to the one for TLS (IMAP 993, SMTP 465)."
            )
        case TimeoutError():
            return Unreachable(
                f"{place} did not answer in time. Check host and port, a firewall in between, and "
                "that the security option (tls or starttls) is the one of this port."
            )
        case socket.gaierror():
            return Unreachable(
                f"The host {server.host} can't be found. Check its spelling and the network."
            )
        case ConnectionRefusedError():
            return Unreachable(
                f"Nothing listens at {place}. Check host and port, and that the server runs."
            )
        case smtplib.SMTPServerDisconnected():
            return Unreachable(
                f"{place} closed the connection. If it always does, the security option (tls or "
                "starttls) may not be the one of this port."
            )
        case _:
            return Unreachable(f"{place}: {error}")


_NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "UNKNOWN_PROTOCOL", "RECORD_LAYER_FAILURE"})


def _place(server: Server) -> str:
    return f"{server.host}:{server.port}"
