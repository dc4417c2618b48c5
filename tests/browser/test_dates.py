"""Days, ages and what else follows the clock, in a browser whose clock the tests set.

One page over a workspace in which nothing happens by itself: rows, messages and the card as they
look on a Saturday in March, and filters by day and channel.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.lab import Inbox, Lab, inbox_of
from tests.browser.stage import Stage, stage
from workspace.models import Actor, ActorKind, Origin
from workspace.testing.builders import Builder, inbound, outbound, talk

NOON = datetime(2026, 3, 14, 11, tzinfo=UTC)
"""In Berlin, where the browser is; its midnight is at 23:00 of UTC."""
AGENT = Actor(ActorKind.AGENT, "Concierge")


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("dates") / "demo") as staged:
        for name, plays in (("Desk", "sms"), ("Post", "mail")):
            staged.channel(name, plays=plays)
        desk, post = staged.channels["Desk"], staged.channels["Post"]
        talks = [
            talk(inbound("Good morning", _utc(2025, 11, 2)), channel=desk, name="Ann Ancient"),
            talk(inbound("Hello", _utc(2026, 2, 20)), channel=desk, name="Olga Old"),
            talk(
                inbound(at=_utc(2026, 3, 9), files=("voice.ogg",)),
                channel=desk,
                name="Vic Voice",
            ),
            talk(
                inbound("Here it is", _utc(2026, 3, 13, 8), files=("bill.pdf",)),
                channel=desk,
                name="Fiona File",
            ),
            talk(
                inbound("A happy new year", _utc(2025, 12, 31)),
                outbound("To you, too", _utc(2026, 3, 1), origin=Origin.AGENT, author=AGENT),
                outbound("From me as well", _utc(2026, 3, 1, 13)),
                inbound("Late last night", _utc(2026, 3, 13, 22)),
                inbound("Early today", _utc(2026, 3, 13, 23)),
                channel=desk,
                name="Dora Days",
            ),
            talk(
                inbound(at=NOON - timedelta(minutes=5), files=("mug.jpg",)),
                channel=post,
                name="Peter Photo",
                address="peter@example.org",
            ),
        ]
        Builder(staged.services.store).add(talks)
        yield staged


def _utc(year: int, month: int, day: int, hour: int = 11) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


@pytest.fixture(scope="module")
def page(lab: Lab, past: Stage) -> Iterator[Page]:
    path = lab.blank("dates", inbox_of(past.ws.info().folder))
    with lab.open(path, timezone_id="Europe/Berlin", locale="en-US") as page:
        yield page


@pytest.fixture
def inbox(page: Page) -> Inbox:
    page.clock.set_fixed_time(NOON)
    inbox = Inbox.run(page)
    expect(inbox.rows.first).to_be_visible()
    return inbox


def becomes(page: Page, moment: datetime) -> None:
    """The clock is put there, and what looks at it now and then does so."""
    page.clock.set_fixed_time(moment)
    page.clock.fast_forward(60_000)


# --- what one sees ------------------------------------------------------------------------------


def test_a_row_tells_kind_channel_and_age(inbox: Inbox) -> None:
    for name, kind, words, channel, age in (
        ("Peter Photo", "image", "Photo", "mail", "5m"),
        ("Dora Days", None, "Early today", "sms", "12h"),
        ("Fiona File", "document", "Here it is", "sms", "yesterday"),
        ("Vic Voice", "audio", "Audio", "sms", "Mon"),
        ("Olga Old", None, "Hello", "sms", "Feb 20"),
        ("Ann Ancient", None, "Good morning", "sms", "Nov 2, 2025"),
    ):
        row = inbox.row(name)
        preview = row.locator(".cw-row-preview")
        expect(preview).to_have_text(words)
        expect(preview.locator("svg")).to_have_count(1 if kind else 0)
        if kind:
            expect(preview.locator("svg")).to_have_class(re.compile(rf"\bcw-icon-{kind}\b"))
        expect(row.locator("svg[data-channel]")).to_have_attribute("data-channel", channel)
        expect(row.locator("time")).to_have_text(age)
    becomes(inbox.page, NOON + timedelta(hours=2))
    expect(inbox.row("Peter Photo").locator("time")).to_have_text("2h")


def test_messages_stand_under_their_days_and_writers(inbox: Inbox) -> None:
    inbox.open("Dora Days")
    days = inbox.log.locator(".cw-day")
    for n, (day, first) in enumerate(
        (
            ("Wednesday, December 31, 2025", "A happy new year"),
            ("Sunday, March 1", "To you, too"),
            ("Yesterday", "Late last night"),
            ("Today", "Early today"),
        )
    ):
        expect(days.nth(n)).to_have_text(day)
        expect(days.nth(n).locator("xpath=following-sibling::article[1]")).to_contain_text(first)
    expect(days).to_have_count(4)
    agent, ana = inbox.message("To you, too"), inbox.message("From me as well")
    expect(agent.locator(".cw-writer")).to_have_text("Concierge")
    expect(agent.locator(".cw-writer .cw-icon-spark")).to_be_visible()
    expect(ana.locator(".cw-writer")).to_have_text("ana")
    expect(ana.locator(".cw-writer svg")).to_have_count(0)
    expect(inbox.message("Early today").locator(".cw-writer")).to_have_count(0)


def test_the_card_tells_the_first_and_the_last_contact(inbox: Inbox) -> None:
    inbox.open("Dora Days")
    card = inbox.root.get_by_role("complementary", name="Contact")
    for label, at, moment in (
        ("First contact", "Dec 31, 2025", "Wednesday, December 31, 2025 at 12:00:00"),
        ("Last contact", "12h ago", "Saturday, March 14, 2026 at 12:00:00"),
    ):
        told = card.locator("dt", has_text=label).locator("xpath=following-sibling::dd[1]")
        expect(told).to_have_text(at)
        expect(told.locator("time")).to_have_attribute("title", re.compile(f"^{moment}"))


@pytest.mark.slow
def test_the_open_window_is_counted_down(inbox: Inbox, past: Stage) -> None:
    olga = past.writes("Olga Open", "Hello", channel="WhatsApp")
    past.ws.mark_read(olga.id)  # else the news of that may come once the time is another one
    closes = olga.window_closes_at
    assert closes
    left = inbox.root.locator(".cw-composer").get_by_text("Messaging window open for")
    inbox.page.clock.set_fixed_time(closes - timedelta(hours=24))
    inbox.open("Olga Open")
    expect(left).to_have_text("Messaging window open for 24 h")
    becomes(inbox.page, closes - timedelta(hours=3, minutes=20))
    expect(left).to_have_text("Messaging window open for 3 h 20 min")
    becomes(inbox.page, closes - timedelta(seconds=59))
    expect(left).to_have_text("Messaging window open for 1 min")
    inbox.open("Dora Days")
    expect(left).to_have_count(0)
    past.ws.delete(past.named("Olga Open").id)


# --- what one filters ---------------------------------------------------------------------------


@pytest.mark.slow
def test_filters_by_day_and_channel_and_a_view_that_changes(inbox: Inbox, past: Stage) -> None:
    dates, channel, views = (inbox.filter(chip) for chip in ("dates", "channel", "views"))
    last_7 = ["Peter Photo", "Dora Days", "Fiona File", "Vic Voice"]
    for preset, names in (
        ("Today", last_7[:2]),
        ("Yesterday", ["Fiona File"]),
        ("Last 30 days", [*last_7, "Olga Old"]),
        ("Last 7 days", last_7),
    ):
        pick(inbox, "dates", preset)
        expect(dates).to_have_text(preset)
        expect(inbox.rows.locator(".cw-row-name")).to_have_text(names)
    pick(inbox, "views", "Save as a new view…")
    inbox.page.get_by_label("Name of the view").fill("This week")
    inbox.page.keyboard.press("Enter")
    expect(views).to_have_text("This week")
    pick(inbox, "channel", "Post")
    expect(channel).to_have_text("Post")
    expect(inbox.rows.locator(".cw-row-name")).to_have_text(["Peter Photo"])
    expect(views).to_have_text("This week changed")
    pick(inbox, "views", "Save changes to This week")
    expect(views).to_have_text("This week")
    inbox.filter("clear").click()
    expect(inbox.rows.locator(".cw-row-name")).to_have_text([*last_7, "Olga Old", "Ann Ancient"])
    pick(inbox, "views", "This week")
    expect(inbox.rows.locator(".cw-row-name")).to_have_text(["Peter Photo"])
    expect(dates).to_have_text("Last 7 days")
    pick(inbox, "channel", "Any channel")
    expect(channel).to_have_text("Channel")
    expect(inbox.rows.locator(".cw-row-name")).to_have_text(last_7)
    assert [view.name for view in past.ws.views()] == ["This week"]


def pick(inbox: Inbox, chip: str, option: str) -> None:
    inbox.filter(chip).click()
    inbox.page.get_by_role("button", name=option, exact=True).click()
