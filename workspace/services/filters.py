"""What narrows the list. A new filter: a field of `Filter`, a row of `FILTERS`, a block of SQL."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from workspace.errors import InvalidRequest, NotFound
from workspace.models import Status, Tab
from workspace.rules import Search, interval, search
from workspace.store import conversations, parts
from workspace.store.conversations import FIRST_FILTER, MAX_ID
from workspace.store.driver import Driver
from workspace.store.where import Where

MAX_SEARCH = 1_000

MAX_LISTED = 100_000
"""Conversations a filter may name by id."""

FEW = 1_000
"""Up to so many conversations named by id, a search looks into their messages alone."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What the list shows. Everything combines; what is empty or None does not narrow it."""

    tab: Tab = Tab.ALL
    status: tuple[Status, ...] = ()
    """In any of these."""
    search: str = field(default="", repr=False)
    """Words that all occur in the contact's name and addresses, or in one message."""
    since: str | date | None = None
    until: str | date | None = None
    """Of last activity; see `rules.interval`: a date `until` includes that day."""
    zone: str = "UTC"
    channel: int | str | None = None
    """Id or name."""
    unread: bool = False
    contact: int | None = None
    ids: tuple[int, ...] | None = None
    """Only these; those that don't exist match nothing, as () does."""
    query: str = field(default="", repr=False)
    """One SELECT over the v1 views; only the conversations its first column names."""


@dataclass(frozen=True, slots=True)
class Source:
    """What filters look things up in. `queried`: what a filter's query gave; None: it has none."""

    db: Driver
    queried: Sequence[int] | None


Values = Callable[[Source, Filter], Sequence[Any] | None]
"""The values of a filter's parameters; None: it is off."""


def _status(_: Source, wanted: Filter) -> Sequence[Any] | None:
    chosen = list(dict.fromkeys(_known_status(each) for each in wanted.status))
    return (chosen * 4)[:4] if chosen else None


def _known_status(value: Status | str) -> str:
    try:
        return Status(value).value
    except ValueError:
        known = ", ".join(Status)
        raise InvalidRequest(f"{value!r} is not a status; choose from {known}.") from None


def _since(_: Source, wanted: Filter) -> Sequence[Any] | None:
    since, _until = interval(wanted.since, wanted.until, wanted.zone)
    return None if since is None else [since]


def _until(_: Source, wanted: Filter) -> Sequence[Any] | None:
    _since, until = interval(wanted.since, wanted.until, wanted.zone)
    return None if until is None else [until]


def _channel(source: Source, wanted: Filter) -> Sequence[Any] | None:
    asked = wanted.channel
    if asked is None or asked == "":
        return None
    if isinstance(asked, int):
        return [asked]
    is_id = asked.isascii() and asked.isdigit() and int(asked) <= MAX_ID
    id = int(asked) if is_id else None
    found = conversations.channel_named(source.db, asked, id) or id
    if found is None:
        raise NotFound(f"No channel is called {asked!r}.")
    return [found]


def _unread(_: Source, wanted: Filter) -> Sequence[Any] | None:
    return [] if wanted.unread else None


def _contact(source: Source, wanted: Filter) -> Sequence[Any] | None:
    if wanted.contact is None:
        return None
    merged = parts.merged(source.db, [wanted.contact])
    return [list(merged[0].ids) if merged else [wanted.contact]]


def _ids(source: Source, wanted: Filter) -> Sequence[Any] | None:
    if wanted.ids is None:
        return None
    if len(wanted.ids) > MAX_LISTED:
        raise InvalidRequest(
            f"The filter names {len(wanted.ids):,} conversations by id; it takes at most "
            f"{MAX_LISTED:,}. Ask for them in several lists, or by a query.",
            limit=MAX_LISTED,
        )
    return [conversations.current(source.db, wanted.ids)]


def _query(source: Source, _: Filter) -> Sequence[Any] | None:
    if source.queried is None:
        return None
    return [conversations.current(source.db, source.queried)]


FILTERS: dict[str, Values] = {
    "status": _status,
    "since": _since,
    "until": _until,
    "channel": _channel,
    "unread": _unread,
    "contact": _contact,
    "ids": _ids,
    "query": _query,
}
"""Block of sql/queries/filters.sql -> its values."""


@dataclass(frozen=True, slots=True)
class Conditions:
    where: Where
    search: Search
    narrowed: bool
    """Some filter or search is on; the tab does not count."""


def conditions(db: Driver, wanted: Filter, queried: Sequence[int] | None = None) -> Conditions:
    """The conditions of a filter, but for the tab. Raises InvalidRequest, NotFound.

    `queried`: the ids that `wanted.query` gave; None where it is empty.
    """
    where, source = Where(FIRST_FILTER), Source(db, queried)
    on: dict[str, Sequence[Any]] = {}
    for block, values in FILTERS.items():
        found = values(source, wanted)
        if found is not None:
            on[block] = found
            where.add(block, *found)
    words = search(checked_search(wanted.search))
    if words:
        where.add_search(words.contact, words.message, _few(on))
    return Conditions(where, words, bool(on) or bool(words))


def checked_search(text: str) -> str:
    """Raises InvalidRequest."""
    if len(text) > MAX_SEARCH:
        raise InvalidRequest(f"The search is longer than {MAX_SEARCH:,} characters; shorten it.")
    return text


def _few(on: Mapping[str, Sequence[Any]]) -> Sequence[int] | None:
    """The conversations that some filter names by id, if they are few."""
    named = [on[block][0] for block in ("ids", "query") if block in on]
    shortest = min(named, key=len, default=None)
    return shortest if shortest is not None and len(shortest) <= FEW else None
