"""WhatsApp, through Meta's Cloud API.

Pure: `encode` (a message as requests), `answers` (what came back), `parse` (webhooks), `templates`.
Effects: `graph` alone.

https://developers.facebook.com/documentation/business-messaging/whatsapp/
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workspace.channels.base import Channel
from workspace.channels.whatsapp import options as whatsapp_options
from workspace.channels.whatsapp.channel import WhatsAppChannel
from workspace.channels.whatsapp.graph import Graph
from workspace.settings import Secrets


def create(
    options: Mapping[str, Any], secrets: Secrets, state_path: Path, channel_id: int
) -> Channel:
    """A channel for these options. Raises ConfigError naming the option that is wrong."""
    checked = whatsapp_options.read(options)
    own = whatsapp_options.WhatsAppSecrets(secrets, checked)
    return WhatsAppChannel(checked, own, Graph(checked, own.token))
