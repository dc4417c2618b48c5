"""Canned replies: their shortcuts, and the variables in their texts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from unicodedata import normalize

from workspace.errors import InvalidRequest
from workspace.models import Conversation

MAX_SHORTCUT = 50

_VARIABLE = re.compile(r"\{\{[ \t]*(\w{1,50})[ \t]*\}\}")
_SHORTCUT = re.compile(r"[\w-]+")


@dataclass(frozen=True, slots=True)
class Filled:
    """A text with its variables filled in."""

    text: str = field(repr=False)
    missing: tuple[str, ...]
    """Variables that have no value and stand in the text as they were, each once, in order."""


def fill(text: str, values: Mapping[str, str]) -> Filled:
    """Put values where the text says ``{{name}}``.

    One without a value, or with an empty one, stays as it is, so that the writer sees it. What a
    value says is never filled in turn: it may be a customer's words.
    """
    missing: dict[str, None] = {}

    def put(hit: re.Match[str]) -> str:
        if value := values.get(hit[1], ""):
            return value
        missing[hit[1]] = None
        return hit[0]

    return Filled(_VARIABLE.sub(put, text), tuple(missing))


def reply_values(conversation: Conversation, operator: str) -> dict[str, str]:
    """What the variables stand for in a conversation; empty where it is not known."""
    named = conversation.contact_name != conversation.address.value
    name = conversation.contact_name if named else ""
    return {
        "name": name,
        "first_name": (name.split() or [""])[0],
        "operator": operator,
        "channel": conversation.channel_name,
        "subject": conversation.subject,
    }


def shortcut(text: str) -> str:
    """A shortcut as it is kept: small letters, digits, - and _, without the "/" before it.

    Raises InvalidRequest.
    """
    short = normalize("NFKC", normalize("NFKC", text).strip().removeprefix("/").lower())
    if len(short) > MAX_SHORTCUT or not _SHORTCUT.fullmatch(short):
        raise InvalidRequest(
            "A shortcut has 1 to "
            f"{MAX_SHORTCUT} letters, digits, - and _, without spaces, such as 'refund-sent'."
        )
    return short
