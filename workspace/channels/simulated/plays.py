"""What the simulated channel can pretend to be: the limits of the real ones, as data.

What a channel of ours says of its provider is taken from there. The other limits are from the
providers' own documents, late 2026: Instagram messaging, Telegram Bot API 10.1, Twilio Programmable
Messaging, and what mail servers commonly take.
"""

from datetime import timedelta

from workspace.channels.whatsapp.capabilities import CAPABILITIES as WHATSAPP
from workspace.models import (
    AddressKind,
    Capabilities,
    DeliveryStatus,
    MediaKind,
    MediaRule,
    Rate,
    StartRule,
    TextLimit,
    TextUnit,
)

_MB = 1_000_000
_DAY = timedelta(hours=24)
_SECOND = timedelta(seconds=1)
_ANY: frozenset[str] = frozenset()

_SENT, _DELIVERED, _READ, _FAILED = (
    DeliveryStatus.SENT,
    DeliveryStatus.DELIVERED,
    DeliveryStatus.READ,
    DeliveryStatus.FAILED,
)

TEMPLATES = WHATSAPP.templates


def _media(
    image: tuple[str, int],
    audio: tuple[str, int],
    video: tuple[str, int],
    document: tuple[str, int],
    caption: int = 0,
) -> dict[MediaKind, MediaRule]:
    """Each kind as (types with a blank between, MB); no types: any. Audio never has a caption.

    What browsers record, WebM, is rewrapped where Ogg is taken.
    """
    found = {}
    for kind, (types, size) in zip(MediaKind, (image, audio, video, document), strict=True):
        mimes = frozenset(t if "/" in t else f"{kind.value}/{t}" for t in types.split()) or _ANY
        recorded = {"audio/webm": "audio/ogg"} if "audio/ogg" in mimes else {}
        caption_limit = 0 if kind is MediaKind.AUDIO else caption
        found[kind] = MediaRule(mimes, size * _MB, caption_limit, recorded)
    return found


_CAPABILITIES = (
    WHATSAPP,
    Capabilities(
        kind="instagram",
        label="Instagram",
        address=frozenset({AddressKind.IGSID}),
        can_start=StartRule.NEVER,
        start_reason="On Instagram the customer writes first; answer one of their messages.",
        window=_DAY,
        text_limit=TextLimit(1000, TextUnit.BYTES),
        media=_media(
            ("png jpeg gif", 8),
            ("aac mp4 x-m4a wav", 25),
            ("mp4 ogg quicktime webm", 25),
            ("application/pdf", 25),
        ),
        max_attachments=1,
        threads=False,
        receipts=frozenset({_SENT, _READ, _FAILED}),
        rate=Rate(2, _SECOND, 20),
        quotes=True,
        reactions=True,
        read_receipts=True,
        typing=timedelta(seconds=20),
    ),
    Capabilities(
        kind="telegram",
        label="Telegram",
        address=frozenset({AddressKind.TELEGRAM_CHAT}),
        can_start=StartRule.NEVER,
        start_reason="A Telegram bot can't write first; share the bot's link, the customer starts.",
        window=None,
        text_limit=TextLimit(4096, TextUnit.UTF16),
        media=_media(("", 10), ("ogg mpeg mp4 x-m4a", 50), ("", 50), ("", 50), 1024),
        max_attachments=1,
        threads=False,
        receipts=frozenset({_SENT, _FAILED}),
        rate=Rate(30, _SECOND, 30),
        quotes=True,
        reactions=True,
        typing=timedelta(seconds=5),
    ),
    Capabilities(
        kind="sms",
        label="SMS",
        address=frozenset({AddressKind.PHONE}),
        can_start=StartRule.FREE,
        start_reason="",
        window=None,
        text_limit=TextLimit(1600),
        media={MediaKind.IMAGE: MediaRule(frozenset({"image/jpeg", "image/png"}), 5 * _MB, 1600)},
        max_attachments=10,
        threads=False,
        receipts=frozenset({_SENT, _DELIVERED, _FAILED}),
        rate=Rate(10, _SECOND, 10),
    ),
    Capabilities(
        kind="mail",
        label="Mail",
        address=frozenset({AddressKind.EMAIL}),
        can_start=StartRule.FREE,
        start_reason="",
        window=None,
        text_limit=TextLimit(500_000),
        media=_media(("", 25), ("", 25), ("", 25), ("", 25), 500_000),
        max_attachments=20,
        threads=True,
        receipts=frozenset({_SENT, _FAILED}),
        rate=Rate(60, timedelta(minutes=1), 60),
    ),
    Capabilities(
        kind="simulator",
        label="Simulator",
        address=frozenset({AddressKind.LOCAL}),
        can_start=StartRule.FREE,
        start_reason="",
        window=None,
        text_limit=TextLimit(10_000),
        media=_media(("", 25), ("", 25), ("", 25), ("", 25), 10_000),
        max_attachments=10,
        threads=False,
        receipts=frozenset({_SENT, _DELIVERED, _READ, _FAILED}),
        rate=None,
        quotes=True,
        reactions=True,
        read_receipts=True,
        typing=timedelta(seconds=25),
    ),
)
PLAYS = {c.kind: c for c in _CAPABILITIES}
"""By what it plays; ``simulator`` is a plain sandbox without limits of its own."""


def known_by(capabilities: Capabilities) -> AddressKind:
    """What a customer is known by: the phone number, where there is one."""
    return min(capabilities.address, key=lambda kind: kind is not AddressKind.PHONE)


REACTS = frozenset({"whatsapp", "instagram", "telegram", "simulator"})
"""Where customers can react to a message with an emoji."""
