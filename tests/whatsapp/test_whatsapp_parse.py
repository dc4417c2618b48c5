"""Webhooks are understood, whoever wrote them, and whatever is wrong with them."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cloud import BUSINESS, NUMBER
from hypothesis import given

from tests.conformance import wrecks
from workspace.channels.base import (
    Event,
    IdentityChanged,
    MarketingChosen,
    Meta,
    Received,
    StatusChanged,
    TemplateChanged,
    Unsupported,
)
from workspace.channels.whatsapp.addressees import Us, concerns
from workspace.channels.whatsapp.parse import parse
from workspace.models import Address, AddressKind, DeliveryStatus, FailureKind

META = Meta(datetime(2026, 11, 1, tzinfo=UTC))
STAMP = datetime(2026, 11, 1, 0, 0, 1, tzinfo=UTC)
US = Us(NUMBER, BUSINESS)
PHONE = Address(AddressKind.PHONE, "+972987654321")
BSUID = Address(AddressKind.BSUID, "US.13491208655302741918")


def payload(**lists: Any) -> dict[str, Any]:
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "972123456789", "phone_number_id": NUMBER},
        "contacts": [
            {
                "profile": {"name": "Ada"},
                "wa_id": PHONE.value[1:],
                "user_id": BSUID.value,
            }
        ],
        **lists,
    }
    change = {"field": "messages", "value": value}
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "546", "time": 1_793_491_200, "changes": [change]}],
    }


def message(id: str = "wamid.1", **more: Any) -> dict[str, Any]:
    written = {"type": "text", "text": {"body": "Hello"}}
    return {"from": PHONE.value[1:], "id": id, "timestamp": "1793491200"} | (more or written)


def status(id: str = "wamid.1", word: str = "delivered", **more: Any) -> dict[str, Any]:
    return {"id": id, "status": word, "timestamp": "1793491201", "recipient_id": "1", **more}


def read(content: Any) -> list[Event]:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return parse(raw, META, US)


def one(content: Any) -> Any:
    [event] = read(content)
    return event


# --- what Meta and others give as examples --------------------------------------------------------


@pytest.fixture(scope="session")
def updates(shared: Callable[[str], Path]) -> dict[str, Any]:
    """Payloads of another project's tests, by file and name."""
    return {
        f"{path.stem} {name}": content
        for path in sorted(shared("specs/pywa/updates").glob("*.json"))
        for name, content in json.loads(path.read_text("utf-8")).items()
    }


def test_what_they_say(updates: dict[str, Any]) -> None:
    def said(name: str) -> Any:
        content = updates[name]
        us = Us(NUMBER, content["entry"][0]["id"])
        [event] = parse(json.dumps(content).encode(), META, us)
        return event

    text = said("message text")
    assert (text.text, text.address, text.also, text.name) == (
        "Body Text",
        PHONE,
        (Address(AddressKind.BSUID, "US.13491208655302741918"),),
        "Test Name",
    )
    assert text.occurred_at == datetime(2023, 10, 11, 16, 53, 43, tzinfo=UTC)
    [photo] = said("message image").files
    assert (photo.remote, photo.mime, photo.name) == ("65463453", "image/jpeg", "image.jpg")
    assert said("message reply").reply_to
    assert said("message reaction").emoji == "😮"
    assert said("message unreaction_empty").emoji == said("message unreaction_no_emoji").emoji == ""
    assert said("message unsupported").unsupported
    assert said("callback_button quick_reply").text
    assert "HAMBURGER" in said("message order").text
    assert "Chandler Bing" in said("message contacts").text
    assert "openstreetmap" in said("message current_location").text
    failed = said("message_status failed")
    assert (failed.status, failed.failure_kind) == (DeliveryStatus.FAILED, FailureKind.UNREACHABLE)
    assert "experiment" in failed.detail
    assert said("message_status with_tracker").key
    rejected = said("template_status_update rejected")
    assert isinstance(rejected, TemplateChanged)
    assert (rejected.name, rejected.status) == ("abandoned_cart", "REJECTED")
    assert "placed next to each other" in rejected.reason
    assert said("template_status_update approved").reason == ""
    assert said("template_category_update marketing").category == "MARKETING"
    quality = said("template_quality_update yellow")
    assert (quality.name, quality.status, quality.category) == ("welcome_template", "", "")


# --- lists at every level -------------------------------------------------------------------------


def test_another_number_of_the_account_is_not_ours() -> None:
    content = payload(messages=[message()])
    content["entry"][0]["changes"][0]["value"]["metadata"]["phone_number_id"] = "1"
    assert read(content) == []
    assert not concerns(json.dumps(content).encode(), US)
    [told] = parse(json.dumps(content).encode(), replace(META, stray=True), US)
    assert isinstance(told, Unsupported)
    assert "972123456789" in told.what


def template_news(account: str = BUSINESS, **value: Any) -> dict[str, Any]:
    told = {
        "event": "PAUSED",
        "message_template_id": 7,
        "message_template_name": "hello",
        "message_template_language": "en",
        "reason": None,
        **value,
    }
    change = {"field": "message_template_status_update", "value": told}
    return {"entry": [{"id": account, "time": 1_793_491_200, "changes": [change]}]}


def test_templates_of_another_account_are_not_ours() -> None:
    assert one(template_news()).status == "PAUSED"
    assert read(template_news("1")) == []
    assert concerns(json.dumps(template_news()).encode(), US)
    assert not concerns(json.dumps(template_news("1")).encode(), US)


def test_a_template_says_why_it_is_paused_or_disabled() -> None:
    other = {"title": "FIRST_PAUSE", "description": "Customers blocked it. It is paused for 3 h."}
    assert one(template_news(other_info=other)).reason == (
        "FIRST_PAUSE: Customers blocked it. It is paused for 3 h."
    )
    disabled = template_news(event="DISABLED", disable_info={"disable_date": 1_793_491_200})
    assert one(disabled).reason == "Disabled on 2026-11-01"
    coded = template_news(reason="ABUSIVE_CONTENT", disable_info={"disable_date": "1 May 2026"})
    assert one(coded).reason == "Abusive content. Disabled on 1 May 2026"


@given(wrecks.payloads([json.dumps(payload(messages=[message()])).encode()]))
def test_whom_it_concerns_can_be_asked_of_anything(raw: bytes) -> None:
    assert concerns(raw, US) in (True, False)


def test_a_message_of_an_odd_form_is_one() -> None:
    odd = [
        message("wamid.2") | {"timestamp": "soon"},
        message("wamid.3", type="image", image={}),
        message("wamid.4") | {"context": {"id": 7}},
    ]
    for item in odd:
        found = one(payload(messages=[item]))
        assert (found.address, found.name, found.text) == (PHONE, "Ada", "")
        assert found.unsupported == "a message of a form that is not known"
        assert found.occurred_at <= META.received_at
    echo = message("wamid.5") | {"to": PHONE.value[1:], "timestamp": None}
    assert one(payload(message_echoes=[echo])).own
    for none in ({"type": "reaction", "reaction": 7}, {"type": "system", "system": {}}):
        assert isinstance(one(payload(messages=[message("wamid.6", **none)])), Unsupported)


@pytest.mark.parametrize("stamp", ["1697044968000000000", "9" * 400, "-9" + "9" * 17])
def test_a_time_that_no_clock_shows_is_an_odd_one(stamp: str) -> None:
    """Milliseconds, nanoseconds: message and receipt are what they are all the same."""
    found = one(payload(messages=[message() | {"timestamp": stamp}]))
    assert (found.address, found.occurred_at) == (PHONE, META.received_at)
    assert one(payload(statuses=[status() | {"timestamp": stamp}])).occurred_at == META.received_at
    news = template_news()
    news["entry"][0]["time"] = int(stamp)
    assert isinstance(one(news), Unsupported)


@pytest.mark.parametrize(
    "odd",
    [
        {"timestamp": "soon"}, {"timestamp": None}, {"timestamp": []},
        {"biz_opaque_callback_data": 7}, {"conversation": 7}, {"pricing": []},
    ],
)  # fmt: skip
def test_a_failure_is_one_whatever_else_is_odd_about_it(odd: dict[str, Any]) -> None:
    """Else the message would look as if it had arrived, and nobody would answer again."""
    failed = status(word="failed", errors=[{"code": 131047}])
    found = one(payload(statuses=[failed | odd]))
    assert (found.provider_id, found.status) == (failed["id"], DeliveryStatus.FAILED)
    assert found.failure_kind is FailureKind.WINDOW_CLOSED
    assert found.occurred_at == (META.received_at if "timestamp" in odd else STAMP)
    for errors in (7, {}, [7], "131047"):
        other = one(payload(statuses=[failed | {"errors": errors}]))
        assert (other.status, bool(other.detail)) == (DeliveryStatus.FAILED, True)


def test_one_odd_item_takes_none_with_it() -> None:
    odd: list[Any] = [None, 7, "x", [], {}, {"id": 3}, {"id": "wamid.7", "timestamp": "soon"}]
    events = read(payload(messages=[*odd, message()], statuses=[*odd, status()]))
    assert Counter(map(type, events)) == {Unsupported: 2 * len(odd), Received: 1, StatusChanged: 1}


# --- who ------------------------------------------------------------------------------------------


def test_a_person_is_a_number_an_id_or_both() -> None:
    both = one(payload(messages=[message()]))
    assert (both.address, both.also) == (PHONE, (BSUID,))
    hidden = message(**{"from_user_id": BSUID.value, "type": "text", "text": {"body": "Hi"}})
    del hidden["from"]
    contact = {"profile": {"name": "Ada", "username": "ada"}, "user_id": BSUID.value}
    alone = one(payload(messages=[hidden], contacts=[contact]))
    assert (alone.address, alone.also, alone.name) == (BSUID, (), "Ada")
    nobody = message()
    del nobody["from"]
    assert isinstance(one(payload(messages=[nobody], contacts=[])), Unsupported)


def test_each_of_several_people_has_their_own_name() -> None:
    people = [
        {"profile": {"name": name}, "wa_id": wa_id, "user_id": f"US.{wa_id}"}
        for name, wa_id in (("Ada", "111111"), ("Bob", "222222"))
    ]
    asked = [message(f"wamid.{n}") | {"from": n} for n in ("222222", "111111", "333333")]
    names = [event.name for event in read(payload(contacts=people, messages=asked))]  # type: ignore[union-attr]
    assert names == ["Bob", "Ada", ""]


@pytest.mark.parametrize(
    ("number", "listed"),
    [("551188887777", "5511988887777"), ("551188887777", "+551188887777"), ("+49151", "49151")],
)
def test_a_person_s_number_may_be_written_in_two_ways(number: str, listed: str) -> None:
    contact = {"wa_id": listed, "user_id": "BR.1", "profile": {"name": "Bia"}}
    found = one(payload(contacts=[contact], messages=[message() | {"from": number}]))
    assert found.address.value == f"+{number.lstrip('+')}"
    assert (found.name, found.also) == ("Bia", (Address(AddressKind.BSUID, "BR.1"),))


def test_a_call_of_a_customer_is_a_message_that_can_t_be_shown() -> None:
    call = {
        "id": "wacid.1",
        "from": PHONE.value[1:],
        "to": "972123456789",
        "event": "connect",
        "direction": "USER_INITIATED",
        "timestamp": "1772366400",
        "session": {"sdp_type": "offer", "sdp": "v=0"},
    }
    told = one(payload(calls=[call]))
    assert (told.provider_id, told.address, told.unsupported) == ("wacid.1", PHONE, "a call")
    for other in ({"event": "terminate"}, {"direction": "BUSINESS_INITIATED"}):
        step = one(payload(calls=[{**call, **other}]))
        assert isinstance(step, Unsupported)
        assert step.understood
    assert isinstance(one(payload(calls=[{**call, "timestamp": None}])), Unsupported)


def test_a_list_of_another_form_takes_nothing_from_those_beside_it() -> None:
    for odd in ({"code": 1}, "x", 7):
        found = read(payload(messages=[message()], errors=odd, statuses=odd))
        assert isinstance(found[0], Received)
        assert [type(each) for each in found[1:]] == [Unsupported, Unsupported]


def test_a_new_number_is_told() -> None:
    told = message(
        type="system",
        system={
            "type": "user_changed_number",
            "body": "Ada changed",
            "wa_id": "972111",
            "user_id": "US.2",
        },
    )
    changed = one(payload(messages=[told]))
    assert isinstance(changed, IdentityChanged)
    assert changed.before == (PHONE, BSUID)
    assert changed.after == (
        Address(AddressKind.PHONE, "+972111"),
        Address(AddressKind.BSUID, "US.2"),
    )


@pytest.mark.parametrize(("value", "stopped"), [("stop", True), ("resume", False)])
def test_a_customer_s_marketing_choice_is_told(value: str, stopped: bool) -> None:
    choice = {
        "wa_id": PHONE.value[1:],
        "detail": f"User requested to {value} marketing messages",
        "category": "marketing_messages",
        "value": value,
        "timestamp": 1_793_491_200,
    }
    at = datetime.fromtimestamp(1_793_491_200, UTC)
    told = one(payload(user_preferences=[choice]))
    assert told == MarketingChosen("", at, (PHONE, BSUID), stopped)
    hidden = {**choice, "user_id": BSUID.value}
    del hidden["wa_id"]
    assert one(payload(user_preferences=[hidden], contacts=[])).addresses == (BSUID,)
    for odd in ({"value": "maybe"}, {"category": "jokes"}, {"wa_id": "Ada"}, {"timestamp": None}):
        both = read(payload(user_preferences=[{**choice, **odd}, choice]))
        assert [type(event) for event in both] == [Unsupported, MarketingChosen]


def test_what_the_business_sent_by_phone_is_its_own() -> None:
    content = payload(message_echoes=[message() | {"from": "972123456789", "to": PHONE.value[1:]}])
    content["entry"][0]["changes"][0]["field"] = "smb_message_echoes"
    echo = one(content)
    assert (echo.own, echo.address, echo.text) == (True, PHONE, "Hello")


EDIT = {"original_message_id": "wamid.0", "message": {"type": "text", "text": {"body": "Hey"}}}
REVOKE = {"original_message_id": "wamid.0"}


def test_what_a_customer_edits_is_a_message_that_quotes_the_first() -> None:
    found = one(payload(messages=[message(type="edit", edit=EDIT)]))
    assert isinstance(found, Received)
    assert (found.provider_id, found.reply_to) == ("wamid.1", "wamid.0")
    assert (found.text, found.unsupported, found.own) == ("Edited: Hey", "", False)
    picture = {"type": "image", "image": {"id": "9", "mime_type": "image/png", "caption": "c"}}
    found = one(payload(messages=[message(type="edit", edit=EDIT | {"message": picture})]))
    assert (found.text, [file.remote for file in found.files]) == ("Edited: c", ["9"])
    odd = one(payload(messages=[message(type="edit", edit={})]))
    assert (odd.address, odd.text, bool(odd.unsupported)) == (PHONE, "", True)


@pytest.mark.parametrize(
    "lists",
    [
        {"messages": [message(type="revoke")]},
        {"messages": [message(type="reaction")]},
        {"message_echoes": [message(type="revoke") | {"to": PHONE.value[1:]}]},
        {"statuses": [{"id": "wamid.1", "status": "seen", "recipient_id": PHONE.value[1:]}]},
        {"statuses": [{"id": "wamid.1", "status": "seen", "recipient_user_id": BSUID.value}]},
        {"user_preferences": [{"user_id": BSUID.value, "timestamp": 1, "category": "surveys"}]},
        {"calls": [{"from": PHONE.value[1:], "timestamp": "1", "event": "terminate"}]},
        {
            "calls": [
                {
                    "to": PHONE.value[1:],
                    "from": "972123456789",
                    "timestamp": "1",
                    "direction": "BUSINESS_INITIATED",
                }
            ]
        },
    ],
)
def test_what_is_no_message_still_tells_whom_it_is_about(lists: Any) -> None:
    """Else an erasure would leave it."""
    told = one(payload(**lists))
    assert isinstance(told, Unsupported)
    assert told.addresses == (PHONE, BSUID)


def test_what_is_taken_back_wants_no_answer() -> None:
    for revoke in (REVOKE, None):
        [found] = read(payload(messages=[message(type="revoke", revoke=revoke)]))
        assert isinstance(found, Unsupported)


@pytest.mark.parametrize("kind", [{"type": "edit", "edit": EDIT}, {"type": "revoke"}])
@pytest.mark.parametrize("odd", [{}, {"timestamp": "soon"}])
def test_what_the_business_changes_by_phone_is_no_answer(kind: Any, odd: Any) -> None:
    echo = message(**kind) | {"to": PHONE.value[1:]} | odd
    [found] = read(payload(message_echoes=[echo]))
    assert isinstance(found, Unsupported)


def test_a_receipt_bears_our_own_name_of_the_message() -> None:
    told = one(payload(statuses=[status(biz_opaque_callback_data="0123")]))
    assert (told.provider_id, told.key, told.status) == (
        "wamid.1",
        "0123",
        DeliveryStatus.DELIVERED,
    )


def test_a_late_refusal_says_what_to_do() -> None:
    told = one(payload(statuses=[status(word="failed", errors=[{"code": 131047, "title": "x"}])]))
    assert (told.status, told.failure_kind) == (DeliveryStatus.FAILED, FailureKind.WINDOW_CLOSED)
    assert "template" in told.detail.lower()
    for odd in ([], [None], [{"code": "x"}], "no"):
        other = one(payload(statuses=[status(word="failed", errors=odd)]))
        assert isinstance(other, StatusChanged | Unsupported)


def test_of_several_reasons_the_first_with_a_code_counts() -> None:
    for errors in ([{}, {"code": 131047}], [None, {"code": "x"}, {"code": 131047}, {"code": 1}]):
        told = one(payload(statuses=[status(word="failed", errors=errors)]))
        assert told.failure_kind is FailureKind.WINDOW_CLOSED


# --- groups ---------------------------------------------------------------------------------------

GROUP = {"group_id": "Y2FwaV9ncm91cDoxODA1NTU1MDE3MjoxMjAzNjMyMjI3NzE5NjMwNjcZD"}


@pytest.mark.parametrize("odd", [{}, {"timestamp": "soon"}, {"type": "image", "image": {}}])
def test_what_is_written_in_a_group_is_no_private_message(odd: dict[str, Any]) -> None:
    """An answer would go to its writer alone."""
    for lists in (
        {"messages": [message() | GROUP | odd]},
        {"message_echoes": [message() | GROUP | odd | {"to": PHONE.value[1:]}]},
    ):
        told = one(payload(**lists))
        assert isinstance(told, Unsupported)
        assert (told.understood, told.addresses) == (False, (PHONE, BSUID))
        if "timestamp" not in odd:
            assert "in a group" in told.what
