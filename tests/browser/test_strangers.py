"""What strangers send is shown, and never runs."""

from itertools import pairwise

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.browser.lab import Inbox, Lab
from tests.browser.samples import PNG, file
from tests.browser.stage import Stage
from widgets import assets

EVIL = "window.pwned = (window.pwned || 0) + 1"
NAME = f"<img src=x onerror='{EVIL}'>"
TEXT = f"<script>{EVIL}</script><b>not bold</b>"
HTML = f"""<html><head><script>{EVIL}; parent.pwned = 1; top.pwned = 1</script>
<meta http-equiv="refresh" content="0;url=https://evil.example/"></head>
<body onload="{EVIL}"><h1 id="title">Our spring catalogue</h1>
<img id="local" src="cid:flower"><img id="remote" src="http://tracker.example/pixel.png">
<svg onload="{EVIL}"></svg><iframe srcdoc="<script>parent.{EVIL}</script>"></iframe>
<a id="bad" href="javascript:{EVIL}">bad</a> <a id="good" href="https://example.org/">good</a>
<form action="https://evil.example"><input name="password"></form>
<p style="height: 900px">tall</p></body></html>"""
SVG = f"<svg xmlns='http://www.w3.org/2000/svg'><script>{EVIL}</script></svg>"


def unharmed(page: Page) -> bool:
    return bool(page.evaluate("window.pwned === undefined"))


def test_markup_is_shown_as_text(inbox: Inbox, hub: Stage) -> None:
    hub.writes(NAME, TEXT, channel="WhatsApp")
    inbox.search.fill("not bold")
    expect(inbox.rows).to_have_count(1)
    expect(inbox.rows).to_contain_text("</script><b>not bold</b>")
    inbox.rows.click()
    expect(inbox.heading).to_have_text(NAME)
    expect(inbox.messages).to_contain_text(TEXT)
    inbox.choose("Delete")
    expect(inbox.page.get_by_role("alertdialog")).to_contain_text(NAME)
    assert inbox.root.locator("script, b:text('not bold'), .cw-view img").count() == 0
    assert unharmed(inbox.page)


def test_links_of_a_text_are_of_the_web_or_mail_alone(inbox: Inbox, hub: Stage) -> None:
    hub.writes(
        "Lin Link",
        "See https://example.org/a?b=1&c=2, (www.example.com), WWW.EXAMPLE.COM or ask "
        "me@example.net. "
        "Not javascript:alert(1) or file:///etc/passwd",
    )
    inbox.open("Lin Link")
    links = inbox.messages.get_by_role("link")
    addresses = [link.get_attribute("href") for link in links.all()]
    assert addresses == [
        "https://example.org/a?b=1&c=2",
        "https://www.example.com/",
        "https://www.example.com/",
        "mailto:me@example.net",
    ]
    for link in links.all():
        assert link.get_attribute("rel") == "noopener noreferrer"
        assert link.get_attribute("target") == "_blank"


HOSTILE = [
    *("a", "a.", "a-", "a@", "a@a.", "a@a.a ", "@", "..a@", "+_-.", "é", "www", "://"),
    *("http://", "https://a", "www.a ", "mailto:", "http://(", "www.a).,;", "http://a" + "." * 99),
    *(" ", "\t\n ", ">\n", "> a\n", "\n>", ":", " :", ":\n", "a:\n> b\n"),
    *(
        "From: a\n",
        "From:\nTo:\n",
        "On a",
        "On a\n",
        "On a wrote:\n",
        "wrote: ",
        "-----\n",
        "_____\n\n",
    ),
    *("On wrote : ", "--- original message ---", "schrieb a ", "\n\n From: a\n"),
]
"""Pieces of which a stranger may send any number."""

SIZES = (4_000, 16_000, 64_000, 256_000, 1_024_000)
IMPORT = """async source => {
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  window.text = (await import(url)).text;
}"""
SHOW = "([piece, size]) => { window.text.body(piece.repeat(size / piece.length)) }"


@pytest.mark.slow
def test_a_long_text_costs_as_much_as_it_is_long(browser: Browser) -> None:
    """A million characters made to be searched from every one of them anew."""
    with browser.new_page() as page:
        page.evaluate(IMPORT, assets.script())
        clock = page.context.new_cdp_session(page)
        clock.send("Performance.enable", {"timeDomain": "threadTicks"})
        for piece in HOSTILE:
            costs = [cost(page, clock, piece, SIZES[0])]
            for shorter, size in pairwise(SIZES):
                costs.append(cost(page, clock, piece, size))
                if steep(*costs[-2:]):  # or a garbage collection fell into it
                    costs[-2:] = (
                        min(cost(page, clock, piece, n) for _ in range(3)) for n in (shorter, size)
                    )
                assert not steep(*costs[-2:]), f"{size} characters of {piece!r}: {costs} seconds"


def cost(page: Page, clock: CDPSession, piece: str, size: int) -> float:
    """Seconds for which the page itself computes, whatever else the machine does."""
    before = thread_time(clock)
    page.evaluate(SHOW, [piece, size])
    return thread_time(clock) - before


def thread_time(clock: CDPSession) -> float:
    metrics = clock.send("Performance.getMetrics")["metrics"]
    [time] = [metric["value"] for metric in metrics if metric["name"] == "ThreadTime"]
    return float(time)


def steep(short: float, long: float) -> bool:
    """Of a text four times as long: linear takes 4 times as long, quadratic 16 times."""
    return long > 9 * max(short, 0.005)


def test_html_mail_is_shown_in_a_sealed_frame(inbox: Inbox, hub: Stage, lab: Lab) -> None:
    flower = file("flower.png", "image/png", PNG, content_id="flower", inline=True)
    hub.writes("Hugo Html", "Our spring catalogue", channel="Mail", html=HTML, subject="Spring",
               files=[flower])  # fmt: skip
    inbox.open("Hugo Html")
    element = inbox.messages.locator("iframe")
    sandbox = (element.get_attribute("sandbox") or "").split()
    assert not {"allow-scripts", "allow-forms", "allow-top-navigation"} & set(sandbox)
    mail = inbox.messages.frame_locator("iframe")
    expect(mail.get_by_role("heading", name="Our spring catalogue")).to_be_visible()
    assert mail.locator("script, form, input, iframe, svg, [onload], [onerror]").count() == 0
    assert mail.get_by_text("bad").get_attribute("href") is None
    assert mail.get_by_text("good").get_attribute("rel") == "noopener noreferrer"
    assert mail.locator("img").first.evaluate("image => image.naturalWidth") == 1
    height = element.bounding_box()
    assert height is not None
    assert height["height"] > 900
    assert lab.asked(inbox.page) == []
    with inbox.page.expect_request("http://tracker.example/pixel.png"):
        inbox.messages.get_by_role("button", name="Show images").click()
    expect(inbox.messages.get_by_role("button", name="Show images")).to_be_hidden()
    assert lab.asked(inbox.page) == ["http://tracker.example/pixel.png"]
    assert unharmed(inbox.page)


def test_a_photo_is_inline_and_other_files_only_to_save(inbox: Inbox, hub: Stage) -> None:
    hub.writes("Fred File", "A photo", channel="Telegram", files=[{"media": "photo/mug/3"}])
    hub.writes("Fred File", "A page", channel="Telegram",
               files=[file("page.html", "text/html", TEXT.encode())])  # fmt: skip
    hub.writes("Fred File", "A drawing", channel="Telegram",
               files=[file("drawing.svg", "image/svg+xml", SVG.encode())])  # fmt: skip
    inbox.open("Fred File")
    image = inbox.message("A photo").locator("img")
    expect(image).to_be_visible()
    assert (image.get_attribute("src") or "").startswith("blob:")
    expect(inbox.messages.locator("img")).to_have_count(1)
    with inbox.page.expect_download() as download:
        inbox.message("A page").get_by_role("button", name="Download page.html").click()
    assert download.value.suggested_filename == "page.html"
    assert download.value.path().read_text() == TEXT
    expect(
        inbox.message("A drawing").get_by_role("button", name="Download drawing.svg")
    ).to_be_visible()
    image.click()
    expect(inbox.page.locator("dialog[open] img")).to_be_visible()
    inbox.page.keyboard.press("Escape")
    expect(inbox.page.locator("dialog[open]")).to_have_count(0)
    assert unharmed(inbox.page)


@pytest.mark.slow
def test_a_large_file_comes_in_parts(inbox: Inbox, hub: Stage) -> None:
    data = bytes(range(256)) * 30_000
    hub.writes("Greta Great", "Large", channel="Mail", subject="Large",
               files=[file("large.bin", "application/octet-stream", data)])  # fmt: skip
    inbox.open("Greta Great")
    with inbox.page.expect_download() as download:
        inbox.messages.get_by_role("button", name="Download large.bin").click()
    assert download.value.path().read_bytes() == data
