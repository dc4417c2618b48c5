"""The rows a list has loaded, as the browser's script has them, and what a change does to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

from widgets import wire
from workspace.models import Conversation

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Patch:
    """What is different: rows that came or changed, and ids that are gone.

    `fresh`: these are all the rows there are.
    """

    rows: list[Row] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    fresh: bool = False

    def __bool__(self) -> bool:
        return self.fresh or bool(self.rows or self.gone)


class Loaded:
    """The top of a list, newest activity first, down to where the last page ended."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.cursor: str | None = None
        self._floor = ""
        """Place of the last row of the last page; "": the list ends here."""

    def __len__(self) -> int:
        return len(self.rows)

    def replace(self, found: Iterable[Conversation], cursor: str | None) -> Patch:
        """`found` are all rows from now on."""
        before, self.rows = self.rows, {}
        self.extend(found, cursor)
        changed = [row for id, row in self.rows.items() if before.get(id) != row]
        return Patch(changed, [id for id in before if id not in self.rows])

    def extend(self, found: Iterable[Conversation], cursor: str | None) -> Patch:
        """The next page."""
        page = [wire_row(conversation) for conversation in found]
        self.rows |= {row["id"]: row for row in page}
        self.cursor = cursor
        self._floor = page[-1]["place"] if cursor and page else ""
        return Patch(page)

    def update(self, asked: Iterable[int], found: Iterable[Conversation]) -> Patch:
        """`found` are those of `asked` that match; what is further down waits there."""
        rows = {row["id"]: row for row in map(wire_row, found) if row["place"] >= self._floor}
        changed = [row for id, row in rows.items() if self.rows.get(id) != row]
        gone = [id for id in map(str, asked) if id in self.rows and id not in rows]
        for id in gone:
            del self.rows[id]
        self.rows |= rows
        return Patch(changed, gone)


def wire_row(conversation: Conversation) -> Row:
    """`place` sorts as the hub does: by last activity, then by id. Compared as text."""
    at = conversation.last_activity_at.astimezone(UTC).isoformat(timespec="microseconds")
    return {**wire.conversation(conversation), "place": f"{at} {conversation.id:020}"}
