"""The page Templates: what the providers keep, and the business's own."""

from collections.abc import Mapping
from typing import Any

from widgets import wire
from widgets.assets import loader
from widgets.deeds import DoingPanel, wrote
from widgets.live import News
from widgets.panel import Did, answers
from workspace.client.as_code import python_of_call, sql_of_synced_templates, sql_of_template
from workspace.models import Template
from workspace.rules import lint_template, own_template


class Templates(DoingPanel):
    """All templates of the workspace: searched, looked at as the customer sees them, synced; own
    ones made, changed and deleted.
    """

    _esm = loader("template_board")

    @answers("ready")
    def _ready(self) -> dict[str, Any]:
        """`syncs`: when each channel's were last read, with why it failed."""
        return {
            "templates": [_told(template) for template in self.ws.templates()],
            "syncs": [wire.template_sync(sync) for sync in self.ws.template_syncs()],
            "channels": [wire.channel(channel) for channel in self.ws.channels()],
        }

    def changed(self, news: News) -> None:
        if news.templates or news.channels or news.everything:
            self.push("state", self._ready())

    @answers("sync", slow=True)
    def _sync(self) -> Did:
        self.ws.sync_templates()
        python = python_of_call("sync_templates")
        return wrote(self.ws, self._ready(), python, sql_of_synced_templates())

    @answers("check")
    def _check(self, body: str, examples: Mapping[str, str]) -> dict[str, Any]:
        """What is being written as it would look, and what is wrong with it."""
        return _told(own_template("", "", body, examples))

    @answers("save")
    def _save(self, name: str, language: str, body: str, examples: Mapping[str, str]) -> Did:
        kept = self.ws.save_template(name, language, body, examples)
        given = {"examples": dict(kept.examples)} if kept.examples else {}
        python = python_of_call("save_template", kept.name, kept.language, kept.body, **given)
        return wrote(self.ws, _told(kept), python, sql_of_template(kept.name, kept.language))

    @answers("delete")
    def _delete(self, name: str, language: str) -> Did:
        self.ws.delete_template(name, language)
        return wrote(self.ws, None, python_of_call("delete_template", name, language))


def _told(template: Template) -> dict[str, Any]:
    """`source`: the text as it is written, for changing it."""
    return {
        **wire.template(template),
        "channel": str(template.channel_id) if template.channel_id else "",
        "format": template.header.format if template.header else "",
        "quality": template.quality,
        "source": template.body,
        "findings": [
            {"place": finding.place, "message": finding.message}
            for finding in lint_template(template)
        ],
    }
