"""What a panel with a template form answers; the browser's side is static/template_form.js."""

import base64
import binascii
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from widgets import wire
from widgets.panel import Panel, answers
from workspace.errors import InvalidRequest, TooLarge
from workspace.models import Channel, TemplateChoice, Upload
from workspace.rules import Draft, FileFacts, Situation, can_send, megabytes, template_use

MOST = 2_000_000
"""Bytes of a header's file that travels in one message."""


class TemplatePanel(Panel):
    """Offers a channel's templates, keeps the file of a header, and says what is wrong."""

    def __init__(self, ws: Any, **traits: Any) -> None:
        self._stored: dict[int, Upload] = {}
        super().__init__(ws, **traits)

    @answers("templates", slow=True)
    def _templates(self, channel: str) -> list[dict[str, Any]]:
        return [wire.template(template) for template in self.ws.templates(channel)]

    @answers("header", slow=True)
    def _header(self, name: str, data: str) -> dict[str, Any]:
        """Keeps a small file, which came as base64."""
        try:
            content = base64.b64decode(data, validate=True)
        except binascii.Error as error:
            raise InvalidRequest("The file did not arrive whole; choose it again.") from error
        if len(content) > MOST:
            raise TooLarge(f"The file is {megabytes(len(content))}; choose one up to 2 MB.")
        stored = self.ws.upload(name, content)
        self._stored[stored.id] = stored
        return {"id": str(stored.id), "name": stored.name, "size": stored.size}

    @answers("check_template")
    def _check_template(self, channel: str, template: Mapping[str, Any]) -> str:
        """Why the channel would not take it, in words; empty where it would."""
        choice = chosen(template)
        found = [
            each
            for each in self.ws.templates(channel)
            if (each.name, each.language) == (choice.name, choice.language)
        ]
        use = template_use(found[0] if found else None, choice)
        return self._refusal(self._channel(channel), Draft("", self._files(choice), use))

    def _files(self, choice: TemplateChoice) -> list[FileFacts]:
        file = self._stored.get(choice.header) if choice.header is not None else None
        return [FileFacts(file.kind, file.name, file.mime, file.size)] if file else []

    def _channel(self, id: str) -> Channel:
        """Raises InvalidRequest for one that is gone."""
        for channel in self.ws.channels():
            if str(channel.id) == id:
                return channel
        raise InvalidRequest("This channel is no longer connected; choose another one.")

    def _refusal(self, channel: Channel, draft: Draft) -> str:
        now = datetime.now(UTC)
        refusal = can_send(channel.capabilities, draft, Situation(now, now))
        return refusal.message if refusal else ""


def chosen(template: Mapping[str, Any]) -> TemplateChoice:
    """What the form gives."""
    header = template.get("header")
    values = {str(key): str(value) for key, value in template["values"].items()}
    return TemplateChoice(
        template["name"], template["language"], values, int(header) if header else None
    )
