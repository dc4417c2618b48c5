"""Whether what fills a template is what the template asks for, part by part. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workspace.models import ParameterFormat, Template, TemplateButton, VariablePlace
from workspace.testing.cloud.refusals import Refused

Fields = Mapping[str, Any]

# What a button of each type takes; of other types none here.
_BUTTON_TAKES = {"QUICK_REPLY": "payload", "URL": "text", "COPY_CODE": "coupon_code"}
_LONGEST_URL = 2000
_LONGEST_CODE = 15


def filled(template: Template, components: Sequence[Fields]) -> dict[str, str]:
    """The values by the keys of the template's variables. Raises Refused as Meta would.

    Whether the values fit is left to who fills them in, and so are buttons that got none.
    """
    _once(components)
    found: dict[str, str] = {}
    for place in (VariablePlace.HEADER, VariablePlace.BODY):
        own = (each["parameters"] for each in components if _place(each) is place)
        texts = [each for parameters in own for each in parameters if each["type"] == "text"]
        found |= _of_text(template, place, texts)
    for component in components:
        if _place(component) is VariablePlace.BUTTON:
            found |= _of_button(template, component)
    return found


def _place(component: Fields) -> VariablePlace:
    return VariablePlace(component["type"].lower())


def _once(components: Sequence[Fields]) -> None:
    """One header, one body, and each button once: else the last would win."""
    parts = [(each["type"].lower(), str(each.get("index", ""))) for each in components]
    twice = next((part for part in parts if parts.count(part) > 1), None)
    if twice:
        raise Refused(100, details=f"There is more than one {' '.join(twice).strip()}.")


def _of_text(template: Template, place: VariablePlace, texts: Sequence[Fields]) -> dict[str, str]:
    wanted = {v.name for v in template.placed if v.place is place}
    names = list(_names(template, texts))
    if len(names) != len(wanted):
        details = f"{place.value}: number of parameters ({len(names)}), expected ({len(wanted)})"
        raise Refused(132000, details=details)
    if {*names} != wanted:
        raise Refused(132012, details=f"{place.value}: it has no such parameters.")
    pairs = zip(names, texts, strict=True)
    return {template.key(place, name): parameter["text"] for name, parameter in pairs}


def _names(template: Template, texts: Sequence[Fields]) -> Iterator[str]:
    named = template.parameter_format is ParameterFormat.NAMED
    for n, parameter in enumerate(texts, 1):
        name = parameter.get("parameter_name", "")
        if named and not name:
            raise Refused(100, details="Parameter name is missing or empty")
        if name and not named:
            raise Refused(100, details="The template's parameters have no names.")
        yield name or str(n)


def _of_button(template: Template, component: Fields) -> dict[str, str]:
    index = int(component["index"])
    where = f"buttons: Button at index {index}"
    if index >= len(template.buttons):
        raise Refused(132012, details=f"{where} is not in the template.")
    button = template.buttons[index]
    if component["sub_type"].upper() != button.type:
        raise Refused(132012, details=f"{where} is of type {button.type}.")
    kinds = [each["type"] for each in component["parameters"]]
    if kinds != [_BUTTON_TAKES.get(button.type)]:
        raise Refused(132012, details=f"{where} of type {button.type} takes another parameter.")
    if button.type == "QUICK_REPLY":  # its payload comes back, and is shown nowhere
        return {}
    value: str = component["parameters"][0][kinds[0]]
    if not button.varies:
        raise Refused(132012, details=f"{where} takes no parameter.")
    if _too_long(button, value):
        raise Refused(132005, details=f"{where}: its parameter is too long.")
    return {template.key(VariablePlace.BUTTON, str(index)): value}


def _too_long(button: TemplateButton, value: str) -> bool:
    if button.type == "COPY_CODE":
        return len(value) > _LONGEST_CODE
    return len(button.url.partition("{{")[0] + value) > _LONGEST_URL
