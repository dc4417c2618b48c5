"""The dialog New, on its kernel's side."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.panels.speaking import Browser, Refused, upload
from widgets import Inbox, NewConversation
from workspace.client import Workspace
from workspace.models import Channel

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
PLAYED = ("whatsapp", "mail", "instagram", "telegram", "sms")


@pytest.fixture(scope="module")
def played(ws: Workspace) -> Iterator[dict[str, Channel]]:
    made = {
        play: ws.add_channel("simulator", f"New {play}", {"plays": play, "answer_after": 0})
        for play in PLAYED
    }
    yield made
    for channel in made.values():
        ws.remove_channel(channel)


@pytest.fixture
def browser(ws: Workspace, played: dict[str, Channel]) -> Browser:
    return Browser(NewConversation(ws))


def test_what_each_channel_asks_for(browser: Browser, played: dict[str, Channel]) -> None:
    offers = {each["name"]: each for each in browser.ask("ready", view="v")}
    found = {
        play: (
            offers[f"New {play}"]["asks"],
            offers[f"New {play}"]["can_start"],
            offers[f"New {play}"]["template"],
            offers[f"New {play}"]["threads"],
        )
        for play in PLAYED
    }
    assert found == {
        "whatsapp": ("phone", True, True, False),
        "mail": ("email", True, False, True),
        "instagram": ("address", False, False, False),
        "telegram": ("address", False, False, False),
        "sms": ("phone", True, False, False),
    }
    assert "the customer writes first" in offers["New instagram"]["start_reason"]


@pytest.mark.parametrize(
    ("play", "written", "region", "shown"),
    [
        ("whatsapp", "0151 2345 6789", "DE", "+49 1512 3456789"),
        ("whatsapp", "+1 (201) 555-0123", "DE", "+1 201-555-0123"),
        ("sms", "201 555 0123", "US", "+1 201-555-0123"),
        ("mail", " Ada@Example.ORG ", "", "Ada@example.org"),
    ],
)
def test_addresses_as_one_types_them(
    browser: Browser, played: dict[str, Channel], play: str, written: str, region: str, shown: str
) -> None:
    channel = str(played[play].id)
    answer = browser.ask("address", channel=channel, address=written, region=region)
    assert (answer["shown"], answer["found"]) == (shown, None)


@pytest.mark.parametrize(
    ("play", "written", "words"),
    [
        ("whatsapp", "0151 2345 6789", "with its country"),
        ("whatsapp", "+49 1", "too long or too short"),
        ("mail", "ada@", "is not a mail address"),
    ],
)
def test_wrong_addresses_are_told(
    browser: Browser, played: dict[str, Channel], play: str, written: str, words: str
) -> None:
    with pytest.raises(Refused, match=words):
        browser.ask("address", channel=str(played[play].id), address=written, region="")


def test_a_template_is_checked_and_sent(
    browser: Browser, played: dict[str, Channel], ws: Workspace
) -> None:
    channel = str(played["whatsapp"].id)
    offered = {(t["name"], t["language"]): t for t in browser.ask("templates", channel=channel)}
    photo = offered["photo_of_your_order", "en"]
    assert photo["media"] == "image"
    assert photo["body"][:2] == ["Hi ", {"key": "1", "written": "{{1}}"}]
    assert offered["feedback_request", "en"]["reason"].startswith("Paused")
    choice = {
        "name": "photo_of_your_order",
        "language": "en",
        "values": {"1": "Ada", "2": "teapot"},
        "header": None,
    }
    assert "needs one image" in browser.ask("check_template", channel=channel, template=choice)
    choice["header"] = upload(browser, "pot.png", PNG)["id"]
    assert browser.ask("check_template", channel=channel, template=choice) == ""
    more = {"subject": "", "text": "", "template": choice, "key": "sent once"}
    sent = {"channel": channel, "address": "+4915123450001", "name": "Ada", **more}
    id = browser.ask("start", **sent)
    assert browser.ask("start", **sent) == id
    assert browser.panel.conversation_id == id  # type: ignore[attr-defined]
    [message] = ws.messages(id)
    assert message.text == "Hi Ada, here is the photo of your finished teapot. Do you like it?"
    found = browser.ask("address", channel=channel, address="+4915123450001", region="")["found"]
    assert (found["id"], found["contact_name"]) == (id, "Ada")


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ({"name": "pot.png", "size": 4_000_000, "mime": "image/png"}, ""),
        ({"name": "pot.png", "size": 6_000_000, "mime": "image/png"}, "at most 5.0 MB"),
        ({"name": "pot.webp", "size": 1000, "mime": "image/webp"}, "does not take 'pot.webp'"),
        ({"name": "pot.pdf", "size": 1000, "mime": "application/pdf"}, "needs one image"),
        ({"name": "pot.png", "size": 0, "mime": "image/png"}, "is empty"),
    ],
)
def test_a_header_s_file_is_checked_before_it_is_uploaded(
    browser: Browser, played: dict[str, Channel], file: dict[str, Any], words: str
) -> None:
    of = {"channel": str(played["whatsapp"].id), "name": "photo_of_your_order", "language": "en"}
    said = browser.ask("check_header", **of, file=file)
    assert words in said
    assert bool(said) == bool(words)


def test_text_is_checked_by_the_channel_s_rules(
    browser: Browser, played: dict[str, Channel]
) -> None:
    channel = str(played["sms"].id)
    assert browser.ask("check_text", channel=channel, text="Hello") == ""
    assert "at most 1,600" in browser.ask("check_text", channel=channel, text="x" * 1601)
    with pytest.raises(Refused, match="no longer connected"):
        browser.ask("check_text", channel="0", text="Hello")


def test_mail_opens_a_thread_each_time(
    browser: Browser, played: dict[str, Channel], ws: Workspace
) -> None:
    to = {"channel": str(played["mail"].id), "address": "ada@example.org", "name": "Ada"}
    first, second = (
        browser.ask(
            "start", **to, subject=subject, text="Hello", template=None, key=f"attempt {subject}"
        )
        for subject in ("One", "Two")
    )
    assert first != second
    assert ws.conversation(second).subject == "Two"
    answer = browser.ask("address", channel=to["channel"], address=to["address"], region="")
    assert answer["found"] is None
    with pytest.raises(Refused, match="needs a subject"):
        browser.ask("start", **to, subject=" ", text="Hello", template=None, key="attempt none")


def test_the_inbox_opens_what_was_started(ws: Workspace, played: dict[str, Channel]) -> None:
    inbox = Inbox(ws)
    browser = Browser(inbox.new)
    id = browser.ask(
        "start",
        channel=str(played["sms"].id),
        address="+4915123450002",
        name="",
        subject="",
        text="Hello",
        template=None,
        key="an attempt",
    )
    assert inbox.conversation_id == inbox.view.conversation_id == id


def test_what_was_written_becomes_the_draft_unless_there_is_one(
    browser: Browser, played: dict[str, Channel], ws: Workspace
) -> None:
    id = str(ws.start_conversation(played["sms"], "+4915123450003", "Ada", "Hello").id)
    handed = browser.ask("hand_over", conversation_id=id, text="Dear Ada")
    assert handed == {"scope": ws.info().folder}
    assert browser.ask("hand_over", conversation_id=id, text="Another") is None
    draft = ws.draft(id)
    assert draft
    assert draft.text == "Dear Ada"
    with pytest.raises(Refused, match="No conversation 1"):
        browser.ask("hand_over", conversation_id="1", text="Nobody")
