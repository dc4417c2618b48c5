"""Header values out of mail as it really comes: raw 8-bit bytes, broken encoded words, garbage.

Every function here is total: it takes any text and returns something, the best it can read. None
takes more than linear time, since strangers choose the input; where the library's own parser is
slower than that, it only gets short values.
"""

import base64
import binascii
import codecs
import quopri
import re
from dataclasses import dataclass
from email.headerregistry import AddressHeader
from email.message import Message
from email.policy import default
from itertools import islice
from typing import cast

from workspace.channels.mail.address import normal

_PARSED_LENGTH = 2_000
"""The library's address parser takes quadratic time: longer values are searched for addresses."""

_REPEATED = 20
"""Headers of one name that are read."""

_LENGTH = 200_000
"""Of a header at all; what is beyond stays in the raw mail."""

_FIRST = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "windows-874": "cp874",
    "tis-620": "cp874",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "iso-8859-6-i": "iso-8859-6",
    "iso-8859-8-i": "iso-8859-8",
    "unicode-1-1-utf-7": "utf-7",
}
"""Charsets whose declared name is narrower than what mail programs really write under it."""

# Codecs Python knows that are no charset of a mail: slow (idna) or able to forge anything.
_NO_CHARSET = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"})


def clean(text: str) -> str:
    """Text that UTF-8, JSON and any database take: no NUL, no lone surrogates, plain line ends."""
    text = text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    return text.encode("utf-8", "replace").decode("utf-8") if _SURROGATE.search(text) else text


_SURROGATE = re.compile("[\ud800-\udfff]")


def line(text: str, limit: int) -> str:
    """Text for one line, such as a subject: no breaks or control characters, at most `limit`."""
    text = _UNPRINTABLE.sub("", " ".join(clean(text).split()))
    return text if len(text) <= limit else text[: limit - 1] + "…"


# Controls, and the marks that turn the direction of writing: "exe.fdp" must not read "pdf.exe".
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def decode_bytes(data: bytes, charset: str | None) -> str:
    """Bytes as text by their declared charset, else by the likeliest; nothing is dropped."""
    declared = _codec(charset)
    for name in (declared, "utf-8"):
        if name:
            try:
                return clean(data.decode(name))
            except (UnicodeError, ValueError):
                continue
    if declared not in (None, "ascii", "utf-8"):
        return clean(data.decode(declared or "", "replace"))
    # Damaged UTF-8 has more good letters than bad bytes; else it is an old Western charset.
    text = data.decode("utf-8", "replace")
    good = sum(c > "\x7f" and c != "\ufffd" for c in text)
    return clean(text if good > text.count("\ufffd") else data.decode("cp1252", "replace"))


def _codec(charset: str | None) -> str | None:
    name = (charset or "").strip().strip("\"'").lower()
    try:
        found = codecs.lookup(_FIRST.get(name, name)).name
        "".encode(found)  # the library also names codecs that give no text, such as zlib
    except (LookupError, ValueError, UnicodeError):
        return None
    return None if found in _NO_CHARSET else found


def raw(message: Message, name: str) -> str:
    """The first header of this name as one line, 8-bit bytes read, encoded words not yet."""
    found = raw_all(message, name)
    return found[0] if found else ""


def raw_all(message: Message, name: str) -> list[str]:
    found = (str(value) for key, value in message.raw_items() if key.lower() == name)
    return [_unfold(value) for value in islice(found, _REPEATED)]


def _unfold(value: str) -> str:
    value = value[:_LENGTH]
    if not value.isascii():
        # The parser smuggles bytes above 127 through as lone surrogates.
        data = value.encode("utf-8", "surrogateescape")
        value = decode_bytes(data, "utf-8")
    return " ".join(clean(value).split())


def text(message: Message, name: str, limit: int = 1_000) -> str:
    """A header for people to read, as one line."""
    return line(decode_words(raw(message, name)), limit)


_WORD = re.compile(r"=\?([\w.:+-]{1,40})(?:\*[\w-]{0,20})?\?([bBqQ])\?([^?]{0,2000})\?=")


def decode_words(value: str) -> str:
    """RFC 2047 encoded words decoded, also wrongly placed ones; what is broken stays as it is."""
    out: list[str | tuple[str, bytes]] = []
    at = 0
    for match in _WORD.finditer(value):
        data = _word_bytes(match[2], match[3])
        if data is None:
            continue
        between = value[at : match.start()]
        if not (out and isinstance(out[-1], tuple) and not between.strip()):
            out.append(between)
        charset = match[1].lower()
        last = out[-1] if out else None
        # One letter's bytes may be split over two words: join before decoding.
        if isinstance(last, tuple) and last[0] == charset:
            out[-1] = (charset, last[1] + data)
        else:
            out.append((charset, data))
        at = match.end()
    out.append(value[at:])
    return "".join(p if isinstance(p, str) else decode_bytes(p[1], p[0]) for p in out)


def _word_bytes(encoding: str, body: str) -> bytes | None:
    data = body.encode("utf-8")
    if encoding in "qQ":
        return quopri.decodestring(data.replace(b"_", b" "))
    try:
        return base64.b64decode(data + b"=" * (-len(data) % 4))
    except binascii.Error:
        return None


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A display name (may be empty) and an address."""

    name: str
    address: str


_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"@]{1,100}@[^\s<>()\[\],;:\"@]{1,253}")


_COMMENT = re.compile(r"\(([^()]{1,400})\)\s*$")
"""The name as old programs write it: ada@example.com (Ada)."""


def mailboxes(message: Message, name: str) -> list[Mailbox]:
    """Everyone named in all headers of this name, groups resolved, in order, each once."""
    found = [m for value in raw_all(message, name) for m in _mailboxes(value)]
    return list({m.address.lower(): m for m in reversed(found)}.values())[::-1]


def _mailboxes(value: str) -> list[Mailbox]:
    if len(value) <= _PARSED_LENGTH:
        parsed = _parsed(value)
        if len(parsed) == 1 and not parsed[0].name and (comment := _COMMENT.search(value)):
            return [Mailbox(line(decode_words(comment[1]), 200), parsed[0].address)]
        if parsed:
            return parsed
    return [Mailbox("", normal(address)) for address in _ADDRESS.findall(value)]


def _parsed(value: str) -> list[Mailbox]:
    try:
        header = cast(AddressHeader, default.header_factory("to", _spelled_out(value)))
        pairs = [(a.display_name, a.username, a.domain) for a in header.addresses]
    except Exception:
        # The library's parser raises anything at all on broken input (IndexError,
        # RecursionError, ...): the plain search then does.
        return []
    return [
        Mailbox(line(name, 200), normal(line(f"{local}@{domain}", 400)))
        for name, local, domain in pairs
        if local and domain
    ]


_QUOTED_WORDS = re.compile(r'"(\s*=\?[^"]{1,1000}\?=\s*)"')
_WORDS = re.compile(rf"(?:{_WORD.pattern}\s*)+")


def _spelled_out(value: str) -> str:
    """Encoded words as quoted names; the library joins them with spaces that were never there."""
    value = _QUOTED_WORDS.sub(r"\1", value)
    return _WORDS.sub(lambda match: f'"{_escaped(decode_words(match[0]))}" ', value)


def _escaped(name: str) -> str:
    return line(name, 200).replace("\\", "\\\\").replace('"', '\\"')


_ID = re.compile(r"<([^<>]{1,998})>")
_ID_LENGTH = 500
"""A Message-ID beyond this is no name any more; the mail then goes by its hash."""


def ids(value: str) -> list[str]:
    """Message-IDs in a header's value, as ``<left@right>`` without inner spaces, each once."""
    found = (f"<{''.join(inner.split())}>" for inner in _ID.findall(value))
    return list(dict.fromkeys(id for id in found if 2 < len(id) <= _ID_LENGTH))


def message_id(message: Message) -> str:
    """The mail's own Message-ID, normalised; empty where it has none that can be used."""
    value = raw(message, "message-id")
    found = ids(value)
    if found:
        return found[0]
    bare = value.strip("<> ")
    return f"<{bare}>" if bare and " " not in bare and len(bare) < _ID_LENGTH - 2 else ""


def references(message: Message) -> tuple[str, ...]:
    """What it refers to, oldest first: References, then In-Reply-To where it adds something.

    Old programs write phrases into In-Reply-To ("Your mail to <sales@example.com>"): an address
    of someone involved is no Message-ID, and would tie strangers' threads together.
    """
    people = {
        f"<{m.address.lower()}>"
        for name in ("from", "to", "cc", "reply-to", "sender")
        for m in mailboxes(message, name)
    }
    found = [
        id
        for name in ("references", "in-reply-to")
        for value in raw_all(message, name)
        for id in ids(value)
        if id.lower() not in people
    ]
    own = message_id(message)
    return tuple(dict.fromkeys(id for id in found if id != own))
