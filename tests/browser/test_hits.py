"""Going to a hit of the search, and on from there."""

import pytest
from playwright.sync_api import expect

from tests.browser.lab import Inbox
from tests.browser.stage import Stage


def find(inbox: Inbox, word: str, shown: str = "") -> None:
    """Opens the one hit; `shown`: how it is written there."""
    inbox.search.fill(word)
    expect(inbox.rows).to_have_count(1)
    expect(inbox.rows.locator("mark")).to_have_text(shown or word)
    inbox.rows.click()


# --- a hit of the search ------------------------------------------------------------------------


def test_a_hit_opens_where_it_is_and_goes_on_both_ways(inbox: Inbox, hub: Stage) -> None:
    lines = [f"Line {n}" for n in range(240)]
    lines[100] = "Line 100 holds the word Märjoram"
    hub.ws.mark_read(hub.writes("Fern Far", *lines).id)
    find(inbox, "marjoram", "Märjoram")
    hit = inbox.message("Line 100 holds")
    expect(hit).to_be_in_viewport()
    expect(hit.locator("mark")).to_have_text("Märjoram")
    assert inbox.messages.count() < 120
    hit.scroll_into_view_if_needed()
    inbox.message("Line 80").scroll_into_view_if_needed()
    expect(inbox.message("Line 50")).to_have_count(1)
    inbox.message("Line 124").scroll_into_view_if_needed()
    expect(inbox.message("Line 140")).to_have_count(1)
    inbox.view.get_by_role("button", name="Latest").click()
    expect(inbox.message("Line 239")).to_be_in_viewport()
    expect(inbox.view.get_by_role("button", name="Latest")).to_be_hidden()


@pytest.mark.slow
def test_what_comes_while_one_reads_far_up_is_counted(inbox: Inbox, hub: Stage) -> None:
    lines = ["The word is oregano", *(f"Line {n}" for n in range(130))]
    hub.ws.mark_read(hub.writes("Olive Old", *lines).id)
    find(inbox, "oregano")
    expect(inbox.message("The word is oregano")).to_be_in_viewport()
    hub.writes("Olive Old", "News one", "News two")
    jump = inbox.view.get_by_role("button", name="2 new messages")
    expect(jump).to_be_visible()
    expect(inbox.view.get_by_role("status")).to_contain_text("2 new messages")
    expect(inbox.message("News one")).to_have_count(0)
    jump.click()
    expect(inbox.message("News two")).to_be_in_viewport()


@pytest.mark.slow
def test_what_was_only_not_loaded_yet_is_not_new(inbox: Inbox, hub: Stage) -> None:
    lines = ["The word is lovage", *(f"Line {n}" for n in range(40))]
    conversation = hub.writes("Linus Later", *lines)
    hub.ws.mark_read(conversation.id)
    find(inbox, "lovage")
    expect(inbox.message("The word is lovage")).to_be_in_viewport()
    hub.ws.resolve(conversation.id)  # all of it is told again, up to the end
    expect(inbox.messages).to_have_count(len(lines))
    expect(inbox.view.get_by_role("button", name="Latest")).to_be_visible()
    hub.writes("Linus Later", "News one")
    expect(inbox.view.get_by_role("button", name="1 new message")).to_be_visible()


@pytest.mark.slow
def test_a_hit_in_what_is_shown_needs_no_reload(inbox: Inbox, hub: Stage) -> None:
    hub.writes("Tina Taste", "About thyme", "About salt")
    inbox.open("Tina Taste")
    find(inbox, "thyme")
    expect(inbox.message("About thyme").locator("mark")).to_have_text("thyme")
    find(inbox, "salt")
    expect(inbox.message("About salt").locator("mark")).to_have_text("salt")
    expect(inbox.messages.locator("mark")).to_have_count(1)


@pytest.mark.slow
def test_who_wants_no_motion_gets_none(inbox: Inbox, hub: Stage) -> None:
    lines = ["The word is tarragon", *(f"Line {n}" for n in range(40))]
    hub.ws.mark_read(hub.writes("Mona Motion", *lines).id)
    inbox.page.emulate_media(reduced_motion="reduce")
    try:
        find(inbox, "tarragon")
        expect(inbox.message("The word is tarragon")).to_be_in_viewport()
        expect(inbox.log.locator(".cw-lit")).to_have_count(0)
        jump = inbox.view.get_by_role("button", name="Latest")
        jump.click()
        expect(inbox.message("Line 39")).to_be_in_viewport()
        inbox.log.evaluate("log => { log.scrollTop = 0 }")
        expect(jump).to_be_visible()
        assert inbox.view.evaluate(JUMP) < 2
    finally:
        inbox.page.emulate_media(reduced_motion="no-preference")


JUMP = """view => {
  const log = view.querySelector("[role=log]");
  view.querySelector(".cw-jump").click();
  return log.scrollHeight - log.clientHeight - log.scrollTop;
}"""
"""How far from the end one is the very moment after going there."""
