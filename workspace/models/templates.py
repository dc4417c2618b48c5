"""Templates, as the provider approved them or the business wrote them, and how one is used."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from workspace.models.kinds import Id, MediaKind, ParameterFormat, VariablePlace

PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")
"""A variable in the text of a template."""


@dataclass(frozen=True, slots=True)
class TemplateHeader:
    """`format` is the provider's word: TEXT with a `text`, or IMAGE, VIDEO, DOCUMENT."""

    format: str = "TEXT"
    text: str = ""

    @property
    def media(self) -> MediaKind | None:
        """The file it asks for; None: none."""
        return _HEADER_MEDIA.get(self.format)


_HEADER_MEDIA = {kind.name: kind for kind in MediaKind if kind is not MediaKind.AUDIO}


@dataclass(frozen=True, slots=True)
class TemplateButton:
    """`type` is the provider's word: QUICK_REPLY, URL, PHONE_NUMBER, COPY_CODE, ..."""

    type: str
    text: str
    url: str = ""
    """Of URL; may end in a variable."""
    phone_number: str = ""

    @property
    def varies(self) -> bool:
        """It asks for a value: the end of its address, or the code to copy."""
        return self.type == "COPY_CODE" or bool(PLACEHOLDER.search(self.url))


@dataclass(frozen=True, slots=True)
class TemplateVariable:
    """What a template asks for. `key` is its name among the values; see `Template.variables`."""

    key: str
    name: str
    """As the provider knows it: the name or number in the braces; of a button: its place, from
    "0" on."""
    place: VariablePlace
    label: str
    """What to ask for, in words."""
    example: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """A message with places for values; approved by the provider or not, or the business's own.

    Names of components, formats, categories and statuses are the provider's own words; ones not
    known here are kept as they are.
    """

    name: str
    language: str
    """As the provider writes it: en, en_US, pt_BR."""
    category: str
    """MARKETING, UTILITY, AUTHENTICATION, ..."""
    status: str
    """Only APPROVED can be sent."""
    body: str
    header: TemplateHeader | None = None
    footer: str = ""
    buttons: tuple[TemplateButton, ...] = ()
    parameter_format: ParameterFormat = ParameterFormat.POSITIONAL
    examples: Mapping[str, str] = field(default_factory=dict)
    """By the key of the variable."""
    reason: str = ""
    """In words, why it is not APPROVED; empty where nobody says."""
    obstacle: str = ""
    """A sentence: why it can't be sent from here, whatever its status; empty: it can."""
    quality: str = ""
    """The provider's word for how customers take it: GREEN, YELLOW, RED; empty: not known."""
    channel_id: Id | None = None
    """The channel whose provider keeps it; None: the business's own, or not stored yet."""
    own: bool = False
    """The business's own, for channels whose provider has none; sent as plain text."""

    @property
    def header_text(self) -> str:
        """Empty where the header is a file, or there is none."""
        return self.header.text if self.header and self.header.format == "TEXT" else ""

    @property
    def variables(self) -> tuple[TemplateVariable, ...]:
        """In the order of the components, each key once.

        The key is the name or number in the braces. The numbers of a header are its own, so their
        keys are ``header.1``; the value of a button has the key ``button.0``, by its place.
        """
        return tuple({variable.key: variable for variable in self.placed}.values())

    @property
    def placed(self) -> tuple[TemplateVariable, ...]:
        """What each component asks for, in their order: a named variable that stands in header and
        body is asked for once but goes into both.
        """
        each = {(variable.place, variable.key): variable for variable in self._variables()}
        return tuple(each.values())

    def _variables(self) -> Iterator[TemplateVariable]:
        for place, text in (
            (VariablePlace.HEADER, self.header_text),
            (VariablePlace.BODY, self.body),
        ):
            for name in PLACEHOLDER.findall(text):
                key = self.key(place, name)
                words = f"variable {name}" if name.isdecimal() else name
                label = _in_words(words if key == name else f"{place.value} {words}")
                yield self._variable(key, name, place, label)
        for n, button in enumerate(self.buttons):
            if button.varies:
                what = "code" if button.type == "COPY_CODE" else "end of the link"
                key = self.key(VariablePlace.BUTTON, str(n))
                yield self._variable(key, str(n), VariablePlace.BUTTON, f"{button.text}: {what}")

    def _variable(self, key: str, name: str, place: VariablePlace, label: str) -> TemplateVariable:
        return TemplateVariable(key, name, place, label, self.examples.get(key, ""))

    def key(self, place: VariablePlace, name: str) -> str:
        """The key of what stands as `name` in this component."""
        own = place is VariablePlace.HEADER and self.parameter_format is ParameterFormat.POSITIONAL
        return f"{place.value}.{name}" if own or place is VariablePlace.BUTTON else name


def _in_words(name: str) -> str:
    words = name.replace("_", " ").strip() or name
    return words[0].upper() + words[1:]


@dataclass(frozen=True, slots=True)
class TemplateChoice:
    """A template with the values to send it with, by the keys of its variables."""

    name: str
    language: str
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    header: Id | None = None
    """The upload its header asks for, where that is a photo, video or document."""


@dataclass(frozen=True, slots=True)
class TemplateUse:
    """A template as `rules.can_send` needs it."""

    name: str
    language: str
    status: str
    """The provider's word; only APPROVED can be sent."""
    variables: frozenset[str]
    """Keys of the variables the template asks for."""
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    header: str = field(default="", repr=False)
    """Rendered; empty where it is a file or there is none."""
    body: str = field(default="", repr=False)
    """Rendered."""
    header_media: MediaKind | None = None
    """The file the header asks for."""
    reason: str = ""
    """In words, why it is not APPROVED."""
    obstacle: str = ""
    """A sentence: why it can't be sent from here, whatever its status."""
    own: bool = False
    """The business's own: it is sent as the plain text that `body` is."""
    targets: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Type of each button, and what it opens, calls or copies, rendered."""
    category: str = ""
    """MARKETING, UTILITY, ...; empty: not known."""


@dataclass(frozen=True, slots=True)
class TemplateFinding:
    """What is wrong with a template. `place`: name, header, body, footer or buttons."""

    place: str
    message: str
    """A whole sentence."""


@dataclass(frozen=True, slots=True)
class TemplateSync:
    """When a channel's templates were last read from its provider."""

    channel_id: Id
    synced_at: datetime | None = None
    """None: never yet."""
    failure: str = ""
    """In words, why the newest attempt failed; empty: it did not."""
