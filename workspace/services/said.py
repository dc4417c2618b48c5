"""What somebody wants to say to a customer, before it becomes a message of a conversation."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from workspace.errors import InvalidRequest, TooLarge
from workspace.models import Actor, ActorKind, Origin, TemplateChoice
from workspace.rules import Draft, FileFacts, template_draft
from workspace.services.templates import Chosen, Templates
from workspace.settings import MAX_TEXT


@dataclass(frozen=True, slots=True)
class Said:
    """A text, files, or a template alone, and on whose behalf."""

    text: str = field(repr=False)
    upload_ids: tuple[int, ...]
    actor: Actor
    choice: TemplateChoice | None = None
    template: Chosen | None = None
    """What the channel has of `choice`, once it is `filled`."""
    seen: int | None = None
    """The newest message the writer saw; None: whatever there is may be answered."""
    reply_to: int | None = None
    """The message that it quotes; None: none."""

    @property
    def origin(self) -> Origin:
        if self.actor.kind is ActorKind.AGENT:
            return Origin.AGENT
        return Origin.TEMPLATE if self.choice else Origin.SINGLE

    @property
    def nothing(self) -> bool:
        return not self.text.strip() and not self.upload_ids and self.choice is None

    def request(self) -> dict[str, Any]:
        """What makes it differ from another request. `seen` does not: it is only a condition."""
        asked: dict[str, Any] = {"text": self.text, "uploads": list(self.upload_ids)}
        asked |= {"template": asdict(self.choice)} if self.choice else {}
        return asked | ({"reply_to": self.reply_to} if self.reply_to is not None else {})

    def filled(self, templates: Templates, channel_id: int) -> "Said":
        """With its template, if it has one: the text is then the filled one, and the only upload is
        the file of the header. A new channel is asked for its own, so no transaction may wait.
        """
        if self.choice is None:
            return self
        found = templates.chosen(channel_id, self.choice)
        files = (self.choice.header,) if self.choice.header is not None else ()
        return replace(self, text=found.text, upload_ids=files, template=found)

    def draft(self, files: Sequence[FileFacts], quotes: bool | None = None) -> Draft:
        """For `rules.can_send`. `quotes`: whether the customer has what it quotes."""
        if self.template:
            return replace(template_draft(self.template.use, files), quotes=quotes)
        return Draft(self.text, files, quotes=quotes)


def said(
    text: str,
    upload_ids: Sequence[int],
    actor: Actor,
    choice: TemplateChoice | None = None,
    seen: int | None = None,
    reply_to: int | None = None,
) -> Said:
    """Raises TooLarge, InvalidRequest."""
    check_text(text)
    if choice is not None and (text or upload_ids):
        raise InvalidRequest(
            "A template is a message of its own; send text and files in another one. The file of "
            "its header belongs to the template."
        )
    return Said(text, tuple(upload_ids), actor, choice, seen=seen, reply_to=reply_to)


def check_text(text: str) -> None:
    if len(text) > MAX_TEXT:
        raise TooLarge(
            f"The text has {len(text):,} characters; at most {MAX_TEXT:,} can be sent.",
            limit=MAX_TEXT,
        )
