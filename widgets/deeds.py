"""What is done in the panels of a workspace: with a way back, and as code."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import uuid4
from weakref import WeakKeyDictionary

from widgets.named import ids_of
from widgets.panel import Did, Panel, answers
from workspace.client import Workspace
from workspace.client.as_code import (
    python_of_action,
    python_of_contact_change,
    python_of_merge,
    python_of_unmerge,
    sql_of_action,
    sql_of_contact_change,
    sql_of_merges,
)
from workspace.errors import ConvoError, CountChanged, InvalidRequest, NotFound
from workspace.models import Outcome

PORTION = 250
"""Conversations one call names: between two of them progress is told."""

KEPT = 50
"""Deeds that can be undone or copied."""


@dataclass(frozen=True, slots=True)
class Verb:
    """Its call in Python, and the verb that takes it back ("": none does), which is told by the
    argument `place` where in the log this one was done.
    """

    call: str
    undo: str = ""
    place: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)


VERBS = {
    "mark_read": Verb("mark_read", "mark_unread", "before"),
    "mark_unread": Verb("mark_unread", "mark_read", "upto"),
    "resolve": Verb("resolve", "reopen"),
    "reopen": Verb("reopen", "resolve"),
    "archive": Verb("archive", "unarchive"),
    "unarchive": Verb("unarchive", "archive"),
    "agent_replies_on": Verb("set_agent_replies", "agent_replies_off", more={"on": True}),
    "agent_replies_off": Verb("set_agent_replies", "agent_replies_on", more={"on": False}),
    "delete": Verb("delete"),
}
"""By the names that static/shared/deeds.js has for them."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What was asked for (`ids`, or all that `where` matched), and what came of it.

    `place`: of what takes another deed back, where that one is in the log.
    """

    verb: str
    ids: tuple[str, ...]
    where: dict[str, Any] | None
    expected: int
    outcomes: tuple[Outcome, ...]
    place: Mapping[str, int] = field(default_factory=dict)

    @property
    def changed(self) -> tuple[str, ...]:
        return tuple(str(each.conversation_id) for each in self.outcomes if each.changed)

    @property
    def undo(self) -> str:
        """The verb that takes it back; "": there is nothing to take back, or it does so itself."""
        return VERBS[self.verb].undo if self.changed and not self.place else ""

    @property
    def undo_place(self) -> dict[str, int]:
        """The first line of the log it wrote: what came after that is no part of it."""
        name = VERBS[self.verb].place
        return {name: min(each.event_id for each in self.outcomes if each.event_id)} if name else {}

    def python(self) -> str:
        verb = VERBS[self.verb]
        more = {**verb.more, **self.place}
        if self.where is None:
            return python_of_action(verb.call, self.ids, **more)
        return python_of_action(verb.call, where=self.where, expected=self.expected, **more)

    def sql(self) -> str:
        verb = VERBS[self.verb]
        return sql_of_action(verb.call, self.changed, **verb.more)


@dataclass(frozen=True, slots=True)
class Written:
    """What was written by a call, and the SELECT that finds it ("": none does). What takes a
    message back is not asked for here.
    """

    call: str = field(repr=False)
    select: str = field(repr=False)
    changed: tuple[str, ...] = ()
    """Contacts that were merged or unmerged."""
    undo: str = ""
    """What takes that back, given `undo_ids`; "": nothing does."""
    undo_ids: tuple[str, ...] = ()

    def python(self) -> str:
        return self.call

    def sql(self) -> str:
        if not self.select:
            raise InvalidRequest("The views of SQL don't tell of this; copy it as Python.")
        return self.select


_done: WeakKeyDictionary[Workspace, dict[str, Deed | Written]] = WeakKeyDictionary()
"""What one panel did, the others of its workspace can undo and copy."""


def wrote(ws: Workspace, value: Any, python: str, sql: str = "") -> Did:
    """The answer `value` to what wrote something by the call `python`."""
    return Did(value, _kept(ws, Written(python, sql)))


def _kept(ws: Workspace, deed: Deed | Written) -> str:
    """Its id. It may quote a customer: it stays in this kernel, and is told on request."""
    id, done = uuid4().hex, _done.setdefault(ws, {})
    done[id] = deed
    while len(done) > KEPT:
        done.pop(next(iter(done)), None)
    return id


class Deeds:
    """`progress(done, of)` is called between the portions of a large one."""

    def __init__(self, ws: Workspace, progress: Callable[[int, int], None]) -> None:
        self._ws = ws
        self._progress = progress

    def to_ids(self, verb: str, ids: Sequence[str], **place: int) -> dict[str, Any]:
        """The browser's answer. What was done before something failed can be undone, too."""
        outcomes: list[Outcome] = []
        trouble = ""
        try:
            for at in range(0, len(ids), PORTION):
                outcomes += _verb(self._ws, verb)(ids[at : at + PORTION], **place)
                if len(ids) > PORTION:
                    self._progress(min(at + PORTION, len(ids)), len(ids))
        except ConvoError as error:
            if not any(each.changed for each in outcomes):
                raise
            trouble = error.message
        return self._keep(Deed(verb, tuple(ids), None, len(ids), tuple(outcomes), place), trouble)

    def to_all(self, verb: str, where: dict[str, Any], expected: int) -> dict[str, Any]:
        """To what the filter matches; if that is another number, `matches` tells it instead."""
        try:
            outcomes = _verb(self._ws, verb)(where=where, expected=expected)
        except CountChanged as error:
            return {"matches": int(error.detail["found"])}
        return self._keep(Deed(verb, (), where, expected, tuple(outcomes)))

    def to_contact(self, id: str, change: Mapping[str, Any]) -> dict[str, Any]:
        contact = self._ws.update_contact(id, **change).id
        python = python_of_contact_change(contact, **change)
        return self._keep(Written(python, sql_of_contact_change(contact, **change)))

    def merge(self, id: str, other: str) -> dict[str, Any]:
        """Make the contact `other` a part of the contact `id`."""
        contact = self._ws.merge_contacts(id, other).id
        python, sql = python_of_merge(contact, int(other)), sql_of_merges(contact)
        return self._keep(Written(python, sql, (other,), "unmerge", (other,)))

    def unmerge(self, id: str) -> dict[str, Any]:
        """Make a merged contact one of its own again."""
        whole = self._ws.contact(id)
        into = [str(each.into) for each in whole.merged if each.id == int(id)]
        self._ws.unmerge_contact(id)
        python, sql = python_of_unmerge(int(id)), sql_of_merges(int(id))
        return self._keep(Written(python, sql, (id,), "merge", (*into, id)))

    def undo(self, id: str) -> dict[str, Any]:
        """Takes back exactly what was changed: what has arrived since stays as it is."""
        deed = self._deed(id)
        if not deed.undo:
            raise InvalidRequest("This can't be undone.")
        if isinstance(deed, Written):
            back = self.merge if deed.undo == "merge" else self.unmerge
            return {**back(*deed.undo_ids), "verb": deed.undo}
        return {**self.to_ids(deed.undo, deed.changed, **deed.undo_place), "verb": deed.undo}

    def code(self, id: str, form: str) -> str:
        """What was done, as Python; or what the log says of it, as SQL."""
        deed = self._deed(id)
        return deed.sql() if form == "sql" else deed.python()

    def _deed(self, id: str) -> Deed | Written:
        """Raises NotFound."""
        try:
            return _done[self._ws][id]
        except KeyError:
            raise NotFound("This was done too long ago to be undone or copied.") from None

    def _keep(self, deed: Deed | Written, trouble: str = "") -> dict[str, Any]:
        return {
            "changed": len(deed.changed),
            "deed": {"id": _kept(self._ws, deed), "undo": bool(deed.undo)},
            "trouble": trouble,
        }


def _verb(ws: Workspace, name: str) -> Callable[..., Any]:
    if name not in VERBS:
        raise InvalidRequest("This is not an option of conversations.")
    verb = VERBS[name]
    return partial(getattr(ws, verb.call), **verb.more)


class DoingPanel(Panel):
    """Answers what static/shared/deeds.js asks for: the verbs, and what was done by them."""

    def __init__(self, ws: Workspace, **traits: Any) -> None:
        self._deeds = Deeds(ws, lambda done, of: self.push("progress", {"done": done, "of": of}))
        super().__init__(ws, **traits)

    @answers("act", slow=True)  # a delete waits for a send in flight
    def _act(self, verb: str, ids: Sequence[str]) -> Did:
        return self._did(self._deeds.to_ids(verb, ids_of(ids)))

    @answers("undo", slow=True)
    def _undo(self, deed: str) -> Did:
        return self._did(self._deeds.undo(deed))

    @answers("contents")
    def _contents(self, ids: Sequence[str]) -> dict[str, int]:
        return self._lost(ids=ids_of(ids))

    @answers("deed_code")
    def _deed_code(self, deed: str, form: str) -> str:
        return self._deeds.code(deed, form)

    def _lost(self, **named: Any) -> dict[str, int]:
        """What deleting them would lose."""
        lost = self.ws.contents(**named)
        return {
            "conversations": lost.conversations,
            "messages": lost.messages,
            "files": lost.files,
        }

    def _did(self, done: dict[str, Any]) -> Did:
        """The answer to what was done here, which is to be shown at once."""
        self._refresh_now()
        return Did(done, done["deed"]["id"])

    def _refresh_now(self) -> None:
        """Shows what was done, before the hub tells."""
