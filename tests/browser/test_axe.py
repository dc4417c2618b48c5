"""Nothing grave for axe-core in any of the inbox's main states."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.lab import THEME, Inbox
from tests.browser.stage import Stage


@pytest.fixture(params=["Light", "Dark"])
def themed(request: pytest.FixtureRequest, inbox: Inbox) -> Inbox:
    inbox.page.evaluate(THEME, f"JupyterLab {request.param}")
    expect(inbox.view).to_have_attribute("data-cw-theme", request.param.lower())
    return inbox


def test_list_conversation_and_what_opens_over_them(themed: Inbox, hub: Stage) -> None:
    hub.writes("Axel Axe", "Can everybody read this?", channel="WhatsApp",
               files=[{"media": "photo/mug/3"}])  # fmt: skip
    page = themed.page
    expect(themed.row("Axel Axe")).to_be_visible()
    assert violations(page) == []
    themed.open("Axel Axe")
    assert violations(page) == []
    themed.view.get_by_role("button", name="Conversation options").click()
    assert violations(page) == []
    themed.view.get_by_role("menuitem", name="Delete").click()
    expect(page.get_by_role("alertdialog")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Cancel").click()
    themed.filter("status").click()
    assert violations(page) == []
    page.keyboard.press("Escape")
    themed.root.get_by_role("button", name="Desktop notifications").click()
    assert violations(page) == []
    page.keyboard.press("Escape")
    themed.rows.first.click()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    themed.search.fill("nobody ever wrote this")
    expect(themed.root.get_by_text("Nothing found")).to_be_visible()
    assert violations(page) == []


def test_axe_does_find_what_is_wrong(inbox: Inbox) -> None:
    inbox.root.evaluate("inbox => inbox.append(document.createElement('img'))")
    [found] = violations(inbox.page)
    assert "image-alt (critical)" in found
