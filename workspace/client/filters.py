"""Filters as arguments in Python, and as the hub takes them."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from workspace.client.arguments import id_of, ids_of
from workspace.client.zone import local_zone
from workspace.models import Channel

Where = Mapping[str, Any]
"""Arguments of `Workspace.conversations` but for `cursor` and `limit`."""


def _status(value: Any) -> list[str]:
    return [str(one) for one in ([value] if isinstance(value, str) else value)]


def _instant(value: str | date) -> str | None:
    return value.isoformat() if isinstance(value, date) else value or None


def _channel(value: Any) -> str | None:
    return str(value.id if isinstance(value, Channel) else value) or None


FORMS: Mapping[str, Callable[[Any], Any]] = {
    "tab": str,
    "status": _status,
    "since": _instant,
    "until": _instant,
    "channel": _channel,
    "contact": lambda value: str(id_of(value)),
    "ids": ids_of,
}
"""Those that Python has in more forms than JSON."""


def as_asked(where: Where) -> dict[str, Any]:
    """The filter as JSON, without what is None. Days are those of `zone`, else of this machine.

    Unknown names stay, for the hub to refuse: a mistyped filter would match everything.
    """
    given = {name: value for name, value in where.items() if value is not None}
    asked = {name: FORMS[name](value) if name in FORMS else value for name, value in given.items()}
    if not asked.get("zone"):
        asked.pop("zone", None)
        if asked.get("since") or asked.get("until"):
            asked["zone"] = local_zone()
    return asked
