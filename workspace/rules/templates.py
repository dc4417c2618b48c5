"""Templates filled in. Pure and total: whatever the values are, there is a text to show."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from workspace.models import (
    PLACEHOLDER,
    Template,
    TemplateChoice,
    TemplateUse,
    VariablePlace,
)
from workspace.rules.sending import Draft, FileFacts


@dataclass(frozen=True, slots=True)
class RenderedButton:
    """`target`: the address it opens, the number it calls, or the code it copies."""

    type: str
    text: str
    target: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A template as the customer sees it."""

    header: str = field(repr=False)
    body: str = field(repr=False)
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
    return Rendered(
        _fill(header_parts(template), filled),
        _fill(body_parts(template), filled),
        template.footer,
        tuple(
            RenderedButton(button.type, button.text, _fill(button_parts(template, n), filled))
            for n, button in enumerate(template.buttons)
        ),
        tuple(v.key for v in template.variables if v.key not in filled),
    )


@dataclass(frozen=True, slots=True)
class Blank:
    """Where a value goes. `written`: what stands there without one."""

    key: str
    written: str = ""


Parts = Sequence[str | Blank]


def header_parts(template: Template) -> Parts:
    return _parts(template, VariablePlace.HEADER, template.header_text)


def body_parts(template: Template) -> Parts:
    return _parts(template, VariablePlace.BODY, template.body)


def button_parts(template: Template, n: int) -> Parts:
    """Of what the button number `n`, from 0 on, opens, calls or copies."""
    button, key = template.buttons[n], template.key(VariablePlace.BUTTON, str(n))
    if button.type == "COPY_CODE":
        return (Blank(key),)
    if button.phone_number and not button.url:
        return (button.phone_number,)
    return _cut(button.url, lambda _: key)


def _parts(template: Template, place: VariablePlace, text: str) -> Parts:
    return _cut(text, lambda name: template.key(place, name))


def _cut(text: str, key: Callable[[str], str]) -> Parts:
    """The text before, between and after its variables, and the variables."""
    found: list[str | Blank] = []
    end = 0
    for match in PLACEHOLDER.finditer(text):
        found += [text[end : match.start()], Blank(key(match[1]), match[0])]
        end = match.end()
    return [part for part in (*found, text[end:]) if part]


def _fill(parts: Parts, values: Mapping[str, str]) -> str:
    return "".join(
        values.get(part.key, part.written) if isinstance(part, Blank) else part for part in parts
    )


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
        template.obstacle,
        template.own,
        tuple((button.type, button.target) for button in rendered.buttons),
        template.category,
    )


def template_draft(use: TemplateUse, files: Sequence[FileFacts] = ()) -> Draft:
    """What `can_send` is asked: a provider's template is no text of ours, an own one is."""
    return Draft(use.body if use.own else "", files, use)
