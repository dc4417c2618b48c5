"""What WhatsApp lets a business do, as data.

Limits from Meta's documents, late 2026: text and templates from the message reference, files from
"Media", rates from "Throughput" and "Pair rate limits".
"""

from dataclasses import replace
from datetime import timedelta

from workspace.channels.whatsapp.options import THROUGHPUT, WhatsAppOptions
from workspace.models import (
    AddressKind,
    Capabilities,
    DeliveryStatus,
    MediaKind,
    MediaRule,
    Rate,
    StartRule,
    TemplateRule,
    TextLimit,
)

_MB = 1_000_000
_CAPTION = 1024


def _types(main: str, *subtypes: str) -> frozenset[str]:
    return frozenset(f"{main}/{each}" for each in subtypes)


def _per_second(most: int) -> Rate:
    """No second has more than `most`, also the first: a burst and what is gained meanwhile."""
    gained = most - most // 10
    return Rate(gained, timedelta(seconds=1), most + 1 - gained)


CAPABILITIES = Capabilities(
    kind="whatsapp",
    label="WhatsApp",
    address=frozenset({AddressKind.PHONE, AddressKind.BSUID}),
    can_start=StartRule.TEMPLATE_ONLY,
    start_reason="WhatsApp lets a business write first with an approved template only.",
    window=timedelta(hours=24),
    text_limit=TextLimit(4096),
    media={
        MediaKind.IMAGE: MediaRule(_types("image", "jpeg", "png"), 5 * _MB, _CAPTION),
        MediaKind.AUDIO: MediaRule(
            _types("audio", "aac", "amr", "mpeg", "mp4", "ogg"),
            16 * _MB,
            rewrap={"audio/webm": "audio/ogg"},
        ),
        MediaKind.VIDEO: MediaRule(_types("video", "mp4", "3gpp"), 16 * _MB, _CAPTION),
        MediaKind.DOCUMENT: MediaRule(frozenset(), 100 * _MB, _CAPTION),
    },
    max_attachments=1,
    threads=False,
    receipts=frozenset(
        {
            DeliveryStatus.SENT,
            DeliveryStatus.DELIVERED,
            DeliveryStatus.READ,
            DeliveryStatus.FAILED,
        }
    ),
    rate=_per_second(THROUGHPUT),
    templates=TemplateRule(60, 1024, {"URL": 2000, "COPY_CODE": 15}),
    quotes=True,
    reactions=True,
    read_receipts=True,
    typing=timedelta(seconds=25),
    pair_rate=Rate(1, timedelta(seconds=6), 45),
)


def of(options: WhatsAppOptions) -> Capabilities:
    """What it lets one number do."""
    found = replace(CAPABILITIES, rate=_per_second(options.throughput))
    return found if options.read_receipts else replace(found, read_receipts=False, typing=None)
