"""Whether a webhook is Meta's. Pure.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/create-webhook-endpoint
"""

import hmac
from collections.abc import Mapping

SIGNATURE = "x-hub-signature-256"
"""The header."""

_PREFIX = "sha256="


def signed(headers: Mapping[str, str], raw: bytes, app_secret: str) -> bool:
    """Whether the payload's bytes bear the app's signature. `headers` by lower-case names."""
    given = headers.get(SIGNATURE, "")
    wanted = _PREFIX + hmac.digest(app_secret.encode(), raw, "sha256").hex()
    return bool(app_secret) and _same(given, wanted)


def challenge(query: Mapping[str, str], verify_token: str) -> str | None:
    """The answer to Meta's question whether the address is ours; None: it was not Meta's to ask."""
    asked = query.get("hub.verify_token", "")
    ours = bool(verify_token) and _same(asked, verify_token)
    return query.get("hub.challenge") if ours and query.get("hub.mode") == "subscribe" else None


def _same(given: str, wanted: str) -> bool:
    """In a time that tells nothing. As bytes: compare_digest takes no text beyond ASCII."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), wanted.encode())
