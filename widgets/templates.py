"""What a panel with a template form answers; the browser's side is static/new/template_form.js."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from widgets import situation, wire
from widgets.live import News
from widgets.panel import answers
from widgets.uploads import UploadPanel
from workspace.errors import InvalidRequest
from workspace.models import Capabilities, Channel, Template, TemplateChoice
from workspace.rules import (
    Draft,
    FileFacts,
    Situation,
    can_send,
    template_draft,
    template_use,
)


class TemplatePanel(UploadPanel):
    """Offers a channel's templates, takes the file of a header, and says what is wrong."""

    def changed(self, news: News) -> None:
        if news.templates or news.everything:
            self.push("templates", None)  # what is chosen may not be what would be sent

    @answers("templates", slow=True)
    def _templates(self, channel: str) -> list[dict[str, Any]]:
        """`types` is what the channel takes for the header, as a file input wants it."""
        takes = self._channel(channel).capabilities
        return [
            {**wire.template(template), "types": _types(takes, template)}
            for template in self.ws.templates(channel)
        ]

    @answers("check_header")
    def _check_header(self, channel: str, name: str, language: str, file: Mapping[str, Any]) -> str:
        """Why this file can't be the header's, in words; before it is uploaded."""
        through, choice = self._channel(channel), TemplateChoice(name, language)
        use = template_use(self._template(channel, choice), choice)
        # As if it were filled in: this is about the file alone.
        use = replace(use, variables=frozenset(), header="", body="")
        return self._refusal(through, Draft("", situation.facts([dict(file)]), use))

    @answers("check_template")
    def _check_template(self, channel: str, template: Mapping[str, Any]) -> str:
        """Why the channel would not take it, in words; empty where it would."""
        choice = chosen(template)
        use = template_use(self._template(channel, choice), choice)
        return self._refusal(self._channel(channel), template_draft(use, self._files(choice)))

    def _template(self, channel: str, choice: TemplateChoice) -> Template | None:
        wanted = (choice.name, choice.language)
        every = self.ws.templates(channel)
        return next((each for each in every if (each.name, each.language) == wanted), None)

    def _files(self, choice: TemplateChoice) -> list[FileFacts]:
        file = self.stored.get(choice.header) if choice.header is not None else None
        return [FileFacts(file.kind, file.name, file.mime, file.size)] if file else []

    def _channel(self, id: str) -> Channel:
        """Raises InvalidRequest for one that is gone."""
        for channel in self.ws.channels():
            if str(channel.id) == id:
                return channel
        raise InvalidRequest("This channel is no longer connected; choose another one.")

    def _refusal(self, channel: Channel, draft: Draft) -> str:
        now = datetime.now(UTC)
        situation = Situation(now, now, marketing_stopped=self._marketing_stopped())
        refusal = can_send(channel.capabilities, draft, situation)
        return refusal.message if refusal else ""

    def _marketing_stopped(self) -> bool:
        """Whether whom it is for wants no marketing messages; False where that is still open."""
        return False


def _types(takes: Capabilities, template: Template) -> str:
    media = template.header.media if template.header else None
    rule = takes.media.get(media) if media else None
    return ",".join(sorted(rule.mimes)) if rule else ""


def chosen(template: Mapping[str, Any]) -> TemplateChoice:
    """What the form gives."""
    header = template.get("header")
    values = {str(key): str(value) for key, value in template["values"].items()}
    return TemplateChoice(
        template["name"], template["language"], values, int(header) if header else None
    )
