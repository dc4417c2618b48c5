"""A WhatsApp number as the tests configure it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from workspace.channels.whatsapp import options as whatsapp_options
from workspace.channels.whatsapp.channel import WhatsAppChannel
from workspace.channels.whatsapp.graph import Graph
from workspace.channels.whatsapp.options import WhatsAppSecrets
from workspace.settings import Paths, Secrets

NUMBER = "1122334455667"
BUSINESS = "5467539754836534"
SECRETS = {
    "WA_TOKEN": "EAAtoken-of-a-system-user",
    "WA_APP_SECRET": "the-secret-of-the-app",
    "WA_VERIFY": "what-was-entered-at-meta",
}
OPTIONS: Mapping[str, Any] = {
    "phone_number_id": NUMBER,
    "business_account_id": BUSINESS,
    "token": "env:WA_TOKEN",
    "app_secret": "env:WA_APP_SECRET",
    "verify_token": "env:WA_VERIFY",
}


def whatsapp(
    transport: httpx.BaseTransport | None = None,
    secrets: Mapping[str, str] = SECRETS,
    **changes: Any,
) -> WhatsAppChannel:
    options = whatsapp_options.read({**OPTIONS, **changes})
    own = WhatsAppSecrets(Secrets(Paths(Path()), dict(secrets)), options)
    return WhatsAppChannel(options, own, Graph(options, own.token, transport))
