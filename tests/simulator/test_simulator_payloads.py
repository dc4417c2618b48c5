"""`parse` is pure and total."""

import base64
from datetime import UTC, datetime

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
ADA = Address(AddressKind.PHONE, "+12015550123")


def test_deep_nesting_and_broken_text_are_unsupported() -> None:
    for raw in (b"[" * 100_000, b'{"events": ["\\ud800"]}', b"\xff\xfe", b"null", b'"events"'):
        (event,) = payloads.parse(raw, META)
        assert isinstance(event, Unsupported)
        assert event.what


def test_one_bad_event_does_not_spoil_the_others() -> None:
    good = payloads.message("m1", ANCHOR, ADA, "Ada", text="Hi")
    nobodys = payloads.message("m2", ANCHOR, Address(ADA.kind, ""), "Ada", text="Hi")
    raw = payloads.dump([{"type": "poll", "id": "p1"}, good, {"type": "receipt"}, nobodys])
    first, second, third, fourth = payloads.parse(raw, META)
    assert isinstance(first, Unsupported)
    assert (first.provider_id, "poll" in first.what) == ("p1", True)
    assert isinstance(second, Received)
    assert isinstance(third, Unsupported)
    assert isinstance(fourth, Unsupported)


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
