"""HTML as text, and HTML that no browser should be given."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mail_samples import read

from workspace.channels.mail.html import showable, to_text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("One<br>Two<br/>Three", "One\nTwo\nThree"),
        ("a <b>bold</b>\n  word", "a bold word"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("<script>if (a<b) alert()</script>after", "after"),
        ("<!-- a > b <p> -->after", "after"),
        ("1 < 2 &amp;&amp; 3 &gt; 2", "1 < 2 && 3 > 2"),
        ('<a href="https://x.test/a">https://x.test/a</a>', "https://x.test/a"),
        ('<a href="mailto:a@b.test">write</a>', "write (a@b.test)"),
        ('<a href="https://x.test/"><img alt="Logo"></a>', "[Logo] (https://x.test/)"),
        ('<a href="javascript:alert(1)">click</a>', "click"),
        ("<img src=x alt='A cat'> sat", "[A cat] sat"),
        ("<style>never closed", "never closed"),
        ("no tags at all", "no tags at all"),
        ("<unfinished", "<unfinished"),
        ("&#99999999999999999999;", "\ufffd"),
    ],
)
def test_text_of_html(source: str, text: str) -> None:
    assert to_text(source) == text


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(
    ["<", ">", "</", "<p>", "<a href=", '"', "'", "<!--", "-->", "<style>", "</style", "&", "&#x",
     ";", "alt=", "<img ", "x", " ", "\n", "<![CDATA[", "<?", "\u200b", "İ"]), max_size=40)
)  # fmt: skip
def test_any_markup_gives_text(pieces: list[str]) -> None:
    to_text("".join(pieces)).encode()
    showable("".join(pieces))


@pytest.mark.parametrize(
    "source",
    [
        "<div>" * 600,
        "<svg>" + "<td>" * 600,
        "<svg><style>" + "<g>" * 600 + "</style></svg>",
        "<b></i>" * 600,
        "<!--><" + "div><" * 600,
        "<p>" + "".join(f"<b lang={i}>" for i in range(50)) + "<p>x" * 10_000,
        "x" * 5_000_001,
    ],
    ids=["deep", "svg", "hidden", "unmatched", "comment", "formatting", "long"],
)
def test_html_no_browser_should_be_given(source: str) -> None:
    assert not showable(source)
    event = read(f"From: a@b.test\r\nContent-Type: text/html\r\n\r\n{source}".encode())
    assert event.html == ""
    assert ("message.html", "text/html") in {(f.name, f.mime) for f in event.files}


def test_a_large_newsletter_is_shown() -> None:
    row = "<tr><td><table><tr><td><p><b>Offer</b> <a href='https://x.test'>now</a><br></table>"
    assert showable(f"<html><body><table>{row * 5_000}</table></body></html>")
