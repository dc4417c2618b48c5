"""Payloads as Meta sends them."""

import hmac
import json
from typing import Any

from cloud import NUMBER, SECRETS


def signature(raw: bytes, secret: str = SECRETS["WA_APP_SECRET"]) -> dict[str, str]:
    return {"x-hub-signature-256": f"sha256={hmac.digest(secret.encode(), raw, 'sha256').hex()}"}


def payload(
    number: str = NUMBER, contacts: list[dict[str, Any]] | None = None, **lists: Any
) -> dict[str, Any]:
    """`lists`: messages, statuses, ... of one change."""
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550001111", "phone_number_id": number},
        **({} if contacts is None else {"contacts": contacts}),
        **lists,
    }
    change = {"field": "messages", "value": value}
    entry = {"id": "546", "time": 1_793_491_200, "changes": [change]}
    return {"object": "whatsapp_business_account", "entry": [entry]}


def raw(content: dict[str, Any]) -> bytes:
    return json.dumps(content).encode()


def text(id: str, wa_id: str = "972987654321", body: str = "Hello", at: int = 1_793_491_200) -> Any:
    return {
        "from": wa_id, "id": id, "timestamp": str(at), "type": "text", "text": {"body": body},
    }  # fmt: skip


HELLO = raw(payload(messages=[text("wamid.1")]))
