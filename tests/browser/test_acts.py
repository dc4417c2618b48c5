"""What one does with a message: its file, an answer that quotes it, a reaction."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import violations
from tests.browser.cloud import Number, number
from tests.browser.lab import Inbox, Lab, inbox_of
from tests.browser.samples import PNG
from workspace.testing.cloud import Customer


@pytest.fixture(scope="module")
def whatsapp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Number]:
    with number(tmp_path_factory.mktemp("whatsapp") / "real") as found:
        yield found


@pytest.fixture(scope="module")
def its_page(lab: Lab, whatsapp: Number) -> Iterator[Page]:
    path = lab.blank("whatsapp", inbox_of(whatsapp.hub.ws.info().folder))
    with lab.open(path, timezone_id="Europe/Berlin") as page:
        yield page


@pytest.fixture
def inbox(its_page: Page) -> Inbox:
    return Inbox.run(its_page)


# --- a file that is on its way --------------------------------------------------------------------


def absent(inbox: Inbox) -> Locator:
    return inbox.log.locator(".cw-file-absent")


def test_a_file_that_could_not_be_fetched_is_fetched_again(
    inbox: Inbox, whatsapp: Number, pictures: Path
) -> None:
    fern = Customer("4915112340001", "Fern File")
    cloud = whatsapp.cloud
    with whatsapp.server.lock:
        cloud.sends_file(fern, "image", "image/png", PNG, caption="Look at this")
        kept = cloud.files.copy()
        cloud.files.clear()  # it can't be had from the provider now
    whatsapp.passes()
    whatsapp.hub.until(lambda: _missing(whatsapp, "Fern File"))
    inbox.open("Fern File")
    again = absent(inbox).get_by_role("button", name="Try again")
    expect(absent(inbox)).to_contain_text("no longer has this file")
    inbox.page.screenshot(path=pictures / "file-missing.png")
    assert violations(inbox.page) == []
    again.press("Enter")
    expect(absent(inbox)).to_contain_text("no longer has this file")
    expect(again).not_to_have_attribute("aria-busy", "true")
    with whatsapp.server.lock:
        cloud.files.update(kept)
    again.focus()
    again.press("Enter")
    photo = inbox.log.get_by_role("button", name="Photo image.png")
    expect(photo.locator("img")).to_be_visible()
    expect(absent(inbox)).to_have_count(0)
    expect(inbox.root.locator(".cw-row").filter(has_text="Fern File")).to_contain_text("Look at")


def test_a_file_on_its_way_comes_by_itself_also_far_up(
    inbox: Inbox, whatsapp: Number, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    walt = Customer("4915112340002", "Walt Wait")
    fetching = whatsapp.hub.services.fetching
    monkeypatch.setattr(fetching, "fetch_due", lambda: 0)  # the provider is slow
    with whatsapp.server.lock:
        whatsapp.cloud.sends_file(walt, "image", "image/png", PNG)
    whatsapp.passes()
    whatsapp.writes(walt, *(f"Line {n}" for n in range(70)))
    whatsapp.hub.ws.mark_read(whatsapp.hub.named("Walt Wait").id)
    inbox.open("Walt Wait")
    inbox.message("Line 25").scroll_into_view_if_needed()
    inbox.message("Line 0").scroll_into_view_if_needed()
    expect(absent(inbox)).to_contain_text("On its way")
    absent(inbox).scroll_into_view_if_needed()
    inbox.page.screenshot(path=pictures / "file-awaited.png")
    assert violations(inbox.page) == []
    monkeypatch.undo()
    fetching.wake()
    expect(inbox.log.get_by_role("button", name="Photo image.png")).to_be_visible()


def _missing(whatsapp: Number, name: str) -> bool:
    messages = whatsapp.hub.ws.messages(whatsapp.hub.named(name).id)
    return any(file.missing for message in messages for file in message.attachments)
