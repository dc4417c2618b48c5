"""Messages as long and as large as a channel's capabilities allow, and just beyond."""

from collections.abc import Iterator
from dataclasses import replace

from tests.conformance.kit import Kit, longest
from workspace.channels.base import FilledTemplate, Outbound, OutboundFile
from workspace.models import Capabilities, TemplateRule, TemplateVariable, VariablePlace
from workspace.models.templates import PLACEHOLDER

Edge = tuple[str, Outbound, Outbound]
"""What is at its limit, in words; a message with that; the same with one unit more."""


def edges(kit: Kit, can: Capabilities) -> Iterator[Edge]:
    unit, plain = can.text_limit.unit, kit.messages()["a text"]
    text = replace(plain, text=longest(can.text_limit.n, unit))
    yield "text", text, replace(text, text=f"{text.text}x")
    files = {file.kind: file for each in kit.messages().values() for file in each.files}
    for kind, rule in can.media.items():
        yield f"{kind} of {rule.max_bytes} bytes", *_files(plain, files[kind], rule.max_bytes)
        if rule.caption_limit:
            most = replace(plain, text=longest(rule.caption_limit, unit), files=(files[kind],))
            yield f"caption of {kind}", most, replace(most, text=f"{most.text}x")
    if can.templates:
        yield from _templates(kit, can.templates)


def _files(plain: Outbound, file: OutboundFile, size: int) -> tuple[Outbound, Outbound]:
    most, more = (replace(file, data=bytes(n)) for n in (size, size + 1))
    return replace(plain, text="", files=(most,)), replace(plain, text="", files=(more,))


def _templates(kit: Kit, rule: TemplateRule) -> Iterator[Edge]:
    """Each part that has a limit, in the first sample that has it."""
    found: set[str] = set()
    for message in kit.messages().values():
        for variable in message.template.template.placed if message.template else ():
            assert message.template
            name, around, limit = _part(message.template, variable, rule)
            if name not in found:
                found.add(name)
                most, more = (
                    replace(message, template=_valued(message.template, variable, "x" * n))
                    for n in (limit - around, limit - around + 1)
                )
                yield f"{name} of a template", most, more
    assert found == {"header", "body", *rule.target_limits}, "limits that no sample shows"


def _valued(filled: FilledTemplate, variable: TemplateVariable, value: str) -> FilledTemplate:
    return replace(filled, values={**filled.values, variable.key: value})


def _part(
    filled: FilledTemplate, variable: TemplateVariable, rule: TemplateRule
) -> tuple[str, int, int]:
    """The part of a variable, how long it is without that one's value, and how long it may be."""
    template, place = filled.template, variable.place
    if place is VariablePlace.BUTTON:
        button = template.buttons[int(variable.name)]
        return button.type, len(PLACEHOLDER.sub("", button.url)), rule.target_limits[button.type]
    header = place is VariablePlace.HEADER
    text = template.header_text if header else template.body
    left = _valued(filled, variable, "").values
    around = PLACEHOLDER.sub(lambda found: left[template.key(place, found[1])], text)
    return place.value, len(around), rule.header_limit if header else rule.body_limit
