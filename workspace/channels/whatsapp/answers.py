"""What the Cloud API answered, and what it means. Pure."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from workspace.channels.base import Failure, Response, Sent
from workspace.channels.fields import ODD, table, tables, text
from workspace.channels.whatsapp import codes
from workspace.models import FailureKind

_LONGEST_WAIT = 86_400.0


def response(
    status: int,
    headers: Mapping[str, str],
    content: bytes,
    upload: bool = False,
    receipt: bool = False,
) -> Response:
    """An HTTP answer. `data` has its JSON object, empty where it is none, ``retry_after``, and
    whether it answers the ``upload`` of a file, which sends nothing yet, or a read ``receipt``,
    which is no message.
    """
    try:
        body = table(json.loads(content))
    except (*ODD, RecursionError):
        body = {}
    words = content[:300].decode("utf-8", "replace")
    kind = {"upload": upload, "receipt": receipt}
    data = {"body": body, "retry_after": _wait(headers), **kind}
    return Response(status, words, data)


def _wait(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, where the provider names a number of them (RFC 9110, 10.2.3)."""
    asked = headers.get("retry-after", "")
    return min(float(asked), _LONGEST_WAIT) if asked.isascii() and asked.isdigit() else None


def decode(response: Response) -> Sent | Failure:
    """What became of a message."""
    if response.data.get("upload"):
        return _not_uploaded(response)
    if response.code != 200:
        return failure(response)
    body = fields(response)
    if response.data.get("receipt") and body.get("success") is True:
        return Sent("")
    try:
        [first] = tables(body, "messages")[:1]
        id = text(first, "id")
    except ODD:
        id = ""
    if id:
        return Sent(id)
    # Whatever was said, it was said after the request had been read whole.
    return Failure(
        FailureKind.UNKNOWN_OUTCOME, "WhatsApp's answer names no message; it may have sent it."
    )


def uploaded(response: Response) -> str:
    """What the provider calls a file that it was handed; empty: it does not have it."""
    id = fields(response).get("id") if response.code == 200 else None
    return id if isinstance(id, str) else ""


def _not_uploaded(response: Response) -> Failure:
    """The message itself never went out, so no doubt about it remains."""
    if response.code == 200:
        words = "WhatsApp did not say what it calls the file; the message was not sent."
        return Failure(FailureKind.TRANSIENT, words)
    found = failure(response)
    if found.kind is FailureKind.UNKNOWN_OUTCOME:
        return replace(found, kind=FailureKind.TRANSIENT)
    return found


def failure(response: Response) -> Failure:
    """What an answer that is no success complains of."""
    error = response.data.get("body", {}).get("error")
    return codes.failure(error, response.code, response.data.get("retry_after"))


def fields(response: Response) -> Mapping[str, Any]:
    """The answer's JSON object; empty where there is none."""
    body: Mapping[str, Any] = response.data["body"]
    return body
