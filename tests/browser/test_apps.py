"""The inbox in Notebook 7, and as an app; neither asks another host for anything."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import violations
from tests.browser.lab import (
    CELLS,
    NOTEBOOK,
    READY,
    TOKEN,
    Inbox,
    Lab,
    asked,
    server,
)  # fmt: skip
from tests.browser.stage import Stage
from tests.conftest import ROOT
from tests.private import said_by_customers

# --- Notebook 7 -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def notebook7(
    tmp_path_factory: pytest.TempPathFactory, browser: Browser, hub: Stage
) -> Iterator[Lab]:
    root = tmp_path_factory.mktemp("notebooks7")
    folder = Path(hub.ws.info().folder)
    with server(root, tmp_path_factory.mktemp("jupyter7"), folder, app="notebook") as url:
        yield Lab(url, root, browser)


@pytest.mark.slow
def test_notebook_7_opens_picks_and_replies(notebook7: Lab, hub: Stage, pictures: Path) -> None:
    hub.writes("Nico Notebook", "Is this another house?")
    path = notebook7.notebook("inbox7")
    context = notebook7.browser.new_context(viewport={"width": 1280, "height": 900})
    others = asked(context)
    try:
        page = context.new_page()
        page.goto(f"{notebook7.url}/notebooks/{path.name}?token={TOKEN}")
        page.wait_for_function(READY, timeout=60_000)
        inbox = Inbox.run(page)
        inbox.open("Nico Notebook")
        inbox.send("The same one, another door.")
        expect(
            inbox.message("another door").get_by_label(re.compile("Sent|Del|Read"))
        ).to_be_visible()
        expect(page).to_have_title(re.compile(r"^(\(\d+\) )?inbox7"))
        page.screenshot(path=pictures / "notebook7.png")
        keys_stay(inbox)
        assert violations(page) == []
        assert others == []
    finally:
        context.close()
        notebook7.end_kernel(path)


def keys_stay(inbox: Inbox) -> None:
    cells = inbox.page.evaluate(CELLS)
    for spot in (".cw-rows", ".cw-log", "[data-page=messages]"):
        for key in ("a", "b", "x", "d", "d", "m", "y", "Control+Backspace"):
            inbox.root.locator(spot).focus()
            inbox.page.keyboard.press(key)
    assert inbox.page.evaluate(CELLS) == cells


# --- as an app --------------------------------------------------------------------------------


@contextmanager
def app(folder: str, *options: str) -> Iterator[str]:
    """The address that `convo app` prints."""
    command = [sys.executable, "-m", "workspace.cli", "app", "--no-browser", "--folder", folder]
    with subprocess.Popen([*command, *options], cwd=ROOT, stdout=subprocess.PIPE, text=True) as run:
        try:
            assert run.stdout
            found = re.search(r"http://\S+", run.stdout.readline())
            assert found
            yield found[0]
        finally:
            run.terminate()
            run.wait(30)


@pytest.fixture(scope="module")
def address(hub: Stage) -> Iterator[str]:
    with app(hub.ws.info().folder, str(NOTEBOOK)) as found:
        yield found


@contextmanager
def opened(browser: Browser, address: str) -> Iterator[tuple[Page, str, list[str]]]:
    """The page, its source as Voila sent it, and what was asked of other hosts."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    try:
        others = asked(context)
        page = context.new_page()
        sent = page.goto(address)
        assert sent
        yield page, sent.text(), others
    finally:
        context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.slow
def test_the_app_answers_customers_and_asks_no_other_host(
    browser: Browser, address: str, hub: Stage, pictures: Path, theme: str
) -> None:
    name = f"Ann {theme.title()}"
    hub.writes(name, "Is there a page without code?")
    with opened(browser, f"{address}&theme={theme}") as (page, source, others):
        inbox = Inbox(page)
        inbox.root.wait_for(timeout=60_000)
        inbox.open(name)
        expect(inbox.view).to_have_attribute("data-cw-theme", theme)
        inbox.send("This one.")
        expect(inbox.message("This one.").get_by_label(re.compile("Sent|Del|Read"))).to_be_visible()
        box = inbox.root.bounding_box()
        assert box
        assert 740 < box["height"] <= 800
        assert box["y"] < 30
        expect(page.get_by_text("Run all cells")).to_be_hidden()
        page.screenshot(path=pictures / f"app-{theme}.png")
        assert violations(page) == []
        assert others == []
        assert not [text for text in said_by_customers(hub.ws) if text in source]


def test_the_app_is_for_who_has_its_address(address: str, hub: Stage) -> None:
    bare, _, _ = address.partition("?")
    assert bare.startswith("http://127.0.0.1:")
    with urlopen(bare, timeout=30) as page:  # the way to the login
        assert "/login" in page.url
        assert b"cw-inbox" not in page.read()
    for place in ("voila/files/inbox.ipynb", "voila/files/x.png"):
        with pytest.raises(HTTPError) as refused:
            urlopen(bare + place, timeout=30).close()
        assert refused.value.code in (403, 404)
        refused.value.close()
