"""Where the quoted mail begins in an HTML mail, and folding it away.

Works on HTML that nh3 has cleaned and written anew: every element is closed, and no `<` stands for
itself in a text. One pass over its tags; the frame needs no script to unfold it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

MARKS = frozenset(
    {
        *("gmail_quote", "yahoo_quoted", "protonmail_quote", "moz-cite-prefix"),
        *("divRplyFwdMsg", "appendonsend"),
    }
)
"""Classes and ids by which mail programs name what they quote; the only ones that are kept."""

_PREFIX = frozenset({"moz-cite-prefix"})
_REST = frozenset({"divRplyFwdMsg", "appendonsend"})
_TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)((?:[^>"]|"[^"]*")*)>')
_MARK = re.compile(r'\b(?:class|id|type)="([^"]*)"')
_DIVIDER = re.compile(r"border-top: ?solid #(?:e1e1e1|b5c4df)", re.IGNORECASE)
_EMPTY = frozenset({"area", "br", "col", "hr", "img", "wbr"})


def mark(value: str) -> str | None:
    """What is kept of a class or an id: the name that marks a quote, or nothing."""
    return next((name for name in value.split() if name in MARKS), None)


def folded(html: str) -> str:
    """The mail with the quote that ends it in a <details>; as it is where there is none.

    A mail that is quoted from its beginning, or answers below or between the lines of a quote, is
    left alone.
    """
    elements = _elements(html)
    for n, element in enumerate(elements):
        span = _quoted(html, elements, n, element)
        if span is None:
            continue
        start, end = span
        if not _says(html[:start]) or _says(html[end:]):
            return html
        details = '<details class="cw-quote"><summary title="Quoted text">•••</summary>'
        return f"{html[:start]}{details}{html[start:end]}</details>{html[end:]}"
    return html


@dataclass(slots=True)
class _Element:
    tag: str
    attributes: str
    start: int
    inside: int
    """Where what it holds begins."""
    parent: int | None
    inside_end: int
    end: int


def _elements(html: str) -> list[_Element]:
    """All that can hold something, in their order."""
    found: list[_Element] = []
    open_now: list[int] = []
    for tag in _TAG.finditer(html):
        closing, name, attributes = tag.groups()
        if closing:
            if open_now:
                closed = found[open_now.pop()]
                closed.inside_end, closed.end = tag.start(), tag.end()
            continue
        if name in _EMPTY:
            continue
        parent = open_now[-1] if open_now else None
        end = len(html)
        found.append(_Element(name, attributes, tag.start(), tag.end(), parent, end, end))
        open_now.append(len(found) - 1)
    return found


def _quoted(
    html: str, elements: Sequence[_Element], n: int, element: _Element
) -> tuple[int, int] | None:
    """What is quoted, from this element on; None: it begins no quote."""
    marks = set(_MARK.findall(element.attributes))
    if marks & _REST or _DIVIDER.search(element.attributes):
        return _rest(html, elements, element)
    if marks & _PREFIX:
        after = _following(elements, n)
        follows = after is not None and after.tag == "blockquote"
        return (element.start, after.end) if after and follows else None
    if not marks & MARKS and not (element.tag == "blockquote" and "cite" in marks):
        return None
    inner = _first_inside(elements, n, "blockquote") if element.tag != "blockquote" else None
    if inner is not None and _says(html[inner.end : element.end]):
        return None  # Gmail puts an answer below the quote inside of it
    return element.start, element.end


def _rest(html: str, elements: Sequence[_Element], element: _Element) -> tuple[int, int]:
    """Outlook puts a line above what it quotes, and nothing around it."""
    while element.parent is not None:
        parent = elements[element.parent]
        if html[parent.inside : element.start].strip():
            return element.start, parent.inside_end
        element = parent
    return element.start, len(html)


def _following(elements: Sequence[_Element], n: int) -> _Element | None:
    """The element after the end of number `n`."""
    for at in range(n + 1, len(elements)):
        if elements[at].start >= elements[n].end:
            return elements[at]
    return None


def _first_inside(elements: Sequence[_Element], n: int, tag: str) -> _Element | None:
    for at in range(n + 1, len(elements)):
        if elements[at].start >= elements[n].end:
            return None
        if elements[at].tag == tag:
            return elements[at]
    return None


def _says(html: str) -> bool:
    """Whether there is anything to see."""
    text = _TAG.sub("", html).replace("&nbsp;", " ")
    return bool(text.strip()) or "<img" in html
