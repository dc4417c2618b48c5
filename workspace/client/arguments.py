"""What calls are given, as the hub takes it: ids in every form a notebook has them in, texts."""

import operator
from collections.abc import Iterable
from typing import Any, SupportsIndex

from workspace.errors import InvalidRequest, TooLarge
from workspace.models import Channel, Conversation, Message, Quoted
from workspace.settings import MAX_TEXT

Id = int | str | SupportsIndex | Conversation | Channel | Message | Quoted
Ids = Id | Iterable[Id]

PORTION = 1_000
"""Conversations one request names; more go in portions."""


def id_of(value: Id) -> int:
    """Raises InvalidRequest."""
    if isinstance(value, Conversation | Channel | Message | Quoted):
        return value.id
    try:
        return int(value) if isinstance(value, str) else operator.index(value)
    except (ValueError, TypeError):
        raise InvalidRequest(f"{value!r} is not an id; ids are whole numbers.") from None


def ids_of(values: Ids) -> list[str]:
    """Ids as the hub takes them: strings."""
    return [str(id_of(id)) for id in _listed(values)]


def portions(ids: Ids) -> list[list[str]]:
    """At most PORTION at once."""
    many = ids_of(ids)
    return [many[at : at + PORTION] for at in range(0, len(many), PORTION)]


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


def _listed(ids: Any) -> Iterable[Any]:
    """One id as a list of one. Bytes would else pass for a list of small numbers."""
    return [ids] if isinstance(ids, str | bytes) or not isinstance(ids, Iterable) else ids
