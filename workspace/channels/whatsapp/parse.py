"""Webhooks of the Cloud API as events. Pure and total: whatever comes, it never raises.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview

There is a list at every level: one payload may hold messages and receipts of many people, and of
several numbers of one app. Those of other numbers are left to their own channels.
"""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from workspace.channels.base import (
    Event,
    IdentityChanged,
    InboundFile,
    MarketingChosen,
    Meta,
    ReactionChanged,
    Received,
    StatusChanged,
    Unsupported,
)
from workspace.channels.fields import ODD, Fields, epoch, string, table, tables, text
from workspace.channels.whatsapp import codes, people, template_news
from workspace.channels.whatsapp.addressees import Us, named, ours
from workspace.models import Address, DeliveryStatus

_FILES = ("image", "audio", "video", "document", "sticker")

_STATUSES = {
    "sent": DeliveryStatus.SENT,
    "delivered": DeliveryStatus.DELIVERED,
    "read": DeliveryStatus.READ,
    "played": DeliveryStatus.READ,
    "failed": DeliveryStatus.FAILED,
}

Handler = Callable[[Fields, Fields, Meta], Event | None]
"""Makes an event of an item of a list; `value` is what the list is in. None: it says nothing."""


def parse(raw: bytes, meta: Meta, us: Us) -> list[Event]:
    """What a payload says about this number and its business account."""
    try:
        entries = tables(json.loads(raw), "entry")
    except (*ODD, RecursionError):
        return [Unsupported("", meta.received_at, "a payload that is not WhatsApp's")]
    found: list[Event] = []
    for entry in entries:
        found += _tried(partial(_entry, entry, meta, us), meta)
    return found


def _tried(read: Callable[[], list[Event]], meta: Meta, what: str = "an entry") -> list[Event]:
    try:
        return read()
    except ODD:
        return [Unsupported("", meta.received_at, f"{what} of a form that is not known")]


def _entry(entry: Any, meta: Meta, us: Us) -> list[Event]:
    found: list[Event] = []
    for change in tables(entry, "changes"):
        found += _tried(partial(_change, entry, change, meta, us), meta, "a change")
    return found


def _change(entry: Fields, change: Any, meta: Meta, us: Us) -> list[Event]:
    field, value = text(change, "field"), table(change["value"])
    if not ours(entry, value, us):
        return [_stray(entry, value, meta)] if meta.stray else []
    if field in template_news.FIELDS:
        return [template_news.read(value, epoch(entry["time"]))]
    found: list[Event] = []
    for name in _LISTS:
        found += _tried(partial(_items, name, value, meta), meta, f"{name} in a change")
    if found or any(name in value for name in _LISTS):
        return found
    return [Unsupported("", meta.received_at, f"a change of {field!r:.60}")]


def _stray(entry: Fields, value: Fields, meta: Meta) -> Unsupported:
    what = f"a call about {named(entry, value):.120}, which is of no channel here"
    return Unsupported("", meta.received_at, f"{what}; connect it with: convo channel add whatsapp")


def _items(name: str, value: Fields, meta: Meta) -> list[Event]:
    found = []
    for item in tables(value, name):
        try:
            event = _LISTS[name](table(item), value, meta)
        except ODD:
            event = _odd(name, item, value, meta)
        if event is not None:
            found.append(event)
    return found


def _odd(name: str, item: Any, value: Fields, meta: Meta) -> Event:
    """Somebody may wait for an answer: a message whose sender can be read is one, whatever else
    is wrong with it.
    """
    if name in _WRITTEN:
        with suppress(*ODD):
            return _unreadable(table(item), value, meta, own=name == "message_echoes")
    id = item.get("id") if isinstance(item, dict) else ""
    return Unsupported(
        id if isinstance(id, str) else "",
        meta.received_at,
        f"one of the {name} of a form that is not known",
        addresses=people.whom(item, value, own=name == "message_echoes"),
    )


_WRITTEN = ("messages", "message_echoes")
_UNWRITTEN = ("reaction", "system", "revoke")
"""Items among the messages that are none."""


def _unreadable(item: Fields, value: Fields, meta: Meta, *, own: bool) -> Received:
    if (
        item.get("group_id")
        or item.get("type") in _UNWRITTEN
        or (own and item.get("type") == "edit")
    ):
        raise ValueError("no message")
    wa_id, user_id = people.person(item, own=own)
    try:
        who, name = people.customer(value, wa_id, user_id)
    except ODD:
        who, name = people.addresses(wa_id, user_id), ""
    return Received(
        provider_id=_id(item),
        occurred_at=_about(item, meta),
        address=who[0],
        also=who[1:],
        name=name,
        own=own,
        unsupported="a message of a form that is not known",
    )


# --- when -------------------------------------------------------------------------------------


def _at(item: Fields) -> datetime:
    return epoch(item["timestamp"])


def _about(item: Fields, meta: Meta) -> datetime:
    """When it was received, where its own time can't be read."""
    try:
        return _at(item)
    except ODD:
        return meta.received_at


# --- messages ---------------------------------------------------------------------------------


def _message(item: Fields, value: Fields, meta: Meta) -> Event | None:
    kind = text(item, "type")
    who, name = people.correspondent(item, value)
    if item.get("group_id"):
        return Unsupported(_id(item), _at(item), "a message in a group", addresses=who)
    if kind == "reaction":
        return _reaction(item, own=False)
    if kind == "system":
        return _system(item, who)
    if kind == "revoke":
        what = "a message that its customer took back"
        return Unsupported(_id(item), _at(item), what, addresses=who)
    if kind == "edit":
        return _edited(item, who, name)
    return _received(item, who, name)


def _echo(item: Fields, value: Fields, meta: Meta) -> Event | None:
    """Something the business itself sent, with its phone. What it takes back or edits there is no
    answer to anybody.
    """
    kind = text(item, "type")
    who, name = people.correspondent(item, value, own=True)
    if item.get("group_id"):
        return Unsupported(_id(item), _at(item), "a message of ours in a group", addresses=who)
    if kind == "reaction":
        return _reaction(item, own=True)
    if kind in _CHANGED_BY_PHONE:
        return Unsupported(_id(item), _at(item), _CHANGED_BY_PHONE[kind], addresses=who)
    return _received(item, who, name, own=True)


def _call(item: Fields, value: Fields, meta: Meta) -> Event | None:
    """A customer who calls wants to be answered, and opens the window, as one who writes."""
    direction = text(item, "direction")
    if direction == "USER_INITIATED" and text(item, "event") == "connect":
        return _said(item, *people.correspondent(item, value), unsupported="a call")
    who = people.whom(item, value, own=direction == "BUSINESS_INITIATED")
    return Unsupported(text(item, "id"), _about(item, meta), "a step of a call", True, who)


def _received(item: Fields, who: tuple[Address, ...], name: str, *, own: bool = False) -> Received:
    words, files, unsupported = _content(item)
    context = item.get("context")
    quoted = text(context, "id") if isinstance(context, dict) else ""
    more = {"text": words, "files": files, "unsupported": unsupported, "reply_to": quoted}
    return _said(item, who, name, own=own, **more)


def _said(item: Fields, who: tuple[Address, ...], name: str, **more: Any) -> Received:
    return Received(_id(item), _at(item), who[0], also=who[1:], name=name, **more)


_CHANGED_BY_PHONE = {
    "edit": "a message of ours that was edited with the phone",
    "revoke": "a message of ours that was taken back with the phone",
}


def _edited(item: Fields, who: tuple[Address, ...], name: str) -> Received:
    """What a customer wants said instead: it quotes the message as it was, which stays."""
    edit = table(item["edit"])
    anew = {**table(edit["message"]), "id": item["id"], "timestamp": item["timestamp"]}
    found = _received(anew, who, name)
    said = f"Edited: {found.text}".rstrip()
    return replace(found, text=said, reply_to=text(edit, "original_message_id"))


def _id(item: Fields) -> str:
    id = text(item, "id")
    if not id:
        raise ValueError("no id")
    return id


def _content(item: Fields) -> tuple[str, tuple[InboundFile, ...], str]:
    """Text, files, and in words what else it was."""
    kind = text(item, "type")
    if kind in _FILES and isinstance(item.get(kind), dict):
        return text(item[kind], "caption"), (_file(kind, item[kind]),), ""
    try:
        return _WORDS[kind](item), (), ""
    except ODD:
        return "", (), _NAMES.get(kind, f"a message of the type {kind!r:.60}")


def _file(kind: str, file: Fields) -> InboundFile:
    mime = text(file, "mime_type")
    suffix = mime.partition(";")[0].partition("/")[2]
    name = text(file, "filename") or f"{kind}.{_SUFFIXES.get(suffix, suffix)}".rstrip(".")
    return InboundFile(name, mime, remote=_id(file))


_SUFFIXES = {"jpeg": "jpg", "mpeg": "mp3", "plain": "txt"}


def _chosen(item: Fields) -> str:
    """What was picked from buttons or a list, or filled in."""
    reply = table(item["interactive"])
    kind = text(reply, "type")
    fields = table(reply[kind])
    words = text(fields, "title") or text(fields, "body")
    if not words:
        raise ValueError("nothing to show")
    more = text(fields, "description")
    return f"{words}\n{more}" if more else words


def _location(item: Fields) -> str:
    place = table(item["location"])
    named = [text(place, "name"), text(place, "address")]
    where = f"https://www.openstreetmap.org/?mlat={float(place['latitude'])}"
    return "\n".join([*filter(None, named), f"{where}&mlon={float(place['longitude'])}"])


def _cards(item: Fields) -> str:
    return "\n\n".join(_card(table(card)) for card in tables(item, "contacts"))


def _card(card: Fields) -> str:
    name = text(card.get("name") or {}, "formatted_name")
    phones = [text(phone, "phone") for phone in tables(card, "phones")]
    mails = [text(mail, "email") for mail in tables(card, "emails")]
    lines = [line for line in (name, *phones, *mails) if line]
    if not lines:
        raise ValueError("an empty card")
    return "\n".join(lines)


def _order(item: Fields) -> str:
    order = table(item["order"])
    lines = [
        f"{product['quantity']} × {text(product, 'product_retailer_id')}"
        for product in tables(order, "product_items")
    ]
    return "\n".join([*filter(None, [text(order, "text")]), *lines])


_WORDS: Mapping[str, Callable[[Fields], str]] = {
    "text": lambda item: string(item["text"]["body"]),
    "button": lambda item: string(item["button"]["text"]),
    "interactive": _chosen,
    "location": _location,
    "contacts": _cards,
    "order": _order,
}

_NAMES = {
    "unsupported": "a message of a type that WhatsApp does not pass on",
    "location": "a place",
    "contacts": "contact cards",
    "order": "an order",
    "interactive": "a choice",
}


def _reaction(item: Fields, *, own: bool) -> ReactionChanged:
    reaction = table(item["reaction"])
    return ReactionChanged(text(reaction, "message_id"), _at(item), text(reaction, "emoji"), own)


def _system(item: Fields, before: tuple[Address, ...]) -> Event | None:
    """A customer has another number, and with it another business-scoped id."""
    told = table(item["system"])
    number = text(told, "wa_id") or text(told, "new_wa_id")
    after = people.addresses(number.lstrip("+"), text(told, "user_id"))
    return IdentityChanged(_id(item), _at(item), before, after)


# --- receipts ---------------------------------------------------------------------------------


def _status(item: Fields, value: Fields, meta: Meta) -> Event | None:
    """Whatever else can't be read: a message that failed must not look as if it had arrived."""
    status, at = _STATUSES.get(text(item, "status")), _about(item, meta)
    if status is None:
        what = f"a status {text(item, 'status')!r:.60}"
        return Unsupported(_id(item), at, what, addresses=people.whom(item, value))
    key, errors = item.get("biz_opaque_callback_data"), item.get("errors")
    own = key if isinstance(key, str) else ""
    if status is not DeliveryStatus.FAILED:
        return StatusChanged(_id(item), at, status, key=own)
    why = codes.first_failure(errors)
    return StatusChanged(_id(item), at, status, why.kind, why.detail, own)


def _error(item: Fields, value: Fields, meta: Meta) -> Event | None:
    """Trouble that belongs to no message."""
    return Unsupported("", meta.received_at, f"trouble: {codes.failure(item).detail}")


def _preference(item: Fields, value: Fields, meta: Meta) -> Event | None:
    """https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/user_preferences"""
    about, choice = text(item, "category"), text(item, "value")
    if about != "marketing_messages" or choice not in ("stop", "resume"):
        what = f"a choice {choice!r:.60} about {about!r:.60}"
        return Unsupported("", _at(item), what, addresses=people.whom(item, value))
    who, _ = people.customer(value, text(item, "wa_id"), text(item, "user_id"))
    return MarketingChosen("", _at(item), who, choice == "stop")


_LISTS: Mapping[str, Handler] = {
    "messages": _message,
    "message_echoes": _echo,
    "statuses": _status,
    "user_preferences": _preference,
    "calls": _call,
    "errors": _error,
}
