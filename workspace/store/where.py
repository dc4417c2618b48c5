"""Conditions put together from the blocks of sql/queries/filters.sql."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from workspace.store.sql import query


@dataclass(slots=True)
class Where:
    """Conditions that must all hold, and their parameters, numbered from `first`."""

    first: int
    params: list[Any] = field(default_factory=list)
    _conditions: list[str] = field(default_factory=list)

    def add(self, block: str, *values: Any) -> None:
        """Demand what the block `block` of filters.sql demands after its WHERE."""
        self._conditions.append(self._numbered(_condition(block), values))

    def every(self, block: str, values: Iterable[Any]) -> str:
        """`` AND ...`` of the block for each value, to stand in another block."""
        return "".join(f" AND {self._numbered(_condition(block), [each])}" for each in values)

    def add_search(
        self, contact: Iterable[str], message: Iterable[str], few: Sequence[int] | None = None
    ) -> None:
        """Demand all `contact` words in the contact, or all `message` words in one message.

        `few`: the ids of all conversations that can match at all, where they are few.
        """
        if few is None:
            text = _condition("search")
        else:
            text = self._numbered(_condition("search_few"), [few])
        text = text.replace("/* contact */", self.every("contact_word", contact))
        self._conditions.append(text.replace("/* message */", self.every("message_word", message)))

    def __str__(self) -> str:
        return "".join(f" AND {condition}" for condition in self._conditions)

    def _numbered(self, condition: str, values: Iterable[Any]) -> str:
        start = self.first + len(self.params) - 1
        self.params.extend(values)
        return re.sub(r"\$(\d+)", lambda hit: f"${start + int(hit[1])}", condition)


def _condition(block: str) -> str:
    text = query(f"filters.{block}")
    return text[text.index("WHERE ") + len("WHERE ") :].rstrip(";")
