"""Whom a webhook is about. Pure.

Meta calls one address for all numbers and business accounts of an app, and one payload may be about
several. A change about a number names it; any other is about the business account of its entry.
"""

import json
from dataclasses import dataclass

from workspace.channels.fields import ODD, Fields, table, tables, text


@dataclass(frozen=True, slots=True)
class Us:
    """Meta's ids of a channel's number and of the business account that owns it."""

    phone_number_id: str
    business_account_id: str


def concerns(raw: bytes, us: Us) -> bool:
    """Whether any change of a payload is about us. What can't be read is about nobody."""
    try:
        entries = tables(json.loads(raw), "entry")
    except (*ODD, RecursionError):
        return False
    return any(_any_ours(entry, us) for entry in entries)


def _any_ours(entry: object, us: Us) -> bool:
    try:
        changes = tables(entry, "changes")
    except ODD:
        return False
    return any(_ours(table(entry), change, us) for change in changes)


def _ours(entry: Fields, change: object, us: Us) -> bool:
    try:
        return ours(entry, table(table(change)["value"]), us)
    except ODD:
        return False


def ours(entry: Fields, value: Fields, us: Us) -> bool:
    """Whether a change is about us. Raises ODD."""
    about = value.get("metadata")
    if isinstance(about, dict):
        return text(about, "phone_number_id") == us.phone_number_id
    return text(entry, "id") == us.business_account_id


def named(entry: Fields, value: Fields) -> str:
    """Whom a change is about, in words. Raises ODD."""
    about = value.get("metadata")
    if isinstance(about, dict):
        number, id = text(about, "display_phone_number"), text(about, "phone_number_id")
        return f"the number {number or '?'} (phone_number_id {id or '?'})"
    return f"the business account {text(entry, 'id') or '?'}"
