"""What may be sent, and why not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workspace import rules
from workspace.models import (
    AddressKind,
    Capabilities,
    FailureKind,
    MediaKind,
    MediaRule,
    StartRule,
    TemplateRule,
    TemplateUse,
    TextLimit,
    TextUnit,
)
from workspace.rules import Draft, FileFacts, Situation

WRITTEN = datetime(2026, 3, 1, 12, tzinfo=UTC)
SOON = WRITTEN + timedelta(minutes=1)
DAY = timedelta(hours=24)
CHANNEL = Capabilities(
    kind="whatsapp",
    label="WhatsApp",
    address=frozenset({AddressKind.PHONE}),
    can_start=StartRule.TEMPLATE_ONLY,
    start_reason="",
    window=DAY,
    text_limit=TextLimit(10),
    media={MediaKind.IMAGE: MediaRule(frozenset({"image/png"}), 1000, caption_limit=4)},
    max_attachments=1,
    threads=False,
    receipts=frozenset(),
    rate=None,
    templates=TemplateRule(header_limit=6, body_limit=10, target_limits={"COPY_CODE": 3}),
)
OPEN = Situation(now=SOON, last_inbound_at=WRITTEN)
PHOTO = FileFacts(MediaKind.IMAGE, "a.png", "image/png", 1000)
TEMPLATE = TemplateUse("hello", "en", "APPROVED", frozenset({"1"}), {"1": "Ada"})


@pytest.mark.parametrize(
    "draft",
    [Draft("0123456789"), Draft("", [PHOTO]), Draft("four", [PHOTO]), Draft(template=TEMPLATE)],
)
def test_what_the_channel_takes_is_not_refused(draft: Draft) -> None:
    assert rules.can_send(CHANNEL, draft, OPEN) is None


@pytest.mark.parametrize(
    ("draft", "kind", "words"),
    [
        (Draft("  \n"), FailureKind.INVALID, "empty"),
        (
            Draft("01234567890"),
            FailureKind.INVALID,
            "11 characters long; WhatsApp takes at most 10",
        ),
        (Draft("fives", [PHOTO]), FailureKind.INVALID, "at most 4"),
        (Draft("", [PHOTO, PHOTO]), FailureKind.MEDIA, "at most 1 files"),
        (
            Draft("", [FileFacts(MediaKind.IMAGE, "a.png", "image/png", 1001)]),
            FailureKind.MEDIA,
            "1.0 kB",
        ),
        (
            Draft("", [FileFacts(MediaKind.IMAGE, "a.svg", "image/svg+xml", 9)]),
            FailureKind.MEDIA,
            "image/png",
        ),
        (
            Draft("", [FileFacts(MediaKind.AUDIO, "a.ogg", "audio/ogg", 9)]),
            FailureKind.MEDIA,
            "does not take",
        ),
        (
            Draft("", [FileFacts(MediaKind.IMAGE, "a.png", "image/png", 0)]),
            FailureKind.MEDIA,
            "is empty",
        ),
    ],
)
def test_refusals_say_what_to_do(draft: Draft, kind: FailureKind, words: str) -> None:
    refusal = rules.can_send(CHANNEL, draft, OPEN)
    assert refusal is not None
    assert refusal.kind is kind
    assert words in refusal.message


def test_words_that_no_file_would_carry_are_refused() -> None:
    """Else only the file went out. A channel that takes several has a text beside them."""
    sound = FileFacts(MediaKind.AUDIO, "voice.ogg", "audio/ogg", 9)
    takes = replace(CHANNEL, media={MediaKind.AUDIO: MediaRule(frozenset(), 1000)})
    refusal = rules.can_send(takes, Draft("hi", [sound]), OPEN)
    assert refusal is not None
    assert refusal.kind is FailureKind.INVALID
    assert refusal.message == "WhatsApp takes no text with 'voice.ogg'; send the text by itself."
    for fine in (Draft("", [sound]), Draft(" \n", [sound])):
        assert rules.can_send(takes, fine, OPEN) is None
    assert rules.can_send(replace(takes, max_attachments=2), Draft("hi", [sound]), OPEN) is None


@pytest.mark.parametrize(
    ("template", "words"),
    [
        (TemplateUse("t", "en", "PAUSED", frozenset()), "is PAUSED"),
        (TemplateUse("t", "en", "APPROVED", frozenset({"1"}), {"1": "  "}), "needs a value for 1"),
        (TemplateUse("t", "en", "APPROVED", frozenset(), {"2": "x"}), "has no variable 2"),
        (
            TemplateUse("t", "en", "REJECTED", frozenset(), reason="Spam."),
            "is REJECTED: Spam; choose",
        ),
        (TemplateUse("t", "en", "APPROVED", frozenset({"1"}), {"1": "a\nb"}), "on one line"),
        (TemplateUse("t", "en", "APPROVED", frozenset({"1"}), {"1": "a\tb"}), "on one line"),
        (TemplateUse("t", "en", "APPROVED", frozenset({"1"}), {"1": "a     b"}), "on one line"),
        (TemplateUse("t", "en", "APPROVED", frozenset(), header="x" * 7), "at most 6"),
        (TemplateUse("t", "en", "APPROVED", frozenset(), body="x" * 11), "at most 10"),
        (
            TemplateUse("t", "en", "APPROVED", frozenset(), targets=(("COPY_CODE", "x" * 4),)),
            "The button of the template is 4 characters long",
        ),
        (
            TemplateUse("t", "en", "APPROVED", frozenset(), header_media=MediaKind.IMAGE),
            "needs one image",
        ),
    ],
)
def test_wrong_templates_are_refused(template: TemplateUse, words: str) -> None:
    refusal = rules.can_send(CHANNEL, Draft(template=template), OPEN)
    assert refusal is not None
    assert words in refusal.message


def test_outside_the_window_only_a_template_goes() -> None:
    closed = Situation(now=WRITTEN + DAY, last_inbound_at=WRITTEN)
    refusal = rules.can_send(CHANNEL, Draft("hi"), closed)
    assert refusal is not None
    assert refusal.kind is FailureKind.WINDOW_CLOSED
    assert refusal.message == (
        "A template message is required outside the 24-hour messaging window."
    )
    assert rules.can_send(CHANNEL, Draft(template=TEMPLATE), closed) is None


@pytest.mark.parametrize("who", ["opted_out", "blocked"])
def test_nothing_goes_to_who_opted_out_or_is_blocked(who: str) -> None:
    situation = Situation(now=SOON, last_inbound_at=WRITTEN, **{who: True})
    refusal = rules.can_send(CHANNEL, Draft(template=TEMPLATE), situation)
    assert refusal is not None
    assert refusal.kind is FailureKind.OPTED_OUT


def test_who_stopped_marketing_messages_gets_all_others() -> None:
    for last in (WRITTEN, SOON - 2 * DAY):
        stopped = Situation(now=SOON, last_inbound_at=last, marketing_stopped=True)
        marketing = Draft(template=replace(TEMPLATE, category="MARKETING"))
        refusal = rules.can_send(CHANNEL, marketing, stopped)
        assert refusal is not None
        assert refusal.kind is FailureKind.MARKETING_STOPPED
        assert refusal.message == (
            "This customer has stopped marketing messages from you on WhatsApp; send a template of "
            "another category, or wait until they resume them there."
        )
        assert rules.can_send(CHANNEL, marketing, replace(stopped, marketing_stopped=False)) is None
        for category in ("UTILITY", "AUTHENTICATION", ""):
            other = Draft(template=replace(TEMPLATE, category=category))
            assert rules.can_send(CHANNEL, other, stopped) is None
    assert rules.can_send(CHANNEL, Draft("hi"), replace(OPEN, marketing_stopped=True)) is None


@given(st.text(max_size=30), st.sampled_from(list(TextUnit)))
def test_limits_are_counted_in_the_channels_own_unit(text: str, unit: TextUnit) -> None:
    size = rules.text_size(text, unit)
    assert size >= len(text)
    if text.strip() and size:
        fits = replace(CHANNEL, text_limit=TextLimit(size, unit))
        assert rules.can_send(fits, Draft(text), OPEN) is None
        tight = replace(CHANNEL, text_limit=TextLimit(size - 1, unit))
        assert rules.can_send(tight, Draft(text), OPEN) is not None
