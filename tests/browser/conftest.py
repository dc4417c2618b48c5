"""One hub, one JupyterLab and one Chromium for all browser tests."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.lab import CHROMIUM, Inbox, Lab, server
from tests.browser.stage import Stage, stage

expect.set_options(timeout=10_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("hub") / "demo") as staged:
        yield staged


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory, browser: Browser, hub: Stage) -> Iterator[Lab]:
    root = tmp_path_factory.mktemp("notebooks")
    folder = Path(hub.ws.info().folder)
    with server(root, tmp_path_factory.mktemp("jupyter"), folder) as url:
        yield Lab(url, root, browser)


@pytest.fixture(autouse=True)
def _no_page_fails_or_asks_another_host(request: pytest.FixtureRequest) -> Iterator[None]:
    """Also none that stays open for the next test."""
    lab = request.getfixturevalue("lab") if "lab" in request.fixturenames else None
    yield
    if lab:
        lab.check()


@pytest.fixture(scope="session")
def page(lab: Lab) -> Iterator[Page]:
    """The inbox notebook in the browser of somebody in Berlin."""
    with lab.open(lab.notebook("inbox"), timezone_id="Europe/Berlin") as page:
        yield page


@pytest.fixture
def inbox(page: Page) -> Inbox:
    """A fresh inbox in that page: all cells are run again."""
    return Inbox.run(page)


@pytest.fixture
def held(hub: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sends wait for Undo, as they do outside of tests, and longer."""
    monkeypatch.setattr(hub.services.replies, "_undo", timedelta(minutes=2))


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where screenshots go: $CONVO_SCREENSHOTS, or a temporary folder."""
    folder = os.environ.get("CONVO_SCREENSHOTS")
    path = Path(folder) if folder else tmp_path_factory.mktemp("screenshots")
    path.mkdir(parents=True, exist_ok=True)
    return path


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "mug.png"
    Image.new("RGB", (640, 480), "teal").save(path)
    return path
