"""`parse` is pure and total."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from simulating import ANCHOR

from workspace.channels.base import (
    Meta,
    ReactionChanged,
    Received,
    StatusChanged,
    TemplateChanged,
    Unsupported,
)
from workspace.channels.simulated import feed, payloads
from workspace.channels.simulated.history import World
from workspace.channels.simulated.plays import PLAYS
from workspace.models import Address, AddressKind, DeliveryStatus, FailureKind

META = Meta(datetime(2026, 1, 2, tzinfo=UTC))
EVENTS = (Received, StatusChanged, ReactionChanged, TemplateChanged, Unsupported)
ADA = Address(AddressKind.PHONE, "+12015550123")

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=20,
)
NAMES = ["type", "id", "at", "contact", "text", "files", "refs", "status", "reason", "emoji"]


@given(st.binary())
def test_any_bytes(raw: bytes) -> None:
    for event in payloads.parse(raw, META):
        assert isinstance(event, EVENTS)


@given(json_values)
def test_any_json(value: Any) -> None:
    for raw in (value, {"events": value}, {"events": [value]}):
        for event in payloads.parse(json.dumps(raw).encode(), META):
            assert isinstance(event, EVENTS)


@given(st.sampled_from(["message", "receipt", "reaction", "template"]), st.data())
def test_any_event_with_odd_fields(kind: str, data: st.DataObject) -> None:
    good = {
        "message": payloads.message("m1", ANCHOR, ADA, "Ada", text="Hi", files=[{"media": "x"}]),
        "receipt": payloads.receipt("m1", ANCHOR, DeliveryStatus.READ),
        "reaction": payloads.reaction("m1", ANCHOR, "🙏"),
        "template": payloads.template("t1", ANCHOR, "hello", "en", "PAUSED", "Spam."),
    }[kind]
    changed = data.draw(st.dictionaries(st.sampled_from(NAMES), json_values, min_size=1))
    raw = json.dumps({"events": [good | changed]}).encode()
    (event,) = payloads.parse(raw, META)
    assert isinstance(event, EVENTS)


def test_deep_nesting_and_broken_text_are_unsupported() -> None:
    for raw in (b"[" * 100_000, b'{"events": ["\\ud800"]}', b"\xff\xfe", b"null", b'"events"'):
        (event,) = payloads.parse(raw, META)
        assert isinstance(event, Unsupported)
        assert event.what


def test_one_bad_event_does_not_spoil_the_others() -> None:
    good = payloads.message("m1", ANCHOR, ADA, "Ada", text="Hi")
    raw = payloads.dump([{"type": "poll", "id": "p1"}, good, {"type": "receipt"}])
    first, second, third = payloads.parse(raw, META)
    assert isinstance(first, Unsupported)
    assert (first.provider_id, "poll" in first.what) == ("p1", True)
    assert isinstance(second, Received)
    assert isinstance(third, Unsupported)


def test_a_message_says_what_it_said() -> None:
    data = base64.b64encode(b"a,b\n").decode()
    raw = payloads.dump(
        [
            payloads.message(
                "m1",
                ANCHOR,
                ADA,
                "Ada",
                text="Hi",
                subject="S",
                refs=["m0"],
                own=True,
                author="Mara",
                files=[
                    {"name": "a.csv", "mime": "text/csv", "data": data},
                    {"media": "photo/mug/3", "content_id": "c", "inline": True},
                ],
            ),
            payloads.receipt(
                "m1", ANCHOR, DeliveryStatus.FAILED, (FailureKind.UNREACHABLE, "Gone")
            ),
            payloads.reaction("m1", ANCHOR, ""),
            payloads.template("t1", ANCHOR, "hello", "en", "PAUSED", "Spam."),
        ]
    )
    message, receipt, reaction, template = payloads.parse(raw, META)
    assert isinstance(message, Received)
    assert (message.address, message.name, message.text) == (ADA, "Ada", "Hi")
    assert (message.own, message.author, message.thread_refs) == (True, "Mara", ("m0",))
    assert [f.name for f in message.files] == ["a.csv", "IMG_2111.jpg"]
    assert message.files[0].data == b"a,b\n"
    assert (message.files[1].content_id, message.files[1].inline) == ("c", True)
    assert message.occurred_at == ANCHOR
    assert isinstance(receipt, StatusChanged)
    assert (receipt.failure_kind, receipt.detail) == (FailureKind.UNREACHABLE, "Gone")
    assert reaction == ReactionChanged("m1", ANCHOR, "")
    assert template == TemplateChanged("t1", ANCHOR, "hello", "en", "PAUSED", "Spam.")


def test_everything_the_world_says_is_understood() -> None:
    for playing in PLAYS:
        world = World(2, ANCHOR, playing, 60)
        for number in range(60):
            plan = world.plan(number)
            for chapter in plan.chapters:
                for _, events in feed.chapter(world, plan, chapter):
                    found = payloads.parse(payloads.dump(events), META)
                    assert not [e for e in found if isinstance(e, Unsupported)], events
