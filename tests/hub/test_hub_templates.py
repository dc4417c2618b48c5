"""Templates over HTTP and through the client."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from workspace.client import Workspace
from workspace.errors import (
    CannotSend,
    CannotStart,
    Conflict,
    InvalidRequest,
    NotFound,
    TooLarge,
)
from workspace.models import Channel, Origin, TemplateChoice

Signed = Callable[..., dict[str, str]]
HELLO = TemplateChoice("hello", "en")
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


@pytest.fixture(scope="module")
def whatsapp(ws: Workspace) -> Iterator[Channel]:
    channel = ws.add_channel("simulator", "Templates", {"plays": "whatsapp", "answer_after": 0})
    yield channel
    ws.remove_channel(channel)


def test_a_channel_s_templates(ws: Workspace, whatsapp: Channel) -> None:
    found = ws.templates(whatsapp)
    assert "order_update" in {template.name for template in found}
    [order] = [t for t in found if (t.name, t.language) == ("order_update", "en")]
    assert [v.key for v in order.variables] == ["header.1", "1", "2", "3", "button.0"]
    assert list(found.df().columns[:4]) == ["name", "language", "category", "status"]
    [desk] = [c for c in ws.channels() if c.name == "Desk"]
    assert len(ws.templates(desk)) == 0
    with pytest.raises(NotFound):
        ws.templates(2**62)


def test_all_templates_are_a_list_and_a_view(ws: Workspace, whatsapp: Channel) -> None:
    of_channel = [t for t in ws.templates() if t.channel_id == whatsapp.id]
    assert of_channel == list(ws.templates(whatsapp))
    rows = ws.sql(
        "SELECT * FROM v1.templates WHERE channel_id = $1 ORDER BY name, language", [whatsapp.id]
    ).df()
    assert list(rows["name"]) == [t.name for t in of_channel]
    order = rows[(rows["name"] == "order_update") & (rows["language"] == "en")].iloc[0]
    assert (order["header"], order["header_format"], order["own"]) == ("Order {{1}}", "TEXT", False)
    assert list(order["buttons"]) == ["Track the parcel", "Ask a question"]
    assert sorted(order["variables"]) == ["1", "2", "3"]
    rejected = rows[rows["status"] == "REJECTED"].iloc[0]
    assert rejected["reason"].startswith("The text starts with a variable")
    [lint] = ws.templates(whatsapp).df().query("status == 'REJECTED'")["findings"]
    assert "ends with a variable" in lint


def test_syncing(ws: Workspace, whatsapp: Channel) -> None:
    [state] = ws.sync_templates(whatsapp)
    assert (state.channel_id, state.failure) == (whatsapp.id, "")
    assert state.synced_at
    assert state in ws.template_syncs()
    assert state.channel_id in {each.channel_id for each in ws.sync_templates()}
    [desk] = [c for c in ws.channels() if c.name == "Desk"]
    with pytest.raises(Conflict, match="keeps no templates"):
        ws.sync_templates(desk)
    with pytest.raises(NotFound):
        ws.sync_templates(2**62)


def test_own_templates(ws: Workspace) -> None:
    [desk] = [c for c in ws.channels() if c.name == "Desk"]
    heard: list[str] = []
    watch = ws.watch(lambda change: heard.append(change.kind))
    made = ws.save_template("Hello!", "en", "Hi {{name}}, welcome.", {"name": "Ada"})
    assert (made.own, made.status, made.channel_id) == (True, "APPROVED", None)
    assert list(ws.templates(desk)) == [made]
    assert ws.save_template("Hello!", "en", "Hi {{name}}!") in ws.templates()
    row = ws.sql("SELECT channel_id, own, body FROM v1.templates WHERE own").df().iloc[0]
    assert row["body"] == "Hi {{name}}!"
    with pytest.raises(Conflict, match="delete it there"):
        ws.delete_template("hello", "en")
    ws.delete_template("Hello!", "en")
    assert len(ws.templates(desk)) == 0
    with pytest.raises(NotFound, match="no template 'Hello!'"):
        ws.delete_template("Hello!", "en")
    watch.stop()
    assert "templates" in heard


@pytest.mark.parametrize(
    ("name", "language", "body", "words"),
    [
        (" ", "en", "Hi", "needs a name"),
        ("x" * 201, "en", "Hi", "shorten it"),
        ("Hello", "", "Hi", "needs a language"),
        ("Hello", "English, please", "Hi", "needs a language"),
        ("Hello", "e" * 36, "Hi", "no language"),
        ("Hello", "en", " ", "is empty"),
        ("Hello", "en", "{{1}} {{name}}", "mixed"),
        ("Hello", "en", "{{first name}}", "Braces"),
        ("Hello", "en", "x" * 10_001, "at most 10,000"),
    ],
)
def test_own_templates_that_are_wrong_are_refused(
    ws: Workspace, name: str, language: str, body: str, words: str
) -> None:
    with pytest.raises((InvalidRequest, TooLarge), match=words):
        ws.save_template(name, language, body)
    assert [t for t in ws.templates() if t.own] == []


def test_starting_finding_and_sending_again(ws: Workspace, whatsapp: Channel) -> None:
    phone = "+4915112345678"
    with pytest.raises(CannotStart, match="approved template"):
        ws.start_conversation(whatsapp, phone, text="Hello")
    assert ws.find_conversation(whatsapp, phone) is None
    made = ws.start_conversation(whatsapp, phone, "Ada", template=HELLO)
    found = ws.find_conversation(whatsapp, "+49 151 1234 5678")
    assert found is not None
    assert found.id == made.id
    photo = ws.upload("pot.png", PNG)
    chosen = {
        "name": "photo_of_your_order",
        "language": "en",
        "values": {"1": "Ada", "2": "teapot"},
        "header": photo.id,
    }
    message = ws.send(made.id, template=chosen)
    assert (message.origin, message.template) == (Origin.TEMPLATE, "photo_of_your_order")
    assert len(message.attachments) == 1
    names = ws.sql(
        "SELECT template FROM v1.messages WHERE conversation_id = $1 ORDER BY 1", [made.id]
    ).df()
    assert list(names["template"]) == ["hello", "photo_of_your_order"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "hello"},
        {"name": "hello", "language": "en", "values": {"1": 7}},
        {"name": "hello", "language": "en", "header": "photo"},
        {"name": ["hello"], "language": "en"},
        "hello",
        7,
    ],
)
def test_what_is_no_choice_is_refused_by_the_client(
    ws: Workspace, whatsapp: Channel, wrong: Any
) -> None:
    with pytest.raises(InvalidRequest, match="given by its name"):
        ws.start_conversation(whatsapp, "+4915112345678", template=wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        "hello",
        {},
        {"name": "hello", "language": "en", "more": 1},
        {"name": "hello", "language": "en", "values": ["a"]},
        {"name": "hello", "language": "en", "values": {str(n): "x" for n in range(101)}},
        {"name": "he\0llo", "language": "en"},
        {"name": "hello", "language": "en", "header": "-1"},
    ],
)
def test_hostile_choices_are_refused_by_the_hub(
    http: httpx.Client, whatsapp: Channel, signed: Signed, wrong: Any
) -> None:
    body = {"channel": str(whatsapp.id), "address": "+4915112345678", "template": wrong}
    answer = http.post("/v1/conversations", json=body, headers=signed())
    assert (answer.status_code, answer.json()["error"]) == (422, "invalid_request")


@pytest.mark.parametrize("address", ["", "Ada", "+49", "\x07", "x" * 400, "ada@example.org"])
def test_wrong_addresses_are_told_in_words(ws: Workspace, whatsapp: Channel, address: str) -> None:
    with pytest.raises(InvalidRequest, match=r"address|phone number"):
        ws.find_conversation(whatsapp, address)


def test_values_that_break_the_template(ws: Workspace, whatsapp: Channel) -> None:
    values = {"customer_name": "Ada\n", "order_number": "{{new_date}}", "new_date": "today"}
    choice = TemplateChoice("delivery_delayed", "en", values)
    with pytest.raises(CannotSend, match="on one line"):
        ws.start_conversation(whatsapp, "+4915112345679", template=choice)
    fine = TemplateChoice("delivery_delayed", "en", {**values, "customer_name": "Ada"})
    made = ws.start_conversation(whatsapp, "+4915112345679", template=fine)
    assert "your order {{new_date}} is late" in ws.messages(made)[0].text
