"""The card of the contact beside the conversation."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.axe import violations
from tests.browser.cloud import number
from tests.browser.lab import Inbox, Lab, inbox_of, python
from tests.browser.stage import Stage
from workspace.errors import CannotSend
from workspace.models import Address, AddressKind, Conversation, EventKind
from workspace.testing.cloud import Customer

LEA = Customer("491771234599", "Lea Leaflet")
MAIL = Address(AddressKind.EMAIL, "odile@example.org")


@pytest.fixture
def card(inbox: Inbox) -> Locator:
    return inbox.root.get_by_role("complementary", name="Contact")


def kinds(hub: Stage, id: int) -> list[EventKind]:
    return [event.kind for event in hub.ws.messages(id).events]


def mine(hub: Stage) -> list[Conversation]:
    return [row for row in hub.rows() if row.contact_name == "Odile Other"]


def test_renaming(inbox: Inbox, card: Locator, hub: Stage) -> None:
    id = hub.writes("Nat Nickname", "Hello").id
    inbox.open("Nat Nickname")
    expect(card.get_by_role("heading", name="Nat Nickname")).to_be_visible()
    card.get_by_role("button", name="Rename").click()
    field = card.get_by_label("Name", exact=True)
    expect(field).to_be_focused()
    field.fill("Thrown away")
    field.press("Escape")
    expect(card.get_by_role("heading", name="Nat Nickname")).to_be_visible()
    card.get_by_role("button", name="Rename").press("Enter")
    field.fill("Nathalie Núñez <b>")
    field.press("Enter")
    expect(card.get_by_role("heading", name="Nathalie Núñez <b>")).to_be_visible()
    expect(inbox.heading).to_have_text("Nathalie Núñez <b>")
    expect(inbox.row("Nathalie Núñez <b>")).to_be_visible()
    expect(inbox.view.get_by_text("renamed this contact")).to_be_visible()
    expect(card.get_by_role("button", name="Rename")).to_be_focused()
    assert kinds(hub, id).count(EventKind.RENAMED) == 1
    hub.ws.update_contact(hub.ws.conversation(id), name="Nat Nickname")
    expect(card.get_by_role("heading", name="Nat Nickname")).to_be_visible()


def test_blocking_asks_first(inbox: Inbox, card: Locator, hub: Stage) -> None:
    id = hub.writes("Bert Block", "Buy now!").id
    inbox.open("Bert Block")
    block = card.get_by_role("switch", name="Block")
    block.click()
    dialog = inbox.page.get_by_role("alertdialog", name="Block Bert Block?")
    expect(dialog).to_contain_text("nothing can be sent to them")
    inbox.page.keyboard.press("Escape")
    expect(block).to_have_attribute("aria-checked", "false")
    block.click()
    dialog.get_by_role("button", name="Block").click()
    expect(block).to_have_attribute("aria-checked", "true")
    expect(inbox.view.get_by_text("blocked this contact", exact=False)).to_be_visible()
    with pytest.raises(CannotSend, match="blocked"):
        hub.ws.send(id, "Hello")
    block.click()
    expect(block).to_have_attribute("aria-checked", "false")
    done = [kind for kind in kinds(hub, id) if kind is not EventKind.MARKED_READ]
    assert done == [EventKind.BLOCKED, EventKind.UNBLOCKED]


@pytest.mark.slow
def test_who_was_asked_about_is_blocked(inbox: Inbox, card: Locator, hub: Stage) -> None:
    """Another conversation may open meanwhile, as by a click on a notification."""
    asked, other = hub.writes("Ana Asked", "Buy now!"), hub.writes("Bob Other", "Good morning")
    inbox.open("Ana Asked")
    card.get_by_role("switch", name="Block").click()
    dialog = inbox.page.get_by_role("alertdialog", name="Block Ana Asked?")
    expect(dialog).to_be_visible()
    python(inbox.page, f"inbox.conversation_id = '{other.id}'")
    expect(card.locator("h4").first).to_have_text("Bob Other")
    dialog.get_by_role("button", name="Block").click()
    hub.until(lambda: hub.ws.contact(asked).blocked)
    assert not hub.ws.contact(other).blocked
    # Or none, as when the open one was deleted: what asks is hidden, but not the question.
    card.get_by_role("switch", name="Block").click()
    python(inbox.page, "inbox.conversation_id = ''")
    expect(card).to_be_hidden()
    dialog = inbox.page.get_by_role("alertdialog", name="Block Bob Other?")
    dialog.get_by_role("button", name="Block").click()
    hub.until(lambda: hub.ws.contact(other).blocked)


def test_opting_out(inbox: Inbox, card: Locator, hub: Stage) -> None:
    id = hub.writes("Otto Out", "No more, please").id
    inbox.open("Otto Out")
    out = card.get_by_role("switch", name="Opted out")
    out.click()
    expect(out).to_have_attribute("aria-checked", "true")
    expect(inbox.view.get_by_text("wants no messages", exact=False)).to_be_visible()
    with pytest.raises(CannotSend, match="opted out"):
        hub.ws.send(id, "Hello")
    out.click()
    expect(out).to_have_attribute("aria-checked", "false")


@pytest.mark.slow
def test_who_stopped_marketing_messages(lab: Lab, tmp_path: Path) -> None:
    with number(tmp_path / "shop") as shop:
        shop.writes(LEA, "Hello")
        shop.cloud.chooses(LEA, stopped=True)
        shop.passes()
        with lab.run(lab.blank("marketing", inbox_of(shop.hub.ws.info().folder))) as inbox:
            card = inbox.root.get_by_role("complementary", name="Contact")
            inbox.open(LEA.name)
            fact = card.locator(".cw-card-facts")
            expect(fact).to_contain_text(re.compile("MarketingStopped .*Number"))
            assert violations(inbox.page, ".cw-card") == []
            shop.passes(timedelta(seconds=1))
            shop.cloud.chooses(LEA, stopped=False)
            shop.passes()
            expect(fact).to_contain_text(re.compile("MarketingResumed .*Number"))


@pytest.mark.slow
def test_their_other_conversations(inbox: Inbox, card: Locator, hub: Stage) -> None:
    for subject in ("First order", "Second order"):
        hub.channel("Mail", plays="mail").customer_writes(
            MAIL, f"About the {subject.lower()}", "Odile Other", subject=subject
        )
    hub.until(lambda: len(mine(hub)) == 2)
    hub.ws.archive([row.id for row in mine(hub) if row.subject == "First order"])
    expect(inbox.row("Odile Other").filter(has_text="First order")).to_have_count(0)
    inbox.row("Odile Other").filter(has_text="Second order").click()
    expect(inbox.messages).to_contain_text("About the second order")
    other = card.get_by_role("listitem").filter(has_text="First order")
    expect(other).to_contain_text("Mail")
    expect(other).to_contain_text("Pending")
    expect(other).to_contain_text("Archived")
    other.get_by_role("button").click()
    expect(inbox.messages).to_contain_text("About the first order")
    expect(card.get_by_role("listitem").filter(has_text="Second order")).to_be_visible()


@pytest.mark.slow
def test_the_card_is_closed_and_stays_so(inbox: Inbox, card: Locator, hub: Stage) -> None:
    hub.writes("Clara Closed", "Hello")
    inbox.open("Clara Closed")
    toggle = inbox.head.get_by_role("button", name="Contact")
    expect(card).to_be_visible()
    expect(toggle).to_have_attribute("aria-expanded", "true")
    card.get_by_role("button", name="Close the contact").click()
    expect(card).to_be_hidden()
    expect(toggle).to_be_focused()
    again = Inbox.run(inbox.page)
    again.open("Clara Closed")
    expect(again.root.get_by_role("complementary", name="Contact")).to_be_hidden()
    again.head.get_by_role("button", name="Contact").click()
    expect(again.root.get_by_role("complementary", name="Contact")).to_be_visible()


@pytest.mark.slow
def test_in_a_narrow_inbox_it_lies_over(inbox: Inbox, card: Locator, hub: Stage) -> None:
    hub.writes("Nelly Narrow", "Hello")
    inbox.page.set_viewport_size({"width": 1000, "height": 900})
    try:
        inbox.open("Nelly Narrow")
        expect(card).to_be_hidden()
        inbox.head.get_by_role("button", name="Contact").click()
        expect(card.get_by_role("heading", name="Nelly Narrow")).to_be_visible()
        inbox.page.keyboard.press("Escape")
        expect(card).to_be_hidden()
        expect(inbox.head.get_by_role("button", name="Contact")).to_be_focused()
    finally:
        inbox.page.set_viewport_size({"width": 1440, "height": 900})
    expect(card).to_be_visible()


def test_merging_two_contacts(inbox: Inbox, card: Locator, hub: Stage) -> None:
    """By keyboard, with a look at both; Undo takes it back."""
    eva = hub.writes("Eva Twofold", "Hello by SMS")
    bea = hub.writes("Bea Twofold-Mail", "Hello by Telegram", channel="Telegram")
    inbox.open("Eva Twofold")
    card.get_by_role("button", name="Merge with another contact").press("Enter")
    dialog = inbox.page.get_by_role("dialog", name="Merge contacts")
    field = dialog.get_by_role("combobox")
    expect(field).to_be_focused()
    field.fill("twofold-mail")
    expect(dialog.get_by_role("option")).to_have_count(1)
    expect(dialog.get_by_role("option", selected=True)).to_contain_text("Bea Twofold-Mail")
    field.press("Enter")
    kept = dialog.get_by_role("region", name="Stays: Eva Twofold", exact=True)
    expect(kept).to_contain_text("SMS")
    dialog.get_by_role("button", name="Keep the other one").click()
    expect(dialog.get_by_role("region", name="Stays: Bea Twofold-Mail")).to_be_visible()
    dialog.get_by_role("button", name="Keep the other one").click()
    expect(dialog).to_contain_text("One contact, Eva Twofold, with the addresses")
    assert violations(inbox.page, "dialog") == []
    dialog.get_by_role("button", name="Merge", exact=True).press("Enter")
    expect(dialog).to_have_count(0)
    expect(card.get_by_role("listitem").filter(has_text="Merged by you")).to_be_visible()
    expect(inbox.view.get_by_text("merged this contact with another one")).to_be_visible()
    expect(card.get_by_role("list", name="Addresses").get_by_role("listitem")).to_have_count(2)
    assert violations(inbox.page, ".cw-card") == []
    assert hub.ws.conversation(bea.id).contact_id == eva.contact_id
    inbox.page.get_by_role("button", name="Undo").click()
    expect(card.get_by_role("list", name="Addresses").get_by_role("listitem")).to_have_count(1)
    assert hub.ws.conversation(bea.id).contact_id == bea.contact_id


@pytest.mark.slow
def test_unmerging_two_contacts(inbox: Inbox, card: Locator, hub: Stage) -> None:
    one = hub.writes("Uma United", "Hello")
    other = hub.writes("Una United", "Hello", channel="Telegram")
    hub.ws.merge_contacts(one, other)
    inbox.row("Uma United").first.click()
    card.get_by_role("button", name="Unmerge Una United").press("Enter")
    expect(card.get_by_text("Merged by")).to_have_count(0)
    assert hub.ws.conversation(other.id).contact_id == other.contact_id
