"""Templates as Meta lists them. Pure; `channels.whatsapp.templates` reads what this writes."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from workspace.models import ParameterFormat, Template, VariablePlace

Fields = dict[str, Any]
_REASONS = {"REJECTED": "INVALID_FORMAT"}


def id_of(name: str, language: str) -> str:
    """Meta's id of a template."""
    return str(int(hashlib.sha256(f"{name} {language}".encode()).hexdigest()[:13], 16))


def named(name: str, language: str) -> Fields:
    """How webhooks name a template."""
    return {
        "message_template_id": int(id_of(name, language)),
        "message_template_name": name,
        "message_template_language": language,
    }


def made(template: Template) -> Template:
    """As the provider would keep one of the catalogue: with reasons in its own words."""
    return reviewed(template, template.status, _REASONS.get(template.status, "NONE"))


def reviewed(template: Template, status: str, reason: str) -> Template:
    return replace(template, status=status, reason="" if reason == "NONE" else reason)


def page(
    templates: Sequence[Template], at: int, limit: int, fields: Collection[str], now: datetime
) -> Fields:
    """One page of the list, from place `at` on; `fields`: what is asked of each, besides its id."""
    end = at + limit
    paging: Fields = {"cursors": {"before": str(at), "after": str(end)}}
    if end < len(templates):
        paging["next"] = f"https://graph.facebook.com/next?after={end}"
    listed = [_asked(_listed(each, now), fields) for each in templates[at:end]]
    return {"data": listed, "paging": paging}


def summary(templates: Sequence[Template], asked: Collection[str]) -> Fields:
    """What is asked for about the whole list."""
    told: Fields = {
        "total_count": len(templates),
        "message_template_count": len(templates),
        "message_template_limit": 6000,
        "are_translations_complete": True,
    }
    return {name: value for name, value in told.items() if name in asked}


def _asked(listed: Fields, fields: Collection[str]) -> Fields:
    """Without being asked, Meta tells neither why it rejected one nor its quality."""
    if not fields:
        untold = {"rejected_reason", "quality_score"}
        return {name: value for name, value in listed.items() if name not in untold}
    return {name: value for name, value in listed.items() if name in {*fields, "id"}}


def _listed(template: Template, now: datetime) -> Fields:
    parts = [_header(template), _body(template)]
    if template.footer:
        parts.append({"type": "FOOTER", "text": template.footer})
    if template.buttons:
        buttons = [_button(template, n) for n in range(len(template.buttons))]
        parts.append({"type": "BUTTONS", "buttons": buttons})
    found = {
        "name": template.name,
        "parameter_format": template.parameter_format.value,
        "components": [part for part in parts if part],
        "language": template.language,
        "status": template.status,
        "category": template.category,
        "id": id_of(template.name, template.language),
        "quality_score": {"score": template.quality or "UNKNOWN", "date": int(now.timestamp())},
    }
    return found | ({"rejected_reason": template.reason} if template.reason else {})


def _header(template: Template) -> Fields:
    header = template.header
    if header is None:
        return {}
    if header.format != "TEXT":
        handle = ["https://files.example/header"]
        return {"type": "HEADER", "format": header.format, "example": {"header_handle": handle}}
    examples = _examples(template, VariablePlace.HEADER)
    return {"type": "HEADER", "format": "TEXT", "text": header.text} | examples


def _body(template: Template) -> Fields:
    examples = _examples(template, VariablePlace.BODY)
    return {"type": "BODY", "text": template.body} | examples


def _examples(template: Template, place: VariablePlace) -> Fields:
    own = [variable for variable in template.variables if variable.place is place]
    if not own:
        return {}
    if template.parameter_format is ParameterFormat.NAMED:
        named = [{"param_name": v.name, "example": v.example} for v in own]
        return {"example": {f"{place.value}_text_named_params": named}}
    values = [variable.example for variable in own]
    return {"example": {f"{place.value}_text": [values] if place is VariablePlace.BODY else values}}


def _button(template: Template, n: int) -> Fields:
    button = template.buttons[n]
    found: Fields = {"type": button.type, "text": button.text}
    example = template.examples.get(template.key(VariablePlace.BUTTON, str(n)), "")
    if button.url:
        found["url"] = button.url
    if button.phone_number:
        found["phone_number"] = button.phone_number
    if button.varies:
        base = button.url.partition("{{")[0]
        found["example"] = [base + example] if button.url else example
    return found
