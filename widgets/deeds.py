"""Verbs on many conversations of a list, with a way back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from workspace.client import Workspace
from workspace.client.as_code import python_of_action, sql_of_action
from workspace.errors import ConvoError, CountChanged, InvalidRequest, NotFound

PORTION = 250
"""Conversations one call names: between two of them progress is told."""

KEPT = 50
"""Deeds that can be undone or copied."""

UNDO = {
    "mark_read": "mark_unread",
    "mark_unread": "mark_read",
    "resolve": "reopen",
    "reopen": "resolve",
    "archive": "unarchive",
    "unarchive": "archive",
}
VERBS = frozenset({*UNDO, "delete"})


@dataclass(frozen=True, slots=True)
class Deed:
    """What was asked for (`ids`, or all that `where` matched), and the ids that it changed."""

    verb: str
    ids: tuple[str, ...]
    where: dict[str, Any] | None
    expected: int
    changed: tuple[str, ...]


class Deeds:
    """`progress(done, of)` is called between the portions of a large one."""

    def __init__(self, ws: Workspace, progress: Callable[[int, int], None]) -> None:
        self._ws = ws
        self._progress = progress
        self._done: dict[str, Deed] = {}

    def to_ids(self, verb: str, ids: Sequence[str]) -> dict[str, Any]:
        """The browser's answer. What was done before something failed can be undone, too."""
        changed: list[str] = []
        trouble = ""
        try:
            for at in range(0, len(ids), PORTION):
                outcomes = _verb(self._ws, verb)(ids[at : at + PORTION])
                changed += [str(each.conversation_id) for each in outcomes if each.changed]
                if len(ids) > PORTION:
                    self._progress(min(at + PORTION, len(ids)), len(ids))
        except ConvoError as error:
            if not changed:
                raise
            trouble = error.message
        return self._keep(Deed(verb, tuple(ids), None, len(ids), tuple(changed)), trouble)

    def to_all(self, verb: str, where: dict[str, Any], expected: int) -> dict[str, Any]:
        """To what the filter matches; if that is another number, `matches` tells it instead."""
        try:
            outcomes = _verb(self._ws, verb)(where=where, expected=expected)
        except CountChanged as error:
            return {"matches": int(error.detail["found"])}
        changed = tuple(str(each.conversation_id) for each in outcomes if each.changed)
        return self._keep(Deed(verb, (), where, expected, changed))

    def undo(self, id: str) -> dict[str, Any]:
        """Takes back exactly what was changed."""
        deed = self._deed(id)
        if deed.verb not in UNDO:
            raise InvalidRequest("This can't be undone.")
        return {**self.to_ids(UNDO[deed.verb], deed.changed), "verb": UNDO[deed.verb]}

    def code(self, id: str, form: str) -> str:
        """What was done, as Python; or what the log says of it, as SQL."""
        deed = self._deed(id)
        if form == "sql":
            return sql_of_action(deed.verb, deed.changed)
        if deed.where is None:
            return python_of_action(deed.verb, deed.ids)
        return python_of_action(deed.verb, where=deed.where, expected=deed.expected)

    def _deed(self, id: str) -> Deed:
        """Raises NotFound."""
        try:
            return self._done[id]
        except KeyError:
            raise NotFound("This was done too long ago to be undone or copied.") from None

    def _keep(self, deed: Deed, trouble: str = "") -> dict[str, Any]:
        id = uuid4().hex
        self._done[id] = deed
        while len(self._done) > KEPT:
            del self._done[next(iter(self._done))]
        undo = deed.verb in UNDO and bool(deed.changed)
        return {
            "changed": len(deed.changed),
            "deed": {"id": id, "undo": undo},
            "trouble": trouble,
        }


def _verb(ws: Workspace, name: str) -> Callable[..., Any]:
    if name not in VERBS:
        raise InvalidRequest("This is not an option of conversations.")
    verb: Callable[..., Any] = getattr(ws, name)
    return verb
