"""The bytes of attachments: written apart, checked, and put in place by one rename."""

import os
import re
import sys
import unicodedata
from codecs import getincrementaldecoder
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

import puremagic

from workspace.errors import TooLarge
from workspace.media import is_sound
from workspace.models import MediaKind
from workspace.rules.files import media_kind
from workspace.settings import Paths

PORTION = 1 << 20
HEAD = 1 << 16
"""Bytes looked at to tell what a file is."""

_SAME = {
    "audio/wave": "audio/wav",
    "audio/x-wav": "audio/wav",
    "audio/mpga": "audio/mpeg",
    "application/x-zip-compressed": "application/zip",
}


@dataclass(frozen=True, slots=True)
class Staged:
    """A file whose bytes are on the disk under a temporary name."""

    path: Path
    kind: MediaKind
    name: str
    mime: str
    size: int


@dataclass(frozen=True, slots=True)
class Awaited:
    """A file whose bytes are still with the provider; what it is, is what the provider says."""

    kind: MediaKind
    name: str
    mime: str
    size: int = 0


def awaited(name: str, mime: str) -> Awaited:
    """Of a stranger's name and type."""
    found = _MIME.match(mime.strip().lower())
    plain = found[0] if found else "application/octet-stream"
    return Awaited(media_kind(plain), clean_name(name), plain)


_MIME = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]{0,99}(?=\s*(;|$))")


class Files:
    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self._staging = paths.files / "staging"
        self._staging.mkdir(mode=0o700, parents=True, exist_ok=True)

    def path(self, id: int) -> Path:
        """Where the bytes of attachment `id` are."""
        return self._paths.attachment(id)

    def stage(self, source: BinaryIO, name: str, max_bytes: int = sys.maxsize) -> Staged:
        """Write a file under a temporary name; on the disk on return. Raises TooLarge, OSError."""
        path = self._staging / uuid4().hex
        head, size = b"", 0
        try:
            with path.open("xb") as target:
                while part := source.read(PORTION):
                    head = (head + part)[:HEAD] if len(head) < HEAD else head
                    size += len(part)
                    if size > max_bytes:
                        raise TooLarge(
                            f"The file is larger than {max_bytes:,} bytes, the most there may be.",
                            limit=max_bytes,
                        )
                    target.write(part)
                target.flush()
                os.fsync(target.fileno())
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        clean = clean_name(name)
        mime = sniff(head, clean)
        return Staged(path, media_kind(mime), clean, mime, size)

    def place(self, files: Iterable[tuple[Staged, int]]) -> None:
        """Give staged files their ids, all or none."""
        placed: list[tuple[Staged, int]] = []
        try:
            for staged, id in files:
                self.path(id).parent.mkdir(mode=0o700, exist_ok=True)
                staged.path.replace(self.path(id))
                placed.append((staged, id))
            for folder in {self.path(id).parent for _, id in placed}:
                _sync(folder)
        except BaseException:
            self.displace(placed)
            raise

    def displace(self, files: Iterable[tuple[Staged, int]]) -> None:
        """Undo `place`: their transaction did not commit."""
        for staged, id in files:
            self.path(id).replace(staged.path)

    def discard(self, files: Iterable[Staged]) -> None:
        """Forget staged files that were not placed."""
        for staged in files:
            staged.path.unlink(missing_ok=True)

    def remove(self, ids: Iterable[int]) -> None:
        """Delete the bytes of attachments; missing ones are gone already."""
        for id in ids:
            self.path(id).unlink(missing_ok=True)

    def ids(self) -> list[int]:
        """Every attachment whose bytes are here."""
        return [int(path.name) for path in self._paths.files.glob("*/*") if path.name.isdigit()]

    def clear_staging(self) -> None:
        """Delete what a crash left behind. Only before anything is staged."""
        for path in self._staging.iterdir():
            path.unlink()


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def clean_name(name: str) -> str:
    """A file name without folders, control characters and marks that reorder text.

    Never empty; the end of a long one (with its extension) is kept.
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c for c in last if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    return kept.strip(" .")[-200:].strip(" .") or "file"


def sniff(head: bytes, name: str) -> str:
    """The type of a file by its first bytes; the name only tells apart what looks alike inside."""
    if head.startswith(b"OggS"):
        return "video/ogg" if b"theora" in head[:200] else "audio/ogg"
    if head.startswith(b"#!AMR"):
        return "audio/amr"
    if head[4:12] in (b"ftypM4A ", b"ftypM4B "):
        return "audio/mp4"
    if is_sound(head):
        return "audio/webm"
    found = [match for match in _matches(head) if match[0]]
    if head.startswith(b"PK\x03\x04"):
        # Office documents are zip archives; nothing but the name can tell which.
        extension = Path(name).suffix.lower()
        named = [mime for mime, ext in found if ext == extension and mime]
        return named[0] if named else "application/zip"
    if found:
        return _SAME.get(found[0][0], found[0][0])
    return _text(head, name)


def _matches(head: bytes) -> list[tuple[str, str]]:
    try:
        return [(m.mime_type, m.extension) for m in puremagic.magic_string(head)]
    except (puremagic.PureError, ValueError):
        return []


def _text(head: bytes, name: str) -> str:
    try:
        text = getincrementaldecoder("utf-8")().decode(head)  # the end may be half a character
    except UnicodeDecodeError:
        return "application/octet-stream"
    if not text or "\0" in text:
        return "application/octet-stream"
    if "<script" in text.lower() or "<html" in text.lower():
        return "text/html"
    return "text/csv" if name.lower().endswith(".csv") else "text/plain"
