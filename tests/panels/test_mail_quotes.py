"""Folding the quote that ends an HTML mail, as each mail program writes it."""

import time

import pytest

from widgets.mail_quotes import folded, mark

SUMMARY = '<details class="cw-quote"><summary title="Quoted text">•••</summary>'
GMAIL = (
    '<div>Thanks!</div><br><div class="gmail_quote"><div>On Monday, Ana wrote:<br></div>'
    '<blockquote class="gmail_quote" style="margin:0"><p>Hello</p></blockquote></div>'
)
APPLE = (
    '<div>Thanks!<div><br><blockquote type="cite">On Monday Ana wrote:<p>Hello</p>'
    "</blockquote></div></div>"
)
THUNDERBIRD = (
    '<p>Thanks!</p><div class="moz-cite-prefix">Am 16.11.2026 schrieb Ana:<br></div>'
    '<blockquote type="cite"><p>Hello</p></blockquote>'
)
OUTLOOK = (
    '<div><p>Thanks!</p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt">'
    "<p><b>From:</b> Ana<br><b>Sent:</b> Monday</p></div></div><p>Hello</p></div>"
)
OUTLOOK_WEB = (
    '<div>Thanks!</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> Ana'
    "</div><div>Hello</div>"
)
YAHOO = (
    '<div>Thanks!</div><div class="yahoo_quoted"><div>On Monday, Ana wrote:</div><p>Hello</p></div>'
)


@pytest.mark.parametrize("html", [GMAIL, APPLE, THUNDERBIRD, OUTLOOK, OUTLOOK_WEB, YAHOO])
def test_the_quote_is_folded_and_nothing_is_lost(html: str) -> None:
    found = folded(html)
    before, _, rest = found.partition(SUMMARY)
    quoted, _, after = rest.partition("</details>")
    assert "Thanks!" in before
    assert "Hello" in quoted
    assert "Hello" not in before + after
    assert "Ana" not in before
    assert before + quoted + after == html


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<p>No quote at all</p>",
        "<blockquote>A citation of a poem</blockquote><p>is how it begins</p>",
        '<blockquote type="cite">Quoted from its beginning</blockquote>',
        '<p>Hi</p><blockquote type="cite">First?</blockquote><p>Yes.</p>'
        '<blockquote type="cite">Second?</blockquote><p>No.</p>',
        '<p>Hi</p><div class="gmail_quote"><div>Ana wrote:</div>'
        '<blockquote class="gmail_quote">First?</blockquote><div>Answered below</div></div>',
        '<div class="moz-cite-prefix">Ana wrote:</div><blockquote type="cite">x</blockquote>'
        "<p>Y</p>",
        '<p>Hi</p><div class="moz-cite-prefix">Nothing follows</div>',
    ],
)
def test_what_is_written_by_the_sender_stays_in_sight(html: str) -> None:
    assert folded(html) == html


def test_only_the_names_of_quotes_are_kept() -> None:
    assert mark("gmail_quote gmail_quote_container") == "gmail_quote"
    assert mark("cw-quote evil") is None
    assert mark("") is None


@pytest.mark.parametrize(
    "piece",
    [
        '<div class="moz-cite-prefix">a</div>',
        '<div class="gmail_quote"><blockquote>a</blockquote>b</div>',
        '<blockquote type="cite"></blockquote>a',
        '<div style="border-top:solid #E1E1E1 1pt">a</div>',
        '<div id="appendonsend"></div>',
        "<p>&lt;</p>",
        "<br>",
    ],
)
@pytest.mark.slow
def test_a_long_mail_costs_as_much_as_it_is_long(piece: str) -> None:
    def cost(size: int) -> float:
        html = piece * (size // len(piece))
        start = time.process_time()
        folded(html)
        return time.process_time() - start

    short, long = (min(cost(size) for _ in range(3)) for size in (250_000, 1_000_000))
    assert long < 10 * max(short, 0.1)
