"""Rows of conversations as models: the list, and one by one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from workspace.models import (
    Address,
    AddressKind,
    Channel,
    Contents,
    Conversation,
    DeliveryStatus,
    Direction,
    MediaKind,
    Preview,
    Status,
    TabCounts,
)
from workspace.rules import Search, State, window_closes_at
from workspace.store import heads
from workspace.store.driver import Driver
from workspace.store.search import excerpt
from workspace.store.sql import query
from workspace.store.where import Where

MAX_ID = 2**63 - 1

EVERY = 2**62
"""A limit for all rows."""

FIRST_FILTER = 6
"""The number of the first parameter that belongs to a filter in `conversations.page`."""

Place = tuple[datetime, int]
"""Where a page ended: last activity and id of its last row."""


@dataclass(frozen=True, slots=True)
class Found:
    ids: list[int]
    end: Place | None
    """None: there is no next page."""
    counts: TabCounts
    total: int
    """Matches of the tab, on all pages."""


def page(
    db: Driver, where: Where, *, archived: bool, after: Place | None, limit: int, count_all: bool
) -> Found:
    """Ids of one page, newest activity first. Rows, counts and total come from one statement."""
    at, id = after or (None, None)
    text = query("conversations.page").replace("/* filters */", str(where))
    rows = db.execute(text, [archived, at, id, limit + 1, count_all, *where.params])
    counts = TabCounts(rows[0][0], rows[0][1])
    places: list[Place] = [(row[4], row[3]) for row in rows if row[3] is not None]
    more = len(places) > limit
    places = places[:limit]
    return Found([id for _, id in places], places[-1] if more else None, counts, rows[0][2])


def get(db: Driver, ids: Sequence[int], channels: Mapping[int, Channel]) -> list[Conversation]:
    """Conversations in the order of `ids`; without those that don't exist."""
    rows = db.execute(query("conversations.rows"), [list(ids)])
    found = {row[0]: _conversation(row, channels.get(row[1])) for row in rows}
    return [found[id] for id in ids if id in found]


def _conversation(row: Sequence[Any], channel: Channel | None) -> Conversation:
    (id, channel_id, kind, channel_name, contact_id, name, address_kind, address,
     subject, status, archived, unread, marked_unread, agent_replies, episode,
     text, direction, author, media, delivery,
     failed, created_at, last_activity_at, last_inbound_at, marketing_stopped,
     blocked, opted_out) = row  # fmt: skip
    window = channel.capabilities.window if channel else None
    return Conversation(
        id=id,
        channel_id=channel_id,
        channel_kind=channel.capabilities.kind if channel else kind,
        channel_name=channel_name,
        contact_id=contact_id,
        contact_name=name or address,
        address=Address(AddressKind(address_kind), address),
        subject=subject,
        status=Status(status),
        archived=archived,
        unread=State(unread=unread, marked_unread=marked_unread).unread_badge,
        agent_replies=agent_replies,
        episode=episode,
        preview=Preview(
            text,
            Direction(direction) if direction else None,
            author,
            MediaKind(media) if media else None,
            DeliveryStatus(delivery) if delivery else None,
        ),
        failed=failed,
        created_at=created_at,
        last_activity_at=last_activity_at,
        last_inbound_at=last_inbound_at,
        window_closes_at=window_closes_at(window, last_inbound_at),
        marketing_stopped=marketing_stopped,
        contact_blocked=blocked,
        contact_opted_out=opted_out,
    )


def with_hits(
    db: Driver, conversations: Sequence[Conversation], search: Search
) -> list[Conversation]:
    """The same with the piece of text that was found, where it was not the contact."""
    if not conversations:
        return []
    by_contact = {row[0] for row in _hits(db, "found_contacts", "contact", conversations, search)}
    hits = {row[0]: row for row in _hits(db, "hits", "message", conversations, search)}
    return [
        c if c.id in by_contact or c.id not in hits else _with_hit(db, c, hits[c.id], search)
        for c in conversations
    ]


def _hits(
    db: Driver, block: str, kind: str, conversations: Sequence[Conversation], search: Search
) -> list[tuple[Any, ...]]:
    where = Where(2)
    words = where.every(f"{kind}_word", getattr(search, kind))
    text = query(f"messages.{block}").replace(f"/* {kind} */", words)
    return db.execute(text, [[c.id for c in conversations], *where.params])


def _with_hit(
    db: Driver, conversation: Conversation, hit: Sequence[Any], search: Search
) -> Conversation:
    _, message_id, body, subject = hit
    piece = excerpt(body, search.message) or excerpt(subject, search.message)
    if not piece:
        names = [row[3] for row in db.execute(query("messages.attachments"), [[message_id]])]
        piece = excerpt("\n".join(names), search.message)
    return replace(conversation, match=piece, match_message_id=message_id)


def resolve(db: Driver, ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Asked id -> (conversation id, channel id); unknown ids are absent.

    A thread that was merged into another one is found under its old id, too.
    """
    asked = [id for id in ids if 0 < id <= MAX_ID]
    found = _channels(db, asked)
    known = {id: (id, channel) for id, channel in found.items()}
    if len(found) < len(asked):
        merged = heads.resolve(db, [id for id in asked if id not in found])
        found = _channels(db, merged.values())
        known |= {old: (id, found[id]) for old, id in merged.items() if id in found}
    return known


def current(db: Driver, ids: Sequence[int]) -> list[int]:
    """The same ids, those of merged threads as the conversations they are part of now."""
    merged = heads.resolve(db, ids) if ids else {}
    return [merged.get(id, id) for id in ids]


def _channels(db: Driver, ids: Iterable[int]) -> dict[int, int]:
    return {row[0]: row[1] for row in db.execute(query("conversations.exist"), [list(ids)])}


def contents(db: Driver, ids: Sequence[int]) -> Contents:
    """How much some conversations hold, all told."""
    return Contents(*db.execute(query("conversations.contents"), [list(ids)])[0])


def channel_named(db: Driver, name: str, id: int | None) -> int | None:
    """The id of the channel of this id, else of this name; None: there is none."""
    rows = db.execute(query("conversations.channel_named"), [name, id])
    return int(rows[0][0]) if rows else None
