"""Webhooks of WhatsApp as Meta writes them, and ones with everything in them."""

import json
from collections.abc import Sequence
from typing import Any

from tests.conformance.kit import NOW
from tests.whatsapp.cloud import BUSINESS, NUMBER

Fields = dict[str, Any]
WA_ID = "4915112345678"
"""Of the customer."""
USER_ID = "US.13491208655302741918"
OURS = "972123456789"


def payload(**lists: Any) -> Fields:
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": OURS, "phone_number_id": NUMBER},
        "contacts": [{"profile": {"name": "Ada"}, "wa_id": WA_ID}],
        **lists,
    }
    change = {"field": "messages", "value": value}
    entry = {"id": "546", "time": 1_772_366_400, "changes": [change]}
    return _whole(entry)


def _whole(*entries: Fields) -> Fields:
    return {"object": "whatsapp_business_account", "entry": [*entries]}


def message(n: int, **more: Any) -> Fields:
    written = {"type": "text", "text": {"body": f"text {n}"}}
    stamp = str(int(NOW.timestamp()) - 3600 + n)
    return {"from": WA_ID, "id": f"wamid.{n}", "timestamp": stamp} | (more or written)


def status(id: str, word: str, key: str = "", **more: Any) -> Fields:
    own = {"biz_opaque_callback_data": key} if key else {}
    stamp = str(int(NOW.timestamp()))
    return {"id": id, "status": word, "timestamp": stamp, "recipient_id": "1", **own, **more}


def echo(n: int, **more: Any) -> Fields:
    """What the business itself sent with its phone."""
    return message(n, **more) | {"from": OURS, "to": WA_ID, "to_user_id": USER_ID}


def about_account(field: str, **value: Any) -> Fields:
    """An entry that is about the business account."""
    change = {"field": field, "value": value}
    return {"id": BUSINESS, "time": int(NOW.timestamp()), "changes": [change]}


def about_template(field: str, **more: Any) -> Fields:
    return about_account(
        field,
        message_template_id=594425479261596,
        message_template_name="order_update",
        message_template_language="en",
        **more,
    )


_FILE = {"id": "9", "mime_type": "image/png", "sha256": "x", "caption": "c", "filename": "f.pdf"}
_STAMP = int(NOW.timestamp())


def _chosen(n: int, kind: str, **fields: str) -> Fields:
    return message(n, type="interactive", interactive={"type": kind, kind: fields})


MESSAGES = payload(
    messages=[
        message(1) | {"from_user_id": USER_ID},
        *(
            message(n, type=kind, context={"id": "wamid.1"}, **{kind: _FILE})
            for n, kind in enumerate(("image", "audio", "video", "document", "sticker"), 2)
        ),
        message(10, type="reaction", reaction={"message_id": "wamid.1", "emoji": "👍"}),
        message(
            11,
            type="location",
            location={"latitude": 1.5, "longitude": 2, "name": "Shop", "address": "A street"},
        ),
        _chosen(12, "list_reply", id="1", title="One", description="The first"),
        _chosen(13, "button_reply", id="2", title="Two"),
        _chosen(14, "nfm_reply", body="Sent", response_json="{}"),
        message(15, type="button", button={"text": "Yes", "payload": "y"}),
        message(
            16,
            type="contacts",
            contacts=[
                {
                    "name": {"formatted_name": "Bo"},
                    "phones": [{"phone": "+491"}],
                    "emails": [{"email": "bo@customer.test"}],
                }
            ],
        ),
        message(
            17,
            type="order",
            order={
                "text": "Please",
                "product_items": [{"product_retailer_id": "mug", "quantity": "2"}],
            },
        ),
        message(
            18,
            type="edit",
            edit={
                "original_message_id": "wamid.1",
                "message": {"type": "text", "text": {"body": "Better"}},
            },
        ),
        message(19, type="revoke", revoke={"original_message_id": "wamid.1"}),
        message(20, type="unsupported", errors=[{"code": 131051}]),
        message(21, type="system", system={"wa_id": "1", "user_id": "DE.1"}),
    ],
    contacts=[{"profile": {"name": "Ada"}, "wa_id": WA_ID, "user_id": USER_ID}],
)
OTHERS = payload(
    message_echoes=[
        echo(1),
        echo(2, type="image", image=_FILE),
        echo(3, type="reaction", reaction={"message_id": "wamid.1", "emoji": "👍"}),
        echo(4, type="edit", edit={"original_message_id": "wamid.1"}),
        echo(5, type="revoke", revoke={"original_message_id": "wamid.1"}),
    ],
    statuses=[
        *(status(f"wamid.{word}", word) for word in ("sent", "delivered", "read", "played")),
        status("wamid.1", "failed", "our-own-name", errors=[{"code": 131026, "title": "t"}]),
    ],
    calls=[
        message(1, event="connect", direction="USER_INITIATED"),
        message(2, event="terminate", direction="USER_INITIATED", status="COMPLETED"),
    ],
    user_preferences=[
        {
            "wa_id": WA_ID,
            "user_id": USER_ID,
            "category": "marketing_messages",
            "value": "stop",
            "detail": "d",
            "timestamp": _STAMP,
        }
    ],
    errors=[{"code": 1, "title": "t", "error_data": {"details": "d"}}],
)
TEMPLATES = _whole(
    about_template(
        "message_template_status_update",
        event="DISABLED",
        reason="INVALID_FORMAT",
        message_template_category="UTILITY",
        rejection_info={"reason": "It has a typo", "recommendation": "Mend it"},
        other_info={"title": "SECOND_PAUSE", "description": "Paused for 6 hours"},
        disable_info={"disable_date": str(_STAMP)},
    ),
    about_template(
        "template_category_update", previous_category="UTILITY", new_category="MARKETING"
    ),
    about_template(
        "message_template_quality_update",
        previous_quality_score="GREEN",
        new_quality_score="YELLOW",
    ),
    about_template(
        "message_template_components_update",
        message_template_element="Hello {{1}}",
        message_template_buttons=[{"message_template_button_type": "URL"}],
    ),
)
SEEDS: Sequence[bytes] = [json.dumps(each).encode() for each in (MESSAGES, OTHERS, TEMPLATES)]
"""Together they have everything in them that is understood."""
