"""What a text with files becomes where one message can't carry them all."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workspace.channels.simulated.plays import PLAYS
from workspace.models import Capabilities, MediaKind
from workspace.rules import Draft, FileFacts, Part, Situation, can_send, media_kind, parts

WHATSAPP, MAIL = PLAYS["whatsapp"], PLAYS["mail"]
IMAGE, AUDIO, DOCUMENT = MediaKind.IMAGE, MediaKind.AUDIO, MediaKind.DOCUMENT


@pytest.mark.parametrize(
    ("channel", "text", "kinds", "expected"),
    [
        (WHATSAPP, "Hi", [], [Part("Hi")]),
        (WHATSAPP, "Hi", [IMAGE], [Part("Hi", (0,))]),
        (WHATSAPP, "", [IMAGE, DOCUMENT], [Part("", (0,)), Part("", (1,))]),
        (WHATSAPP, "Hi", [IMAGE, DOCUMENT], [Part("Hi", (0,)), Part("", (1,))]),
        (WHATSAPP, "Hi", [AUDIO], [Part("Hi"), Part("", (0,))]),
        (WHATSAPP, "x" * 1025, [IMAGE], [Part("x" * 1025), Part("", (0,))]),
        (MAIL, "Hi", [IMAGE, AUDIO], [Part("Hi", (0, 1))]),
        (replace(WHATSAPP, max_attachments=2), "Hi", [IMAGE, AUDIO], [Part("Hi", (0, 1))]),
    ],
)
def test_messages_in_order(
    channel: Capabilities, text: str, kinds: list[MediaKind], expected: list[Part]
) -> None:
    assert parts(channel, text, kinds) == expected


@given(st.sampled_from(sorted(PLAYS)), st.text(max_size=30), st.lists(st.sampled_from(MediaKind)))
def test_nothing_is_lost_or_doubled(kind: str, text: str, kinds: list[MediaKind]) -> None:
    found = parts(PLAYS[kind], text, kinds)
    assert [n for part in found for n in part.files] == list(range(len(kinds)))
    assert sum(bool(part.text.strip()) for part in found) == bool(text.strip())
    assert next((part.text for part in found if part.text.strip()), "") in (text, "")


def test_what_is_rewrapped_is_taken() -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    voice = FileFacts(media_kind("audio/webm"), "voice.webm", "audio/webm", 10_000)
    for channel in PLAYS.values():
        rule = channel.media.get(MediaKind.AUDIO)
        taken = can_send(channel, Draft(files=[voice]), Situation(now, now)) is None
        assert taken == (rule is not None and (not rule.mimes or "audio/webm" in rule.rewrap))
