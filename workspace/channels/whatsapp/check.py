"""`convo channel test` for a WhatsApp number: each step by itself. Nothing is sent or changed."""

from collections.abc import Callable

from workspace.channels.whatsapp.graph import Graph
from workspace.channels.whatsapp.options import WhatsAppOptions, WhatsAppSecrets
from workspace.errors import ConfigError
from workspace.models import Check


def check(graph: Graph, options: WhatsAppOptions, secrets: WhatsAppSecrets) -> list[Check]:
    def found() -> str:
        for each in (secrets.token, secrets.app_secret, secrets.verify_token):
            each()
        return "Access token, app secret and verify token were found."

    def number() -> str:
        fields = "display_phone_number,verified_name,quality_rating"
        about = graph.get(options.phone_number_id, fields=fields)
        name, quality = about.get("verified_name"), about.get("quality_rating")
        return f"{about.get('display_phone_number')}, {name}; its quality is {quality}."

    def templates() -> str:
        count = sum(1 for _ in graph.templates())
        return f"{count} in the business account {options.business_account_id}."

    def subscribed() -> str:
        apps = graph.get(options.business_account_id, "subscribed_apps").get("data")
        if not apps:
            raise ConfigError(
                "No app is subscribed to the business account, so nothing will be received; "
                "subscribe yours at Meta, to the webhook fields that docs/whatsapp.md lists."
            )
        return "An app is subscribed to the business account."

    secret = _attempt("secrets", found)
    if not secret.ok:
        return [secret]
    steps = {"number": number, "templates": templates, "webhook": subscribed}
    return [secret, *(_attempt(name, step) for name, step in steps.items())]


def _attempt(name: str, step: Callable[[], str]) -> Check:
    try:
        return Check(name, True, step())
    except ConfigError as error:
        return Check(name, False, error.message)
    except OSError as error:
        return Check(name, False, str(error))
