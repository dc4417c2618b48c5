"""Templates filled in. Pure and total: whatever the values are, there is a text to show."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from workspace.models import (
    PLACEHOLDER,
    Template,
    TemplateButton,
    TemplateChoice,
    TemplateUse,
    VariablePlace,
)


@dataclass(frozen=True, slots=True)
class RenderedButton:
    """`target`: the address it opens, the number it calls, or the code it copies."""

    type: str
    text: str
    target: str = ""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A template as the customer sees it."""

    header: str
    body: str
    footer: str
    buttons: tuple[RenderedButton, ...]
    missing: tuple[str, ...]
    """Keys of variables without a value; they still stand in the text."""

    @property
    def text(self) -> str:
        """All of it that is text."""
        return "\n\n".join(part for part in (self.header, self.body, self.footer) if part)


def render_template(template: Template, values: Mapping[str, str]) -> Rendered:
    """`values` by the keys of `Template.variables`; blank ones count as missing."""
    filled = {key: value for key, value in values.items() if value.strip()}
    header = template.header
    return Rendered(
        _fill(template, VariablePlace.HEADER, header.text, filled) if header else "",
        _fill(template, VariablePlace.BODY, template.body, filled),
        template.footer,
        tuple(_button(template, n, button, filled) for n, button in enumerate(template.buttons)),
        tuple(v.key for v in template.variables if v.key not in filled),
    )


def _fill(template: Template, place: VariablePlace, text: str, values: Mapping[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        return values.get(template.key(place, found[1]), found[0])

    return PLACEHOLDER.sub(value, text)


def _button(
    template: Template, n: int, button: TemplateButton, values: Mapping[str, str]
) -> RenderedButton:
    value = values.get(template.key(VariablePlace.BUTTON, str(n)))
    if button.type == "COPY_CODE":
        return RenderedButton(button.type, button.text, value or "")
    url = button.url if value is None else PLACEHOLDER.sub(lambda _: value, button.url)
    return RenderedButton(button.type, button.text, url or button.phone_number)


def template_use(template: Template | None, choice: TemplateChoice) -> TemplateUse:
    """What `can_send` asks about a choice. None: the channel has no template of that name."""
    if template is None:
        return TemplateUse(choice.name, choice.language, "unknown", frozenset(), choice.values)
    rendered = render_template(template, choice.values)
    return TemplateUse(
        template.name,
        template.language,
        template.status,
        frozenset(variable.key for variable in template.variables),
        choice.values,
        rendered.header,
        rendered.body,
        template.header.media if template.header else None,
        template.reason,
    )
