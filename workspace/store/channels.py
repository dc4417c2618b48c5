"""Rows of configured accounts."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workspace.store.driver import Driver
from workspace.store.sql import query


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """`options` name secrets; they never hold one."""

    id: int
    kind: str
    name: str
    options: Mapping[str, Any]
    removed: bool = False


def all(db: Driver) -> list[ChannelRow]:
    """Every channel there ever was, oldest first."""
    rows = db.execute(query("channels.all"))
    return [ChannelRow(id, kind, name, json.loads(o), gone) for id, kind, name, o, gone in rows]


def used(db: Driver) -> set[int]:
    """The channels that have conversations."""
    return {row[0] for row in db.execute(query("channels.used"))}


def add(tx: Driver, row: ChannelRow) -> None:
    values = [row.id, row.kind, row.name, json.dumps(dict(row.options))]
    tx.execute(query("channels.add"), values)


def revive(tx: Driver, id: int, options: Mapping[str, Any]) -> None:
    """A removed channel is wanted again."""
    tx.execute(query("channels.revive"), [id, json.dumps(dict(options))])


def remove(tx: Driver, id: int) -> None:
    """The row stays: the history refers to it."""
    tx.execute(query("channels.remove"), [id])
