"""Readable text out of an HTML mail, and whether its HTML is fit to be shown at all.

One scan from left to right, linear in the input whatever a stranger writes. What comes out is text
for search, previews and plain display; it is no sanitiser.
"""

import html
import re
from collections import Counter
from collections.abc import Iterator

MAX_HTML = 5_000_000
"""Characters of HTML that are shown as HTML; more is kept as a file."""

_MAX_DEPTH = 500
_MAX_WEIGHT = 300_000


def _names(names: str) -> frozenset[str]:
    return frozenset(names.split())


_BREAKS = _names(
    "address article aside blockquote body center dd div dl dt fieldset figcaption figure footer "
    "form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section table tr ul"
)
_PARAGRAPHS = _names("p h1 h2 h3 h4 h5 h6 blockquote ul ol table")
_SILENT = _names("script style title template noscript textarea svg")
_LEAVES = _names("area base br col embed hr img input link meta source track wbr")
_CLOSES_ITSELF = _names("p li td th tr dt dd option thead tbody tfoot colgroup html head body")
_FORMATTING = _names("a b big code em font i nobr s small strike strong tt u")

_TAG = re.compile(r"/?[a-zA-Z][a-zA-Z0-9:-]{0,40}")
_HREF = re.compile(
    r"""href\s*=\s*["']?\s*(https?://[^"'\s>]{1,2000}|mailto:[^"'\s>]{1,300})""", re.I
)
_ALT = re.compile(r"""\balt\s*=\s*(?:"([^"]{1,300})"|'([^']{1,300})')""", re.I)
_ENDLESS_NUMBER = re.compile(r"&#[xX]?[0-9a-fA-F]{8,};?")


def to_text(source: str) -> str:
    """What a person would read, line by line, with the addresses of links and names of pictures."""
    pieces: list[str] = []
    link: tuple[str, int] | None = None
    for name, body in _tokens(source):
        if not name:
            pieces.append(_unescape(" ".join(body.split()), body))
        elif name == "br":
            pieces.append("\n")
        elif name == "a":
            found = _HREF.search(body)
            link = (_unescape(found[1]), len(pieces)) if found else None
        elif name == "/a":
            pieces.append(_target(link, pieces))
            link = None
        elif name == "img":
            found = _ALT.search(body)
            pieces.append(f" [{_unescape(found[1] or found[2])}] " if found else " ")
        elif name == "li":
            pieces.append(f"{_NEW_LINE}- ")
        elif name in ("td", "th"):
            pieces.append(" \t")
        elif name.lstrip("/") in _BREAKS:
            pieces.append("\n\n" if name.lstrip("/") in _PARAGRAPHS else _NEW_LINE)
    return _tidy("".join(pieces))


def _target(link: tuple[str, int] | None, pieces: list[str]) -> str:
    """The address of a link that just closed, unless its text says it already."""
    if link is None:
        return ""
    target, start = link
    words = "".join(pieces[start:]).strip()
    plain = target.removeprefix("mailto:")
    if not words or plain.rstrip("/").endswith(words.rstrip("/")):
        return "" if words else plain
    return f" ({plain})"


def _unescape(text: str, source: str | None = None) -> str:
    # A number of thousands of digits makes int() raise; no such character exists anyway.
    text = html.unescape(_ENDLESS_NUMBER.sub("\ufffd", text))
    if source:
        text = " " * source[:1].isspace() + text + " " * (source[-1:].isspace() and bool(text))
    return text


_NEW_LINE = "\r"
"""Ends a line where one has begun. HTML text has none: it went through split()."""


def _tidy(text: str) -> str:
    text = re.sub(r"[ \t]*\r\s*", lambda m: "\n\n" if "\n\n" in m[0] else "\n", text)
    lines = (" ".join(line.replace("\u200b", "").split()) for line in text.split("\n"))
    out: list[str] = []
    for line in lines:
        if line or (out and out[-1]):
            out.append(line)
    return "\n".join(out).strip()


def _tokens(source: str) -> Iterator[tuple[str, str]]:
    """Tags as (name, rest), names in lower case and closing ones with "/"; text as ("", text)."""
    at = 0
    unclosed: set[str] = set()
    while at < len(source):
        start = source.find("<", at)
        if start < 0:
            break
        if start > at:
            yield "", source[at:start]
        if source.startswith("<!--", start):
            end = source.find("-->", start + 4)
            if end < 0:
                return
            at = end + 3
            continue
        tag = _TAG.match(source, start + 1)
        if not tag and not source.startswith(("<!", "<?"), start):
            yield "", "<"
            at = start + 1
            continue
        end = source.find(">", start)
        if end < 0:
            yield "", source[start:]
            return
        at = end + 1
        if not tag:
            continue
        name = tag[0].lower()
        yield name, source[tag.end() : end]
        if name in _SILENT and name not in unclosed:
            close = re.compile(f"</{name}", re.IGNORECASE).search(source, at)
            if close:
                at = close.start()
            else:
                unclosed.add(name)
    if at < len(source):
        yield "", source[at:]


def showable(source: str) -> bool:
    """Whether a browser, or a sanitiser, can take it in reasonable time and memory.

    Measured with nh3: 100,000 nested tags take 27 s; 50 unclosed formatting tags before 100,000
    paragraphs, which HTML's rules repeat in each of them, 1.3 GB. Newsletters stay far below.
    Counts tags wherever they stand, comments and style sheets too: where those end is just what a
    hostile mail would have us misjudge.
    """
    if len(source) > MAX_HTML:
        return False
    # In SVG and MathML no tag closes itself: there any of them nests.
    foreign = _FOREIGN.search(source) is not None
    shallow = frozenset() if foreign else _LEAVES | _CLOSES_ITSELF
    still_open: Counter[str] = Counter()
    depth = formatting = deepest = most_formatting = tags = 0
    for match in _TAG_ANYWHERE.finditer(source):
        tags += 1
        name = match[2].lower()
        if name in shallow:
            continue
        # A closing tag without an opening one of its name closes nothing.
        change = -(still_open[name] > 0) if match[1] else 1
        still_open[name] += change
        depth += change
        formatting += change * (name in _FORMATTING)
        deepest = max(deepest, depth)
        most_formatting = max(most_formatting, formatting)
    return deepest <= _MAX_DEPTH and most_formatting * tags <= _MAX_WEIGHT


_FOREIGN = re.compile("<(?:svg|math)", re.IGNORECASE)
_TAG_ANYWHERE = re.compile(r"<(/?)([a-zA-Z][^\s/>]{0,40})")
