"""Contacts that an operator merged, and how they part again.

A merged contact is a part of another one, which may be part of a third. Each part keeps what it is
by itself, so that any of them can leave at any time, and all is as it was. What they are shown as
follows from the parts. What is decided about the whole is decided about each part, and stays so.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from workspace.models import Actor


@dataclass(frozen=True, slots=True)
class Merged:
    """Into which contact, when and by whom."""

    into: int
    at: datetime
    actor: Actor


@dataclass(frozen=True, slots=True)
class ContactPart:
    """A contact by itself. `merged` is None for the one they are all shown as."""

    id: int
    name: str = field(repr=False)
    blocked: bool
    opted_out: bool
    merged: Merged | None = None


class Whole:
    """A contact with all its parts, itself first, then in the order in which they were merged."""

    def __init__(self, parts: Sequence[ContactPart]) -> None:
        self.parts = tuple(sorted(parts, key=_order))

    @property
    def id(self) -> int:
        return self.parts[0].id

    @property
    def name(self) -> str:
        """Its own, else that of the first part with one."""
        return next((part.name for part in self.parts if part.name), "")

    @property
    def blocked(self) -> bool:
        return any(part.blocked for part in self.parts)

    @property
    def opted_out(self) -> bool:
        """Whoever wants no messages wants none at any address."""
        return any(part.opted_out for part in self.parts)

    @property
    def ids(self) -> tuple[int, ...]:
        return tuple(part.id for part in self.parts)

    def merge(self, other: "Whole", at: datetime, actor: Actor) -> "Whole":
        """With another contact as part of it."""
        first, *rest = other.parts
        return Whole([*self.parts, replace(first, merged=Merged(self.id, at, actor)), *rest])

    def unmerge(self, id: int) -> tuple["Whole", "Whole"]:
        """What stays, and the part `id` with all that was merged into it."""
        leaving = {id, *self._below(id)}
        left = [part for part in self.parts if part.id in leaving]
        own = [replace(part, merged=None) if part.id == id else part for part in left]
        return Whole([part for part in self.parts if part.id not in leaving]), Whole(own)

    def decide(self, name: str, blocked: bool, opted_out: bool) -> "Whole":
        """As it is decided about the whole; what does not change leaves the parts as they are.

        An empty name takes away its own, so that it is shown under the name of a part that has one.
        """
        parts = list(self.parts)
        if name != self.name:
            parts[0] = replace(parts[0], name=name)
        if blocked != self.blocked:
            parts = [replace(part, blocked=blocked) for part in parts]
        if opted_out != self.opted_out:
            parts = [replace(part, opted_out=opted_out) for part in parts]
        return Whole(parts)

    def rename(self, names: Mapping[int, str]) -> "Whole":
        """With other names of parts by themselves."""
        return Whole([replace(part, name=names.get(part.id, part.name)) for part in self.parts])

    def without(self, gone: Collection[int]) -> "Whole | None":
        """What is left once some parts are forgotten; None: nothing.

        What was merged into one of them goes on in what that was merged into; without the whole
        itself, the part that was merged first takes its place.
        """
        left = [part for part in self.parts if part.id not in gone]
        if not left:
            return None
        above = {part.id: self._above(part, gone) for part in left}
        heir = next(part.id for part in left if above[part.id] is None)
        return Whole([_into(part, above[part.id] or heir) for part in left])

    def _above(self, part: ContactPart, gone: Collection[int]) -> int | None:
        """The part that it is in, of those that are left."""
        into = {each.id: each.merged.into for each in self.parts if each.merged}
        above = into.get(part.id)
        while above is not None and above in gone:
            above = into.get(above)
        return above

    def _below(self, id: int) -> Iterator[int]:
        for part in self.parts:
            if part.merged and part.merged.into == id:
                yield part.id
                yield from self._below(part.id)


def _into(part: ContactPart, id: int) -> ContactPart:
    if part.merged is None or part.id == id:
        return replace(part, merged=None)
    return replace(part, merged=replace(part.merged, into=id))


def _order(part: ContactPart) -> tuple[bool, datetime | None, int]:
    return (part.merged is not None, part.merged.at if part.merged else None, part.id)
