"""The list with many conversations, many at once, kept views, and queries as inboxes."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.lab import RUN_ALL, Inbox, Lab, expect_kernel, inbox_of, python, replaced
from tests.browser.stage import Stage, stage
from workspace.models import EventKind
from workspace.testing.builders import START, STEP, Builder, Talk, did, inbound, outbound, talk

LARGE = 3_000
IN_DOM = 60
"""Rows the DOM may hold, however long the list is."""

PLACES = "rows => rows.map(row => row.ariaPosInSet)"
ACTIVE = "Number(document.querySelector('[role=option][data-active=true]')?.ariaPosInSet)"
OPTIONS = "[...document.querySelectorAll('[role=option]')]"
CLIPBOARD = ["clipboard-read", "clipboard-write"]


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A hub with thousands of conversations, in which nothing happens by itself."""
    with stage(tmp_path_factory.mktemp("large") / "demo") as staged:
        staged.channel("Desk", plays="sms")
        Builder(staged.services.store).add([_talk(n, staged) for n in range(LARGE)])
        yield staged


def _talk(n: int, staged: Stage) -> Talk:
    """A minute after the one before; every third is resolved, some are archived."""
    at = START + n * STEP
    asks = inbound(f"Where is order {n}?", at)
    lines = ((asks,), (asks, outbound("On its way.", at), did(EventKind.RESOLVED, at)), (asks,))
    more = (did(EventKind.ARCHIVED, at),) if n % 10 == 0 else ()
    return talk(*lines[n % 3], *more, channel=staged.channels["Desk"], name=f"Customer {n:04}")


@contextmanager
def opened(lab: Lab, hub: Stage, name: str, *cells: str, **how: Any) -> Iterator[Inbox]:
    path = lab.blank(name, inbox_of(hub.ws.info().folder), *cells)
    with lab.run(path, **how) as inbox:
        expect(inbox.rows.first).to_be_visible()
        yield inbox


@pytest.fixture(scope="module")
def page(lab: Lab, large: Stage) -> Iterator[Page]:
    with opened(lab, large, "large", permissions=CLIPBOARD) as inbox:
        yield inbox.page


@pytest.fixture
def inbox(page: Page) -> Inbox:
    inbox = Inbox.run(page)
    expect(inbox.rows.first).to_be_visible()
    return inbox


def box(inbox: Inbox) -> Locator:
    return inbox.root.get_by_role("listbox", name="Conversations")


def selected(inbox: Inbox) -> list[str]:
    return inbox.root.locator("[role=option][aria-selected=true] .cw-row-name").all_text_contents()


def bar(inbox: Inbox) -> Locator:
    return inbox.root.get_by_role("toolbar", name="Selected conversations")


def tick(row: Locator) -> None:
    row.locator(".cw-row-pick").click()


# --- any number of conversations


def test_thousands_of_conversations_and_a_few_dozen_rows(inbox: Inbox, large: Stage) -> None:
    total = large.ws.conversations(limit=1).total
    assert total > 2_400
    expect(inbox.root.get_by_text(f"{total:,} conversations")).to_be_visible()
    while True:
        places = [int(at) for at in inbox.rows.evaluate_all(PLACES)]
        assert len(places) < IN_DOM
        if max(places) == total:
            break
        inbox.scroll_list("bottom")
        grown = f"at => Math.max(...({PLACES})({OPTIONS})) > at"
        inbox.page.wait_for_function(grown, arg=max(places))
    assert inbox.loaded() == total
    assert inbox.rows.last.get_attribute("aria-setsize") == str(total)
    names = [row.contact_name for row in large.rows() if not row.archived]
    assert inbox.rows.last.locator(".cw-row-name").text_content() == names[-1]


@pytest.mark.slow
def test_the_keyboard_reaches_all_of_it(inbox: Inbox, large: Stage) -> None:
    active = inbox.root.locator("[role=option][data-active=true]")

    def press(key: str, moved: str) -> int:
        """Where it goes to; `moved` says of `at` whether it is there."""
        inbox.page.keyboard.press(key)
        inbox.page.wait_for_function(f"() => {{ const at = {ACTIVE}; return {moved} }}")
        expect(active).to_be_in_viewport()
        expect(box(inbox)).to_have_attribute("aria-activedescendant", active.get_attribute("id"))
        return int(active.get_attribute("aria-posinset"))

    total = large.ws.conversations(limit=1).total
    box(inbox).focus()
    press("ArrowDown", "at === 1")
    assert press("PageDown", "at > 1") < 50
    reached = press("End", "at === 50")
    # The end is that of what is loaded, which makes more come; an arrow waits for it.
    while reached < total:
        reached = press("ArrowDown", f"at === {reached + 1}")
        if reached < total:
            reached = press("End", f"at > {reached}")
    assert inbox.loaded() == total
    press("Home", "at === 1")
    # However far one scrolls, the active row stays in the DOM for who hears the page.
    inbox.scroll_list("bottom")
    expect(active).to_have_count(1)


def test_news_do_not_move_what_is_in_sight(inbox: Inbox, large: Stage) -> None:
    box(inbox).evaluate("list => list.scrollTop = 900")
    expect(inbox.rows.first).not_to_have_attribute("aria-posinset", "1")
    third = inbox.root.locator("[role=option][aria-posinset='17']").get_attribute("data-id")
    row = inbox.root.locator(f"[role=option][data-id='{third}']")
    row.hover()
    before = row.bounding_box()
    for new in ("Nadia New", "Nils New"):
        large.writes(new, "Hello", channel="News")
    pill = inbox.root.get_by_role("button", name="2 new", exact=True)
    expect(pill).to_be_visible()
    assert row.bounding_box() == before
    pill.click()
    expect(inbox.rows.first).to_be_in_viewport()
    expect(inbox.row("Nils New")).to_be_in_viewport()
    expect(pill).to_be_hidden()


# --- selecting


def test_selecting_by_click_and_shift(inbox: Inbox, large: Stage) -> None:
    names = inbox.names()
    tick(inbox.rows.nth(1))
    expect(inbox.root.get_by_text("1 selected")).to_be_visible()
    inbox.rows.nth(4).click(modifiers=["Shift"])
    assert selected(inbox) == names[1:5]
    inbox.rows.nth(2).click(modifiers=["Control"])
    assert selected(inbox) == [names[1], *names[3:5]]
    # Opening one is another thing.
    inbox.rows.nth(0).click()
    expect(inbox.rows.nth(0)).to_have_attribute("aria-current", "true")
    assert selected(inbox) == [names[1], *names[3:5]]
    inbox.root.get_by_role("checkbox", name="Clear the selection").click()
    assert selected(inbox) == []
    expect(box(inbox)).to_have_attribute("aria-multiselectable", "true")


def test_selecting_by_keys(inbox: Inbox, large: Stage) -> None:
    names, keys = inbox.names(), inbox.page.keyboard
    box(inbox).focus()
    keys.press("ArrowDown")
    keys.press("x")
    assert selected(inbox) == names[:1]
    for _ in range(3):
        keys.press("Shift+ArrowDown")
    assert selected(inbox) == names[:4]
    keys.press("Shift+ArrowUp")
    assert selected(inbox) == names[:3]
    keys.press("x")
    assert selected(inbox) == names[:2]
    keys.press("Control+a")
    expect(inbox.root.get_by_text("50 selected")).to_be_visible()
    keys.press("Escape")
    assert selected(inbox) == []


@pytest.mark.slow
def test_all_that_match_and_another_one_that_came(inbox: Inbox, large: Stage) -> None:
    """The number is what one saw: when it is another one by then, one is asked again."""
    inbox.filter("status").click()
    inbox.page.get_by_role("checkbox", name="Resolved").check()
    inbox.page.keyboard.press("Escape")
    n = large.ws.conversations(status="resolved", limit=1).total
    expect(inbox.root.get_by_text(f"{n:,} found")).to_be_visible()
    inbox.root.get_by_role("checkbox", name="Select all that are loaded").click()
    inbox.root.get_by_role("button", name=f"Select all {n:,} that match").click()
    expect(inbox.root.get_by_text(f"{n:,} selected")).to_be_visible()
    # Known to the hub, but not yet to the page.
    python(inbox.page, "inbox.list.live.leave(inbox.list)")
    [one] = large.ws.conversations(status="pending", limit=1)
    large.ws.resolve(one.id)
    bar(inbox).get_by_role("button", name="Archive").click()
    dialog = inbox.page.get_by_role("alertdialog")
    expect(dialog).to_contain_text(f"{n + 1:,} conversations match now")
    dialog.get_by_role("button", name="Archive").click()
    expect(inbox.toast).to_contain_text(f"{n + 1:,} conversations archived")
    assert large.ws.conversations(status="resolved", limit=1).total == 0
    inbox.toast.get_by_role("button", name="Undo").click()
    expect(inbox.toast).to_contain_text(f"{n + 1:,} conversations unarchived", timeout=60_000)
    assert large.ws.conversations(status="resolved", limit=1).total == n + 1


def test_undo_of_many_and_of_one(inbox: Inbox, large: Stage) -> None:
    names = inbox.names()
    tick(inbox.rows.nth(0))
    inbox.rows.nth(2).click(modifiers=["Shift"])
    bar(inbox).get_by_role("button", name="Archive").click()
    expect(inbox.rows.first.locator(".cw-row-name")).to_have_text(names[3])
    expect(inbox.toast).to_contain_text("3 conversations archived")
    inbox.toast.get_by_role("button", name="Undo").click()
    expect(inbox.rows.first.locator(".cw-row-name")).to_have_text(names[0])
    inbox.rows.nth(1).click()
    inbox.page.keyboard.press("e")
    expect(inbox.toast).to_contain_text("Conversation archived")
    expect(inbox.rows.nth(1).locator(".cw-row-name")).to_have_text(names[2])
    inbox.toast.get_by_role("button", name="Undo").click()
    expect(inbox.rows.nth(1).locator(".cw-row-name")).to_have_text(names[1])


def test_triage_goes_on_to_the_neighbour(inbox: Inbox, large: Stage) -> None:
    names = inbox.names()
    inbox.rows.nth(0).click()
    expect(inbox.heading).to_have_text(names[0])
    inbox.page.keyboard.press("e")
    expect(inbox.heading).to_have_text(names[1])
    inbox.page.keyboard.press("Shift+R")
    expect(inbox.heading).to_have_text(names[2])
    expect(inbox.status(names[1]).first).to_have_text("Resolved")
    expect(inbox.row(names[0])).to_have_count(0)
    inbox.page.keyboard.press("u")
    expect(inbox.row(names[2]).first.locator(".cw-badge")).to_be_visible()
    expect(inbox.heading).to_have_text(names[2])


@pytest.mark.slow
def test_deleting_many_names_what_is_lost(inbox: Inbox, large: Stage) -> None:
    for name in ("Della Gone", "Dario Gone"):
        large.writes(name, "Forget me", channel="News")
    inbox.search.fill("forget me")
    expect(inbox.rows).to_have_count(2)
    inbox.root.get_by_role("checkbox", name="Select all that are loaded").click()
    bar(inbox).get_by_role("button", name="Delete").click()
    dialog = inbox.page.get_by_role("alertdialog")
    expect(dialog).to_contain_text("Delete 2 conversations?")
    expect(dialog).to_contain_text("Dario Gone, Della Gone")
    expect(dialog).to_contain_text("2 messages")
    dialog.get_by_role("button", name="Delete").click()
    expect(inbox.root.get_by_text("Nothing found")).to_be_visible()


def test_a_name_can_not_turn_the_question_round(inbox: Inbox, large: Stage) -> None:
    large.writes("Zelda\u202e?ton", "Hello", channel="News")
    question = "Delete the conversation with Zelda?ton?"
    tick(inbox.row("Zelda"))
    bar(inbox).get_by_role("button", name="Delete").click()
    expect(inbox.page.get_by_role("alertdialog").get_by_role("heading")).to_have_text(question)
    inbox.page.keyboard.press("Escape")


# --- searching


@pytest.mark.slow
def test_typing_fast_loses_nothing(inbox: Inbox, large: Stage) -> None:
    large.writes("Tamar Typed", "The password is rhododendron", channel="News")
    inbox.search.press_sequentially("rhododendron", delay=30)
    expect(inbox.rows).to_have_count(1)
    expect(inbox.rows.locator("mark")).to_have_text(["rhododendron"])
    expect(inbox.search).to_have_value("rhododendron")
    expect(inbox.badge("All")).to_have_text("1")
    expect(inbox.badge("Archived")).to_have_text("0")
    expect(inbox.root.locator(".cw-list .cw-spoken")).to_have_text("1 found")
    inbox.search.press("ArrowDown")
    expect(box(inbox)).to_be_focused()


@pytest.mark.slow
def test_a_hit_in_the_address_is_shown(inbox: Inbox, large: Stage) -> None:
    found = large.writes("Petra Phone", "Hello", channel="News")
    inbox.search.fill(found.address.value)
    expect(inbox.rows).to_have_count(1)
    expect(inbox.rows.locator("mark")).to_have_text([found.address.value])


# --- views and code


@pytest.mark.slow
def test_views_are_kept_and_live_between_inboxes(inbox: Inbox, lab: Lab, large: Stage) -> None:
    views = inbox.filter("views")
    inbox.search.fill("hola")
    inbox.filter("unread").click()
    views.click()
    inbox.page.get_by_role("button", name="Save as a new view").click()
    inbox.page.get_by_label("Name of the view").fill("Unread in Spanish")
    inbox.page.keyboard.press("Enter")
    expect(views).to_contain_text("Unread in Spanish")
    expect(views).not_to_contain_text("changed")
    inbox.filter("unread").click()
    expect(views).to_contain_text("changed")
    with opened(lab, large, "views") as other:
        other.filter("views").click()
        other.page.get_by_role("button", name="Unread in Spanish", exact=True).click()
        expect(other.search).to_have_value("hola")
        expect(other.filter("unread")).to_have_attribute("aria-pressed", "true")
        views.click()
        inbox.page.get_by_role("button", name="Rename Unread in Spanish").click()
        inbox.page.get_by_label("Name of the view").fill("Hola")
        inbox.page.keyboard.press("Enter")
        expect(views).to_contain_text("Hola")
        other.filter("views").click()
        expect(other.page.get_by_role("button", name="Hola", exact=True)).to_be_visible()
    views.click()
    inbox.page.get_by_role("button", name="Delete Hola").click()
    expect(views).to_have_accessible_name("Views")
    inbox.toast.get_by_role("button", name="Undo").click()
    views.click()
    expect(inbox.page.get_by_role("button", name="Hola", exact=True)).to_be_visible()
    inbox.page.get_by_role("button", name="Delete Hola").click()
    expect(inbox.toast).to_contain_text("deleted")
    assert large.ws.views() == []


@pytest.mark.slow
def test_the_list_and_what_was_done_are_code(inbox: Inbox, large: Stage) -> None:
    inbox.filter("unread").click()
    expect(inbox.root.get_by_text(re.compile("found$"))).to_be_visible()
    options = inbox.root.get_by_role("button", name="List options")
    for form, begin in (("Python", "ws.conversations(unread=True)"), ("SQL", "SELECT")):
        options.click()
        inbox.page.get_by_role("menuitem", name=f"Copy as {form}").click()
        expect(inbox.toast).to_contain_text(f"{form} copied")
        assert clipboard(inbox).startswith(begin)
    tick(inbox.rows.nth(0))
    bar(inbox).get_by_role("button", name="Resolve").click()
    inbox.toast.get_by_role("button", name="Copy as Python").click()
    expect(inbox.toast).to_contain_text("Python copied")
    assert re.fullmatch(r"ws\.resolve\(\d+\)", clipboard(inbox))
    with replaced(inbox.page, "navigator.clipboard.writeText", "() => Promise.reject()"):
        options.click()
        inbox.page.get_by_role("menuitem", name="Copy as Python", exact=True).click()
        by_hand = inbox.page.get_by_role("dialog", name="Copy Python")
        expect(by_hand).to_be_visible()
    expect(by_hand.get_by_role("textbox")).to_have_value("ws.conversations(unread=True)")
    by_hand.get_by_role("button", name="Close").click()
    inbox.page.evaluate("() => { delete navigator.clipboard.writeText }")


@pytest.mark.slow
def test_what_was_done_in_any_panel_is_code(inbox: Inbox, large: Stage) -> None:
    row = large.writes("Cody Code", "Hello", channel="News")
    inbox.open("Cody Code")
    inbox.choose("Resolve")
    expect(inbox.toast).to_contain_text("Conversation resolved")
    inbox.toast.get_by_role("button", name="Copy as Python").click()
    expect(inbox.toast).to_contain_text("Python copied")
    assert clipboard(inbox) == f"ws.resolve({row.id})"
    assert list(large.ws.sql(copied(inbox, "SQL")).df().kind) == ["resolved"]
    inbox.agent.click()
    expect(inbox.toast).to_contain_text("Agent replies turned on")
    assert copied(inbox, "Python") == f"ws.set_agent_replies({row.id}, on=True)"
    assert list(large.ws.sql(copied(inbox, "SQL")).df().kind) == ["agent_replies_on"]
    inbox.send("It's on its way")
    sent = inbox.message("It's on its way").get_by_role("img", name=re.compile("^(Sent|Delivered)"))
    expect(sent).to_be_visible()
    assert copied(inbox, "Python") == f'ws.send({row.id}, "It\'s on its way")'
    assert list(large.ws.sql(copied(inbox, "SQL")).df().text) == ["It's on its way"]
    card = inbox.root.get_by_role("complementary", name="Contact")
    card.get_by_role("switch", name="Opted out").click()
    expect(inbox.toast).to_contain_text("Cody Code opted out")
    assert copied(inbox, "Python") == f"ws.update_contact({row.contact_id}, opted_out=True)"
    assert list(large.ws.sql(copied(inbox, "SQL")).df().kind) == ["opted_out"]
    card.get_by_role("button", name=f"Copy {row.address.value}").click()
    expect(inbox.toast).to_contain_text("Phone number copied")
    assert clipboard(inbox) == row.address.value


def copied(inbox: Inbox, form: str) -> str:
    """What was done last, from the menu of the list."""
    inbox.root.get_by_role("button", name="List options").click()
    inbox.page.get_by_role("menuitem", name=f"Copy last action as {form}").click()
    expect(inbox.toast).to_contain_text(f"{form} copied")
    return clipboard(inbox)


def clipboard(inbox: Inbox) -> str:
    return str(inbox.page.evaluate("() => navigator.clipboard.readText()"))


# --- a query as an inbox, and the list in Python

QUERY = """from widgets import ConversationList
rows = ConversationList(ws, query=\"\"\"
    select id from v1.conversations where status = 'resolved' and not archived
\"\"\")
rows
"""
FRAME = """frame = ws.conversations(limit=3).df()
picked = ConversationList(ws, ids=frame)
picked
"""
WRONG = "ConversationList(ws, query='select nothing from v1.nowhere')"


@pytest.mark.slow
def test_queries_and_frames_are_inboxes(lab: Lab, large: Stage) -> None:
    cells = (QUERY, FRAME, WRONG)
    path = lab.blank("query", inbox_of(large.ws.info().folder), *cells)
    with lab.open(path, height=3200) as page:
        page.evaluate(RUN_ALL)
        alone = page.locator(".cw-list:not(.cw-inbox *)")
        expect(alone).to_have_count(3)
        n = large.ws.conversations(status="resolved", limit=1).total
        expect(alone.nth(0)).to_contain_text(f"{n:,} found")
        expect(alone.nth(0)).to_contain_text("By query")
        expect(alone.nth(1).get_by_role("option")).to_have_count(3)
        expect(alone.nth(2).get_by_role("alert")).to_contain_text("nowhere")
        [one] = large.ws.conversations(status="pending", limit=1)
        large.ws.resolve(one.id)
        expect(alone.nth(0)).to_contain_text(f"{n + 1:,} found")
        large.ws.reopen(one.id)
        expect(alone.nth(0)).to_contain_text(f"{n:,} found")


@pytest.mark.slow
def test_python_sees_and_sets_what_is_selected(inbox: Inbox, large: Stage) -> None:
    python(
        inbox.page,
        "heard = []\n"
        "inbox.list.observe(lambda change: heard.append((change.name, change.new)),"
        " ['selected', 'selection', 'selects_all'])",
    )
    ids = [str(row.id) for row in large.ws.conversations(limit=3)]
    tick(inbox.rows.nth(0))
    inbox.rows.nth(1).click()
    expect(inbox.heading).to_be_visible()
    expect_kernel(inbox.page, "heard", [("selection", (ids[0],)), ("selected", ids[1])])
    python(inbox.page, f"inbox.list.selection = {ids[1:]!r}")
    expect(inbox.root.get_by_text("2 selected")).to_be_visible()
    expect(inbox.rows.nth(0)).to_have_attribute("aria-selected", "false")
    python(inbox.page, "inbox.list.selects_all = True")
    total = large.ws.conversations(limit=1).total
    expect(inbox.root.get_by_text(f"{total:,} selected")).to_be_visible()
    python(inbox.page, f"assert inbox.list.selection == () and len(inbox.list.to_df()) == {total}")
    python(inbox.page, f"inbox.list.selected = {ids[2]!r}")
    expect(inbox.rows.nth(2)).to_have_attribute("aria-current", "true")
