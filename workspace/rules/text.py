"""Text as it is searched and measured."""

import re
from dataclasses import dataclass, field
from unicodedata import combining, normalize

from workspace.models import TextUnit

MAX_WORDS = 10
"""Of a search; more don't count."""

_PHONE = re.compile(r"[\d\s()+./-]+")
_PHONE_DIGITS = 6
"""Fewer digits are a number like any other."""


def fold(text: str) -> str:
    """Text for searching: case folded, combining marks removed, words one space apart."""
    return " ".join(plain(text).split())


def plain(text: str) -> str:
    """Text case folded and without combining marks; that of two texts joined is theirs joined."""
    if text.isascii():  # the same, ten times faster
        return text.casefold()
    folded = normalize("NFKD", normalize("NFKD", text).casefold())
    return "".join(c for c in folded if not combining(c))


@dataclass(frozen=True, slots=True)
class Search:
    """Folded words that must all occur: in the contact, or in one message."""

    contact: tuple[str, ...] = field(repr=False)
    message: tuple[str, ...] = field(repr=False)

    def __bool__(self) -> bool:
        return bool(self.message)


def search(text: str) -> Search:
    """What `text` asks for; nothing where it has no words. Only the first MAX_WORDS count."""
    text = text.encode("utf-8", "replace").decode()  # half a character is nowhere in the store
    words = tuple(dict.fromkeys(fold(text).split()))[:MAX_WORDS]
    phone = _phone(text)
    return Search((phone,) if phone else words, words)


def _phone(text: str) -> str:
    """The digits of a phone number without its leading zeros, however it is spaced; else empty.

    Stored numbers are +491701234567; people look for 0170 1234567.
    """
    digits = "".join(c for c in text if c in "0123456789")
    return digits.lstrip("0") if len(digits) >= _PHONE_DIGITS and _PHONE.fullmatch(text) else ""


def text_size(text: str, unit: TextUnit) -> int:
    match unit:
        case TextUnit.CHARS:
            return len(text)
        case TextUnit.BYTES:
            return len(text.encode())
        case TextUnit.UTF16:
            return len(text.encode("utf-16-le")) // 2
