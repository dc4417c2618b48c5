"""The simulated provider's memory: what it accepted, who wrote, and its clock. Survives a kill.

A small SQLite file, durable before anyone hears of it. Not thread-safe: the channel has a lock.
"""

import json
import os
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from workspace.channels.base import React, Seen
from workspace.channels.simulated.live import Happening, Send
from workspace.channels.simulated.payloads import Fields
from workspace.models import Address, AddressKind, FailureKind

_SIGNAL: TypeAdapter[React | Seen] = TypeAdapter(React | Seen)


@dataclass(frozen=True, slots=True)
class Traffic:
    """A stretch of time in which customers write by themselves, every `pace` seconds."""

    first_tick: int
    since: datetime
    until: datetime | None
    pace: float


class Record:
    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.executescript(_sql("schema"))

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            self._db.execute("ROLLBACK")
            raise

    # --- single values --------------------------------------------------------------------------

    def get(self, name: str) -> str | None:
        row = self._db.execute(_sql("get"), (name,)).fetchone()
        return row[0] if row else None

    def put(self, name: str, value: str) -> None:
        self._db.execute(_sql("put"), (name, value))

    def time(self, name: str) -> datetime | None:
        value = self.get(name)
        return datetime.fromisoformat(value) if value else None

    # --- sends ----------------------------------------------------------------------------------

    def add_send(self, send: Send, *, accepted: bool) -> int:
        """Keep a send or a refused one; its number."""
        content = {
            "to_name": send.to_name,
            "text": send.text,
            "subject": send.subject,
            "refs": list(send.refs),
            "turn": send.turn,
            "customer": send.customer,
            "silent": send.silent,
            "later": send.later.value if send.later else None,
        }
        row = (
            send.key,
            stamp(send.at),
            send.to.kind.value,
            send.to.value,
            int(accepted),
            json.dumps(content, ensure_ascii=False),
        )
        number = self._db.execute(_sql("add_send"), row).lastrowid
        assert number is not None
        return number

    def sends_since(self, at: datetime) -> list[Send]:
        """Accepted sends, oldest first."""
        return [_send(*row) for row in self._db.execute(_sql("sends_since"), (stamp(at),))]

    def outcomes(self, key: str) -> list[tuple[bool, bool]]:
        """For each time this key was sent: accepted, and silent about it."""
        rows = self._db.execute(_sql("outcomes"), (key,))
        return [(bool(accepted), bool(json.loads(content)["silent"])) for accepted, content in rows]

    def performed(self, to: Address) -> tuple[int, int]:
        """How many sends to this address were tried, and how many accepted."""
        tried, accepted = self._db.execute(_sql("performed"), (to.kind.value, to.value)).fetchone()
        return tried, accepted

    # --- signals --------------------------------------------------------------------------------

    def add_signal(self, at: datetime, signal: React | Seen) -> None:
        """Keep a reaction or a read receipt of the business."""
        self._db.execute(_sql("add_signal"), (stamp(at), _SIGNAL.dump_json(signal).decode()))

    def signals(self) -> list[React | Seen]:
        """All of them, oldest first."""
        return [_SIGNAL.validate_json(row[0]) for row in self._db.execute(_sql("signals"))]

    # --- what customers wrote -------------------------------------------------------------------

    def say(self, at: datetime, fields: Fields) -> int:
        """Keep what a customer was told to write; its number."""
        row = (stamp(at), json.dumps(fields, ensure_ascii=False))
        number = self._db.execute(_sql("say"), row).lastrowid
        assert number is not None
        return number

    def said_since(self, at: datetime) -> list[Happening]:
        return [
            said(number, datetime.fromisoformat(due), json.loads(fields))
            for number, due, fields in self._db.execute(_sql("said_since"), (stamp(at),))
        ]

    def see(self, happenings: Iterable[Happening]) -> None:
        """Note who wrote, and when."""
        rows = [
            (h.fields["contact"]["kind"], h.fields["contact"]["value"], h.number, stamp(h.due))
            for h in happenings
            if h.fields["type"] == "message"
        ]
        self._db.executemany(_sql("see"), rows)

    def seen(self, address: Address) -> tuple[int, datetime] | None:
        """The customer's number (-1: a stranger) and when they last wrote since the anchor."""
        row = self._db.execute(_sql("seen"), (address.kind.value, address.value)).fetchone()
        return (row[0], datetime.fromisoformat(row[1])) if row else None

    # --- traffic --------------------------------------------------------------------------------

    def traffic(self) -> list[Traffic]:
        """All stretches, oldest first; only the last goes on."""
        return [
            Traffic(
                first,
                datetime.fromisoformat(since),
                datetime.fromisoformat(until) if until else None,
                pace,
            )
            for first, since, until, pace in self._db.execute(_sql("traffic"))
        ]

    def end_traffic(self, until: datetime) -> None:
        self._db.execute(_sql("end_traffic"), (stamp(until),))

    def begin_traffic(self, first_tick: int, since: datetime, pace: float) -> None:
        self._db.execute(_sql("begin_traffic"), (first_tick, stamp(since), pace))


def said(number: int, due: datetime, fields: Fields) -> Happening:
    """A message somebody was told to write, as an event."""
    return Happening(due, f"w{number:09}", fields)


def stamp(at: datetime) -> str:
    """A time as text that sorts like the time."""
    return at.isoformat(timespec="microseconds")


def _send(number: int, key: str, at: str, kind: str, value: str, content: str) -> Send:
    fields: dict[str, Any] = json.loads(content)
    later = fields.pop("later")
    return Send(
        number=number,
        key=key,
        at=datetime.fromisoformat(at),
        to=Address(AddressKind(kind), value),
        refs=tuple(fields.pop("refs")),
        later=FailureKind(later) if later else None,
        **fields,
    )


@cache
def _sql(name: str) -> str:
    text = (files("workspace") / "sql" / "simulator.sql").read_text("utf-8")
    parts = re.split(r"^-- name: (\w+)\s*$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))[name].strip()
