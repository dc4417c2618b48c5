"""The rules of the domain. Pure: no clock, no store, no network."""

from workspace.rules.canned import Filled, fill, reply_values, shortcut
from workspace.rules.delivery import accepted, advance
from workspace.rules.emoji import is_emoji
from workspace.rules.files import SHOWN_IMAGES, media_kind
from workspace.rules.lint import lint_template, own_template
from workspace.rules.log import (
    Entry,
    Episode,
    Inbound,
    Outbound,
    State,
    Verb,
    accept,
    episodes,
    is_reply,
    read_mark,
    replay,
    step,
    unarchives,
)
from workspace.rules.parts import Part, parts
from workspace.rules.presence import typing_due
from workspace.rules.sending import (
    Draft,
    FileFacts,
    Refusal,
    Situation,
    can_react,
    can_send,
    megabytes,
)
from workspace.rules.templates import (
    Blank,
    Rendered,
    RenderedButton,
    body_parts,
    button_parts,
    header_parts,
    render_template,
    template_draft,
    template_use,
)
from workspace.rules.text import MAX_WORDS, Search, fold, plain, search, text_size
from workspace.rules.time import clamp, interval, window_closes_at, window_open, zone

__all__ = [
    "MAX_WORDS",
    "SHOWN_IMAGES",
    "Blank",
    "Draft",
    "Entry",
    "Episode",
    "FileFacts",
    "Filled",
    "Inbound",
    "Outbound",
    "Part",
    "Refusal",
    "Rendered",
    "RenderedButton",
    "Search",
    "Situation",
    "State",
    "Verb",
    "accept",
    "accepted",
    "advance",
    "body_parts",
    "button_parts",
    "can_react",
    "can_send",
    "clamp",
    "episodes",
    "fill",
    "fold",
    "header_parts",
    "interval",
    "is_emoji",
    "is_reply",
    "lint_template",
    "media_kind",
    "megabytes",
    "own_template",
    "parts",
    "plain",
    "read_mark",
    "render_template",
    "replay",
    "reply_values",
    "search",
    "shortcut",
    "step",
    "template_draft",
    "template_use",
    "text_size",
    "typing_due",
    "unarchives",
    "window_closes_at",
    "window_open",
    "zone",
]
