"""What webhooks tell of templates. Pure.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview
"""

from datetime import datetime

from workspace.channels.base import TemplateChanged
from workspace.channels.fields import ODD, Fields, epoch, table, text
from workspace.channels.whatsapp import templates

FIELDS = (
    "message_template_status_update",
    "template_category_update",
    "message_template_quality_update",
    "message_template_components_update",
)
"""The last two tell only that there is something new: it is read from the list of templates."""


def read(value: Fields, at: datetime) -> TemplateChanged:
    """A change of one of `FIELDS`. Raises one of `ODD` for another form."""
    return TemplateChanged(
        provider_id=str(value["message_template_id"]),
        occurred_at=at,
        name=text(value, "message_template_name"),
        language=text(value, "message_template_language"),
        status=text(value, "event"),
        reason=_why(value),
        category=text(value, "new_category") or text(value, "message_template_category"),
    )


def _why(value: Fields) -> str:
    """Why a template was not approved, was paused or was disabled, and from when on."""
    rejected, other, disabled = (
        table(value.get(name) or {}) for name in ("rejection_info", "other_info", "disable_info")
    )
    title, description = text(other, "title"), text(other, "description")
    told = text(rejected, "reason") or ": ".join(filter(None, (title, description)))
    reason = templates.reason(text(value, "reason"), told)
    date = _date(disabled.get("disable_date"))
    return ". ".join(filter(None, (reason, f"Disabled on {date}" if date else "")))


def _date(stamp: object) -> str:
    """Meta gives seconds, or the time in words."""
    try:
        return f"{epoch(stamp):%Y-%m-%d}"
    except ODD:
        return stamp if isinstance(stamp, str) else ""
