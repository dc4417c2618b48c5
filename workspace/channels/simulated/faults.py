"""What can go wrong at the simulated provider, and in which words it says so."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from workspace.channels.base import Failure, Response
from workspace.models import FailureKind

_UNREACHABLE = {
    "whatsapp": "The message could not be delivered: this number is not on WhatsApp (131026)",
    "instagram": "This person isn't available on Instagram right now (551)",
    "telegram": "The customer has blocked the bot (403)",
    "sms": "The handset is switched off or can't be reached (30003)",
    "mail": "550 5.1.1 The mailbox does not exist",
}
_WINDOW = "More than 24 hours have passed since the customer last wrote (131047)"

LATER = {
    "unreachable": FailureKind.UNREACHABLE,
    "window_closed": FailureKind.WINDOW_CLOSED,
}
"""What a receipt says later of a message that was accepted."""

REFUSALS = {
    "rate_limited": Response(
        429, "Too many messages to this customer; wait two seconds.", {"retry_after": 2.0}
    ),
    "transient": Response(503, "The provider is briefly out of order."),
    "not_started": Response(403, "The customer has not written yet."),
    "too_long": Response(400, "The text is too long."),
}
"""What the provider answers at once instead of taking the message."""

CLOSED = Response(470, _WINDOW)
"""What it answers to a reaction outside the window."""


_KINDS = {
    429: FailureKind.RATE_LIMITED,
    503: FailureKind.TRANSIENT,
    470: FailureKind.WINDOW_CLOSED,
    403: FailureKind.UNREACHABLE,
    422: FailureKind.TEMPLATE,
}


def failure(response: Response) -> Failure:
    """What an answer means that is no success."""
    kind = _KINDS.get(response.code, FailureKind.INVALID)
    wait = float(response.data["retry_after"]) if kind is FailureKind.RATE_LIMITED else None
    return Failure(kind, response.text, str(response.code), wait)


def reason(kind: FailureKind, playing: str) -> tuple[FailureKind, str]:
    """The failure and its words on this channel."""
    if kind is FailureKind.WINDOW_CLOSED:
        return kind, _WINDOW
    return FailureKind.UNREACHABLE, _UNREACHABLE.get(playing, "The customer can't be reached")


@dataclass(frozen=True, slots=True)
class Faults:
    """The share of sends, from 0 to 1, that meet each fault; at most one of the first seven."""

    unreachable: float = 0.0
    """Accepted; a failed receipt follows."""
    window_closed: float = 0.0
    """Accepted; a failed receipt follows: the provider counts the window otherwise."""
    rate_limited: float = 0.0
    """Refused for two seconds."""
    transient: float = 0.0
    """Refused this once."""
    timeout: float = 0.0
    """Accepted, but no answer comes; the provider knows of it when asked."""
    lost: float = 0.0
    """Not accepted, and no answer comes."""
    silent: float = 0.0
    """Accepted, but no answer comes, no receipts, and the provider can't be asked."""
    duplicated_receipts: float = 0.0
    reordered_receipts: float = 0.0
    late_receipts: float = 0.0

    def draw(self, share: float) -> str:
        """The fault of a send that drew `share` (0 to 1); empty: none."""
        for name in _OF_SENDS:
            share -= float(getattr(self, name))
            if share < 0:
                return name
        return ""


_ALL = tuple(field.name for field in fields(Faults))
_OF_SENDS = _ALL[:7]


def from_options(values: Mapping[str, float]) -> Faults:
    """Raises ValueError for an unknown fault or a share outside 0 to 1."""
    for name, share in values.items():
        if name not in _ALL:
            raise ValueError(f"there is no fault {name!r}; there are {', '.join(_ALL)}")
        if share > 1:
            raise ValueError(f"{name} is a share, from 0 to 1")
    return Faults(**values)
