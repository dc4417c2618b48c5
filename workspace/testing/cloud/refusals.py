"""How the Cloud API says no, at once and by webhook. Pure."""

from typing import Any

_TITLES = {
    100: "Invalid parameter",
    131009: "Parameter value is not valid",
    131026: "Message undeliverable",
    131047: "Re-engagement message",
    131050: "User has stopped receipt of marketing messages from this business",
    131053: "Media upload error",
    131056: "(Business Account, Consumer Account) pair rate limit hit",
    130429: "Rate limit hit",
    132000: "Number of parameters does not match",
    132001: "Template does not exist",
    132005: "Template hydrated text too long",
    132012: "Template parameter format mismatch",
    132015: "Template is paused",
    132016: "Template is disabled",
    190: "Invalid OAuth access token",
}


def error_of(code: int, details: str = "") -> dict[str, Any]:
    """An error as webhooks tell it."""
    title = _TITLES.get(code, "Something went wrong")
    return {
        "code": code,
        "title": title,
        "message": title,
        "error_data": {"details": details or f"{title}."},
    }


class Refused(Exception):
    """The request is not taken."""

    def __init__(self, code: int, status: int = 400, details: str = "", subcode: int = 0) -> None:
        super().__init__(code)
        title = _TITLES.get(code, "Something went wrong")
        error: dict[str, Any] = {
            "message": f"(#{code}) {title}",
            "type": "OAuthException",
            "code": code,
            "fbtrace_id": "Az8or2yhqkZfEZ-_4Qn_Bam",
        }
        if details:
            error["error_data"] = {"messaging_product": "whatsapp", "details": details}
        if subcode:
            error["error_subcode"] = subcode
        self.answer = status, {"error": error}
