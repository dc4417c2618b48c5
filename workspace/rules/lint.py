"""What is wrong with a template before anybody reviews it. Pure and total.

Limits from Meta's documents, late 2026:
https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from workspace.models import (
    PLACEHOLDER,
    ParameterFormat,
    Template,
    TemplateButton,
    TemplateFinding,
    VariablePlace,
)

NAME, HEADER, BODY, FOOTER, BUTTON = 512, 60, 1024, 60, 25
"""Characters."""
BUTTONS = 10
URL, PHONE, CODE = 2000, 20, 15
AT_MOST: Mapping[str, tuple[int, str]] = {
    "URL": (2, "links"),
    "PHONE_NUMBER": (1, "phone number"),
    "COPY_CODE": (1, "code to copy"),
}
"""Buttons of a type, and what they are in words."""

_NAME = re.compile(r"[a-z0-9_]+")
_VARIABLE = re.compile(r"[a-z_][a-z0-9_]*")
_PHONE = re.compile(r"\+?[0-9]+")
_PICTOGRAPH = re.compile("[\u2600-\u27bf\U0001f000-\U0001faff]")
_MARKUP = re.compile(r"[*~`]")
_GAP = re.compile(r"\}\}\s*\{\{")

Findings = Iterator[TemplateFinding]


def own_template(name: str, language: str, body: str, examples: Mapping[str, str]) -> Template:
    """One of the business's own, which needs nobody's approval."""
    names = PLACEHOLDER.findall(body)
    named = any(not each.isdecimal() for each in names)
    form = ParameterFormat.NAMED if named else ParameterFormat.POSITIONAL
    kept = {key: value for key, value in examples.items() if key in names and value.strip()}
    return Template(
        name, language, "", "APPROVED", body, parameter_format=form, examples=kept, own=True
    )


def lint_template(template: Template) -> tuple[TemplateFinding, ...]:
    """In the order of the components; empty: nothing is wrong with it, as far as rules can tell."""
    if template.own:
        return tuple(_own(template))
    found = [*_name(template)]
    if template.category != "AUTHENTICATION":  # Meta writes these itself
        found += [*_header(template), *_body(template), *_footer(template)]
        found += [*_buttons(template.buttons), *_examples(template)]
    return tuple(found)


def _own(template: Template) -> Findings:
    if not template.body.strip():
        yield TemplateFinding("body", "The text is empty; write what the customer is to read.")
    yield from _variables("body", template.body)


def _name(template: Template) -> Findings:
    if not _NAME.fullmatch(template.name):
        words = "The name may hold small letters a to z, digits and underscores alone."
        yield TemplateFinding("name", words)
    yield from _size("name", "The name", template.name, NAME)


def _header(template: Template) -> Findings:
    text = template.header_text
    if template.header and template.header.format == "TEXT" and not text.strip():
        yield TemplateFinding("header", "The header is empty; write one, or leave it out.")
    yield from _size("header", "The header", text, HEADER)
    yield from _variables("header", text)
    if len(set(PLACEHOLDER.findall(text))) > 1:
        yield TemplateFinding("header", "A header takes one variable; it has more.")
    yield from _plain("header", "The header", text)


def _body(template: Template) -> Findings:
    text = template.body
    if not text.strip():
        yield TemplateFinding("body", "The text is empty; every template needs one.")
    yield from _size("body", "The text", text, BODY)
    yield from _variables("body", text)
    trimmed = text.strip()
    found = [*PLACEHOLDER.finditer(trimmed)]
    if found and found[0].start() == 0:
        yield TemplateFinding("body", "The text starts with a variable; put a word before it.")
    if found and found[-1].end() == len(trimmed):
        yield TemplateFinding("body", "The text ends with a variable; put something after it.")
    if _GAP.search(trimmed):
        words = "Two variables stand side by side; put words between them."
        yield TemplateFinding("body", words)


def _footer(template: Template) -> Findings:
    yield from _size("footer", "The footer", template.footer, FOOTER)
    if "{{" in template.footer:
        yield TemplateFinding("footer", "A footer takes no variables.")


# --- texts ------------------------------------------------------------------------------------


def _size(place: str, what: str, text: str, limit: int) -> Findings:
    if len(text) > limit:
        words = f"{what} has {len(text):,} characters; at most {limit:,} are taken. Shorten it."
        yield TemplateFinding(place, words)


def _plain(place: str, what: str, text: str) -> Findings:
    rest = PLACEHOLDER.sub("", text)
    found = [
        words
        for words, there in (
            ("line breaks", "\n" in rest or "\r" in rest),
            ("emoji", _PICTOGRAPH.search(rest)),
            ("formatting such as *", _MARKUP.search(rest)),
        )
        if there
    ]
    if found:
        yield TemplateFinding(place, f"{what} takes no {' and no '.join(found)}.")


def _variables(place: str, text: str) -> Findings:
    """Of one component: whether its variables can be told from the text, and from each other."""
    names = PLACEHOLDER.findall(text)
    rest = PLACEHOLDER.sub("", text)
    if "{{" in rest or "}}" in rest:
        words = "Braces stand there that are no variable; write {{1}} or {{customer_name}}."
        yield TemplateFinding(place, words)
    numbers = {int(name) for name in names if name.isdecimal()}
    if numbers and len(numbers) != len(set(names)):
        words = "Numbers and names are mixed; use {{1}}, {{2}} or {{customer_name}} throughout."
        yield TemplateFinding(place, words)
    if numbers and numbers != set(range(1, len(numbers) + 1)):
        told = ", ".join(map(str, sorted(numbers)))
        words = f"The variables are numbered {told}; number them from 1 on, without gaps."
        yield TemplateFinding(place, words)
    odd = sorted({n for n in names if not n.isdecimal() and not _VARIABLE.fullmatch(n)})
    if odd:
        words = f"Names of variables have small letters, digits and underscores: {', '.join(odd)}."
        yield TemplateFinding(place, words)


def _examples(template: Template) -> Findings:
    """Reviewers want one of each."""
    if len({_is_named(t) for t in (template.header_text, template.body) if "{{" in t}) > 1:
        words = "Header and text name their variables differently; use numbers or names in both."
        yield TemplateFinding("body", words)
    for variable in template.variables:
        place = _PLACES.get(variable.place, variable.place.value)
        if not variable.example.strip():
            yield TemplateFinding(place, f"“{variable.label}” has no example; reviewers want one.")
        elif variable.place is VariablePlace.BUTTON:
            button = template.buttons[int(variable.name)]
            limit = CODE if button.type == "COPY_CODE" else URL
            yield from _size(place, f"The example of “{button.text}”", variable.example, limit)


_PLACES = {VariablePlace.BUTTON: "buttons"}


def _is_named(text: str) -> bool:
    return any(not name.isdecimal() for name in PLACEHOLDER.findall(text))


# --- buttons ----------------------------------------------------------------------------------


def _buttons(buttons: Sequence[TemplateButton]) -> Findings:
    if len(buttons) > BUTTONS:
        words = f"There are {len(buttons)} buttons; at most {BUTTONS} are taken."
        yield TemplateFinding("buttons", words)
    for type, n in Counter(button.type for button in buttons).items():
        most, words = AT_MOST.get(type, (BUTTONS, ""))
        if n > most and words:
            yield TemplateFinding("buttons", f"At most {most} {words} can be among the buttons.")
    kinds = [button.type == "QUICK_REPLY" for button in buttons]
    if sum(one != other for one, other in pairwise(kinds)) > 1:
        words = "Quick replies and other buttons are mixed; put each kind together."
        yield TemplateFinding("buttons", words)
    for button in buttons:
        yield from _button(button)


def _button(button: TemplateButton) -> Findings:
    what = f"The button “{button.text}”"
    if not button.text.strip() and button.type in ("QUICK_REPLY", *AT_MOST):
        yield TemplateFinding("buttons", "A button has no words on it.")
    yield from _size("buttons", what, button.text, BUTTON)
    if "{{" in button.text:
        yield TemplateFinding("buttons", f"{what} has a variable in its words, which none takes.")
    yield from _plain("buttons", what, button.text)
    if button.type == "URL":
        yield from _link(what, button.url)
    if button.type == "PHONE_NUMBER" and (
        len(button.phone_number) > PHONE or not _PHONE.fullmatch(button.phone_number)
    ):
        words = f"{what} needs a phone number of at most {PHONE} digits with its country."
        yield TemplateFinding("buttons", words)


def _link(what: str, url: str) -> Findings:
    if not url.startswith(("https://", "http://")):
        yield TemplateFinding("buttons", f"{what} needs an address that begins with https://.")
    yield from _size("buttons", f"The address of {what[0].lower()}{what[1:]}", url, URL)
    found = [*PLACEHOLDER.finditer(url)]
    if len(found) > 1 or (found and found[-1].end() != len(url)):
        words = f"{what} takes one variable, at the end of its address."
        yield TemplateFinding("buttons", words)
