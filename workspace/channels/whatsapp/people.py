"""Whom an item of a webhook is about. Raises one of `ODD` where that can't be read."""

from contextlib import suppress
from typing import Any

from workspace.channels.fields import ODD, Fields, tables, text
from workspace.models import Address, AddressKind
from workspace.rules.phones import writings

_OWN, _THEIRS = ("to", "to_user_id"), ("from", "from_user_id")
_OTHERS = (("recipient_id", "recipient_user_id"), ("wa_id", "user_id"))
"""Fields of a number and of a business-scoped id."""


def correspondent(
    item: Fields, value: Fields, *, own: bool = False
) -> tuple[tuple[Address, ...], str]:
    """The customer of a message, as `customer`; `own`: the business wrote it."""
    return customer(value, *person(item, own=own))


def customer(value: Fields, wa_id: str, user_id: str) -> tuple[tuple[Address, ...], str]:
    """All addresses of a person, the phone number first, and their name.

    Webhooks tell the number, the business-scoped id, or both, and may write one number in two ways.
    """
    for contact in tables(value, "contacts"):
        number = text(contact, "wa_id").lstrip("+")
        same = f"+{wa_id}" in writings(f"+{number}")
        if (wa_id and same) or user_id == text(contact, "user_id") != "":
            wa_id, user_id = wa_id or number, user_id or text(contact, "user_id")
            name = text(contact.get("profile") or {}, "name")
            return addresses(wa_id, user_id), name
    return addresses(wa_id, user_id), ""


def whom(item: Any, value: Fields, *, own: bool = False) -> tuple[Address, ...]:
    """All addresses of the customer that anything is about; none where it does not tell."""
    for wa_id, user_id in (_OWN if own else _THEIRS, *_OTHERS):
        with suppress(*ODD):
            number = text(item, wa_id).lstrip("+")
            return customer(value, number, text(item, user_id))[0]
    return ()


def person(item: Fields, *, own: bool) -> tuple[str, str]:
    """Number and business-scoped id of the customer."""
    wa_id, user_id = _OWN if own else _THEIRS
    return text(item, wa_id).lstrip("+"), text(item, user_id)


def addresses(wa_id: str, user_id: str) -> tuple[Address, ...]:
    found = []
    if wa_id:
        if not (wa_id.isascii() and wa_id.isdigit() and len(wa_id) <= 20):
            raise ValueError("no number")
        found.append(Address(AddressKind.PHONE, f"+{wa_id}"))
    if user_id:
        found.append(Address(AddressKind.BSUID, user_id))
    if not found:
        raise ValueError("from nobody")
    return tuple(found)
