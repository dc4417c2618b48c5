"""Payloads of channels as rows of the journal, and back."""

from datetime import UTC, datetime

from workspace.channels.base import Meta, Payload
from workspace.journal import Entry, Record


def record(channel_id: int, payload: Payload) -> Record:
    meta = payload.meta
    values = {
        "received_at": meta.received_at.astimezone(UTC).isoformat(),
        "backfill": meta.backfill,
        "data": dict(meta.data),
        "stray": meta.stray,
    }
    return Record(channel_id, payload.raw, values, payload.cursor)


def meta(entry: Entry) -> Meta:
    values = entry.meta
    received_at = datetime.fromisoformat(values["received_at"])
    return Meta(received_at, values["backfill"], values["data"], values.get("stray", False))
