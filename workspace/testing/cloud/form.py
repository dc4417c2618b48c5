"""The form of what the Cloud API can be asked to send, as data, and who looks at it. Pure.

Strict: a field that is not here is refused, as Meta refuses it. By the message reference of
https://developers.facebook.com/documentation/business-messaging/whatsapp/
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Fields = Mapping[str, Any]
"""Forms by the names of fields; those that end in ? may be left out."""


@dataclass(frozen=True, slots=True)
class Kinds:
    """An object whose ``type`` says which of these forms it has."""

    forms: Mapping[str, Fields]


@dataclass(frozen=True, slots=True)
class Many:
    """A list of at least so many things of a form."""

    form: Any
    least: int = 1


@dataclass(frozen=True, slots=True)
class Either:
    """A value of one of these forms."""

    forms: Sequence[Any]


_ANY = re.compile(r"(?s).*")
_SOME = re.compile(r"(?s).+")
_FILE = {"id": _SOME}
_TEXT = {"type": "text", "text": _SOME, "parameter_name?": _SOME}
_FILES = {kind: {"type": kind, kind: _FILE} for kind in ("image", "video")} | {
    "document": {"type": "document", "document": {**_FILE, "filename?": _SOME}}
}
_BUTTON_VALUES = {
    "text": {"type": "text", "text": _SOME},
    "payload": {"type": "payload", "payload": _SOME},
    "coupon_code": {"type": "coupon_code", "coupon_code": re.compile(r".{1,20}")},
}
_COMPONENTS = {
    "header": {"type": "header", "parameters": Many(Kinds({"text": _TEXT, **_FILES}))},
    "body": {"type": "body", "parameters": Many(Kinds({"text": _TEXT}))},
    "button": {
        "type": "button",
        "sub_type": re.compile("(?i)quick_reply|url|copy_code|flow|catalog"),
        "index": Either((re.compile("[0-9]"), range(10))),
        "parameters": Many(Kinds(_BUTTON_VALUES)),
    },
}
# The reference writes these words small; other clients write them large, which works as well.
_COMPONENTS |= {
    name.upper(): {**component, "type": name.upper()} for name, component in _COMPONENTS.items()
}
_CONTENTS: Mapping[str, Fields] = {
    "text": {"body": _SOME, "preview_url?": bool},
    "image": {**_FILE, "caption?": _SOME},
    "video": {**_FILE, "caption?": _SOME},
    "document": {**_FILE, "caption?": _SOME, "filename?": _SOME},
    "audio": {**_FILE, "voice?": bool},
    "sticker": _FILE,
    # An empty emoji takes the reaction back.
    "reaction": {"message_id": _SOME, "emoji": _ANY},
    "template": {
        "name": _SOME,
        "language": {"code": _SOME, "policy?": "deterministic"},
        "components?": Many(Kinds(_COMPONENTS), least=0),
    },
}
_ENVELOPE: Fields = {
    "messaging_product": "whatsapp",
    "recipient_type?": "individual",
    "to?": re.compile(r"\+?[0-9]{1,20}"),
    "recipient?": re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}"),
    "context?": {"message_id": _SOME},
    "biz_opaque_callback_data?": re.compile(r"(?s).{0,512}"),
}
MESSAGE = Kinds(
    {kind: {**_ENVELOPE, "type": kind, kind: content} for kind, content in _CONTENTS.items()}
)
SEEN: Fields = {
    "messaging_product": "whatsapp",
    "status": "read",
    "message_id": _SOME,
    "typing_indicator?": {"type": "text"},
}


def complaint(value: Any, form: Any, name: str = "the body") -> str:
    """What is wrong with a value's form, in words; empty: nothing."""
    match form:
        case type():
            return "" if isinstance(value, form) else f"{name} is of the wrong type."
        case str():
            return "" if value == form else f"{name} must be {form}."
        case re.Pattern():
            fits = isinstance(value, str) and form.fullmatch(value)
            return "" if fits else f"{name} is no text of the right form."
        case range():
            return "" if type(value) is int and value in form else f"{name} is no such number."
        case Either():
            said = [complaint(value, each, name) for each in form.forms]
            return said[0] if all(said) else ""
        case Many():
            if not isinstance(value, list) or len(value) < form.least:
                return f"{name} must be a list of at least {form.least}."
            return _first(complaint(each, form.form, name) for each in value)
        case Kinds():
            kind = value.get("type") if isinstance(value, dict) else None
            if not isinstance(kind, str) or kind not in form.forms:
                return f"{name} has no type that is known: one of {', '.join(form.forms)}."
            return _fields(value, form.forms[kind], name)
        case _:
            return _fields(value, form, name)


def _fields(value: Any, forms: Fields, name: str) -> str:
    if not isinstance(value, dict):
        return f"{name} must be an object."
    unknown = value.keys() - {each.removesuffix("?") for each in forms}
    if unknown:
        return f"{name} has a field that is not known: {min(unknown)!a}."
    missing = [each for each in forms if not each.endswith("?") and each not in value]
    if missing:
        return f"The parameter {missing[0]} is required."
    plain = {each.removesuffix("?"): form for each, form in forms.items()}
    return _first(complaint(held, plain[field], field) for field, held in value.items())


def _first(complaints: Iterable[str]) -> str:
    return next(filter(None, complaints), "")
