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
from workspace.rules.text import MAX_WORDS, Search, fold, search, text_size
from workspace.rules.time import clamp, interval, window_closes_at, window_open, zone

__all__ = [
    "MAX_WORDS",
    "Draft",
    "Entry",
    "Episode",
    "FileFacts",
    "Filled",
    "Inbound",
    "Outbound",
    "Refusal",
    "Search",
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
    "search",
    "shortcut",
    "step",
    "text_size",
    "unarchives",
    "window_closes_at",
    "window_open",
    "zone",
]
