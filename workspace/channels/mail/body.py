"""The parts of a mail sorted into text, HTML and files. Total, and linear in its size."""

import base64
import binascii
import mimetypes
import re
from dataclasses import dataclass, field, replace
from email import policy
from email.generator import BytesGenerator
from email.message import Message
from html import escape
from io import BytesIO
from urllib.parse import unquote

from workspace.channels.base import InboundFile
from workspace.channels.mail import headers, html
from workspace.settings import MAX_TEXT

_MAX_PARTS = 1_000
_NAME_LENGTH = 150


@dataclass(frozen=True, slots=True)
class Body:
    """`html` is raw, and empty where there is none or it can't be shown: then it is a file."""

    text: str
    html: str = field(default="", repr=False)
    files: tuple[InboundFile, ...] = ()
    omitted: int = 0
    """Parts beyond the limit, which only the raw mail holds."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of the body. A missing form is derived from the other one."""

    text: str | None
    html: str | None

    def as_text(self) -> str:
        if self.text is not None and (self.text.strip() or self.html is None):
            return self.text.strip("\n")
        return html.to_text((self.html or "")[: html.MAX_HTML])

    def as_html(self) -> str:
        return f"<pre>{escape(self.text or '')}</pre>" if self.html is None else self.html


@dataclass(slots=True)
class _Sorting:
    pieces: list[_Piece] = field(default_factory=list)
    files: list[InboundFile] = field(default_factory=list)
    parts: int = 0


def read(message: Message) -> Body:
    sorting = _Sorting()
    _sort(message, sorting, root=True)
    return _assemble(sorting)


def _sort(message: Message, into: _Sorting, *, root: bool = False) -> None:
    """Walks the tree without recursion: a stranger may nest parts as deep as they like."""
    todo: list[tuple[Message, bool]] = [(message, root)]
    while todo:
        part, is_root = todo.pop()
        into.parts += 1
        if into.parts > _MAX_PARTS:
            continue
        children = _children(part)
        if children is None:
            _leaf(part, into, is_root)
        elif part.get_content_type() == "multipart/alternative":
            todo += reversed([(child, False) for child in _alternative(children, into)])
        else:
            todo += reversed([(child, False) for child in children])


def _children(part: Message) -> list[Message] | None:
    """The parts of a multipart; None for everything else, a multipart without boundary included."""
    payload = part.get_payload()
    if part.get_content_type().startswith("multipart/") and isinstance(payload, list):
        return [child for child in payload if isinstance(child, Message)]
    return None


def _alternative(children: list[Message], into: _Sorting) -> list[Message]:
    """Takes the text and the HTML that say the same; gives back what is neither (files, nests)."""
    text = next((c for c in children if c.get_content_type() == "text/plain" and _is_body(c)), None)
    best = next((c for c in reversed(children) if any(map(_is_page, _leaves(c)))), None)
    if best is not None and _has_alternative(best):
        # It brings a plain text of its own.
        return [c for c in children if c is not text]
    if text is None and best is None:
        return children
    leaves = [] if best is None else _leaves(best)
    pages = [_decoded(leaf) for leaf in leaves if _is_page(leaf)]
    into.pieces.append(
        _Piece(None if text is None else _decoded(text), "\n".join(pages) if pages else None)
    )
    rest = [c for c in children if c is not text and c is not best]
    return rest + [leaf for leaf in leaves if not _is_page(leaf)]


def _leaves(part: Message) -> list[Message]:
    """What is no multipart, within a part or the part itself, in order."""
    found: list[Message] = []
    todo = [part]
    while todo and len(found) <= _MAX_PARTS:
        part = todo.pop()
        children = _children(part)
        if children is None:
            found.append(part)
        else:
            todo += reversed(children)
    return found


def _has_alternative(part: Message) -> bool:
    todo = [part]
    while todo:
        part = todo.pop()
        if part.get_content_type() == "multipart/alternative":
            return True
        todo += _children(part) or []
    return False


def _is_page(part: Message) -> bool:
    return part.get_content_type() == "text/html" and _is_body(part)


def _leaf(part: Message, into: _Sorting, is_root: bool) -> None:
    kind = part.get_content_type()
    broken_multipart = kind.startswith("multipart/")
    plain = kind == "text/plain" or broken_multipart or (is_root and kind.startswith("text/"))
    if (kind == "text/html" or plain) and (_is_body(part) or broken_multipart):
        text = _decoded(part)
        into.pieces.append(_Piece(None, text) if kind == "text/html" else _Piece(text, None))
    elif kind.startswith("message/") and isinstance(part.get_payload(), list):
        into.files.append(_enclosed(part, len(into.files) + 1))
    else:
        into.files.append(_file(part, part_bytes(part), len(into.files) + 1))


def _is_body(part: Message) -> bool:
    """Whether a text belongs to what is read, not to what is attached."""
    disposition = headers.raw(part, "content-disposition").strip().lower()
    return not disposition.startswith("attachment") and not _name(part)


def part_bytes(part: Message) -> bytes:
    """The decoded bytes; where the transfer encoding is broken, what can be decoded of them."""
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _decoded(part: Message) -> str:
    return headers.decode_bytes(part_bytes(part), _readable(part).get_content_charset())


def _readable(part: Message) -> Message:
    """The type and disposition of a part with 8-bit bytes read, for the library to take apart."""
    copy = Message(policy.compat32)
    for name in ("content-type", "content-disposition"):
        if value := headers.raw(part, name):
            copy[name] = value
    return copy


def _name(part: Message) -> str:
    """The file name, decoded however its sender encoded it (RFC 2231, RFC 2047, raw bytes)."""
    return _safe_name(headers.decode_words(headers.clean(_readable(part).get_filename() or "")))


def _safe_name(name: str) -> str:
    """A bare file name: no folders, nothing that steers a screen or a shell, the ending kept."""
    name = headers.line(re.split(r"[/\\]", name)[-1], 1_000).strip(". ")
    if len(name) > _NAME_LENGTH:
        stem, dot, ending = name.rpartition(".")
        ending = ending[:20] if dot else ""
        name = f"{(stem or name)[: _NAME_LENGTH - len(ending) - 2]}…{dot}{ending}"
    return name


_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,100}")


def _file(part: Message, data: bytes, number: int) -> InboundFile:
    kind = part.get_content_type()
    kind = kind if _TYPE.fullmatch(kind) else "application/octet-stream"
    name = _name(part) or f"attachment-{number}{mimetypes.guess_extension(kind) or ''}"
    content_id = headers.line(headers.raw(part, "content-id").strip(" <>"), 300)
    return InboundFile(name, kind, data, content_id=content_id)


def _enclosed(part: Message, number: int) -> InboundFile:
    """A mail within the mail, or a delivery report: its own bytes, as a file of its own."""
    inner = [m for m in part.get_payload() if isinstance(m, Message)]
    kind = part.get_content_type()
    if kind == "message/delivery-status":
        return InboundFile("delivery-status.txt", "text/plain", b"\n".join(map(_written, inner)))
    subject = headers.text(inner[0], "subject", 80) if inner else ""
    name = _name(part) or _safe_name(f"{subject or f'message-{number}'}.eml".replace("/", "-"))
    data = b"".join(map(_written, inner))
    if inner and not inner[0].keys():
        # Against the standard, some programs encode a whole mail; the parser took it for a body.
        encoding = headers.raw(part, "content-transfer-encoding").strip().lower()
        data = _unpacked(data) if encoding == "base64" else data
    return InboundFile(name, "message/rfc822", data)


def _unpacked(data: bytes) -> bytes:
    try:
        return base64.b64decode(data)
    except binascii.Error:
        return data


def _written(message: Message) -> bytes:
    """A message as bytes again, unchanged where the library lets it be."""
    for rule in (policy.compat32, policy.compat32.clone(max_line_length=0)):
        try:
            out = BytesIO()
            BytesGenerator(out, mangle_from_=False, maxheaderlen=0, policy=rule).flatten(message)
            return out.getvalue()
        except Exception:  # the generator raises anything on what the parser let pass
            continue
    return headers.decode_bytes(part_bytes(message), None).encode()


def _assemble(sorting: _Sorting) -> Body:
    pieces, files = sorting.pieces, sorting.files
    page = ""
    if any(piece.html is not None for piece in pieces):
        page = "\n".join(piece.as_html() for piece in pieces if piece.html or piece.text)
    if page and not html.showable(page):
        files.append(InboundFile("message.html", "text/html", page.encode()))
        page = ""
    text = "\n\n".join(t for t in (piece.as_text() for piece in pieces) if t.strip())
    if len(text) > MAX_TEXT:
        files.append(InboundFile("message.txt", "text/plain", text.encode()))
        text = text[: MAX_TEXT - 100] + "\n\n[Cut here. The whole text is in the file message.txt.]"
    shown = set(map(unquote, _SHOWN.findall(page)))
    return Body(
        text.rstrip(),
        page,
        tuple(_marked(file, shown) for file in files),
        max(0, sorting.parts - _MAX_PARTS),
    )


_SHOWN = re.compile(r"cid:([^\"'\s>)]{1,300})")


def _marked(file: InboundFile, shown: set[str]) -> InboundFile:
    return replace(file, inline=True) if file.content_id in shown else file
