"""The page Templates, on its kernel's side."""

from collections.abc import Iterator

import pytest

from tests.panels.speaking import Browser, Refused, until
from widgets import Inbox, Templates
from workspace.client import Workspace
from workspace.models import Channel


@pytest.fixture(scope="module")
def chat(ws: Workspace) -> Iterator[Channel]:
    made = ws.add_channel("simulator", "Board", {"plays": "whatsapp", "answer_after": 0})
    yield made
    ws.remove_channel(made)


@pytest.fixture
def browser(ws: Workspace, chat: Channel) -> Browser:
    return Browser(Templates(ws))


def test_everything_about_them_is_told(browser: Browser, chat: Channel, ws: Workspace) -> None:
    told = browser.ask("ready", view="v")
    of_chat = {
        (t["name"], t["language"]): t for t in told["templates"] if t["channel"] == str(chat.id)
    }
    assert len(of_chat) == len(ws.templates(chat))
    rejected = of_chat["payment_failed", "en"]
    assert rejected["reason"].endswith("threatens the customer.")
    assert [f["place"] for f in rejected["findings"]] == ["body", "body"]
    assert of_chat["hello", "en"]["findings"] == []
    assert of_chat["photo_of_your_order", "en"]["format"] == "IMAGE"
    assert {"id": str(chat.id), "name": "Board", "look": "whatsapp"} in told["channels"]
    assert str(chat.id) in {sync["channel_id"] for sync in told["syncs"]}
    assert browser.ask("sync")["templates"] == told["templates"]
    assert code(browser) == "ws.sync_templates()"
    found = ws.sql(code(browser, "sql")).df()
    assert {*found["name"]} == {t["name"] for t in told["templates"] if not t["own"]}


def test_an_own_one_is_checked_kept_and_forgotten(browser: Browser, ws: Workspace) -> None:
    browser.ask("ready", view="v")
    written = {"body": "Hi {{name}}", "examples": {"name": "Ada", "gone": "x"}}
    checked = browser.ask("check", **written)
    assert [v["example"] for v in checked["variables"]] == ["Ada"]
    assert checked["findings"] == []
    wrong = browser.ask("check", body="{{1}} {{name}}", examples={})
    assert "mixed" in wrong["findings"][0]["message"]
    named = {"name": "Hello!", "language": "en"}
    assert browser.ask("save", **named, **written)["source"] == "Hi {{name}}"
    until(browser, lambda: any(own(state) for state in browser.pushed("state")))
    assert "save_template('Hello!', 'en', 'Hi {{name}}', examples=" in code(browser).replace(
        '"', "'"
    )
    [found] = ws.sql(code(browser, "sql")).df()["body"]
    assert found == "Hi {{name}}"
    with pytest.raises(Refused, match="mixed"):
        browser.ask("save", **named, body="{{1}} {{name}}", examples={})
    browser.ask("delete", **named)
    until(browser, lambda: not own(browser.pushed("state")[-1]))
    assert "delete_template('Hello!', 'en')" in code(browser).replace('"', "'")
    with pytest.raises(Refused, match="You have no template"):
        browser.ask("delete", **named)


def own(state: dict[str, list[dict[str, object]]]) -> list[str]:
    return [str(each["name"]) for each in state["templates"] if each["own"]]


def code(browser: Browser, form: str = "python") -> str:
    """The newest deed, as another panel copies it; the same as here."""
    inbox = Browser(Inbox(browser.panel.ws, panels=["list"]).list)
    asked = {"deed": browser.deed, "form": form}
    assert browser.ask("deed_code", **asked) == inbox.ask("deed_code", **asked)
    return str(inbox.ask("deed_code", **asked))


def test_the_menu_has_the_pages_there_are(ws: Workspace) -> None:
    def pages(inbox: Inbox) -> list[str]:
        return [entry["name"] for entry in Browser(inbox.menu).ask("ready")]

    assert pages(Inbox(ws)) == ["messages", "templates"]
    assert pages(Inbox(ws, panels=["menu", "list"])) == ["messages"]
