"""Text as it is searched and measured."""

from unicodedata import combining, normalize

from workspace.models import TextUnit


def fold(text: str) -> str:
    """Text for searching: case folded, combining marks removed, words one space apart."""
    if text.isascii():  # the same, ten times faster
        return " ".join(text.casefold().split())
    folded = normalize("NFKD", normalize("NFKD", text).casefold())
    plain = "".join(c for c in folded if not combining(c))
    return " ".join(plain.split())


def text_size(text: str, unit: TextUnit) -> int:
    match unit:
        case TextUnit.CHARS:
            return len(text)
        case TextUnit.BYTES:
            return len(text.encode())
        case TextUnit.UTF16:
            return len(text.encode("utf-16-le")) // 2
