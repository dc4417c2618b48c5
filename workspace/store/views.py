"""Filters of the list that were given a name."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from workspace.models import Actor, ActorKind, SavedView
from workspace.store.driver import Driver
from workspace.store.sql import query


def all(db: Driver) -> list[SavedView]:
    """By name."""
    return [_view(row) for row in db.execute(query("views.all"))]


def save(tx: Driver, name: str, filter: Mapping[str, Any], actor: Actor) -> SavedView:
    """Add a view, or replace the one of this name."""
    row = [name, json.dumps(filter), actor.kind.value, actor.name]
    return _view(tx.execute(query("views.save"), row)[0])


def drop(tx: Driver, name: str) -> bool:
    """False: there was none."""
    return bool(tx.execute(query("views.drop"), [name]))


def _view(row: Sequence[Any]) -> SavedView:
    name, filter, kind, actor, saved_at = row
    return SavedView(name, json.loads(filter), Actor(ActorKind(kind), actor), saved_at)
