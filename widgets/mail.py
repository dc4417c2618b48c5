"""HTML mail made safe to show.

Three walls: nh3 removes scripts, forms, styles that load and everything it does not know; the page
carries a Content-Security-Policy that loads nothing; the browser puts it into a sandboxed frame.
"""

import html
from base64 import b64encode
from collections.abc import Callable, Mapping
from urllib.parse import unquote, urlsplit

import nh3

from widgets.assets import find
from widgets.mail_quotes import folded, mark
from workspace.models import Attachment, Message

INLINE_LIMIT = 3_000_000
"""Bytes of all pictures a mail shows inside its text."""

_PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_LINKS = frozenset({"http", "https", "mailto"})
_WEB = frozenset({"http", "https"})

_LOOKS = {"align", "bgcolor", "color", "dir", "height", "style", "valign", "width"}
_TABLE = {"border", "cellpadding", "cellspacing", "colspan", "rowspan"}
_TAGS = nh3.ALLOWED_TAGS | {"font", "big", "center", "u"}
_ATTRIBUTES: dict[str, set[str]] = {
    "*": _LOOKS,
    "a": {"href", "title"},
    "blockquote": {"class", "type"},
    "div": {"class", "id"},
    "font": {"face", "size"},
    "img": {"alt", "src", "title"},
    "ol": {"start"},
    **dict.fromkeys(("table", "td", "th", "tr"), _TABLE),
}
_STYLES = {
    "background-color", "border", "border-bottom", "border-collapse", "border-color",
    "border-left", "border-radius", "border-right", "border-spacing", "border-style",
    "border-top", "border-width", "color", "direction", "display", "font", "font-family",
    "font-size", "font-style", "font-weight", "height", "letter-spacing", "line-height",
    "list-style-type", "margin", "margin-bottom", "margin-left", "margin-right",
    "margin-top", "max-width", "min-width", "padding", "padding-bottom", "padding-left",
    "padding-right", "padding-top", "text-align", "text-decoration", "text-indent",
    "text-transform", "vertical-align", "white-space", "width", "word-break",
}  # fmt: skip

_PAGE = find("mail.html").read_text("utf-8")


class MailPage:
    """A page for a frame's `srcdoc`. `blocked` counts images of the web that were left out."""

    def __init__(
        self, message: Message, fetch: Callable[[int], bytes], *, images: bool = False
    ) -> None:
        self.blocked = 0
        self._images = images
        self._pictures = _pictures(message.attachments, fetch)
        body = nh3.clean(
            message.html,
            tags=set(_TAGS),
            attributes=_ATTRIBUTES,
            attribute_filter=self._attribute,
            filter_style_properties=_STYLES,
            url_schemes=set(_LINKS | {"cid", "data"}),
            set_tag_attribute_values={"a": {"target": "_blank"}},
        )
        sources = "data: http: https:" if images else "data:"
        # The mail goes in last: nothing of it is taken for a place to fill.
        self.html = _PAGE.replace("$sources", sources).replace("$body", folded(body))

    def _attribute(self, tag: str, attribute: str, value: str) -> str | None:
        if attribute in ("class", "id"):
            return mark(value)
        if attribute == "href":
            return value if _scheme(value) in _LINKS else None
        if attribute == "src":
            return self._source(value)
        if attribute == "style" and "url(" in value.lower():
            return None
        return value

    def _source(self, value: str) -> str | None:
        scheme = _scheme(value)
        if scheme == "cid":
            return self._pictures.get(unquote(value[4:]))
        if scheme in _WEB and not self._images:
            self.blocked += 1
            return None
        inline = scheme == "data" and value[5:].split(";")[0].lower() in _PICTURES
        return value if inline or scheme in _WEB else None


def _scheme(url: str) -> str:
    try:
        return urlsplit(url.strip()).scheme.lower()
    except ValueError:
        return ""


def _pictures(
    attachments: tuple[Attachment, ...], fetch: Callable[[int], bytes]
) -> Mapping[str, str]:
    """Data URLs, by Content-ID, of the pictures that are small enough."""
    found: dict[str, str] = {}
    room = INLINE_LIMIT
    for file in attachments:
        if file.content_id and file.mime in _PICTURES and file.size <= room:
            room -= file.size
            data = b64encode(fetch(file.id)).decode()
            found[file.content_id.strip("<>")] = f"data:{html.escape(file.mime)};base64,{data}"
    return found
