"""Templates as channels offer them, and what one chose of them."""

from dataclasses import dataclass, field

from workspace import rules
from workspace.channels.base import Channel, OffersTemplates
from workspace.models import Template, TemplateChoice, TemplateUse


@dataclass(frozen=True, slots=True)
class Chosen:
    """A choice, and what the channel says of it at this moment."""

    choice: TemplateChoice
    use: TemplateUse
    text: str = field(repr=False)
    """What the customer will read."""


def offered(channel: Channel) -> list[Template]:
    """Of all statuses; empty where the channel has none. Raises ConvoError."""
    return channel.templates() if isinstance(channel, OffersTemplates) else []


def find(channel: Channel, choice: TemplateChoice) -> Template | None:
    """The template of this name and language. Raises ConvoError."""
    wanted = (choice.name, choice.language)
    return next((t for t in offered(channel) if (t.name, t.language) == wanted), None)


def chosen(channel: Channel, choice: TemplateChoice) -> Chosen:
    """Raises ConvoError where the provider can't be asked."""
    template = find(channel, choice)
    text = rules.render_template(template, choice.values).text if template else ""
    return Chosen(choice, rules.template_use(template, choice), text)
