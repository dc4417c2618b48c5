"""The calls of `Workspace` about templates."""

from collections.abc import Mapping

from workspace.client.arguments import Id, checked_text, id_of
from workspace.client.pages import Templates
from workspace.client.transport import ENDLESS, Call, Transport
from workspace.models import Template, TemplateSync


class TemplateCalls:
    _transport: Transport

    def templates(self, channel: Id | None = None) -> Templates:
        """All templates, of all statuses; only APPROVED ones can be sent.

        Of a `channel`: what can be chosen from there, which is what its provider keeps, else the
        business's own. Raises NotFound, ConfigError; ProviderUnavailable where they could never be
        read.
        """
        path = "/v1/templates" if channel is None else f"/v1/channels/{id_of(channel)}/templates"
        return Templates(self._transport.get(list[Template], path))

    def save_template(
        self, name: str, language: str, body: str, examples: Mapping[str, str] | None = None
    ) -> Template:
        """Keep a template of the business's own, in the place of that of this name and language.

        It is for channels whose provider keeps none, and sent there as plain text. `body` may hold
        variables, {{1}} or {{customer_name}}; `examples` of them by name or number. Raises
        InvalidRequest, TooLarge.
        """
        words = {str(key): str(value) for key, value in (examples or {}).items()}
        asked = {"name": name, "language": language, "body": checked_text(body), "examples": words}
        kept: Template = self._transport.put(Template, "/v1/templates", asked)
        return kept

    def delete_template(self, name: str, language: str, *, key: str | None = None) -> None:
        """Forget a template of the business's own. Raises NotFound; Conflict for a provider's."""
        self._transport.delete("/v1/templates", key, name=name, language=language)

    def template_syncs(self) -> list[TemplateSync]:
        """When the templates of each channel were last read from its provider."""
        found: list[TemplateSync] = self._transport.get(list[TemplateSync], "/v1/templates/syncs")
        return found

    def sync_templates(self, channel: Id | None = None) -> list[TemplateSync]:
        """Read them from the provider of a channel now, or of all; how it went, in words.

        That happens every ten minutes anyway, and changes come by webhook. Raises NotFound;
        Conflict for a channel whose provider keeps none.
        """
        body = {} if channel is None else {"channel": str(id_of(channel))}
        call = Call("POST", "/v1/templates/sync", body=body, timeout=ENDLESS)
        done: list[TemplateSync] = self._transport.call(list[TemplateSync], call)
        return done
