"""What narrows the list. A new filter: a field of `Filter`, a row of `FILTERS`, a block of SQL."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from workspace.errors import InvalidRequest, NotFound
from workspace.models import Status, Tab
from workspace.rules import interval
from workspace.store import conversations
from workspace.store.conversations import FIRST_FILTER, MAX_ID
from workspace.store.driver import Driver
from workspace.store.search import Search, search
from workspace.store.where import Where

MAX_SEARCH = 1_000


@dataclass(frozen=True, slots=True)
class Filter:
    """What the list shows. Everything combines; what is empty or None does not narrow it."""

    tab: Tab = Tab.ALL
    status: tuple[Status, ...] = ()
    """In any of these."""
    search: str = ""
    """Words that all occur in the contact's name and addresses, or in one message."""
    since: str | date | None = None
    until: str | date | None = None
    """Of last activity; see `rules.interval`: a date `until` includes that day."""
    zone: str = "UTC"
    channel: int | str | None = None
    """Id or name."""
    unread: bool = False


Values = Callable[[Driver, Filter], Sequence[Any] | None]
"""The values of a filter's parameters; None: it is off."""


def _status(_: Driver, wanted: Filter) -> Sequence[Any] | None:
    chosen = list(dict.fromkeys(_known_status(each) for each in wanted.status))
    return (chosen * 4)[:4] if chosen else None


def _known_status(value: Status | str) -> str:
    try:
        return Status(value).value
    except ValueError:
        known = ", ".join(Status)
        raise InvalidRequest(f"{value!r} is not a status; choose from {known}.") from None


def _since(_: Driver, wanted: Filter) -> Sequence[Any] | None:
    since, _until = interval(wanted.since, wanted.until, wanted.zone)
    return None if since is None else [since]


def _until(_: Driver, wanted: Filter) -> Sequence[Any] | None:
    _since, until = interval(wanted.since, wanted.until, wanted.zone)
    return None if until is None else [until]


def _channel(db: Driver, wanted: Filter) -> Sequence[Any] | None:
    asked = wanted.channel
    if asked is None or asked == "":
        return None
    if isinstance(asked, str):
        named = conversations.channel_named(db, asked)
        if named is not None:
            return [named]
        if not (asked.isascii() and asked.isdigit() and int(asked) <= MAX_ID):
            raise NotFound(f"No channel is called {asked!r}.")
    return [int(asked)]


def _unread(_: Driver, wanted: Filter) -> Sequence[Any] | None:
    return [] if wanted.unread else None


FILTERS: dict[str, Values] = {
    "status": _status,
    "since": _since,
    "until": _until,
    "channel": _channel,
    "unread": _unread,
}
"""Block of sql/queries/filters.sql -> its values."""


@dataclass(frozen=True, slots=True)
class Conditions:
    where: Where
    search: Search
    narrowed: bool
    """Some filter or search is on; the tab does not count."""


def conditions(db: Driver, wanted: Filter) -> Conditions:
    """The conditions of a filter, but for the tab. Raises InvalidRequest, NotFound."""
    where = Where(FIRST_FILTER)
    narrowed = False
    for block, values in FILTERS.items():
        found = values(db, wanted)
        if found is not None:
            narrowed = True
            where.add(block, *found)
    if len(wanted.search) > MAX_SEARCH:
        raise InvalidRequest(f"The search is longer than {MAX_SEARCH:,} characters; shorten it.")
    words = search(wanted.search)
    if words:
        where.add_search(words.contact, words.message)
    return Conditions(where, words, narrowed or bool(words))
