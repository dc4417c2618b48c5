"""Mail, judged by Python's own strict reading of RFC 5322 and MIME."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from email import message_from_bytes, policy
from email.errors import MessageDefect
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

from tests.conformance.kit import NOW, Judged, Kit, Provider, Refused, Shared
from tests.mail.mail_samples import ALTERNATIVE, PLAIN, REPLY, dsn, mail
from tests.mail.odd_imap import Odd as OddImap
from tests.mail.odd_imap import odd_imap
from tests.mail.odd_smtp import Odd, odd_smtp
from workspace.channels.base import Channel, Meta, Outbound, OutboundFile, Response, Thread
from workspace.models import Address, AddressKind, DeliveryStatus, FailureKind, MediaKind

OWN = "support@example.test"
ADA = Address(AddressKind.EMAIL, "ada@customer.test")
HELLO = Outbound(
    key="<0123456789abcdef@example.test>",
    to=ADA,
    to_name="Ada",
    text="Hello, is this all?",
    files=(),
    thread=Thread("The engine"),
    queued_at=NOW,
)
LIST = OutboundFile(MediaKind.DOCUMENT, "Liste März.pdf", "application/pdf", b"%PDF-1.7\0")
PHOTO = OutboundFile(MediaKind.IMAGE, "mug.jpg", "image/jpeg", b"\xff\xd8 a photo")
VOICE = OutboundFile(MediaKind.AUDIO, "voice.ogg", "audio/ogg", b"OggS")
FILM = OutboundFile(MediaKind.VIDEO, "film.mp4", "video/mp4", b"ftypmp42")
ANSWER = Thread("The engine", "<one@customer.test>", ("<one@customer.test>",), ("bob@x.test",))
MESSAGES = {
    "a text": HELLO,
    "an answer with copies": replace(HELLO, thread=ANSWER),
    "in another script": replace(HELLO, text="Größe?\n日本\n.\n..", to_name="Jörg Müller, Köln"),
    "files": replace(HELLO, files=(LIST, PHOTO, VOICE, FILM)),
}

REQUIRED = ("From", "To", "Date", "Message-ID", "MIME-Version", "Content-Type")
"""The first four by RFC 5322 3.6 and for a mail that can be answered, the others by RFC 2045."""
KNOWN = {*REQUIRED, "Cc", "Subject", "In-Reply-To", "References", "Content-Transfer-Encoding",
         "Auto-Submitted", "Content-Disposition"}  # fmt: skip
FREE = {"Subject"}
"""Any words will do."""
_ID = re.compile(r"<[^\s<>@]+@[^\s<>@]+>")
_ENCODINGS = ("7bit", "8bit", "quoted-printable", "base64")
_STRICT = policy.SMTP.clone(raise_on_defect=True)


class ByTheBook(Judged):
    """A server that takes every mail, for the judge to read."""

    def __init__(self, channel: Channel, server: Odd) -> None:
        self.channel = channel
        self._server = server

    def documents(self) -> Sequence[bytes]:
        taken, self._server.mails[:] = list(self._server.mails), []
        return [re.sub(rb"(?m)^\.\.", b".", each) for each in taken]

    def again(self, document: bytes) -> bytes:
        head, _, body = document.partition(b"\r\n\r\n")
        lines = re.split(rb"\r\n(?![ \t])", head)
        return b"\r\n".join(lines) + b"\r\n\r\n" + body

    def wrecks(self, document: bytes) -> Iterable[tuple[str, bytes]]:
        head, _, body = document.partition(b"\r\n\r\n")
        lines = re.split(rb"\r\n(?![ \t])", head)
        for n, line in enumerate(lines):
            name, _, _ = line.partition(b":")
            changes = {"renamed": name + b"x" + line[len(name) :]}
            if name.decode() not in FREE:
                changes["retyped"] = name + b": [7]"
            if name.decode() in REQUIRED:
                changes["dropped"] = b""
            for how, changed in changes.items():
                kept = [*lines[:n], *([changed] if changed else []), *lines[n + 1 :]]
                yield f"{name.decode()} {how}", b"\r\n".join(kept) + b"\r\n\r\n" + body

    def judge(self, document: bytes) -> None:
        try:
            mail = cast(EmailMessage, message_from_bytes(document, policy=_STRICT))
            _read(mail, document)
        except (MessageDefect, AttributeError, IndexError, LookupError, ValueError) as error:
            raise Refused(f"{type(error).__name__}: {error}") from None


def _read(mail: EmailMessage, raw: bytes) -> None:
    """Raises for what is not by the book."""
    unknown = set(mail.keys()) - KNOWN
    counts = {name: len(mail.get_all(name, [])) for name in KNOWN}
    _demand(not unknown, f"unknown fields {unknown}")
    _demand(all(counts[name] == 1 for name in REQUIRED), f"fields that must be there: {counts}")
    _demand(max(counts.values()) == 1, f"fields that come once: {counts}")
    for name, value in mail.items():
        _demand(not getattr(value, "defects", ()), f"{name}: {value!r}")
    for name in ("From", "To", "Cc"):
        for each in mail[name].addresses if mail[name] else ():
            _demand("@" in each.addr_spec and " " not in each.addr_spec, f"{name}: {mail[name]}")
    _demand(mail["Date"].datetime is not None, "Date")
    for name in ("Message-ID", "In-Reply-To", "References"):
        ids = str(mail.get(name, "<a@b>")).split()
        _demand(bool(ids) and all(_ID.fullmatch(id) for id in ids), f"{name}: {ids}")
    _demand(mail["MIME-Version"].version == "1.0", "MIME-Version")
    _demand("/" in str(mail["Content-Type"]), "Content-Type")
    for part in mail.walk():
        encoding = str(part.get("Content-Transfer-Encoding", "7bit")).lower()
        _demand(encoding in _ENCODINGS, f"encoding {encoding}")
        if not part.is_multipart():
            cast(EmailMessage, part).get_content()
    _demand(max(map(len, raw.split(b"\r\n"))) <= 998, "a line of more than 998 bytes")
    _demand(b"\n" not in raw.replace(b"\r\n", b""), "a line that does not end in CRLF")


def _demand(so: bool, words: str) -> None:
    if not so:
        raise ValueError(words)


class Mail(Kit):
    kind = "mail"
    environment: Mapping[str, str] = {"MAIL_PASSWORD": "the-password-of-the-account"}
    options: Mapping[str, Any] = {
        "address": OWN,
        "password": "env:MAIL_PASSWORD",
        "imap_host": "127.0.0.1",
        "smtp_host": "127.0.0.1",
    }
    somebody = ADA
    lacks: Mapping[str, str] = {
        "bundle": "a payload is one mail",
        "edges": "each mail server has limits of its own",
    }
    meta = Meta(
        NOW,
        data={
            "mailbox": "INBOX",
            "uidvalidity": 1,
            "uid": 7,
            "internaldate": "2026-03-01T11:00:00+00:00",
        },
    )

    def messages(self) -> Mapping[str, Outbound]:
        return MESSAGES

    @contextmanager
    def judged(self, shared: Shared, folder: Path) -> Iterator[Judged]:
        with odd_smtp(Odd(limit=50_000_000)) as server:
            channel = self.channel(folder, **server.options())
            yield ByTheBook(channel, server)
            channel.close()

    def accepted(self, message: Outbound) -> Response:
        return Response(250, "2.0.0 queued", {"stage": "data", "key": message.key})

    def limited(self) -> tuple[Response, float]:
        return Response(450, "4.2.0 Greylisted, try again", {"stage": "recipient"}), 300.0

    def errors(self) -> Iterator[tuple[str, Response, FailureKind]]:
        for stage, code, text, kind in ANSWERS:
            yield f"{stage} {code} {text}", Response(code, text, {"stage": stage}), kind

    def late_errors(self) -> Iterator[tuple[str, bytes, FailureKind]]:
        for status in ("5.1.1", "5.1.2", "5.2.2", "5.4.4"):
            yield status, dsn(status=status), FailureKind.UNREACHABLE

    def words(self) -> Mapping[str, str]:
        """The server's own are always among them."""
        said = {f"{stage} {code} {text}": text for stage, code, text, _ in ANSWERS}
        return said | {
            "login 535 5.7.8 Authentication failed": "password",
            "5.1.1": "does not exist",
        }

    def _cut(self, folder: Path, at: str) -> Iterator[Channel]:
        with odd_smtp(Odd(at=at, how="hang up")) as server:
            channel = self.channel(folder, **server.options())
            yield channel
            channel.close()

    @contextmanager
    def cut_before(self, folder: Path) -> Iterator[Channel]:
        yield from self._cut(folder, "data")

    @contextmanager
    def cut_after(self, folder: Path) -> Iterator[Channel]:
        yield from self._cut(folder, "body")

    def said(self, n: int) -> bytes:
        return _written(f"Ada <{ADA.value}>", f"m{n}", f"text {n}")

    def stranger(self, n: int) -> bytes:
        return _written(f"<stranger{n}@customer.test>", f"s{n}", "text")

    def receipt(self, provider_id: str, status: DeliveryStatus, key: str) -> bytes:
        assert status is DeliveryStatus.FAILED
        return dsn(original=provider_id)

    def told(self) -> frozenset[DeliveryStatus]:
        return frozenset({DeliveryStatus.FAILED})

    def echo(self, message: Outbound, provider_id: str) -> bytes:
        return mail(f"""
            From: {OWN}
            To: {message.to.value}
            Subject: {message.thread.subject}
            Message-ID: {provider_id}

            {message.text}
            """)

    def fixtures(self, shared: Shared) -> Mapping[str, tuple[bytes, Meta]]:
        """The test data of Python's own email package, and a public mailing list."""
        files = [
            *sorted(shared("specs/email-cpython").glob("msg_*.txt")),
            *sorted(p for p in shared("corpora/mail-list").rglob("*") if p.is_file()),
        ]
        assert len(files) == 101
        return {path.name: (path.read_bytes(), self.meta) for path in files}

    def seeds(self) -> Sequence[bytes]:
        return [PLAIN, REPLY, ALTERNATIVE, dsn()]

    @contextmanager
    def provider(self, folder: Path) -> Iterator[Provider]:
        with odd_imap(OddImap()) as server:

            def bring(count: int) -> None:
                server.mails = {n + 1: self.said(n) for n in range(count)}

            options = {**self.options, **server.options(), "since": "2026-01-01"}
            yield Provider(options, bring)


def _written(sender: str, id: str, text: str) -> bytes:
    return mail(f"""
        From: {sender}
        To: {OWN}
        Subject: The engine
        Message-ID: <{id}@customer.test>

        {text}
        """)


ANSWERS = [
    ("login", 535, "5.7.8 Authentication failed", FailureKind.AUTH),
    ("login", 454, "4.7.0 Temporary authentication failure", FailureKind.TRANSIENT),
    ("recipient", 550, "5.1.1 No such user", FailureKind.UNREACHABLE),
    ("recipient", 421, "4.3.2 Shutting down", FailureKind.TRANSIENT),
    ("recipient", 450, "4.2.0 Greylisted", FailureKind.TRANSIENT),
    ("recipient", 550, "5.7.1 Not authorized to send as", FailureKind.INVALID),
    ("sender", 553, "5.7.1 Sender address rejected: not owned by user", FailureKind.INVALID),
    ("sender", 451, "4.7.1 Too many messages", FailureKind.RATE_LIMITED),
    ("size", 552, "5.3.4 Message too big", FailureKind.MEDIA),
    ("data", 552, "5.2.3 Message size exceeds fixed limit", FailureKind.MEDIA),
    ("data", 554, "5.7.1 Spam", FailureKind.INVALID),
    ("data", 452, "4.3.1 Insufficient system storage", FailureKind.TRANSIENT),
]

KITS = [Mail()]
