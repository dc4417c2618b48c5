"""What the numbers of Meta's errors mean for a message.

Keyed on the code alone: titles change. https://developers.facebook.com/documentation/
business-messaging/whatsapp/support/error-codes
"""

from collections.abc import Mapping

from workspace.channels.base import Failure
from workspace.channels.fields import ODD, Fields, table, text
from workspace.models import FailureKind as Kind

_KINDS: Mapping[Kind, tuple[int, ...]] = {
    Kind.AUTH: (
        0, 3, 10, 190, 368, 131005, 131031, 131037, 131042, 131044, 131045, 130497, 133010,
        *range(200, 300),
    ),
    Kind.RATE_LIMITED: (4, 613, 80007, 130429, 131056, 131057),
    Kind.TRANSIENT: (1, 2, 131000, 131016, 133004),
    Kind.WINDOW_CLOSED: (131047,),
    Kind.UNREACHABLE: (
        130472, 131021, 131026, 131030, 131048, 131049, 131062, 131064, 137000,
    ),
    Kind.MARKETING_STOPPED: (131050,),
    Kind.MEDIA: (131051, 131052, 131053),
    Kind.TEMPLATE: (
        131063, 132000, 132001, 132005, 132007, 132008, 132012, 132015, 132016, 132068, 132069,
    ),
    Kind.INVALID: (33, 100, 131008, 131009, 135000),
}  # fmt: skip
KIND_OF = {code: kind for kind, codes in _KINDS.items() for code in codes}

_PAIR = 131056
_PAIR_WAIT = 6.0
"""Seconds after which one more message to a customer is allowed, where nothing else is said."""

_ADVICE = {
    131047: "A template message is required outside the 24-hour messaging window.",
    131026: "WhatsApp can't deliver to this number: it may have no WhatsApp, or a very old one.",
    131030: "The recipient is not on the list of numbers a test account may write to.",
    131042: "The business account can't pay: check its payment method at Meta.",
    131048: "Meta holds messages of this number back, because too many were reported as spam.",
    131049: "Meta held this back, so that the customer does not get too many marketing messages.",
    131050: "The customer has stopped marketing messages from you on WhatsApp.",
    131062: "This kind of message needs the customer's phone number, which is not known.",
    132015: "Meta has paused the template for its low quality; choose another one.",
    132016: "Meta has disabled the template for good; choose another one.",
    190: "The access token is not valid any more; set a new one.",
}


def failure(error: object, http_status: int = 0, retry_after: float | None = None) -> Failure:
    """From an error object of an answer or of a webhook. Never raises."""
    try:
        fields = table(error)
        code = int(fields["code"])
        detail = _words(fields)
    except ODD:
        code, detail = -1, ""
    kind = KIND_OF.get(code) or _by_status(http_status)
    said = detail or "The provider gave no reason"
    advice = _ADVICE.get(code)
    words = advice or f"{said.rstrip('.')} (WhatsApp's code {code})." if code >= 0 else said
    pair = code == _PAIR
    wait = _PAIR_WAIT if pair and retry_after is None else retry_after
    return Failure(kind, words, str(max(code, 0) or http_status or ""), wait, pair)


def first_failure(errors: object) -> Failure:
    """From a webhook's list of them: the first that has a code, else what the first says."""
    found = [failure(each) for each in errors] if isinstance(errors, list) else []
    return next((each for each in found if each.code), found[0] if found else failure(None))


def _words(fields: Fields) -> str:
    data = fields.get("error_data")
    details = text(data, "details") if isinstance(data, dict) else ""
    return details or text(fields, "message") or text(fields, "title")


def _by_status(http_status: int) -> Kind:
    if http_status in (401, 403):
        return Kind.AUTH
    if http_status == 429:
        return Kind.RATE_LIMITED
    if http_status >= 500:
        return Kind.UNKNOWN_OUTCOME
    return Kind.INVALID
