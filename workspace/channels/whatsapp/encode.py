"""Messages as the Cloud API takes them. Pure.

https://developers.facebook.com/documentation/business-messaging/whatsapp/reference/whatsapp-business-phone-number/message-api
"""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from workspace.channels.base import (
    FilledTemplate,
    Outbound,
    OutboundFile,
    React,
    Seen,
)
from workspace.media import is_opus
from workspace.models import (
    Address,
    AddressKind,
    MediaKind,
    ParameterFormat,
    TemplateButton,
    TemplateVariable,
    VariablePlace,
)

Body = dict[str, Any]

_VOICE = "audio/ogg"
"""What a voice message must be, with Opus in it; `media.rewrap` makes recordings so.
https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/audio-messages/
"""


@dataclass(frozen=True, slots=True)
class Call:
    """A POST to the number's ``messages``. `file` is uploaded before; its id goes into `body` where
    `place` says: the keys and indexes that lead to the object whose ``id`` it is.
    """

    body: Mapping[str, Any] = field(repr=False)
    file: OutboundFile | None = None
    place: tuple[str | int, ...] = ()


def message(outbound: Outbound) -> Call:
    body = _envelope(outbound.to) | {"biz_opaque_callback_data": outbound.key}
    if outbound.reply_to:
        body["context"] = {"message_id": outbound.reply_to}
    file = outbound.files[0] if outbound.files else None
    if outbound.template:
        filled = _template(outbound.template, file)
        place = ("template", "components", 0, "parameters", 0, file.kind.value) if file else ()
        return Call(body | {"type": "template", "template": filled}, file, place)
    if file:
        kind = file.kind.value
        return Call(body | {"type": kind, kind: _media(file, outbound.text)}, file, (kind,))
    return Call(body | {"type": "text", "text": {"body": outbound.text, "preview_url": True}})


def with_file(call: Call, id: str) -> Body:
    """The body of a call whose file the provider calls `id`."""
    body: Body = copy.deepcopy(dict(call.body))
    target: Any = body
    for step in call.place:
        target = target[step]
    target["id"] = id
    return body


def signal(signal: React | Seen) -> Call:
    if isinstance(signal, React):
        reaction = {"message_id": signal.provider_id, "emoji": signal.emoji}
        key = {"biz_opaque_callback_data": signal.key} if signal.key else {}
        return Call(_envelope(signal.to) | key | {"type": "reaction", "reaction": reaction})
    body: Body = {
        "messaging_product": "whatsapp",
        "status": "read",
        "message_id": signal.provider_id,
    }
    return Call(body | ({"typing_indicator": {"type": "text"}} if signal.typing else {}))


def _envelope(to: Address) -> Body:
    # Meta asks for the number wherever it is known: only then webhooks go on telling it.
    field = "recipient" if to.kind is AddressKind.BSUID else "to"
    return {"messaging_product": "whatsapp", "recipient_type": "individual", field: to.value}


def _media(file: OutboundFile, caption: str) -> Body:
    media: Body = {}
    if caption:
        media["caption"] = caption
    if file.kind is MediaKind.DOCUMENT:
        media["filename"] = file.name
    if file.kind is MediaKind.AUDIO and file.mime == _VOICE and is_opus(file.data):
        # Otherwise it is a file of sound to download, without the waves and the transcript.
        media["voice"] = True
    return media


# --- templates --------------------------------------------------------------------------------


def _template(filled: FilledTemplate, file: OutboundFile | None) -> Body:
    template = filled.template
    body: Body = {"name": template.name, "language": {"code": template.language}}
    components = list(_components(filled, file))
    return body | ({"components": components} if components else {})


def _components(filled: FilledTemplate, file: OutboundFile | None) -> Iterator[Body]:
    places: dict[VariablePlace, list[TemplateVariable]] = {place: [] for place in VariablePlace}
    for variable in filled.template.placed:
        places[variable.place].append(variable)
    if file:
        media = _media(file, "")
        yield {
            "type": "header",
            "parameters": [{"type": file.kind.value, file.kind.value: media}],
        }
    elif places[VariablePlace.HEADER]:
        yield _texts("header", filled, places[VariablePlace.HEADER])
    if places[VariablePlace.BODY]:
        yield _texts("body", filled, places[VariablePlace.BODY])
    for variable in places[VariablePlace.BUTTON]:
        button = filled.template.buttons[int(variable.name)]
        yield _button(button, variable, filled.values[variable.key])


def _texts(where: str, filled: FilledTemplate, variables: list[TemplateVariable]) -> Body:
    """Positional values go by their order, named ones by their name."""
    named = filled.template.parameter_format is ParameterFormat.NAMED
    if not named:
        variables = sorted(variables, key=lambda variable: int(variable.name))
    return {
        "type": where,
        "parameters": [
            {"type": "text", "text": filled.values[variable.key]}
            | ({"parameter_name": variable.name} if named else {})
            for variable in variables
        ],
    }


def _button(button: TemplateButton, variable: TemplateVariable, value: str) -> Body:
    copied = button.type == "COPY_CODE"
    parameter = {"type": "coupon_code", "coupon_code": value}
    return {
        "type": "button",
        "sub_type": "copy_code" if copied else "url",
        "index": variable.name,
        "parameters": [parameter if copied else {"type": "text", "text": value}],
    }
