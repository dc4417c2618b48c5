"""What the suite wrecks holds all that is understood, so that whatever reads it meets wrecks."""

import json
from collections.abc import Iterator
from typing import Any

from cloud import BUSINESS, NUMBER

from tests.conformance.kit import META, says, storable
from tests.conformance.whatsapp_payloads import SEEDS
from tests.conformance.wrecks import parent, replaced, ways
from workspace.channels.base import (
    IdentityChanged,
    MarketingChosen,
    ReactionChanged,
    Received,
    StatusChanged,
    TemplateChanged,
    Unsupported,
)
from workspace.channels.whatsapp import parse, template_news
from workspace.channels.whatsapp.addressees import Us

US = Us(NUMBER, BUSINESS)
EVENTS = [event for raw in SEEDS for event in parse.parse(raw, META, US)]


def changes() -> Iterator[Any]:
    for raw in SEEDS:
        for entry in json.loads(raw)["entry"]:
            yield from entry["changes"]


def test_each_list_and_field_is_there() -> None:
    lists = {name for change in changes() for name in change["value"]}
    assert parse._LISTS.keys() <= lists
    assert {*template_news.FIELDS} <= {change["field"] for change in changes()}


def test_each_kind_of_message_is_there() -> None:
    def kinds(name: str) -> set[str]:
        return {each["type"] for change in changes() for each in change["value"].get(name, ())}

    own = {"reaction", "edit", "revoke"}
    assert {*parse._WORDS, *parse._FILES, *own, "system", "unsupported"} == kinds("messages")
    assert own < kinds("message_echoes")


def test_each_is_understood() -> None:
    odd = [
        event.what for event in EVENTS if isinstance(event, Unsupported) and "form" in event.what
    ]
    assert odd == []
    kinds = (Received, ReactionChanged, IdentityChanged, StatusChanged, MarketingChosen)
    assert {type(event) for event in EVENTS if says(event)} == {*kinds, TemplateChanged}
    words = [event.unsupported for event in EVENTS if isinstance(event, Received)]
    assert {*words} == {"", "a call", "a message of a type that WhatsApp does not pass on"}


def test_each_text_may_hold_what_no_database_takes() -> None:
    for content in map(json.loads, SEEDS):
        for way in ways(content):
            said = parent(content, way)[way[-1]]
            if isinstance(said, str):
                raw = json.dumps(replaced(content, way, f"{said}\0\ud800")).encode()
                for event in parse.parse(raw, META, US):
                    storable(event)
