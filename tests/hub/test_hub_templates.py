"""Templates over HTTP and through the client."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from workspace.client import Workspace
from workspace.errors import CannotSend, CannotStart, InvalidRequest, NotFound
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
