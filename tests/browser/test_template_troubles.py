"""Templates that can't be sent whatever the provider says, and providers that can't be asked."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.axe import violations
from tests.browser.cloud import Number, number
from tests.browser.composing import tool
from tests.browser.lab import Inbox, Lab, inbox_of
from workspace.models import TemplateHeader
from workspace.testing.cloud import Account, Customer

CLIPBOARD = ["clipboard-read", "clipboard-write"]
OBSTACLE = "It has parts that can't be filled in here: location."
LOU = Customer("491771234500", "Lou Location")


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Number]:
    """A number whose provider also approved a template that asks for a place on the map."""
    with number(tmp_path / "shop") as made:
        [hello, *_] = [t for t in made.cloud.templates if t.name == "hello"]
        with made.server.lock:
            header = TemplateHeader("LOCATION")
            made.cloud.templates.append(replace(hello, name="find_us", header=header))
        made.hub.ws.sync_templates(made.channel)
        yield made


@pytest.fixture
def inbox(lab: Lab, shop: Number) -> Iterator[Inbox]:
    with lab.run(
        lab.blank("shop", inbox_of(shop.hub.ws.info().folder)), permissions=CLIPBOARD
    ) as inbox:
        yield inbox


@pytest.fixture
def board(inbox: Inbox) -> Locator:
    expect(inbox.root.locator(".cw-rows, .cw-blank").first).to_be_visible()  # its kernel is free
    inbox.root.get_by_role("button", name="Templates").click()
    board = inbox.root.get_by_role("region", name="Templates")
    expect(options(board).first).to_be_visible()
    return board


def options(place: Locator) -> Locator:
    return place.get_by_role("listbox").get_by_role("option")


@pytest.mark.slow
def test_one_with_parts_nobody_can_fill_in_is_not_offered(
    inbox: Inbox, shop: Number, board: Locator
) -> None:
    row = options(board).filter(has_text="find_us")
    expect(row).to_contain_text("Approved")
    expect(row).to_contain_text(OBSTACLE)
    expect(row.locator(".cw-pill")).to_have_attribute("data-fit", "false")
    board.get_by_label("Search templates").fill("filled in here")
    expect(options(board)).to_have_count(1)
    expect(board.locator(".cw-board-callout")).to_have_text(OBSTACLE)
    inbox.root.get_by_role("button", name="Messages").click()
    shop.writes(LOU, "Where are you?")
    inbox.open(LOU.name)
    tool(inbox, "Attach").click()
    inbox.root.get_by_role("menuitem", name="Template").click()
    pane = inbox.root.get_by_role("group", name="Template", exact=True)
    offered = options(pane).filter(has_text="find_us")
    expect(offered).to_be_disabled()
    expect(offered).to_contain_text(OBSTACLE)
    pane.get_by_label("Search templates").fill("find_us")
    pane.get_by_label("Search templates").press("Enter")
    expect(offered).to_be_visible()
    assert violations(inbox.page) == []


@pytest.mark.slow
def test_every_provider_that_can_t_be_asked_is_told_in_full(
    inbox: Inbox, shop: Number, board: Locator, pictures: Path
) -> None:
    for n, name in enumerate(("Spain", "Portugal")):
        shop.another(name, phone_number_id=f"55{n}", base_url="http://127.0.0.1:9")
    with shop.server.lock:
        shop.cloud.account = Account(token="another")
    board.get_by_role("button", name="Sync now").click()
    expect(inbox.toast).to_contain_text("0 of 3 channels synced")
    told = board.get_by_role("status").filter(has_text="Portugal")
    lines = told.get_by_role("paragraph")
    expect(lines).to_have_count(2)  # two that can't be reached are one
    failures = {state.failure for state in shop.hub.ws.template_syncs()}
    shown = " ".join(lines.all_text_contents())
    assert [words for words in failures if words not in shown] == []
    for width in (1440, 700):
        inbox.page.set_viewport_size({"width": width, "height": 900})
        for line in lines.all():
            assert line.evaluate("line => line.scrollWidth <= line.clientWidth")
            expect(line).to_be_in_viewport(ratio=1)
        assert violations(inbox.page) == []
        inbox.root.screenshot(path=pictures / f"templates-failing-{width}.png")
    with shop.server.lock:
        shop.cloud.account = Account()
    board.get_by_role("button", name="Sync now").click()
    expect(inbox.toast).to_contain_text("1 of 3 channels synced")
    expect(lines).to_have_count(1)
    inbox.toast.get_by_role("button", name="Copy as Python").click()
    expect(inbox.toast).to_contain_text("Python copied")
    assert inbox.page.evaluate("() => navigator.clipboard.readText()") == "ws.sync_templates()"
