"""Conversations named in Python, in every form a notebook has them in."""

from collections.abc import Iterable
from typing import Any

import traitlets

from workspace.client import arguments
from workspace.errors import InvalidRequest


def ids_of(given: Any) -> tuple[str, ...]:
    """Ids as text, each once, in the order given. Raises InvalidRequest.

    `given`: a DataFrame with a column `id` or `conversation_id`, a Series, conversations, ids.
    """
    values = _column(given) if hasattr(given, "columns") else given
    return tuple(dict.fromkeys(arguments.ids_of(values)))


def _column(frame: Any) -> Iterable[Any]:
    for name in ("id", "conversation_id"):
        if name in frame.columns:
            column: Iterable[Any] = frame[name]
            return column
    raise InvalidRequest("A DataFrame names conversations in a column `id` or `conversation_id`.")


class Ids(traitlets.TraitType[Any, Any]):
    """A trait that takes what `ids_of` takes, and keeps a tuple of ids as text."""

    default_value = ()
    info_text = "conversations, or their ids"

    def validate(self, obj: Any, value: Any) -> tuple[str, ...]:
        try:
            return ids_of(value)
        except InvalidRequest as error:
            raise traitlets.TraitError(error.message) from None
