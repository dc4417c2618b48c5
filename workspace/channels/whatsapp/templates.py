"""Templates as Meta lists them. Pure.

https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/overview
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from workspace.channels.fields import ODD, Fields, table, tables, text
from workspace.models import (
    ParameterFormat,
    Template,
    TemplateButton,
    TemplateHeader,
    VariablePlace,
)

_PARTS = {"HEADER", "BODY", "FOOTER", "BUTTONS"}
_HEADERS = {"TEXT", "IMAGE", "VIDEO", "DOCUMENT"}
_BUTTONS = {"QUICK_REPLY", "URL", "PHONE_NUMBER", "COPY_CODE", "REQUEST_CONTACT_INFO"}


def read(listed: object) -> Template | None:
    """One template of the list; None where not even its name and language can be read."""
    try:
        fields = table(listed)
        name, language = text(fields, "name"), text(fields, "language")
    except ODD:
        return None
    if not (name and language):
        return None
    try:
        parts = {text(part, "type").upper(): table(part) for part in tables(fields, "components")}
        return _template(name, language, fields, parts)
    except ODD:
        return _odd(name, language, fields)


def _odd(name: str, language: str, fields: Fields) -> Template:
    """It is there, whatever else it is: what is not listed would count as deleted."""
    category, status = (_word(fields.get(each)) for each in ("category", "status"))
    words = "It has parts of a form that is not known here."
    return Template(name, language, category, status, body="", obstacle=words)


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""


def reason(code: str, told: str = "") -> str:
    """Why a template was not approved, in words: as told, or after Meta's code for it."""
    return told or ("" if code in ("", "NONE") else code.replace("_", " ").capitalize())


def _template(name: str, language: str, fields: Fields, parts: Mapping[str, Fields]) -> Template:
    named = text(fields, "parameter_format").upper() == ParameterFormat.NAMED
    header = parts.get("HEADER")
    buttons = [table(button) for button in tables(parts.get("BUTTONS", {}), "buttons")]
    found = Template(
        name=name,
        language=language,
        category=text(fields, "category"),
        status=text(fields, "status"),
        body=text(parts.get("BODY", {}), "text"),
        header=TemplateHeader(text(header, "format"), text(header, "text")) if header else None,
        footer=text(parts.get("FOOTER", {}), "text"),
        buttons=tuple(map(_button, buttons)),
        parameter_format=ParameterFormat.NAMED if named else ParameterFormat.POSITIONAL,
        reason=reason(text(fields, "rejected_reason")),
        obstacle=_obstacle(parts, buttons),
        quality=_quality(fields.get("quality_score")),
    )
    return replace(found, examples=dict(_examples(found, parts, buttons)))


def _quality(score: object) -> str:
    word = _word(score.get("score")) if isinstance(score, dict) else ""
    return word if word != "UNKNOWN" else ""


def _button(button: Fields) -> TemplateButton:
    return TemplateButton(
        text(button, "type").upper(),
        text(button, "text"),
        text(button, "url"),
        text(button, "phone_number"),
    )


def _obstacle(parts: Mapping[str, Fields], buttons: Sequence[Fields]) -> str:
    """What of it nobody can fill in here; empty: nothing."""
    others = [*(parts.keys() - _PARTS)]
    if "HEADER" in parts:
        others += {text(parts["HEADER"], "format").upper()} - _HEADERS
    others += {text(button, "type").upper() for button in buttons} - _BUTTONS
    if not others:
        return ""
    words = ", ".join(sorted(other.replace("_", " ").lower() for other in others))
    return f"It has parts that can't be filled in here: {words}."


# --- examples ---------------------------------------------------------------------------------


def _examples(
    template: Template, parts: Mapping[str, Fields], buttons: Sequence[Fields]
) -> Iterator[tuple[str, str]]:
    """By the key of the variable. Examples are only hints: what is odd among them is left out."""
    for place, part in ((VariablePlace.HEADER, "header"), (VariablePlace.BODY, "body")):
        example = parts.get(part.upper(), {}).get("example")
        if isinstance(example, dict):
            for name, value in _given(example, part):
                yield template.key(place, name), value
    for n, button in enumerate(buttons):
        given: Any = button.get("example")
        value = given[0] if isinstance(given, list) and given else given
        if isinstance(value, str) and template.buttons[n].varies:
            key = template.key(VariablePlace.BUTTON, str(n))
            yield key, _ending(template.buttons[n].url, value)


def _given(example: Mapping[str, Any], part: str) -> Iterator[tuple[str, str]]:
    named = example.get(f"{part}_text_named_params")
    if isinstance(named, list):
        for each in named:
            if isinstance(each, dict) and isinstance(each.get("param_name"), str):
                yield each["param_name"], str(each.get("example", ""))
    values = example.get(f"{part}_text")
    if isinstance(values, list) and values and isinstance(values[0], list):
        values = values[0]  # of a body: a list of lists
    if isinstance(values, list):
        yield from ((str(n), value) for n, value in enumerate(values, 1) if isinstance(value, str))


def _ending(url: str, example: str) -> str:
    """Meta gives the whole address as an example where only its end is asked for."""
    return example.removeprefix(url.partition("{{")[0])
