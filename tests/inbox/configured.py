"""Configured accounts, as far as the inbox asks for them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from workspace.models import (
    AddressKind,
    Capabilities,
    Channel,
    DeliveryStatus,
    StartRule,
    TextLimit,
)
from workspace.testing.builders import START

WHATSAPP = Capabilities(
    kind="whatsapp",
    label="WhatsApp",
    address=frozenset({AddressKind.PHONE}),
    can_start=StartRule.TEMPLATE_ONLY,
    start_reason="",
    window=timedelta(hours=24),
    text_limit=TextLimit(4096),
    media={},
    max_attachments=1,
    threads=False,
    receipts=frozenset(DeliveryStatus),
    rate=None,
)


class Accounts:
    """Configured accounts with a clock of their own: WhatsApp rules on every channel."""

    def __init__(self) -> None:
        self.channels: list[Channel] = []
        self.time = START + timedelta(days=30)

    def list(self) -> Sequence[Channel]:
        return self.channels

    def now(self, channel_id: int) -> datetime:
        return self.time

    def configure(self, id: int, name: str) -> None:
        self.channels.append(Channel(id, "simulator", name, WHATSAPP))
