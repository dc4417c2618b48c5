"""The rules of the domain. Pure: no clock, no store, no network."""

from workspace.rules.canned import Filled, fill, reply_values, shortcut
from workspace.rules.delivery import accepted, advance
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
    replay,
    step,
    unarchives,
)
from workspace.rules.sending import Draft, FileFacts, Refusal, Situation, can_send, megabytes
from workspace.rules.text import fold, text_size
from workspace.rules.time import clamp, interval, window_closes_at, window_open, zone

__all__ = [
    "Draft",
    "Entry",
    "Episode",
    "FileFacts",
    "Filled",
    "Inbound",
    "Outbound",
    "Refusal",
    "Situation",
    "State",
    "Verb",
    "accept",
    "accepted",
    "advance",
    "can_send",
    "clamp",
    "episodes",
    "fill",
    "fold",
    "interval",
    "is_reply",
    "megabytes",
    "replay",
    "reply_values",
    "shortcut",
    "step",
    "text_size",
    "unarchives",
    "window_closes_at",
    "window_open",
    "zone",
]
