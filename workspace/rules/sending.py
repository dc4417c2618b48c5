"""The one place that decides what may be sent.

Composer, API, agent and bulk all ask it, and delivery asks again at the moment of sending.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from workspace.models import (
    Capabilities,
    Direction,
    FailureKind,
    MediaKind,
    TemplateUse,
    TextLimit,
    TextUnit,
)
from workspace.rules.text import text_size
from workspace.rules.time import window_open


@dataclass(frozen=True, slots=True)
class FileFacts:
    kind: MediaKind
    name: str
    mime: str
    size: int


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants to send."""

    text: str = field(default="", repr=False)
    files: Sequence[FileFacts] = ()
    template: TemplateUse | None = None
    quotes: bool | None = None
    """Whether the customer has the message that it quotes; None: it quotes none."""


@dataclass(frozen=True, slots=True)
class Situation:
    """The conversation at the moment of sending; `now` is the channel's clock."""

    now: datetime
    last_inbound_at: datetime | None
    opted_out: bool = False
    blocked: bool = False
    marketing_stopped: bool = False
    """The customer told the channel's provider that they want no marketing messages."""


@dataclass(frozen=True, slots=True)
class Refusal:
    kind: FailureKind
    message: str
    """A whole sentence that says what to do."""
    detail: Mapping[str, int | str] = field(default_factory=dict)


def can_send(channel: Capabilities, draft: Draft, situation: Situation) -> Refusal | None:
    """Whether the channel would take the draft now; None: it would. The first reason wins."""
    return (
        _person(situation)
        or _template(channel, draft)
        or _marketing(channel, draft, situation)
        or _window(channel, draft, situation)
        or _quote(channel, draft)
        or _text(channel, draft)
        or _files(channel, draft.files)
    )


def can_react(
    channel: Capabilities, emoji: str, direction: Direction, situation: Situation
) -> Refusal | None:
    """Whether the channel would take an emoji to such a message now; "" takes one back."""
    refusal = _person(situation)
    if refusal is not None:
        return refusal
    if not channel.reactions:
        why = f"{channel.label} takes no reactions; write a text."
        return Refusal(FailureKind.INVALID, why)
    if direction is not Direction.INBOUND:
        why = "Only what the customer wrote can be reacted to; choose one of their messages."
        return Refusal(FailureKind.INVALID, why)
    if not window_open(channel.window, situation.last_inbound_at, situation.now):
        assert channel.window is not None
        hours = round(channel.window.total_seconds() / 3600)
        why = f"Reactions can't be sent or taken back outside the {hours}-hour messaging window."
        return Refusal(FailureKind.WINDOW_CLOSED, why)
    return None


def _person(situation: Situation) -> Refusal | None:
    if situation.blocked:
        return Refusal(
            FailureKind.OPTED_OUT, "This contact is blocked; unblock the contact to write."
        )
    if situation.opted_out:
        return Refusal(
            FailureKind.OPTED_OUT,
            "This contact has opted out; wait until the contact writes and opts in again.",
        )
    return None


def _template(channel: Capabilities, draft: Draft) -> Refusal | None:
    template = draft.template
    if template is None:
        return None
    why = _unfit(channel, template) or _values(template)
    if not template.own:
        why = why or _broken(template) or _rendered(channel, template)
    why = why or _header(template, draft.files)
    return Refusal(FailureKind.TEMPLATE, why) if why else None


def _marketing(channel: Capabilities, draft: Draft, situation: Situation) -> Refusal | None:
    template = draft.template
    if template is None or template.own or template.category != "MARKETING":
        return None
    if not situation.marketing_stopped:
        return None
    return Refusal(
        FailureKind.MARKETING_STOPPED,
        f"This customer has stopped marketing messages from you on {channel.label}; send a "
        "template of another category, or wait until they resume them there.",
    )


def _unfit(channel: Capabilities, template: TemplateUse) -> str:
    if channel.templates is None and not template.own:
        return (
            f"There is no template {template.name!r} in {template.language!r} for {channel.label}; "
            "write a text, or make a template of your own."
        )
    if template.status != "APPROVED":
        why = f": {template.reason.rstrip('.')}" if template.reason else ""
        return f"The template {template.name!r} is {template.status}{why}; choose an APPROVED one."
    if template.obstacle:
        return f"The template {template.name!r} can't be sent from here. {template.obstacle}"
    return ""


def _values(template: TemplateUse) -> str:
    missing = sorted(v for v in template.variables if not template.values.get(v, "").strip())
    if missing:
        return f"The template {template.name!r} needs a value for {', '.join(missing)}."
    unknown = sorted(set(template.values) - template.variables)
    if unknown:
        return f"The template {template.name!r} has no variable {', '.join(unknown)}."
    return ""


def _broken(template: TemplateUse) -> str:
    broken = sorted(v for v, value in template.values.items() if _BROKEN.search(value))
    if broken:
        return (
            f"The value for {', '.join(broken)} has a line break, a tab or more than four spaces "
            "in a row, which templates don't take; write it on one line."
        )
    return ""


_BROKEN = re.compile(r"[\r\n\t]| {5}")
"""Meta: "cannot have new-line/tab characters or more than 4 consecutive spaces"."""


def _rendered(channel: Capabilities, template: TemplateUse) -> str:
    rule = channel.templates
    assert rule is not None
    buttons = [
        ("button", to, rule.target_limits.get(type, len(to))) for type, to in template.targets
    ]
    for part, text, limit in (
        ("header", template.header, rule.header_limit),
        ("text", template.body, rule.body_limit),
        *buttons,
    ):
        if len(text) > limit:
            return (
                f"The {part} of the template is {len(text):,} characters long with these values; "
                f"at most {limit:,} can be sent. Shorten a value."
            )
    return ""


def _header(template: TemplateUse, files: Sequence[FileFacts]) -> str:
    wanted = template.header_media
    if wanted is None:
        return f"The template {template.name!r} takes no file." if files else ""
    if [file.kind for file in files] != [wanted]:
        return f"The header of the template {template.name!r} needs one {wanted.value}; attach it."
    return ""


def _window(channel: Capabilities, draft: Draft, situation: Situation) -> Refusal | None:
    approved = draft.template is not None and not draft.template.own
    if approved or window_open(channel.window, situation.last_inbound_at, situation.now):
        return None
    assert channel.window is not None
    hours = round(channel.window.total_seconds() / 3600)
    return Refusal(
        FailureKind.WINDOW_CLOSED,
        f"A template message is required outside the {hours}-hour messaging window.",
    )


def _quote(channel: Capabilities, draft: Draft) -> Refusal | None:
    if draft.quotes is None:
        return None
    if not channel.quotes:
        why = f"{channel.label} can't quote a message; send it without."
    elif draft.template:
        why = "A template can't quote a message; send it without."
    elif not draft.quotes:
        why = "The customer does not have the message that this one quotes; send it without."
    else:
        return None
    return Refusal(FailureKind.INVALID, why)


def _text(channel: Capabilities, draft: Draft) -> Refusal | None:
    if not draft.text.strip() and not draft.files and draft.template is None:
        return Refusal(FailureKind.INVALID, "The message is empty; write a text or attach a file.")
    limit = channel.text_limit
    captions = [channel.media[f.kind].caption_limit for f in draft.files if f.kind in channel.media]
    if draft.text.strip() and captions and not any(captions) and channel.max_attachments == 1:
        # Nothing of the message would carry it. A mail has a text of its own beside its files.
        name = draft.files[0].name
        why = f"{channel.label} takes no text with {name!r}; send the text by itself."
        return Refusal(FailureKind.INVALID, why)
    if draft.text and captions:
        # A text beside files travels as the caption of one of them, except where files have none.
        limit = TextLimit(min([limit.n, *(c for c in captions if c)]), limit.unit)
    size = text_size(draft.text, limit.unit)
    if size > limit.n:
        return Refusal(
            FailureKind.INVALID,
            f"The text is {size:,} {_UNITS[limit.unit]} long; {channel.label} takes at most "
            f"{limit.n:,}. Shorten it or send a file.",
            {"limit": limit.n, "size": size},
        )
    return None


_UNITS = {TextUnit.CHARS: "characters", TextUnit.BYTES: "bytes", TextUnit.UTF16: "UTF-16 units"}


def _files(channel: Capabilities, files: Sequence[FileFacts]) -> Refusal | None:
    if len(files) > channel.max_attachments:
        return Refusal(
            FailureKind.MEDIA,
            f"{channel.label} takes at most {channel.max_attachments} files a message; "
            f"send the {len(files)} files in several messages.",
        )
    for file in files:
        rule = channel.media.get(file.kind)
        if rule is None or (rule.mimes and file.mime not in {*rule.mimes, *rule.rewrap}):
            return Refusal(
                FailureKind.MEDIA,
                f"{channel.label} does not take {file.name!r} ({file.mime}); "
                f"it takes {_accepted_types(channel)}.",
            )
        if file.size > rule.max_bytes:
            return Refusal(
                FailureKind.MEDIA,
                f"{file.name!r} is {megabytes(file.size)}; {channel.label} takes at most "
                f"{megabytes(rule.max_bytes)} for this kind. Send a smaller file or a link.",
                {"limit": rule.max_bytes, "size": file.size},
            )
        if file.size == 0:
            return Refusal(FailureKind.MEDIA, f"{file.name!r} is empty; choose another file.")
    total = sum(f.size for f in files)
    most = max((rule.max_bytes for rule in channel.media.values()), default=0)
    if channel.threads and total > most:
        return Refusal(
            FailureKind.MEDIA,
            f"The files are {megabytes(total)} together; a mail takes at most {megabytes(most)}.",
            {"limit": most, "size": total},
        )
    return None


def _accepted_types(channel: Capabilities) -> str:
    if not channel.media:
        return "no files"
    if any(not rule.mimes for rule in channel.media.values()):
        return "other kinds of files"
    return ", ".join(sorted({m for rule in channel.media.values() for m in rule.mimes}))


def megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{size / 1000:.1f} kB"
