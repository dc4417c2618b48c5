"""Templates as the providers keep them, and the business's own."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from workspace.models import Template
from workspace.store.driver import Driver
from workspace.store.sql import query

OWN = 0
"""Where the channel's id stands otherwise: the business's own."""

_template = TypeAdapter(Template)
_CONTENT = {
    *("header", "body", "footer", "buttons", "parameter_format", "examples", "obstacle"),
    "quality",
}

Key = tuple[str, str]
"""(name, language)."""


@dataclass(frozen=True, slots=True)
class Sync:
    """How reading a channel's templates goes; see schema.sql for the times."""

    channel_id: int
    as_of: datetime | None = None
    synced_at: datetime | None = None
    due_at: datetime | None = None
    attempts: int = 0
    failure: str = ""

    @property
    def untried(self) -> bool:
        """Nobody knows yet whether they can be read."""
        return self.synced_at is None and self.attempts == 0


@dataclass(frozen=True, slots=True)
class Told:
    """What a provider said of one template. `at`: by the channel's clock; empty texts change
    nothing.
    """

    channel_id: int
    name: str
    language: str
    at: datetime
    status: str = ""
    reason: str = ""
    category: str = ""


def all(db: Driver) -> list[Template]:
    """By name, language and channel."""
    return [_read(*row) for row in db.execute(query("templates.all"))]


def of(db: Driver, channel_id: int) -> list[Template]:
    """By name and language."""
    return [_read(*row) for row in db.execute(query("templates.of"), [channel_id])]


def get(db: Driver, channel_id: int, name: str, language: str) -> Template | None:
    rows = db.execute(query("templates.get"), [channel_id, name, language])
    return _read(*rows[0]) if rows else None


def put(
    tx: Driver,
    channel_id: int,
    templates: Sequence[Template],
    told_at: datetime,
    changed_at: datetime,
) -> None:
    if templates:
        columns: list[Any] = [
            [template.name for template in templates],
            [template.language for template in templates],
            [template.category for template in templates],
            [template.status for template in templates],
            [template.reason for template in templates],
            [_template.dump_json(t, include=_CONTENT).decode() for t in templates],
        ]
        tx.execute(query("templates.put"), [channel_id, *columns, told_at, changed_at])


def replace_all(
    tx: Driver, channel_id: int, found: Sequence[Template], as_of: datetime, now: datetime
) -> bool:
    """What the provider has is what is kept. Whether that changed anything.

    What it said of a template after `as_of`, when it was asked for all, stands.
    """
    newest = {(t.name, t.language): t for t in found}
    before = {(t.name, t.language): t for t in of(tx, channel_id)}
    rows = tx.execute(query("templates.told"), [channel_id])
    later = {(name, language) for name, language, told_at in rows if told_at > as_of}
    changed = [
        _kept(template, before.get(key) if key in later else None)
        for key, template in newest.items()
    ]
    changed = [t for t in changed if _as_stored(t, channel_id) != before.get((t.name, t.language))]
    put(tx, channel_id, changed, as_of, now)
    gone = before.keys() - newest.keys() - later
    for name, language in gone:
        drop(tx, channel_id, name, language)
    return bool(changed or gone)


def _kept(template: Template, newer: Template | None) -> Template:
    if newer is None:
        return template
    return replace(template, status=newer.status, reason=newer.reason, category=newer.category)


def _as_stored(template: Template, channel_id: int) -> Template:
    return replace(template, channel_id=channel_id)


def told(tx: Driver, news: Told, now: datetime) -> bool:
    """Keep what the provider said. False: there is no such template, or newer news of it."""
    columns = [news.channel_id, news.name, news.language, news.status, news.reason, news.category]
    return bool(tx.execute(query("templates.set"), [*columns, news.at, now]))


def drop(tx: Driver, channel_id: int, name: str, language: str) -> bool:
    """Forget one. False: there was none."""
    return bool(tx.execute(query("templates.drop"), [channel_id, name, language]))


def forget(tx: Driver, channel_id: int) -> None:
    """A channel is gone, and with it what its provider had."""
    tx.execute(query("templates.forget"), [channel_id])
    tx.execute(query("templates.forget_sync"), [channel_id])


# --- reading them from their provider ---------------------------------------------------------


def syncs(db: Driver) -> dict[int, Sync]:
    """By channel; one of which nothing was ever read has none."""
    return {row[0]: Sync(*row) for row in db.execute(query("templates.syncs"))}


def asking(tx: Driver, channel_id: int, now: datetime) -> None:
    """The provider is asked for them: what makes them stale from now on may not be in its answer.

    If no answer is kept, they are due still.
    """
    tx.execute(query("templates.asking"), [channel_id, now])


def synced(tx: Driver, channel_id: int, as_of: datetime, now: datetime, due_at: datetime) -> None:
    """They were read. What became stale after `asking` stays so, whatever `due_at`."""
    tx.execute(query("templates.synced"), [channel_id, as_of, now, due_at])


def failed(tx: Driver, channel_id: int, due_at: datetime, attempts: int, failure: str) -> None:
    tx.execute(query("templates.failed"), [channel_id, due_at, attempts, failure])


def stale(tx: Driver, channel_id: int) -> None:
    """They are read again at once."""
    tx.execute(query("templates.stale"), [channel_id])


def _read(
    channel_id: int,
    name: str,
    language: str,
    category: str,
    status: str,
    reason: str,
    content: str,
) -> Template:
    own = channel_id == OWN
    fixed = {"name": name, "language": language, "category": category, "status": status}
    plain = {**_json.validate_json(content), **fixed, "reason": reason}
    found = _template.validate_python(plain)
    return replace(found, channel_id=None if own else channel_id, own=own)


_json = TypeAdapter(dict[str, Any])
