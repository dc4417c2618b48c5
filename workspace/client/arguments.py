"""What calls are given, as the hub takes it."""

import operator
from typing import Any, SupportsIndex

from workspace.errors import InvalidRequest, TooLarge
from workspace.models import Channel, Conversation, Message
from workspace.settings import MAX_TEXT

Id = int | str | SupportsIndex | Conversation | Channel | Message


def id_of(value: Id) -> int:
    """Raises InvalidRequest."""
    if isinstance(value, Conversation | Channel | Message):
        return value.id
    try:
        return int(value) if isinstance(value, str) else operator.index(value)
    except (ValueError, TypeError):
        raise InvalidRequest(f"{value!r} is not an id; ids are whole numbers.") from None


def checked_text(text: str) -> str:
    """The text, before it travels. Raises TooLarge."""
    if len(text) > MAX_TEXT:
        raise TooLarge(
            f"The text has {len(text):,} characters; the hub takes at most {MAX_TEXT:,}.",
            limit=MAX_TEXT,
        )
    return text


def as_json(value: Id | None) -> Any:
    """An id as JSON carries it; None: there is none."""
    return None if value is None else str(id_of(value))
